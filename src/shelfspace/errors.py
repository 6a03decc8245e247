"""Every error a user can meet: what was given, what was needed, what to do."""

from __future__ import annotations


class ShelfspaceError(Exception):
    """A refusal in one paragraph: what was `given`, what was `needed`, and the `remedy`.

    >>> str(ShelfspaceError("prices.csv is empty.", "A feed has a header and rows.", "Export it again."))
    'prices.csv is empty. A feed has a header and rows. Export it again.'
    """

    def __init__(self, given: str, needed: str, remedy: str) -> None:
        super().__init__(f"{given} {needed} {remedy}")
        self.given = given
        self.needed = needed
        self.remedy = remedy


class FeedError(ShelfspaceError):
    """A feed, log or pair file that cannot be read as one at all."""


class CatalogError(ShelfspaceError):
    """A product, shop or attribute that the catalogue does not hold."""


class PairsError(ShelfspaceError):
    """Pairs that do not fit the catalogue or the task."""


class SpaceError(ShelfspaceError):
    """A space on disk that is missing, damaged or of another version."""


class PhotoError(ShelfspaceError):
    """A photo or video that cannot be read, or goes beyond the limits."""

    @property
    def reason(self) -> str:
        """What is wrong with it, in the words of a table of rejects."""
        return self.given


class OptionError(ShelfspaceError):
    """A parameter outside what the function takes."""


class MissingExtraError(ShelfspaceError):
    """A feature whose optional package is not installed."""


class ServiceError(ShelfspaceError):
    """A request that a service did not take, with the HTTP `status` it was answered.

    `retry_after_seconds` says when it may be tried again, None where trying again helps nothing.
    """

    def __init__(
        self, given: str, needed: str, remedy: str, status: int, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(given, needed, remedy)
        self.status = status
        self.retry_after_seconds = retry_after_seconds
