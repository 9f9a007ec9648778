"""The Debian security tracker."""

from __future__ import annotations

from typing import Any

from tests.core.formats.feed_samples import NAME, raw


def issues() -> dict[str, Any]:
    """What the tracker says of one package: one issue in three releases."""
    return {
        NAME: {
            "description": "A neighbour can run commands on an SR-200.",
            "scope": "remote",
            "debianbug": 9990001,
            "releases": {
                "bullseye": {
                    "status": "open",
                    "repositories": {"bullseye": "2.1-1"},
                    "urgency": "medium",
                    "nodsa": "Minor issue",
                    "nodsa_reason": "ignored",
                },
                "bookworm": {
                    "status": "resolved",
                    "repositories": {"bookworm": "2.3-1+deb12u1"},
                    "fixed_version": "2.3-1+deb12u1",
                    "urgency": "medium",
                },
                "sid": {
                    "status": "undetermined",
                    "repositories": {"sid": "2.4-1"},
                    "urgency": "not yet assigned",
                },
            },
        }
    }


def tracker() -> dict[str, Any]:
    """The tracker's object, with one package."""
    return {"kasumid": issues()}


PAYLOADS = [raw(tracker()), raw({"kasumi-tools": issues(), "kasumid": issues()})]
BAD = (b'{"aa":%s,"bb":%s,"cc":%s}', raw(issues()))
VALUES = tracker
