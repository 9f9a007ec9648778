"""Stored documents through today's readers."""

from __future__ import annotations

import datetime as dt
from contextlib import closing

import msgspec

from noroshi.edge.feeds.importing import Watcher
from noroshi.edge.feeds.reading import read, read_elsewhere
from noroshi.hub.knowledge import replaying
from noroshi.hub.knowledge.actions import Ingest, Tally
from noroshi.hub.knowledge.models import Source


class Replayed(msgspec.Struct, frozen=True):
    """What a replay changed; ``taken_back``: records that nothing stored says any more."""

    tally: Tally
    taken_back: int


def replay(
    source: Source, *, now: dt.datetime, watch: Watcher = lambda _: None, cores: int = 1
) -> Replayed:
    """Read everything that is stored of a source again; ``watch`` is told the documents done.

    Killed at any instant, the next replay does the rest.
    """
    ingest = Ingest(source, now=now)
    batches = replaying.stored(source)
    if cores > 1:
        prepared = read_elsewhere(source.name, batches, cores)
    else:
        prepared = (read(source.name, batch) for batch in batches)
    taken_back = 0
    with closing(prepared):
        for documents in prepared:
            ingest.write(documents)
            taken_back += replaying.settle(source, documents, now=now)
            watch(ingest.tally.documents)
    replaying.note(source, ingest.tally, taken_back, now=now)
    return Replayed(ingest.tally, taken_back)
