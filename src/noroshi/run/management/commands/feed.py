"""``noroshi feed``: where documents come from."""

from __future__ import annotations

import time
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core.errors import FetchError, FormatError, NotFound, Refused
from noroshi.edge.feeds.files import files_below
from noroshi.edge.feeds.importing import import_paths
from noroshi.edge.feeds.port import Feed
from noroshi.edge.feeds.pulling import pull
from noroshi.edge.feeds.registry import FORMATS
from noroshi.edge.sentences import quarantined, recorded, sentence
from noroshi.hub.knowledge import following, overview
from noroshi.hub.knowledge.actions import Ingest, Tally, source_named
from noroshi.run.console import Options, RoomCommand, Verbs, ago, count, local_time, progress
from noroshi.run.pulling import feed_named, limits, manner
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Import files, pull from the network, and see how the sources are doing."""

    help = _("bring in feeds, from files or the network, and see how they are doing")

    def declare(self, verbs: Verbs) -> None:
        """Declare import, pull, status and quarantine."""
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
        pull = verbs.add("pull", self.pull, _("fetch what is new from sources of the network"))
        pull.add_argument(
            "names",
            nargs="*",
            metavar="NAME",
            help=_("a source; none: those that the setting feeds names"),
        )
        pull.add_argument(
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
        total = sum(file.stat().st_size for path in paths for file in files_below(path))
        ingest = Ingest(source_named(name), now=utc_now())
        with progress(self.err) as bar, ingest.noted():
            task = bar.add_task(name, total=total)
            import_paths(
                ingest,
                paths,
                limits(),
                watch=lambda done: bar.update(task, completed=done),
                cores=cores,
            )
        return ingest.tally

    def pull(self, options: Options) -> None:
        """Pull sources one after the other; one that cannot be pulled does not hold up the next."""
        names = options["names"] or settings.NOROSHI.feeds
        if not names:
            raise Refused(detail=_("name a source, or let the setting feeds name some"))
        feeds = [feed_named(name) for name in names]
        failed = [feed.source for feed in feeds if not self._pulled(feed, options["cores"])]
        if failed:
            text = _("%(count)d of %(all)d sources could not be pulled: %(names)s")
            facts = {"count": len(failed), "all": len(feeds), "names": ", ".join(failed)}
            raise Refused(detail=text % facts)

    def _pulled(self, feed: Feed, cores: int | None) -> bool:
        started = time.perf_counter()
        try:
            with progress(self.err) as bar:
                task = bar.add_task(feed.source, total=None)

                def watch(received: int, tally: Tally) -> None:
                    text = f"{feed.source}  {received / 1e6:,.1f} MB"
                    bar.update(task, description=text, completed=tally.records)

                tally = pull(feed, manner(feed.source, cores), watch=watch)
        except (FetchError, FormatError, Refused) as error:
            say(self.err, f"{feed.source}: {sentence(error)}")
            return False
        self._brought(feed.source, tally, time.perf_counter() - started)
        return True

    def _brought(self, name: str, tally: Tally, seconds: float) -> None:
        if tally == Tally():
            say(self.out, _("%(source)s: nothing new") % {"source": name})
            return
        text = _(
            "%(source)s: %(records)d records from %(documents)d documents; %(unchanged)d documents "
            "known already; %(quarantined)d in quarantine; %(seconds).1f s"
        )
        say(self.out, text % {**tally.counts(), "source": name, "seconds": seconds})

    def status(self, _options: Options) -> None:
        """Show a table of the sources: what they have brought, and how pulling them goes."""
        columns = (
            _("Source"),
            _("Last finished"),
            _("Documents"),
            _("Records"),
            _("In quarantine"),
            _("Last pulled"),
            _("Ago"),
            _("Next pull"),
            _("Trouble"),
        )
        standings = following.standings(sorted(FORMATS))
        rows = [
            (
                row.name,
                local_time(row.last_finished_at),
                f"{row.documents:,}",
                f"{row.records:,}",
                f"{row.quarantined:,}",
                *self._standing(standings.get(row.name)),
            )
            for row in overview.sources(sorted(FORMATS))
        ]
        show(self.out, columns, rows)

    def _standing(self, standing: following.Standing | None) -> tuple[str, str, str, str]:
        """Return last success, how long that is ago, when it is asked again, what went wrong."""
        if standing is None:
            return ("–", "–", "–", "")
        pulled = standing.succeeded_at
        trouble = ""
        if standing.error:
            code, facts, _where = standing.error
            trouble = _("%(why)s (failures in a row: %(count)d)") % {
                "why": recorded(code, facts),
                "count": standing.failures,
            }
        return (
            local_time(pulled),
            "–" if pulled is None else ago(utc_now() - pulled),
            local_time(standing.next_at),
            trouble,
        )

    def quarantine(self, options: Options) -> None:
        """Show what could not be read: source, file, place, reason."""
        found = overview.quarantine(options["source"], options["limit"])
        if not found:
            say(self.out, _("Nothing is in quarantine."))
            return
        columns = (_("Source"), _("File"), _("Place"), _("Reason"))
        rows = [(row.source.name, row.file, row.where, quarantined(row)) for row in found]
        show(self.out, columns, rows)
