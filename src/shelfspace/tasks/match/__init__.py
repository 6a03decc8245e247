"""Match: the same product in two shops."""

from shelfspace.tasks.match.match import match

__all__ = ["match"]
