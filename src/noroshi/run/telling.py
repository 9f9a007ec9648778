"""One vulnerability told as a story: what which source said, what we make of it, who is concerned.

Every part is asked for on behalf of a viewer; what the viewer may not know is not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rich.console import RenderableType
from rich.markup import escape
from rich.table import Table

from noroshi.core.assess import Assessment, narrate
from noroshi.core.assess.phrases import Lang
from noroshi.core.facets import Record
from noroshi.core.policy.visibility import Viewer
from noroshi.core.versions.ranges import readable
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching import queries as matching
from noroshi.hub.matching.evidence import evidence
from noroshi.hub.notices import queries as notices
from noroshi.run import words
from noroshi.run.console import local_time


def vulnerability(viewer: Viewer, name: str) -> Iterator[RenderableType]:
    """Yield the story in paragraphs; raises `NotFound`."""
    found = overview.vulnerability_named(name)
    assessment = overview.assessment_of(found)
    lang: Lang = "ja" if get_language() == "ja" else "en"
    yield f"[bold]{escape(_title(found, assessment, lang))}[/bold]"
    yield _sources(overview.records_of(found))
    if assessment is None:
        yield _("It has not been assessed yet; run: noroshi run --until-idle")
        return
    yield from _assessment(assessment, lang)
    yield from _concerned(viewer, found)
    yield from _told(viewer, found)


def _title(found: Vulnerability, assessment: Assessment | None, lang: Lang) -> str:
    title = narrate.title(assessment, lang) if assessment else ""
    return f"{found.preferred_id}  {title}".strip()


def _sources(records: list[Record]) -> Table:
    """Return what each source says, side by side."""
    table = Table(_("Source"), _("Says"), title=_("What the sources say"), title_justify="left")
    for record in records:
        for line in _claims(record):
            table.add_row(escape(record.source), escape(line))
    return table


def _claims(record: Record) -> Iterator[str]:
    if record.state != "published":
        yield _("rejected")
    for voice in record.disputed:
        yield _("%(by)s disputes it") % {"by": voice}
    for severity in record.severities:
        yield f"{severity.by}: CVSS {severity.version} {severity.score:.1f} {severity.vector}"
    for weakness in record.weaknesses:
        yield f"{weakness.by}: {weakness.cwe}"
    for affected in record.affected[:6]:
        ranges = ", ".join(f"{item.status.value} {readable(item)}" for item in affected.ranges[:4])
        yield f"{affected.by}: {affected.product.scheme}:{affected.product.name} {ranges}".rstrip()
    if len(record.affected) > 6:
        yield _("and %(count)d more products") % {"count": len(record.affected) - 6}
    for ssvc in record.ssvc:
        yield (
            f"{ssvc.by}: SSVC exploitation={ssvc.exploitation} automatable={ssvc.automatable} "
            f"technical impact={ssvc.technical_impact}"
        )
    if record.exploited:
        yield _("%(by)s: known to be exploited since %(date)s") % {
            "by": record.exploited.by,
            "date": record.exploited.since,
        }
    if record.epss:
        yield f"EPSS {record.epss.score:.3f} ({record.epss.date})"


def _assessment(assessment: Assessment, lang: Lang) -> Iterator[RenderableType]:
    """Yield our judgement: summary, reliability with its reasons, contradictions."""
    yield f"[bold]{_('What we make of it')}[/bold]"
    yield escape(narrate.summary(assessment, lang))
    reliability = assessment.reliability
    yield _("Reliability %(code)s, confidence %(confidence)s of 100 (%(model)s)") % {
        "code": reliability.admiralty,
        "confidence": "–" if reliability.confidence is None else reliability.confidence,
        "model": assessment.model,
    }
    for reason in (*assessment.exploitation.reasons, *reliability.reasons):
        yield escape(f"  • {narrate.reason_text(reason, lang)}")
    for contradiction in assessment.contradictions:
        yield escape(f"  ≠ {narrate.contradiction_text(contradiction, lang)}")


def _concerned(viewer: Viewer, found: Vulnerability) -> Iterator[RenderableType]:
    """Yield whose systems it concerns and why, as far as the viewer may know."""
    findings = matching.findings_of(viewer, found.pk)
    if not findings:
        yield _("No system that you may see is concerned.")
        return
    reasons = evidence(viewer, findings)
    yield f"[bold]{_('Who is concerned, and why')}[/bold]"
    for finding in findings:
        who = f"{finding.system.organisation.name} · {finding.system.name}"
        sure = words.sureness(finding.status, finding.confidence)
        yield escape(f"  • {who}: {sure}, {words.priority(finding.priority)}")
        for reason in reasons.get(finding.pk, [])[:2]:
            yield escape(f"      {words.because(reason)}")


def _told(viewer: Viewer, found: Vulnerability) -> Iterator[RenderableType]:
    """Yield who was told and who answered, as far as the viewer may know."""
    for head in notices.about(viewer, found.pk):
        table = Table(
            _("Organisation"),
            _("State"),
            _("Delivered"),
            _("Acknowledged"),
            _("Finished"),
            title=escape(f"{head.name}  {words.title(head)}"),
            title_justify="left",
        )
        for row in notices.progress(viewer, head.name):
            table.add_row(
                escape(row.name),
                words.delivery(row.state),
                local_time(row.delivered_at),
                local_time(row.acknowledged_at),
                local_time(row.finished_at),
            )
        yield table
