"""Reading documents: here, or on the other cores.

This module and all it imports know nothing of Django, so that a reader is up in a moment.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait

from noroshi.edge.feeds.registry import CATALOGUES, COMPLETE, FORMATS
from noroshi.hub.knowledge.preparing import Located, PreparedDocument, prepare


def read(source: str, batch: Sequence[Located]) -> list[PreparedDocument]:
    """Read a batch of documents of a source."""
    format_ = FORMATS[source]
    catalogue = CATALOGUES.get(source)
    return [
        prepare(format_, file, document, catalogue, complete=source in COMPLETE)
        for file, document in batch
    ]


def read_elsewhere(
    source: str, batches: Iterator[list[Located]], readers: int
) -> Generator[list[PreparedDocument], None, None]:
    """Read batches in other processes; what comes back is in the order of the batches."""
    context = multiprocessing.get_context("spawn")  # forked children would share our database
    with ProcessPoolExecutor(readers, context, initializer=_die_with_parent) as pool:
        under_way: deque[Future[list[PreparedDocument]]] = deque()
        for batch in batches:
            with _interrupts_held_back():  # a reader is started here, and inherits this
                under_way.append(pool.submit(read, source, batch))
            if len(under_way) > readers + 1:
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Keep Ctrl-C from readers, also from those still starting: the importing process ends them."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _die_with_parent() -> None:
    """End this reader when the importing process is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    sentinel = parent.sentinel

    def watch() -> None:
        wait([sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
