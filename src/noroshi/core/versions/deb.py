"""Debian versions (Policy §5.6.12, deb-version(7)): ``[epoch:]upstream[-revision]``.

Each part is compared as alternating runs of other characters and digits. In the former ``~`` comes
before the end of the part, then letters, then all else; a missing number is zero.
"""

from __future__ import annotations

import re

from noroshi.core.versions.pieces import ZERO, accept, number, refusal

NAME = "deb"

_FORM = re.compile(r"(?:([0-9]+):)?([0-9A-Za-z.+~:-]+)")
_DIGITS = re.compile(r"([0-9]+)")
_END = "\x02"
_ORDER = str.maketrans({"~": "\x01", "+": "\x7b", "-": "\x7c", ".": "\x7d", ":": "\x7e"})


def key(version: str, /) -> bytes:
    """Return the key of a Debian version; a missing epoch or revision is 0. Raises `VersionError`.

    Characters outside the policy's set are refused, as dpkg refuses to build such packages.
    """
    text = accept(version, NAME)
    form = _FORM.fullmatch(text)
    if form is None:
        raise refusal(text, NAME)
    epoch, rest = form.groups()
    upstream, hyphen, revision = rest.rpartition("-")
    if not hyphen:
        upstream, revision = rest, ""
    # A colon needs an epoch before it, a hyphen both parts (dpkg's parseversion).
    if (epoch is None and ":" in rest) or (hyphen and not revision) or not upstream:
        raise refusal(text, NAME)
    return f"{number(epoch or '')}{_part(upstream)}{_part(revision)}".encode("ascii")


def _part(text: str) -> str:
    runs = _DIGITS.split(text.translate(_ORDER))  # others, digits, others, …, others
    for place in range(1, len(runs), 2):
        runs[place] = number(runs[place])
    if runs[-1] or len(runs) == 1:
        runs.append(ZERO)
    return "".join(runs) + _END
