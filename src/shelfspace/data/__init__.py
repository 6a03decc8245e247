"""What comes in: catalogues, pairs and events, read and cleaned once at the edge."""

from shelfspace.data.catalog import Catalog
from shelfspace.data.events import Events
from shelfspace.data.neighbours import Neighbours
from shelfspace.data.pairs import Pairs
from shelfspace.data.query_log import QueryLog
from shelfspace.data.readers.read_catalog import read_catalog, scan_catalog
from shelfspace.data.readers.read_events import read_events
from shelfspace.data.readers.read_pairs import read_pairs
from shelfspace.data.readers.read_queries import read_queries

__all__ = [
    "Catalog",
    "Events",
    "Neighbours",
    "Pairs",
    "QueryLog",
    "read_catalog",
    "read_events",
    "read_pairs",
    "read_queries",
    "scan_catalog",
]
