"""``noroshi serve``: the site and the worker, in one command."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.db import connection
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.run import health, serving
from noroshi.run.console import Command as Base
from noroshi.run.tables import say


class Command(Base):
    """Answer requests and work on what is to be done, until stopped."""

    help = _("serve the site, and work on what is to be done, until stopped")

    def add_arguments(self, parser: CommandParser) -> None:
        """Take ``--no-worker``."""
        parser.add_argument(
            "--no-worker",
            action="store_true",
            help=_("the site alone; run: noroshi run, on this or another machine"),
        )

    def handle(self, **options: Any) -> None:
        """Bring an embedded database up to date, start the parts, and stop them in order."""
        self._tables()
        stop = threading.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_args: stop.set())
        configured = settings.NOROSHI
        wanted = serving.parts(configured, worker=not options["no_worker"])
        host, port = configured.listen
        if not serving.is_free((host, port)) or not serving.serve(
            wanted, configured.processes, stop, self._ready
        ):
            detail = _("the site could not start at %(host)s:%(port)d; its own words are above")
            raise Refused(detail=detail % {"host": host, "port": port})
        say(self.err, _("Stopped."))

    def _tables(self) -> None:
        if not health.migrations_missing():
            return
        if connection.vendor != "sqlite":
            raise Refused(
                detail=_("the tables of the database are not up to date; run: noroshi migrate")
            )
        call_command("migrate", verbosity=0)
        connection.close()

    def _ready(self) -> None:
        sentence = _("Noroshi is at %(address)s; stop it with Ctrl-C.")
        say(self.err, sentence % {"address": settings.NOROSHI.site_url})
