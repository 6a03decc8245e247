import base64
import hashlib
import re
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from shelfspace.errors import OptionError
from shelfspace.report import Contribution, Explanation, explanation_html, match_report
from shelfspace.report.match import COLUMNS

PAYLOADS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "'><svg/onload=alert(1)>",
    "</style></title></table><iframe src=//evil>",
    "</script><script>alert(2)</script>",
    '<a href="javascript:alert(1)">x</a>',
    "&lt;script&gt; &amp; \u202e \x00 \x1b",
)
VOID = {"meta", "input", "br"}
ONLY_ONCE = {"html", "head", "body", "title", "style", "script", "main"}


class Page(HTMLParser):
    """The elements, attributes and text of a page; fails where tags do not nest."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[str, str]] = []
        self.feed(html)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        assert len(dict(attrs)) == len(attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append((self.open[-1] if self.open else "", data))

    def count(self, tag: str) -> int:
        return sum(name == tag for name, _ in self.elements)

    def text(self) -> str:
        return " ".join(text for tag, text in self.texts if tag not in {"script", "style"})


def matches_of(count: int, **columns: object) -> pl.DataFrame:
    plain = {
        "left_id": [f"l{i}" for i in range(count)],
        "right_id": [f"r{i}" for i in range(count)],
        "probability": np.linspace(1, 0.5, count),
        "why": ["same brand; colour differs: red / blue; price 4 % apart"] * count,
        "left_title": [f"Velora {i} red" for i in range(count)],
        "right_title": [f"Velora {i} blue" for i in range(count)],
        "left_price": [12.5] * count,
        "right_price": ["12,99 €"] * count,
    }
    return pl.DataFrame({**plain, **columns})


def report(path: Path, **changes: object) -> Page:
    arguments = {"title": "Two shops", "figures": {}, "floors": {}, "matches": matches_of(3), **changes}
    return Page(match_report(path / "deep" / "report.html", **arguments).read_text("utf-8"))


def assert_harmless(page: Page) -> None:
    for tag in ("img", "iframe", "a", "object", "embed", "link", "form", "base"):
        assert page.count(tag) == 0
    for tag in ONLY_ONCE:
        assert page.count(tag) == 1
    for _, attributes in page.elements:
        assert not {"src", "href", "style", "srcdoc"} & set(attributes)
        assert not [name for name in attributes if name.startswith("on")]
    scripts = [text for tag, text in page.texts if tag == "script"]
    assert scripts == [files("shelfspace.report").joinpath("page.js").read_text("utf-8")]


@pytest.mark.parametrize("payload", PAYLOADS)
def test_no_value_can_become_markup(tmp_path, payload):
    text = dict.fromkeys(
        ("left_id", "right_id", "left_title", "right_title", "left_price", "right_price"), payload
    )
    pairs = matches_of(2).with_columns(**{name: pl.lit(value) for name, value in text.items()})
    pairs = pairs.with_columns(why=pl.lit(payload), truth=pl.Series([True, False]))
    page = report(
        tmp_path,
        title=payload,
        figures={payload: payload, "f1": 0.9, f"{payload}2": 0.5},
        floors={payload: {"f1": 0.8, f"{payload}2": 0.1}},
        matches=pairs,
        missed=pairs,
        notes=[payload],
    )
    assert_harmless(page)
    assert re.sub(r"[\x00-\x1f]", "\ufffd", payload).split(";")[0] in page.text()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_an_explanation_cannot_become_markup_either(tmp_path, payload):
    told = Explanation(payload, payload + "x", -1.0, [Contribution(payload, payload, 2.0)])
    assert_harmless(Page(explanation_html(tmp_path / "why.html", told).read_text("utf-8")))


def test_the_page_asks_nothing_of_the_network(tmp_path):
    html = match_report(
        tmp_path / "r.html", title="T", figures={"f1": 0.9}, floors={"a": {"f1": 0.5}}, matches=matches_of(3)
    ).read_text("utf-8")
    assert not re.search(r"https?:|url\(|@import|\bsrc=|\bhref=|fetch\(|XMLHttp|import\(", html)


def test_the_content_policy_names_exactly_this_style_and_script(tmp_path):
    page = report(tmp_path)
    policy = next(a["content"] for tag, a in page.elements if tag == "meta" and "http-equiv" in a)
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    for tag in ("style", "script"):
        source = "".join(text for where, text in page.texts if where == tag)
        digest = base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy


def test_everything_is_there(tmp_path):
    page = report(
        tmp_path,
        figures={"precision": 0.97, "f1": 0.9624, "matches": 1234, "preset": "fast"},
        floors={"TF-IDF": {"f1": 0.75}, "Equal GTIN": {"f1": 0.3, "precision": 0.99}},
        matches=matches_of(3, truth=[True, False, None]),
        missed=matches_of(1),
        curves={
            "reliability": ([0.1, 0.9], [0.2, 0.8], [10, 90]),
            "precision_recall": (np.linspace(0, 1, 5000), np.linspace(1, 0.5, 5000)),
        },
        notes=["No labels were used."],
    )
    text = page.text()
    for said in (
        "0.962",
        "1,234",
        "fast",
        "+0.212",
        "\u22120.020",
        "against TF-IDF",
        "No labels were used.",
        "12.50",
    ):
        assert said in text
    for heading in (
        "Beside the plain methods",
        "What comes true",
        "Precision against recall",
        "False matches",
    ):
        assert heading in text
    assert "Missed matches" in text
    longest = max(len(a["points"] or "") for tag, a in page.elements if tag == "polyline")
    assert longest < 10_000


def test_it_can_be_used_without_eyes_or_mouse(tmp_path):
    page = report(tmp_path, figures={"f1": 0.9}, floors={"a": {"f1": 0.5}}, missed=matches_of(1))
    for tag, attributes in page.elements:
        if tag == "svg":
            assert attributes.get("aria-hidden") == "true" or (
                attributes["role"] == "img" and attributes["aria-label"]
            )
        if tag == "th":
            assert attributes["scope"] == "col"
    labels = {attributes["for"] for tag, attributes in page.elements if tag == "label"}
    assert {attributes["id"] for tag, attributes in page.elements if tag == "input"} <= labels
    assert page.count("caption") == page.count("table") == 2
    assert dict(page.elements)["html"]["lang"] == "en"


def test_of_many_matches_it_shows_the_doubtful_half_and_a_sample(tmp_path):
    page = report(tmp_path, matches=matches_of(2000))
    assert page.count("tr") == 501
    assert "500 of 2,000 pairs" in page.text()
    shown = [float(a["data-value"]) for tag, a in page.elements if tag == "td" and a.get("class") == "number"]
    assert shown == sorted(shown, reverse=True)
    assert shown[0] == 1.0
    assert sum(value < 0.6251 for value in shown) >= 250


@pytest.mark.parametrize("most_rows", [1, 2, 3, 7])
def test_the_cap_is_exact(tmp_path, most_rows):
    assert report(tmp_path, matches=matches_of(20), most_rows=most_rows).count("tr") == most_rows + 1


def test_nothing_gives_a_page_that_says_so(tmp_path):
    page = report(
        tmp_path, matches=matches_of(0, truth=pl.Series([], dtype=pl.Boolean)), missed=matches_of(0)
    )
    assert "No two listings were found" in page.text()
    assert page.text().count("None.") == 2


def test_nulls_and_odd_numbers_do_no_harm(tmp_path):
    empty = matches_of(2).with_columns(pl.lit(None).alias(name) for name in COLUMNS[2:])
    page = report(
        tmp_path,
        figures={"f1": float("nan"), "ece": float("inf"), "odd \ud800": 1},
        floors={"a": {"f1": float("nan")}},
        matches=empty,
        curves={"reliability": ([float("nan")], [0.5]), "precision_recall": ([], [])},
    )
    assert "no title" in page.text()
    assert "nan" not in page.text().casefold()


def test_a_missing_column_or_a_cap_of_nothing_is_refused(tmp_path):
    with pytest.raises(OptionError, match="left_title"):
        report(tmp_path, matches=matches_of(2).drop("left_title"))
    with pytest.raises(OptionError, match="missed"):
        report(tmp_path, missed=pl.DataFrame())
    with pytest.raises(OptionError, match="most_rows"):
        report(tmp_path, most_rows=0)


def test_a_smaller_calibration_error_is_the_better_one(tmp_path):
    page = report(tmp_path, figures={"ece": 0.01}, floors={"close": {"ece": 0.05}, "far": {"ece": 0.2}})
    assert "against close" in page.text()
    assert "better" in {attributes.get("class") for _, attributes in page.elements}
