from __future__ import annotations

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shelfspace.errors import CatalogError, OptionError
from shelfspace.tasks.match import match
from shelfspace.tasks.sync import replay_sync, sync, undo_sync
from shelfspace.tasks.sync.journal import JournalError

THRESHOLD = 0.9


@pytest.fixture(scope="module")
def keys(fast_space):
    return fast_space.catalog.table.select("shop", "id")


def stock_table(keys, seed, missing=0.0):
    """Quantities and prices drawn for every product, the price within a fifth of its like."""
    n = keys.height
    drawn = pl.Series(range(n)).shuffle(seed)
    quantity = pl.select(pl.when(drawn % 97 >= 97 * missing).then(drawn % 13)).to_series()
    return keys.with_columns(
        quantity.cast(pl.String).alias("quantity"),
        (10 + drawn % 3).cast(pl.String).alias("price") + ".50 €",
        pl.format("2026-01-{} 10:00", (1 + drawn % 28).cast(pl.String).str.zfill(2)).alias("updated_at"),
        pl.format("note, {}", drawn).alias("note"),
    )


def test_a_plan_is_shown_carried_out_replayed_and_undone(fast_space, keys, tmp_path):
    path, other = tmp_path / "stock.csv", tmp_path / "other.csv"
    stock_table(keys, 0).write_csv(path)
    before = path.read_bytes()
    planned = sync(fast_space, path, price="lowest")
    assert path.read_bytes() == before
    assert planned.plan.columns[:5] == ["shop", "id", "attribute", "old", "new"]
    assert planned.plan.height > 20
    assert (planned.threshold, planned.rejects.height) == (THRESHOLD, 0)
    assert planned.n_products == match(fast_space, threshold=THRESHOLD).height
    assert planned.write(in_place=True, note="first") == [path]
    assert sync(fast_space, path, price="lowest").plan.is_empty()
    journal = tmp_path / "sync-journal.jsonl"
    assert replay_sync(path, journal).plan.is_empty()
    other.write_bytes(before)
    replay_sync(other, journal).write(tmp_path / "new.csv", journal=journal)
    assert (tmp_path / "new.csv").read_bytes() == path.read_bytes()
    undone = undo_sync(path, journal)
    assert undone.conflicts.is_empty()
    undone.write(in_place=True)
    assert path.read_bytes() == before
    assert replay_sync(path, journal).plan.is_empty()
    with pytest.raises(JournalError, match="Run 2 undid run 1"):
        undo_sync(path, journal, run=2)


def test_the_journal_tells_what_changed_in_several_shops(fast_space, keys, tmp_path):
    path = tmp_path / "stock.csv"
    stock_table(keys, 0).with_columns(quantity=pl.lit("5")).write_csv(path)
    sync(fast_space, path).write(in_place=True)
    shares = pl.when(pl.col("shop") == "left").then(pl.lit("4")).otherwise(pl.lit("3"))
    pl.read_csv(path, infer_schema=False).with_columns(quantity=shares).write_csv(path)
    found = sync(fast_space, path)
    assert found.plan.is_empty()
    counts = dict(found.conflicts["kind"].value_counts().iter_rows())
    assert counts["changed in several shops"] == match(fast_space, threshold=THRESHOLD).height - counts.get(
        "matched to several", 0
    )
    assert set(sync(fast_space, path, quantity="changes").plan["new"]) == {"2"}


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=st.integers(0, 1000),
    missing=st.sampled_from([0.0, 0.2]),
    quantity=st.sampled_from(["lowest", "latest", "changes", "from:left"]),
    price=st.sampled_from(["keep", "lowest", "latest", "from:right"]),
    share=st.sampled_from([0.0, 0.1, 1.0]),
)
def test_whatever_the_policies(fast_space, keys, tmp_path, seed, missing, quantity, price, share):
    """Nothing below the threshold is touched, replay changes nothing, undo restores, order does not count."""
    folder = tmp_path / f"{seed}{missing}{quantity}{price}{share}".replace(":", "")
    folder.mkdir(exist_ok=True)
    path = folder / "stock.csv"
    table = stock_table(keys, seed, missing)
    table.write_csv(path)
    (folder / "sync-journal.jsonl").unlink(missing_ok=True)
    before = path.read_bytes()
    policies = {"quantity": quantity, "price": price, "max_price_change": share}
    planned = sync(fast_space, path, **policies)
    sure = match(fast_space, threshold=THRESHOLD)
    partners = {f"left/{left}": f"right/{right}" for left, right in sure.select("left_id", "right_id").rows()}
    partners |= {right: left for left, right in partners.items()}
    for shop, identifier, cause in planned.plan.select("shop", "id", "because_of").iter_rows():
        assert partners[f"{shop}/{identifier}"] == cause
    shuffled = sync(fast_space, table.sample(fraction=1, shuffle=True, seed=seed), **policies)
    assert shuffled.plan.equals(planned.plan)
    assert shuffled.conflicts.equals(planned.conflicts)
    planned.write(in_place=True)
    assert replay_sync(path, folder / "sync-journal.jsonl").plan.is_empty()
    undo_sync(path, folder / "sync-journal.jsonl").write(in_place=True)
    assert path.read_bytes() == before


def test_the_space_answers_and_a_table_is_taken(fast_space, keys, tmp_path):
    table = stock_table(keys, 3)
    planned = fast_space.sync(table, "right", "left", threshold=0.95)
    assert planned.threshold == 0.95
    with pytest.raises(OptionError, match="Give journal"):
        planned.write(tmp_path / "new.parquet")
    planned.write(tmp_path / "new.parquet", journal=tmp_path / "journal.jsonl")
    again = fast_space.sync(tmp_path / "new.parquet", threshold=0.95)
    assert again.plan.is_empty()


def test_options_that_cannot_be_are_refused(fast_space, keys):
    table = stock_table(keys, 3)
    for wrong in ({"max_price_change": -1}, {"max_price_change": float("nan")}, {"quantity": "most"}):
        with pytest.raises(OptionError):
            sync(fast_space, table, **wrong)
    with pytest.raises(CatalogError, match="no shop 'north'"):
        sync(fast_space, table, price="from:north")


def test_a_stock_of_nothing_that_matches_plans_nothing(fast_space):
    planned = sync(fast_space, pl.DataFrame({"shop": ["left"], "id": ["none"], "quantity": [1]}))
    assert planned.plan.is_empty()
    assert planned.conflicts.is_empty()
    assert planned.rejects["reason"].to_list() == ["the space has no such product of shop left"]
