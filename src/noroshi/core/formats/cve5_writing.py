"""CVE JSON 5, written: a merged view of one vulnerability (`merged`) that readers of it take.

``containers.cna``, the one container that the schema demands, is Noroshi's here and says so: its
provider is `merged.PROVIDER`, ``x_noroshi`` says what it is and whose words are in it. The schema
wants UUIDs of organisations, which Noroshi does not keep: `ORGANISATION` stands for all of them.
Source: https://github.com/CVEProject/cve-schema (version 5.2)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from noroshi.core.facets import RemedyKind, Severity, State, Text
from noroshi.core.formats import cve5_entries, merged
from noroshi.core.formats.merged import Json, Merged, cut, written

MEDIA_TYPE = "application/json"
VERSION = "5.2.0"
ORGANISATION = "6e6f726f-7368-4920-8000-6d6572676564"
"""No organisation of the CVE programme has it."""

_CVSS = {"2.0": "cvssV2_0", "3.0": "cvssV3_0", "3.1": "cvssV3_1", "4.0": "cvssV4_0"}
_STEPS = ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (0.1, "LOW"), (0.0, "NONE"))
_TAGS = frozenset(
    {
        "broken-link", "customer-entitlement", "exploit", "government-resource", "issue-tracking",
        "mailing-list", "mitigation", "not-applicable", "patch", "permissions-required",
        "media-coverage", "product", "related", "release-notes", "signature",
        "technical-description", "third-party-advisory", "vdb-entry", "vendor-advisory",
    }
)  # fmt: skip
_ROLES = frozenset(
    {
        "finder", "reporter", "analyst", "coordinator", "remediation developer",
        "remediation reviewer", "remediation verifier", "tool", "sponsor", "other",
    }
)  # fmt: skip
_SOLUTIONS = frozenset({RemedyKind.FIX, RemedyKind.FIX_PLANNED})
_WORKAROUNDS = frozenset({RemedyKind.WORKAROUND, RemedyKind.MITIGATION})
_CWE = re.compile(r"CWE-[1-9][0-9]{0,4}", re.ASCII)
_TEXT, _TITLE, _URL = 4096, 256, 2048


def write(whole: Merged) -> bytes | None:
    """Return the record; ``None`` where there is no CVE id, without which there is none."""
    if whole.cve is None:
        return None
    rejected = whole.state is State.REJECTED
    container = _rejected(whole) if rejected else _published(whole)
    record = {
        "dataType": "CVE_RECORD",
        "dataVersion": VERSION,
        "cveMetadata": _metadata(whole),
        "containers": {"cna": container},
    }
    return msgspec.json.format(msgspec.json.encode(record), indent=2)


def _metadata(whole: Merged) -> Json:
    rejected = whole.state is State.REJECTED
    found: Json = {
        "cveId": whole.cve,
        "assignerOrgId": ORGANISATION,
        "state": "REJECTED" if rejected else "PUBLISHED",
        "dateUpdated": written(whole.modified),
    }
    assigner = next((one.assigner for one in whole.records if 1 < len(one.assigner) <= 32), "")
    if assigner:
        found["assignerShortName"] = assigner
    if whole.published:
        found["datePublished"] = written(whole.published)
    return found


def _head(whole: Merged, said: Iterable[Text]) -> Json:
    return {
        "providerMetadata": {
            "orgId": ORGANISATION,
            "shortName": merged.PROVIDER,
            "dateUpdated": written(whole.modified),
        },
        "x_noroshi": {
            "note": merged.NOTE,
            "names": list(whole.names),
            "voices": whole.voices,
            "descriptionsBy": [one.by for one in said],
        },
    }


def _rejected(whole: Merged) -> Json:
    said = _in_english(merged.texts(whole))
    replaced = [name for name in whole.replaced_by if name.startswith("CVE-")]
    container = _head(whole, said) | {"rejectedReasons": _prose(said)}
    return container | ({"replacedBy": replaced} if replaced else {})


def _published(whole: Merged) -> Json:
    said = _in_english(merged.texts(whole))
    claims = merged.claims(whole)
    entries = [one for one in map(cve5_entries.entry, claims) if one is not None]
    container = _head(whole, said) | {
        "descriptions": _prose(said),
        "affected": entries or [cve5_entries.NOTHING],
        "references": _references(whole),
    }
    titles = [one for one in merged.texts(whole, titles=True) if one.lang == "en"]
    optional: Json = {
        "title": cut(titles[0].text.strip(), _TITLE) if titles else "",
        "tags": ["disputed"] if whole.disputed else [],
        "cpeApplicability": [each for one in claims for each in cve5_entries.applicability(one)],
        "problemTypes": _problems(whole),
        "metrics": [*_scores(whole), *_decisions(whole)],
        "solutions": _remedies(whole, _SOLUTIONS),
        "workarounds": _remedies(whole, _WORKAROUNDS),
        "exploits": _exploits(whole),
        "credits": _credits(whole),
    }
    return container | {name: value for name, value in optional.items() if value}


def _in_english(said: list[Text]) -> list[Text]:
    """Return texts among which is an English one: the schema demands it."""
    if any(one.lang == "en" for one in said):
        return said
    nothing = "No source describes this vulnerability in English."
    return [*said, Text("en", nothing, merged.PROVIDER)]


def _prose(said: Iterable[Text]) -> list[Json]:
    return [{"lang": one.lang, "value": cut(one.text.strip(), _TEXT)} for one in said]


def _references(whole: Merged) -> list[Json]:
    tags: dict[str, dict[str, None]] = {}
    for record in whole.records:
        for one in record.references:
            if len(one.url) <= _URL:
                tags.setdefault(one.url, {}).update((_tag(tag), None) for tag in one.tags)
    own = f"https://www.cve.org/CVERecord?id={whole.cve}"
    found = tags or {own: {}}
    return [{"url": url, **({"tags": list(some)} if some else {})} for url, some in found.items()]


def _tag(tag: str) -> str:
    spelt = "-".join(tag.lower().replace("_", "-").split())
    return spelt if spelt in _TAGS or spelt.startswith("x_") else f"x_{spelt}"


def _problems(whole: Merged) -> list[Json]:
    found = dict.fromkeys(one.cwe for record in whole.records for one in record.weaknesses)
    return [
        {"descriptions": [{"lang": "en", "type": "CWE", "cweId": cwe, "description": cwe}]}
        for cwe in found
        if _CWE.fullmatch(cwe)
    ]


def _scores(whole: Merged) -> Iterator[Json]:
    by: dict[Severity, dict[str, None]] = {}
    for record in whole.records:
        for one in record.severities:
            by.setdefault(msgspec.structs.replace(one, by=""), {})[one.by] = None
    for one, voices in by.items():
        if one.version not in _CVSS:
            continue
        said: Json = {
            "version": one.version,
            "vectorString": one.vector,
            "baseScore": one.score,
        }
        if one.version != "2.0":
            said["baseSeverity"] = next(word for least, word in _STEPS if one.score >= least)
        scenario = {"lang": "en", "value": cut(f"said by {', '.join(voices)}", _TEXT)}
        yield {"format": "CVSS", "scenarios": [scenario], _CVSS[one.version]: said}


def _decisions(whole: Merged) -> Iterator[Json]:
    for record in whole.records:
        for one in record.ssvc:
            options: list[Json] = [{"Exploitation": one.exploitation}]
            if one.automatable:
                options.append({"Automatable": one.automatable})
            if one.technical_impact:
                options.append({"Technical Impact": one.technical_impact})
            content: Json = {"id": whole.cve, "role": one.by, "options": options}
            if one.at:
                content["timestamp"] = written(one.at)
            yield {"other": {"type": "ssvc", "content": content}}
        if record.exploited:
            listed = record.exploited
            content = {"dateAdded": listed.since.isoformat(), "saidBy": listed.by}
            yield {"other": {"type": "kev", "content": content}}


def _remedies(whole: Merged, kinds: frozenset[RemedyKind]) -> list[Json]:
    found = {
        (one.lang, cut(" ".join(filter(None, (one.text.strip(), one.url))), _TEXT)): None
        for record in whole.records
        for one in record.remedies
        if one.kind in kinds
    }
    return [{"lang": lang, "value": text} for lang, text in found if text]


def _exploits(whole: Merged) -> list[Json]:
    found = {
        cut(" ".join(filter(None, (one.by, one.name, one.url))), _TEXT): None
        for record in whole.records
        for one in record.exploits
    }
    return [{"lang": "en", "value": text} for text in found]


def _credits(whole: Merged) -> list[Json]:
    found = {
        (cut(one.name, _TEXT), one.role if one.role in _ROLES else "other"): None
        for record in whole.records
        for one in record.credits
    }
    return [{"lang": "en", "value": name, "type": role} for name, role in found]
