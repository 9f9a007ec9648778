"""Packed files and tar archives, also half ones and bombs."""

from __future__ import annotations

import bz2
import io
import lzma
import tarfile
from collections.abc import Callable

import pytest

from noroshi.core.errors import BrokenArchive, TooLarge
from noroshi.edge.feeds import unpacking
from noroshi.edge.feeds.files import Limits, Meter, Payload, Unreadable, payloads
from tests.edge.feeds.sources.trackers import tar

LIMITS = Limits(file=10_000_000, unpacked=5_000_000, payload=1_000_000)
FILES = {"osv/a.json": b'{"a": 1}', "osv/b.jsonl": b"1\n2\n"}
PACK: dict[str, Callable[[bytes], bytes]] = {"xz": lzma.compress, "bz2": bz2.compress}


def plain(name: str, data: bytes, size: int = 1 << 20, limit: int = 10_000_000) -> bytes:
    pieces = (data[start : start + size] for start in range(0, len(data), size))
    return b"".join(unpacking.unpacked(name, pieces, limit)[1])


def read(folder, name: str, data: bytes, wanted=lambda _: True, limits=LIMITS):
    path = folder / name
    path.write_bytes(data)
    return list(payloads(path, name, limits, Meter(), wanted))


@pytest.mark.parametrize("kind", PACK)
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
class TestPacked:
    def test_what_was_packed_comes_back(self, kind, size):
        text = b"a neighbour " * 5000
        assert plain(f"x.{kind}", PACK[kind](text), size) == text

    def test_several_streams_are_one_file(self, kind, size):
        packed = PACK[kind](b"one ") + PACK[kind](b"two") + bytes(4)
        assert plain(f"x.{kind}", packed, size) == b"one two"

    def test_half_a_file_raises(self, kind, size):
        packed = PACK[kind](bytes(100_000))
        for end in (0, 10, len(packed) - 1):
            with pytest.raises(BrokenArchive):
                plain(f"x.{kind}", packed[:end], size)

    def test_rubbish_raises_what_is_expected(self, kind, size):
        with pytest.raises(unpacking.BROKEN):
            plain(f"x.{kind}", b"<html>" * 10, size)


@pytest.mark.parametrize("kind", PACK)
def test_a_bomb_ends_at_the_limit(kind):
    with pytest.raises(TooLarge):
        plain(f"x.{kind}", PACK[kind](bytes(30_000_000)))


@pytest.mark.parametrize("packing", ["", "gz", "xz", "bz2"])
def test_a_tar_archive_is_its_files_whatever_it_is_packed_in(tmp_path, packing):
    name = f"all.tar.{packing}".rstrip(".")
    found = read(tmp_path, name, tar(FILES, packing))
    assert found == [
        Payload(f"{name}/osv/a.json", "", b'{"a": 1}'),
        Payload(f"{name}/osv/b.jsonl", "line 1", b"1"),
        Payload(f"{name}/osv/b.jsonl", "line 2", b"2"),
    ]


def test_what_is_not_wanted_is_not_read(tmp_path):
    found = read(tmp_path, "x.tar.xz", tar(FILES), lambda name: name.endswith("a.json"))
    assert [one.file for one in found] == ["x.tar.xz/osv/a.json"]


@pytest.mark.parametrize("data", [b"", b"<html>" * 200, tar(FILES)[:80], tar(FILES, "")[:700]])
@pytest.mark.parametrize("name", ["x.tar", "x.tar.xz"])
def test_half_a_tar_archive_is_told(tmp_path, name, data):
    found = read(tmp_path, name, data)
    assert [one.problem.code for one in found if isinstance(one, Unreadable)] == ["broken-archive"]


def test_a_file_that_is_too_large_is_told(tmp_path):
    found = read(tmp_path, "x.tar.xz", tar({"a.json": bytes(2_000_000)}))
    assert [one.problem.code for one in found if isinstance(one, Unreadable)] == ["too-large"]


def test_an_archive_that_unpacks_to_too_much_is_told(tmp_path):
    found = read(tmp_path, "x.tar.xz", tar({f"{n}.json": bytes(900_000) for n in range(9)}))
    assert [type(one) for one in found] == [Payload] * 4 + [Unreadable]


def test_a_heading_is_not_taken_into_memory_without_end(tmp_path):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
        member = tarfile.TarInfo("a.json")
        member.pax_headers = {"comment": "x" * 3_000_000}
        archive.addfile(member)
    (one,) = read(tmp_path, "x.tar", packed.getvalue())
    assert isinstance(one, Unreadable)
    assert one.problem.code == "too-large"
