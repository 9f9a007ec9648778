"""``noroshi exposure``: what concerns an organisation, why, and by when."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rich.table import Table

from noroshi.hub.matching import queries
from noroshi.hub.matching.evidence import Evidence, evidence
from noroshi.hub.matching.models import Finding
from noroshi.hub.members import queries as members
from noroshi.run import words
from noroshi.run.console import Command as Base


class Command(Base):
    """Show the live findings of one organisation, the most pressing first."""

    help = _("show what concerns an organisation, why, how sure, and by when")

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the organisation and how much to show."""
        parser.add_argument("organisation", metavar="SLUG", help=_("the organisation"))
        parser.add_argument("--limit", type=int, default=50, help=_("rows at most"))

    def handle(self, **options: Any) -> None:
        """Print the findings, or that there are none."""
        organisation = members.named(options["organisation"])
        viewer = members.viewer_of(organisation)
        findings = queries.exposure(viewer, organisation.pk)
        if not findings:
            self.out.print(
                _("Nothing known concerns %(name)s: no component matches a known vulnerability.")
                % {"name": organisation.name}
            )
            return
        shown = findings[: options["limit"]]
        self._print(shown, evidence(viewer, shown))
        self.out.print(
            _("%(shown)d of %(all)d findings shown.") % {"shown": len(shown), "all": len(findings)}
        )

    def _print(self, findings: list[Finding], reasons: dict[int, list[Evidence]]) -> None:
        table = Table(
            _("Act by"),
            _("Priority"),
            _("Vulnerability"),
            _("Severity"),
            _("System"),
            _("Because"),
            _("Sure"),
        )
        for finding in findings:
            why = reasons.get(finding.pk, [])
            table.add_row(
                str(finding.due or "–"),
                words.priority(finding.priority),
                self._title(finding),
                words.severity(finding.vulnerability.severity, finding.vulnerability.score),
                finding.system.name,
                words.because(why[0]) if why else "–",
                words.sureness(finding.status, finding.confidence),
            )
        self.out.print(table)

    @staticmethod
    def _title(finding: Finding) -> str:
        vulnerability = finding.vulnerability
        title = vulnerability.title_ja if get_language() == "ja" else vulnerability.title_en
        return f"{vulnerability.preferred_id}\n{title}"
