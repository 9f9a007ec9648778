"""``noroshi incident``: attack reports of members, and sharing them without their names."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from noroshi.core.errors import NotAnIdentifier, Refused
from noroshi.core.formats.stix import Report
from noroshi.core.indicators import Indicator, IndicatorType, indicator
from noroshi.core.policy.marking import Tlp
from noroshi.hub.intel import actions, queries
from noroshi.hub.intel.queries import ReportHead
from noroshi.hub.notices.recipients import audience_of
from noroshi.run.arguments import (
    acting,
    add_acting,
    add_audience,
    choice_of,
    read_text,
    tlp,
)
from noroshi.run.console import Options, RoomCommand, Verbs, local_time, moment
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Report attacks, list and read the reports, share them through the hub."""

    help = _("report attacks, read the reports, and share them without naming who reported")

    def declare(self, verbs: Verbs) -> None:
        """Declare report, list, show and share."""
        report = verbs.add("report", self.report, _("report an attack; only its maker reads it"))
        add_acting(report)
        report.add_argument("--title", required=True, help=_("what happened, in one line"))
        text = report.add_mutually_exclusive_group(required=True)
        text.add_argument("--text", help=_("what happened"))
        text.add_argument("--text-file", type=Path, metavar="FILE", help=_("a file with the text"))
        report.add_argument(
            "--tlp", type=tlp, default=Tlp.AMBER, metavar="TLP", help=_("marking (default: amber)")
        )
        report.add_argument(
            "--indicator",
            action="append",
            default=[],
            type=_indicator,
            metavar="TYPE=VALUE",
            help=_("something seen in the attack: %(types)s")
            % {"types": ", ".join(kind.value for kind in IndicatorType)},
        )
        report.add_argument(
            "--vulnerability",
            action="append",
            default=[],
            metavar="NAME",
            help=_("a vulnerability that was used, such as CVE-2021-44228"),
        )
        report.add_argument(
            "--observed", type=moment, metavar="TIME", help=_("when it was first seen")
        )
        add_acting(verbs.add("list", self.list, _("list the reports that may be read")))
        reading = verbs.add("show", self.show, _("show a report"))
        reading.add_argument("stix_id", metavar="REPORT", help=_("the report's identifier"))
        add_acting(reading)
        share = verbs.add("share", self.share, _("let the hub share a report as its own"))
        share.add_argument("stix_id", metavar="REPORT", help=_("the report's identifier"))
        share.add_argument(
            "--without",
            action="append",
            default=[],
            metavar="VALUE",
            help=_("leave this indicator out"),
        )
        add_acting(share)
        add_audience(share)

    def report(self, options: Options) -> None:
        """Store a report and print its identifier."""
        if not options["who"]:
            raise Refused(detail=_("say who reports, with --as"))
        who = acting(options)
        report = Report(
            title=options["title"],
            text=options["text"] or read_text(options["text_file"]).strip(),
            tlp=options["tlp"],
            indicators=tuple(options["indicator"]),
            vulnerabilities=tuple(options["vulnerability"]),
            observed=options["observed"],
        )
        made = actions.report_incident(who.viewer, report, now=utc_now(), actor=who.actor)
        say(self.out, made)
        say(self.out, _("Nobody else reads it before it is shared: noroshi incident share …"))

    def list(self, options: Options) -> None:
        """Show the reports that may be read."""
        rows = [_row(head) for head in queries.reports(acting(options).viewer)]
        columns = (_("Identifier"), _("Marking"), _("Of"), _("Title"), _("Shared"))
        show(self.out, columns, rows)

    def show(self, options: Options) -> None:
        """Show one report with its indicators and vulnerabilities."""
        whole = queries.report_for(acting(options).viewer, options["stix_id"])
        say(self.out, f"[{whole.head.tlp.label}] {whole.report.title}")
        say(self.out, whole.report.text)
        if whole.report.observed:
            say(self.out, _("First seen: %(at)s") % {"at": local_time(whole.report.observed)})
        rows = [(item.type.value, item.value) for item in whole.report.indicators]
        rows += [("vulnerability", name) for name in whole.report.vulnerabilities]
        show(self.out, (_("Kind"), _("Value")), rows)

    def share(self, options: Options) -> None:
        """Let the hub share a report, and print the identifier of what is shared."""
        who = acting(options)
        shared = actions.share_incident(
            who.viewer,
            options["stix_id"],
            audience_of(choice_of(options)),
            without=options["without"],
            now=utc_now(),
            actor=who.actor,
        )
        say(self.out, shared)
        say(self.out, _("The hub has shared it as its own; it names nobody."))


def _indicator(text: str) -> Indicator:
    kind, _equals, value = text.partition("=")
    try:
        return indicator(IndicatorType(kind), value)
    except (ValueError, NotAnIdentifier) as error:
        kinds = ", ".join(known.value for known in IndicatorType)
        message = _("%(text)r is not TYPE=VALUE with one of these types: %(types)s")
        raise argparse.ArgumentTypeError(message % {"text": text[:80], "types": kinds}) from error


def _row(head: ReportHead) -> tuple[str, ...]:
    shared = local_time(head.published_at) if head.published_at else _("draft")
    return (head.stix_id, head.tlp.label, head.owner, head.title, shared)
