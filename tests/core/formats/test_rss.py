"""RSS and Atom: an item that names vulnerabilities speaks of them, as far as it does."""

from __future__ import annotations

import datetime as dt

import pytest

from noroshi.core.errors import BrokenXml, FormatError, NotAnIdentifier, NotText, WrongShape
from noroshi.core.facets import Record, Reference, Text
from noroshi.core.formats import rss
from noroshi.core.formats.feed import RawDocument
from tests.core.formats.contract import rss as samples
from tests.core.formats.contract.rss import OTHER, atom, entry, item
from tests.core.formats.feed_samples import NAME

JULY_9 = dt.datetime(2024, 7, 9, 10, tzinfo=dt.UTC)
VOICE = "rss:kasumi.example"


def taken_in(payload: bytes) -> list[Record | FormatError]:
    found: list[Record | FormatError] = []
    for document in rss.documents(payload):
        if isinstance(document, RawDocument):
            found += rss.read(document.body)
        else:
            found.append(document)
    return found


def records(payload: bytes) -> list[Record]:
    return [one for one in taken_in(payload) if isinstance(one, Record)]


def one(payload: bytes) -> Record:
    (found,) = taken_in(payload)
    assert isinstance(found, Record)
    return found


def test_an_item_that_names_one_vulnerability_describes_it():
    found = one(samples.rss(item()))
    assert found.names == (NAME,)
    assert found.modified == JULY_9
    assert found.titles == (Text("en", f"SR-200 firmware 2.4 closes {NAME}", VOICE),)
    assert found.descriptions == (Text("en", "Install 2.4: commands can be run.", VOICE),)
    assert found.references == (Reference("https://www.kasumi.example/news/1"),)
    assert found.external_id.endswith(f"/{NAME}")


def test_one_that_names_several_is_a_reference_of_each_and_describes_none():
    found = records(samples.RDF)
    assert [record.names for record in found] == [(NAME,), (OTHER,)]
    for record in found:
        assert (record.titles, record.descriptions) == ((), ())
        assert record.references == (Reference("https://kasumi.example/3"),)
        assert record.modified == dt.datetime(2024, 7, 11, tzinfo=dt.UTC)


def test_one_that_names_none_is_a_document_and_says_nothing():
    payload = samples.rss(item("a hole"), item(number=2))
    assert len([*rss.documents(payload)]) == 2
    assert one(payload).names == (NAME,)


@pytest.mark.parametrize("prefix", ["", "a:"])
def test_an_entry_of_atom_says_its_language_and_leads_to_its_page(prefix):
    found = one(atom(entry(), prefix=prefix))
    assert found.titles == (Text("ja", "SR-200 の更新 2.4", VOICE),)
    assert found.descriptions == (
        Text("ja", f"{NAME} を修正しました。 更新 してください。", VOICE),
    )
    assert found.references == (Reference("https://kasumi.example/ja/2.4"),)
    assert found.modified == dt.datetime(2024, 7, 10, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "text",
    [
        NAME.lower(),
        NAME.replace("-", "\u2011"),
        f"https://nvd.example/{NAME}/",
        f"https://notes.example/{NAME.lower()}-and-what-it-means",
        f"({NAME})。",
    ],
)
def test_a_name_is_found_however_it_is_set(text):
    assert one(samples.rss(item("a hole", text=text))).names == (NAME,)


@pytest.mark.parametrize("text", ["CVE-2024-XXXX", "cve-list", "the CVE-Program", "XCVE-2024-1234"])
def test_what_is_no_name_is_no_complaint_either(text):
    assert taken_in(samples.rss(item("a hole", text=text))) == []


def test_what_only_looks_like_a_name_is_told_and_the_others_count():
    problem, record = taken_in(samples.rss(item(text="also CVE-2024-12")))
    assert isinstance(problem, NotAnIdentifier)
    assert problem.facts["value"] == "'CVE-2024-12'"
    assert isinstance(record, Record)
    assert record.names == (NAME,)


def test_what_is_not_to_be_seen_names_nothing():
    text = f"<p>ours</p><!-- {OTHER} --><style>{OTHER}</style>"
    assert one(samples.rss(item(text=text))).names == (NAME,)


def test_tags_in_comments_and_in_cdata_are_none():
    (document,) = rss.documents(samples.rss(item(text="</item><item>")))
    assert isinstance(document, RawDocument)
    assert document.body == item(text="</item><item>").encode()


@pytest.mark.parametrize(
    "written",
    [
        "Tue, 09 Jul 2024 10:00:00 GMT",
        "9 Jul 2024 10:00 +0000",
        "Tue, 09 Jul 2024 19:00:00 JST",
        "Tue, 9 July 2024 03:00:00 PDT",
        "2024-07-09T19:00:00+09:00",
    ],
)
def test_times_as_feeds_write_them(written):
    payload = samples.rss(item()).replace(b"Tue, 09 Jul 2024 19:00:00 +0900", written.encode())
    assert one(payload).modified == JULY_9


@pytest.mark.parametrize("written", ["yesterday", "31 Feb 2024 10:00 GMT", "9 Foo 2024 10:00 GMT"])
def test_a_time_that_is_none_is_left_out(written):
    payload = samples.rss(item()).replace(b"Tue, 09 Jul 2024 19:00:00 +0900", written.encode())
    assert one(payload).modified is None


def test_an_item_that_is_broken_costs_itself_alone():
    good = item(number=2)
    for bad in ("<item><title>a & b</item>", "<item><title>x</item>", "<item a='<'></item>", "<<<"):
        found = taken_in(samples.rss(item(), bad, good))
        assert [type(each) for each in found if isinstance(each, FormatError)] == [BrokenXml]
        assert len([each for each in found if isinstance(each, Record)]) == 2


def test_an_item_known_by_nothing_is_told():
    (problem,) = taken_in(samples.rss(f"<item><title>{NAME}</title></item>"))
    assert isinstance(problem, WrongShape)


def test_who_writes_a_feed_never_speaks_with_the_name_of_an_assigner():
    lies = item().replace("www.kasumi.example", "redhat")
    assert one(samples.rss(lies)).titles[0].by == "rss:redhat"


def test_the_same_item_is_the_same_record_and_items_of_two_hosts_are_two():
    first, second = one(samples.rss(item())), one(samples.rss(item(text="Changed.")))
    other = one(samples.rss(item().replace("kasumi.example", "nagomi.example")))
    assert first.external_id == second.external_id != other.external_id


def test_another_encoding_is_named():
    (problem,) = taken_in(samples.rss(item()).replace(b"UTF-8", b"Shift_JIS"))
    assert isinstance(problem, NotText)
    assert "Shift_JIS" in str(problem)


def test_a_feed_without_items_has_no_documents():
    assert taken_in(samples.rss()) == []


def test_a_feed_that_ends_too_early_keeps_what_came():
    whole = samples.rss(item(), item(number=2))
    found = taken_in(whole[: whole.rindex(b"<category>")])
    assert [type(each) for each in found] == [Record, BrokenXml]
