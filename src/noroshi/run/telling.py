"""One vulnerability told as a story: what which source said, what we make of it, who is concerned.

Every part is asked for on behalf of a viewer; what the viewer may not know is not there.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rich.console import Console

from noroshi.core.assess import Assessment, narrate
from noroshi.core.assess.phrases import Lang
from noroshi.core.facets import Affected, Record, State
from noroshi.core.policy.visibility import Viewer
from noroshi.core.versions.ranges import readable
from noroshi.edge import words
from noroshi.hub.knowledge import overview
from noroshi.hub.matching import queries as matching
from noroshi.hub.matching.evidence import evidence
from noroshi.hub.notices import queries as notices
from noroshi.run.console import local_time
from noroshi.run.tables import say, show

MOST_PRODUCTS = 6
"""Products of one record that are shown; the others are counted."""


def tell(console: Console, viewer: Viewer, name: str) -> None:
    """Print the story of a vulnerability; raises `NotFound`."""
    found = overview.vulnerability_named(name)
    assessment = overview.assessment_of(found)
    lang: Lang = "ja" if get_language() == "ja" else "en"
    title = narrate.title(assessment, lang) if assessment else ""
    say(console, f"{found.preferred_id}  {title}".rstrip())
    rows = [
        (record.source, line) for record in overview.records_of(found) for line in _claims(record)
    ]
    say(console, "")
    show(console, (_("Source"), _("Says")), rows, title=_("What the sources say"))
    say(console, "")
    if assessment is None:
        say(console, _("It has not been assessed yet; run: noroshi run --until-idle"))
        return
    for line in (*_assessment(assessment, lang), "", *_concerned(viewer, found.pk), ""):
        say(console, line)
    _told(console, viewer, found.pk)


def _claims(record: Record) -> Iterator[str]:
    """Yield what one source says, a line a claim, each with the voice that makes it."""
    if record.state is State.REJECTED:
        yield _("rejected")
    for voice in record.disputed:
        yield _("%(by)s disputes it") % {"by": voice}
    for severity in record.severities:
        yield f"{severity.by}: CVSS {severity.version} {severity.score:.1f} {severity.vector}"
    for weakness in record.weaknesses:
        yield f"{weakness.by}: {weakness.cwe}"
    yield from (_affected(affected) for affected in record.affected[:MOST_PRODUCTS])
    if len(record.affected) > MOST_PRODUCTS:
        yield _("and %(count)d more products") % {"count": len(record.affected) - MOST_PRODUCTS}
    yield from _signals(record)


def _affected(affected: Affected) -> str:
    ranges = ", ".join(
        f"{words.status(item.status)} {readable(item)}" for item in affected.ranges[:4]
    )
    return f"{affected.by}: {affected.product.scheme}:{affected.product.name} {ranges}".rstrip()


def _signals(record: Record) -> Iterator[str]:
    """Yield what a source says about attacks."""
    for ssvc in record.ssvc:
        yield (
            f"{ssvc.by}: SSVC exploitation={ssvc.exploitation} automatable={ssvc.automatable} "
            f"technical impact={ssvc.technical_impact}"
        )
    if record.exploited:
        facts = {"by": record.exploited.by, "date": record.exploited.since}
        yield _("%(by)s: known to be exploited since %(date)s") % facts
    if record.epss:
        yield f"EPSS {record.epss.score:.3f} ({record.epss.date})"


def _assessment(assessment: Assessment, lang: Lang) -> Iterator[str]:
    """Yield our judgement: summary, reliability with its reasons, contradictions."""
    yield _("What we make of it")
    yield narrate.summary(assessment, lang)
    reliability = assessment.reliability
    yield _("Reliability %(code)s, confidence %(confidence)s of 100 (%(model)s)") % {
        "code": reliability.admiralty,
        "confidence": "–" if reliability.confidence is None else reliability.confidence,
        "model": assessment.model,
    }
    for reason in (*assessment.exploitation.reasons, *reliability.reasons):
        yield f"  • {narrate.reason_text(reason, lang)}"
    for contradiction in assessment.contradictions:
        yield f"  ≠ {narrate.contradiction_text(contradiction, lang)}"


def _concerned(viewer: Viewer, vulnerability: int) -> Iterator[str]:
    """Yield whose systems it concerns and why, as far as the viewer may know."""
    findings = matching.findings_of(viewer, vulnerability)
    if not findings:
        yield _("No system that you may see is concerned.")
        return
    reasons = evidence(viewer, findings)
    yield _("Who is concerned, and why")
    for finding in findings:
        who = f"{finding.system.organisation.name} · {finding.system.name}"
        sure = words.sureness(finding.status, finding.confidence)
        yield f"  • {who}: {sure}, {words.priority(finding.priority)}"
        for reason in reasons.get(finding.pk, [])[:2]:
            yield f"      {words.because(reason)}"


def _told(console: Console, viewer: Viewer, vulnerability: int) -> None:
    """Print who was told and who answered, as far as the viewer may know."""
    columns = (
        _("Organisation"),
        _("State"),
        _("Delivered"),
        _("Acknowledged"),
        _("Finished"),
    )
    for head in notices.about(viewer, vulnerability):
        rows = [
            (
                row.name,
                words.delivery(row.state),
                local_time(row.delivered_at),
                local_time(row.acknowledged_at),
                local_time(row.finished_at),
            )
            for row in notices.progress(viewer, head.name)
        ]
        show(console, columns, rows, title=f"{head.name}  {words.title(head)}")
        for step in notices.raised(viewer, head.name):
            facts = {"name": step.name, "to": step.to, "at": local_time(step.at)}
            say(console, _("  %(at)s: no answer from %(name)s; brought to %(to)s") % facts)
