import numpy as np
import polars as pl
import pytest
from PIL import Image

from shelfspace.data import read_catalog
from shelfspace.errors import OptionError
from shelfspace.tasks.anomalies.listed_photos import photo_suspicions
from shelfspace.tasks.anomalies.suspicion import table_of

COLOURS = {"red": (200, 30, 30), "green": (30, 160, 60), "blue": (40, 60, 200), "black": (20, 20, 20)}
SHAPES = ("round", "square", "striped")


def drawn(colour, shape, rng, size=48):
    rows, columns = np.mgrid[:size, :size] - size / 2 + rng.normal(0, 2, (2, 1, 1))
    inside = {
        "round": np.hypot(rows, columns) < 15,
        "square": np.maximum(abs(rows), abs(columns)) < 14,
        "striped": np.sin(rows) > 0,
    }[shape]
    photo = np.full((size, size, 3), 245.0)
    photo[inside] = COLOURS[colour]
    return np.clip(photo + rng.normal(0, 8, photo.shape), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """240 products with photos, of which some are mixed up, blank, broken or another's."""
    folder = tmp_path_factory.mktemp("shelf")
    rng = np.random.default_rng(0)
    looks = [(str(rng.choice(list(COLOURS))), str(rng.choice(SHAPES))) for _ in range(240)]
    for row, look in enumerate(looks):
        Image.fromarray(drawn(*look, rng)).save(folder / f"{row}.png")
    Image.new("RGB", (48, 48), "white").save(folder / "5.png")
    (folder / "6.png").write_bytes(b"\x89PNG\r\n\x1a\n cut short")
    (folder / "8.png").write_bytes((folder / "7.png").read_bytes())
    looks[8] = looks[7]
    wrong = [100, 101, 102, 103]
    opposite = {"red": "green", "green": "red", "blue": "black", "black": "blue"}
    for row in wrong:
        colour, shape = looks[row]
        other = SHAPES[(SHAPES.index(shape) + 1) % 3]
        Image.fromarray(drawn(opposite[colour], other, rng)).save(folder / f"{row}.png")
    table = pl.DataFrame(
        {
            "id": [f"p{row}" for row in range(240)],
            "title": [f"{colour} {shape} cushion" for colour, shape in looks],
            "image_link": [f"{row}.png" for row in range(240)],
        }
    )
    table.write_csv(folder / "feed.csv")
    return read_catalog(folder / "feed.csv", shop="shop"), folder, {f"p{row}" for row in wrong}


def anomalies(catalog, folder, share=0.01):
    return table_of(catalog, photo_suspicions(catalog, folder, false_alarms=share))


def test_planted_anomalies_are_found_each_by_its_name(shelf):
    catalog, folder, wrong = shelf
    found = anomalies(catalog, folder, 0.03)
    ids = {name: set(part["id"]) for (name,), part in found.partition_by("anomaly", as_dict=True).items()}
    assert ids["broken photo"] == {"p6"}
    assert ids["blank photo"] == {"p5"}
    same = found.filter(pl.col("why") == "the same photo")
    assert same.select("id", "other_id").rows() == [("p8", "p7")]
    assert wrong <= ids["wrong photo"] and len(ids["wrong photo"]) <= len(wrong) + 3
    assert found.filter(anomaly="wrong photo")["why"].str.contains("does not fit the title").all()


def test_few_products_have_no_wrong_photo(shelf):
    catalog, folder, _ = shelf
    few = catalog.take(np.arange(12))
    assert set(anomalies(few, folder)["anomaly"]) <= {"broken photo", "blank photo", "same photo"}


def test_a_missing_folder_is_refused(shelf):
    catalog, folder, _ = shelf
    with pytest.raises(OptionError):
        anomalies(catalog, folder / "nowhere")
