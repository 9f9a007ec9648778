"""What the Ubuntu CVE tracker's words for a package mean: a status and the note behind it.

============================  =====================================================================
``released (1.2-3ubuntu1)``   affected below the version, fixed from it on
``pending (1.2-3ubuntu1)``    the same: the version is made and will be published
``not-affected (1.2-3)``      not affected from the version on; where no version is named, at all
``needed``, ``in-progress``   affected
``deferred (2024-07-18)``     affected, and put off: reason ``deferred``
``ignored (…, was needed)``   what it was before it was given up, with why as the reason
``ignored (end of life)``     given up before anybody looked (also ``superseded by …``): unknown
``ignored``                   affected, and will not be fixed
``needs-triage``              unknown: nobody has looked
``DNE``                       the release has no such package: nothing is said
============================  =====================================================================

Source: the tracker's README, "Status".
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec

from noroshi.core.errors import VersionError, WrongShape
from noroshi.core.facets import Status, VersionRange
from noroshi.core.versions import deb

ABSENT = "DNE"
"""The status of a package that the release does not have."""

_VERSION = re.compile(r"(?:\d+:)?\d[\w.+~:-]*", re.ASCII)
_WAS = re.compile(r"\bwas ([a-z-]+)(?: \[([^\]]*)\])?")
_CODE = re.compile(r"[a-z]+(?:-[a-z]+)+")
_NOT_THERE = re.compile(
    r"(?:vulnerable )?code[ -](?:is )?not[ -](present|compiled|built|shipped|included)"
)

_GIVEN_UP = (
    ("end of life", "end-of-life"),
    ("end of standard support", "end-of-standard-support"),
    ("end of kernel support", "end-of-kernel-support"),
    ("out of standard support", "end-of-standard-support"),
    ("esm criteria", "esm-criteria"),
    ("superseded by", "superseded"),
    ("replaced by", "superseded"),
)
"""Words of a note, and the reason they stand for: the support ended, not the vulnerability."""

_OPEN = {"needed": "", "in-progress": "", "active": "", "deferred": "deferred"}


class Statement(msgspec.Struct, frozen=True, gc=False):
    """What is said of one package. ``rank``: of two statements the higher is the more decided."""

    rank: int
    ranges: tuple[VersionRange, ...] = ()
    reason: str = ""


_RELEASED, _NOT_AFFECTED, _PENDING, _AFFECTED, _UNKNOWN = 5, 4, 3, 2, 1


@lru_cache(maxsize=131_072)
def statement(status: str, note: str) -> Statement:
    """Return what a status and its note say; ``DNE`` says nothing and is not asked about.

    Raises `WrongShape` for a status that is not the tracker's.
    """
    note = note.strip()
    if status in {"released", "pending"}:
        return _fixed(_PENDING if status == "pending" else _RELEASED, note)
    if status == "not-affected":
        version = _version(note)
        return Statement(
            _NOT_AFFECTED,
            (VersionRange(Status.NOT_AFFECTED, low=version),),
            "" if version else _why_not_affected(note),
        )
    if status in _OPEN:
        return Statement(_AFFECTED, (VersionRange(),), _OPEN[status])
    if status == "ignored":
        return _ignored(note)
    if status == "needs-triage":
        return Statement(_UNKNOWN)
    raise WrongShape("$.status", detail=f"{status[:40]!r} is not a status of the tracker")


def _fixed(rank: int, note: str) -> Statement:
    version = _version(note)
    if version is None and rank == _PENDING:
        return Statement(_AFFECTED, (VersionRange(),))
    if version is None:
        return Statement(_UNKNOWN)  # fixed, but nobody says in which version
    return Statement(rank, (VersionRange(high=version), VersionRange(Status.FIXED, low=version)))


def _ignored(note: str) -> Statement:
    reason = _why_ignored(note)
    was = _WAS.search(note)
    if was is not None:
        try:
            before = statement(was[1], was[2] or "")
        except WrongShape:
            return Statement(_UNKNOWN, (), reason)
        given_up = before.ranges == (VersionRange(),) or not before.ranges
        return Statement(before.rank, before.ranges, reason) if given_up else before
    if reason == "ignored":
        return Statement(_AFFECTED, (VersionRange(),), reason)
    return Statement(_UNKNOWN, (), reason)


def _why_ignored(note: str) -> str:
    folded = note.casefold().replace("-", " ")
    return next((code for words, code in _GIVEN_UP if words in folded), "ignored")


def _why_not_affected(note: str) -> str:
    """Return the note's code: ``code-not-present``, ``windows-only``; sentences have none."""
    if found := _NOT_THERE.fullmatch(note.casefold()):
        return f"code-not-{found[1]}"
    return note if _CODE.fullmatch(note) else ""


def _version(note: str) -> str | None:
    if _VERSION.fullmatch(note) is None:
        return None
    try:
        deb.key(note)
    except VersionError:
        return None
    return note
