"""Things that appear for somebody else: whoever may not know them sees nothing change."""

from __future__ import annotations

from noroshi.core.formats.stix import Report, identity_id, objects_of
from noroshi.core.policy.audience import Organisations
from noroshi.core.policy.marking import Tlp
from noroshi.core.sector import OrganisationKind, Role, Sector
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.members.audiences import audience_row
from noroshi.hub.members.models import Grant, Organisation
from noroshi.hub.notices.models import Delivery, Notice, Response
from tests.hub import sector
from tests.hub.leaks.world import CVE, World
from tests.hub.sector import DAY, NOON, Software

SECRET = "kakure"
"""An organisation that grants nothing to anybody; it stands in the directory like everybody."""


def settle() -> Organisation:
    """Put the organisation there, with one person; before anything is asked."""
    row = sector.organisation(SECRET, OrganisationKind.VENDOR, Sector.OTHER)
    Grant.objects.filter(owner=row).delete()
    sector.person(SECRET, Role.RESPONDER, "hidden")
    return row


def happen(world: World, secret: Organisation) -> None:
    """Let it have a system with a finding, tell and be told, and report an attack."""
    owned = sector.system(SECRET, "canary-secret-system")
    sector.inventory(
        owned, Software("canary-secret-package", "1.0"), Software("soft-hikari", "1.0")
    )
    cve = Vulnerability.objects.get(preferred_id=CVE)
    sector.match(Software("canary-secret-package", "1.0"), cve)
    sector.finding(owned, cve, priority="immediate")
    for place, tlp in enumerate((Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT)):
        _tell(world, secret, tlp, f"N-2026-9{place:03d}", published=True)
    _tell(world, secret, Tlp.CLEAR, "", published=False)
    report = Report(title="canary-secret-report", text="", tlp=Tlp.AMBER)
    for part in objects_of(report, identity_id(SECRET), NOON):
        row = IntelObject(stix_id=part.id, version=NOON, type=part.type, body=part.body)
        row.owner, row.tlp = secret, Tlp.AMBER.rank
        row.save()


def _tell(world: World, secret: Organisation, tlp: Tlp, number: str, *, published: bool) -> None:
    """Let the organisation send itself and a peer-less audience a notice, answered and late."""
    notice = Notice(
        owner=secret,
        tlp=tlp.rank,
        number=number,
        title_ja="canary-secret-notice",
        text_ja="canary-secret-notice",
        respond_within_hours=1,
        created_at=NOON,
        published_at=NOON if published else None,
        audience=audience_row(Organisations(frozenset({secret.pk}))),
    )
    notice.save()
    notice.vulnerabilities.add(world.cves[CVE])
    if published:
        delivery = Delivery(
            notice=notice, organisation=secret, delivered_at=NOON, due_at=NOON + DAY
        )
        delivery.save()
        Response(delivery=delivery, at=NOON, state="read", text="canary-secret-answer").save()
