"""Curated configurations in NVD's shape."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import FIRMWARE, HARDWARE, NAME, match, node, raw


def override() -> dict[str, Any]:
    """An override: the firmware of the SR-200 on its hardware."""
    return {
        "_annotation": {
            "cna": "kasumi",
            "cve_id": NAME,
            "description": "A neighbour can run commands on an SR-200.",
            "modified": "2024-07-10T09:00:00+00:00",
            "published": "2024-07-09T10:29:43",
            "reason": "Nobody else had looked at it.",
            "references": ["https://kasumi.example/sa/1"],
        },
        "cve": {
            "configurations": [
                {
                    "operator": "AND",
                    "nodes": [
                        node(match(FIRMWARE, versionEndExcluding="2.4")),
                        node(match(HARDWARE, vulnerable=False)),
                    ],
                }
            ],
            "references": [{"source": "ours", "url": "https://kasumi.example/fix/1"}],
        },
    }


PAYLOADS = [raw(override()), raw([override(), override()])]
BAD = (b"[%s,%s,%s]", raw(override()))
VALUES = override
