"""The leak matrix; see the docstring of this package."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from functools import partial

import pytest
from django.core.cache import cache
from django.test import override_settings

from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from tests.edge.leaks import addition, asking, routes
from tests.edge.leaks.asking import Answer, Somebody
from tests.edge.leaks.routes import UNKNOWN, Route
from tests.edge.leaks.world import Marks, marked

# One database: that the rule compiles alike on both is tested in tests/hub/test_leaks.py.
pytestmark = pytest.mark.parametrize("database", ["sqlite"], indirect=True)

MOST_NAMES = 5
"""Names of a kind that one person asks for at each address; others ask for the others."""

MOST_TRIED = 2
"""Hidden names that one person tries to act on at each address."""

QUESTIONS = ("?q=canary-secret&limit=1", f"?organisation={addition.SECRET}&state=late")
"""What is asked of lists, in turn, beside the list itself."""

_COUNTED = "counts the whole record, for the programme and the hub alone"
WHOLE_RECORD = {
    "/figures": _COUNTED,
    "/figures/<year:year>": _COUNTED,
    "/figures/<year:year>/chart.svg": _COUNTED,
    "/figures/<year:year>/figures.csv": _COUNTED,
    "/figures/<year:year>/figures.xlsx": _COUNTED,
    "/api/v1/figures/{year}": _COUNTED,
    "/api/v1/key": "tells the key itself, which is made anew for each round of questions",
    "/metrics": "counts every request, for those who run the site",
}
"""Addresses whose answer rightly depends on what the reader may not read, with the reason."""

Beings = Iterator[AbstractContextManager[Somebody]]


@pytest.fixture
def marks(database) -> Marks:
    cache.clear()
    return marked()


PARTS = 4


@pytest.fixture(params=range(PARTS))
def roles(request: pytest.FixtureRequest) -> list[Role]:
    """Two of the eight roles at a time, so that the parts can be asked side by side."""
    return list(Role)[request.param :: PARTS]


def everybody(marks: Marks, roles: Iterable[Role] = (Role.RESPONDER, Role.HUB_ADMIN)) -> Beings:
    """Yield every person in these roles, wherever the person belongs; and nobody."""
    for row, role in itertools.product(marks.world.people.values(), roles):
        yield asking.person(row, role)
    yield asking.nobody()


def programs(marks: Marks, roles: Iterable[Role]) -> Beings:
    """Yield a key of every organisation in these roles; and nobody."""
    for row, role in itertools.product(marks.world.organisations.values(), roles):
        yield asking.program(row, role)
    yield asking.nobody()


def site() -> list[Route]:
    return sorted(routes.pages(), key=lambda route: route.template)


def api() -> list[Route]:
    with asking.nobody() as one:
        document = json.loads(one.ask("/api/v1/openapi.json").body)
    return sorted(routes.operations(document), key=lambda route: route.template)


def names(marks: Marks, one: Somebody, route: Route) -> dict[str, bool]:
    """Return the names that this person asks for at this address."""
    found = sorted(routes.names(marks, one.viewer, route.hidden).items())
    start = sum(map(ord, one.label + route.template)) % max(len(found), 1)
    step = max(len(found) // MOST_NAMES, 1) | 1
    turned = found[start:] + found[:start]
    return dict(turned[::step][:MOST_NAMES])


def told(marks: Marks, one: Somebody, route: Route, name: str, answer: Answer) -> Iterator[str]:
    """Yield what an answer tells that the reader may not know."""
    for mark in marks.in_text(answer.text):
        if mark != name and not marks.known(one.viewer, mark):
            yield f"{one.label}: {route.template} ({name}) tells {mark}"


def shown(marks: Marks, everyone: Beings, asked: list[Route]) -> list[str]:
    """Return whatever any answer tells somebody who may not know it."""
    found: list[str] = []
    for being in everyone:
        with being as one:
            for route in (route for route in asked if "GET" in route.methods):
                for name in names(marks, one, route) if route.hidden else ("",):
                    answer = one.ask(route.address(name))
                    found += told(marks, one, route, name, answer)
    return found


def differences(marks: Marks, everyone: Beings, asked: list[Route]) -> list[str]:
    """Return where something hidden answers, or acts, unlike something that is not there."""
    found: list[str] = []
    for being in everyone:
        with being as one:
            for route in (route for route in asked if route.hidden):
                hidden = [name for name, known in names(marks, one, route).items() if not known]
                found += _differences(one, route, hidden)
    return found


def _differences(one: Somebody, route: Route, hidden: list[str]) -> Iterator[str]:
    for method, data in _ways(route):
        nothing: dict[str, Answer] = {}
        for name in hidden[: None if method == "GET" else MOST_TRIED]:
            other = _absent(route, name)
            if other not in nothing:
                there = route.address(other)
                nothing[other] = one.ask(there, method, data).without(there, other)
            yield from _difference(one, route, (name, method, data), nothing[other])
        for name in hidden[:1]:
            yield from _slower(one, route, name, method, data)


def _ways(route: Route) -> Iterator[tuple[str, object]]:
    for method in route.methods:
        yield method, None
        if method != "GET":
            yield method, asking.EVERYTHING


def _absent(route: Route, name: str) -> str:
    """Return a name like this one that nothing has."""
    return "draft-987654321" if name.startswith("draft-") else UNKNOWN[route.hidden]


def _difference(
    one: Somebody, route: Route, asked: tuple[str, str, object], nothing: Answer
) -> Iterator[str]:
    name, method, data = asked
    before = AuditEvent.objects.count()
    here = route.address(name)
    answer = one.ask(here, method, data).without(here, name)
    if answer != nothing:
        yield f"{one.label}: {method} {route.template} ({name}) {answer.status}/{nothing.status}"
    if answer.status < 400 and method != "GET" and AuditEvent.objects.count() != before:
        yield f"{one.label}: {method} {route.template} ({name}) did something"


def _slower(one: Somebody, route: Route, name: str, method: str, data: object) -> Iterator[str]:
    taken = one.queries(route.address(name), method, data)
    nothing = one.queries(route.address(_absent(route, name)), method, data)
    if taken != nothing:
        yield f"{one.label}: {method} {route.template} ({name}): {len(taken)} queries"


def addresses(marks: Marks, one: Somebody, asked: list[Route]) -> Iterator[str]:
    """Yield everything that this person may ask for."""
    for place, route in enumerate(asked):
        if "GET" not in route.methods or route.template in WHOLE_RECORD:
            continue
        if route.hidden:
            known = [name for name, known in names(marks, one, route).items() if known]
            yield from map(route.address, known[:2])
        else:
            question = QUESTIONS[(place + len(one.label)) % len(QUESTIONS)]
            yield from (route.address(), route.address() + question)


def changes(marks: Marks, everyone: Callable[[], Beings], asked: list[Route]) -> list[str]:
    """Return what changes for people when something happens that they may not know of."""
    secret = addition.settle()
    before: dict[str, dict[str, Answer]] = {}
    for being in everyone():
        with being as one:
            before[one.label] = {each: one.ask(each) for each in addresses(marks, one, asked)}
    addition.happen(marks.world, secret)
    found = []
    for being in everyone():
        with being as one:
            answers = before[one.label].items()
            found += [f"{one.label}: {each}" for each, was in answers if one.ask(each) != was]
    return found


# --- the site and the API ---


def test_every_address_and_operation_is_of_a_kind_that_is_known(marks):
    every = [*site(), *api()]
    assert len(every) > 40
    assert {kind for route in every for kind in route.kinds} <= routes.known_kinds()


def test_no_page_tells_what_its_reader_may_not_know(marks, roles):
    assert shown(marks, everybody(marks, roles), site()) == []


def test_no_operation_tells_what_its_caller_may_not_know(marks, roles):
    assert shown(marks, programs(marks, roles), api()) == []


def test_on_the_site_hidden_things_and_unknown_things_answer_alike(marks, roles):
    assert differences(marks, everybody(marks, roles), site()) == []


def test_in_the_api_hidden_things_and_unknown_things_answer_alike(marks, roles):
    assert differences(marks, programs(marks, roles), api()) == []


def test_no_page_changes_when_something_happens_for_others(marks, roles):
    assert changes(marks, partial(everybody, marks, roles), site()) == []


def test_no_operation_changes_when_something_happens_for_others(marks, roles):
    assert changes(marks, partial(programs, marks, roles), api()) == []


# --- the tests of the tests ---


@pytest.fixture
def careless():
    """The site with views that forget for whom they ask."""
    with override_settings(ROOT_URLCONF="tests.edge.leaks.careless"):
        yield [route for route in site() if route.template.startswith("/careless/")]


def of(found: list[str], route: str) -> list[str]:
    return [line for line in found if f"/careless/{route}" in line]


def test_views_that_tell_too_much_are_caught(marks, careless):
    found = shown(marks, everybody(marks), careless)
    assert of(found, "all")
    assert of(found, "one/")


def test_views_that_answer_otherwise_for_hidden_things_are_caught(marks, careless):
    found = differences(marks, everybody(marks), careless)
    assert of(found, "forbidden/")
    assert of(found, "slow/")
    assert of(found, "acting/")
    assert not of(found, "careful/")


def test_views_that_count_order_or_stamp_what_is_hidden_are_caught(marks, careless):
    found = changes(marks, partial(everybody, marks), careless)
    for route in ("all", "count", "stamp", "order"):
        assert of(found, route), route
    assert not of(found, "careful/")
