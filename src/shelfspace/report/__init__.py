"""Pages to look at: a match report, and the waterfall of one pair."""

from shelfspace.report.explanation import Contribution, Explanation, explanation_text
from shelfspace.report.match import match_report
from shelfspace.report.waterfall import explanation_html

__all__ = ["Contribution", "Explanation", "explanation_html", "explanation_text", "match_report"]
