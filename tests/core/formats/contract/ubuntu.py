"""The Ubuntu CVE tracker."""

from __future__ import annotations

import json
from typing import Any

from tests.core.formats.feed_samples import NAME, raw


def cve() -> dict[str, Any]:
    """A CVE that two source packages share, in releases and archives of every kind."""
    return {
        "candidate": NAME,
        "description": "A neighbour can run commands.",
        "ubuntu_description": "The daemon of the SR-200 believes whoever is near.",
        "notes": {"somebody": "the packages share the parser"},
        "priority": "high",
        "references": [
            "https://ubuntu.com/security/notices/USN-99901-1",
            f"https://www.cve.org/CVERecord?id={NAME}",
        ],
        "discovered_by": "Somebody",
        "mitigation": "Close port 8443.",
        "public_date": "2024-07-09 10:00:00 UTC",
        "packages": {
            "xenial": {"kasumid": said("ignored", "end of standard support, was needed")},
            "esm-infra/xenial": {"kasumid": said("released", "2.1-1ubuntu2+esm1")},
            "jammy": {
                "kasumid": said("released", "2.3-1ubuntu0.1"),
                "kasumi-tools": said("not-affected", "code not present"),
            },
            "noble": {"kasumid": said("needed"), "kasumi-tools": said("DNE")},
            "upstream": {"kasumid": said("released", "2.4")},
        },
    }


def said(status: str, note: str | None = None) -> dict[str, Any]:
    """What is said of one package in one release."""
    return {"name": "kasumid", "status": status} | ({"note": note} if note else {})


def osv() -> dict[str, Any]:
    """The same CVE in the OSV format."""
    return {
        "schema_version": "1.7.0",
        "id": f"UBUNTU-{NAME}",
        "details": "A neighbour can run commands.",
        "upstream": [NAME],
        "related": ["USN-99901-1"],
        "published": "2024-07-09T10:00:00Z",
        "modified": "2024-07-10T10:00:00Z",
        "severity": [{"type": "Ubuntu", "score": "high"}],
        "references": [{"type": "REPORT", "url": f"https://ubuntu.com/security/{NAME}"}],
        "affected": [
            packaged("Ubuntu:16.04:LTS", "kasumid"),
            packaged("Ubuntu:Pro:16.04:LTS", "kasumid", "2.1-1ubuntu2+esm1"),
            packaged("Ubuntu:22.04:LTS", "kasumid", "2.3-1ubuntu0.1"),
            packaged("Ubuntu:24.04:LTS", "kasumid"),
            packaged("Ubuntu:Pro:FIPS-updates:22.04:LTS", "kasumid", "2.3-1+fips1"),
        ],
    }


def packaged(ecosystem: str, name: str, fixed: str = "") -> dict[str, Any]:
    """A source package in an archive, and which version of it fixed the CVE."""
    events = [{"introduced": "0"}, *([{"fixed": fixed}] if fixed else [])]
    return {
        "package": {"ecosystem": ecosystem, "name": name},
        "ranges": [{"type": "ECOSYSTEM", "events": events}],
        "versions": ["2.0-1", "2.1-1ubuntu1"],
    }


PAYLOADS = [raw(cve()), raw(osv()), json.dumps(osv(), indent=2).encode()]
BAD = (b"%s\n%s\n%s\n", raw(cve()))
VALUES = cve
