"""What a source says about one vulnerability, in one vocabulary.

A `Record` is one source's normalised claims. Every claim names who makes it (``by``: the short name
of a CNA such as ``apache``, ``CISA-ADP``, ``nvd@nist.gov``, ``cisa-kev``), because one document
often carries several voices and copies must not be counted as confirmations. Claims are text as the
source gave it; turning version text into keys is `core.versions`' work.
All times are UTC. All values are frozen and compare by value.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum

import msgspec


class State(StrEnum):
    """What the source says the identifier's state is."""

    PUBLISHED = "published"
    REJECTED = "rejected"


class Status(StrEnum):
    """What a source declares for a product and a version interval."""

    AFFECTED = "affected"
    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    UNKNOWN = "unknown"


class RemedyKind(StrEnum):
    """What can be done, in the categories of CSAF 2.1 §3.2.4.12."""

    FIX = "fix"
    FIX_PLANNED = "fix_planned"
    MITIGATION = "mitigation"
    WORKAROUND = "workaround"
    NO_FIX_PLANNED = "no_fix_planned"
    NONE_AVAILABLE = "none_available"


class Maturity(StrEnum):
    """How far an exploit has come, from a mere check to one that works everywhere.

    The last three are the values of CVSS v3.1's exploit code maturity above "unproven".
    """

    CHECK = "check"
    PROOF_OF_CONCEPT = "poc"
    FUNCTIONAL = "functional"
    HIGH = "high"


class Facet(msgspec.Struct, frozen=True, omit_defaults=True):
    """Base of all facets: immutable, compared by value, small when encoded."""


class Text(Facet, frozen=True):
    """A title or description. ``lang`` is BCP 47 (``en``, ``ja``)."""

    lang: str
    text: str
    by: str


class Severity(Facet, frozen=True):
    """A CVSS vector with the base score its author gave. ``version``: 2.0, 3.0, 3.1 or 4.0."""

    by: str
    version: str
    vector: str
    score: float


class Rating(Facet, frozen=True):
    """A severity in the words of its author's own scale, lower case (``important``, ``medium``)."""

    by: str
    word: str


class Weakness(Facet, frozen=True):
    """A CWE id (``CWE-79``; never ``NVD-CWE-noinfo`` and the like)."""

    by: str
    cwe: str


class Product(Facet, frozen=True):
    """Identity of a product. See `core.identity` for the schemes and how names are written."""

    scheme: str
    name: str


class VersionRange(Facet, frozen=True):
    """Versions between two bounds as the source wrote them; ``None`` is unbounded.

    A single version has both bounds equal and inclusive.
    """

    status: Status = Status.AFFECTED
    low: str | None = None
    low_inclusive: bool = True
    high: str | None = None
    high_inclusive: bool = False


class Affected(Facet, frozen=True):
    """One product and its ranges, as declared by one voice.

    ``versions`` names the scheme that orders the range's bounds. ``default`` holds for versions
    outside all ranges (CVE 5 ``defaultStatus``); `Status.UNKNOWN` when the source is silent.
    ``cpe`` is the full CPE name where the product was named so (its update, edition and target
    fields narrow the claim). ``condition`` indexes `Record.conditions`: the claim holds only
    together with one of those platforms. ``reason``: why a product is not affected or will not be
    fixed, as a code of the source (``vulnerable_code_not_present``, ``end-of-life``).
    """

    by: str
    product: Product
    versions: str
    ranges: tuple[VersionRange, ...] = ()
    default: Status = Status.UNKNOWN
    cpe: str | None = None
    condition: int | None = None
    reason: str = ""


class Reference(Facet, frozen=True):
    """An address with the tags its source gave it (lower case: ``exploit``, ``patch``)."""

    url: str
    tags: tuple[str, ...] = ()


class Remedy(Facet, frozen=True):
    """What its author says can be done. ``products``: for these alone; empty: for all."""

    by: str
    kind: RemedyKind
    lang: str
    text: str
    url: str | None = None
    products: tuple[Product, ...] = ()


class Credit(Facet, frozen=True):
    """Somebody who is thanked; ``role`` is a credit type of CVE 5 (``finder``) or empty."""

    by: str
    name: str
    role: str = ""


class Exploit(Facet, frozen=True):
    """An entry of a catalogue of exploits or checks.

    ``name`` is what the catalogue calls it (``EDB-50592``), ``verified``: the catalogue has tried
    it itself.
    """

    by: str
    name: str
    maturity: Maturity
    title: str = ""
    since: dt.date | None = None
    url: str | None = None
    verified: bool = False


class Ssvc(Facet, frozen=True):
    """SSVC decision points as published (CISA Vulnrichment)."""

    by: str
    exploitation: str  # none | poc | active
    automatable: str | None  # no | yes
    technical_impact: str | None  # partial | total
    at: dt.datetime | None = None


class Exploited(Facet, frozen=True):
    """Known exploitation as a catalogue states it (CISA KEV)."""

    by: str
    since: dt.date
    due: dt.date | None = None
    ransomware: bool = False
    action: str = ""


class Epss(Facet, frozen=True):
    """FIRST EPSS: probability of exploitation in 30 days, 0–1. ``percentile`` 0–1 or ``None``."""

    date: dt.date
    score: float
    percentile: float | None = None


class Record(Facet, frozen=True, kw_only=True):
    """What one source says about one vulnerability.

    ``names`` holds every name the source gives this vulnerability, the preferred one first
    (``CVE-2021-44228``, ``GHSA-…``). ``disputed`` names those who dispute it. ``replaced_by`` lists
    identifiers that took a rejected one's place; they are not aliases. ``advisories`` names
    documents that speak of this vulnerability among others (``RHSA-2024:1234``,
    ``cisco-sa-…``); they are no aliases either. ``withdrawn``: when the source took all of it back.
    """

    source: str
    external_id: str
    names: tuple[str, ...]
    state: State = State.PUBLISHED
    assigner: str = ""
    disputed: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    advisories: tuple[str, ...] = ()
    withdrawn: dt.datetime | None = None
    published: dt.datetime | None = None
    modified: dt.datetime | None = None
    titles: tuple[Text, ...] = ()
    descriptions: tuple[Text, ...] = ()
    severities: tuple[Severity, ...] = ()
    ratings: tuple[Rating, ...] = ()
    weaknesses: tuple[Weakness, ...] = ()
    affected: tuple[Affected, ...] = ()
    conditions: tuple[tuple[str, ...], ...] = ()
    references: tuple[Reference, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    credits: tuple[Credit, ...] = ()
    exploits: tuple[Exploit, ...] = ()
    ssvc: tuple[Ssvc, ...] = ()
    exploited: Exploited | None = None
    epss: Epss | None = None
