"""What the tests of notices have in common: signing in, reading a page, filling in a form."""

from __future__ import annotations

import html
import re
from typing import Any

from django.http import HttpResponse
from django.test import Client

from noroshi.core.formats.stix import Report as AttackReport
from noroshi.core.formats.stix import identity_id, objects_of
from noroshi.core.policy.audience import Audience
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Member, System
from noroshi.core.sector import Role
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.members import queries as members
from noroshi.hub.members.audiences import audience_row
from noroshi.hub.members.models import Person
from noroshi.hub.notices.models import Notice
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.sector import NOON

Answer = HttpResponse | Any

FORM = {
    "title_ja": "至急の確認",
    "text_ja": "本文です。",
    "title_en": "Please check",
    "text_en": "This is the text.",
    "vulnerabilities": "",
    "tlp": "amber",
    "hours": "24",
}
"""A notice as it is typed, for nobody yet."""


def enter(client: Client, slug: str = "hikari", role: Role = Role.RESPONDER) -> Person:
    """Sign somebody of the organisation in."""
    name = role.value.replace("_", "-")
    known = Person.objects.filter(email=f"{name}@{slug}.example").first()
    person = known or world.person(slug, role, name=name)
    sign_in(client, person)
    return person


def analyst(client: Client) -> Member:
    """Sign an analyst of the hub in."""
    return members.viewer_of(enter(client, "isac", Role.HUB_ANALYST))


def page(client: Client, path: str, status: int = 200) -> str:
    """Open a page and return what it says, as people read it."""
    return text_of(client.get(path), status)


def text_of(answer: Answer, status: int = 200) -> str:
    """Return what an answer says, as people read it."""
    assert answer.status_code == status, (answer.status_code, answer.headers.get("Location"))
    return html.unescape(answer.content.decode())


def main(text: str) -> str:
    """Return the part of a page between its head and its foot, without its tags."""
    inner = text.partition("<main")[2].partition("</main>")[0].partition(">")[2]
    return " ".join(re.sub(r"<[^>]*>", " ", inner).split())


def value(text: str, name: str) -> str:
    """Return what stands in a hidden field."""
    found = re.search(rf'name="{name}"[^>]*value="([^"]*)"', text)
    assert found, name
    return found[1]


def only_notice() -> Notice:
    """Return the one notice there is."""
    return Notice.objects.visible_to(System()).get()


def written(client: Client, **changes: Any) -> str:
    """Write a draft with the form, and return its name."""
    answer = client.post("/notices/new", {**FORM, "save": "1", **changes})
    assert answer.status_code == 302, main(text_of(answer, answer.status_code))
    found: str = answer.headers["Location"].split("/")[2]
    return found


def attack_report(title: str, audience: Audience | None, tlp: Tlp = Tlp.GREEN) -> str:
    """Let the hub share an attack report (with nobody: keep it as a draft); return its name."""
    owner = members.named("isac")
    made = objects_of(AttackReport(title=title, text=title, tlp=tlp), identity_id("isac"), NOON)
    IntelObject.objects.bulk_create(
        IntelObject(
            stix_id=one.id,
            version=NOON,
            type=one.type,
            body=one.body,
            owner=owner,
            tlp=tlp.rank,
            audience=audience_row(audience) if audience else None,
            published_at=NOON if audience else None,
        )
        for one in made
    )
    return made[-1].id
