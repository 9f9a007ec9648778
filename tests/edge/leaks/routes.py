"""What can be asked: the table of addresses, the OpenAPI document, and names of every kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec
from django.urls import URLPattern, URLResolver, get_resolver

from noroshi.core.policy.visibility import Member, Viewer
from noroshi.core.sector import District, Role
from noroshi.edge.web.converters import CONVERTERS
from noroshi.hub.dispatch import queries as dispatch
from noroshi.hub.members.models import ApiKey, Person
from noroshi.hub.reports.plan import FigureId
from tests.edge.leaks.world import Marks, numbers
from tests.hub.leaks import oracle, reviews
from tests.hub.leaks.dispatch_cases import undelivered, webhooks
from tests.hub.leaks.world import CVE, World

PLACE = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>|\{(?P<parameter>\w+)\}")

UNKNOWN = {
    "notice": "N-2031-0001",
    "report": "report--00000000-0000-4000-8000-000000000000",
    "system": "987654321",
    "inventory": "987654321",
    "finding": "987654321",
    "review": "0123456789abcdef" * 2,
    "person": "987654321",
    "key": "987654321",
    "endpoint": "987654321",
    "message": "987654321",
}
"""Names that nothing in the world has, of every kind that can be hidden."""

OPEN = {
    "vulnerability": CVE,
    "organisation": "hikari",
    "community": "nobody-here",
    "factor": "987654321",
    "base36": "zzz",
    "token": "000000-00000000000000000000000000000000",
    "document": "987654321",
    "quarantined": "987654321",
    "source": "nvd",
    "year": "2026",
    "figure": FigureId.ITEMS.value,
    "district": District.KANTO.value,
}
"""One name of every kind that is not hidden as such: what hangs on it may be."""


class Route(msgspec.Struct, frozen=True):
    """One address: ``template`` with its places, which are of ``kinds``, and what it takes."""

    template: str
    kinds: tuple[str, ...]
    methods: tuple[str, ...]

    @property
    def hidden(self) -> str:
        """The kind of hidden thing that it names; empty for none."""
        return next((kind for kind in self.kinds if kind in UNKNOWN), "")

    def address(self, name: str = "") -> str:
        """Fill the places: the hidden thing's with ``name``."""
        kinds = iter(self.kinds)

        def fill(_place: re.Match[str]) -> str:
            kind = next(kinds)
            return name if kind in UNKNOWN else OPEN[kind]

        return PLACE.sub(fill, self.template)


def pages() -> Iterator[Route]:
    """Yield every address of the site; the API is told by its own document."""
    known = {converter: name for name, converter in CONVERTERS.items()}
    for template, pattern in _walk(get_resolver().url_patterns, "/"):
        if template.startswith("/api/"):
            continue
        kinds = tuple(known[type(one)] for one in pattern.pattern.converters.values())
        methods = getattr(pattern.callback, "methods", ("GET", "POST"))
        yield Route(template, kinds, tuple(methods))


def _walk(
    patterns: list[URLPattern | URLResolver], before: str
) -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        whole = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, whole)
        else:
            yield whole, pattern


SEGMENTS = {
    "vulnerabilities": "vulnerability",
    "assessments": "vulnerability",
    "notices": "notice",
    "incidents": "report",
    "systems": "system",
    "inventories": "inventory",
    "findings": "finding",
    "figures": "year",
}
"""The part of a path before a parameter → what kind of thing the parameter names."""


def operations(document: dict[str, object]) -> Iterator[Route]:
    """Yield every path of the OpenAPI document."""
    paths = document["paths"]
    assert isinstance(paths, dict)
    for template, item in paths.items():
        kinds = tuple(
            SEGMENTS.get(before, before) for before in re.findall(r"(\w+)/\{\w+\}", template)
        )
        verbs = {"get", "post", "put", "patch", "delete"}
        yield Route(template, kinds, tuple(verb.upper() for verb in item if verb in verbs))


def known_kinds() -> set[str]:
    """Return the kinds of things that the matrix knows names of."""
    return set(UNKNOWN) | set(OPEN)


def names(marks: Marks, viewer: Viewer, kind: str) -> dict[str, bool]:
    """Return names of a kind of hidden thing, each with whether the viewer may know the thing."""
    world = marks.world
    suppliers: dict[str, Callable[[], dict[str, bool]]] = {
        "notice": lambda: {one.name: oracle.may_read(world, viewer, one) for one in world.notices},
        "report": lambda: {
            one.stix_id: oracle.may_read(world, viewer, one) for one in world.reports
        },
    }
    if kind in suppliers:
        return suppliers[kind]()
    if kind in {"person", "key", "review", "endpoint", "message"}:
        return _looked_after(marks, viewer, kind)
    granted = oracle.granted(world, viewer, 2)
    return {str(number): slug in granted for number, slug in numbers(world)[kind].items()}


def _looked_after(marks: Marks, viewer: Viewer, kind: str) -> dict[str, bool]:
    """Return names of what an organisation, or the hub, has set up or was given."""
    world = marks.world
    if kind == "review":
        known = {one.name for one in reviews.reviewed(world, viewer)}
        return {one.name: one.name in known for one in world.reviews}
    if kind == "endpoint":
        own = set(dispatch.endpoint_rows(viewer).values_list("pk", flat=True))
        return {str(pk): pk in own for pk in webhooks(world).values()}
    if kind == "message":
        seen = set(dispatch.known_messages(viewer).values_list("pk", flat=True))
        return {str(one.number): one.number in seen for one in undelivered(world)}
    rows = Person.objects.all() if kind == "person" else ApiKey.objects.all()
    return {
        str(number): _administers(world, viewer, home)
        for number, home in rows.values_list("pk", "organisation__slug")
    }


def _administers(world: World, viewer: Viewer, home: str) -> bool:
    if not isinstance(viewer, Member):
        return False
    if viewer.role is Role.HUB_ADMIN:
        return True
    return viewer.role is Role.ORGANISATION_ADMIN and world.slug(viewer.organisation) == home
