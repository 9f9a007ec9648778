"""A path on disk → payloads: folders, ``.zip``, ``.gz``, ``.zst`` and ``.jsonl`` unpacked.

Everything streams, and everything has a limit: the file, what it unpacks to, a single payload. A
part that cannot be read is a `FormatError` with its place; the parts beside it go on.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
import zstandard

from noroshi.core.errors import BrokenArchive, FormatError, TooLarge

PIECE = 1 << 20
"""Bytes read at a time."""

BITE = 1 << 10
"""Bytes given to the Zstandard engine at a time."""


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
    """Return the file, or all files of the folder, in a stable order; hidden ones are left out."""
    if not path.is_dir():
        return [path]
    return sorted(
        item for item in path.rglob("*") if item.is_file() and not item.name.startswith(".")
    )


def payloads(path: Path, limits: Limits, meter: Meter) -> Iterator[Payload | Unreadable]:
    """Yield the payloads of one file."""
    try:
        if path.stat().st_size > limits.file:
            raise TooLarge(limit=limits.file)
        if path.suffix == ".zip":
            yield from _zip(path, limits, meter)
        else:
            with path.open("rb") as file:
                yield from _contents(path.name, _pieces(file, meter), limits)
    except FormatError as problem:
        yield Unreadable(path.name, problem)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, zstandard.ZstdError) as error:
        yield Unreadable(path.name, BrokenArchive(detail=str(error) or type(error).__name__))


def _zip(path: Path, limits: Limits, meter: Meter) -> Iterator[Payload | Unreadable]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if member.is_dir():
                continue
            name = f"{path.name}/{member.filename}"
            try:
                with archive.open(member) as file:
                    yield from _contents(name, _pieces(file, None), limits)
            except FormatError as problem:
                yield Unreadable(name, problem)
            except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error) as error:
                yield Unreadable(name, BrokenArchive(detail=str(error)))
            meter.read += member.compress_size


Pieces = Iterator[bytes]


def _pieces(file: IO[bytes], meter: Meter | None) -> Pieces:
    while piece := file.read(PIECE):
        if meter:
            meter.read += len(piece)
        yield piece


def _contents(name: str, pieces: Pieces, limits: Limits) -> Iterator[Payload | Unreadable]:
    """Unpack one stream by its name's endings, then cut it into payloads."""
    inner = name
    while True:
        stem, _, ending = inner.rpartition(".")
        if ending == "gz":
            pieces = _gunzip(pieces)
        elif ending in {"zst", "zstd"}:
            pieces = _unzstd(pieces)
        else:
            break
        inner = stem
    pieces = _capped(pieces, limits.unpacked)
    if inner.endswith((".jsonl", ".ndjson")):
        yield from _lines(name, pieces, limits.payload)
    else:
        yield Payload(name, "", _whole(pieces, limits.payload))


def _gunzip(pieces: Pieces) -> Pieces:
    """Unpack gzip members one after the other; a truncated one raises after its good part."""
    engine = zlib.decompressobj(wbits=31)
    for piece in pieces:
        data = piece
        while data:
            if engine.eof:
                engine = zlib.decompressobj(wbits=31)
            yield engine.decompress(data, PIECE)
            data = engine.unconsumed_tail or engine.unused_data
    if not engine.eof:
        raise BrokenArchive(detail="the compressed file ends too early")


def _unzstd(pieces: Pieces) -> Pieces:
    """Unpack Zstandard frames one after the other; a truncated one raises after its good part.

    The engine is fed in small bites because a bite may unpack to 45,000 times its size.
    """
    engine = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
    for piece in pieces:
        for start in range(0, len(piece), BITE):
            data = piece[start : start + BITE]
            while data:
                if engine.eof:
                    engine = zstandard.ZstdDecompressor(max_window_size=1 << 27).decompressobj()
                yield engine.decompress(data)
                data = engine.unused_data if engine.eof else b""
    if not engine.eof:
        raise BrokenArchive(detail="the compressed file ends too early")


def _capped(pieces: Pieces, limit: int) -> Pieces:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise TooLarge(limit=limit)
        yield piece


def _whole(pieces: Pieces, limit: int) -> bytes:
    return b"".join(_capped(pieces, limit))


def _lines(name: str, pieces: Pieces, limit: int) -> Iterator[Payload | Unreadable]:
    """Cut into lines; one that is too long is reported and passed over without being held."""
    number, rest, skipping = 1, b"", False
    for piece in pieces:
        *complete, rest = (rest + piece).split(b"\n")
        for line in complete:
            if not skipping:
                yield from _line(name, number, line, limit)
            number, skipping = number + 1, False
        if len(rest) > limit:
            if not skipping:
                yield Unreadable(name, TooLarge(f"line {number}", limit=limit))
            rest, skipping = b"", True
    if not skipping:
        yield from _line(name, number, rest, limit)


def _line(name: str, number: int, line: bytes, limit: int) -> Iterator[Payload | Unreadable]:
    if len(line) > limit:
        yield Unreadable(name, TooLarge(f"line {number}", limit=limit))
    elif line.strip():
        yield Payload(name, f"line {number}", line)
