from __future__ import annotations

import pytest

from shelfspace.tasks.sync.json_lines_sheet import json_lines_cells

LINES = (
    '{"id": 1, "qty": 5, "price": "3,50 €", "more": {"a": [1]}}\n'
    "\n"
    '{"id":"2","qty":2.5,"price":"4 €","ok":true}\n'
    "[1, 2]\nnot json\n"
    '{"id": "3", "qty": null}'
)


def test_values_become_texts_and_other_lines_rejects():
    cells = json_lines_cells("s.jsonl", LINES.encode())
    assert cells.table["id"].to_list() == ["1", "2", "3"]
    assert cells.table["qty"].to_list() == ["5", "2.5", None]
    assert cells.table["more"].to_list() == [None, None, None]
    assert cells.table["ok"].to_list() == [None, "true", None]
    assert cells.records == [1, 3, 6]
    assert [item.row for item in cells.rejects] == [4, 5]
    assert cells.exact == {"qty"}


def test_only_the_changed_values_differ_and_numbers_stay_numbers():
    cells = json_lines_cells("s.jsonl", LINES.encode())
    assert cells.rewrite({}) == LINES.encode()
    changed = cells.rewrite({1: {"qty": "4", "price": "3,00 €"}, 3: {"qty": "2"}, 6: {"qty": "1.5"}}).decode()
    expected = LINES.replace('"qty": 5, "price": "3,50', '"qty": 4, "price": "3,00')
    assert changed == expected.replace(":2.5", ":2").replace("null", "1.5")


@pytest.mark.parametrize("raw", ['\ufeff{"id": "ä", "qty": 5}\r\n', '{"id": "\\u00e4", "qty": 5}'])
def test_the_style_of_a_line_is_kept_and_an_empty_text_is_null(raw):
    cells = json_lines_cells("s", raw.encode())
    assert cells.rewrite({1: {"qty": "7"}}).decode() == raw.replace("5", "7")
    assert cells.rewrite({1: {"qty": ""}}).decode() == raw.replace("5", "null")
