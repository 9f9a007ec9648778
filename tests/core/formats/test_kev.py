from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import (
    BrokenJson,
    DuplicateKey,
    FormatError,
    NotAnIdentifier,
    NotText,
    WrongShape,
)
from noroshi.core.facets import Exploited, Record, Text, Weakness
from noroshi.core.formats import kev
from tests.core.formats import feed_samples as samples
from tests.core.formats.feed_samples import NAME, raw


def read(catalogue):
    payload = catalogue if isinstance(catalogue, bytes) else raw(catalogue)
    (document,) = samples.documents(kev, payload)
    assert document.body == payload
    return list(kev.read(document.body))


def test_an_entry_is_a_record_that_tells_of_exploitation():
    assert read(samples.kev()) == [
        Record(
            source="kev",
            external_id=NAME,
            names=(NAME,),
            modified=dt.datetime(2024, 7, 12, tzinfo=dt.UTC),
            titles=(Text("en", "Kasumi SR-200 command execution", "cisa-kev"),),
            descriptions=(Text("en", "Commands from a neighbour are run.", "cisa-kev"),),
            weaknesses=(Weakness("cisa-kev", "CWE-78"),),
            exploited=Exploited(
                "cisa-kev",
                since=dt.date(2024, 7, 12),
                due=dt.date(2024, 8, 2),
                ransomware=True,
                action="Install 2.4.",
            ),
        )
    ]


@pytest.mark.parametrize(
    ("use", "ransomware"), [("Known", True), ("known ", True), ("Unknown", False), ("", False)]
)
def test_use_by_ransomware_is_what_the_catalogue_calls_known(use, ransomware):
    entry = samples.at(samples.kev_entry(), "knownRansomwareCampaignUse", use)
    assert read(samples.kev(entry))[0].exploited.ransomware is ransomware


def test_an_entry_needs_no_more_than_an_id_and_a_day():
    (record,) = read(samples.kev({"cveID": NAME, "dateAdded": "2024-07-12"}))
    assert record.exploited == Exploited("cisa-kev", since=dt.date(2024, 7, 12))
    assert (record.titles, record.descriptions, record.weaknesses) == ((), (), ())


def test_weaknesses_that_are_none_and_repeated_ones_are_dropped():
    entry = samples.at(samples.kev_entry(), "cwes", ["CWE-78", "NVD-CWE-noinfo", "CWE-78"])
    assert read(samples.kev(entry))[0].weaknesses == (Weakness("cisa-kev", "CWE-78"),)


def test_a_text_with_a_nul_is_cut_out_and_named():
    odd = {**samples.kev_entry(), "x": "\0"}
    error, record = read(samples.kev(odd))
    assert (type(error), error.where) == (NotText, "$.vulnerabilities[0].x")
    assert record.names == (NAME,)


@pytest.mark.parametrize(
    ("bad", "kind", "path"),
    [
        (7, WrongShape, ""),
        ([], WrongShape, ""),
        ({}, WrongShape, ""),
        ({"cveID": NAME}, WrongShape, ""),
        ({"cveID": 7, "dateAdded": "2024-07-12"}, WrongShape, ".cveID"),
        ({"cveID": "CVE-1", "dateAdded": "2024-07-12"}, NotAnIdentifier, ".cveID"),
        ({"cveID": NAME, "dateAdded": 20240712}, WrongShape, ".dateAdded"),
        ({"cveID": NAME, "dateAdded": "soon"}, WrongShape, ".dateAdded"),
    ],
)
def test_a_bad_entry_is_named_and_its_neighbours_are_read(bad, kind, path):
    one, two = samples.kev_entry(), samples.kev_entry("CVE-2024-99990002")
    first, error, last = read(samples.kev(one, bad, two))
    assert (first.external_id, last.external_id) == (NAME, "CVE-2024-99990002")
    assert (type(error), error.where) == (kind, "$.vulnerabilities[1]" + path)


def test_an_odd_value_is_named_and_its_entry_is_read_without_it():
    entry = samples.at(samples.kev_entry(), "cwes", "CWE-78")
    error, record = read(samples.kev(entry))
    assert (type(error), error.where) == (WrongShape, "$.vulnerabilities[0].cwes")
    assert (record.weaknesses, record.exploited.ransomware) == ((), True)


def test_a_key_twice_costs_only_the_entry_it_stands_in():
    catalogue = raw(samples.kev(samples.kev_entry(), samples.kev_entry("CVE-2024-99990002")))
    catalogue = catalogue.replace(b'"cveID"', b'"cveID":"CVE-2024-99990009","cveID"', 1)
    error, record = read(catalogue)
    assert (type(error), error.where) == (DuplicateKey, "$.vulnerabilities[0]")
    assert record.external_id == "CVE-2024-99990002"


def test_a_key_twice_around_the_entries_is_told_beside_them():
    catalogue = raw(samples.kev()).replace(b'"title"', b'"title":"","title"')
    record, error = read(catalogue)
    assert record.external_id == NAME
    assert (type(error), error.where) == (DuplicateKey, "$")


@pytest.mark.parametrize(
    ("payload", "kind", "where"),
    [
        (raw(samples.kev())[:-10], BrokenJson, "$"),
        (b"{}", WrongShape, "$"),
        (b'{"vulnerabilities":{}}', WrongShape, "$.vulnerabilities"),
        (b"[]", WrongShape, "$"),
        (b"", BrokenJson, "$"),
    ],
)
def test_a_catalogue_that_is_none_is_one_error(payload, kind, where):
    (error,) = read(payload)
    assert isinstance(error, FormatError)
    assert (type(error), error.where) == (kind, where)


def test_an_empty_catalogue_has_no_records():
    assert read({"vulnerabilities": []}) == []
