import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from typer.testing import CliRunner

from shelfspace.cli import app
from shelfspace.data.catalog import Catalog
from shelfspace.errors import OptionError
from shelfspace.space import load
from shelfspace.tasks.classify.classify import classify
from shelfspace.tasks.fit import fit

PATHS = ("Home > Lamps > Desk", "Home > Lamps > Floor", "Home > Rugs", "Toys")


@pytest.fixture(scope="module")
def catalog():
    """Desk and floor lamps share words, so that which of them one is can be doubtful."""
    rng = np.random.default_rng(0)
    kinds = np.arange(240) % 4
    titles = []
    for kind in kinds:
        own = rng.integers(0, 6, 2)
        words = [f"{('lamp', 'lamp', 'rug', 'toy')[kind]}word{place}" for place in own]
        sure = [f"only{kind}"] if rng.random() < (0.5 if kind < 2 else 0.9) else []
        titles.append(
            " ".join(rng.permutation([*words, *sure, *(f"maker{n}" for n in rng.integers(0, 30, 2))]))
        )
    return Catalog.from_table(
        pl.DataFrame(
            {
                "shop": "one",
                "id": [str(row) for row in range(240)],
                "title": titles,
                "product_type": [PATHS[kind] if row < 160 else None for row, kind in enumerate(kinds)],
                "truth": [PATHS[kind] for kind in kinds],
            }
        )
    )


@pytest.fixture(scope="module")
def space(catalog):
    return fit(Catalog(catalog.table.drop("truth")), preset="fast")


@pytest.fixture(scope="module")
def labels(catalog):
    return catalog.table.head(40).select("id", pl.col("truth").alias("category"))


def test_few_labels_fill_in_the_rest(space, catalog, labels):
    found = classify(space, labels)
    table = found.table
    assert table.columns == ["shop", "id", "title", "category", "probability", "best"]
    assert table.height == 200
    both = table.join(catalog.table.select("id", "truth"), on="id")
    assert (both["category"] == both["truth"]).mean() > 0.7
    assert table["probability"].is_between(0, 1).all()
    figures = found.figures()
    assert figures["labels"] == figures["held_out"] == 40
    assert abs(figures["accuracy"] - (both["category"] == both["truth"]).mean()) < 0.2


def test_what_is_doubtful_is_told_as_its_parent(space, catalog, labels):
    table = space.classify(labels, abstain=0.95).table
    both = table.join(catalog.table.select("id", "truth"), on="id").drop_nulls("category")
    consistent = [
        best == told or best.startswith(f"{told} > ")
        for told, best in table.drop_nulls("category").select("category", "best").rows()
    ]
    assert all(consistent)
    assert (both["category"] == "Home > Lamps").any() or (both["category"] == "Home").any()
    right = [
        truth == told or truth.startswith(f"{told} > ")
        for told, truth in both.select("category", "truth").rows()
    ]
    assert np.mean(right) > (both["best"] == both["truth"]).mean() + 0.05


def test_the_own_column_is_filled_in_and_not_read(space, catalog):
    found = classify(space)
    assert found.known.column == "product_type"
    assert found.table.height == 80
    assert found.figures()["accuracy"] < 0.99  # the doubtful lamps: their type would tell
    both = found.table.join(catalog.table.select("id", "truth"), on="id")
    assert (both["category"] == both["truth"]).mean() > 0.7


def test_suggestions_can_be_filled_in_as_labels(space, catalog, labels):
    found = classify(space, labels)
    asked = found.suggestions(6)
    assert asked.height == 6
    assert asked["category"].null_count() == 6
    assert not set(asked["id"]) & set(labels["id"])
    filled = asked.drop("category", "best").join(catalog.table.select("id", category="truth"), on="id")
    both = pl.concat([labels, filled.select("id", "category")])
    assert classify(space, both).figures()["labels"] == 46
    assert found.suggestions(10_000).height == 200


def test_numbers_of_a_table_tell_what_words_do_not(tmp_path):
    """Supplies named at random, whose ward only weight and size give away."""
    rng = np.random.default_rng(0)
    ward = np.arange(200) % 2
    table = pl.DataFrame(
        {
            "code": [f"S{row}" for row in range(200)],
            "what": [" ".join(f"word{n}" for n in rng.integers(0, 30, 3)) for _ in ward],
            "grams": [f"{value:.1f}" for value in 100 * ward + rng.normal(0, 20, 200)],
            "sterile": [("yes", "no")[int(rng.random() < 0.5)] for _ in ward],
            "ward": [("intake", "surgery")[k] if row < 120 else None for row, k in enumerate(ward)],
        }
    )
    table.write_csv(tmp_path / "supplies.csv")
    shelf = str(tmp_path / "shelf")
    arguments = [
        "fit",
        str(tmp_path / "supplies.csv"),
        "--schema",
        "auto",
        "--preset",
        "fast",
        "--out",
        shelf,
    ]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 0, run.output
    assert "number: grams" in run.output
    found = load(shelf).classify(column="ward")
    told = found.table.join(table.select(pl.col("code").alias("id"), "ward"), on="id", how="left")
    truth = [("intake", "surgery")[int(row.removeprefix("S")) % 2] for row in told["id"]]
    assert (told["category"] == pl.Series(truth)).mean() > 0.9


@pytest.mark.benchmark
def test_films_get_the_same_tasks(tmp_path):
    path = Path("../shared/data/recommend/ml-100k/u.item")
    if not path.is_file():
        pytest.skip("needs the public data")
    shelf = str(tmp_path / "films")
    arguments = ["fit", str(path), "--schema", "auto", "--preset", "fast", "--out", shelf]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 0, run.output
    space = load(shelf)
    assert len(space) == 1682
    rows = space.catalog.table.with_columns(pl.int_range(pl.len()).alias("row"))
    hidden = rows.filter(pl.col("row") % 5 == 0)
    labels = rows.filter(pl.col("row") % 5 > 0).select("id", pl.col("Animation").alias("category"))
    found = classify(space, labels).table.join(hidden.select("id", "Animation"), on="id")
    assert found.height == hidden.height
    said = space.search("animation children's musical", k=5)
    assert 1 <= said.height <= 5


def test_an_accuracy_is_a_share(space, labels):
    with pytest.raises(OptionError, match="accuracy of 95"):
        classify(space, labels, abstain=95)


def test_the_command(space, labels, tmp_path):
    space.save(tmp_path / "shelf")
    labels.write_csv(tmp_path / "labels.csv")
    run = CliRunner().invoke(
        app, ["classify", str(tmp_path / "shelf"), "--labels", str(tmp_path / "labels.csv"), "--json"]
    )
    assert run.exit_code == 0, run.output
    assert len(json.loads(run.stdout)) == 200
    out = tmp_path / "next.csv"
    arguments = ["classify", str(tmp_path / "shelf"), "--abstain", "0.9", "--suggest", "3", "--out", str(out)]
    run = CliRunner().invoke(app, arguments)
    assert run.exit_code == 0, run.output
    assert "asked for 90.0%" in run.output
    assert pl.read_csv(out).height == 3
    run = CliRunner().invoke(app, [*arguments, "--labels", str(out), "--column", "product_type"])
    assert run.exit_code == 2
    run = CliRunner().invoke(app, ["classify", str(tmp_path / "shelf"), "--column", "colour"])
    assert run.exit_code == 1
