"""Small documents in the layout of the real feeds, brought in as an import does it.

Products and sentences are invented; identifiers lie where no CNA has been given any.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from noroshi.core.formats.feed import RawDocument
from noroshi.edge.feeds.reading import read
from noroshi.hub.knowledge.actions import PORTION, Ingest, Tally, source_named
from noroshi.run.stages.table import STAGES
from noroshi.run.stages.worker import Worker
from tests.hub.sector import NOON

Json = dict[str, Any]


def cve(number: int) -> str:
    """An identifier that nobody has."""
    return f"CVE-2024-{99990000 + number}"


def raw(value: Any) -> bytes:
    """JSON as a line of a feed."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def npm(name: str, *ranges: tuple[str, str], status: str = "affected", **more: Any) -> Json:
    """An ``affected`` entry for a package: ranges from a version to below another one."""
    return {
        "collectionURL": "https://registry.npmjs.org",
        "packageName": name,
        "defaultStatus": "unknown",
        "versions": [
            {"version": low, "lessThan": high, "status": status, "versionType": "semver"}
            for low, high in ranges
        ],
        **more,
    }


def cve5(
    name: str,
    *affected: Json,
    updated: str | None = "2024-05-01T00:00:00Z",
    state: str = "PUBLISHED",
    title: str = "A weakness",
    advisory: str | None = None,
    **more: Any,
) -> Json:
    """A CVE JSON 5 record; ``more`` goes into its CNA container."""
    about = {"cveId": name, "state": state, "assignerShortName": "kasumi"}
    cna: Json = {
        "providerMetadata": {"orgId": "0", "shortName": "kasumi"},
        "title": title,
        "descriptions": [{"lang": "en", "value": "Somebody can do something to it."}],
        "affected": list(affected),
        **({"source": {"advisory": advisory}} if advisory else {}),
        **more,
    }
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": about | ({"dateUpdated": updated} if updated else {}),
        "containers": {"cna": cna},
    }


def match(criteria: str, *, vulnerable: bool = True, **bounds: str) -> Json:
    """A CPE match; ``criteria`` may leave out what is ``*`` at its end."""
    full = ":".join([*criteria.split(":"), *["*"] * 13][:13])
    return {"vulnerable": vulnerable, "criteria": full, **bounds}


def node(*matches: Json) -> Json:
    """Matches joined by OR."""
    return {"operator": "OR", "negate": False, "cpeMatch": list(matches)}


def nvd(
    name: str,
    *nodes: Json,
    operator: str = "OR",
    modified: str = "2024-05-02T00:00:00.000",
    status: str = "Analyzed",
    **more: Any,
) -> Json:
    """An item of the NVD API with one configuration."""
    return {
        "cve": {
            "id": name,
            "sourceIdentifier": "psirt@kasumi.example",
            "published": "2024-04-30T00:00:00.000",
            "lastModified": modified,
            "vulnStatus": status,
            "descriptions": [{"lang": "en", "value": "Somebody can do something to it."}],
            "configurations": [{"operator": operator, "nodes": list(nodes)}] if nodes else [],
            **more,
        }
    }


def kev(*names: str, added: str = "2024-05-10") -> Json:
    """The catalogue of what is exploited."""
    entries = [
        {"cveID": name, "vulnerabilityName": "ours", "dateAdded": added, "dueDate": "2024-06-01"}
        for name in names
    ]
    return {"title": "Catalogue", "count": len(entries), "vulnerabilities": entries}


def epss(day: str, scores: dict[str, float]) -> bytes:
    """The table of one day."""
    lines = [f"#model_version:v1,score_date:{day}T00:00:00+0000", "cve,epss,percentile"]
    lines += [f"{name},{score},{score}" for name, score in scores.items()]
    return "\n".join([*lines, ""]).encode()


def bring(
    source: str,
    *bodies: bytes | Json,
    now: dt.datetime = NOON,
    file: str = "feed.jsonl",
    portion: int = PORTION,
    batch: int = 1000,
) -> Tally:
    """Import documents as the lines of one file."""
    ingest = Ingest(source_named(source), now=now, portion=portion)
    lines = [body if isinstance(body, bytes) else raw(body) for body in bodies]
    documents = [(file, RawDocument(f"line {n}", body)) for n, body in enumerate(lines, start=1)]
    for at in range(0, len(documents), batch):
        some = documents[at : at + batch]
        for item in some:
            ingest.met(*item)
        ingest.write(read(source, ingest.new_among(some)))
    ingest.finished(file)
    return ingest.tally


JUDGE_AND_MATCH = ("assess", "match", "match-package", "find")


def work(now: dt.datetime = NOON, stages: Sequence[str] = JUDGE_AND_MATCH) -> None:
    """Drain some stages; those that judge, match and find, unless told which."""
    chosen = [stage for stage in STAGES if stage.name in stages]
    Worker(clock=lambda: now, stages=chosen).until_idle()


def sbom(*components: Json) -> bytes:
    """A CycloneDX inventory."""
    listed = [{"type": "library", "name": "x", **component} for component in components]
    return raw({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": listed})


def npm_component(name: str, version: str) -> Json:
    """A component of an inventory that is an npm package."""
    return {"name": name, "version": version, "purl": f"pkg:npm/{name}@{version}"}


def osv(
    name: str,
    *aliases: str,
    modified: str = "2024-05-01T00:00:00Z",
    package: str = "left",
    **more: Any,
) -> Json:
    """An advisory: everything of a package below 2.0.0."""
    events = [{"introduced": "0"}, {"fixed": "2.0.0"}]
    affected = {
        "package": {"ecosystem": "npm", "name": package},
        "ranges": [{"type": "SEMVER", "events": events}],
    }
    about = {"id": name, "aliases": list(aliases), "modified": modified}
    return {**about, "details": "ours", "affected": [affected], **more}
