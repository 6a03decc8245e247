"""Search: the products that fit words or a photo."""

from shelfspace.tasks.search.search import search

__all__ = ["search"]
