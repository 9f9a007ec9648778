"""What changed from one inventory of a system to the next."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

import msgspec

_QUALIFIED = re.compile(r"[?#]")


class Item(msgspec.Struct, frozen=True):
    """A distinct software item; ``text`` as in `noroshi.core.packages.PackageFacts`."""

    text: str
    name: str
    version: str


class Change(msgspec.Struct, frozen=True):
    """One line of software, and its versions that went and came; empty: it came, or went."""

    name: str
    line: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Changes(msgspec.Struct, frozen=True):
    """What came, what went, and what is there in another version; each by name."""

    added: tuple[Change, ...]
    removed: tuple[Change, ...]
    updated: tuple[Change, ...]


def line_of(text: str) -> str:
    """Return what of a package's text stays when its version changes."""
    name = text.partition(" ")[0].partition("@")[0]
    return _QUALIFIED.split(name)[0] if name.startswith("pkg:") else name


def compare(gone: Iterable[Item], come: Iterable[Item]) -> Changes:
    """Return what it means that some items are not there any more, and others are new.

    Where only the names differ that the same version is known by, no software changed.
    """
    before, after = _by_line(gone), _by_line(come)
    changes = sorted(
        (_change(line, before.get(line, []), after.get(line, [])) for line in before | after),
        key=lambda change: (change.name.casefold(), change.line),
    )
    return Changes(
        added=tuple(each for each in changes if not each.before),
        removed=tuple(each for each in changes if not each.after),
        updated=tuple(
            each for each in changes if each.before and each.after and each.before != each.after
        ),
    )


def _by_line(items: Iterable[Item]) -> dict[str, list[Item]]:
    found: defaultdict[str, list[Item]] = defaultdict(list)
    for item in items:
        found[line_of(item.text)].append(item)
    return dict(found)


def _change(line: str, before: list[Item], after: list[Item]) -> Change:
    return Change((after or before)[0].name, line, _versions(before), _versions(after))


def _versions(items: list[Item]) -> tuple[str, ...]:
    return tuple(sorted({item.version for item in items}))
