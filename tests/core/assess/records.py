"""Records written for these tests: small, one source each, prose ours."""

from __future__ import annotations

import datetime as dt
from typing import Any

from noroshi.core.facets import (
    Affected,
    Epss,
    Exploit,
    Exploited,
    Maturity,
    Product,
    Record,
    Severity,
    Ssvc,
    Status,
    Text,
    VersionRange,
    Weakness,
)

CVE = "CVE-2030-0001"
CRITICAL = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"  # 9.8
HIGH = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"  # 7.5
MEDIUM = "CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:N/A:N"  # 5.5
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"  # 9.3
V2 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"  # 7.5

SCORES = {CRITICAL: 9.8, HIGH: 7.5, MEDIUM: 5.5, V4: 9.3, V2: 7.5}

TOMCAT = Product("cpe", "a:apache:tomcat")
TOMCAT_BY_NAME = Product("name", "apache:tomcat")


def scored(by: str, vector: str, score: float | None = None) -> Severity:
    version = vector[5:8] if vector.startswith("CVSS:") else "2.0"
    return Severity(by, version, vector, SCORES[vector] if score is None else score)


def below(high: str, low: str | None = None, **more: Any) -> VersionRange:
    return VersionRange(low=low, high=high, **more)


def affects(by: str, product: Product, *ranges: VersionRange, **more: Any) -> Affected:
    return Affected(by, product, more.pop("versions", "generic"), ranges, **more)


def clears(by: str, product: Product) -> Affected:
    return affects(by, product, VersionRange(Status.NOT_AFFECTED))


def cve5(**facets: Any) -> Record:
    """The CVE Program's record, assigned by ``apache``."""
    defaults = {
        "source": "cve5",
        "external_id": CVE,
        "names": (CVE,),
        "assigner": "apache",
        "descriptions": (Text("en", "Apache Tomcat reads paths it should not.", "apache"),),
    }
    return Record(**(defaults | facets))


def nvd(**facets: Any) -> Record:
    """NVD's record of the same CVE; NVD knows assigners by their mail address."""
    defaults = {
        "source": "nvd",
        "external_id": CVE,
        "names": (CVE,),
        "assigner": "security@apache.org",
    }
    return Record(**(defaults | facets))


def other(source: str, **facets: Any) -> Record:
    return Record(**({"source": source, "external_id": f"{source}-1", "names": (CVE,)} | facets))


def kev(since: str = "2030-02-01", **more: Any) -> Record:
    listed = Exploited("cisa-kev", dt.date.fromisoformat(since), **more)
    return other("kev", external_id=CVE, exploited=listed)


def epss(score: float = 0.5, date: str = "2030-03-01") -> Record:
    probability = Epss(dt.date.fromisoformat(date), score, 0.9)
    return other("epss", external_id=CVE, epss=probability)


def ssvc(exploitation: str, at: str | None = None, by: str = "CISA-ADP", **more: Any) -> Ssvc:
    when = dt.datetime.fromisoformat(at).replace(tzinfo=dt.UTC) if at else None
    return Ssvc(by, exploitation, more.get("automatable"), more.get("impact"), when)


def entry(
    name: str = "EDB-1", maturity: Maturity = Maturity.PROOF_OF_CONCEPT, **more: Any
) -> Exploit:
    return Exploit(more.pop("by", "exploitdb"), name, maturity, **more)


def catalogued(*entries: Exploit, source: str = "exploitdb", **more: Any) -> Record:
    """A catalogue's record of exploits: it describes nothing."""
    name = f"{'/'.join(one.name for one in entries)}/{CVE}"
    return other(source, **({"external_id": name, "exploits": entries} | more))


def cwe(by: str, *ids: str) -> tuple[Weakness, ...]:
    return tuple(Weakness(by, one) for one in ids)
