"""STIX 2.1: an attack report as objects, and back.

Source: STIX Version 2.1 (OASIS Standard, 10 June 2021). One report becomes a ``report`` (§4.16)
that refers to an ``incident`` (§4.8), an ``indicator`` (§4.7) for each indicator, a
``vulnerability`` (§4.18) for each name and, if it is told in English too, a ``language-content``
(§7.1). Identifiers are UUIDv5 over the contents and the creator: the same report by the same
creator is the same objects, by another creator others. That makes them guessable: who knows the
contents can try every creator. What must not lead back to anybody is derived from a secret instead.
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
    """An attack report as people give it. Times are UTC; ``observed``: when it was first seen.

    ``title_en``, ``text_en``: the same in English, if ``title`` and ``text`` are in Japanese.
    """

    title: str
    text: str
    tlp: Tlp
    title_en: str = ""
    text_en: str = ""
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
    report: Report, creator: str, made: dt.datetime, *, secret: str = ""
) -> tuple[StixObject, ...]:
    """Return the report's objects, the ``report`` itself last.

    ``creator``: the identifier of the identity that makes them, at the moment ``made``.
    ``secret``: what the identifiers are derived from instead of the contents, if anything.
    """
    contents = f"{creator} {secret}" if secret else _contents(report, creator)
    base = _Base(uuid.uuid5(NAMESPACE, contents), creator, made, report.tlp)
    lang = "ja" if report.title_en else ""
    parts = [
        base.object("incident", "", name=report.title, description=report.text, lang=lang),
        *(_indicator(base, each, report) for each in sorted(set(report.indicators))),
        *(_vulnerability(base, name) for name in sorted(set(report.vulnerabilities))),
    ]
    english = [_in_english(base, report)] if report.title_en else []
    whole = base.object(
        "report",
        "",
        name=report.title,
        description=report.text,
        lang=lang,
        report_types=["threat-report"],
        published=timestamp(report.observed or made),
        object_refs=[part.id for part in parts],
    )
    return (*parts, *english, whole)


def english_id(report: str) -> str:
    """Return the identifier of the object that tells a report in English: the same number.

    A report does not refer to it: libraries take only what is no meta object for a part of one.
    """
    return f"language-content--{report.partition('--')[2]}"


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

    def identifier(self, kind: str, part: str) -> str:
        return f"{kind}--{uuid.uuid5(self.number, f'{kind}:{part}')}"

    def named(self, identifier: str, **properties: object) -> StixObject:
        kind = identifier.partition("--")[0]
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

    def object(self, kind: str, part: str, **properties: object) -> StixObject:
        return self.named(self.identifier(kind, part), **properties)


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


def _in_english(base: _Base, report: Report) -> StixObject:
    whole = base.identifier("report", "")
    return base.named(
        english_id(whole),
        object_ref=whole,
        contents={"en": {"name": report.title_en, "description": report.text_en}},
    )


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
        *([report.title_en, report.text_en] if report.title_en else []),
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


class _Wording(msgspec.Struct):
    name: str = ""
    description: str = ""


class _Body(msgspec.Struct):
    type: str
    id: str = ""
    name: str = ""
    description: str = ""
    pattern: str = ""
    created: dt.datetime | None = None
    published: dt.datetime | None = None
    object_refs: tuple[str, ...] = ()
    object_ref: str = ""
    contents: dict[str, _Wording] = {}


_bodies = msgspec.json.Decoder(_Body)


def references(body: bytes) -> tuple[str, ...]:
    """Return the identifiers of what a ``report`` consists of, whether it is in English or not.

    Raises `FormatError`.
    """
    found = _read(body)
    return (*found.object_refs, english_id(found.id))


def title(body: bytes) -> str:
    """Return the name of an object; empty if it has none. Raises `FormatError`."""
    return _read(body).name


def english_title(body: bytes) -> tuple[str, str]:
    """Return which object a ``language-content`` speaks of, and its name in English."""
    found = _read(body)
    return found.object_ref, found.contents.get("en", _Wording()).name


def report_of(whole: bytes, parts: Sequence[bytes], tlp: Tlp) -> Report:
    """Return the report that `objects_of` made objects of; raises `FormatError`."""
    head = _read(whole)
    bodies = [_read(part) for part in parts]
    english = next((one.contents["en"] for one in bodies if "en" in one.contents), _Wording())
    return Report(
        title=head.name,
        text=head.description,
        tlp=tlp,
        title_en=english.name,
        text_en=english.description,
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
