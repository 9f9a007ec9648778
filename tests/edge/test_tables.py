"""Rows for spreadsheets: nothing in them is calculated, and nothing steers."""

from __future__ import annotations

import csv
import io
import zipfile
from decimal import Decimal

import pytest
from lxml import etree

from noroshi.edge.tables import csv_file, csv_text, inert, number, xlsx_file


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝", "＋", "－", "＠"])
def test_a_cell_that_would_be_calculated_is_quoted(start):
    assert inert(f"{start}1+1") == f"'{start}1+1"
    (row,) = csv.reader(io.StringIO(csv_text(("a",), [(f"{start}1",)]).partition("\r\n")[2]))
    assert row == [f"'{start}1"]


@pytest.mark.parametrize("start", ["\r", "\n"])
def test_a_line_end_does_not_hide_a_formula(start):
    assert inert(f"{start}=1").startswith("'")


@pytest.mark.parametrize(
    "cell", ["", "1", "a=b", "株式会社", 'with "quotes", commas', "two\nlines"]
)
def test_any_other_cell_comes_back_as_it_was(cell):
    text = csv_text(("a", "b"), [(cell, "x")])
    assert list(csv.reader(io.StringIO(text, newline=""))) == [["a", "b"], [cell, "x"]]


def test_what_steers_is_seen_instead():
    assert inert("a\u202egpj.exe\x1b[0m") == "a\ufffdgpj.exe\ufffd[0m"


def test_a_file_begins_with_the_mark_that_excel_looks_for():
    data = b"".join(csv_file(("名前",), [("狼煙",)]))
    assert data.startswith(b"\xef\xbb\xbf")
    assert data.decode("utf-8-sig") == "名前\r\n狼煙\r\n"


def test_a_long_file_comes_in_pieces_that_make_one_file():
    rows = [(str(n),) for n in range(1200)]
    parts = list(csv_file(("n",), iter(rows)))
    assert len(parts) == 4
    assert b"".join(parts[1:]).decode() == csv_text(("n",), rows)


def test_a_workbook_holds_texts_and_numbers_and_no_formula():
    data = xlsx_file("a/b", ("名前", "n"), [("=1+1", Decimal("0.5")), ("a\u202eb", None)])
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheet = etree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
        strings = etree.fromstring(parts.read("xl/sharedStrings.xml"))
        book = parts.read("xl/workbook.xml").decode()
    texts = [node.findtext("{*}t") for node in strings]
    assert texts == ["名前", "n", "=1+1", "a\ufffdb"]
    assert [node.text for node in sheet.iter("{*}v")] == ["0", "1", "2", "0.5", "3"]
    assert list(sheet.iter("{*}f")) == []
    assert 'name="a b"' in book


@pytest.mark.parametrize(
    ("value", "text"), [(None, ""), ("0", "0"), ("26", "26"), ("0.2820", "0.282"), ("100", "100")]
)
def test_a_number_has_no_noughts_at_its_end(value, text):
    assert number(None if value is None else Decimal(value)) == text
