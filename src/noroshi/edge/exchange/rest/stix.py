"""Everything as STIX 2.1: attack information byte for byte, notices and what they speak of.

A page goes through the stored objects first, then through the notices; its cursor says where.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated

from ninja import Field, Query, Router

from noroshi.core import paging
from noroshi.core.errors import BadCursor
from noroshi.core.formats import stix_bundle
from noroshi.core.formats.stix import StixObject
from noroshi.core.formats.stix_bundle import Circular, Organisation, Weakness
from noroshi.core.paging import Slice
from noroshi.core.policy.visibility import Viewer
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.operations import Bytes, Promise, reading
from noroshi.edge.exchange.rest.parameters import OptionalTime, Paged
from noroshi.edge.exchange.rest.shapes import Shape
from noroshi.hub.intel import streaming as intel
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.members import queries as members
from noroshi.hub.members.keys import Scope
from noroshi.hub.notices import streaming as notices
from noroshi.hub.notices.streaming import Told

router = Router(tags=["stix"])

OBJECTS, NOTICES = "objects", "notices"
"""The parts of the stream, in order."""
MADE = frozenset({"report", "language-content", "vulnerability", "identity"})
"""The types of object that notices are told as."""


class Bundle(Shape, frozen=True):
    """A STIX 2.1 bundle."""

    type: str
    id: str


class StixFilters(Paged):
    """What is asked of the stream."""

    type: list[Annotated[str, Field(pattern="^[a-z][a-z0-9-]{0,59}$")]] = Field(
        [], max_length=20, description="Only objects of these types; markings come with them."
    )
    added_after: OptionalTime = Field(
        None, description="Only what was shared, or of notices changed, after that."
    )


@reading(
    router,
    "/stix",
    Promise(scope=Scope.READ_INTEL, gives=Bundle, media_type=stix_bundle.MEDIA_TYPE),
)
def get_bundle(request: Call, filters: Query[StixFilters]) -> Bytes:
    """Give what the key may read as a STIX 2.1 bundle.

    Attack information byte for byte; each notice as a `report` with its vulnerabilities; the
    identities and TLP 2.0 markings that they refer to. The oldest first; `limit` counts stored
    objects and notices. Where there is more, the header `Link` leads to the next page.
    """
    viewer = request.auth.viewer
    found = _page(viewer, filters)
    wanted = set(filters.type)
    data = stix_bundle.bundle(
        one
        for one in found.items
        if not wanted or one.type in wanted or one.type == "marking-definition"
    )
    return Bytes(data, stix_bundle.MEDIA_TYPE, found.after)


def _page(viewer: Viewer, filters: StixFilters) -> Slice[StixObject]:
    part, after = _place(filters.after)
    made: list[StixObject] = []
    room = filters.limit
    if part == OBJECTS:
        stored = intel.objects(
            viewer,
            types=filters.type,
            since=filters.added_after,
            after=after,
            limit=room,
        )
        made += _of_intel(stored.items)
        if stored.after is not None:
            return Slice(tuple(made), paging.encode_cursor((OBJECTS, stored.after)))
        room, after = room - len(stored.items), None
    if filters.type and not MADE.intersection(filters.type):
        return Slice(tuple(made), None)
    if not room:
        return Slice(tuple(made), paging.encode_cursor((NOTICES, "")))
    told = notices.notices(viewer, since=filters.added_after, after=after, limit=room)
    made += _of_notices(told.items)
    following = paging.encode_cursor((NOTICES, told.after)) if told.after is not None else None
    return Slice(tuple(made), following)


def _place(after: str | None) -> tuple[str, str | None]:
    if after is None:
        return OBJECTS, None
    part, place = paging.decode_cursor(after, str, str)
    if part not in {OBJECTS, NOTICES}:
        raise BadCursor
    return part, place or None


def _of_intel(items: tuple[intel.Stored, ...]) -> Iterator[StixObject]:
    for tlp in sorted({one.tlp for one in items}):
        yield stix_bundle.marking_definition(tlp)
    for row in members.directory().filter(pk__in={one.owner for one in items}):
        yield _identity(row.slug, row.name, row.joined_at)
    for one in items:
        yield StixObject(one.stix_id, one.stix_id.partition("--")[0], one.body)


def _of_notices(items: tuple[Told, ...]) -> Iterator[StixObject]:
    for tlp in sorted({one.notice.marking for one in items}):
        yield stix_bundle.marking_definition(tlp)
    for one in items:
        owner = one.notice.owner
        yield _identity(owner.slug, owner.name, owner.joined_at)
        for row in one.vulnerabilities:
            yield stix_bundle.vulnerability(_weakness(row, one.names[row.pk]))
        yield from stix_bundle.circular(_circular(one))


def _identity(slug: str, name: str, joined: dt.datetime) -> StixObject:
    return stix_bundle.identity(Organisation(slug=slug, name=name, joined=joined))


def _weakness(row: Vulnerability, names: tuple[str, ...]) -> Weakness:
    return Weakness(
        names=names,
        title=row.title_en or row.title_ja,
        published=row.published,
        modified=row.modified,
        confidence=row.confidence,
    )


def _circular(told: Told) -> Circular:
    notice = told.notice
    about = (stix_bundle.vulnerability_id(row.preferred_id) for row in told.vulnerabilities)
    return Circular(
        number=notice.number,
        sender=notice.owner.slug,
        tlp=notice.marking,
        title=notice.title_ja,
        text=notice.text_ja,
        title_en=notice.title_en,
        text_en=notice.text_en,
        published=notice.published_at or told.changed,
        changed=told.changed,
        withdrawn=notice.withdrawn_at is not None,
        exercise=notice.exercise,
        refers_to=(*about, *told.reports),
    )
