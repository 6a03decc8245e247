"""The page of the map: what is written, and what a browser makes of it."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from shelfspace.errors import OptionError
from shelfspace.report.map import CatalogMap, MapField, write_map

PAYLOADS = [
    "<script>window.hacked = 1</script>",
    '"><img src=x onerror="window.hacked = 1">',
    "</script><script>window.hacked = 1</script>",
    "${window.hacked = 1} `' \\u003cb\\u003e",
    "跑鞋 女士 44码 \u202e gnp.exe",
]


def field_of(name: str, codes: np.ndarray, values: list[str], named: bool = False) -> MapField:
    return MapField(name, values, codes, values, np.arange(len(values)), [False] * len(values), named)


def made_up(n: int = 200, seed: int = 0) -> CatalogMap:
    rng = np.random.default_rng(seed)
    kind = np.arange(n) % 4
    places = np.clip(
        np.array([[0.2, 0.2], [0.8, 0.2], [0.2, 0.8], [0.8, 0.8]])[kind] + rng.normal(0, 0.04, (n, 2)), 0, 1
    )
    titles = [f"Café {('lamp', 'sofa', 'desk', '跑鞋')[k]} number {i}" for i, k in enumerate(kind)]
    titles[: len(PAYLOADS)] = PAYLOADS
    names = ["lamps", "sofas", "desks", "shoes"]
    fields = [
        field_of("category", kind, names, True),
        field_of("shop", np.arange(n) % 2, ["north", "<b>south</b>"]),
    ]
    return CatalogMap(PAYLOADS[0], places, titles, [f"shop/{i}" for i in range(n)], ["9.90 EUR"] * n, fields)


def test_the_page_holds_all_and_asks_nobody(tmp_path):
    html = write_map(tmp_path / "deep" / "map.html", made_up()).read_text("utf-8")
    assert "default-src 'none'" in html and "img-src data:" in html
    assert not re.search(r"(?:src|href|url)\s*[=(]\s*[\"']?(?:https?:)?//", html)
    assert html.count("<script") == html.count("</script>") == 2
    data = re.search(r'<script type="application/json" id="map-data">(.*?)</script>', html, re.DOTALL)
    told = json.loads(data[1])
    assert told["n"] == 200 and told["first"] == 0 and told["thumbnails"] is None
    assert [field["name"] for field in told["fields"]] == ["category", "shop"]


def test_the_first_colour_is_the_one_asked_for(tmp_path):
    assert '"first": 1' in write_map(tmp_path / "map.html", made_up(), "shop").read_text("utf-8")
    with pytest.raises(OptionError, match="category, shop"):
        write_map(tmp_path / "map.html", made_up(), "anomaly")


def test_what_cannot_be_drawn_is_refused():
    some = made_up(8)
    with pytest.raises(OptionError, match="columns"):
        CatalogMap("", some.places[:3], some.titles, some.ids, some.prices, some.fields)
    with pytest.raises(OptionError, match="a field"):
        CatalogMap("", some.places, some.titles, some.ids, some.prices, [])


# From here on in a browser.


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    api = pytest.importorskip("playwright.sync_api")
    found = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    with api.sync_playwright() as play:
        try:
            browser = play.chromium.launch(executable_path=found, args=["--enable-unsafe-swiftshader"])
        except api.Error as error:
            pytest.skip(f"no browser: {error.message.splitlines()[0]}")
        yield browser
        browser.close()


@pytest.fixture
def opened(chromium, tmp_path):
    """A function that opens a map and returns the page, on which nothing may go wrong or be asked for."""
    pages = []

    def opener(drawn: CatalogMap, painter: str = "canvas"):
        path = write_map(tmp_path / "map.html", drawn)
        page = chromium.new_page(viewport={"width": 1100, "height": 700}, reduced_motion="reduce")
        page.set_default_timeout(60_000)
        page.wrong = []
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.on(
            "request", lambda request: page.wrong.append(request.url) if request.url[:5] == "http:" else None
        )
        page.goto(f"{path.resolve().as_uri()}#{painter}")
        page.wait_for_selector("html[data-painter]", state="attached")
        assert page.evaluate("document.documentElement.dataset.painter") == painter
        pages.append(page)
        return page

    yield opener
    for page in pages:
        assert page.wrong == []
        assert page.evaluate("window.hacked") is None
        page.close()


def place_of(page, drawn: CatalogMap, i: int) -> tuple[float, float]:
    """Where product i is on the screen when the whole map is seen."""
    inset = page.evaluate("document.getElementById('panel').offsetWidth") + 24
    scale = 0.94 * min(1100 - inset, 700)
    x, y = (drawn.places[i] - 0.5) * scale
    return x + (1100 + inset) / 2, y + 350


def says(page, identifier: str, text: str) -> None:
    """Wait until an element says so."""
    page.wait_for_selector(f"#{identifier}:has-text('{text}')", state="attached")


def hovered(page, drawn: CatalogMap, i: int) -> str:
    page.mouse.move(*place_of(page, drawn, i))
    page.wait_for_selector("#card:not([hidden])")
    return page.inner_text("#card")


def test_titles_show_on_hover_as_text_and_colours_and_search_work(opened):
    drawn = made_up()
    page = opened(drawn)
    assert page.inner_text("h1") == PAYLOADS[0]
    assert page.locator("#legend li").count() == 4
    told = hovered(page, drawn, 2)
    assert PAYLOADS[2] in told and "shop/2" in told and "9.90 EUR" in told and "desks" in told
    page.keyboard.press("/")
    page.keyboard.type("cafe 跑鞋")  # without the accent
    says(page, "count", "49 of 200")
    assert page.locator("#hits button").first.inner_text() == "Café 跑鞋 number 7"
    page.locator("#hits button").first.click()
    says(page, "told", "number 7")
    page.select_option("#colour", label="shop")
    assert page.locator("#legend .name").all_inner_texts() == ["north", "<b>south</b>"]
    page.locator("#legend button").first.click()
    assert page.locator("#legend button").first.get_attribute("aria-pressed") == "true"


def inked(page, left: int = 0) -> int:
    """How many pixels of the points' canvas are painted, right of `left`."""
    return page.evaluate(
        """async (left) => {
          await new Promise(requestAnimationFrame);
          const points = document.getElementById("points");
          const copy = new OffscreenCanvas(points.width, points.height).getContext("2d");
          copy.drawImage(points, 0, 0);
          const { data } = copy.getImageData(left, 0, points.width - left, points.height);
          return data.filter((value, i) => i % 4 === 3 && value > 128).length;
        }""",
        left,
    )


def until_inked(page, holds) -> int:
    """How many pixels are painted once `holds` is true of that number; on a busy machine frames come late."""
    for _ in range(200):
        if holds(painted := inked(page)):
            return painted
        page.wait_for_timeout(100)
    raise AssertionError(f"{painted} pixels are painted")


def test_it_moves_by_keys_and_by_dragging(opened):
    drawn = made_up()
    page = opened(drawn)
    before = until_inked(page, lambda painted: painted > 500)
    page.focus("#points")
    for _ in range(8):
        page.keyboard.press("+")
    # All products lie in the corners, and the middle is empty.
    until_inked(page, lambda painted: painted < before / 2)
    page.keyboard.press("0")
    until_inked(page, lambda painted: abs(painted - before) < 0.2 * before)
    x, y = place_of(page, drawn, 5)
    page.mouse.move(x + 90, y + 90)
    page.mouse.down()
    page.mouse.move(x - 110, y + 90, steps=3)
    page.mouse.up()
    page.mouse.move(x - 200, y)
    page.wait_for_selector("#card:not([hidden])")
    assert drawn.titles[5] in page.inner_text("#card")


def test_a_graphics_card_paints_the_same(opened):
    drawn = made_up(40)
    until_inked(opened(drawn), lambda painted: painted > 100)
    by_card = opened(drawn, "webgl")
    by_card.screenshot()
    assert hovered(by_card, drawn, 6).startswith("Café desk number 6")


def test_photos_show_beside_titles(opened):
    drawn = made_up(12)
    written = BytesIO()
    Image.new("RGB", (20, 20), (200, 30, 30)).save(written, "JPEG")
    photos = [b""] * 12
    photos[6] = written.getvalue()
    drawn = CatalogMap("t", drawn.places, drawn.titles, drawn.ids, drawn.prices, drawn.fields, photos)
    page = opened(drawn)
    hovered(page, drawn, 6)
    width = "(photo) => photo.decode().then(() => photo.naturalWidth)"
    assert page.eval_on_selector("#card img", width) == 20
    page.mouse.move(5, 695)
    hovered(page, drawn, 7)
    assert page.locator("#card img").count() == 0


def test_a_hundred_thousand_products_open_and_move(opened):
    n = 100_000
    rng = np.random.default_rng(1)
    titles = [f"thing {i} sort{i % 977}s" for i in range(n)]
    field = field_of("category", np.arange(n) % 20, [f"kind {i}" for i in range(20)], True)
    drawn = CatalogMap("many", rng.random((n, 2)), titles, [f"s/{i}" for i in range(n)], [None] * n, [field])
    page = opened(drawn)
    page.fill("#query", "sort976s")
    says(page, "count", "102 of 100,000")
    page.fill("#query", "")
    says(page, "count", "100,000 products")
    page.focus("#points")
    for key in ("+", "ArrowLeft", "ArrowUp", "+"):
        page.keyboard.press(key)
    until_inked(page, lambda painted: painted > 10_000)


def test_one_product_and_products_at_one_place_can_be_seen(opened):
    one = CatalogMap(
        "one", np.array([[0.5, 0.5]]), [None], ["s/1"], [None], [field_of("shop", np.zeros(1, int), ["s"])]
    )
    assert "s/1" in hovered(opened(one), one, 0)
