"""Files become knowledge: whatever lies beside the good ones, and however many cores read."""

from __future__ import annotations

import gzip
import io
import json
import multiprocessing
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from django.db import transaction

from noroshi.edge.feeds.files import Limits
from noroshi.edge.feeds.importing import import_paths
from noroshi.edge.feeds.registry import FORMATS
from noroshi.hub.knowledge.actions import Ingest, Tally, source_named
from noroshi.hub.knowledge.models import (
    AffectedRange,
    Alias,
    Document,
    Quarantine,
    Record,
    Vulnerability,
)
from noroshi.hub.knowledge.preparing import unpack_text
from noroshi.hub.todo.models import Todo
from tests.core.formats.contract import CONTRACTS
from tests.hub.feeds import cve, cve5, epss, kev, match, node, npm, nvd, raw
from tests.hub.sector import DAY, NOON

pytestmark = pytest.mark.usefixtures("database")

LIMITS = Limits(file=20_000_000, unpacked=40_000_000, payload=2_000_000)


def bring_in(source: str, *paths: Path, cores: int | None = 1, now=NOON) -> Tally:
    ingest = Ingest(source_named(source), now=now)
    with ingest.noted():
        import_paths(ingest, paths, LIMITS, cores=cores)
    return ingest.tally


def known() -> set[str]:
    return set(Record.objects.values_list("external_id", flat=True))


def aside() -> dict[tuple[str, str], str]:
    rows = Quarantine.objects.values_list("file", "where", "code")
    return {(file, where): code for file, where, code in rows}


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def lines(*bodies: object) -> bytes:
    return b"\n".join(body if isinstance(body, bytes) else raw(body) for body in bodies)


class TestPaths:
    def test_a_folder_with_everything_in_it_is_read_whole(self, tmp_path):
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w") as members:
            members.writestr("deep/one.json", raw(cve5(cve(1))))
            members.writestr("two.jsonl", lines(cve5(cve(2)), cve5(cve(3))))
        write(tmp_path, "a.zip", archive.getvalue())
        write(tmp_path, "b/4.json", raw(cve5(cve(4))))
        write(tmp_path, "c.jsonl.zst", zstandard.compress(lines(cve5(cve(5)), cve5(cve(6)))))
        write(tmp_path, "d.json.gz", gzip.compress(raw([cve5(cve(7)), cve5(cve(8))])))
        write(tmp_path, ".git/9.json", raw(cve5(cve(9))))
        tally = bring_in("cve5", tmp_path)
        assert known() == {cve(n) for n in range(1, 9)}
        assert (tally.documents, tally.quarantined) == (8, 0)

    def test_a_path_that_does_not_exist_is_refused_before_anything_is_read(self, tmp_path):
        good = write(tmp_path, "a.json", raw(cve5(cve(1))))
        with pytest.raises(FileNotFoundError):
            bring_in("cve5", good, tmp_path / "gone.json")
        assert known() == set()

    def test_two_files_of_one_name_keep_their_troubles_apart(self, tmp_path):
        for folder in "ab":
            write(tmp_path, f"feeds/{folder}/x.json", b"{" + folder.encode())
        bring_in("cve5", tmp_path / "feeds")
        assert {file for file, _ in aside()} == {"feeds/a/x.json", "feeds/b/x.json"}

    def test_a_file_whose_name_is_no_text_is_read_like_any_other(self, tmp_path):
        name = b"\x93\xfa\x96\x7b.csv".decode(errors="surrogateescape")
        write(tmp_path, name, epss("2024-05-01", {cve(1): 0.5, "no": 0.5}))
        assert bring_in("epss", tmp_path).records == 1
        ((file, where),) = aside()
        assert (file.rpartition("\\")[2], where) == ("x96{.csv", "line 4")

    def test_the_bytes_read_are_told_as_they_are_read(self, tmp_path):
        path = write(tmp_path, "a.jsonl", lines(*(cve5(cve(n)) for n in range(3))))
        told: list[int] = []
        ingest = Ingest(source_named("cve5"), now=NOON)
        import_paths(ingest, [path], LIMITS, watch=told.append, cores=1)
        assert told[-1] == path.stat().st_size


def rows() -> list[object]:
    """What an import wrote, by what it says, in the order of writing."""
    names = dict(Vulnerability.objects.order_by("pk").values_list("pk", "preferred_id"))
    ranges = AffectedRange.objects.order_by("record", "claim", "part")
    return [
        list(Document.objects.order_by("pk").values_list("external_id", "sha256", "unread")),
        sorted(aside().items()),
        list(names.values()),
        sorted(Alias.objects.values_list("name", "vulnerability__preferred_id")),
        list(Record.objects.order_by("pk").values_list("external_id", "document__sha256")),
        list(ranges.values_list("record__external_id", "product__name", "low", "high")),
        sorted((row.stage, names[row.object_id]) for row in Todo.objects.all()),
    ]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_however_many_cores_read_the_rows_are_the_same(tmp_path, monkeypatch, database):
    """Small batches, so that later ones are asked for before earlier ones are written."""
    monkeypatch.setattr("noroshi.edge.feeds.importing.BATCH_DOCUMENTS", 5)
    records = [cve5(cve(n), npm("a", ("1", f"{2 + n % 7}"))) for n in range(60)]
    again = cve5(cve(3), npm("b", ("1", "2")), updated="2024-06-01")
    for name in ("one.jsonl", "two.jsonl"):
        bad = (b"{", raw({}), b"{")
        write(tmp_path, name, lines(*records[:30], *bad, again, *records[3:7], *records[30:]))
    found = []
    for cores in (1, 2):
        with transaction.atomic():
            ingest = Ingest(source_named("cve5"), now=NOON, portion=7)
            import_paths(ingest, [tmp_path], LIMITS, cores=cores)
            found.append((rows(), ingest.tally))
            transaction.set_rollback(True)
    assert found[0] == found[1]
    assert found[0][1].unchanged == 5 + 68


class TestTroubles:
    def test_a_payload_that_cannot_be_split_is_kept_and_set_aside(self, tmp_path):
        write(tmp_path, "page.json", b'{"vulnerabilities": [')
        bring_in("nvd", tmp_path)
        row = Quarantine.objects.get()
        assert row.document is not None
        assert unpack_text(bytes(row.document.body)) == b'{"vulnerabilities": ['
        assert row.code == "broken-json"

    def test_a_file_that_breaks_off_is_named_once_and_mended_by_the_whole_one(self, tmp_path):
        whole = zstandard.compress(lines(*(cve5(cve(n)) for n in range(900))))
        write(tmp_path, "f.jsonl.zst", whole[: len(whole) // 2])
        for _ in range(2):
            tally = bring_in("cve5", tmp_path)
            assert (tally.quarantined, aside()) == (
                1,
                {(f"{tmp_path.name}/f.jsonl.zst", ""): "broken-archive"},
            )
        write(tmp_path, "f.jsonl.zst", whole)
        bring_in("cve5", tmp_path, now=NOON + DAY)
        assert (len(known()), aside()) == (900, {})

    def test_of_a_table_that_breaks_off_the_whole_lines_are_read(self, tmp_path):
        whole = gzip.compress(epss("2024-05-01", {cve(n): n / 4_000 for n in range(4_000)}))
        write(tmp_path, "epss.csv.gz", whole[: len(whole) // 2])
        bring_in("epss", tmp_path)
        assert 500 < len(known()) < 4_000
        assert list(aside().values()) == ["broken-archive"]
        write(tmp_path, "epss.csv.gz", whole)
        bring_in("epss", tmp_path, now=NOON + DAY)
        assert (len(known()), aside()) == (4_000, {})

    def test_a_line_that_is_too_long_is_let_go_when_it_is_mended(self, tmp_path):
        long = raw(cve5(cve(2), title="x" * 2_000_000))
        path = write(tmp_path, "f.jsonl", lines(cve5(cve(1)), long, cve5(cve(3))))
        bring_in("cve5", path)
        assert (known(), aside()) == ({cve(1), cve(3)}, {("f.jsonl", "line 2"): "too-large"})
        write(tmp_path, "f.jsonl", lines(cve5(cve(1)), cve5(cve(2)), cve5(cve(3))))
        bring_in("cve5", path)
        assert (known(), aside()) == ({cve(1), cve(2), cve(3)}, {})


GOOD: dict[str, Callable[[int], bytes]] = {
    "cve5": lambda n: raw(cve5(cve(n), npm("a", ("1", "2")))),
    "nvd": lambda n: raw(nvd(cve(n), node(match("cpe:2.3:a:kasumi:a", versionEndExcluding="2")))),
    "kev": lambda n: raw(kev(cve(n))),
    "epss": lambda n: epss("2024-05-01", {cve(n): 0.5}),
}
"""A file of each source that is in order, with one record."""

ID_AT = {"cve5": '"cveId":"', "nvd": '"id":"', "kev": '"cveID":"', "epss": "\n"}


def spoilt(source: str) -> dict[str, bytes]:
    """Files of a source with one thing wrong in each; ``deep`` and ``large`` within the limits."""
    good = GOOD[source](7)
    text = good.decode()
    start = ID_AT[source] if source != "epss" else "percentile\n"
    twice = text.replace("{", '{"x":1,"x":2,', 1)
    deep = b"[" * 900_000 if source == "cve5" else b'{"vulnerabilities":' * 100_000
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(3_000_000))
    return {
        "truncated": good[: len(good) // 2],
        "corrupt": good.replace(b'":', b'";').replace(b",0.5", b";0.5"),
        "no-text": good.replace(b"CVE-2024", b"CVE-\xff\xfe24"),
        "nul": good.replace(b"CVE-2024", b"CVE-\x0024"),
        "escaped-nul": good.replace(b"CVE-2024", b"CVE-\\u000024"),
        "bad-id": text.replace(f"{start}CVE", f"{start}EVC").encode(),
        "wrong-types": text.replace(f'{start}{cve(7)}"', f"{start[:-1]}[7]")
        .replace("0.5", "x")
        .encode(),
        "twice": (twice if source != "epss" else text.replace("cve,epss", "cve,cve")).encode(),
        "deep": deep,
        "nested-values": good.replace(b"{", b'{"x":' + b"[" * 50_000, 1).replace(
            b"0.5", b"[" * 999
        ),
        "large": b" " * 2_000_001,
        "empty": b"",
        "not-this": b"<html><body>Try again later</body></html>",
        "a-number": b"1" * 100_000,
        "bomb.zip": bomb.getvalue(),
        "bomb.json.gz": gzip.compress(bytes(3_000_000)),
        "cut.json.gz": gzip.compress(good)[:-9],
        "cut.json.zst": zstandard.compress(good)[:-3],
        "no.json.zst": b"no such thing",
    }


BAD = sorted(spoilt("cve5"))


class TestTheContractOfEverySource:
    """Bad files lie between good ones; every good record arrives, every bad file is named."""

    @pytest.mark.parametrize("source", GOOD)
    def test_the_good_records_beside_the_bad_are_all_there(self, tmp_path, source):
        for number, (name, data) in enumerate(sorted(spoilt(source).items())):
            file = name if "." in name else f"{name}.json"
            write(tmp_path, f"{2 * number:02d}-{file}", data)
            write(tmp_path, f"{2 * number + 1:02d}-good.json", GOOD[source](100 + number))
        tally = bring_in(source, tmp_path)
        assert known() >= {cve(100 + number) for number in range(len(BAD))}
        assert known() <= {cve(100 + number) for number in range(len(BAD))} | {cve(7)}
        assert not {file for file, _ in aside() if file.endswith("good.json")}
        assert tally.quarantined >= len(aside()) > 0

    @pytest.mark.parametrize("name", BAD)
    @pytest.mark.parametrize("source", GOOD)
    def test_what_is_wrong_is_named_with_its_file_and_reason(self, tmp_path, source, name):
        file = name if "." in name else f"{name}.json"
        path = write(tmp_path, file, spoilt(source)[name])
        bring_in(source, path)
        assert aside()
        assert all(where_.startswith(file) for where_, _ in aside())
        assert not Document.objects.filter(read_at=None).exists()

    @pytest.mark.parametrize("source", GOOD)
    def test_the_same_files_again_change_nothing(self, tmp_path, source):
        for name, data in spoilt(source).items():
            write(tmp_path, name if "." in name else f"{name}.json", data)
        write(tmp_path, "good.json", GOOD[source](1))
        bring_in(source, tmp_path)
        before = [rows(), list(Quarantine.objects.order_by("pk").values())]
        bring_in(source, tmp_path, now=NOON + DAY)
        assert [rows(), list(Quarantine.objects.order_by("pk").values())] == before

    @pytest.mark.parametrize("source", ["cve5", "nvd"])
    def test_bad_lines_leave_the_lines_beside_them(self, tmp_path, source):
        bad = [
            data for name, data in spoilt(source).items() if b"\n" not in data and "." not in name
        ]
        good = [GOOD[source](100 + number) for number in range(len(bad))]
        both = [line for pair in zip(bad, good, strict=True) for line in pair]
        path = write(tmp_path, "f.jsonl", b"\xef\xbb\xbf" + b"\r\n".join(both))
        bring_in(source, path)
        assert known() >= {cve(100 + number) for number in range(len(bad))}
        wrong = {int(where.split()[1]) for _, where in aside()}
        assert wrong <= {2 * number + 1 for number in range(len(bad))}
        assert json.dumps(sorted(aside()))


class TestTheContractOfTheOthers:
    """The same with the good payloads that the formats' own contracts know."""

    BAD_ANYWHERE = (
        "a-number", "bomb.json.gz", "bomb.zip", "deep", "empty", "large", "no.json.zst", "not-this",
    )  # fmt: skip

    @pytest.mark.parametrize("source", sorted(set(FORMATS) - set(GOOD)))
    def test_bad_files_take_nothing_from_a_good_one_and_are_named(self, tmp_path, source):
        payload = CONTRACTS[source].PAYLOADS[0]
        good = write(tmp_path, "alone/good", payload)
        bring_in(source, good)
        expected, beside = known(), aside()
        assert expected
        cut = {
            "cut.gz": gzip.compress(payload)[:-9],
            "cut.zst": zstandard.compress(payload)[:-3],
            "truncated": payload[: len(payload) // 2],
        }
        bad = spoilt("cve5")
        for name, data in ({name: bad[name] for name in self.BAD_ANYWHERE} | cut).items():
            write(tmp_path, f"all/{name}", data)
        write(tmp_path, "all/good", payload)
        bring_in(source, tmp_path / "all")
        assert known() == expected
        named = {file.removeprefix("all/").partition("/")[0] for file, _ in aside().keys() - beside}
        assert named >= {*self.BAD_ANYWHERE, "cut.gz", "cut.zst"}
        assert "good" not in named
        assert not Document.objects.filter(read_at=None).exists()
        before = [rows(), list(Quarantine.objects.order_by("pk").values())]
        bring_in(source, tmp_path / "all", now=NOON + DAY)
        assert [rows(), list(Quarantine.objects.order_by("pk").values())] == before


def test_where_writing_fails_the_readers_end_before_the_error_is_told(tmp_path, monkeypatch):
    path = write(tmp_path, "all.jsonl", lines(*(cve5(cve(n)) for n in range(1, 4))))

    def full(*_documents: object) -> None:
        raise OSError

    monkeypatch.setattr(Ingest, "write", full)
    with pytest.raises(OSError):  # noqa: PT011 - the disk says nothing more
        bring_in("cve5", path, cores=2)
    assert multiprocessing.active_children() == []
