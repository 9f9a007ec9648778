"""All systems of an organisation, and what others let the reader see of theirs."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.core.policy.visibility import GrantLevel
from noroshi.edge.web.assets.forms import SearchForm
from noroshi.edge.web.assets.roles import ACTING
from noroshi.edge.web.pages import Visit, page, show
from noroshi.edge.web.paging import Leaf, leaf
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.models import Inventory, System
from noroshi.hub.inventory.queries import Counted
from noroshi.hub.matching import tallies
from noroshi.hub.matching.tallies import Tally
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation


class Line(msgspec.Struct, frozen=True):
    """One system in the list: what it runs now, and what concerns it."""

    system: System
    inventory: Inventory | None
    tally: Tally


class Other(msgspec.Struct, frozen=True):
    """An organisation that lets the reader see numbers, or everything."""

    organisation: Organisation
    counted: Counted
    tally: Tally
    open: bool


@page()
def assets(request: Visit) -> HttpResponse:
    """Show the organisation's own systems, and whose numbers the reader may see."""
    own = request.person.organisation
    others = (
        leaf(request, _others(request), name="others")
        if not SearchForm.asked(request).text
        else None
    )
    return _show(request, own, {"others": others, "may_change": request.viewer.role in ACTING})


@page()
def assets_of(request: Visit, organisation: str) -> HttpResponse:
    """Show the systems of an organisation that lets the reader see them."""
    found = Organisation.objects.filter(slug=organisation).first()
    opened = members.granting(request.viewer, GrantLevel.DETAIL)
    if found is None or found.pk not in opened:
        raise NotFound(kind=_("organisation"), name=organisation)
    return _show(request, found, {})


def _show(request: Visit, organisation: Organisation, more: dict[str, Any]) -> HttpResponse:
    search = SearchForm.asked(request)
    rows = queries.systems_of(request.viewer, organisation.pk, words=search.text)
    systems = leaf(request, rows)
    context = {
        "organisation": organisation,
        "own": organisation.pk == request.viewer.organisation,
        "search": search,
        "systems": systems,
        "lines": _lines(request, systems),
        "retired": queries.retired_systems(request.viewer, organisation.pk)[:20],
        **more,
    }
    return show(request, "assets/systems.html", context)


def _lines(request: Visit, systems: Leaf[System]) -> list[Line]:
    numbers = [system.pk for system in systems]
    current = queries.current_inventories(request.viewer, numbers)
    counted = tallies.by_system(request.viewer, numbers)
    return [
        Line(system, current.get(system.pk), counted.get(system.pk, Tally())) for system in systems
    ]


def _others(request: Visit) -> list[Other]:
    """Return the organisations that let the reader count, by district; the own one is no other."""
    counted, found = queries.counted(request.viewer), tallies.by_organisation(request.viewer)
    opened = members.granting(request.viewer, GrantLevel.DETAIL)
    rows = members.directory().filter(
        pk__in=members.granting(request.viewer, GrantLevel.COUNTS) - {request.viewer.organisation}
    )
    return [
        Other(row, counted.get(row.pk, Counted(0, 0)), found.get(row.pk, Tally()), row.pk in opened)
        for row in rows
    ]
