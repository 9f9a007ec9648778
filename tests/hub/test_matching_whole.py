"""Matching everything from nothing is the sum of all single steps, and both are right.

Small feeds and inventories arrive in any order and in any batches, with a worker in between. The
end is compared with matching everything anew, with a new installation that is told only how things
stand now, and with a slow check that compares every component with every range, version by version.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec
import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.hub.inventory.actions import add_inventory, system_named
from noroshi.hub.inventory.models import Package, System
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching.models import Finding, PackageMatch
from noroshi.hub.matching.queries import LIVE
from noroshi.hub.members import queries as members
from noroshi.hub.todo import actions as todo
from tests.hub import sector as world
from tests.hub.feeds import Json, bring, cve, cve5, match, node, npm, npm_component, nvd, sbom, work
from tests.hub.sector import NOON

SYSTEMS = ("edge", "core")


class Software(msgspec.Struct, frozen=True):
    """One software item: a package of an ecosystem, or firmware that only a CPE name names."""

    name: str
    version: int

    @property
    def component(self) -> Json:
        if self.name in "ab":
            return npm_component(self.name, f"1.{self.version}.0")
        cpe = f"cpe:2.3:o:kasumi:{self.name}:1.{self.version}:*:*:*:*:*:*:*"
        return {"type": "firmware", "name": self.name, "cpe": cpe}


class Range(msgspec.Struct, frozen=True):
    """From version ``low`` of a product to below ``high``."""

    product: str
    low: int
    high: int


class Claim(msgspec.Struct, frozen=True):
    """What a source says of a CVE on some day; ``needs``: only on certain hardware."""

    source: str
    number: int
    day: int
    ranges: tuple[Range, ...]
    rejected: bool = False
    needs: bool = False

    @property
    def document(self) -> Json:
        day = f"2024-05-{self.day:02d}T00:00:00Z"
        title = f"{self}"
        if self.source == "cve5":
            affected = [npm(r.product, (f"1.{r.low}.0", f"1.{r.high}.0")) for r in self.ranges]
            state = "REJECTED" if self.rejected else "PUBLISHED"
            return cve5(cve(self.number), *affected, updated=day, state=state, title=title)
        nodes = [node(*map(_criteria, self.ranges))] if self.ranges else []
        if nodes and self.needs:
            nodes.append(node(match("cpe:2.3:h:kasumi:box:-", vulnerable=False)))
        return nvd(
            cve(self.number),
            *nodes,
            operator="AND" if self.needs else "OR",
            modified=day,
            status="Rejected" if self.rejected else "Analyzed",
        )


def _criteria(stated: Range) -> Json:
    return match(
        f"cpe:2.3:o:kasumi:{stated.product}",
        versionStartIncluding=f"1.{stated.low}",
        versionEndExcluding=f"1.{stated.high}",
    )


class Inventory(msgspec.Struct, frozen=True):
    """What a system runs from now on."""

    system: str
    software: tuple[Software, ...]


class Rest(msgspec.Struct, frozen=True):
    """A worker comes along and does what is due."""


Event = Claim | Inventory | Rest


def _ranges(products: str) -> st.SearchStrategy[tuple[Range, ...]]:
    one = st.builds(Range, st.sampled_from(products), st.integers(0, 4), st.integers(1, 6))
    real = one.filter(lambda stated: stated.low < stated.high)
    return st.lists(real, max_size=2, unique_by=lambda stated: stated.product).map(tuple)


def _claims(source: str, products: str) -> st.SearchStrategy[Claim]:
    return st.builds(
        Claim,
        source=st.just(source),
        number=st.integers(1, 3),
        day=st.integers(1, 4),
        ranges=_ranges(products),
        rejected=st.sampled_from([False, False, False, True]),
        needs=st.booleans(),
    )


_inventories = st.builds(
    Inventory,
    st.sampled_from(SYSTEMS),
    st.lists(st.builds(Software, st.sampled_from("abxy"), st.integers(0, 6)), max_size=4).map(
        tuple
    ),
)
_events = st.lists(
    _claims("cve5", "ab") | _claims("nvd", "xy") | _inventories | st.builds(Rest), max_size=12
)


def stand(events: Sequence[Event]) -> tuple[dict[tuple[str, int], Claim], dict[str, Inventory]]:
    """How things stand after the events: the newest claim of each source, the last inventories.

    A document that comes again word by word says nothing new.
    """
    claims: dict[tuple[str, int], Claim] = {}
    inventories: dict[str, Inventory] = {}
    for place, event in enumerate(events):
        if isinstance(event, Claim) and event in events[:place]:
            continue
        if isinstance(event, Inventory):
            inventories[event.system] = event
        elif isinstance(event, Claim):
            known = claims.get((event.source, event.number))
            if known is None or event.day >= known.day:
                claims[event.source, event.number] = event
    return claims, inventories


def follow(events: Sequence[Event], sizes: Iterator[int]) -> None:
    """Let the events happen; claims of one source that follow each other come as one file."""
    place = 0
    while place < len(events):
        event = events[place]
        together = [event]
        while isinstance(event, Claim) and place + len(together) < len(events):
            another = events[place + len(together)]
            if not isinstance(another, Claim) or another.source != event.source:
                break
            together.append(another)
        place += len(together)
        if isinstance(event, Claim):
            bodies = [claim.document for claim in together if isinstance(claim, Claim)]
            bring(event.source, *bodies, file=f"{place}", batch=next(sizes), portion=next(sizes))
        elif isinstance(event, Inventory):
            data = sbom(*(item.component for item in event.software))
            add_inventory(_system(event.system), "x", data, now=NOON, actor="hikari")
        else:
            work()


def _system(name: str) -> System:
    return system_named(members.named("hikari"), name)


Found = tuple[list[tuple[object, ...]], list[tuple[object, ...]]]


def found(*, statements: bool) -> Found:
    """Matches and live findings by what they say."""
    columns = ["package__text", "vulnerability__preferred_id", "basis", "confidence", "doubt"]
    if statements:
        columns += ["record", "claim", "part"]
    live = Finding.objects.visible_to(SystemViewer()).filter(status__in=LIVE)
    seen = ("system__name", "vulnerability__preferred_id", "status", "confidence", "priority")
    matches: list[tuple[object, ...]] = list(PackageMatch.objects.values_list(*columns))
    findings: list[tuple[object, ...]] = list(live.values_list(*seen))
    return sorted(matches, key=str), sorted(findings, key=str)


def _forget() -> None:
    PackageMatch.objects.all().delete()
    Finding.objects.visible_to(SystemViewer()).delete()


def match_anew(side: str) -> Found:
    """Match everything from nothing, from the one side or the other."""
    _forget()
    if side == "vulnerabilities":
        todo.ask("match", Vulnerability.objects.values_list("pk", flat=True))
    else:
        todo.ask("match-package", Package.objects.values_list("pk", flat=True))
    work()
    return found(statements=True)


def by_hand(events: Sequence[Event]) -> tuple[set[tuple[str, str]], dict[tuple[str, str], str]]:
    """Compare every component with every range; say what must be found, and how surely."""
    claims, inventories = stand(events)
    numbers = {number for _, number in claims}
    rejected = {n for n in numbers if (claims.get(("cve5", n)) or claims["nvd", n]).rejected}
    matches: set[tuple[str, str]] = set()
    findings: dict[tuple[str, str], str] = {}
    for event in inventories.values():
        for item in event.software:
            for claim in claims.values():
                meets = any(
                    stated.product == item.name and stated.low <= item.version < stated.high
                    for stated in claim.ranges
                )
                if meets and claim.number not in rejected:
                    name = cve(claim.number)
                    matches.add((f"{item.name}{item.version}", name))
                    sure = not (claim.source == "nvd" and claim.needs)
                    key = (event.system, name)
                    if sure or key not in findings:
                        findings[key] = "open" if sure else "needs_confirmation"
    return matches, findings


def check(events: Sequence[Event], sizes: Iterator[int]) -> None:
    follow(events, sizes)
    work()
    stepwise = found(statements=True)
    assert match_anew("vulnerabilities") == stepwise
    assert match_anew("packages") == stepwise
    expected_matches, expected_findings = by_hand(events)
    matched, live = found(statements=False)
    current = {_short(text) for text in _current_packages()}
    assert {
        (_short(str(text)), name) for text, name, *_ in matched if _short(str(text)) in current
    } == expected_matches
    assert {(owner, name): status for owner, name, status, *_ in live} == expected_findings


def _current_packages() -> Iterable[str]:
    rows = Package.objects.filter(components__inventory__current=True)
    return rows.values_list("text", flat=True)


def _short(text: str) -> str:
    """``pkg:npm/a@1.3.0`` and ``name::x@ cpe:…`` → a3, x3: as the slow check writes them."""
    if text.startswith("pkg:npm/"):
        name, _, version = text.removeprefix("pkg:npm/").partition("@1.")
        return name + version.removesuffix(".0")
    package = Package.objects.get(text=text)
    cpe = package.identities.get().cpe.split(":")
    return cpe[4] + cpe[5].removeprefix("1.")


@pytest.fixture
def hikari(database):
    world.organisation("hikari")


_thorough = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@_thorough
@given(_events, st.lists(st.integers(1, 3), min_size=30, max_size=30))
def test_the_sum_of_all_steps_is_what_matching_from_nothing_gives(hikari, events, sizes):
    with transaction.atomic():
        check(events, iter(sizes))
        transaction.set_rollback(True)


@_thorough
@given(_events, st.lists(st.integers(1, 3), min_size=30, max_size=30))
def test_how_it_came_about_makes_no_difference(hikari, events, sizes):
    """A new installation that is told only how things stand comes to the same findings."""
    with transaction.atomic():
        follow(events, iter(sizes))
        work()
        lived = found(statements=False)
        transaction.set_rollback(True)
    with transaction.atomic():
        claims, inventories = stand(events)
        follow([*claims.values(), *inventories.values()], iter([100] * 30))
        work()
        told = found(statements=False)
        transaction.set_rollback(True)
    assert told[1] == lived[1]
    assert set(told[0]) <= set(lived[0])
