"""What members run, for the tests of matching."""

from __future__ import annotations

import datetime as dt

from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Criticality, Exposure
from noroshi.hub.inventory.actions import add_inventory, system_named
from noroshi.hub.inventory.models import System
from noroshi.hub.matching.models import Finding
from noroshi.hub.members import queries as members
from tests.hub.feeds import Json, sbom
from tests.hub.sector import NOON


def system(slug: str = "hikari", name: str = "edge") -> System:
    """Return a system that matters and can be reached by anybody."""
    owner = members.named(slug)
    return system_named(owner, name, criticality=Criticality.HIGH, exposure=Exposure.OPEN)


def runs(*components: Json, owned: System | None = None, now: dt.datetime = NOON) -> System:
    """Let a system run the components, and nothing else."""
    owned = owned or system()
    add_inventory(owned, "edge.cdx.json", sbom(*components), now=now, actor="hikari")
    return owned


def stored() -> list[Finding]:
    """Every finding there is, the oldest first."""
    return list(Finding.objects.visible_to(SystemViewer()).order_by("pk"))
