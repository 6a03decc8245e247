"""What a user wants next: scorers of items by histories, and what is asked of them."""
