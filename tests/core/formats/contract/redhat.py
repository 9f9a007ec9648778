"""Red Hat's security data."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, V20, V31, raw


def release(package: str | None, cpe: str = "enterprise_linux:8", **more: Any) -> dict[str, Any]:
    """An entry of ``affected_release``; the vendor of ``cpe`` goes without saying."""
    entry = {
        "advisory": "RHSA-2024:9999",
        "cpe": f"cpe:/a:redhat:{cpe}",
        "package": package,
        "product_name": "Red Hat Enterprise Linux 8",
        "release_date": "2024-07-12T00:00:00Z",
        **more,
    }
    return {key: value for key, value in entry.items() if value is not None}


def state(package: str, fix_state: str, cpe: str = "enterprise_linux:7") -> dict[str, Any]:
    """An entry of ``package_state``."""
    return {
        "cpe": f"cpe:/o:redhat:{cpe}",
        "fix_state": fix_state,
        "package_name": package,
        "product_name": "Red Hat Enterprise Linux 7",
    }


def security_data() -> dict[str, Any]:
    """What is said of the console of the SR-200."""
    return {
        "name": NAME,
        "threat_severity": "Important",
        "public_date": "2024-07-09T00:00:00Z",
        "bugzilla": {
            "description": f"{NAME} console: commands of neighbours are run",
            "id": "9999999",
            "url": "https://bugzilla.redhat.com/show_bug.cgi?id=9999999",
        },
        "cvss": {"cvss_base_score": "7.5", "cvss_scoring_vector": V20, "status": "draft"},
        "cvss3": {"cvss3_base_score": "9.8", "cvss3_scoring_vector": V31, "status": "draft"},
        "cwe": "CWE-20->(CWE-77|CWE-78)",
        "details": ["A neighbour can run commands on an SR-200.", "The console asks nobody."],
        "statement": "The console of release 7 listens to no neighbours.",
        "mitigation": {"value": "Do not let neighbours in.", "lang": "en:us"},
        "upstream_fix": "console 2.4",
        "acknowledgement": "Red Hat would like to thank Hanako (Kasumi) for reporting this issue.",
        "references": ["https://kasumi.example/sa/1\nhttps://kasumi.example/sa/2"],
        "affected_release": [release("console-0:2.3-4.el8_9")],
        "package_state": [state("console", "Not affected")],
        "csaw": False,
    }


PAYLOADS = [raw(security_data()), raw([security_data(), {"name": NAME}])]
BAD = (b"[%s,%s,%s]", raw(security_data()))
VALUES = security_data
