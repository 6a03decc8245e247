import math

import pytest

from shelfspace.report import Contribution, Explanation, explanation_html, explanation_text
from shelfspace.report.explanation import probability_of

TOLD = Explanation(
    "Kanori KX-55 64 GB",
    "kanori kx55",
    -4.0,
    (Contribution("storage", "64 GB / –", -0.5), Contribution("model code", "KX-55 = kx55", 5.0)),
)


def test_the_contributions_add_up():
    assert TOLD.score == pytest.approx(0.5)
    assert TOLD.probability == pytest.approx(1 / (1 + math.exp(-0.5)))


@pytest.mark.parametrize(
    ("score", "probability"), [(0, 0.5), (1e4, 1), (-1e4, 0), (math.inf, 1), (-math.inf, 0)]
)
def test_extreme_scores_do_not_overflow(score, probability):
    assert probability_of(score) == probability


def test_the_text_names_every_part_largest_first():
    lines = explanation_text(TOLD).splitlines()
    assert [line.split("  ")[0] for line in lines[3:]] == ["base", "model code", "storage", "log-odds"]
    assert "+5.00  ████" in lines[4]
    assert "-0.50  ░░" in lines[5]
    assert lines[-1].endswith("+0.50  probability 0.622")


def test_without_contributions_the_base_and_the_result_stand_alone(tmp_path):
    bare = Explanation("", "", 0.0, ())
    assert explanation_text(bare).splitlines()[-1].endswith("probability 0.500")
    assert "50.0 % the same product" in explanation_html(tmp_path / "why.html", bare).read_text("utf-8")


def test_each_bar_begins_where_the_last_one_ended(tmp_path):
    html = explanation_html(tmp_path / "why.html", TOLD).read_text("utf-8")
    # From -4 to +1: the base ends at 0 %, the code runs to 100 %, the storage from there back to 90 %.
    for bar in (
        'x="0.00%" y="1" width="80.00%"',
        'x="0.00%" y="1" width="100.00%"',
        'x="90.00%" y="1" width="10.00%"',
    ):
        assert bar in html
