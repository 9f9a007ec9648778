"""Addresses that the settings give a source, each with a name: by turns, and apart from each other.

``rss``, ``misp`` and ``taxii`` have no address of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from urllib.parse import urlsplit

import msgspec

from noroshi.core.errors import AddressRefused, BadStatus, FetchError, UnexpectedAnswer, Unreachable
from noroshi.edge.feeds.port import Cursor, Step

Given = tuple[tuple[str, str], ...]
"""Names with their addresses, in the order in which they are asked."""

NO_LOGINS: Mapping[str, str] = MappingProxyType({})
"""By name, what is sent as ``Authorization``: nothing."""

Ask = Callable[[str, str, Cursor], Iterator[Step]]
"""By name and address and from a cursor of its own: the steps of one of them."""


def hosts(given: Given) -> frozenset[str]:
    """Return the hosts of the addresses."""
    return frozenset(urlsplit(address).hostname or "" for _, address in given)


def by_turns(given: Given, cursor: Cursor, ask: Ask) -> Iterator[Step]:
    """Yield the steps of each; one that cannot be asked does not hold up the others.

    The cursor of them all holds that of each under its name; what is not given any more is
    forgotten. The last trouble is raised at the end.
    """
    whole = {name: cursor[name] for name, _ in given if name in cursor}
    trouble: FetchError | None = None
    for name, address in given:
        try:
            for step in ask(name, address, whole.get(name, {})):
                whole = {**whole, name: step.cursor}
                yield msgspec.structs.replace(step, cursor=whole)
        except (BadStatus, UnexpectedAnswer, Unreachable, AddressRefused) as error:
            trouble = error
    if trouble is not None:
        raise trouble
