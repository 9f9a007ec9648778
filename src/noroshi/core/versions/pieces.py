"""The pieces that keys are made of, and the door every version text passes.

A key is put together as text and encoded as UTF-8, whose bytes sort as its characters do. Every
scheme shares one layout: marks below U+0010 end, or stand below, a number; U+0010 to U+002F start
a number; letters and digits of words lie above. So a mark or a number also ends the word before it.
"""

from __future__ import annotations

from noroshi.core.errors import VersionError
from noroshi.core.versions.scheme import LONGEST

ZERO = "\x10"
"""What `number` makes of zero, however many digits it is written with."""

_LENGTHS = tuple(chr(0x10 + length) for length in range(31))
_LONGER = "\x2f"


def number(digits: str) -> str:
    """Return text that sorts as the decimal number does; ``""`` counts as zero.

    Length first, then the digits: no number is ever converted, so none is too long.
    """
    digits = digits.lstrip("0")
    length = len(digits)
    if length < 31:
        return _LENGTHS[length] + digits
    # Two characters that sort as the length does: 32 to 127, so that they stay one byte each.
    return f"{_LONGER}{chr(32 + length // 96)}{chr(32 + length % 96)}{digits}"


def accept(version: str, scheme: str) -> str:
    """Return ``version`` without surrounding space; raise `VersionError` if empty or too long."""
    text = version.strip()
    if not text or len(text) > LONGEST:
        raise refusal(version, scheme)
    return text


def refusal(version: str, scheme: str) -> VersionError:
    """Return the error that says: this text is no version of that scheme."""
    shown = version if len(version) <= 80 else f"{version[:80]}…"
    return VersionError(value=repr(shown), scheme=scheme)
