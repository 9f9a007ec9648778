"""What a notice could say, to begin with: about a vulnerability, or with an attack report."""

from __future__ import annotations

import msgspec

from noroshi.core.assess.assessment import Assessment
from noroshi.core.assess.narrate import summary, title
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.intel import queries as intel
from noroshi.hub.knowledge import overview
from noroshi.hub.knowledge.models import Alias, Vulnerability
from noroshi.hub.notices.drafting import LONGEST_TITLE, Written
from noroshi.hub.notices.letters import Content


class Wording(msgspec.Struct, frozen=True):
    """Title and text in one language."""

    title: str
    text: str


def wordings(row: Vulnerability, assessment: Assessment | None) -> tuple[Wording, Wording]:
    """Return what can be said of a vulnerability, in Japanese and in English."""
    name = row.preferred_id
    if assessment is None:  # not judged yet: the name is all there is to say
        ja = Wording(_titled(row.title_ja, name), row.title_ja or name)
        return ja, Wording(_titled(row.title_en, name), row.title_en or name)
    ja = Wording(_titled(title(assessment, "ja"), name), summary(assessment, "ja"))
    return ja, Wording(_titled(title(assessment, "en"), name), summary(assessment, "en"))


def about_vulnerability(name: str) -> Written:
    """Return a beginning for a notice about a vulnerability; raises `NotFound`."""
    row = overview.vulnerability_named(name)
    ja, en = wordings(row, overview.assessment_of(row))
    content = Content(
        tlp=Tlp.GREEN,
        title_ja=ja.title,
        text_ja=ja.text,
        title_en=en.title,
        text_en=en.text,
        vulnerabilities=(row.preferred_id,),
    )
    return Written(content)


def with_report(viewer: Viewer, stix_id: str) -> Written:
    """Return a beginning for a notice that passes on an attack report; raises `NotFound`."""
    report = intel.report_for(viewer, stix_id).report
    known = Alias.objects.filter(name__in=report.vulnerabilities)
    names = known.values_list("vulnerability__preferred_id", flat=True).distinct()
    content = Content(
        tlp=report.tlp,
        title_ja=report.title[:LONGEST_TITLE],
        text_ja=report.text,
        title_en=report.title_en[:LONGEST_TITLE],
        text_en=report.text_en,
        vulnerabilities=tuple(sorted(names)),
    )
    return Written(content, intel=(stix_id,))


def _titled(text: str, name: str) -> str:
    return f"{text} ({name})"[:LONGEST_TITLE] if text else name
