"""A world in which everything that can be hidden is hidden from somebody."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import msgspec

from noroshi.core.facets import Affected, Product, Record, VersionRange
from noroshi.core.formats.stix import Report, identity_id, objects_of
from noroshi.core.policy.audience import Audience, Everyone, Members, Organisations, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Anonymous, Member, System, Viewer
from noroshi.core.sector import OrganisationKind, Role
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.inventory.models import Inventory
from noroshi.hub.knowledge.models import Record as StoredRecord
from noroshi.hub.knowledge.models import Vulnerability
from noroshi.hub.matching.models import Finding, FindingStatus
from noroshi.hub.members.audiences import audience_row
from noroshi.hub.members.models import Grant, Organisation, Person
from noroshi.hub.notices.models import Delivery, Escalation, Notice, Response
from tests.hub import sector
from tests.hub.sector import DAY, NOON, Software

OWNER, TOLD, STRANGER, BUREAU, OTHER_BUREAU = (
    "hikari",
    "minato",
    "yama",
    "bureau-kanto",
    "bureau-tohoku",
)
HUB, MINISTRY = "isac", "soumu"

PEOPLE = {
    "author": OWNER,
    "colleague": OWNER,
    "named": TOLD,
    "unnamed": TOLD,
    "stranger": STRANGER,
    "analyst": HUB,
    "officer": BUREAU,
    "far-officer": OTHER_BUREAU,
    "official": MINISTRY,
}
"""Each person and where."""

RELATIONS = [
    *((slug, name) for name, slug in PEOPLE.items()),
    *((slug, None) for slug in (OWNER, TOLD, STRANGER, HUB, BUREAU, OTHER_BUREAU, MINISTRY)),
]

GRANTS = {
    (OWNER, HUB): 1,
    (OWNER, BUREAU): 1,
    (TOLD, BUREAU): 2,
    (TOLD, STRANGER): 2,
    (STRANGER, OWNER): 1,
    ("radio", HUB): 1,
    ("radio", OTHER_BUREAU): 1,
}
"""(owner, grantee) → level: none, counts and detail all occur for hub, bureau and peers."""

CVE, OTHER_CVE = "CVE-2026-10001", "CVE-2026-10002"
AFFECTED = frozenset({OWNER, TOLD, STRANGER, BUREAU})
"""Who has a live finding of `CVE`; the broadcaster has a closed one of the other."""

LISTED = {
    "everyone": frozenset[str](),
    "members": frozenset[str](),
    "organisations": frozenset({TOLD, BUREAU}),
    "people": frozenset({"named"}),
}


class Marked(msgspec.Struct, kw_only=True):
    """What decides who reads a marked thing. ``listed``: short names, or names of people."""

    owner: str
    author: str | None
    tlp: Tlp
    kind: str
    listed: frozenset[str]
    published: bool
    number: int = 0


class Sent(msgspec.Struct):
    """A delivery: answered or not, and who was told that it is late."""

    answered: bool
    told: tuple[str, ...] = ()


class NoticeFacts(Marked, kw_only=True):
    """A notice of the world."""

    name: str = ""
    cve: str = CVE
    affected_only: bool = False
    exercise: bool = False
    withdrawn: bool = False
    attached: str | None = None
    sent: dict[str, Sent] = msgspec.field(default_factory=dict)


class ReportFacts(Marked, kw_only=True):
    """An attack report of the world."""

    stix_id: str = ""


class World(msgspec.Struct):
    """Everything there is, as facts."""

    organisations: dict[str, Organisation]
    people: dict[str, Person]
    notices: list[NoticeFacts]
    reports: list[ReportFacts]
    cves: dict[str, int]
    inventories: dict[str, int]
    reviews: list[Any] = []  # what of the reports the hub was given (`tests.hub.leaks.reviews`)

    def slug(self, number: int) -> str:
        """Return the short name of an organisation."""
        return next(slug for slug, row in self.organisations.items() if row.pk == number)

    def name(self, number: int | None) -> str | None:
        """Return the name of a person."""
        return next((name for name, row in self.people.items() if row.pk == number), None)


def viewers(world: World, roles: tuple[Role, ...] = tuple(Role)) -> Iterator[tuple[str, Viewer]]:
    """Yield every role in every relation, the system, and nobody in particular."""
    yield "the system", System()
    yield "anybody", Anonymous()
    for (slug, name), role in itertools.product(RELATIONS, roles):
        person = world.people[name].pk if name else None
        label = f"{name or 'a machine'} of {slug} as {role.value}"
        yield label, Member(world.organisations[slug].pk, person, role)


def fewer(world: World) -> Iterator[tuple[str, Viewer]]:
    """Yield every relation in two roles, one of them another each time, so that all occur."""
    everybody = list(viewers(world))
    yield from everybody[:2]
    roles = len(Role)
    for turn in range(len(RELATIONS)):
        mine = everybody[2 + turn * roles : 2 + (turn + 1) * roles]
        yield mine[list(Role).index(Role.RESPONDER)]
        yield mine[turn * 3 % roles]


def build() -> World:
    """Make the world."""
    organisations = sector.sector()
    organisations[MINISTRY] = sector.organisation(MINISTRY, OrganisationKind.MINISTRY)
    people = {name: sector.person(slug, name=name) for name, slug in PEOPLE.items()}
    Grant.objects.all().delete()
    Grant.objects.bulk_create(
        Grant(owner=organisations[owner], grantee=organisations[grantee], level=level)
        for (owner, grantee), level in GRANTS.items()
    )
    world = World(organisations, people, [], [], {}, {})
    _private(world)
    _reports(world)
    _notices(world)
    return world


# --- private things ---


def _private(world: World) -> None:
    rows = {name: sector.vulnerability(name) for name in (CVE, OTHER_CVE)}
    world.cves = {name: row.pk for name, row in rows.items()}
    for slug in sorted(AFFECTED | {"radio"}):
        cve = rows[CVE if slug in AFFECTED else OTHER_CVE]
        item = Software(f"soft-{slug}", "1.0")
        owned = sector.system(slug, f"sys-{slug}")
        inventory: Inventory = sector.inventory(owned, item)
        world.inventories[slug] = inventory.pk
        sector.match(item, cve)
        status = FindingStatus.OPEN if slug in AFFECTED else FindingStatus.FIXED
        sector.finding(owned, cve, status)
    for name, row in rows.items():
        StoredRecord.objects.filter(vulnerability=row).update(facets=_facets(name))


def _facets(name: str) -> bytes:
    ranges = (VersionRange(high="2.0"),)
    claim = Affected("vendor", Product("purl", "generic/soft"), "generic", ranges)
    record = Record(source="test", external_id=name, names=(name,), affected=(claim,))
    return msgspec.json.encode(record)


# --- marked things ---


def _marked(world: World) -> Iterator[tuple[str, str | None, Tlp, str, bool]]:
    owners = ((OWNER, "author"), (HUB, None), (BUREAU, "officer"))
    for (owner, author), tlp, kind, published in itertools.product(
        owners, Tlp, LISTED, (True, False)
    ):
        yield owner, author, tlp, kind, published


def audience_of(world: World, kind: str, listed: frozenset[str]) -> Audience:
    """Return the audience as a value."""
    match kind:
        case "everyone":
            return Everyone()
        case "members":
            return Members()
        case "organisations":
            return Organisations(frozenset(world.organisations[slug].pk for slug in listed))
        case _:
            return People(frozenset(world.people[name].pk for name in listed))


def columns(world: World, facts: Marked) -> dict[str, object]:
    """Return the columns that say who reads a marked thing."""
    audience = audience_row(audience_of(world, facts.kind, facts.listed))
    return {
        "owner": world.organisations[facts.owner],
        "author": world.people[facts.author] if facts.author else None,
        "tlp": facts.tlp.rank,
        # A draft with an audience is more than there can be, and must stay closed all the same.
        "audience": audience,
        "published_at": NOON if facts.published else None,
    }


def _reports(world: World) -> None:
    rows = []
    for place, (owner, author, tlp, kind, published) in enumerate(_marked(world)):
        report = Report(title=f"report {place} of {owner}", text="", tlp=tlp)
        whole = objects_of(report, identity_id(owner), NOON)[-1]
        facts = ReportFacts(
            owner=owner,
            author=author,
            tlp=tlp,
            kind=kind,
            listed=LISTED[kind],
            published=published,
            stix_id=whole.id,
        )
        of = {"stix_id": whole.id, "version": NOON, "type": "report", "body": whole.body}
        rows.append(IntelObject(**of, **columns(world, facts)))
        world.reports.append(facts)
    for row, facts in zip(IntelObject.objects.bulk_create(rows), world.reports, strict=True):
        facts.number = row.pk


def _notices(world: World) -> None:
    for place, (owner, author, tlp, kind, published) in enumerate(_marked(world)):
        facts = NoticeFacts(
            owner=owner,
            author=author,
            tlp=tlp,
            kind=kind,
            listed=LISTED[kind],
            published=published,
            cve=(CVE, OTHER_CVE)[place % 2],
            attached=world.reports[(place * 7) % len(world.reports)].stix_id,
        )
        facts.sent = _deliveries(facts, place) if published else {}
        world.notices.append(facts)
    world.notices += _special()
    _store(world)


def _deliveries(facts: NoticeFacts, place: int) -> dict[str, Sent]:
    everybody = frozenset(sector.PLACES)
    reached = {
        "everyone": everybody,
        "members": everybody,
        "organisations": facts.listed,
        "people": frozenset({TOLD}),
    }[facts.kind]
    return {
        slug: Sent(answered=slug != "radio" and (place + turn) % 2 == 0)
        for turn, slug in enumerate(sorted(reached - {facts.owner}))
    }


def _special() -> list[NoticeFacts]:
    """Return notices to those affected, a drill, one withdrawn, one escalated past its sender."""
    both = {TOLD: Sent(answered=False), OWNER: Sent(answered=False)}
    base = NoticeFacts(
        owner=HUB, author=None, tlp=Tlp.AMBER, kind="organisations",
        listed=frozenset({TOLD, OWNER, HUB}), published=True, affected_only=True, sent=both,
    )  # fmt: skip
    replace = msgspec.structs.replace
    answered = {TOLD: Sent(answered=True), OWNER: Sent(answered=False)}
    bureaus = frozenset({TOLD, OWNER, STRANGER, BUREAU})
    far = {STRANGER: Sent(answered=False), "radio": Sent(answered=False)}
    green = replace(base, tlp=Tlp.GREEN, kind="members", listed=frozenset(), affected_only=False)
    late = {TOLD: Sent(answered=False, told=(HUB,))}
    return [
        base,
        replace(base, owner=STRANGER, listed=bureaus, sent=answered),
        # One of the two did not let the bureau that reads it count.
        replace(base, listed=frozenset({STRANGER, "radio", HUB, OTHER_BUREAU}), sent=far),
        replace(green, exercise=True),
        replace(green, withdrawn=True),
        replace(green, owner=BUREAU, sent=late),
        replace(green, owner=BUREAU, tlp=Tlp.AMBER, kind="organisations",
                listed=frozenset({TOLD}), sent=late),
    ]  # fmt: skip


def _store(world: World) -> None:
    rows = []
    for place, facts in enumerate(world.notices):
        number = f"N-2026-{place + 1:04d}" if facts.published else ""
        rows.append(
            Notice(
                number=number,
                title_ja=f"題 {place}",
                text_ja=f"文 {place}",
                respond_within_hours=1,
                created_at=NOON,
                exercise=facts.exercise,
                affected_only=facts.affected_only,
                withdrawn_at=NOON if facts.withdrawn else None,
                **columns(world, facts),
            )
        )
    for row, facts in zip(Notice.objects.bulk_create(rows), world.notices, strict=True):
        facts.number, facts.name = row.pk, str(row)
    Notice.vulnerabilities.through.objects.bulk_create(
        Notice.vulnerabilities.through(
            notice_id=facts.number, vulnerability_id=world.cves[facts.cve]
        )
        for facts in world.notices
    )
    attached = {facts.stix_id: facts.number for facts in world.reports}
    Notice.intel.through.objects.bulk_create(
        Notice.intel.through(notice_id=one.number, intelobject_id=attached[one.attached])
        for one in world.notices
        if one.attached
    )
    _send(world)


def _send(world: World) -> None:
    sent = [(facts, slug, one) for facts in world.notices for slug, one in facts.sent.items()]
    rows = Delivery.objects.bulk_create(
        Delivery(
            notice_id=facts.number,
            organisation=world.organisations[slug],
            state="acknowledged" if one.answered else "delivered",
            delivered_at=NOON,
            due_at=NOON + DAY,
            read_at=NOON if one.answered else None,
            acknowledged_at=NOON if one.answered else None,
            concerns=[{"system": f"sys-{slug}", "vulnerability": facts.cve, "why": "x"}],
        )
        for facts, slug, one in sent
    )
    Response.objects.bulk_create(
        Response(delivery=row, at=NOON, state="acknowledged", text=f"answer of {slug}")
        for row, (_facts, slug, one) in zip(rows, sent, strict=True)
        if one.answered
    )
    Escalation.objects.bulk_create(
        Escalation(delivery=row, level=2, to=world.organisations[target], at=NOON)
        for row, (_facts, _slug, one) in zip(rows, sent, strict=True)
        for target in one.told
    )


def finding_of(slug: str) -> Finding:
    """Return the finding an organisation has from the start."""
    rows = Finding.objects.visible_to(System()).select_related("system", "vulnerability")
    return rows.get(system__organisation__slug=slug, system__name=f"sys-{slug}")


def affect(slug: str) -> None:
    """Give one more organisation a live finding of `CVE`."""
    cve = Vulnerability.objects.get(preferred_id=CVE)
    owned = sector.system(slug, f"new-{slug}")
    sector.inventory(owned, Software(f"soft-{OWNER}", "1.0"))
    sector.finding(owned, cve)
