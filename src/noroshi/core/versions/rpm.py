"""RPM versions: ``[epoch:]version[-release]``, each part in the order of rpmvercmp.

A part is a row of segments: digits, letters, ``~`` and ``^``; everything else only separates. At
each place ``~`` < the end < ``^`` < letters < digits (rpm-version(7)).
"""

from __future__ import annotations

import re

from noroshi.core.versions.pieces import accept, number

NAME = "rpm"

_EPOCH = re.compile(r"([0-9]*):")
_SEGMENTS = re.compile(r"[0-9]+|[A-Za-z]+|[~^]")
_END = "\x02"
_MARKS = {"~": "\x01", "^": "\x03"}
_LETTERS = "\x04"


def key(version: str, /) -> bytes:
    """Return the key of an RPM version. Raises `VersionError`.

    A missing epoch is 0, which is how rpm compares packages. A missing release comes before every
    release, so a bound without one lies just below all builds of that version. A colon after
    anything but digits starts no epoch (parseEVR).
    """
    text = accept(version, NAME)
    epoch = _EPOCH.match(text)
    rest = text[epoch.end() :] if epoch else text
    front, hyphen, release = rest.rpartition("-")
    whole = f"{number(epoch[1] if epoch else '')}{_part(front if hyphen else release)}"
    return (whole + _part(release) if hyphen else whole).encode("ascii")


def _part(text: str) -> str:
    return "".join([_segment(segment) for segment in _SEGMENTS.findall(text)]) + _END


def _segment(segment: str) -> str:
    if segment[0] <= "9":
        return number(segment)
    return _MARKS.get(segment) or _LETTERS + segment
