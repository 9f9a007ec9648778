"""Sending beside the stages: a thread for each channel, so that neither waits for a slow server."""

from __future__ import annotations

import threading
import time

import structlog
from django.db import InterfaceError, OperationalError, close_old_connections, connections

from noroshi.core.outgoing import Channel
from noroshi.edge.outbound.sending import Clock, Counts, channels, drain_channel
from noroshi.run.stages.worker import utc_now

log = structlog.get_logger()

PATIENCE = 25.0
"""Seconds that a message in hand gets when the sending is to stop; a call takes less."""


class Outgoing:
    """Sends on every channel until ``stop`` is set. ``pause``: seconds between two looks."""

    def __init__(self, stop: threading.Event, pause: float, clock: Clock = utc_now) -> None:
        self.counts = {channel: Counts() for channel in sorted(channels())}
        self._stop = stop
        self._pause = pause
        self._clock = clock
        # Killed with the process if need be: what is in hand then is sent again.
        self._threads = [
            threading.Thread(target=self._send, args=(channel,), name=f"{channel}", daemon=True)
            for channel in self.counts
        ]

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def join(self) -> None:
        """Wait, for a while, until what is in hand has been sent. ``stop`` must be set."""
        until = time.monotonic() + PATIENCE
        for thread in self._threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _send(self, channel: Channel) -> None:
        try:
            while not self._stop.is_set():
                close_old_connections()
                self._once(channel)
                self._stop.wait(self._pause)
        finally:
            self._stop.set()  # a channel that cannot go on ends the worker, which is started anew
            connections.close_all()

    def _once(self, channel: Channel) -> None:
        try:
            drain_channel(channel, self._clock, self._stop, self.counts[channel])
        except (OperationalError, InterfaceError) as error:
            # The stages' thread says it aloud if the database stays away; here it is tried again.
            log.warning("sending waits for the database", channel=channel, reason=str(error))
