"""Review: which pairs a human should look at, and what becomes of the answers."""

from shelfspace.tasks.review.answers import relearned, with_labels
from shelfspace.tasks.review.review import REVIEW_COLUMNS, review

__all__ = ["REVIEW_COLUMNS", "relearned", "review", "with_labels"]
