"""Which vulnerabilities concern the viewer's own organisation, and which others it may know of."""

from __future__ import annotations

from collections.abc import Collection

import msgspec
from django.db.models import Count, Q, QuerySet

from noroshi.core.policy.visibility import Member, Viewer
from noroshi.hub.matching.models import Finding
from noroshi.hub.matching.queries import LIVE
from noroshi.hub.scope import ScopedQuerySet


class Concerned(msgspec.Struct, frozen=True):
    """The systems that a vulnerability concerns: some of each kind, and how many there are.

    ``own``: of the viewer's own organisation; ``others``: of those who let the viewer see theirs.
    """

    own: tuple[Finding, ...]
    number_own: int
    others: tuple[Finding, ...]
    number_others: int


def own_vulnerabilities(viewer: Viewer) -> QuerySet[Finding, int]:
    """Return the ids of the vulnerabilities that concern the viewer's own organisation."""
    return _live(viewer).filter(_own(viewer)).values_list("vulnerability", flat=True)


def own_systems(viewer: Viewer, vulnerabilities: Collection[int]) -> dict[int, int]:
    """Return how many systems of the viewer's own organisation each of them concerns."""
    rows = _live(viewer).filter(_own(viewer), vulnerability__in=vulnerabilities)
    counted = rows.values("vulnerability").annotate(number=Count("pk"))
    return {row["vulnerability"]: row["number"] for row in counted}


def concerned(viewer: Viewer, vulnerability: int, most: int) -> Concerned:
    """Return the systems that a vulnerability concerns, at most so many of each kind."""
    rows = _live(viewer).filter(vulnerability=vulnerability)
    ordered = rows.order_by("system__organisation__slug", "system__name")
    related = ordered.select_related("system__organisation")
    found = tuple(related[: most + 1])
    if len(found) <= most:
        own = tuple(row for row in found if row.system.organisation_id == _organisation(viewer))
        others = tuple(row for row in found if row not in own)
        return Concerned(own, len(own), others, len(others))
    own = tuple(related.filter(_own(viewer))[:most])
    others = tuple(related.exclude(_own(viewer))[:most])
    number_own = rows.filter(_own(viewer)).count()
    return Concerned(own, number_own, others, rows.count() - number_own)


def _live(viewer: Viewer) -> ScopedQuerySet[Finding]:
    rows = Finding.objects.visible_to(viewer)
    return rows.filter(status__in=LIVE, system__retired_at=None)


def _own(viewer: Viewer) -> Q:
    organisation = _organisation(viewer)
    return Q(system__organisation__in=[organisation] if organisation else [])


def _organisation(viewer: Viewer) -> int | None:
    return viewer.organisation if isinstance(viewer, Member) else None
