"""A path on disk becomes payloads, whatever it is packed in, and nothing on it stops the rest."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from noroshi.edge.feeds.files import (
    Limits,
    Meter,
    Payload,
    Unreadable,
    files_below,
    name_of,
    payloads,
)
from noroshi.edge.feeds.unpacking import PIECE

LIMITS = Limits(file=50_000_000, unpacked=50_000_000, payload=1_000_000)
LINES = [b'{"line":%d}' % number for number in range(1, 2001)]
TEXT = b"\n".join([*LINES, b""])

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "jsonl": lambda data: data,
    "ndjson": lambda data: data,
    "jsonl.gz": gzip.compress,
    "jsonl.zst": zstandard.compress,
    "jsonl.zstd": zstandard.compress,
    "jsonl.gz.zst": lambda data: zstandard.compress(gzip.compress(data)),
}


def read(path: Path, limits: Limits = LIMITS) -> tuple[list[Payload], list[Unreadable]]:
    found = list(payloads(path, path.name, limits, Meter()))
    good = [item for item in found if isinstance(item, Payload)]
    return good, [item for item in found if isinstance(item, Unreadable)]


def lines(good: list[Payload]) -> list[bytes]:
    return [item.data.strip() for item in good]


def write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def zipped(folder: Path, members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> Path:
    path = folder / "feed.zip"
    with zipfile.ZipFile(path, "w", how) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


class TestFolders:
    def test_a_file_is_itself(self, tmp_path):
        path = write(tmp_path, "a.json", b"{}")
        assert files_below(path) == [path]

    def test_a_folder_is_all_its_files_in_a_stable_order(self, tmp_path):
        for name in ("b.json", "a/z.json", "a/y/x.json", "c"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            write(tmp_path, name, b"")
        found = [path.relative_to(tmp_path).as_posix() for path in files_below(tmp_path)]
        assert found == ["a/y/x.json", "a/z.json", "b.json", "c"]

    def test_what_is_hidden_is_left_out_and_so_is_all_that_lies_in_it(self, tmp_path):
        for name in (".hidden.json", ".git/objects/pack.json", "a/.b/c.json", "a/b.json"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            write(tmp_path, name, b"")
        assert [path.name for path in files_below(tmp_path)] == ["b.json"]

    def test_a_folder_that_is_hidden_itself_was_asked_for(self, tmp_path):
        folder = tmp_path / ".feeds"
        folder.mkdir()
        assert files_below(folder) == []
        path = write(folder, "a.json", b"")
        assert files_below(folder) == [path]

    def test_a_file_is_spoken_of_from_the_folders_name_on(self, tmp_path):
        assert (
            name_of(tmp_path / "cves" / "2024" / "a.json", tmp_path / "cves") == "cves/2024/a.json"
        )
        assert name_of(tmp_path / "a.json", tmp_path / "a.json") == "a.json"

    def test_a_name_that_is_no_text_can_be_spoken_of(self, tmp_path):
        name = name_of(
            tmp_path / b"\x93\xfa\x96\x7b.json".decode(errors="surrogateescape"), tmp_path
        )
        assert name.encode().endswith(b"\\x93\\xfa\\x96{.json")


class TestPacking:
    @pytest.mark.parametrize("ending", PACKED)
    def test_every_line_is_a_payload_with_its_number(self, tmp_path, ending):
        good, bad = read(write(tmp_path, f"feed.{ending}", PACKED[ending](TEXT)))
        assert (lines(good), bad) == (LINES, [])
        assert [item.where for item in good[:2]] == ["line 1", "line 2"]
        assert {item.file for item in good} == {f"feed.{ending}"}

    @pytest.mark.parametrize("ending", ["json", "csv", "txt", ""])
    def test_anything_else_is_one_payload_unchanged(self, tmp_path, ending):
        (only,), bad = read(write(tmp_path, f"feed.{ending}", b"\xef\xbb\xbf a\r\n\x00b"))
        assert (only.data, only.where, bad) == (b"\xef\xbb\xbf a\r\n\x00b", "", [])

    @pytest.mark.parametrize("how", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
    def test_a_zip_gives_each_of_its_members(self, tmp_path, how):
        members = {
            "a.json": b"1",
            "d/e/b.jsonl": b"2\n3",
            "c.json.gz": gzip.compress(b"4"),
            "d/": b"",
        }
        good, bad = read(zipped(tmp_path, members, how))
        assert [(item.file, item.where, item.data) for item in good] == [
            ("feed.zip/a.json", "", b"1"),
            ("feed.zip/d/e/b.jsonl", "line 1", b"2"),
            ("feed.zip/d/e/b.jsonl", "line 2", b"3"),
            ("feed.zip/c.json.gz", "", b"4"),
        ]
        assert bad == []

    @pytest.mark.parametrize(
        "data",
        [
            gzip.compress(TEXT[:7777]) + gzip.compress(TEXT[7777:]),
            gzip.compress(b"") + gzip.compress(TEXT),
            gzip.compress(TEXT) + bytes(512),
        ],
        ids=["two members", "an empty one first", "padded"],
    )
    def test_gzip_members_follow_each_other(self, tmp_path, data):
        good, bad = read(write(tmp_path, "feed.jsonl.gz", data))
        assert (lines(good), bad) == (LINES, [])

    @pytest.mark.parametrize(
        "data",
        [
            zstandard.compress(TEXT[:7777]) + zstandard.compress(TEXT[7777:]),
            zstandard.compress(b"") + zstandard.compress(TEXT),
            b"\x50\x2a\x4d\x18\x03\x00\x00\x00abc" + zstandard.compress(TEXT),
        ],
        ids=["two frames", "an empty one first", "a skippable one first"],
    )
    def test_zstandard_frames_follow_each_other(self, tmp_path, data):
        good, bad = read(write(tmp_path, "feed.jsonl.zst", data))
        assert (lines(good), bad) == (LINES, [])

    @pytest.mark.parametrize("size", [PIECE - 1, PIECE, PIECE + 1])
    def test_where_a_piece_ends_makes_no_difference(self, tmp_path, size):
        text = b"a" * (size - 2) + b"\nb\n" + b"c" * 3
        limits = Limits(LIMITS.file, LIMITS.unpacked, 2 * PIECE)
        for name, data in (("f.jsonl", text), ("f.jsonl.gz", gzip.compress(text))):
            good, bad = read(write(tmp_path, name, data), limits)
            assert [len(item.data) for item in good] == [size - 2, 1, 3]
            assert bad == []

    def test_windows_line_ends_and_empty_lines_are_no_lines_of_their_own(self, tmp_path):
        good, _ = read(write(tmp_path, "f.jsonl", b"\r\n1\r\n\r\n  \n2"))
        assert [(item.where, item.data.strip()) for item in good] == [
            ("line 2", b"1"),
            ("line 5", b"2"),
        ]

    def test_an_empty_file_of_lines_has_none(self, tmp_path):
        assert read(write(tmp_path, "f.jsonl", b"")) == ([], [])

    def test_a_member_that_would_leave_the_folder_is_only_a_name(self, tmp_path):
        inside = tmp_path / "inside"
        inside.mkdir()
        good, bad = read(zipped(inside, {"../../evil.json": b"{}", "/etc/evil.json": b"{}"}))
        assert [item.file for item in good] == [
            "feed.zip/../../evil.json",
            "feed.zip//etc/evil.json",
        ]
        assert bad == []
        assert [path.name for path in tmp_path.rglob("*.json")] == []

    def test_the_meter_counts_what_is_read_from_disk(self, tmp_path):
        for name, data in (("a.jsonl", TEXT), ("a.jsonl.gz", gzip.compress(TEXT))):
            meter = Meter()
            list(payloads(write(tmp_path, name, data), name, LIMITS, meter))
            assert meter.read == len(data)


class TestBroken:
    @pytest.mark.parametrize("ending", ["jsonl.gz", "jsonl.zst", "jsonl.gz.zst"])
    @pytest.mark.parametrize("part", [0.3, 0.9, 0.999])
    def test_of_a_truncated_file_the_good_part_survives(self, tmp_path, ending, part):
        noisy = random.Random(5)
        text = b"\n".join(b"%d" % noisy.getrandbits(200) for _ in range(30_000))
        data = PACKED[ending](text)
        good, (bad,) = read(write(tmp_path, f"feed.{ending}", data[: int(len(data) * part)]))
        assert (bad.file, bad.problem.where) == (f"feed.{ending}", "")
        assert bad.problem.code == "broken-archive"
        assert 30_000 * part * 0.5 - 9_000 < len(good) < 30_000
        assert lines(good) == text.split(b"\n")[: len(good)]

    @pytest.mark.parametrize("ending", ["gz", "zst"])
    def test_of_a_truncated_table_the_whole_lines_survive(self, tmp_path, ending):
        noisy = random.Random(5)
        text = b"\n".join(b"%d,%d" % (n, noisy.getrandbits(200)) for n in range(30_000))
        data = PACKED[f"jsonl.{ending}"](text)
        good, (bad,) = read(write(tmp_path, f"t.csv.{ending}", data[: len(data) // 2]))
        assert bad.problem.code == "broken-archive"
        assert text.startswith(good[0].data)
        assert good[0].data.endswith(b"\n")
        assert len(good[0].data) > 100_000

    @pytest.mark.parametrize("name", ["a.json.gz", "a.csv.gz", "a.json.zst", "a.jsonl.gz", "a.zip"])
    @pytest.mark.parametrize(
        "data", [b"", b"nonsense", b"\x1f\x8b", b"PK\x03\x04", b"\x28\xb5\x2f"]
    )
    def test_what_is_not_what_its_name_says_is_named(self, tmp_path, name, data):
        good, (bad,) = read(write(tmp_path, name, data))
        assert good == []
        assert (bad.file, bad.problem.code) == (name, "broken-archive")

    def test_a_damaged_member_leaves_those_beside_it(self, tmp_path):
        truncated = zstandard.compress(TEXT)[:-20]
        members = {
            "1.json": b"1",
            "2.json.gz": b"no gzip",
            "3.jsonl.zst": truncated,
            "4.json.zst": b"no zstd",
            "5.json": b"5",
        }
        good, bad = read(zipped(tmp_path, members))
        assert {item.file for item in good} >= {"feed.zip/1.json", "feed.zip/5.json"}
        assert [item.file for item in bad] == [
            f"feed.zip/{name}" for name in ("2.json.gz", "3.jsonl.zst", "4.json.zst")
        ]

    def test_a_member_whose_bytes_were_changed_leaves_those_beside_it(self, tmp_path):
        path = zipped(tmp_path, {f"{n}.json": b"%d" % n * 50 for n in range(3)}, zipfile.ZIP_STORED)
        path.write_bytes(path.read_bytes().replace(b"1" * 50, b"2" * 50))
        good, (bad,) = read(path)
        assert [item.file for item in good] == ["feed.zip/0.json", "feed.zip/2.json"]
        assert (bad.file, bad.problem.code) == ("feed.zip/1.json", "broken-archive")

    def test_an_encrypted_member_leaves_those_beside_it(self, tmp_path):
        path = zipped(tmp_path, {"0.json": b"0", "1.json": b"1"})
        data = bytearray(path.read_bytes())
        for header, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            data[data.index(header) + offset] |= 1  # APPNOTE 4.4.4: bit 0, encrypted
        path.write_bytes(bytes(data))
        good, (bad,) = read(path)
        assert [item.data for item in good] == [b"1"]
        assert "encrypted" in str(bad.problem)

    def test_a_file_that_is_gone_or_may_not_be_read_is_named(self, tmp_path):
        good, (bad,) = read(tmp_path / "gone.json")
        assert (good, bad.file, bad.problem.code) == ([], "gone.json", "broken-archive")

    @pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress])
    def test_whatever_is_changed_in_a_file_nothing_is_raised(self, tmp_path, pack):
        chance = random.Random(11)
        members = {"a.jsonl": TEXT, "b.jsonl.gz": pack(TEXT), "日本.json": b"{}"}
        whole = {"f.zip": zipped(tmp_path, members).read_bytes(), "f.jsonl.gz": pack(TEXT)}
        for _ in range(150):
            name = chance.choice(list(whole))
            data = bytearray(whole[name])
            for _ in range(3):
                data[chance.randrange(len(data))] = chance.randrange(256)
            read(write(tmp_path, name, bytes(data[: chance.randrange(len(data), 2 * len(data))])))


class TestLimits:
    def test_a_file_larger_than_allowed_is_not_opened(self, tmp_path):
        path = write(tmp_path, "a.json", b"x" * 11)
        good, (bad,) = read(path, Limits(10, 100, 100))
        assert (good, bad.problem.code, bad.problem.facts) == ([], "too-large", {"limit": 10})

    def test_a_line_that_is_too_long_is_passed_over(self, tmp_path):
        path = write(tmp_path, "a.jsonl", b"1\n" + b"x" * 5_000_000 + b"\n" + b"y" * 101 + b"\n2")
        good, bad = read(path, Limits(10**8, 10**8, 100))
        assert [(item.where, item.data) for item in good] == [("line 1", b"1"), ("line 4", b"2")]
        assert [item.problem.where for item in bad] == ["line 2", "line 3"]
        assert {item.problem.code for item in bad} == {"too-large"}

    def test_a_line_as_long_as_allowed_is_not_too_long(self, tmp_path):
        good, bad = read(write(tmp_path, "a.jsonl", b"x" * 100 + b"\n"), Limits(1000, 1000, 100))
        assert (len(good), bad) == (1, [])

    def test_a_payload_that_is_too_large_is_refused(self, tmp_path):
        good, (bad,) = read(write(tmp_path, "a.json", b"x" * 101), Limits(1000, 1000, 100))
        assert (good, bad.problem.code) == ([], "too-large")

    def test_the_members_of_a_zip_share_what_it_may_unpack_to(self, tmp_path):
        path = zipped(tmp_path, {f"{n}.json": bytes(400) for n in range(9)})
        good, (bad,) = read(path, Limits(10_000, 1000, 500))
        assert [item.file for item in good] == ["feed.zip/0.json", "feed.zip/1.json"]
        assert (bad.file, bad.problem.facts) == ("feed.zip", {"limit": 1000})

    def test_a_member_that_is_too_large_leaves_those_beside_it(self, tmp_path):
        path = zipped(tmp_path, {"0.json": bytes(400), "1.json": bytes(600), "2.json": bytes(10)})
        good, (bad,) = read(path, Limits(10_000, 10_000, 500))
        assert [item.file for item in good] == ["feed.zip/0.json", "feed.zip/2.json"]
        assert bad.file == "feed.zip/1.json"


MEGABYTE = 1_000_000


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", bytes(60 * MEGABYTE))
    return out.getvalue()


def gzip_bomb(layers: int) -> bytes:
    engine = zlib.compressobj(9, wbits=31)
    data = b"".join([*(engine.compress(bytes(MEGABYTE)) for _ in range(60)), engine.flush()])
    return data if layers == 1 else gzip.compress(data)


def zstd_bomb(filling: bytes) -> bytes:
    engine = zstandard.ZstdCompressor(level=3).compressobj()
    block = filling * MEGABYTE
    return b"".join([*(engine.compress(block) for _ in range(300)), engine.flush()])


BOMBS: dict[str, Callable[[], bytes]] = {
    "bomb.zip": zip_bomb,
    "bomb.json.gz": lambda: gzip_bomb(1),
    "bomb.jsonl.gz": lambda: gzip_bomb(1),
    "bomb.json.gz.gz": lambda: gzip_bomb(2),
    "bomb.json.zst": lambda: zstd_bomb(b"\0"),
    "bomb.jsonl.zst": lambda: zstd_bomb(b"\0"),
    "newlines.jsonl.zst": lambda: zstd_bomb(b"\n"),
    "bomb.csv.zst": lambda: zstd_bomb(b"\0"),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped_by_its_limits_in_little_memory(tmp_path, name):
    path = write(tmp_path, name, BOMBS[name]())
    limits = Limits(10 * MEGABYTE, 40 * MEGABYTE, 5 * MEGABYTE)
    tracemalloc.start()
    try:
        good, bad = read(path, limits)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert good == []
    assert bad[-1].problem.code == "too-large"
    assert peak < 100 * MEGABYTE
