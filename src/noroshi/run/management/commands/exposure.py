"""``noroshi exposure``: what concerns an organisation, why, and by when."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.edge import words
from noroshi.hub.matching import queries
from noroshi.hub.matching.evidence import Evidence, evidence
from noroshi.hub.matching.models import Finding
from noroshi.hub.members import queries as members
from noroshi.run.console import Command as Base
from noroshi.run.console import count
from noroshi.run.tables import say


class Command(Base):
    """Show the live findings of one organisation, the most pressing first."""

    help = _("show what concerns an organisation, why, how sure, and by when")

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the organisation and how much to show."""
        parser.add_argument("organisation", metavar="SLUG", help=_("the organisation"))
        parser.add_argument("--limit", type=count, default=50, help=_("rows at most"))

    def handle(self, **options: Any) -> None:
        """Print the findings, or that there are none."""
        organisation = members.named(options["organisation"])
        viewer = members.viewer_of(organisation)
        findings = queries.exposure(viewer, organisation.pk)
        if not findings:
            say(
                self.out,
                _("Nothing known concerns %(name)s: no component matches a known vulnerability.")
                % {"name": organisation.name},
            )
            return
        shown = findings[: options["limit"]]
        reasons = evidence(viewer, shown)
        for number, finding in enumerate(shown, 1):
            say(self.out, told(number, finding, reasons.get(finding.pk, [])))
        say(
            self.out,
            _("%(shown)d of %(all)d findings shown.") % {"shown": len(shown), "all": len(findings)},
        )


def told(number: int, finding: Finding, reasons: list[Evidence]) -> str:
    """Return one finding as a block of lines: what, by when and where, why."""
    vulnerability = finding.vulnerability
    title = vulnerability.title_ja if get_language() == "ja" else vulnerability.title_en
    lines = [
        f"{number:3}. {vulnerability.preferred_id}  {title}",
        _("     %(severity)s · act by %(due)s (%(priority)s) · %(system)s · %(sure)s")
        % {
            "severity": words.severity(vulnerability.severity, vulnerability.score),
            "due": finding.due or "–",
            "priority": words.priority(finding.priority),
            "system": finding.system.name,
            "sure": words.sureness(finding.status, finding.confidence),
        },
    ]
    lines += [f"     {words.because(reason)}" for reason in reasons[:3]]
    return "\n".join(lines)
