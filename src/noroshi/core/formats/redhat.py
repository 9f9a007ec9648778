"""Red Hat's security data (JSON): what Red Hat says of one CVE, its products and their fixes.

One voice, ``redhat``, which is also the name of Red Hat's CNA. The first of ``details`` is the
assigner's text and left to the assigner; what follows is Red Hat's own, and so are the statement,
the title (of the bug) and the rating. An advisory treats many vulnerabilities and is no name of
any. A document says when the CVE became public, but not when it was changed.
Source: https://docs.redhat.com/en/documentation/red_hat_security_data_api/
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from noroshi.core.errors import FormatError
from noroshi.core.facets import (
    Affected,
    Credit,
    Rating,
    Record,
    Reference,
    Remedy,
    RemedyKind,
    Severity,
    Text,
    Weakness,
)
from noroshi.core.formats import claims, configurations, json_parts, redhat_products, salvage
from noroshi.core.formats.feed import RawDocument
from noroshi.core.formats.redhat_products import BY
from noroshi.core.identity import cve_id

SOURCE = "redhat"

ERRATA = "https://access.redhat.com/errata/"
"""Where an advisory is read: its id follows."""

LONGEST_NAME = 200
"""Characters of somebody who is thanked."""

_ADVISORY = re.compile(r"RH[SBE]A-\d{4}:\d{3,6}", re.ASCII)
_CWE = re.compile(r"CWE-\d+", re.ASCII)
_NAMES = re.compile(r"\A(?:CVE-\d{4}-\d+[,\s]*)+", re.ASCII)
_NO_TITLE = frozenset({"", "security flaw"})
_NO_MITIGATION = re.compile(
    r"mitigation for this issue is either not available|no (?:known )?mitigation"
    r"|there (?:is|are) no (?:known )?(?:mitigation|workaround)"
    r"|red hat has investigated whether a possible mitigation exists",
    re.IGNORECASE,
)
_THANKED = (
    (re.compile(r"would like to thank (.+?) for reporting"), "reporter"),
    (re.compile(r"(?:was|were) discovered by (.+?)\.(?:\s|$)"), "finder"),
    (re.compile(r"acknowledges (.+?) as the original reporter"), "finder"),
)


class _Bug(msgspec.Struct, frozen=True):
    description: str = ""
    url: str = ""


class _Cvss2(msgspec.Struct, frozen=True):
    vector: str | None = msgspec.field(default=None, name="cvss_scoring_vector")
    score: str | float | None = msgspec.field(default=None, name="cvss_base_score")


class _Cvss3(msgspec.Struct, frozen=True):
    vector: str | None = msgspec.field(default=None, name="cvss3_scoring_vector")
    score: str | float | None = msgspec.field(default=None, name="cvss3_base_score")


class _Mitigation(msgspec.Struct, frozen=True):
    value: str


class _Document(msgspec.Struct, frozen=True):
    name: str
    public_date: str | None = None
    threat_severity: str = ""
    bugzilla: _Bug = _Bug()
    cvss: _Cvss2 = _Cvss2()
    cvss3: _Cvss3 = _Cvss3()
    cwe: str = ""
    details: list[str] = []
    statement: str = ""
    mitigation: _Mitigation | None = None
    upstream_fix: str = ""
    acknowledgement: str = ""
    references: list[str] = []
    affected_release: list[redhat_products.Release] = []
    package_state: list[redhat_products.State] = []


_decoder = msgspec.json.Decoder(_Document)
_VITAL = frozenset({"$", "$.name"})


def documents(payload: bytes, /) -> Iterator[RawDocument | FormatError]:
    """Return the data of one CVE as one document, unread; split an array of them."""
    yield from json_parts.one_or_array(payload)


def read(document: bytes, /) -> Iterator[Record | FormatError]:
    """Read the record of one CVE."""
    try:
        value, odd = salvage.decode(document, _decoder, _VITAL)
        name = cve_id(value.name, "$.name")
    except FormatError as error:
        yield error
        return
    yield from odd
    conditions = configurations.Conditions()
    affected: dict[Affected, None] = {}
    for claim in redhat_products.affected(value.affected_release, value.package_state, conditions):
        if isinstance(claim, FormatError):
            yield claim
        else:
            affected[claim] = None
    word = value.threat_severity.strip().lower()
    yield Record(
        source=SOURCE,
        external_id=name,
        names=(name,),
        advisories=tuple(_advisories(value)),
        published=claims.moment(value.public_date),
        titles=_titles(value),
        descriptions=claims.texts([("en", text) for text in _own_words(value)], BY),
        severities=_severities(value),
        ratings=(Rating(BY, word),) if word else (),
        weaknesses=_weaknesses(value.cwe),
        affected=tuple(affected),
        conditions=conditions.all(),
        references=_references(value),
        remedies=tuple(_remedies(value)),
        credits=_credits(value.acknowledgement),
    )


def _advisories(value: _Document) -> dict[str, list[redhat_products.Release]]:
    """Return the advisories in order, each with the releases it is for."""
    found: dict[str, list[redhat_products.Release]] = {}
    for release in value.affected_release:
        if _ADVISORY.fullmatch(release.advisory):
            found.setdefault(release.advisory, []).append(release)
    return found


def _titles(value: _Document) -> tuple[Text, ...]:
    title = _NAMES.sub("", value.bugzilla.description).strip()
    return claims.texts([("en", title)], BY) if title.lower() not in _NO_TITLE else ()


def _own_words(value: _Document) -> Iterator[str]:
    first, *rest = value.details or [""]
    yield from (text for text in rest if text != first)
    yield value.statement


def _severities(value: _Document) -> tuple[Severity, ...]:
    found = (
        claims.severity(BY, cvss.vector, _number(cvss.score)) for cvss in (value.cvss, value.cvss3)
    )
    return tuple(claim for claim in found if claim)


def _number(score: str | float | None) -> float | None:
    try:
        return None if score is None else float(score)
    except ValueError:
        return None


def _weaknesses(expression: str) -> tuple[Weakness, ...]:
    """Return every weakness of a chain or a choice: ``CWE-190->(CWE-125|CWE-787)``."""
    found = dict.fromkeys(_CWE.findall(expression))
    return tuple(Weakness(BY, cwe) for cwe in found if claims.cwe(cwe))


def _references(value: _Document) -> tuple[Reference, ...]:
    bug = value.bugzilla.url
    return claims.references(
        [
            *((bug, ["issue-tracking"]) for _ in [bug] if bug),
            *((url, []) for text in value.references for url in text.split()),
        ]
    )


def _remedies(value: _Document) -> Iterator[Remedy]:
    """Yield the advisories, each for its products; what upstream released; the mitigation."""
    for advisory, releases in _advisories(value).items():
        products = redhat_products.platforms_of(releases)
        if products:  # for none would be read as for all
            text = "; ".join(dict.fromkeys(release.product_name for release in releases))
            yield Remedy(BY, RemedyKind.FIX, "en", text, f"{ERRATA}{advisory}", products)
    if value.upstream_fix.strip():
        yield Remedy(BY, RemedyKind.FIX, "en", value.upstream_fix.strip())
    text = value.mitigation.value.strip() if value.mitigation else ""
    if text:
        kind = RemedyKind.NONE_AVAILABLE if _NO_MITIGATION.match(text) else RemedyKind.MITIGATION
        yield Remedy(BY, kind, "en", text)


def _credits(acknowledgement: str) -> tuple[Credit, ...]:
    """Return whom a sentence of thanks names, where it is one of those that Red Hat always uses."""
    found = [
        Credit(BY, name, role)
        for pattern, role in _THANKED
        for name in pattern.findall(acknowledgement)
        if len(name) <= LONGEST_NAME
    ]
    return tuple(dict.fromkeys(found))
