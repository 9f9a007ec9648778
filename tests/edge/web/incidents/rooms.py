"""Furniture for the pages about incidents: reports made, given, and read through the pages."""

from __future__ import annotations

import re
from typing import Any

from django.test import Client

from noroshi.core.sector import Role
from noroshi.hub.intel import queries, reviews
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Person
from tests.edge.web.site import sign_in
from tests.hub import sector as world

FIELDS: dict[str, Any] = {
    "title": "不審な通信",
    "text": "架空hikariの端末から外部への通信を確認した。",
    "indicators": "bad[.]example\n198.51.100.7\nhxxp://bad[.]example/x",
    "vulnerabilities": "CVE-2021-44228",
    "tlp": "amber",
    "observed": "2026-05-31T12:00",
}


def enter(client: Client, slug: str, role: Role, name: str = "taro") -> Person:
    """Sign somebody new in."""
    person = world.person(slug, role, name)
    sign_in(client, person)
    return person


def reported(client: Client, **fields: Any) -> str:
    """Report through the page; return the STIX id of the draft."""
    answer = client.post("/incidents/new", {**FIELDS, **fields})
    assert answer.status_code == 302, answer.content.decode()
    name = re.fullmatch(r"/incidents/(report--[0-9a-f-]{36})/handover", answer["Location"])
    assert name is not None
    return name[1]


def given(client: Client, stix_id: str, **fields: Any) -> None:
    """Give a draft to the hub through the page."""
    answer = client.post(
        f"/incidents/{stix_id}/handover", {**FIELDS, **fields, "give": "1"}, follow=False
    )
    assert answer.status_code == 302, answer.content.decode()


def text(client: Client, path: str, status: int = 200) -> str:
    """Return a page."""
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
    return str(answer.content.decode())


def review_name(analyst: Person) -> str:
    """Return what the hub calls the only report it was given."""
    (head,) = reviews.reviews(directory.viewer_of(analyst)).items
    return head.name


def sharing(client: Client, path: str, **fields: Any) -> dict[str, Any]:
    """Return the fields of the sharing form as the page shows them, with some changed."""
    page = text(client, path)
    version = re.search(r'name="version" value="([^"]+)"', page)
    assert version is not None
    keys = re.findall(r'name="indicators" value="([^"]+)"', page)
    return {
        "title": "外部への不審な通信",
        "text": "端末から外部への通信があった。",
        "title_en": "",
        "text_en": "",
        "indicators": keys,
        "vulnerabilities": "CVE-2021-44228",
        "tlp": "amber",
        "observed": "on",
        "version": version[1],
        "to": "some",
        "districts": "tohoku",
        **fields,
    }


def reads(person: Person) -> set[str]:
    """Return the titles of the reports that somebody may read."""
    return {head.title for head in queries.reports(directory.viewer_of(person))}
