"""How the database writes the status of an affected range."""

from __future__ import annotations

from noroshi.core.facets import Status

STATUS_CODES: dict[Status, int] = {
    Status.AFFECTED: 1,
    Status.NOT_AFFECTED: 2,
    Status.FIXED: 3,
    Status.UNKNOWN: 4,
}
"""What `AffectedRange.status` stores for each status."""
