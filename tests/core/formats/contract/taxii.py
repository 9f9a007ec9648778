"""STIX 2.1 objects about an invented router. Every sentence is ours."""

from __future__ import annotations

from typing import Any

from noroshi.core.policy.marking import Tlp
from tests.core.formats.feed_samples import NAME, raw

OTHER = "CVE-2024-99990002"
MAKER = "1f0e6a52-6a1f-4c55-9c1a-0d9be1a2c001"


def stix(kind: str, number: int = 1, **more: Any) -> dict[str, Any]:
    """An object that everybody may read."""
    return {
        "type": kind,
        "spec_version": "2.1",
        "id": f"{kind}--1f0e6a52-6a1f-4c55-9c1a-{number:012}",
        "created_by_ref": f"identity--{MAKER}",
        "created": "2024-07-09T10:00:00.000Z",
        "modified": "2024-07-10T10:00:00.000Z",
        "object_marking_refs": [Tlp.CLEAR.stix_id],
        **more,
    }


def vulnerability(name: str = NAME, number: int = 1, **more: Any) -> dict[str, Any]:
    """A vulnerability."""
    return stix(
        "vulnerability",
        number,
        name=name,
        description="Who stands beside an SR-200 runs commands on it.",
        external_references=[
            {"source_name": "cve", "external_id": name},
            {"source_name": "Kasumi", "url": "https://kasumi.example/sa/1"},
        ],
        **more,
    )


def report(name: str = NAME, **more: Any) -> dict[str, Any]:
    """A report that mentions a vulnerability."""
    return stix(
        "report",
        7,
        name=f"Routers taken over through {name}",
        description="Seen since June: commands on the page for testing a line.",
        published="2024-07-09T10:00:00.000Z",
        object_refs=["indicator--1f0e6a52-6a1f-4c55-9c1a-000000000008"],
        external_references=[{"source_name": "ours", "url": "https://nagomi.example/7"}],
        **more,
    )


def indicator(name: str = NAME, **more: Any) -> dict[str, Any]:
    """An indicator that says what it is the sign of."""
    return stix(
        "indicator",
        8,
        name=f"Requests that use {name}",
        description="A semicolon in the address to be pinged.",
        pattern="[url:value = 'http://192.0.2.7/ping']",
        pattern_type="stix",
        valid_from="2024-07-09T10:00:00Z",
        **more,
    )


def envelope(*objects: Any, **more: Any) -> dict[str, Any]:
    """What a collection answers."""
    return {"more": False, "objects": list(objects), **more}


def _two() -> dict[str, Any]:
    return envelope(vulnerability(), report(OTHER))


PAYLOADS = [
    raw(_two()),
    raw({"type": "bundle", "id": "bundle--x", "objects": [stix("malware"), indicator()]}),
    raw(vulnerability()),
    raw([vulnerability()]),
]
BAD = (b'{"objects":[%s,%s,%s]}', raw(vulnerability()))
VALUES = _two
