"""Semantic Versioning 2.0.0 §11, for the registries that follow it, Go among them.

Read more widely than §2 allows where the meaning is plain: a leading ``v``, missing or further
numbers (``1.2`` = ``1.2.0`` = ``1.2.0.0``), leading zeros. Build metadata orders nothing (§10),
and Go's ``+incompatible`` is just that; its pseudo-versions are ordinary pre-releases.
"""

from __future__ import annotations

import re

from noroshi.core.versions.pieces import ZERO, accept, number, refusal

NAME = "semver"

_FORM = re.compile(
    r"[vV]?([0-9]+(?:\.[0-9]+)*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.+-]*)?"
)
_END = "\x01"
_PRE = "\x02"
_RELEASE = "\x03"
_WORD = "\x30"  # above every number: §11.4.3
_WORD_END = "\x02"


def key(version: str, /) -> bytes:
    """Return the key of a semantic version. Raises `VersionError`."""
    return ordered(accept(version, NAME), NAME)


def ordered(text: str, scheme: str) -> bytes:
    """Return the key of ``text``; ``scheme`` is who asks, for the `VersionError`."""
    form = _FORM.fullmatch(text)
    if form is None:
        raise refusal(text, scheme)
    core, pre = form.groups()
    # Zeros at the end say nothing; a mark follows, and every mark is below every number.
    release = "".join(map(number, core.split("."))).rstrip(ZERO)
    if pre is None:
        return f"{release}{_RELEASE}".encode("ascii")
    return f"{release}{_PRE}{_identifiers(pre)}{_END}".encode("ascii")


def _identifiers(pre: str) -> str:
    return "".join(
        number(part) if part.isdecimal() else f"{_WORD}{part}{_WORD_END}" for part in pre.split(".")
    )
