"""MISP events, about an invented router. Every sentence is ours."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, V31, raw

OTHER = "CVE-2024-99990002"
UUID = "5f0b5c0e-3a52-4c1e-9d0b-7a4be1a2c001"


def attribute(kind: str, value: str, relation: str = "", **more: Any) -> dict[str, Any]:
    """An attribute; ``relation``: what its object calls it."""
    return {
        "uuid": "5f0b5c0e-3a52-4c1e-9d0b-7a4be1a2c0ff",
        "type": kind,
        "category": "External analysis",
        "value": value,
        "timestamp": "1720519200",
        "to_ids": False,
        "comment": "",
        **({"object_relation": relation} if relation else {}),
        **more,
    }


def vulnerability(name: str = NAME) -> dict[str, Any]:
    """An object of the template ``vulnerability``."""
    return {
        "name": "vulnerability",
        "meta-category": "vulnerability",
        "template_uuid": "81650945-f186-437b-8945-9f31715d32da",
        "template_version": "8",
        "uuid": "5f0b5c0e-3a52-4c1e-9d0b-7a4be1a2c002",
        "Attribute": [
            attribute("vulnerability", name, "id"),
            attribute("text", "SR-200 runs commands of its neighbours", "summary"),
            attribute("text", "Who stands beside an SR-200 runs commands on it.", "description"),
            attribute("text", V31, "cvss-string"),
            attribute("float", "9.8", "cvss-score"),
            attribute("datetime", "2024-07-09T10:00:00+00:00", "published"),
            attribute("link", "https://kasumi.example/sa/1", "references"),
            attribute(
                "cpe",
                "cpe:2.3:o:kasumi:sr-200_firmware:2.3:*:*:*:*:*:*:*",
                "vulnerable-configuration",
            ),
            attribute("text", "Mori Aoi", "credit"),
        ],
    }


def event(*tags: str, distribution: str = "3", **more: Any) -> dict[str, Any]:
    """An event that speaks of two vulnerabilities."""
    inner = {
        "uuid": UUID,
        "info": "Routers that obey whoever stands beside them",
        "date": "2024-07-09",
        "timestamp": "1720519200",
        "publish_timestamp": "1720519300",
        "published": True,
        "analysis": "2",
        "threat_level_id": "2",
        "distribution": distribution,
        "Orgc": {"name": "Nagomi CERT", "uuid": "5f0b5c0e-3a52-4c1e-9d0b-7a4be1a2c003"},
        "Attribute": [
            attribute("vulnerability", OTHER),
            attribute("ip-dst", "192.0.2.7"),
            attribute("link", "https://nagomi.example/reports/7"),
        ],
        "Object": [vulnerability()],
        **more,
    }
    if tags:
        inner["Tag"] = [{"name": name, "colour": "#ffffff"} for name in tags]
    return {"Event": inner}


PAYLOADS = [
    raw(event("tlp:clear", distribution="1")),
    raw({"response": [event(), event("tlp:white")]}),
    raw([event()]),
]
BAD = (
    b"[%s,%s,%s]",
    raw({"Event": {"uuid": UUID, "distribution": "3", "Object": [vulnerability()]}}),
)
VALUES = event
