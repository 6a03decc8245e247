"""Users and items as vectors, by the graph of who took what."""
