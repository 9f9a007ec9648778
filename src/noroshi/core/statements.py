"""VEX: what somebody states about single products, in the words of VEX.

A claim is a statement if its author says in what state a product is, and not only which versions
an advisory is about: everything of a CSAF document's product status, and elsewhere whatever gives a
reason. A reason ``under_investigation`` is a state of its own in VEX.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from noroshi.core.facets import Affected, Record, Status, VersionRange
from noroshi.core.versions.ranges import readable

_OF_PRODUCTS = "csaf"
UNDER_INVESTIGATION = "under_investigation"


class State(StrEnum):
    """The product status of VEX (CSAF 2.1 §3.2.4.10)."""

    KNOWN_AFFECTED = "known_affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = UNDER_INVESTIGATION
    NOT_AFFECTED = "not_affected"
    UNKNOWN = "unknown"


class Statement(msgspec.Struct, frozen=True):
    """Somebody says that some versions of a product are in a state.

    ``versions`` is `readable` (``*``: all), ``justification`` a code of the source (VEX's
    ``vulnerable_code_not_present``), ``platforms``: only together with one of these.
    """

    by: str
    product: str
    versions: str
    state: State
    justification: str
    platforms: tuple[str, ...]


_STATES = {
    Status.AFFECTED: State.KNOWN_AFFECTED,
    Status.FIXED: State.FIXED,
    Status.NOT_AFFECTED: State.NOT_AFFECTED,
    Status.UNKNOWN: State.UNKNOWN,
}


def statements(record: Record) -> Iterator[Statement]:
    """Yield what a record states, product by product."""
    for one in record.affected:
        if one.reason or record.source == _OF_PRODUCTS:
            platforms = () if one.condition is None else record.conditions[one.condition]
            for stated in one.ranges or (VersionRange(one.default),):
                yield _statement(one, stated, platforms)


def _statement(one: Affected, stated: VersionRange, platforms: tuple[str, ...]) -> Statement:
    looking = one.reason.lower().replace("-", "_") == UNDER_INVESTIGATION
    state = State.UNDER_INVESTIGATION if looking else _STATES[stated.status]
    return Statement(
        one.by,
        one.cpe or f"{one.product.scheme}:{one.product.name}",
        readable(stated),
        state,
        "" if looking else one.reason,
        platforms,
    )
