"""How fast a map opens and moves in headless Chromium: the table of docs/map.md (on Linux).

    python benchmarks/map.py                    # 42,424 and 100,000 made-up products
    python benchmarks/map.py map.html           # a page that `shelfspace map` wrote

For each page: its size, what paints it (WebGL on a graphics card, else the page itself), the processor's time
until it can be used, and for each of 120 frames while it is dragged: in the page's own process, in all of the
browser, and on the clock, by the median. 16.7 ms are 60 frames a second. The processor's time is what counts
where other work runs beside it. Needs playwright, and a Chromium.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from playwright.sync_api import sync_playwright

from shelfspace.report.map import CatalogMap, MapField, write_map

_READY = "html[data-painter]"
_FRAMES = 120
_DRAG = """async (frames) => {
  const points = document.getElementById("points");
  const say = (type, x, y) => points.dispatchEvent(
    new PointerEvent(type, { pointerId: 1, clientX: x, clientY: y, bubbles: true }));
  const frame = () => new Promise(requestAnimationFrame);
  const times = [];
  say("pointerdown", 800, 450);
  for (let i = 0; i < frames; i += 1) {
    say("pointermove", 800 + 260 * Math.sin(i / 20), 450 + 160 * Math.cos(i / 20));
    times.push(await frame());
  }
  say("pointerup", 0, 0);
  return times;
}"""


def main(paths: list[str]) -> None:
    """Print the table."""
    print("| products | MiB | painted by | opens, CPU ms | a frame: page, CPU ms | browser, CPU ms | clock |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        for page in [Path(path) for path in paths] or _made_up(Path(folder)):
            _measure(page)


def _measure(page: Path) -> None:
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"))
        view = browser.new_page(viewport={"width": 1440, "height": 900})
        idle = _spent()
        view.goto(page.resolve().as_uri())
        view.wait_for_selector(_READY, state="attached", timeout=120_000)
        opened = _spent()
        view.evaluate(_DRAG, 10)  # the first frames compile
        before = _spent()
        gaps = np.diff(view.evaluate(_DRAG, _FRAMES))
        after = _spent()
        painter = view.evaluate("document.documentElement.dataset.painter")
        said = (view.text_content("#count") or "?").split()[0]
        browser.close()
    each = {pid: 1000 * (after[pid] - before.get(pid, 0)) / _FRAMES for pid in after}
    opening = 1000 * (sum(opened.values()) - sum(idle.values()))
    size = page.stat().st_size / 2**20
    frame = f"{max(each.values()):.1f} | {sum(each.values()):.1f} | {np.median(gaps):.1f}"
    print(f"| {said} | {size:.1f} | {painter} | {opening:.0f} | {frame} |", flush=True)


def _spent() -> dict[int, float]:
    """The processor's seconds of every process below this one."""
    parents, seconds = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            pid = int(stat.parent.name)
            parents[pid] = int(fields[1])
            seconds[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    below = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in below} - below:
        below |= more
    return {pid: seconds[pid] for pid in below - {os.getpid()} if pid in seconds}


def _made_up(folder: Path) -> list[Path]:
    return [_page(folder / f"{n}.html", n) for n in (42_424, 100_000)]


def _page(path: Path, n: int) -> Path:
    rng = np.random.default_rng(0)
    groups = rng.integers(0, 20, n)
    places = rng.normal(rng.uniform(0.15, 0.85, (20, 2))[groups], 0.05)
    words = np.array([f"word{i}" for i in range(5_000)])
    titles = [" ".join(row) for row in words[rng.integers(0, 5_000, (n, 6))]]
    names = [f"category {i}" for i in range(20)]
    field = MapField("category", names, groups, names, np.arange(20), [False] * 20, True)
    ids = [f"shop/{i}" for i in range(n)]
    return write_map(path, CatalogMap(f"{n:,} made up", places, titles, ids, ["9.99 EUR"] * n, [field]))


if __name__ == "__main__":
    main(sys.argv[1:])
