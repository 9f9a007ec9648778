"""Whether a file that came is what was asked for, before anything of it is believed.

What is wrong with a record is found later, where it is read, and sets the record aside. Here the
whole answer is looked at: a page for people, half an archive or an empty catalogue must not pass
for "nothing is left", and must not move a cursor.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from noroshi.core.errors import BrokenArchive, FormatError, UnexpectedAnswer
from noroshi.edge.feeds import unpacking
from noroshi.edge.feeds.port import Answer
from noroshi.edge.feeds.unpacking import PIECE, gunzip

T = TypeVar("T")

MOST_UNPACKED = 1 << 36
"""Bytes that are counted through at most; what is read of them has limits of its own."""

GZIP = b"\x1f\x8b"


def decoded(answer: Answer, decoder: msgspec.json.Decoder[T]) -> T:
    """Return the JSON of an answer; raises `UnexpectedAnswer` for anything else."""
    try:
        return decoder.decode(answer.path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnexpectedAnswer(answer.address, detail=str(error)[:200]) from error


def text(answer: Answer) -> str:
    """Return the text of an answer; raises `UnexpectedAnswer` for anything else."""
    try:
        return answer.path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnexpectedAnswer(answer.address, detail="it is not text") from error


def members(answer: Answer) -> list[zipfile.ZipInfo]:
    """Return what an archive holds; raises `UnexpectedAnswer` for no archive and for half a one."""
    try:
        with zipfile.ZipFile(answer.path) as archive:
            return [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise UnexpectedAnswer(answer.address, detail="it is not a whole zip archive") from error


def tar_members(answer: Answer) -> list[str]:
    """Return the names in a tar archive; raises `UnexpectedAnswer` where it is none, or not whole.

    It is unpacked for that from its beginning to its end: half an archive looks like a whole one.
    """
    try:
        with answer.path.open("rb") as file:
            read = iter(lambda: file.read(PIECE), b"")
            _, plain = unpacking.unpacked(answer.path.name, read, MOST_UNPACKED)
            return [name for name, _ in unpacking.members(plain)]
    except (*unpacking.BROKEN, FormatError) as error:
        raise UnexpectedAnswer(answer.address, detail="it is not a whole tar archive") from error


def pieces(answer: Answer) -> Iterator[bytes]:
    """Yield what a file holds that may be packed with gzip; raises where it is not whole."""
    with answer.path.open("rb") as file:
        packed = file.read(len(GZIP)) == GZIP
        file.seek(0)
        plain = iter(lambda: file.read(PIECE), b"")
        try:
            yield from gunzip(plain) if packed else plain
        except (zlib.error, BrokenArchive) as error:
            raise UnexpectedAnswer(answer.address, detail="it is not a whole gzip file") from error


def is_object(path: Path) -> bool:
    """Say whether a file can be a JSON object: a page for people cannot."""
    return starts_with(path, 200).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")


def starts_with(path: Path, size: int) -> bytes:
    """Return the first bytes of a file."""
    with path.open("rb") as file:
        return file.read(size)
