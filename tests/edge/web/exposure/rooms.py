"""What the tests of this room have in common: who asks, and what a page says."""

from __future__ import annotations

import re
from html import unescape

from django.test import Client

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Role
from noroshi.hub.matching.models import Finding, FindingAnswer
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Person
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.sector import NOON


def enter(client: Client, slug: str = "hikari", role: Role = Role.RESPONDER) -> Person:
    """Sign somebody of the organisation in."""
    person = world.person(slug, role, name=role.value.replace("_", "-"))
    sign_in(client, person)
    return person


def grant(owner: str, to: str, level: GrantLevel | None) -> None:
    """Let one organisation see something of another's."""
    one, other = directory.named(owner), directory.named(to)
    members.set_grant(one, other, level, now=NOON, actor="x")


def text(answer) -> str:
    """Return what a reader reads on a page, without the frame around it."""
    page = answer.content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def marks(client: Client, place: str) -> dict[str, str]:
    """Return the marks of the first form of a page, as a browser sends them back."""
    page = client.get(place).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    found = re.findall(r'<input type="hidden" name="(attempt|sender)" value="([^"]+)"', main)
    return dict(found[:2])


def standing() -> list[tuple[str, str, str]]:
    """Return how each finding stands: its system, status, answer."""
    rows = Finding.objects.visible_to(SystemViewer()).select_related("system")
    return [(row.system.name, row.status, row.answer) for row in rows.order_by("pk")]


def lines() -> int:
    """Return how many answers there are."""
    return FindingAnswer.objects.visible_to(SystemViewer()).count()
