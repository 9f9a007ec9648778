"""``noroshi knowledge``: what is known of vulnerabilities, as a whole."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.edge.feeds.registry import FORMATS
from noroshi.edge.feeds.replaying import replay
from noroshi.hub.knowledge.models import Source
from noroshi.hub.knowledge.retention import forget
from noroshi.run.console import Options, RoomCommand, Verbs, count, progress
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Read again what is stored, and forget what is not needed."""

    help = _("read again what is stored, forget what was replaced")

    def declare(self, verbs: Verbs) -> None:
        """Declare replay and forget."""
        again = verbs.add(
            "replay", self.replay, _("read the stored documents again, with today's readers")
        )
        again.add_argument(
            "sources",
            nargs="*",
            metavar="SOURCE",
            help=_("only these sources"),
        )
        again.add_argument("--cores", type=count, default=1, help=_("processes that read"))
        less = verbs.add(
            "forget", self.forget, _("forget documents that newer ones took the place of")
        )
        less.add_argument(
            "--days",
            type=count,
            default=settings.NOROSHI.document_days,
            required=settings.NOROSHI.document_days is None,
            help=_("only those that are older"),
        )

    def replay(self, options: Options) -> None:
        """Replay sources, and say what changed."""
        wanted = options["sources"] or sorted(FORMATS)
        sources = {row.name: row for row in Source.objects.filter(name__in=wanted)}
        for name in options["sources"]:
            if name not in sources:
                raise NotFound(kind=_("source"), name=name)
        columns = (
            _("Source"),
            _("Documents"),
            _("Records changed"),
            _("Records taken back"),
            _("In quarantine"),
        )
        rows = []
        with progress(self.err) as bar:
            for source in sources.values():
                task = bar.add_task(source.name, total=source.kept_documents)
                done = replay(
                    source,
                    now=utc_now(),
                    watch=lambda read, task=task: bar.update(task, completed=read),
                    cores=options["cores"],
                )
                numbers = (done.tally.documents, done.tally.records, done.taken_back)
                quarantined = done.tally.quarantined
                rows.append((source.name, *(f"{number:,}" for number in (*numbers, quarantined))))
        if not rows:
            say(self.out, _("Nothing is stored yet."))
            return
        show(self.out, columns, rows)

    def forget(self, options: Options) -> None:
        """Forget, and say how much."""
        now = utc_now()
        done = forget(now - dt.timedelta(days=options["days"]), now=now)
        sentence = _("Documents forgotten: %(documents)s (%(size).1f MB).")
        facts = {"documents": f"{done.documents:,}", "size": done.size / 1_000_000}
        say(self.out, sentence % facts)
