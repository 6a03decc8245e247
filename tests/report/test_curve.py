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


def numbers_of(drawing: ET.Element, anchor: str) -> list[str]:
    return [text.text or "" for text in drawing.iter(f"{SVG}text") if text.get("text-anchor") == anchor]


def test_small_figures_on_a_plain_axis_have_lines_of_their_own(tmp_path: Path) -> None:
    curves = {"mmr": [(0.42, 0.0712), (0.55, 0.0701), (0.71, 0.0655)]}
    path = write_curves(tmp_path / "c.svg", "t", "diversity", curves, logarithmic=False)
    drawing = ET.parse(path).getroot()
    assert numbers_of(drawing, "end") == [
        "0.065",
        "0.066",
        "0.067",
        "0.068",
        "0.069",
        "0.070",
        "0.071",
        "0.072",
    ]
    assert numbers_of(drawing, "middle") == [*(f"{0.40 + 0.05 * i:.2f}" for i in range(8)), "diversity"]
    xs = [float(circle.get("cx", "nan")) for circle in drawing.iter(f"{SVG}circle")]
    assert (xs[1] - xs[0]) / (xs[2] - xs[0]) == pytest.approx(13 / 29, abs=0.01)


@pytest.mark.parametrize("points", [[(0.0, 0.0)], [(-3.0, 5e6), (4.0, -2.0)], [(0.5, 0.5), (0.5, 0.5)]])
def test_any_figures_fit_on_a_plain_axis(tmp_path: Path, points: list[tuple[float, float]]) -> None:
    path = write_curves(tmp_path / "c.svg", "t", "x", {"one": points}, logarithmic=False)
    drawing = ET.parse(path).getroot()
    assert 2 <= len(numbers_of(drawing, "end")) <= 22
    for circle in drawing.iter(f"{SVG}circle"):
        assert 56 - 1 <= float(circle.get("cx", "nan")) <= 490 + 1
        assert 44 - 1 <= float(circle.get("cy", "nan")) <= 348 + 1
