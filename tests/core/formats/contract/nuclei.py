"""Templates of nuclei in both layouts."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, V31, raw


def template() -> dict[str, Any]:
    """A template's header."""
    return {
        "id": NAME,
        "path": f"http/cves/2024/{NAME}.yaml",
        "protocol": "http",
        "name": "Kasumi SR-200 - Command Injection",
        "severity": "critical",
        "description": "A neighbour can run commands on an SR-200.",
        "impact": None,
        "reference": ["https://kasumi.example/sa/1"],
        "classification": {
            "cvss-metrics": V31,
            "cvss-score": 9.8,
            "cve-id": NAME,
            "cwe-id": "CWE-78",
            "epss-score": 0.4,
        },
        "tags": "cve,cve2024,kasumi",
        "metadata": {"vendor": "kasumi", "product": "sr-200", "verified": True},
    }


def listed() -> dict[str, Any]:
    """A line of ``cves.json``."""
    return {
        "ID": NAME,
        "Info": {
            "Name": "Kasumi SR-200 - Command Injection",
            "Severity": "critical",
            "Description": "A neighbour can run commands on an SR-200.",
            "Classification": {"CVSSScore": "9.8"},
        },
        "file_path": f"http/cves/2024/{NAME}.yaml",
    }


PAYLOADS = [raw(template()), raw(listed())]
BAD = (b"%s\n%s\n%s\n", raw(listed()))
VALUES = template
