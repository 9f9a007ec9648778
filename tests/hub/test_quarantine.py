"""What cannot be read is set aside with its place and reason, beside all that can be."""

from __future__ import annotations

import pytest

from noroshi.core.errors import BrokenArchive, NotText, TooLarge
from noroshi.hub.knowledge.actions import Ingest, source_named
from noroshi.hub.knowledge.models import Document, Quarantine, Record
from noroshi.hub.knowledge.preparing import unpack_text
from tests.hub.feeds import bring, cve, cve5, epss, kev, raw
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

ONE, TWO, THREE = cve(1), cve(2), cve(3)
NO_ID = raw(cve5("CVE-2024-1"))


def aside() -> dict[tuple[str, str], str]:
    rows = Quarantine.objects.values_list("file", "where", "code")
    return {(file, where): code for file, where, code in rows}


def known() -> set[str]:
    return set(Record.objects.values_list("external_id", flat=True))


class TestSettingAside:
    def test_the_good_ones_beside_a_bad_one_are_all_there(self):
        tally = bring("cve5", cve5(ONE), b"{", cve5(TWO), NO_ID, cve5(THREE))
        assert known() == {ONE, TWO, THREE}
        assert (tally.records, tally.quarantined) == (3, 2)

    def test_file_line_and_path_are_named_and_the_bytes_kept(self):
        bring("cve5", cve5(ONE), NO_ID, file="all.jsonl")
        row = Quarantine.objects.get()
        assert (row.file, row.where) == ("all.jsonl", "line 2 $.cveMetadata.cveId")
        assert (row.code, row.at) == ("not-an-identifier", NOON)
        assert row.facts["kind"] == "CVE id"
        assert row.document is not None
        assert unpack_text(bytes(row.document.body)) == NO_ID

    def test_a_part_of_a_document_is_set_aside_and_the_rest_is_read(self):
        tally = bring("kev", kev(ONE, "not one", TWO), file="kev.json")
        assert known() == {ONE, TWO}
        assert aside() == {("kev.json", "line 1 $.vulnerabilities[1].cveID"): "not-an-identifier"}
        assert (tally.quarantined, Document.objects.get().unread) == (1, 1)

    def test_many_bad_parts_are_set_aside_each_for_itself(self):
        body = epss("2024-05-01", {f"CVE-{n}": 0.1 for n in range(1500)} | {ONE: 0.1})
        bring("epss", body, file="epss.csv")
        assert len(aside()) == 1500
        assert known() == {ONE}

    def test_two_troubles_at_one_place_are_one_row(self):
        ingest = Ingest(source_named("cve5"), now=NOON)
        ingest.unreadable("a", TooLarge("line 1", limit=1))
        ingest.unreadable("a", BrokenArchive("line 1", detail="x"))
        assert aside() == {("a", "line 1"): "broken-archive"}

    def test_the_same_import_again_leaves_the_rows_as_they_are(self):
        for at in (NOON, NOON + DAY):
            bring("cve5", b"{", NO_ID, now=at)
            Ingest(source_named("cve5"), now=at).unreadable("b", BrokenArchive(detail="x"))
        assert set(Quarantine.objects.values_list("at", flat=True)) == {NOON}
        assert len(aside()) == 3

    def test_names_no_database_takes_are_cut_to_what_it_does(self):
        ingest = Ingest(source_named("cve5"), now=NOON)
        ingest.unreadable("名" * 2000 + "\0\udc82.json", NotText("路" * 2000, detail="\0\ud800"))
        row = Quarantine.objects.get()
        assert row.file.endswith(".json")
        assert row.where.startswith("路路")
        assert "\0" not in f"{row.file}{row.facts}"

    def test_another_source_has_its_own_quarantine(self):
        bring("cve5", b"{", file="same.jsonl")
        bring("nvd", b"{", file="same.jsonl")
        bring("cve5", cve5(ONE), file="same.jsonl")
        assert list(Quarantine.objects.values_list("source__name", flat=True)) == ["nvd"]


class TestLettingGo:
    def test_a_corrected_line_lets_go_what_stood_there(self):
        bring("cve5", cve5(ONE), b"{", NO_ID)
        bring("cve5", cve5(ONE), cve5(TWO), NO_ID, now=NOON + DAY)
        assert aside() == {("feed.jsonl", "line 3 $.cveMetadata.cveId"): "not-an-identifier"}

    def test_a_line_that_is_gone_lets_go_although_a_known_one_stands_there(self):
        bring("cve5", cve5(ONE), b"{", cve5(TWO))
        bring("cve5", cve5(ONE), cve5(TWO), now=NOON + DAY)
        assert aside() == {}

    def test_a_document_that_is_the_whole_file_lets_go_of_all_its_parts(self):
        bring("kev", kev(ONE, "not one", "nor this"), file="kev.json")
        bring("kev", kev(ONE, TWO, "nor this"), file="kev.json", now=NOON + DAY)
        assert list(aside()) == [("kev.json", "line 1 $.vulnerabilities[2].cveID")]
        assert Quarantine.objects.get().at == NOON + DAY

    def test_what_is_wrong_in_another_way_now_is_set_aside_anew(self):
        bring("cve5", b"{")
        bring("cve5", b"[", now=NOON + DAY)
        row = Quarantine.objects.get()
        assert row.document is not None
        assert (unpack_text(bytes(row.document.body)), row.at) == (b"[", NOON + DAY)

    def test_another_file_lets_go_nothing(self):
        bring("cve5", b"{", file="one.jsonl")
        bring("cve5", cve5(ONE), file="two.jsonl")
        assert set(aside()) == {("one.jsonl", "line 1 $")}

    def test_a_file_that_is_whole_now_lets_go(self):
        ingest = Ingest(source_named("cve5"), now=NOON)
        ingest.unreadable("a.zip", BrokenArchive(detail="x"))
        ingest.unreadable("a.zip/b.json.gz", BrokenArchive(detail="x"))
        ingest.unreadable("a.zip.json", BrokenArchive(detail="x"))
        Ingest(source_named("cve5"), now=NOON + DAY).finished("a.zip")
        assert set(aside()) == {("a.zip.json", "")}

    def test_a_member_that_breaks_off_again_lets_nothing_go_though_the_archive_is_whole(self):
        bring("cve5", cve5(ONE), b"{", file="a.zip/b.jsonl.gz")
        ingest = Ingest(source_named("cve5"), now=NOON + DAY)
        ingest.unreadable("a.zip/b.jsonl.gz", BrokenArchive(detail="x"))
        ingest.finished("a.zip")
        assert ("a.zip/b.jsonl.gz", "line 2 $") in aside()

    def test_a_file_that_breaks_off_again_lets_nothing_go_of_what_lies_behind(self):
        bring("cve5", cve5(ONE), b"{", file="a.jsonl.gz")
        ingest = Ingest(source_named("cve5"), now=NOON + DAY)
        ingest.unreadable("a.jsonl.gz", BrokenArchive(detail="x"))
        ingest.finished("a.jsonl.gz")
        assert set(aside()) == {("a.jsonl.gz", "line 2 $"), ("a.jsonl.gz", "")}
