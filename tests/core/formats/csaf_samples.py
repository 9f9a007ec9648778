"""CSAF documents of invented vendors; see `feed_samples` for what they are about."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, V31

HARDWARE = "cpe:2.3:h:kasumi:sr-200:-:*:*:*:*:*:*:*"


def csaf(**more: Any) -> dict[str, Any]:
    """An advisory of a vendor: firmware that is affected on its hardware, fixed in 2.4."""
    return {
        "document": head(),
        "product_tree": tree(),
        "vulnerabilities": [vulnerability()],
        **more,
    }


def head() -> dict[str, Any]:
    """``document`` of the advisory."""
    return {
        "category": "csaf_security_advisory",
        "csaf_version": "2.0",
        "lang": "en-US",
        "title": "SR-200 trusts its neighbours",
        "distribution": {"tlp": {"label": "WHITE"}},
        "publisher": {
            "category": "vendor",
            "name": "Kasumi",
            "namespace": "https://psirt.kasumi.example",
        },
        "tracking": {
            "id": "KSA-2024-07",
            "status": "final",
            "version": "2",
            "initial_release_date": "2024-07-09T10:00:00.000Z",
            "current_release_date": "2024-07-15T12:00:00.000Z",
            "revision_history": [],
        },
        "notes": [
            {"category": "summary", "text": "A neighbour can run commands on an SR-200."},
            {"category": "legal_disclaimer", "text": "Without any warranty."},
        ],
        "references": [
            {"category": "self", "summary": "this", "url": "https://kasumi.example/sa/1"},
            {"category": "external", "summary": "more", "url": "https://notes.example/1"},
        ],
        "acknowledgments": [{"names": ["Aoi Mori"], "organization": "Lab", "summary": "found it"}],
        "aggregate_severity": {"text": "Critical"},
    }


def tree() -> dict[str, Any]:
    """Firmware below 2.4 and 2.4 itself, each installed on the router, and a client."""
    return {
        "branches": [
            branch(
                "vendor",
                "Kasumi",
                branch(
                    "product_name",
                    "SR-200 Firmware",
                    branch("product_version_range", "vers:all/<2.4", product="F1"),
                    branch("product_version", "2.4", product="F2"),
                ),
                branch("product_name", "SR-200", product="H", helper={"cpe": HARDWARE}),
                branch(
                    "product_name",
                    "sr-client",
                    branch(
                        "product_version",
                        "1.0.2",
                        product="C",
                        helper={"purl": "pkg:npm/%40kasumi/sr-client@1.0.2"},
                    ),
                ),
            )
        ],
        "relationships": [related("F1H", "F1", "H"), related("F2H", "F2", "H")],
        "product_groups": [{"group_id": "G", "product_ids": ["F1H", "C"]}],
    }


def vulnerability() -> dict[str, Any]:
    """The one vulnerability of the advisory."""
    return {
        "cve": NAME,
        "cwe": {"id": "CWE-78", "name": "OS command injection"},
        "ids": [{"system_name": "Kasumi tracker", "text": "KAS-1234"}],
        "product_status": {
            "known_affected": ["F1H"],
            "fixed": ["F2H"],
            "known_not_affected": ["C"],
        },
        "flags": [{"label": "component_not_present", "product_ids": ["C"]}],
        "remediations": [
            {
                "category": "vendor_fix",
                "details": "Install 2.4.",
                "url": "https://kasumi.example/2.4",
                "product_ids": ["F1H"],
            },
            {"category": "workaround", "details": "Turn discovery off.", "group_ids": ["G"]},
        ],
        "scores": [
            {
                "products": ["F1H"],
                "cvss_v3": {"version": "3.1", "vectorString": V31, "baseScore": 9.8},
            }
        ],
        "threats": [
            {"category": "impact", "details": "Important"},
            {"category": "exploit_status", "details": "Exploited:Yes", "date": "2024-07-12"},
        ],
    }


def csaf21() -> dict[str, Any]:
    """The same in CSAF 2.1: metrics with their source, several weaknesses, a product path."""
    document = csaf()
    document["document"].update(csaf_version="2.1", aggregate_severity=None)
    document["document"]["distribution"]["tlp"]["label"] = "CLEAR"
    del document["product_tree"]["relationships"]
    document["product_tree"]["product_paths"] = [
        {
            "beginning_product_reference": firmware,
            "full_product_name": {"product_id": f"{firmware}H", "name": "on the router"},
            "subpaths": [{"category": "installed_on", "next_product_reference": "H"}],
        }
        for firmware in ("F1", "F2")
    ]
    said = document["vulnerabilities"][0]
    for old in ("cwe", "scores", "threats"):
        del said[old]
    said["cwes"] = [{"id": "CWE-78", "name": "one"}, {"id": "CWE-20", "name": "another"}]
    cvss = {"version": "3.1", "vectorString": V31, "baseScore": 9.8}
    said["metrics"] = [
        {"content": {"cvss_v3": cvss, "qualitative_severity_rating": "critical"}},
        {"content": {"cvss_v3": cvss}, "source": "https://nvd.nist.gov/vuln/detail/" + NAME},
        {"content": {"ssvc_v2": ssvc()}},
    ]
    said["first_known_exploitation_dates"] = [
        {"date": "2024-07-14T00:00:00Z", "exploitation_date": "2024-07-13T00:00:00Z"},
        {"date": "2024-07-14T00:00:00Z", "exploitation_date": "2024-07-11T00:00:00Z"},
    ]
    return document


def ssvc() -> dict[str, Any]:
    """A selection list of SSVC."""
    chosen = {"E": "A", "A": "Y", "TI": "T"}
    return {
        "timestamp": "2024-07-13T00:00:00Z",
        "schemaVersion": "2.0.0",
        "selections": [
            {"namespace": "ssvc", "key": key, "version": "1.0.0", "values": [{"key": value}]}
            for key, value in chosen.items()
        ],
    }


def branch(
    category: str,
    name: str,
    *below: dict[str, Any],
    product: str = "",
    helper: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A branch; with ``product`` a leaf of that id."""
    found: dict[str, Any] = {"category": category, "name": name}
    if below:
        found["branches"] = list(below)
    if product:
        found["product"] = {"product_id": product, "name": f"the {name}"}
        if helper:
            found["product"]["product_identification_helper"] = helper
    return found


def related(product: str, first: str, other: str) -> dict[str, Any]:
    """A product that is the first installed on the other."""
    return {
        "category": "installed_on",
        "full_product_name": {"product_id": product, "name": f"{first} on {other}"},
        "product_reference": first,
        "relates_to_product_reference": other,
    }
