"""Damaged goods on photos, photos that do not fit their titles, and photos that repeat themselves."""

from shelfspace.tasks.anomalies.duplicates import blank_photos, duplicate_photos
from shelfspace.tasks.anomalies.inspector import Finding, Inspector, learn_good
from shelfspace.tasks.anomalies.listings import listing_anomalies
from shelfspace.tasks.anomalies.photos import inspect_photos, inspector_of
from shelfspace.tasks.anomalies.whole_photos import photo_files
from shelfspace.tasks.anomalies.wrong_photos import wrong_photos

__all__ = [
    "Finding",
    "Inspector",
    "blank_photos",
    "duplicate_photos",
    "inspect_photos",
    "inspector_of",
    "learn_good",
    "listing_anomalies",
    "photo_files",
    "wrong_photos",
]
