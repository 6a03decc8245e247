from __future__ import annotations

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from shelfspace.errors import OptionError
from shelfspace.report.curve import write_curves

SVG = "{http://www.w3.org/2000/svg}"


def test_each_curve_is_a_line_over_its_points(tmp_path: Path) -> None:
    curves = {"known": [(0.0, 0.7), (100.0, 0.8), (1000.0, 0.9)], "<floor>": [(100.0, 0.75), (1000.0, 0.75)]}
    path = write_curves(tmp_path / "new" / "curve.svg", "F1 & labels", "labelled pairs", curves)
    drawing = ET.parse(path).getroot()
    lines = [line.get("points", "").split() for line in drawing.iter(f"{SVG}polyline")]
    assert [len(line) for line in lines] == [3, 2]
    xs, ys = zip(*(map(float, point.split(",")) for point in lines[0]), strict=True)
    assert list(xs) == sorted(xs)
    assert list(ys) == sorted(ys, reverse=True)
    assert len({point.split(",")[1] for point in lines[1]}) == 1
    texts = [text.text for text in drawing.iter(f"{SVG}text")]
    assert {"F1 & labels", "labelled pairs", "1,000", "<floor> 0.750"} <= set(texts)


@pytest.mark.parametrize("curve", [[(5.0, 0.5)], [(0.0, 0.5)], [(3.0, 1.0), (3.0, 1.0)], [(2.0, 0.0)]])
def test_a_single_point_is_drawn_inside(tmp_path: Path, curve: list[tuple[float, float]]) -> None:
    drawing = ET.parse(write_curves(tmp_path / "c.svg", "t", "x", {"one": curve, "none": []})).getroot()
    for circle in drawing.iter(f"{SVG}circle"):
        assert 0 <= float(circle.get("cx", "nan")) <= 640
        assert 0 <= float(circle.get("cy", "nan")) <= 400


def test_nothing_cannot_be_drawn(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match="no point to draw"):
        write_curves(tmp_path / "c.svg", "t", "x", {})
