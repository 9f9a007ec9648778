from __future__ import annotations

import pytest

from noroshi.core.errors import BrokenXml, FormatError, UnknownFormat
from noroshi.core.formats import jvn_split
from tests.core.formats import jvn_samples as samples


def split(payload):
    found = list(jvn_split.entries(payload))
    documents = [each for each in found if not isinstance(each, FormatError)]
    return documents, [each for each in found if isinstance(each, FormatError)]


def test_a_file_is_cut_into_its_entries_unchanged():
    one, two = samples.vulinfo(), samples.vulinfo(cves="")
    documents, errors = split(samples.vuldef(one, two))
    assert [each.body.decode() for each in documents] == [one, two]
    assert [each.where for each in documents] == ["line 3", "line 28"]
    assert errors == []


def test_a_feed_is_cut_into_its_items():
    documents, errors = split(samples.rss(samples.item(), samples.item()))
    assert [each.body.decode() for each in documents] == [samples.item(), samples.item()]
    assert errors == []


def test_an_empty_file_has_no_entries():
    assert split(samples.vuldef()) == ([], [])


def test_text_between_the_entries_is_told_and_passed_over():
    documents, errors = split(samples.vuldef(samples.vulinfo(), "7", samples.vulinfo()))
    assert len(documents) == 2
    assert [type(error) for error in errors] == [BrokenXml]


@pytest.mark.parametrize("mark", ["</Vulinfo>", "-->", "</sec:handling>", "</VULDEF-Document>"])
def test_a_file_that_ends_too_early_gives_what_came_before(mark):
    whole = samples.vuldef(samples.vulinfo(), samples.vulinfo()).decode()
    documents, errors = split(whole[: whole.rindex(mark)].encode())
    assert len(documents) == (1 if mark == "</Vulinfo>" else 2)
    assert [type(error) for error in errors] == [BrokenXml]


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"<Result/>",
        b"<html><body>503</body></html>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><VULDEF-Document>&a;</VULDEF-Document>',
        b"[]",
        b"<?x?>" * 200_000 + b"<x>",
        b"<!--x-->" * 200_000,
        b"<VULDEF-Document " + b'a="1" ' * 200_000,
    ],
    ids=range(8),
)
def test_what_is_no_file_of_jvn_is_told(payload):
    documents, errors = split(payload)
    assert documents == []
    assert [type(error) for error in errors] == [UnknownFormat]


@pytest.mark.parametrize("stray", ["<7>", "<!x>", "< a>"])
def test_what_is_no_element_is_told(stray):
    documents, errors = split(samples.vuldef(stray))
    assert documents == []
    assert [type(error) for error in errors] == [BrokenXml]
