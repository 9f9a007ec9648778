"""The closed vocabularies and small facts as people read them, in the active language."""

from __future__ import annotations

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.core.delivery import DeliveryState
from noroshi.core.facets import Status
from noroshi.core.indicators import IndicatorType
from noroshi.core.matching import Basis, Doubt
from noroshi.core.sector import (
    Criticality,
    District,
    Exposure,
    OrganisationKind,
    Role,
    Sector,
)
from noroshi.hub.intel.models import ReviewState
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
        "dispatch": _("writing mails and calls"),
    }[name]


def role(value: str) -> str:
    """Return a role in words."""
    return {
        Role.VIEWER: _("viewer"),
        Role.RESPONDER: _("responder"),
        Role.ORGANISATION_ADMIN: _("administrator of the organisation"),
        Role.BUREAU_OFFICER: _("bureau officer"),
        Role.HUB_ANALYST: _("analyst of the hub"),
        Role.HUB_ADMIN: _("administrator of the hub"),
        Role.MINISTRY: _("ministry"),
        Role.AUDITOR: _("auditor"),
    }[Role(value)]


def district(value: str) -> str:
    """Return the name of a district; empty for a national organisation."""
    return (
        {
            District.HOKKAIDO: _("Hokkaido"),
            District.TOHOKU: _("Tohoku"),
            District.KANTO: _("Kanto"),
            District.SHINETSU: _("Shinetsu"),
            District.HOKURIKU: _("Hokuriku"),
            District.TOKAI: _("Tokai"),
            District.KINKI: _("Kinki"),
            District.CHUGOKU: _("Chugoku"),
            District.SHIKOKU: _("Shikoku"),
            District.KYUSHU: _("Kyushu"),
            District.OKINAWA: _("Okinawa"),
        }[District(value)]
        if value
        else ""
    )


def kind(value: str) -> str:
    """Return the kind of an organisation in words."""
    return {
        OrganisationKind.HUB: _("hub"),
        OrganisationKind.BUREAU: _("bureau"),
        OrganisationKind.OPERATOR: _("operator"),
        OrganisationKind.BROADCASTER: _("broadcaster"),
        OrganisationKind.VENDOR: _("vendor"),
        OrganisationKind.MINISTRY: _("ministry"),
    }[OrganisationKind(value)]


def indicator(value: str) -> str:
    """Return what kind of indicator it is, in words."""
    return {
        IndicatorType.IPV4: _("IPv4 address"),
        IndicatorType.IPV6: _("IPv6 address"),
        IndicatorType.DOMAIN: _("domain name"),
        IndicatorType.URL: _("URL"),
        IndicatorType.SHA256: _("SHA-256 of a file"),
        IndicatorType.EMAIL: _("mail address"),
    }[IndicatorType(value)]


def review(value: str) -> str:
    """Return where a report stands on its way to being shared, in words."""
    return {
        ReviewState.SUBMITTED: _("with the hub"),
        ReviewState.RETURNED: _("returned with a question"),
        ReviewState.TAKEN_BACK: _("draft"),
        ReviewState.SHARED: _("shared by the hub"),
    }[ReviewState(value)]


def sector(value: str) -> str:
    """Return a sector in words."""
    return {
        Sector.TELECOM: _("telecommunications"),
        Sector.CABLE: _("cable television"),
        Sector.BROADCAST: _("broadcasting"),
        Sector.GOVERNMENT: _("government"),
        Sector.OTHER: _("other"),
    }[Sector(value)]


def criticality(value: str) -> str:
    """Return how much depends on a system in a word."""
    return {
        Criticality.LOW: _("minor"),
        Criticality.MEDIUM: _("moderate"),
        Criticality.HIGH: _("major"),
        Criticality.ESSENTIAL: _("essential"),
    }[Criticality(value)]


def exposure(value: str) -> str:
    """Return how reachable a system is in words."""
    return {
        Exposure.SMALL: _("closed network"),
        Exposure.CONTROLLED: _("restricted access"),
        Exposure.OPEN: _("open to the Internet"),
    }[Exposure(value)]


def problem(code: str) -> str:
    """Return what kind of problem a part of an inventory had."""
    return {
        "not-an-identifier": _("not a valid identifier"),
        "wrong-shape": _("missing, or of the wrong kind"),
        "duplicate-key": _("said twice"),
        "broken-line": _("a line that cannot be read"),
        "too-large": _("too long, or too many"),
    }.get(code, _("could not be used"))
