"""The closed vocabularies and small facts as people read them, in the active language."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.core.delivery import DeliveryState
from noroshi.core.facets import Status
from noroshi.core.matching import Basis, Doubt
from noroshi.hub.matching.evidence import Evidence
from noroshi.hub.matching.models import FindingStatus
from noroshi.hub.notices.views import Head
from noroshi.hub.reports.plan import FigureId


def priority(value: str) -> str:
    """Return a priority in words."""
    return {
        "immediate": _("immediately"),
        "out_of_cycle": _("soon, out of cycle"),
        "scheduled": _("at the next maintenance"),
        "defer": _("no action now"),
    }.get(value, "–")


def severity(value: str, score: float | None) -> str:
    """Return a severity class with its score."""
    name = {
        "critical": _("critical"),
        "high": _("high"),
        "medium": _("medium"),
        "low": _("low"),
        "none": _("none"),
    }.get(value, _("not yet rated"))
    return name if score is None else f"{name} {score:.1f}"


def finding_status(value: str) -> str:
    """Return a finding's status in words."""
    return {
        FindingStatus.OPEN: _("affected"),
        FindingStatus.NEEDS_CONFIRMATION: _("to be confirmed"),
        FindingStatus.NOT_AFFECTED: _("not affected"),
        FindingStatus.FIXED: _("fixed"),
        FindingStatus.RETRACTED: _("withdrawn"),
    }[FindingStatus(value)]


def sureness(status: str, confidence: int) -> str:
    """Return how sure a finding is: its status, and the confidence of 100."""
    return f"{finding_status(status)} ({confidence})"


def basis(value: Basis) -> str:
    """Return how component and statement came to speak of the same product."""
    return {
        Basis.PURL: _("by package URL"),
        Basis.CPE: _("by CPE name"),
        Basis.CPE_TARGET: _("by CPE name for this ecosystem"),
        Basis.CPE_ECOSYSTEM: _("by CPE name only"),
        Basis.CPE_DISTRIBUTION: _("by CPE name of the original software"),
        Basis.NAME: _("by name only"),
    }[value]


def doubt(evidence: Evidence) -> str:
    """Return what has to be confirmed first; empty: nothing."""
    return {
        Doubt.NONE: "",
        Doubt.PLATFORM: _("only together with: %(platforms)s")
        % {"platforms": ", ".join(evidence.platforms[:3])},
        Doubt.BACKPORT: _("the distribution may have fixed it without a new version number"),
        Doubt.IDENTITY: _("it is not certain that this is the same product"),
        Doubt.EDITION: _("only some editions are affected"),
        Doubt.CONTRADICTED: _("another source says it is not affected"),
        Doubt.DISPUTED: _("somebody disputes the vulnerability itself"),
    }[evidence.doubt]


def because(evidence: Evidence) -> str:
    """Return one reason of a finding in one line."""
    text = _("%(component)s: %(by)s says %(range)s (%(basis)s)") % {
        "component": f"{evidence.component} {evidence.version}".strip(),
        "by": evidence.by,
        "range": _("all versions") if evidence.statement == "*" else evidence.statement,
        "basis": basis(evidence.basis),
    }
    if evidence.ends_at:
        text += _("; not affected from %(version)s") % {"version": evidence.ends_at}
    if evidence.doubt:
        text += f"; {doubt(evidence)}"
    return text


def delivery(state: DeliveryState) -> str:
    """Return the state of a delivery in words."""
    return {
        DeliveryState.DELIVERED: _("delivered"),
        DeliveryState.READ: _("read"),
        DeliveryState.ACKNOWLEDGED: _("acknowledged"),
        DeliveryState.RESPONDING: _("responding"),
        DeliveryState.DONE: _("done"),
        DeliveryState.NOT_AFFECTED: _("not affected"),
    }[state]


def title(head: Head) -> str:
    """Return a notice's title in the reader's language, or else in Japanese."""
    return (head.title_en or head.title_ja) if get_language() != "ja" else head.title_ja


def figure(value: FigureId) -> str:
    """Return the name of a yardstick."""
    return {
        FigureId.ORGANISATIONS: _("organisations sharing"),
        FigureId.ITEMS: _("items shared"),
        FigureId.ASSETS: _("software assets linked"),
        FigureId.DISTRICTS: _("districts sharing"),
        FigureId.ITEM_ORGANISATIONS: _("items × organisations"),
        FigureId.COST_PER_ITEM: _("sharing cost per item"),
        FigureId.COST_PER_ASSET: _("linking cost per asset"),
        FigureId.COST_PER_DISTRICT: _("cost per district"),
    }[value]


def unit(value: str) -> str:
    """Return the unit of a yardstick."""
    return {
        "organisations": _("organisations"),
        "items": _("items"),
        "assets": _("assets"),
        "districts": _("districts"),
        "thousand item·organisations": _("thousand item·organisations"),
        "million yen": _("million yen"),
    }[value]


def status(value: Status) -> str:
    """Return what a source declares for a range of versions, in words."""
    return {
        Status.AFFECTED: _("affected"),
        Status.NOT_AFFECTED: _("not affected"),
        Status.FIXED: _("fixed"),
        Status.UNKNOWN: _("unknown"),
    }[value]


def stage(name: str) -> str:
    """Return what a stage does, in words."""
    return {
        "assess": _("assessing vulnerabilities"),
        "match": _("matching vulnerabilities"),
        "match-package": _("matching packages"),
        "find": _("bringing findings in line"),
        "propose": _("proposing notices"),
        "escalate": _("escalating late answers"),
    }[name]
