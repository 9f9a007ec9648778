"""The sample's files as typed values."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from noroshi.core.sector import Criticality, District, Exposure, OrganisationKind, Role, Sector

FOLDER = Path(__file__).resolve().parent.parent / "sample"


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of the entries: a word nobody knows is an error, not a silent nothing."""


class OrganisationEntry(Entry, frozen=True, kw_only=True):
    """An organisation."""

    slug: str
    name: str
    name_en: str
    kind: OrganisationKind
    sector: Sector
    district: District | None = None


class CommunityEntry(Entry, frozen=True, kw_only=True):
    """A community: listed, by rule, or made of others."""

    slug: str
    name: str
    name_en: str
    members: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    sector: Sector | None = None
    district: District | None = None
    kind: OrganisationKind | None = None


class PersonEntry(Entry, frozen=True, kw_only=True):
    """A person."""

    email: str
    name: str
    organisation: str
    role: Role


class SystemEntry(Entry, frozen=True, kw_only=True):
    """A system and its SBOM, a file of ``sboms/``."""

    organisation: str
    name: str
    criticality: Criticality
    exposure: Exposure
    sbom: str


class Indicator(Entry, frozen=True, kw_only=True):
    """One thing to look for."""

    type: str
    value: str


class AttackEntry(Entry, frozen=True, kw_only=True):
    """An attack a member reports."""

    reporter: str
    title: str
    title_en: str
    text: str
    text_en: str
    tlp: str
    observed: dt.datetime
    indicators: tuple[Indicator, ...]
    vulnerabilities: tuple[str, ...]


class AudienceEntry(Entry, frozen=True, kw_only=True):
    """To whom a notice goes."""

    districts: tuple[District, ...] = ()
    sectors: tuple[Sector, ...] = ()
    kinds: tuple[OrganisationKind, ...] = ()
    communities: tuple[str, ...] = ()
    organisations: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    only_affected: bool = False
    inform_bureaus: bool = False


class NoticeEntry(Entry, frozen=True, kw_only=True):
    """A notice; ``published`` counts from the beginning (``+2h``)."""

    slug: str
    title: str
    title_en: str
    text: str
    text_en: str
    tlp: str
    vulnerabilities: tuple[str, ...] = ()
    audience: AudienceEntry
    published: str
    respond_within: int | None = None
    author: str

    @property
    def hour(self) -> float:
        """Hours from the beginning to the publication."""
        return float(self.published.removeprefix("+").removesuffix("h"))


Act = Literal["read", "acknowledge", "responding", "done", "not_affected"]


class ResponseEntry(Entry, frozen=True, kw_only=True):
    """What an organisation answers, ``after`` hours from the publication."""

    notice: str
    organisation: str
    after: float
    act: Act
    text: str


class Sample(msgspec.Struct, frozen=True):
    """The whole sample."""

    organisations: tuple[OrganisationEntry, ...]
    communities: tuple[CommunityEntry, ...]
    people: tuple[PersonEntry, ...]
    systems: tuple[SystemEntry, ...]
    attacks: tuple[AttackEntry, ...]
    notices: tuple[NoticeEntry, ...]
    responses: tuple[ResponseEntry, ...]

    @property
    def hours(self) -> float:
        """Hours from the beginning of the story to its last answer."""
        begun = {notice.slug: notice.hour for notice in self.notices}
        return max(begun[answer.notice] + answer.after for answer in self.responses)


def sbom(name: str) -> bytes:
    """Return one of the sample's SBOMs."""
    return (FOLDER / "sboms" / name).read_bytes()


FEEDS = (
    ("cve5", FOLDER / "feeds" / "cve5.jsonl"),
    ("nvd", FOLDER / "feeds" / "nvd.jsonl"),
    ("kev", FOLDER / "feeds" / "kev.json"),
    ("epss", FOLDER / "feeds" / "epss.csv"),
)
"""Source and file of each of the sample's feeds."""


def read() -> Sample:
    """Read the sample; raises `msgspec.ValidationError` if its files are not as described."""
    who, systems = _table("organisations"), _table("systems")
    attacks, story = _table("attacks"), _table("story")
    return msgspec.convert(
        {
            "organisations": who["organisation"],
            "communities": who["community"],
            "people": who["person"],
            "systems": systems["system"],
            "attacks": attacks["report"],
            "notices": story["notice"],
            "responses": story["response"],
        },
        Sample,
    )


def _table(name: str) -> dict[str, object]:
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))
