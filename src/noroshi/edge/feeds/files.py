"""A path on disk → payloads: folders, archives, packed files and ``.jsonl`` taken apart.

Everything streams, and everything has a limit: the file, what it unpacks to, a single payload. A
part that cannot be read is a `FormatError` with its place; the parts beside it go on.
"""

from __future__ import annotations

import os
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import msgspec

from noroshi.core.errors import BrokenArchive, FormatError, TooLarge
from noroshi.edge.feeds import unpacking
from noroshi.edge.feeds.unpacking import PIECE, Pieces


class Limits(msgspec.Struct, frozen=True):
    """Bytes: of a file as it lies there, of all it unpacks to, of one payload."""

    file: int
    unpacked: int
    payload: int


class Payload(msgspec.Struct, frozen=True):
    """What a feed format's ``documents`` takes. ``where`` is ``line 12``, or empty: the whole."""

    file: str
    where: str
    data: bytes


class Unreadable(msgspec.Struct, frozen=True):
    """A file, or the rest of one, that cannot be read."""

    file: str
    problem: FormatError


class Meter:
    """Counts the bytes read from disk, for a progress bar."""

    def __init__(self) -> None:
        self.read = 0


def files_below(path: Path) -> list[Path]:
    """Return the file, or all files of the folder, in a stable order.

    Hidden files are left out, and so is all that lies in hidden folders (``.git``).
    """
    if not path.is_dir():
        return [path]
    return sorted(
        item
        for item in path.rglob("*")
        if item.is_file() and not any(p.startswith(".") for p in item.relative_to(path).parts)
    )


def name_of(file: Path, path: Path) -> str:
    """Return the name by which a file below ``path`` is spoken of: from that folder's name on."""
    name = file.relative_to(path.parent).as_posix()
    return os.fsencode(name).decode(errors="backslashreplace")  # not every name is UTF-8


Wanted = Callable[[str], bool]
"""Whether a part of an archive is read, by its name there."""


def every_part(_name: str) -> bool:
    """Want every part of an archive."""
    return True


def payloads(
    path: Path, name: str, limits: Limits, meter: Meter, wanted: Wanted = every_part
) -> Iterator[Payload | Unreadable]:
    """Yield the payloads of one file; ``name`` is how it is spoken of."""
    budget = _Budget(limits.unpacked)
    try:
        if path.stat().st_size > limits.file:
            raise TooLarge(limit=limits.file)
        if path.suffix == ".zip":
            yield from _zip(path, name, limits, budget, meter, wanted)
        elif unpacking.is_tar(path.name):
            with path.open("rb") as file:
                yield from _tar(name, _pieces(file, meter), limits, budget, wanted)
        else:
            with path.open("rb") as file:
                yield from _contents(name, _pieces(file, meter), limits, budget)
    except FormatError as problem:
        yield Unreadable(name, problem)
    except unpacking.BROKEN as error:
        yield Unreadable(name, _broken(error))


def _zip(
    path: Path, archive_name: str, limits: Limits, budget: _Budget, meter: Meter, wanted: Wanted
) -> Iterator[Payload | Unreadable]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir() or not wanted(member.filename):
                continue
            name = f"{archive_name}/{member.filename}"
            try:
                with archive.open(member) as file:
                    yield from _contents(name, _pieces(file, None), limits, budget)
            except FormatError as problem:
                if budget.spent:
                    raise
                yield Unreadable(name, problem)
            except unpacking.BROKEN as error:
                yield Unreadable(name, _broken(error))
            meter.read += member.compress_size


def _tar(
    archive_name: str, packed: Pieces, limits: Limits, budget: _Budget, wanted: Wanted
) -> Iterator[Payload | Unreadable]:
    """Take an archive apart as it streams; what is wrong with it ends it."""
    _, plain = unpacking.unpacked(archive_name, packed, limits.unpacked)
    for member, file in unpacking.members(plain):
        if wanted(member):
            yield from _contents(f"{archive_name}/{member}", _pieces(file, None), limits, budget)


def _broken(error: Exception) -> BrokenArchive:
    return BrokenArchive(detail=str(error) or type(error).__name__)


class _Budget:
    """How much a file may still unpack to, however many parts it has."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._left = limit

    @property
    def spent(self) -> bool:
        return self._left < 0

    def spend(self, pieces: Pieces) -> Pieces:
        for piece in pieces:
            self._left -= len(piece)
            if self.spent:
                raise TooLarge(limit=self._limit)
            yield piece


def _pieces(file: IO[bytes], meter: Meter | None) -> Pieces:
    while piece := file.read(PIECE):
        if meter:
            meter.read += len(piece)
        yield piece


def _contents(
    name: str, pieces: Pieces, limits: Limits, budget: _Budget
) -> Iterator[Payload | Unreadable]:
    """Unpack one stream by its name's endings, then cut it into payloads."""
    inner, plain = unpacking.unpacked(name, pieces, limits.unpacked)
    pieces = budget.spend(plain)
    if inner.endswith((".jsonl", ".ndjson")):
        yield from _lines(name, pieces, limits.payload)
    elif inner.endswith(".csv"):
        yield from _table(name, pieces, limits.payload)
    else:
        yield Payload(name, "", b"".join(unpacking.capped(pieces, limits.payload)))


def _table(name: str, pieces: Pieces, limit: int) -> Iterator[Payload]:
    """Take a table whole; of one that ends too early, the lines that are whole."""
    held: list[bytes] = []
    try:
        held.extend(unpacking.capped(pieces, limit))
    except (BrokenArchive, EOFError):
        lines, newline, _ = b"".join(held).rpartition(b"\n")
        if newline:
            yield Payload(name, "", lines + newline)
        raise
    yield Payload(name, "", b"".join(held))


def _lines(name: str, pieces: Pieces, limit: int) -> Iterator[Payload | Unreadable]:
    """Cut into lines; one that is too long is reported and passed over without being held."""
    number, line = 1, _Line(limit)
    for piece in pieces:
        if line.empty and piece.isspace():  # a bomb of newlines has a million in a piece
            number += piece.count(b"\n")
            continue
        *ends, rest = piece.split(b"\n")
        for end in ends:
            line.add(end)
            yield from line.whole(name, f"line {number}")
            number, line = number + 1, _Line(limit)
        line.add(rest)
    yield from line.whole(name, f"line {number}")


class _Line:
    """A line as its pieces come in."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._pieces: list[bytes] = []

    @property
    def empty(self) -> bool:
        return not self._size

    def add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size <= self._limit:
            self._pieces.append(piece)
        else:
            self._pieces.clear()

    def whole(self, name: str, where: str) -> Iterator[Payload | Unreadable]:
        if self._size > self._limit:
            yield Unreadable(name, TooLarge(where, limit=self._limit))
        elif (text := b"".join(self._pieces)).strip():
            yield Payload(name, where, text)
