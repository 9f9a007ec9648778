"""What members run: systems, inventories (SBOMs), components."""

from __future__ import annotations

from django.utils import timezone
from ninja import Field, Query, Router

from noroshi.core.sector import Criticality, Exposure
from noroshi.edge.exchange.rest.bearer import Call
from noroshi.edge.exchange.rest.bodies import file_of
from noroshi.edge.exchange.rest.operations import (
    ACTING,
    PLACE,
    Deed,
    Done,
    Promise,
    reading,
    writing,
)
from noroshi.edge.exchange.rest.parameters import (
    Flag,
    Line,
    OptionalNumber,
    Paged,
    Parameters,
    Row,
    Title,
)
from noroshi.edge.exchange.rest.shapes import Moment, Page, Shape
from noroshi.hub.inventory import actions, listing, queries
from noroshi.hub.inventory import models as stored
from noroshi.hub.inventory.reading import read_upload
from noroshi.hub.matching.progress import Progress, progress
from noroshi.hub.members import queries as members
from noroshi.hub.members.keys import Scope

router = Router(tags=["inventories"])

KINDS = (
    "application/json",
    "application/vnd.cyclonedx+json",
    "application/spdx+json",
    "application/xml",
    "text/xml",
    "application/vnd.cyclonedx+xml",
    "text/spdx",
    "text/plain",
    "application/octet-stream",
)
"""As what an SBOM may be sent; which dialect it is, its contents tell."""

MOST_PROBLEMS = 100
"""Problems that are listed; of more, the number is told."""


class InventoryNumber(Shape, frozen=True):
    """An inventory in short."""

    number: int
    uploaded_at: Moment
    components: int


class System(Shape, frozen=True):
    """A system. ``criticality``: how much depends on it, ``exposure``: how reachable it is.

    ``inventory`` is its current one, null while it has none.
    """

    number: int
    organisation: str
    name: str
    criticality: Criticality
    exposure: Exposure
    inventory: InventoryNumber | None


class SystemPage(Page[System], frozen=True):
    """A page of systems, in the order in which they were made."""


class InventoryHead(Shape, frozen=True):
    """An inventory in a list. ``system`` by number and name; ``dialect``: what kind of SBOM it is.

    ``unmatchable`` counts the components without a comparable version. ``added``, ``removed`` and
    ``updated`` count lines of software against the inventory before; null: there was none.
    """

    number: int
    system: int
    system_name: str
    organisation: str
    current: bool
    uploaded_at: Moment
    file: str
    dialect: str
    size: int
    components: int
    unmatchable: int
    problems: int
    added: int | None
    removed: int | None
    updated: int | None


class InventoryPage(Page[InventoryHead], frozen=True):
    """A page of inventories, the newest first."""


class UnusedPart(Shape, frozen=True):
    """Something of an SBOM that could not be used: its place, and why."""

    where: str
    text: str


class Inventory(Shape, frozen=True):
    """An inventory, and how far matching is with it.

    ``matching``: ``done`` when the findings follow from it; null for one that is not current.
    ``unused`` lists the first of its problems. ``sha256`` is that of the bytes as received.
    """

    head: InventoryHead
    subject: str
    sha256: str
    matching: Progress | None
    unused: tuple[UnusedPart, ...]


class AddedInventory(Shape, frozen=True):
    """What came of an upload. ``unchanged``: the same bytes were the current inventory already."""

    number: int
    system: int
    unchanged: bool
    components: int
    problems: int


class Component(Shape, frozen=True):
    """One software item. ``package``: its package URL, or name and version; ``path``: its place."""

    name: str
    version: str
    package: str
    kind: str
    path: str


class ComponentPage(Page[Component], frozen=True):
    """A page of components, by name."""


class InventoryFilters(Paged):
    """What is asked of the list of inventories."""

    system: OptionalNumber = Field(None, description="Of this system, by its number.")
    current: Flag = Field(
        default=True, description="Only current ones; else those they replaced as well."
    )


class ComponentFilters(Paged):
    """What is asked of the list of components."""

    q: Line = Field("", max_length=200, description="This occurs in the name or package URL.")


class Upload(Parameters):
    """What is said of an SBOM beside its bytes."""

    system: Title = Field(
        min_length=1, max_length=200, description="The system's name; made if there is none of it."
    )
    file: Line = Field("sbom", min_length=1, max_length=300, description="The file's name.")
    criticality: Criticality = Field(Criticality.MEDIUM, description="Of a system that is new.")
    exposure: Exposure = Field(Exposure.CONTROLLED, description="Of a system that is new.")


READ = Scope.READ_INVENTORIES
WRITE = Scope.WRITE_INVENTORIES


@reading(router, "/systems", Promise(scope=READ, gives=SystemPage))
def list_systems(request: Call, filters: Query[Paged]) -> SystemPage:
    """List the systems of the organisation, and of those that granted it details."""
    viewer = request.auth.viewer
    found = listing.systems(viewer, after=filters.after, limit=filters.limit)
    current = queries.current_inventories(viewer, [row.pk for row in found.items])
    items = tuple(_system(row, current.get(row.pk)) for row in found.items)
    return SystemPage(items=items, after=found.after)


@reading(router, "/systems/{number}", Promise(scope=READ, gives=System))
def get_system(request: Call, number: Row) -> System:
    """Give a system."""
    viewer = request.auth.viewer
    row = queries.system_for(viewer, number)
    return _system(row, queries.current_inventories(viewer, [row.pk]).get(row.pk))


@reading(router, "/inventories", Promise(scope=READ, gives=InventoryPage))
def list_inventories(request: Call, filters: Query[InventoryFilters]) -> InventoryPage:
    """List the inventories of the organisation, and of those that granted it details."""
    found = listing.inventories(
        request.auth.viewer,
        system=filters.system,
        current=filters.current,
        after=filters.after,
        limit=filters.limit,
    )
    return InventoryPage(items=tuple(map(_head, found.items)), after=found.after)


@writing(
    router,
    "/inventories",
    Promise(scope=WRITE, gives=AddedInventory, roles=ACTING, makes=True, files=KINDS),
)
def add_inventory(request: Call, filters: Query[Upload]) -> Deed:
    """Upload an SBOM as the current inventory of a system.

    The body is the SBOM as it is: CycloneDX or SPDX, as JSON, XML or tag-value. The same bytes
    again change nothing (200). Findings follow within seconds: see `matching` of the inventory.
    """
    caller, now = request.auth, timezone.now()
    upload = read_upload(filters.file, file_of(request, KINDS))
    new = actions.NewSystem(filters.system, filters.criticality, filters.exposure)

    def deed() -> Done:
        owner = members.named(caller.organisation)
        added = actions.add_upload(owner, new, upload, now=now, actor=caller.actor)
        system = queries.inventory_for(caller.viewer, added.number).system_id
        value = AddedInventory(
            number=added.number,
            system=system,
            unchanged=added.unchanged,
            components=added.components,
            problems=added.problems,
        )
        return Done(value, "" if added.unchanged else f"{PLACE}/inventories/{added.number}")

    return deed


@reading(router, "/inventories/{number}", Promise(scope=READ, gives=Inventory))
def get_inventory(request: Call, number: Row) -> Inventory:
    """Give an inventory, and how far matching is with it."""
    viewer = request.auth.viewer
    row = queries.inventory_for(viewer, number)
    matching = progress(viewer, row.system_id, now=timezone.now()) if row.current else None
    return Inventory(
        head=_head(row),
        subject=row.subject,
        sha256=bytes(row.sha256).hex(),
        matching=matching,
        unused=tuple(
            UnusedPart(where=each["where"], text=each["text"])
            for each in row.problems[:MOST_PROBLEMS]
        ),
    )


@reading(router, "/inventories/{number}/components", Promise(scope=READ, gives=ComponentPage))
def list_components(request: Call, number: Row, filters: Query[ComponentFilters]) -> ComponentPage:
    """List the components of an inventory."""
    found = listing.components(
        request.auth.viewer,
        number,
        words=filters.q,
        after=filters.after,
        limit=filters.limit,
    )
    return ComponentPage(items=tuple(map(_component, found.items)), after=found.after)


def _system(row: stored.System, current: stored.Inventory | None) -> System:
    return System(
        number=row.pk,
        organisation=row.organisation.slug,
        name=row.name,
        criticality=Criticality(row.criticality),
        exposure=Exposure(row.exposure),
        inventory=InventoryNumber(
            number=current.pk,
            uploaded_at=current.uploaded_at,
            components=current.component_count,
        )
        if current
        else None,
    )


def _head(row: stored.Inventory) -> InventoryHead:
    return InventoryHead(
        number=row.pk,
        system=row.system_id,
        system_name=row.system.name,
        organisation=row.system.organisation.slug,
        current=row.current,
        uploaded_at=row.uploaded_at,
        file=row.file,
        dialect=row.dialect,
        size=row.size,
        components=row.component_count,
        unmatchable=row.unmatchable,
        problems=row.problem_count,
        added=row.added,
        removed=row.removed,
        updated=row.updated,
    )


def _component(row: stored.Component) -> Component:
    return Component(
        name=row.package.name,
        version=row.package.version,
        package=row.package.text,
        kind=row.kind,
        path=row.path,
    )
