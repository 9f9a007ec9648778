"""Asking as somebody, and what of an answer counts."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import quote

import msgspec
from django.core.cache import cache
from django.db import connection, transaction
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from noroshi.core.policy.visibility import Anonymous, Member, Viewer
from noroshi.core.sector import Role
from noroshi.hub.members import keys
from noroshi.hub.members.keys import NewKey, Scope
from noroshi.hub.members.models import ApiKey, Organisation, Person
from tests.edge.web.site import sign_in
from tests.hub.sector import DAY, NOON

EVERYTHING = {
    "state": "done",
    "justification": "component_not_present",
    "text": "x",
    "text_ja": "x",
    "title_ja": "x",
    "title": "x",
    "reason": "x",
    "name": "x",
    "confirm": "yes",
    "kind": "everyone",
    "tlp": "green",
}
"""What a form might want, so that a refusal for want of words hides nothing."""

# Different each time, and nothing to do with what is there.
_FLEETING = (
    (re.compile(r'name="(csrfmiddlewaretoken|attempt|sender)" value="[^"]*"'), ""),
    (re.compile(r"(csrftoken|sessionid|messages)=[^;\r\n]*"), ""),
    (re.compile(r'"csrfmiddlewaretoken":\s*"[^"]*"'), ""),
    (re.compile(r'class="qr" src="[^"]*"|<code id="secret">\w+'), ""),
    (re.compile(r'"challenge": "[\w-]+"'), ""),
)
_HEADERS = ("ETag", "Location", "Link", "Last-Modified", "Content-Type", "Retry-After", "Allow")


class Answer(msgspec.Struct, frozen=True):
    """What somebody can see of an answer, without what is fleeting."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str

    def without(self, address: str, name: str) -> Answer:
        """Return the answer with what was asked for taken out: its address, and a long name."""

        def out(text: str) -> str:
            text = text.replace(address, "·").replace(quote(address, safe=""), "·")
            return text.replace(name, "·") if len(name) > 9 else text

        headers = tuple((header, out(value)) for header, value in self.headers)
        return Answer(self.status, headers, out(self.body))

    @property
    def text(self) -> str:
        """All of it, as one text."""
        return "\n".join((*(value for _, value in self.headers), self.body))


class Somebody:
    """Somebody at the site (a person, or nobody in particular) or at the API (a program)."""

    def __init__(self, label: str, viewer: Viewer, client: Asker, headers: Mapping[str, str]):
        self.label, self.viewer = label, viewer
        self._client, self._headers = client, dict(headers)

    def ask(self, address: str, method: str = "GET", data: object = None) -> Answer:
        """Ask, and undo whatever that did."""
        with transaction.atomic():
            answer = self._answer(address, method, data)
            transaction.set_rollback(True)
        return answer

    def queries(self, address: str, method: str = "GET", data: object = None) -> list[str]:
        """Ask, and return the shape of each query that it took (the time it takes, in effect)."""
        with transaction.atomic(), CaptureQueriesContext(connection) as taken:
            self._answer(address, method, data)
            transaction.set_rollback(True)
        return [re.sub(r"'[^']*'|\d+", "?", query["sql"])[:400] for query in taken.captured_queries]

    def _answer(self, address: str, method: str, data: object) -> Answer:
        kind = {"content_type": "application/json"} if address.startswith("/api/") else {}
        response = self._client.generic_request(method, address, data, self._headers, **kind)
        body = whole(response)
        for pattern, put in _FLEETING:
            body = pattern.sub(put, body)
        headers = tuple(
            (name, response.headers[name]) for name in _HEADERS if name in response.headers
        )
        return Answer(response.status_code, headers, body)


class Asker(Client):
    """A client that asks in any way, also with data."""

    def generic_request(
        self, method: str, address: str, data: object, headers: Mapping[str, str], **more: str
    ) -> HttpResponseBase:
        """Ask."""
        send = getattr(self, method.lower())
        if method in {"GET", "HEAD"}:
            return send(address, headers=headers)  # type: ignore[no-any-return]  # found by its name
        return send(address, data or {}, headers=headers, **more)  # type: ignore[no-any-return]  # found by its name


def whole(response: HttpResponseBase) -> str:
    """Return the body, streamed or not; of a workbook, what is in it but for its date."""
    assert isinstance(response, HttpResponse | StreamingHttpResponse)
    body = response.getvalue()
    if "spreadsheetml" in response.headers.get("Content-Type", ""):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            parts = [name for name in book.namelist() if name.startswith("xl/")]
            body = b"\n".join(book.read(name) for name in sorted(parts))
    return body.decode(errors="replace")


@contextmanager
def person(row: Person, role: Role) -> Iterator[Somebody]:
    """Be this person, in this role."""
    with transaction.atomic():
        cache.clear()
        Person.objects.filter(pk=row.pk).update(role=role.value)
        row = Person.objects.get(pk=row.pk)
        client = Asker()
        sign_in(client, row)
        Person.objects.filter(pk=row.pk).update(last_login=NOON)  # the same in every round
        viewer = Member(row.organisation_id, row.pk, role)
        yield Somebody(f"{row.email} as {role.value}", viewer, client, {})
        transaction.set_rollback(True)


@contextmanager
def nobody() -> Iterator[Somebody]:
    """Be signed out."""
    cache.clear()
    yield Somebody("nobody", Anonymous(), Asker(), {})


@contextmanager
def program(organisation: Organisation, role: Role) -> Iterator[Somebody]:
    """Be a program of an organisation, with a key that may use everything."""
    with transaction.atomic():
        cache.clear()
        text = _key(organisation, role)
        viewer = Member(organisation.pk, None, role)
        headers = {"Authorization": f"Bearer {text}"}
        yield Somebody(f"a key of {organisation.slug} as {role.value}", viewer, Asker(), headers)
        transaction.set_rollback(True)


def _key(organisation: Organisation, role: Role) -> str:
    now = timezone.now()
    new = NewKey(name="k", role=Role.RESPONDER, scopes=frozenset(Scope), expires_at=now + DAY)
    home = Organisation.objects.get(slug=organisation.slug)
    made = keys.make_key(home, None, new, now=now, actor="system")
    # Any role in any organisation, also where there is none: the rule must hold all the same.
    ApiKey.objects.filter(pk=made.row.pk).update(role=role.value)
    return made.text
