"""One vulnerability as four feeds tell it: what the tests of the feed formats have in common.

The router ``SR-200`` and its maker are invented, and so is every sentence. Identifiers lie in a
range that no CNA has been given. Each function returns a fresh value, to be spoilt at will.
"""

from __future__ import annotations

import json
from typing import Any, cast

from noroshi.core.facets import Record
from noroshi.core.formats.feed import FeedFormat, RawDocument

NAME = "CVE-2024-99990001"
CISA = "134c704f-9b21-4f2e-91b3-4a467353bcc0"
V31 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V40 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"
V20 = "AV:N/AC:L/Au:N/C:P/I:P/A:P"
FIRMWARE = "cpe:2.3:o:kasumi:sr-200_firmware:*:*:*:*:*:*:*:*"
HARDWARE = "cpe:2.3:h:kasumi:sr-200:-:*:*:*:*:*:*:*"
_RANGE = {"version": "2.0", "lessThan": "2.4", "status": "affected"}


def cve5() -> dict[str, Any]:
    """A published CVE JSON 5 record: the CNA, the programme's references, CISA's container."""
    return {
        "dataType": "CVE_RECORD",
        "dataVersion": "5.1",
        "cveMetadata": {
            "cveId": NAME,
            "state": "PUBLISHED",
            "assignerShortName": "kasumi",
            "datePublished": "2024-07-09T10:29:43.626Z",
            "dateUpdated": "2024-07-10T09:00:00",
        },
        "containers": {"cna": _cna(), "adp": [_programme(), _cisa()]},
    }


def _cna() -> dict[str, Any]:
    return {
        "providerMetadata": {"orgId": "0", "shortName": "kasumi"},
        "title": "SR-200 trusts its neighbours",
        "descriptions": [
            {"lang": "en", "value": "A neighbour can run commands on an SR-200."},
            {"lang": "ja", "value": "隣接機器から SR-200 に命令を実行させられます。"},
            {"lang": "de", "value": "Ein Nachbar kann Befehle ausführen."},
        ],
        "affected": [
            {
                "vendor": "Kasumi",
                "product": "SR-200",
                "defaultStatus": "unaffected",
                "versions": [{**_RANGE, "versionType": "semver"}],
            }
        ],
        "problemTypes": [
            {"descriptions": [{"lang": "en", "cweId": "CWE-78", "description": "ours"}]},
            {"descriptions": [{"lang": "en", "description": "n/a"}]},
        ],
        "references": [{"url": "https://kasumi.example/sa/1", "tags": ["Vendor-Advisory"]}],
        "metrics": [
            {"cvssV3_1": {"version": "3.1", "vectorString": V31, "baseScore": 9.8}},
            {"cvssV4_0": {"version": "4.0", "vectorString": V40, "baseScore": 9.3}},
        ],
        "source": {"advisory": "GHSA-2345-cfgh-jmpq"},
    }


def _programme() -> dict[str, Any]:
    return {
        "providerMetadata": {"orgId": "1", "shortName": "CVE"},
        "references": [
            {"url": "https://kasumi.example/sa/1", "tags": ["x_transferred"]},
            {"url": "https://mirror.example/1", "tags": ["x_transferred"]},
        ],
    }


def _cisa() -> dict[str, Any]:
    decisions = [{"Exploitation": "Active"}, {"Automatable": "yes"}, {"Technical Impact": "total"}]
    ssvc = {"timestamp": "2024-07-11T00:00:00Z", "options": decisions}
    return {
        "providerMetadata": {"orgId": CISA, "shortName": "CISA-ADP"},
        "affected": [
            {
                "vendor": "kasumi",
                "product": "sr-200_firmware",
                "cpes": ["cpe:2.3:o:kasumi:sr-200_firmware:2.0:*:*:*:*:*:*:*"],
                "defaultStatus": "unknown",
                "versions": [{**_RANGE}],
            }
        ],
        "metrics": [
            {"other": {"type": "ssvc", "content": ssvc}},
            {"other": {"type": "kev", "content": {"dateAdded": "2024-07-12"}}},
        ],
    }


def cve5_rejected() -> dict[str, Any]:
    """A rejected CVE JSON 5 record."""
    record = cve5()
    record["cveMetadata"]["state"] = "REJECTED"
    record["containers"] = {
        "cna": {
            "providerMetadata": {"orgId": "0", "shortName": "kasumi"},
            "rejectedReasons": [{"lang": "en", "value": "Reported twice."}],
            "replacedBy": ["CVE-2024-99990002"],
        }
    }
    return record


def match(criteria: str, *, vulnerable: bool = True, **bounds: str) -> dict[str, Any]:
    """One CPE match of a configuration."""
    return {"vulnerable": vulnerable, "criteria": criteria, **bounds}


def node(*matches: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Matches joined by OR, unless ``more`` says otherwise."""
    return {"operator": "OR", "negate": False, "cpeMatch": list(matches), **more}


def nvd() -> dict[str, Any]:
    """An item of the NVD API: firmware that is vulnerable on its hardware."""
    return {
        "cve": {
            "id": NAME,
            "sourceIdentifier": "psirt@kasumi.example",
            "published": "2024-07-09T10:29:43.627",
            "lastModified": "2024-07-15T01:02:03.000",
            "vulnStatus": "Analyzed",
            "cveTags": [],
            "descriptions": [
                {"lang": "en", "value": "A neighbour can run commands on an SR-200."},
                {"lang": "es", "value": "Un vecino puede ejecutar órdenes."},
            ],
            "metrics": {
                "cvssMetricV2": [
                    {
                        "source": "nvd@nist.gov",
                        "cvssData": {"version": "2.0", "vectorString": V20, "baseScore": 7.5},
                    }
                ],
                "cvssMetricV31": [
                    {
                        "source": CISA,
                        "cvssData": {"version": "3.1", "vectorString": V31, "baseScore": 9.8},
                    }
                ],
            },
            "weaknesses": [
                {
                    "source": "nvd@nist.gov",
                    "description": [
                        {"lang": "en", "value": "CWE-78"},
                        {"lang": "en", "value": "NVD-CWE-noinfo"},
                    ],
                }
            ],
            "configurations": [
                {
                    "operator": "AND",
                    "nodes": [
                        node(
                            match(FIRMWARE, versionStartIncluding="2.0", versionEndExcluding="2.4")
                        ),
                        node(match(HARDWARE, vulnerable=False)),
                    ],
                }
            ],
            "references": [
                {"url": "https://kasumi.example/sa/1", "tags": ["Vendor Advisory"]},
                {"url": "https://kasumi.example/sa/1", "tags": ["Patch"]},
            ],
        }
    }


def nvd_page(*items: dict[str, Any]) -> dict[str, Any]:
    """A page of the NVD API."""
    return {
        "resultsPerPage": len(items),
        "startIndex": 0,
        "totalResults": len(items),
        "format": "NVD_CVE",
        "version": "2.0",
        "vulnerabilities": list(items),
    }


def kev_entry(name: str = NAME) -> dict[str, Any]:
    """One entry of the catalogue."""
    return {
        "cveID": name,
        "vendorProject": "Kasumi",
        "product": "SR-200",
        "vulnerabilityName": "Kasumi SR-200 command execution",
        "dateAdded": "2024-07-12",
        "shortDescription": "Commands from a neighbour are run.",
        "requiredAction": "Install 2.4.",
        "dueDate": "2024-08-02",
        "knownRansomwareCampaignUse": "Known",
        "notes": "https://kasumi.example/sa/1",
        "cwes": ["CWE-78"],
    }


def kev(*entries: Any) -> dict[str, Any]:
    """The catalogue; with one entry unless told which."""
    listed = list(entries) or [kev_entry()]
    return {
        "title": "Catalogue",
        "catalogVersion": "2024.07.12",
        "count": len(listed),
        "vulnerabilities": listed,
    }


EPSS = f"""#model_version:v2023.03.01,score_date:2024-07-12T00:00:00+0000
cve,epss,percentile
{NAME},0.97567,0.99995
CVE-2024-99990002,0.00113,0.43131
CVE-2024-99990003,1,1
""".encode()


def documents(feed: FeedFormat, payload: bytes) -> list[RawDocument]:
    """The documents of a payload that is known to be in order."""
    found = list(feed.documents(payload))
    assert all(isinstance(document, RawDocument) for document in found), found
    return cast("list[RawDocument]", found)


def records(feed: FeedFormat, document: bytes) -> list[Record]:
    """The records of a document that is known to be in order."""
    found = list(feed.read(document))
    assert all(isinstance(record, Record) for record in found), found
    return cast("list[Record]", found)


def raw(value: Any) -> bytes:
    """JSON in its compact form, as the feeds' lines have it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def at(value: Any, path: str, new: Any) -> Any:
    """Return ``value`` with what stands at a dotted path replaced; a number is a list index."""
    steps = [int(step) if step.isdigit() else step for step in path.split(".")]
    inner = value
    for step in steps[:-1]:
        inner = inner[step]
    inner[steps[-1]] = new
    return value
