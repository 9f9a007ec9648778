"""STIX 2.1 bundles: stored objects as they are, and what they refer to made beside them.

Source: STIX Version 2.1 (OASIS Standard, 10 June 2021), and the TLP 2.0 extension of the OASIS
common object repository. A bundle has no meaning of its own (§8): its identifier is derived from
its contents, so that equal contents are equal bytes. A list in STIX is never empty (§2.7), and
libraries do not read a bundle without one: so a bundle always holds the marking TLP:CLEAR.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Iterable

import msgspec

from noroshi.core.formats.stix import NAMESPACE, StixObject, identity_id, timestamp
from noroshi.core.policy.marking import Tlp

MEDIA_TYPE = "application/stix+json;version=2.1"

_TLP_EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
_TLP_CREATED = "2022-10-01T00:00:00.000Z"  # part of the published objects, as their identifiers
_DAWN = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

_SOURCES = {"CVE": "cve", "GHSA": "ghsa", "JVNDB": "jvndb", "OSV": "osv", "RHSA": "redhat"}
"""Beginning of a name → what STIX calls whoever gives such names (§4.18: ``cve``)."""


class Organisation(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who makes objects."""

    slug: str
    name: str
    joined: dt.datetime


class Weakness(msgspec.Struct, frozen=True, kw_only=True):
    """A vulnerability that a notice speaks of; ``names``: all of them, the preferred one first."""

    names: tuple[str, ...]
    title: str
    published: dt.datetime | None
    modified: dt.datetime | None
    confidence: int | None


class Circular(msgspec.Struct, frozen=True, kw_only=True):
    """A published notice. ``refers_to``: the STIX ids of what it is about.

    ``changed`` is when it was published, revised or withdrawn, whatever came last.
    """

    number: str
    sender: str
    tlp: Tlp
    title: str
    text: str
    title_en: str
    text_en: str
    published: dt.datetime
    changed: dt.datetime
    withdrawn: bool
    exercise: bool
    refers_to: tuple[str, ...]


def bundle(objects: Iterable[StixObject]) -> bytes:
    """Return the bundle of these objects, each once and as its bytes are."""
    clear = marking_definition(Tlp.CLEAR)
    bodies = {one.id: one.body for one in (clear, *objects)}.values()
    digest = hashlib.sha256(b"\n".join(bodies)).hexdigest()
    identifier = f"bundle--{uuid.uuid5(NAMESPACE, f'bundle:{digest}')}"
    head = b'{"type":"bundle","id":"%s","objects":[' % identifier.encode()
    return head + b",".join(bodies) + b"]}"


def marking_definition(tlp: Tlp) -> StixObject:
    """Return the object that a TLP 2.0 marking refers to, as it is published."""
    return _object(
        tlp.stix_id,
        created=_TLP_CREATED,
        name=tlp.label,
        extensions={_TLP_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": tlp.value}},
    )


def identity(organisation: Organisation) -> StixObject:
    """Return the identity that stands for an organisation (§4.5)."""
    at = timestamp(organisation.joined)
    return _object(
        identity_id(organisation.slug),
        created=at,
        modified=at,
        name=organisation.name,
        identity_class="organization",
        object_marking_refs=[Tlp.CLEAR.stix_id],
    )


def vulnerability_id(name: str) -> str:
    """Return the identifier of a vulnerability by its preferred name."""
    return f"vulnerability--{uuid.uuid5(NAMESPACE, f'vulnerability:{name}')}"


def vulnerability(known: Weakness) -> StixObject:
    """Return a vulnerability with its names (§4.18)."""
    created = known.published or known.modified or _DAWN
    facts: dict[str, object] = {"confidence": known.confidence} if known.confidence else {}
    return _object(
        vulnerability_id(known.names[0]),
        created=timestamp(created),
        modified=timestamp(max(created, known.modified or created)),
        name=known.names[0],
        description=known.title,
        external_references=[
            {"source_name": _source(name), "external_id": name} for name in known.names
        ],
        object_marking_refs=[Tlp.CLEAR.stix_id],
        **facts,
    )


def circular(notice: Circular) -> tuple[StixObject, ...]:
    """Return a notice as a ``report`` (§4.16), and its English text, if it has one (§7.1).

    A report refers to something: a notice about nothing in particular, to its sender.
    """
    number = uuid.uuid5(NAMESPACE, f"notice:{notice.number}")
    facts = {
        "created_by_ref": identity_id(notice.sender),
        "created": timestamp(notice.published),
        "modified": timestamp(notice.changed),
        "object_marking_refs": [notice.tlp.stix_id],
        **({"revoked": True} if notice.withdrawn else {}),
    }
    whole = _object(
        f"report--{number}",
        **facts,
        lang="ja",
        name=notice.title,
        description=notice.text,
        published=timestamp(notice.published),
        labels=["notice", *(["exercise"] if notice.exercise else [])],
        external_references=[{"source_name": "noroshi", "external_id": notice.number}],
        object_refs=list(notice.refers_to) or [identity_id(notice.sender)],
    )
    if not notice.title_en:
        return (whole,)
    english = _object(
        f"language-content--{number}",
        **facts,
        object_ref=whole.id,
        object_modified=timestamp(notice.changed),
        contents={"en": {"name": notice.title_en, "description": notice.text_en}},
    )
    return (whole, english)


def _source(name: str) -> str:
    beginning = name.partition("-")[0]
    return _SOURCES.get(beginning, beginning.lower() or "unknown")


def _object(identifier: str, **properties: object) -> StixObject:
    kind = identifier.partition("--")[0]
    body = {
        "type": kind,
        "spec_version": "2.1",
        "id": identifier,
        **{key: value for key, value in properties.items() if value != ""},
    }
    return StixObject(identifier, kind, msgspec.json.encode(body))
