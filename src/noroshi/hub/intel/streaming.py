"""All objects that a viewer may read, in the order in which they were shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

import msgspec
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual

from noroshi.core.paging import Slice, decode_cursor, encode_cursor
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.intel.models import IntelObject

_SHARED = Coalesce("published_at", "version")
"""When an object was shared; what was not, is its owner's from when it was made."""


class Stored(msgspec.Struct, frozen=True):
    """An object as it is stored, its marking, and the organisation whose it is."""

    stix_id: str
    body: bytes
    tlp: Tlp
    owner: int


def objects(
    viewer: Viewer,
    *,
    types: Collection[str] = (),
    since: dt.datetime | None = None,
    after: str | None = None,
    limit: int,
) -> Slice[Stored]:
    """Return a page of objects, each in the newest version that the viewer may read.

    ``types``: of these types alone; ``since``: shared after that. The oldest first. Raises
    `BadCursor`.
    """
    later = IntelObject.objects.visible_to(viewer).filter(
        stix_id=OuterRef("stix_id"), version__gt=OuterRef("version")
    )
    rows = IntelObject.objects.visible_to(viewer).filter(~Exists(later)).annotate(shared=_SHARED)
    if types:
        rows = rows.filter(type__in=sorted(types))
    if since is not None:
        rows = rows.filter(GreaterThan(_SHARED, since))
    if after is not None:
        at, stix_id = decode_cursor(after, dt.datetime, str)
        rows = rows.filter(
            GreaterThanOrEqual(_SHARED, at), Q(GreaterThan(_SHARED, at)) | Q(stix_id__gt=stix_id)
        )
    found = list(rows.order_by("shared", "stix_id")[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    items = (Stored(row.stix_id, bytes(row.body), row.marking, row.owner_id) for row in found)
    return Slice(tuple(items)[:limit], encode_cursor((last.shared, last.stix_id)) if last else None)
