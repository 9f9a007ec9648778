"""Claims held against the document they were read from: what does not stand there is told.

A claim is traced if its value occurs literally among the decoded values of the document: a title or
description as one of them, an address, bound or name as one of them or delimited within one. Values
that follow from what stands there, and how:

score          of OSV: computed from the vector, which stands there
product        a CPE name's part, vendor and product in lower case; a package's name up to case and
               the signs its registry takes for one; vendor and product in words, folded. The
               namespace of a distribution's package and its release follow from the source
bound          the version and update of the claim's own CPE name; the end of a branch that a star
               stands for; an RPM's epoch
times          the same moment in UTC
CVE id         of Exploit-DB: with hyphens for whatever dashes and blanks it is set with
exploit        the address of its page from the catalogue's own number or path; its maturity
remedy         of Red Hat: the products of an advisory joined, its address from its number
voice          of a source with one voice: that one; CISA's name in CVE records
status, state  words of the source's own, as the readers' tests have them
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from urllib.parse import unquote

from cvss import CVSS2, CVSS3, CVSS4

from noroshi.core.facets import Affected, Exploit, Product, Record, Severity, State
from tests.hub.said import Said, fold

VOICES = {
    "kev": {"cisa-kev"},
    "redhat": {"redhat"},
    "nvd_overrides": {"anchore"},
    "exploitdb": {"exploitdb"},
    "metasploit": {"metasploit"},
    "nuclei": {"nuclei"},
    "ubuntu": {"ubuntu"},
    "nvd": {"nvd@nist.gov", "CISA-ADP"},
    "csaf": {"cisco", "cisa", "palo_alto"},
    "osv": {"ghsa", "pysec", "go", "rustsec", "bitnami", "malicious-packages"},
}
"""Voices that are not written in the documents as they are named here."""

DISTRIBUTIONS = ("deb/", "rpm/", "apk/")
_BRACKET = re.compile(r" \(").finditer
BRANCH = ".9223372036854775807"
ADDRESSES = (
    "https://www.exploit-db.com/exploits/",
    "https://github.com/rapid7/metasploit-framework/blob/master",
    "https://github.com/projectdiscovery/nuclei-templates/blob/main/",
    "https://access.redhat.com/errata/",
)


def untraced(record: Record, said: Said) -> list[str]:
    """Return every claim of a record that its document does not make, with the field it is in."""
    return [
        f"{record.source} {record.external_id} {field}: {claim}"
        for field, claims in CLAIMS.items()
        for claim in claims(record, said)
    ]


# --- fields: what of each is not there ---


def _identity(record: Record, said: Said) -> Iterator[str]:
    for name in (*record.names, *record.replaced_by):
        if not said.within(name) and name not in said.unset:
            yield name


def _words(record: Record, said: Said) -> Iterator[str]:
    if record.assigner and not said.whole(record.assigner):
        yield record.assigner
    for advisory in record.advisories:
        if not said.within(advisory) and advisory.casefold() not in said.folded:
            yield advisory


def _voices(record: Record, said: Said) -> Iterator[str]:
    its = (
        *("titles", "descriptions", "severities", "ratings", "weaknesses", "affected", "remedies"),
        *("credits", "exploits", "ssvc"),
    )
    voices = {claim.by for field in its for claim in getattr(record, field)} | {*record.disputed}
    voices |= {record.exploited.by} if record.exploited else set()
    yield from (
        by for by in voices if by not in VOICES.get(record.source, set()) and not said.whole(by)
    )


def _state(record: Record, said: Said) -> Iterator[str]:
    if record.state is State.REJECTED and "rejected" not in said.folded:
        yield record.state
    if record.disputed and "disputed" not in said.folded:
        yield "disputed"


def _times(record: Record, said: Said) -> Iterator[str]:
    for time in (record.published, record.modified, record.withdrawn):
        if time is not None and not said.moment(time):
            yield str(time)


def _texts(record: Record, said: Said) -> Iterator[str]:
    for text in record.titles:
        if not said.whole(text.text) and text.text not in said.all:
            yield text.text
    yield from (text.text for text in record.descriptions if not said.whole(text.text))


def _severities(record: Record, said: Said) -> Iterator[str]:
    for one in record.severities:
        scored = one.score == _computed(one) if record.source == "osv" else False
        if not said.whole(one.vector) or not (scored or one.score in said.numbers):
            yield f"{one.vector} {one.score}"


def _computed(one: Severity) -> float:
    kind = {"2": CVSS2, "3": CVSS3, "4": CVSS4}[one.version[0]]
    scored = kind(one.vector)
    return float(scored.base_score)


def _ratings(record: Record, said: Said) -> Iterator[str]:
    yield from (one.word for one in record.ratings if one.word not in said.lower_values)


def _weaknesses(record: Record, said: Said) -> Iterator[str]:
    yield from (one.cwe for one in record.weaknesses if not said.within(one.cwe))


def _affected(record: Record, said: Said) -> Iterator[str]:
    for claim in record.affected:
        if not _names(claim.product, said):
            yield claim.product.name
        if claim.cpe and ":".join(claim.cpe.split(":")[2:5]).casefold() not in said.lower:
            yield claim.cpe
        if claim.reason and fold(claim.reason.replace("-", " ")) not in said.phrases:
            yield claim.reason
        yield from _bounds(claim, said)


def _names(product: Product, said: Said) -> bool:
    """Whether a product is named there; see the head of this module."""
    if product.scheme == "cpe":
        return f"{product.name}".replace("\\", "") in said.names
    if product.scheme == "name":
        parts = product.name.split(":")
        return all(part in said.folded for part in parts if part != "red hat")
    path = unquote(product.name.partition("?")[0])
    names = path.split("/")[2 if path.startswith(DISTRIBUTIONS) else 1 :]
    return all(re.sub(r"[-_.]+", "-", name.casefold()) in said.plain for name in names)


def _bounds(claim: Affected, said: Said) -> Iterator[str]:
    fields = re.split(r"(?<!\\):", claim.cpe)[5:7] if claim.cpe else []
    own = re.sub(r"\\(.)", r"\1", "-".join(each for each in fields if each not in {"*", "-"}))
    for one in claim.ranges:
        for bound in (one.low, one.high):
            if bound is None or said.within(bound.removesuffix(BRANCH)):
                continue
            if bound.casefold() != own.casefold():
                yield f"{claim.product.name} {bound}"


def _conditions(record: Record, said: Said) -> Iterator[str]:
    for platforms in record.conditions:
        for platform in platforms:
            named = ":".join(platform.split(":")[2:5]) if platform[:4] == "cpe:" else platform
            if fold(named) not in said.folded and fold(named).replace("\\", "") not in said.names:
                yield platform


def _references(record: Record, said: Said) -> Iterator[str]:
    for one in record.references:
        if not said.whole(one.url) and one.url not in said.tokens:
            yield one.url
        for tag in one.tags:
            derived = tag.endswith("-advisory") or tag in {"issue-tracking", "exploit"}
            if not derived and tag not in said.folded:
                yield tag


def _remedies(record: Record, said: Said) -> Iterator[str]:
    for one in record.remedies:
        if not said.whole(one.text) and not all(map(said.whole, one.text.split("; "))):
            yield one.text
        if one.url and not said.whole(one.url) and not _derived(one.url, said):
            yield one.url
        yield from (product.name for product in one.products if not _names(product, said))


def _credits(record: Record, said: Said) -> Iterator[str]:
    for one in record.credits:
        halves = [(one.name[: at.start()], one.name[at.end() : -1]) for at in _BRACKET(one.name)]
        apart = any(person in said.all and firm in said.all for person, firm in halves)
        if one.name not in said.all and not apart:
            yield one.name
        if one.role and record.source not in {"redhat", "ubuntu"} and one.role not in said.folded:
            yield one.role


def _exploits(record: Record, said: Said) -> Iterator[str]:
    yield from (claim for one in record.exploits for claim in _exploit(one, said))


def _exploit(one: Exploit, said: Said) -> Iterator[str]:
    if not said.whole(one.name.removeprefix("EDB-")):
        yield one.name
    if one.title and not said.whole(one.title):
        yield one.title
    if one.since and not said.day(one.since):
        yield str(one.since)
    if one.url and not _derived(one.url, said):
        yield one.url
    if one.verified and not said.values & {"1", "True", "true"}:
        yield "verified"


def _derived(url: str, said: Said) -> bool:
    return any(
        url.startswith(address) and said.whole(url.removeprefix(address)) for address in ADDRESSES
    )


def _ssvc(record: Record, said: Said) -> Iterator[str]:
    for one in record.ssvc:
        for word in filter(None, (one.exploitation, one.automatable, one.technical_impact)):
            if (
                word not in {value.casefold() for value in said.values}
                and "SSVCv2/" not in said.all
            ):
                yield word
        if one.at and not said.moment(one.at):
            yield str(one.at)


def _exploited(record: Record, said: Said) -> Iterator[str]:
    one = record.exploited
    if one is None:
        return
    yield from (str(day) for day in (one.since, one.due) if day and not said.day(day))
    if one.action and not said.whole(one.action):
        yield one.action
    if one.ransomware and "Known" not in said.values:
        yield "ransomware"


def _epss(record: Record, said: Said) -> Iterator[str]:
    one = record.epss
    if one is None:
        return
    if not said.day(one.date):
        yield str(one.date)
    for number in (one.score, one.percentile):
        if number is not None and number not in said.numbers:
            yield str(number)


CLAIMS: dict[str, Callable[[Record, Said], Iterator[str]]] = {
    "names replaced_by": _identity,
    "assigner advisories": _words,
    "by": _voices,
    "state disputed": _state,
    "published modified withdrawn": _times,
    "titles descriptions": _texts,
    "severities": _severities,
    "ratings": _ratings,
    "weaknesses": _weaknesses,
    "affected": _affected,
    "conditions": _conditions,
    "references": _references,
    "remedies": _remedies,
    "credits": _credits,
    "exploits": _exploits,
    "ssvc": _ssvc,
    "exploited": _exploited,
    "epss": _epss,
}
"""The fields of a record → what of them does not stand in the document."""
