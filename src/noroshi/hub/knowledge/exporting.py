"""One vulnerability as a merged view of what sources say, for those who write it in a format."""

from __future__ import annotations

import datetime as dt

from noroshi.core.facets import State
from noroshi.core.formats.merged import Merged
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.models import Vulnerability

MOST = 500
"""Names, and records, that are merged; nobody has met a vulnerability with a tenth."""


def merged(row: Vulnerability) -> Merged:
    """Return what stands of all that sources say; what they took back is not in it.

    Of one that nobody speaks of any more it is what they took back, as rejected.
    """
    claims = overview.claims_of(row, MOST)
    standing = tuple(one.record for one in claims if one.withdrawn_at is None)
    times = [time for one in claims for time in (one.asserted_at, one.withdrawn_at) if time]
    received = [one.received_at for one in claims] or [dt.datetime(1970, 1, 1, tzinfo=dt.UTC)]
    return Merged(
        names=tuple(overview.names_of(row, MOST)),
        state=State(row.state),
        disputed=row.disputed,
        published=row.published,
        modified=max(times or received),
        records=standing or tuple(one.record for one in claims),
    )
