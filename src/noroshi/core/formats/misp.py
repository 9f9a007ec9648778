"""MISP events: the vulnerabilities that they speak of (JSON).

An event comes to one record for each CVE: those of its attributes of the type ``vulnerability``,
and those of its objects ``vulnerability``, which say more. The event itself is an advisory of each,
and what it links to is a reference. The voice is the organisation that made it, ``misp:circl``.
Events that are not for everybody are refused as a whole (`misp_marking`); one that names no CVE is
kept, and says nothing.

Sources: https://www.misp-standard.org/rfc/misp-standard-core.html,
https://github.com/MISP/misp-objects (``vulnerability``)
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from itertools import chain

import msgspec

from noroshi.core.errors import FormatError, NotAnIdentifier, WrongShape
from noroshi.core.facets import Affected, Credit, Record
from noroshi.core.formats import (
    claims,
    configurations,
    json_parts,
    mentions,
    misp_marking,
    salvage,
    strict_json,
    vectors,
)
from noroshi.core.formats.feed import RawDocument
from noroshi.core.identity import cve_id, fold, parse_cpe

SOURCE = "misp"

MOST_LINKS = 100
"""Links of one event that become references."""

LONGEST_TITLE, LONGEST_VOICE = 300, 40

_BESIDE = re.compile(
    rb'\{\s*"[0-9a-f-]{36}"\s*:\s*\{|[0-9a-f]{32},[0-9a-f-]{36}(?:\s|\Z)|-----BEGIN PGP ',
    re.IGNORECASE,
)
"""What lies beside the events of a feed: ``manifest.json``, ``hashes.csv``, signatures."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_LIKE_A_CVE = re.compile(r"\s*CVE\b", re.IGNORECASE)
_UNFIT = re.compile(r"[^\w.@-]+")
_SECONDS = re.compile(r"[1-9]\d{0,10}", re.ASCII)


class _Organisation(msgspec.Struct, frozen=True):
    name: str = ""


class _Attribute(msgspec.Struct, frozen=True):
    type: str = ""
    value: str = ""
    object_relation: str | None = None
    deleted: bool = False


class _Object(msgspec.Struct, frozen=True):
    name: str = ""
    deleted: bool = False
    attributes: list[_Attribute] = msgspec.field(name="Attribute", default_factory=list)

    def told(self, relation: str) -> list[str]:
        """Return what stands under a name of the template."""
        found = (one for one in self.attributes if not one.deleted)
        return [one.value.strip() for one in found if one.object_relation == relation]


class _Event(msgspec.Struct, frozen=True):
    uuid: str
    timestamp: str | int = ""
    organisation: _Organisation = msgspec.field(name="Orgc", default=_Organisation())
    attributes: list[_Attribute] = msgspec.field(name="Attribute", default_factory=list)
    objects: list[_Object] = msgspec.field(name="Object", default_factory=list)


class _Document(msgspec.Struct, frozen=True):
    event: _Event = msgspec.field(name="Event")


class _Outer(msgspec.Struct, frozen=True):
    """What ``restSearch`` puts around events."""

    response: list[msgspec.Raw] | None = None


_outer = msgspec.json.Decoder(_Outer)
_decoder = msgspec.json.Decoder(_Document)
_VITAL = frozenset({"$", "$.Event", "$.Event.uuid"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return an event, unread; split a list of them, or an answer to a search.

    What lies beside the events of a feed holds none.
    """
    body = payload.removeprefix(b"\xef\xbb\xbf").strip()
    if _BESIDE.match(body):
        return
    if not body.startswith(b"{") or b'"response"' not in body[:200]:
        yield from json_parts.one_or_array(payload)
        return
    try:
        events = strict_json.split(body, _outer).response
    except FormatError as error:
        yield error
        return
    if events is None:
        yield RawDocument("", body)
    for index, raw in enumerate(events or []):
        yield RawDocument(f"$.response[{index}]", bytes(raw))


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read one record for each CVE that the event speaks of."""
    try:
        value, odd = salvage.decode(document, _decoder, _VITAL)
        event = value.event
        if _UUID.fullmatch(event.uuid.lower()) is None:
            raise WrongShape("$.Event.uuid", detail="not a UUID")
        found: list[Record | FormatError] = [*odd, *_records(event)]
        refused = _refusal(document) if found else None
    except FormatError as error:
        yield error
        return
    if refused is None:
        yield from found
    else:
        yield refused


def _refusal(document: bytes) -> FormatError | None:
    tree = strict_json.tree_perhaps_with_nul(document)
    return misp_marking.refusal(tree.get("Event") if isinstance(tree, dict) else None)


def _records(event: _Event) -> Iterator[Record | FormatError]:
    by = _voice(event.organisation.name)
    alone = [one for one in event.attributes if not one.deleted]
    objects = [one for one in event.objects if not one.deleted]
    told = [one for one in objects if one.name == "vulnerability"]
    inside = chain.from_iterable(one.attributes for one in objects if one.name != "vulnerability")
    named: dict[str, list[_Object]] = {}
    for value, said in chain(
        ((value, [one]) for one in told for value in one.told("id")),
        ((one.value, []) for one in chain(alone, inside) if one.type == "vulnerability"),
    ):
        try:
            named.setdefault(_name(value), []).extend(said)
        except NotAnIdentifier as error:
            if _LIKE_A_CVE.match(value):
                yield error
    links = [one.value.strip() for one in alone if one.type == "link"][:MOST_LINKS]
    for name, of_it in named.items():
        # An object that names several describes none of them.
        own = [one for one in of_it if len(one.told("id")) == 1]
        yield _record(event, name, by, own, links)


def _name(value: str) -> str:
    return cve_id(value.strip().upper(), "$.Event")


def _record(event: _Event, name: str, by: str, told: list[_Object], links: list[str]) -> Record:
    uuid = event.uuid.lower()
    texts = [_texts(one) for one in told]
    lists = {
        relation: [text for one in told for text in one.told(relation)]
        for relation in ("references", "published", "credit")
    }
    scored = (vectors.scored(by, text) for one in told for text in one.told("cvss-string"))
    affected = (
        _affected(by, text) for one in told for text in one.told("vulnerable-configuration")
    )
    addresses = dict.fromkeys([*lists["references"], *links])
    return Record(
        source=SOURCE,
        external_id=f"{uuid}/{name}",
        names=(name,),
        advisories=(f"misp-event-{uuid}",),
        published=next(filter(None, map(claims.moment, lists["published"])), None),
        modified=_moment(event.timestamp),
        titles=claims.texts([(mentions.language(title), title) for title, _ in texts], by),
        descriptions=claims.texts([(mentions.language(text), text) for _, text in texts], by),
        severities=tuple(dict.fromkeys(filter(None, scored))),
        affected=tuple(dict.fromkeys(filter(None, affected))),
        references=claims.references((address, ()) for address in addresses),
        credits=tuple(Credit(by, one) for one in dict.fromkeys(lists["credit"]) if one),
    )


def _texts(told: _Object) -> tuple[str, str]:
    """Return title and description; a summary alone describes."""
    summary = "\n".join(told.told("summary"))
    description = "\n".join(told.told("description"))
    if not description:
        return "", summary
    return (summary if len(summary) <= LONGEST_TITLE else ""), description


def _affected(by: str, text: str) -> Affected | None:
    """Return the claim of a CPE name; ``None`` where it is none, or means no product."""
    try:
        cpe = parse_cpe(text)
    except NotAnIdentifier:
        return None
    if not configurations.names_product(cpe):
        return None
    # One without a version names the product, and does not say that all of it is affected.
    return Affected(by, cpe.identity, "generic", configurations.own_version(cpe), cpe=cpe.text)


def _voice(name: str) -> str:
    plain = _UNFIT.sub("-", fold(name)).strip("-")
    return f"{SOURCE}:{plain[:LONGEST_VOICE]}" if plain else SOURCE


def _moment(seconds: str | int) -> dt.datetime | None:
    text = str(seconds)
    if _SECONDS.fullmatch(text) is None:
        return None
    return dt.datetime.fromtimestamp(int(text), dt.UTC)
