"""Nothing outside an audience is returned, counted or guessable through any query of the hub."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction

from noroshi import hub
from noroshi.core.paging import Slice
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.core.sector import Role
from noroshi.hub.intel.models import IntelObject, Review
from noroshi.hub.notices import listing
from noroshi.hub.notices import queries as notices
from noroshi.hub.notices.models import Notice
from noroshi.hub.scope import MarkedModel, ScopedManager
from tests.hub.leaks import oracle, reviews
from tests.hub.leaks.cases import CASES, Case
from tests.hub.leaks.world import World, affect, build, fewer, viewers

pytestmark = pytest.mark.usefixtures("database")

WITHOUT_CASE = {
    "scope.compiled": "tested below through every scoped model itself",
    "intel.actions.report_incident": "names nothing that exists: what it makes is the viewer's own",
    "dispatch.endpoints.add_endpoint": "names nothing that exists: it adds to the viewer's own",
    "notices.publishing.send": "draft and publish in one, which both have their cases",
}
"""Functions that take a viewer and need no case, each with its reason."""


def asked() -> dict[str, Callable[..., object]]:
    """Return every public function of the hub that takes a viewer, by its place below the hub."""
    return {
        f"{module.__name__.removeprefix('noroshi.hub.')}.{name}": function
        for module in modules()
        for name, function in vars(module).items()
        if inspect.isfunction(function)
        and function.__module__ == module.__name__
        and not name.startswith("_")
        and "viewer" in inspect.signature(function).parameters
    }


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(hub.__path__, "noroshi.hub."):
        if ".migrations" not in found.name:
            yield importlib.import_module(found.name)


def leaks(world: World, who: Iterable[tuple[str, Viewer]], some: dict[str, Case]) -> Iterator[str]:
    """Yield every answer that is not the one there should be."""
    for label, viewer in who:
        for name, one in some.items():
            for what, answer, expected in one.check(world, viewer):
                if answer != expected:
                    yield f"{label}: {name}({what}) is {answer}, should be {expected}"


def cases(*ways: str) -> dict[str, Case]:
    return {name: one for name, one in CASES.items() if one.way in ways}


@pytest.fixture
def world(database) -> World:
    return reviews.add(build())


def test_every_function_that_takes_a_viewer_has_its_case():
    assert set(asked()) == set(CASES) | set(WITHOUT_CASE)


def test_what_is_listed_is_what_may_be_known(world):
    assert list(leaks(world, viewers(world), cases("list"))) == []


def test_what_is_asked_by_name_is_known_or_unknown(world):
    assert list(leaks(world, viewers(world), cases("ask"))) == []


def test_what_is_hidden_cannot_be_acted_on_nor_found_out_by_trying(world):
    assert list(leaks(world, fewer(world), cases("act"))) == []


def test_what_is_derived_holds_nothing_that_may_not_be_known(world):
    assert list(leaks(world, fewer(world), cases("derive"))) == []


def test_every_role_occurs_among_fewer_viewers(world):
    assert {v.role for _, v in fewer(world) if isinstance(v, Member)} == set(Role)


def test_every_scoped_model_opens_exactly_what_may_be_known(world):
    numbers = {
        Notice: {n.number: n for n in world.notices},
        IntelObject: {r.number: r for r in world.reports},
        Review: {r.number: r for r in world.reviews},
    }
    for label, viewer in viewers(world):
        for model, facts in numbers.items():
            seen = {row.pk for row in model.objects.visible_to(viewer)}
            readable = {
                number for number, one in facts.items() if oracle.may_read(world, viewer, one)
            }
            assert seen == readable, (label, model)


def test_every_model_with_an_owner_is_scoped():
    unscoped = [
        model.__name__
        for model in apps.get_models()
        if (issubclass(model, MarkedModel) or hasattr(model, "visibility"))
        and not isinstance(model._default_manager, ScopedManager)
    ]
    assert unscoped == []


# --- guessing: what nobody may know leaves no trace in what they are told ---


def answers(world: World, viewer: Viewer) -> list[tuple[str, object, object]]:
    """Return everything the viewer is told by the lists, without what is expected."""
    return [
        (name, what, answer)
        for name, one in cases("list", "derive").items()
        for what, answer, _expected in one.check(world, viewer)
    ]


def one_each(world: World) -> list[Member]:
    """Return a responder in every relation."""
    found = (viewer for _label, viewer in viewers(world, (Role.RESPONDER,)))
    return [viewer for viewer in found if isinstance(viewer, Member)]


def test_a_finding_leaves_no_trace_with_those_who_may_not_count_it(world):
    affectable = {"minato", "radio", "bureau-kanto", "yama", "bureau-tohoku"}
    for viewer in one_each(world):
        before = answers(world, viewer)
        with transaction.atomic():
            hidden = affectable - oracle.granted(world, viewer, 1)
            assert hidden
            for slug in hidden:
                affect(slug)
            assert answers(world, viewer) == before, (viewer, hidden)
            transaction.set_rollback(True)


def test_a_hidden_notice_or_report_leaves_no_trace_with_those_who_may_not_read_it(world):
    for viewer in one_each(world):
        hidden = [n.number for n in world.notices if not oracle.may_read(world, viewer, n)]
        unread = [r.number for r in world.reports if not oracle.may_read(world, viewer, r)]
        before = untold(answers(world, viewer))
        with transaction.atomic():
            erase(Notice, hidden)
            erase(IntelObject, unread)
            assert untold(answers(world, viewer)) == before, viewer
            transaction.set_rollback(True)


def untold(found: list[tuple[str, object, object]]) -> list[tuple[str, object, object]]:
    """Leave out who takes part: that is told as such, whatever it was that they answered."""
    part = {"organisations", "districts"}
    return [
        one for one in found if not (one[0] == "reports.figures.rows_behind" and one[1] in part)
    ]


def erase(model: type[MarkedModel], numbers: list[int]) -> None:
    model.objects.visible_to(System()).filter(pk__in=numbers).delete()


# --- the test of the test ---


REAL = listing.notices


class OneMore:
    class head:  # noqa: N801 - named as the field of what is listed
        name = "one more"


def only_page(*rows: object) -> Slice[object]:
    return Slice(rows, None)


LEAKY: dict[str, Callable[..., Slice[Any]]] = {
    "shows everything": lambda viewer, **asked: REAL(System(), **asked),
    "adds one that is not there": lambda viewer, **asked: only_page(
        *REAL(viewer, **asked).items, OneMore
    ),
    "hides what it should show": lambda viewer, **asked: only_page(
        *REAL(viewer, **asked).items[1:]
    ),
}


@pytest.mark.parametrize("leaky", LEAKY.values(), ids=LEAKY.keys())
def test_a_query_that_leaks_is_caught(world, monkeypatch, leaky):
    monkeypatch.setattr(listing, "notices", leaky)
    only = {"notices.listing.notices": CASES["notices.listing.notices"]}
    assert list(leaks(world, viewers(world, (Role.RESPONDER,)), only))


def test_an_answer_that_tells_forbidden_from_unknown_is_caught(world, monkeypatch):
    real = notices.readable_notice

    def talkative(viewer: Viewer, name: str) -> Notice:
        if Notice.objects.visible_to(System()).filter(number=name).exists():
            return Notice.objects.visible_to(System()).get(number=name)
        return real(viewer, name)

    monkeypatch.setattr(notices, "readable_notice", talkative)
    only = {"notices.queries.readable_notice": CASES["notices.queries.readable_notice"]}
    assert list(leaks(world, viewers(world, (Role.RESPONDER,)), only))


def test_a_function_without_a_case_is_caught(monkeypatch):
    def everything(viewer: Viewer) -> list[Notice]:
        return list(Notice.objects.visible_to(System()))

    everything.__module__ = notices.__name__
    monkeypatch.setattr(notices, "everything", everything, raising=False)
    assert set(asked()) - set(CASES) - set(WITHOUT_CASE) == {"notices.queries.everything"}
