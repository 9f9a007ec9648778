"""``noroshi audit``: the hash-chained event record."""

from __future__ import annotations

import sys

from django.utils.translation import gettext as _

from noroshi.hub.audit import queries
from noroshi.hub.audit.verification import Broken, Intact, verify
from noroshi.run.console import Options, RoomCommand, Verbs, count, local_time
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Verify the event record and read it."""

    help = _("verify the event record, and read it")

    def declare(self, verbs: Verbs) -> None:
        """Declare verify and list."""
        verbs.add("verify", self.verify, _("check that nobody changed the record"))
        listing = verbs.add("list", self.list, _("list the newest events"))
        listing.add_argument("--limit", type=count, default=50, help=_("rows at most"))
        listing.add_argument(
            "--verb", default="", help=_("only these: notice.published, or a whole room: notice")
        )
        listing.add_argument("--actor", default="", help=_("only what this one did"))

    def verify(self, _options: Options) -> None:
        """Walk the chain; exit status 1 if it is broken."""
        match verify():
            case Intact(events=events, head=head):
                say(self.out, _("The record is intact: %(events)d events.") % {"events": events})
                say(
                    self.out, _("Keep this to notice if it is cut short: %(head)s") % {"head": head}
                )
            case Broken(seq=seq):
                sentence = _("The record is broken: event %(seq)d, or one before it, was changed.")
                say(self.err, sentence % {"seq": seq})
                sys.exit(1)

    def list(self, options: Options) -> None:
        """Show the newest events, newest first."""
        asked = queries.Asked(verb=options["verb"], actor=options["actor"])
        events = queries.newest(options["limit"], asked)
        rows = [
            (str(row.seq), local_time(row.at), row.actor, row.verb, row.object, row.detail)
            for row in events
        ]
        columns = ("#", _("Time"), _("By"), _("Event"), _("Object"), _("Detail"))
        show(self.out, columns, rows)
