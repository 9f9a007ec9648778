"""How a case is told, and what all cases share.

A case yields triples: what was asked, the answer, the answer there should be. Functions are called
through their modules, so that a case sees whatever stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec

from noroshi.core.errors import NoroshiError
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.core.sector import Role
from tests.hub.leaks import oracle
from tests.hub.leaks.world import NoticeFacts, ReportFacts, World
from tests.hub.sector import DAY, NOON

Answers = Iterator[tuple[object, object, object]]
Check = Callable[[World, Viewer], Answers]
Way = Literal["list", "ask", "act", "derive"]

TODAY = (NOON + DAY).date()
NOW = NOON + 2 * DAY
UNKNOWN = {"draft": "draft-999999999", "notice": "N-2026-9999", "report": "report--none"}


class Case(msgspec.Struct, frozen=True):
    """One function, and how its answers are checked.

    ``way``: it *lists* what the rule opens, it is *asked* name by name, it *acts* on what is named,
    or it *derives* something from what others list.
    """

    check: Check
    way: Way


CASES: dict[str, Case] = {}


def case(name: str, way: Way = "list") -> Callable[[Check], Check]:
    """Register the case of a function, named by its module below the hub."""

    def register(check: Check) -> Check:
        CASES[name] = Case(check, way)
        return check

    return register


def told(name: str, ask: Callable[[str], object]) -> object:
    """Return what asking brings: the answer, or the error without the name that was asked."""
    try:
        return ask(name)
    except NoroshiError as error:
        facts = {key: str(value).replace(name, "…") for key, value in error.facts.items()}
        return (type(error).__name__, error.code, error.where, facts)


def chosen(items: list[Any], turn: int, count: int = 1) -> list[Any]:
    """Return a few of the items, others each turn, so that all have their turn."""
    return [items[(turn * count + step) % len(items)] for step in range(min(count, len(items)))]


def some_of(world: World, viewer: Viewer, items: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return a few things the viewer may read and a few it may not; others for each viewer."""
    turn = 0
    if isinstance(viewer, Member):
        turn = list(Role).index(viewer.role) + 8 * (viewer.person or 0) + 64 * viewer.organisation
    seen = [item for item in items if oracle.may_read(world, viewer, item)]
    hidden = [item for item in items if not oracle.may_read(world, viewer, item)]
    return chosen(seen, turn) if seen else [], chosen(hidden, turn) if hidden else []


def _unknown(item: NoticeFacts | ReportFacts) -> str:
    if isinstance(item, ReportFacts):
        return UNKNOWN["report"]
    return UNKNOWN["notice" if item.published else "draft"]


def _name(item: NoticeFacts | ReportFacts) -> str:
    return item.stix_id if isinstance(item, ReportFacts) else item.name


def hidden_is_unknown(
    world: World, viewer: Viewer, items: list[Any], ask: Callable[[str], object]
) -> Answers:
    """Yield what is hidden beside what is not there: the two must answer alike."""
    for item in some_of(world, viewer, items)[1]:
        name, unknown = _name(item), _unknown(item)
        yield name, told(name, ask), told(unknown, ask)
