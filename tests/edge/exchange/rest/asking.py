"""Programs with keys, and what they ask."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

from django.test import Client
from django.utils import timezone

from noroshi.core.policy.visibility import Member
from noroshi.core.sector import Role
from noroshi.hub.members import keys, queries
from noroshi.hub.members.keys import NewKey, Scope

PLACE = "/api/v1"
EVERYTHING = frozenset(Scope)
DAY = dt.timedelta(days=1)


class Program:
    """A program that asks with a key; without one, it sends none."""

    def __init__(self, key: str = "") -> None:
        self.client = Client()
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def get(self, path: str, headers: dict[str, str] | None = None, **parameters: Any) -> Answer:
        """Ask for something."""
        found = self.client.get(PLACE + path, parameters, headers=self.headers | (headers or {}))
        return Answer(found)

    def post(
        self,
        path: str,
        body: Any = None,
        *,
        data: bytes | None = None,
        kind: str = "application/json",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Send something: a value as JSON, or bytes as they are."""
        sent = data if data is not None else b"" if body is None else json.dumps(body).encode()
        found = self.client.post(
            PLACE + path, sent, content_type=kind, headers=self.headers | (headers or {})
        )
        return Answer(found)

    def everything(self, path: str, **parameters: Any) -> list[Any]:
        """Return the items of all pages of a list."""
        found: list[Any] = []
        after: dict[str, Any] = {}
        while True:
            page = self.get(path, **parameters, **after).ok()
            found += page["items"]
            if page["after"] is None:
                return found
            after = {"after": page["after"]}


class Answer:
    """An answer: its status, its headers, and what it says."""

    def __init__(self, response: Any) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.body = response.content

    @property
    def json(self) -> Any:
        """What it says."""
        return json.loads(self.body)

    def ok(self, status: int = 200) -> Any:
        """Return what it says, if it went well."""
        assert self.status == status, (self.status, self.body)
        return self.json

    def problem(self) -> tuple[int, str]:
        """Return status and code of a problem."""
        assert self.headers["Content-Type"] == "application/problem+json"
        said = self.json
        assert set(said) == {"type", "title", "status", "detail", "instance", "code", "errors"}
        assert said["status"] == self.status
        assert said["type"] == f"urn:noroshi:problem:{said['code']}"
        assert said["title"]
        assert said["detail"]
        return self.status, said["code"]


def program(
    slug: str = "minato",
    role: Role = Role.RESPONDER,
    scopes: Iterable[Scope] = EVERYTHING,
    networks: tuple[str, ...] = (),
) -> Program:
    """Return a program of an organisation, with a key that the node made."""
    now = timezone.now()
    new = NewKey(
        name="test",
        role=role,
        scopes=frozenset(scopes),
        expires_at=now + DAY,
        networks=networks,
    )
    return Program(keys.make_key(queries.named(slug), None, new, now=now, actor="system").text)


def viewer_of(slug: str, role: Role = Role.RESPONDER) -> Member:
    """Return as whom such a program reads."""
    return Member(queries.named(slug).pk, None, role)
