"""Pages to look at: a match report, the waterfall of one pair, and a map of the catalogue."""

from shelfspace.report.explanation import Contribution, Explanation, explanation_text
from shelfspace.report.map import CatalogMap, MapField, write_map
from shelfspace.report.match import match_report
from shelfspace.report.waterfall import explanation_html

__all__ = [
    "CatalogMap",
    "Contribution",
    "Explanation",
    "MapField",
    "explanation_html",
    "explanation_text",
    "match_report",
    "write_map",
]
