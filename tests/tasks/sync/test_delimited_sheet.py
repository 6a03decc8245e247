from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfspace.errors import FeedError
from shelfspace.tasks.sync.delimited_sheet import decoded, delimited_cells

QUOTED = 'id;qty;note\r\n"1";5;"a ""b""; c"\r\n\r\n2;"7";\r\n3;1\r\n4;9;last'


def test_records_keep_their_numbers_and_short_ones_are_rejects():
    cells = delimited_cells("s.csv", QUOTED.encode())
    assert cells.table.columns == ["id", "qty", "note"]
    assert cells.table["note"].to_list() == ['a "b"; c', "", "last"]
    assert cells.records == [1, 3, 5]
    assert [(item.row, item.reason) for item in cells.rejects] == [(4, "2 cells, the header has 3")]


def test_only_the_changed_cells_differ_and_quotes_stay():
    cells = delimited_cells("s.csv", QUOTED.encode())
    assert cells.rewrite({}) == QUOTED.encode()
    changed = cells.rewrite({1: {"qty": "4,5"}, 3: {"qty": "6"}, 5: {"qty": "a;b"}}).decode()
    assert changed == QUOTED.replace(";5;", ";4,5;").replace('"7"', '"6"').replace(";9;", ';"a;b";')


def test_a_mark_excels_sep_line_and_other_encodings_are_kept():
    text = "\ufeffsep=;\nid;qty\n1;5\n"
    assert delimited_cells("s", text.encode()).rewrite({1: {"qty": "4"}}) == text.replace("5", "4").encode()
    old = "id;Stückzahl;price\n1;5;3 €\n"
    for encoding in ("cp1252", "utf-16"):
        cells = delimited_cells("s", old.encode(encoding))
        assert cells.rewrite({1: {"Stückzahl": "4"}}) == old.replace("5", "4").encode(encoding)


def test_odd_quoting_is_written_anew():
    cells = delimited_cells("s", b'id,qty,note\n1,5,"open"end\n')
    assert delimited_cells("s", cells.rewrite({1: {"qty": "4"}})).table.rows() == [("1", "4", "openend")]


@pytest.mark.parametrize("raw", [b"\n\n", b"sep=;\n"])
def test_what_has_no_header_is_refused(raw):
    with pytest.raises(FeedError, match="holds nothing"):
        delimited_cells("s", raw)


def test_a_quote_without_end_and_bytes_without_encoding_are_refused():
    with pytest.raises(FeedError, match="cannot be taken apart"):
        delimited_cells("s", b'id,qty\n1,"' + b"5\n" * 100_000)
    with pytest.raises(FeedError, match="no known encoding"):
        decoded("s", b"a\x81\x8d\x8f\x90\x9d\xff\xfe" + bytes(range(128, 160)))


texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029\ufeff"), max_size=8
)


@given(rows=st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6), new=texts, data=st.data())
def test_any_table_survives_being_rewritten(rows, new, data):
    lines = [
        ",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in [("a", "b", "c"), *rows]
    ]
    cells = delimited_cells("s", ("\n".join(lines) + "\n").encode())
    assert cells.table.rows() == rows
    place = data.draw(st.integers(0, len(rows) - 1))
    again = delimited_cells("s", cells.rewrite({place + 1: {"b": new}}))
    assert again.table.rows() == [(a, new if at == place else b, c) for at, (a, b, c) in enumerate(rows)]
