"""SUSE's advisories, which are CSAF."""

from __future__ import annotations

from tests.core.formats.contract.csaf import BAD, PAYLOADS, VALUES

__all__ = ["BAD", "PAYLOADS", "VALUES"]
