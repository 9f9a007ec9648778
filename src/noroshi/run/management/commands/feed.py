"""``noroshi feed``: where documents come from."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core.errors import NotFound
from noroshi.edge.feeds.files import Limits, files_below
from noroshi.edge.feeds.importing import import_paths
from noroshi.edge.feeds.registry import FORMATS
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.actions import Ingest, Tally, source_named
from noroshi.run.console import Options, RoomCommand, Verbs, count, local_time, progress
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show
from noroshi.run.wording import quarantined


class Command(RoomCommand):
    """Import files, and see how the sources are doing."""

    help = _("import feeds from files, and see how they are doing")

    def declare(self, verbs: Verbs) -> None:
        """Declare import, status and quarantine."""
        add = verbs.add("import", self.import_, _("import files or folders of a source"))
        add.add_argument("source", choices=sorted(FORMATS), help=_("what the files hold"))
        add.add_argument(
            "paths",
            nargs="+",
            type=Path,
            metavar="PATH",
            help=_("a file or folder; .zip, .gz, .zst and .jsonl are unpacked"),
        )
        add.add_argument(
            "--cores", type=count, help=_("processes that read (default: as is worth it)")
        )
        verbs.add("status", self.status, _("show what each source has brought"))
        aside = verbs.add("quarantine", self.quarantine, _("show what could not be read, and why"))
        aside.add_argument("--source", choices=sorted(FORMATS), help=_("only this source"))
        aside.add_argument("--limit", type=count, default=100, help=_("rows at most"))

    def import_(self, options: Options) -> None:
        """Import files and say what they brought."""
        started = time.perf_counter()
        tally = self.bring_in(options["source"], options["paths"], options["cores"])
        seconds = time.perf_counter() - started
        say(
            self.out,
            _(
                "%(records)d records from %(documents)d documents; %(unchanged)d documents known "
                "already; %(stale)d records outdated; %(quarantined)d in quarantine; "
                "%(seconds).1f s"
            )
            % {**tally.counts(), "seconds": seconds},
        )
        if tally.quarantined:
            say(self.out, _("See: noroshi feed quarantine"))

    def bring_in(self, name: str, paths: list[Path], cores: int | None = None) -> Tally:
        """Import paths into a source, with a progress bar of the bytes read."""
        for path in paths:
            if not path.exists():
                raise NotFound(kind=_("file or folder"), name=str(path))
        limits = Limits(
            settings.NOROSHI.max_file_bytes,
            settings.NOROSHI.max_unpacked_bytes,
            settings.NOROSHI.max_document_bytes,
        )
        total = sum(file.stat().st_size for path in paths for file in files_below(path))
        ingest = Ingest(source_named(name), now=utc_now())
        with progress(self.err) as bar, ingest.noted():
            task = bar.add_task(name, total=total)
            import_paths(
                ingest,
                paths,
                limits,
                watch=lambda done: bar.update(task, completed=done),
                cores=cores,
            )
        return ingest.tally

    def status(self, _options: Options) -> None:
        """Show a table of the sources."""
        columns = (
            _("Source"),
            _("Last finished"),
            _("Documents"),
            _("Records"),
            _("In quarantine"),
        )
        rows = [
            (
                row.name,
                local_time(row.last_finished_at),
                f"{row.documents:,}",
                f"{row.records:,}",
                f"{row.quarantined:,}",
            )
            for row in overview.sources(sorted(FORMATS))
        ]
        show(self.out, columns, rows)

    def quarantine(self, options: Options) -> None:
        """Show what could not be read: source, file, place, reason."""
        found = overview.quarantine(options["source"], options["limit"])
        if not found:
            say(self.out, _("Nothing is in quarantine."))
            return
        columns = (_("Source"), _("File"), _("Place"), _("Reason"))
        rows = [(row.source.name, row.file, row.where, quarantined(row)) for row in found]
        show(self.out, columns, rows)
