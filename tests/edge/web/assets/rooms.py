"""What the tests of this room have in common: a member with a system, and an SBOM to send."""

from __future__ import annotations

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Criticality, Exposure, Role
from noroshi.hub.inventory import changing
from noroshi.hub.inventory.actions import NewSystem, add_inventory
from noroshi.hub.inventory.models import Inventory, System
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.feeds import Json, npm_component, sbom
from tests.hub.sector import NOON

A, B = npm_component("alpha", "1.0"), npm_component("beta", "2.0")


def system(slug: str = "hikari", name: str = "gate") -> System:
    """Add a system."""
    new = NewSystem(name, Criticality.HIGH, Exposure.OPEN)
    return changing.add_system(directory.named(slug), new, now=NOON, actor="x")


def upload(owned: System, *components: Json, at=NOON, data: bytes | None = None) -> int:
    """Store an SBOM, and return the number of the inventory."""
    data = sbom(*components) if data is None else data
    return add_inventory(owned, "gate.cdx.json", data, now=at, actor="x").number


def file(*components: Json, data: bytes | None = None, name: str = "gate.json"):
    """An SBOM as a browser sends it."""
    return SimpleUploadedFile(name, sbom(*components) if data is None else data)


def enter(client: Client, slug: str = "hikari", role: Role = Role.RESPONDER) -> None:
    """Sign somebody of the organisation in."""
    sign_in(client, world.person(slug, role, name=role.value.replace("_", "-")))


def said(answer) -> str:
    """Return what an answer says, without its own address and what is made anew for each form."""
    text = str(answer.text).replace(answer.wsgi_request.get_full_path(), "…")
    return re.sub(r'value="[^"]*"', "", text)


def grant(owner: str, to: str, level: GrantLevel | None) -> None:
    """Let one organisation see something of another's."""
    one, other = directory.named(owner), directory.named(to)
    members.set_grant(one, other, level, now=NOON, actor="x")


def inventories(owned: System) -> list[Inventory]:
    """Return what is stored for a system, the oldest first."""
    rows = Inventory.objects.visible_to(SystemViewer()).filter(system=owned)
    return list(rows.order_by("pk"))
