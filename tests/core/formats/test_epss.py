from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import BrokenLine, FormatError, NotAnIdentifier, NotText, WrongShape
from noroshi.core.facets import Epss, Record
from noroshi.core.formats import epss
from tests.core.formats.feed_samples import EPSS, NAME, documents

DAY = dt.date(2024, 7, 12)
TOP = b"#model_version:v2023.03.01,score_date:2024-07-12T00:00:00+0000\n"


def read(table: bytes):
    (document,) = documents(epss, table)
    assert document.body == table
    return list(epss.read(document.body))


def scores(table: bytes):
    return [(record.external_id, record.epss) for record in read(table)]


def test_a_line_is_a_record_with_its_score_and_day():
    assert read(EPSS)[0] == Record(
        source="epss",
        external_id=NAME,
        names=(NAME,),
        modified=dt.datetime(2024, 7, 12, tzinfo=dt.UTC),
        epss=Epss(DAY, 0.97567, 0.99995),
    )
    assert len(read(EPSS)) == 3


@pytest.mark.parametrize(
    ("table", "percentile"),
    [
        (TOP + b"cve,epss,percentile\nCVE-2021-1,0.5,0.9\n", 0.9),
        (TOP + b"cve,epss,percentile\nCVE-2021-1,0.5,\n", None),
        (TOP + b"cve,epss\nCVE-2021-1,0.5\n", None),
        (TOP.replace(b"v2023.03.01", b"") + b"cve,epss\nCVE-2021-1,0.5\n", None),
        (TOP + b"epss,cve,percentile\n0.5,CVE-2021-1,0.9", 0.9),
        (b"cve,epss,percentile,date\nCVE-2021-1,0.5,0.9,2024-07-12\n", 0.9),
        (b"\xef\xbb\xbf" + TOP + b"CVE,EPSS\r\nCVE-2021-1,0.5\r\n\r\n", None),
    ],
)
def test_every_layout_is_read_by_its_heading(table, percentile):
    table = table.replace(b"CVE-2021-1", b"CVE-2021-1234")
    assert scores(table) == [("CVE-2021-1234", Epss(DAY, 0.5, percentile))]


@pytest.mark.parametrize(
    "table",
    [
        b"",
        b"\n",
        TOP,
        b"cve,epss\nCVE-2021-1234,0.5\n",
        b"cve,epss,percentile\nCVE-2021-1234,0.5,0.9\n",
        b"#model_version:x,score_date:2024-02-30T00:00:00\ncve,epss\nCVE-2021-1234,0.5\n",
        TOP + b"name,score\nCVE-2021-1234,0.5\n",
        TOP + b"cve,epss" * 1_000_000,
        b"<html>not found</html>",
        b'{"cve":1}',
    ],
)
def test_a_table_without_a_heading_or_a_day_is_one_error_in_line_1(table):
    (error,) = epss.read(table)
    assert isinstance(error, WrongShape)
    assert error.where == "line 1"


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (b"CVE-2021-1234,1.2,0.9", BrokenLine),
        (b"CVE-2021-1234,-0.1,0.9", BrokenLine),
        (b"CVE-2021-1234,nan,0.9", BrokenLine),
        (b"CVE-2021-1234,inf,0.9", BrokenLine),
        (b"CVE-2021-1234,,0.9", BrokenLine),
        (b"CVE-2021-1234,half,0.9", BrokenLine),
        (b"CVE-2021-1234,0." + b"5" * 1_000_000 + b",0.9", BrokenLine),
        (b"CVE-2021-1234,0.5", BrokenLine),
        (b"CVE-2021-1234,0.5,0.9,1", BrokenLine),
        (b"CVE-2021-12,0.5,0.9", NotAnIdentifier),
        (b"GHSA-2345-cfgh-jmpq,0.5,0.9", NotAnIdentifier),
        (b"CVE-2021-1234\0,0.5,0.9", NotAnIdentifier),
        ("CVE-2021-１２３４,0.5,0.9".encode(), NotAnIdentifier),
        (b"CVE-2021-1234\xff,0.5,0.9", NotText),
    ],
)
def test_a_bad_line_is_named_and_its_neighbours_are_read(line, kind):
    first, *rest = EPSS.splitlines(keepends=True)
    results = read(b"".join([first, *rest[:2], line + b"\n", *rest[2:]]))
    errors = [result for result in results if isinstance(result, FormatError)]
    assert [(type(error), error.where) for error in errors] == [(kind, "line 4")]
    assert len(results) == 4


def test_a_bad_percentile_is_named_but_does_not_cost_the_score():
    error, record = read(TOP + b"cve,epss,percentile\nCVE-2021-1234,0.5,99\n")
    assert (type(error), error.where) == (BrokenLine, "line 3")
    assert record.epss == Epss(DAY, 0.5)


def test_a_bad_day_in_a_column_is_named():
    good = b"CVE-2021-1234,0.5,2024-07-12\n"
    results = read(b"cve,epss,date\n" + good + b"CVE-2021-1235,0.5,soon\n" + good)
    assert [getattr(result, "where", "") for result in results] == ["", "line 3", ""]
