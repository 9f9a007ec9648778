"""Packed bytes → plain ones, and a tar archive → its files, as they stream.

``.gz``, ``.zst``, ``.xz`` and ``.bz2``, also several around each other. What ends too early raises
after its good part.
"""

from __future__ import annotations

import bz2
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol, cast

import zstandard

from noroshi.core.errors import BrokenArchive, TooLarge

PIECE = 1 << 20
"""Bytes read at a time."""

BITE = 1 << 10
"""Bytes given to the Zstandard engine at a time."""

MOST_MEMORY = 1 << 28
"""Bytes that unpacking xz may take; its strongest usual setting takes a quarter."""

LONGEST_HEADING = 1 << 20
"""Bytes in front of a file in a tar archive: its name, and what else is said of it."""

Pieces = Iterator[bytes]

BROKEN = (
    OSError,
    EOFError,
    RuntimeError,  # zipfile: it is encrypted
    NotImplementedError,  # zipfile: packed in a way it does not know
    ValueError,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    zstandard.ZstdError,
)
"""What the libraries raise when they cannot go on."""

_TAR = re.compile(r".+\.tar(?:\.(?:gz|zst|zstd|xz|bz2))*")


def is_tar(name: str) -> bool:
    """Say whether a file is a tar archive, packed or not, by its name."""
    return _TAR.fullmatch(name) is not None


def unpacked(name: str, pieces: Pieces, limit: int) -> tuple[str, Pieces]:
    """Unpack one stream by its name's endings; return the name without them as well.

    ``limit``: bytes that come of each unpacking at most.
    """
    inner = name
    while True:
        stem, _, ending = inner.rpartition(".")
        if ending not in _ENDINGS:
            return inner, pieces
        pieces = capped(_ENDINGS[ending](pieces), limit)
        inner = stem


def capped(pieces: Pieces, limit: int) -> Pieces:
    """Pass on what comes; raises `TooLarge` once it is more than ``limit`` bytes."""
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            raise TooLarge(limit=limit)
        yield piece


def gunzip(pieces: Pieces) -> Pieces:
    """Unpack gzip members one after the other; a truncated one raises after its good part."""
    engine = zlib.decompressobj(wbits=31)
    for piece in pieces:
        data = piece
        while data:
            if engine.eof:
                data = data.lstrip(b"\0")  # padding behind the last member, as gzip(1) allows
                if not data:
                    break
                engine = zlib.decompressobj(wbits=31)
            yield engine.decompress(data, PIECE)
            data = engine.unconsumed_tail or engine.unused_data
    if not engine.eof:
        raise _too_early()


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
                yield from _cut(engine.decompress(data))
                data = engine.unused_data if engine.eof else b""
    if not engine.eof:
        raise _too_early()


def _cut(data: bytes) -> Pieces:
    return (data[start : start + PIECE] for start in range(0, len(data), PIECE))


class _Engine(Protocol):
    """What xz and bzip2 have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def _streams(make: Callable[[], _Engine], pieces: Pieces) -> Pieces:
    """Unpack streams one after the other; a truncated one raises after its good part."""
    engine = make()
    for piece in pieces:
        data = piece
        while data or not engine.needs_input:
            if engine.eof:
                data = data.lstrip(b"\0")  # padding behind a stream, as xz(1) allows
                if not data:
                    break
                engine = make()
            yield engine.decompress(data, PIECE)
            data = engine.unused_data if engine.eof else b""
    if not engine.eof:
        raise _too_early()


def _xz() -> _Engine:
    return lzma.LZMADecompressor(lzma.FORMAT_XZ, MOST_MEMORY)


def _bzip2() -> _Engine:
    return cast("_Engine", bz2.BZ2Decompressor())


_ENDINGS: dict[str, Callable[[Pieces], Pieces]] = {
    "gz": gunzip,
    "zst": _unzstd,
    "zstd": _unzstd,
    "xz": lambda pieces: _streams(_xz, pieces),
    "bz2": lambda pieces: _streams(_bzip2, pieces),
}


def _too_early() -> BrokenArchive:
    return BrokenArchive(detail="the compressed file ends too early")


# --- tar ---


def members(pieces: Pieces) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield name and contents of each file of a tar archive; contents are read before the next.

    Folders, links and devices are passed over. Raises `tarfile.TarError`, also where the archive
    ends too early.
    """
    stream = _Stream(pieces)
    with stream.of_headings():
        opened = tarfile.open(mode="r|", fileobj=stream)  # noqa: SIM115 - closed below
    with opened as archive:
        while True:
            with stream.of_headings():
                member = archive.next()
            if member is None:
                break
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                yield member.name, file
                while file.read(PIECE):
                    pass
    if not stream.ends_in_nothing():
        raise BrokenArchive(detail="the archive ends too early")


class _Stream(io.RawIOBase):
    """Pieces as a file, which counts what is read of it for the headings of an archive."""

    def __init__(self, pieces: Pieces) -> None:
        self._pieces = pieces
        self._held = b""
        self._left: int | None = None
        self._last = b""

    def ends_in_nothing(self) -> bool:
        """Read the rest; say whether the last block is empty, as that of a whole archive is."""
        while self.read(PIECE):
            pass
        return len(self._last) == tarfile.BLOCKSIZE and not self._last.strip(b"\0")

    def of_headings(self) -> _Headings:
        """Allow but little to be read: a heading is taken into memory whole."""
        return _Headings(self)

    def allow(self, size: int | None) -> None:
        """Allow so many bytes to be read; ``None``: any number."""
        self._left = size

    def readable(self) -> bool:
        """Say that this can be read."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, so many of them unless the end comes first."""
        while len(self._held) < size:
            piece = next(self._pieces, None)
            if piece is None:
                break
            self._held += piece
            self._last = (self._last + piece)[-tarfile.BLOCKSIZE :]
        data, self._held = self._held[:size], self._held[size:]
        if self._left is not None:
            self._left -= len(data)
            if self._left < 0:
                raise TooLarge(limit=LONGEST_HEADING)
        return data


class _Headings:
    """While a heading is read."""

    def __init__(self, stream: _Stream) -> None:
        self._stream = stream

    def __enter__(self) -> None:
        self._stream.allow(LONGEST_HEADING)

    def __exit__(self, *_error: object) -> None:
        self._stream.allow(None)
