"""Text, read strictly: UTF-8 and nothing else, no NUL."""

from __future__ import annotations

import codecs

from noroshi.core.errors import NotText

_WIDE = (codecs.BOM_UTF32_LE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check(raw: bytes) -> bytes:
    """Return ``raw`` without its UTF-8 byte order mark; refuse UTF-16, UTF-32 and NUL (`NotText`).

    Whether the rest is UTF-8 is left to whoever decodes it: it comes for free there.
    """
    if raw.startswith(_WIDE):
        raise NotText("byte 0", detail="UTF-16 or UTF-32; UTF-8 is expected")
    position = raw.find(b"\0")
    if position >= 0:
        raise NotText(f"byte {position}", detail="a NUL character")
    return raw.removeprefix(codecs.BOM_UTF8)


def decode(raw: bytes) -> str:
    """Return the text of ``raw``, without a byte order mark; raise `NotText`."""
    text = check(raw)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        place = f"byte {error.start + len(raw) - len(text)}"
        raise NotText(place, detail=f"not UTF-8 ({error.reason})") from error
