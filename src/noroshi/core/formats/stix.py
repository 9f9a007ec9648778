"""STIX 2.1: an attack report as objects, and back.

Source: STIX Version 2.1 (OASIS Standard, 10 June 2021). One report becomes a ``report`` (§4.16)
that refers to an ``incident`` (§4.8), an ``indicator`` (§4.7) for each indicator and a
``vulnerability`` (§4.18) for each name. Identifiers are UUIDv5 over the contents and the creator:
the same report by the same creator is the same objects, by another creator others. What is made
of an earlier report is derived from *its* identifier, which only its owner knows: nobody else can
tell from the new identifiers what they were made of.
"""

from __future__ import annotations

import datetime as dt
import re
import uuid
from collections.abc import Sequence

import msgspec

from noroshi.core.errors import BrokenJson, WrongShape
from noroshi.core.indicators import Indicator, IndicatorType, indicator
from noroshi.core.policy.marking import Tlp

NAMESPACE = uuid.UUID("7d0c4a52-6a0e-5b1f-9f3e-3f6b7b0f2f10")
"""What all identifiers of this platform are derived from."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """An attack report as people give it. Times are UTC; ``observed``: when it was first seen."""

    title: str
    text: str
    tlp: Tlp
    indicators: tuple[Indicator, ...] = ()
    vulnerabilities: tuple[str, ...] = ()
    observed: dt.datetime | None = None


class StixObject(msgspec.Struct, frozen=True):
    """One object: its identifier, its type, and its JSON as it is stored and served."""

    id: str
    type: str
    body: bytes


def identity_id(name: str) -> str:
    """Return the identifier of the identity that stands for an organisation's short name."""
    return f"identity--{uuid.uuid5(NAMESPACE, f'identity:{name}')}"


def objects_of(
    report: Report, creator: str, made: dt.datetime, *, origin: str = ""
) -> tuple[StixObject, ...]:
    """Return the report's objects, the ``report`` itself last.

    ``creator``: the identifier of the identity that makes them, at the moment ``made``.
    ``origin``: the identifier of the report that this one is made of, if it is.
    """
    contents = f"{creator} {origin}" if origin else _contents(report, creator)
    base = _Base(uuid.uuid5(NAMESPACE, contents), creator, made, report.tlp)
    parts = [
        base.object("incident", "", name=report.title, description=report.text),
        *(_indicator(base, each, report) for each in sorted(set(report.indicators))),
        *(_vulnerability(base, name) for name in sorted(set(report.vulnerabilities))),
    ]
    whole = base.object(
        "report",
        "",
        name=report.title,
        description=report.text,
        report_types=["threat-report"],
        published=timestamp(report.observed or made),
        object_refs=[part.id for part in parts],
    )
    return (*parts, whole)


def timestamp(moment: dt.datetime) -> str:
    """Return a moment as STIX writes it (§3.2), in milliseconds."""
    text = moment.astimezone(dt.UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"


class _Base(msgspec.Struct, frozen=True):
    """What all objects of one report have in common."""

    number: uuid.UUID
    creator: str
    made: dt.datetime
    tlp: Tlp

    def object(self, kind: str, part: str, **properties: str | list[str]) -> StixObject:
        number = uuid.uuid5(self.number, f"{kind}:{part}")
        identifier = f"{kind}--{number}"
        body = {
            "type": kind,
            "spec_version": "2.1",
            "id": identifier,
            "created_by_ref": self.creator,
            "created": timestamp(self.made),
            "modified": timestamp(self.made),
            "object_marking_refs": [self.tlp.stix_id],
            **{key: value for key, value in properties.items() if value},
        }
        return StixObject(identifier, kind, msgspec.json.encode(body))


def _indicator(base: _Base, item: Indicator, report: Report) -> StixObject:
    return base.object(
        "indicator",
        f"{item.type.value}:{item.value}",
        name=item.value,
        pattern=pattern(item),
        pattern_type="stix",
        valid_from=timestamp(report.observed or base.made),
    )


def _vulnerability(base: _Base, name: str) -> StixObject:
    return base.object("vulnerability", name, name=name)


def _contents(report: Report, creator: str) -> str:
    items = sorted({(item.type.value, item.value) for item in report.indicators})
    fields = [
        creator,
        report.title,
        report.text,
        report.tlp.value,
        items,
        sorted(set(report.vulnerabilities)),
        timestamp(report.observed) if report.observed else None,
    ]
    return msgspec.json.encode(fields).decode()


# --- patterns (§9) ---

_PATHS = {
    IndicatorType.IPV4: "ipv4-addr:value",
    IndicatorType.IPV6: "ipv6-addr:value",
    IndicatorType.DOMAIN: "domain-name:value",
    IndicatorType.URL: "url:value",
    IndicatorType.SHA256: "file:hashes.'SHA-256'",
    IndicatorType.EMAIL: "email-addr:value",
}
_TYPES = {path: kind for kind, path in _PATHS.items()}
_PATTERN = re.compile(r"\[(\S+) = '((?:[^'\\]|\\['\\])*)'\]")


def pattern(item: Indicator) -> str:
    """Return the pattern that finds an indicator; quotes and backslashes are escaped (§9.2.2)."""
    value = item.value.replace("\\", "\\\\").replace("'", "\\'")
    return f"[{_PATHS[item.type]} = '{value}']"


def read_pattern(text: str) -> Indicator:
    """Return the indicator that a pattern of ours finds; raises `WrongShape` for any other."""
    match = _PATTERN.fullmatch(text)
    if match is None or match[1] not in _TYPES:
        raise WrongShape(detail="a pattern of one indicator")
    return indicator(_TYPES[match[1]], re.sub(r"\\(.)", r"\1", match[2]))


# --- reading our own objects back ---


class _Body(msgspec.Struct):
    type: str
    name: str = ""
    description: str = ""
    pattern: str = ""
    created: dt.datetime | None = None
    published: dt.datetime | None = None
    object_refs: tuple[str, ...] = ()


_bodies = msgspec.json.Decoder(_Body)


def references(body: bytes) -> tuple[str, ...]:
    """Return the identifiers a ``report`` refers to; raises `FormatError`."""
    return _read(body).object_refs


def title(body: bytes) -> str:
    """Return the name of an object; empty if it has none. Raises `FormatError`."""
    return _read(body).name


def report_of(whole: bytes, parts: Sequence[bytes], tlp: Tlp) -> Report:
    """Return the report that `objects_of` made objects of; raises `FormatError`."""
    head = _read(whole)
    bodies = [_read(part) for part in parts]
    return Report(
        title=head.name,
        text=head.description,
        tlp=tlp,
        indicators=tuple(read_pattern(one.pattern) for one in bodies if one.type == "indicator"),
        vulnerabilities=tuple(one.name for one in bodies if one.type == "vulnerability"),
        # Without a time of observation the report was dated with its making.
        observed=head.published if head.published != head.created else None,
    )


def _read(body: bytes) -> _Body:
    try:
        return _bodies.decode(body)
    except msgspec.ValidationError as error:
        raise WrongShape(detail=str(error)) from error
    except msgspec.DecodeError as error:
        raise BrokenJson(detail=str(error)) from error
