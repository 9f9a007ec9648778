"""What every function of the hub that takes a viewer must answer, beside what it answers.

A case yields triples: what was asked, the answer, the answer there should be. Functions are called
through their modules, so that a case sees whatever stands there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec

from noroshi.core.delivery import DeliveryState
from noroshi.core.errors import NoroshiError
from noroshi.core.policy.audience import Everyone, Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import GrantLevel, Member, System, Viewer
from noroshi.core.sector import District, Role
from noroshi.hub.intel import actions as intel_actions
from noroshi.hub.intel import queries as intel
from noroshi.hub.inventory import queries as inventory
from noroshi.hub.matching import evidence as evidences
from noroshi.hub.matching import queries as matching
from noroshi.hub.members import queries as members
from noroshi.hub.notices import answering, drafting, publishing, recipients
from noroshi.hub.notices import preview as previews
from noroshi.hub.notices import queries as notices
from noroshi.hub.notices.letters import Content, Counted, Named
from noroshi.hub.notices.recipients import Affected, Choice, WithBureaus
from noroshi.hub.reports import figures
from noroshi.hub.reports import queries as reports
from noroshi.hub.reports.plan import FigureId
from tests.hub.leaks import oracle
from tests.hub.leaks.world import AFFECTED, CVE, NoticeFacts, ReportFacts, World
from tests.hub.sector import DAY, NOON

Answers = Iterator[tuple[object, object, object]]
Check = Callable[[World, Viewer], Answers]
Way = Literal["list", "ask", "act", "derive"]

TODAY = (NOON + DAY).date()
NOW = NOON + 2 * DAY
UNKNOWN = {"draft": "draft-999999999", "notice": "N-2026-9999", "report": "report--none"}


class Case(msgspec.Struct, frozen=True):
    """One function, and how its answers are checked.

    ``way``: it *lists* what the rule opens, it is *asked* name by name, it *acts* on what is named,
    or it *derives* something from what others list.
    """

    check: Check
    way: Way


CASES: dict[str, Case] = {}


def case(name: str, way: Way = "list") -> Callable[[Check], Check]:
    """Register the case of a function, named by its module below the hub."""

    def register(check: Check) -> Check:
        CASES[name] = Case(check, way)
        return check

    return register


def told(name: str, ask: Callable[[str], object]) -> object:
    """Return what asking brings: the answer, or the error without the name that was asked."""
    try:
        return ask(name)
    except NoroshiError as error:
        facts = {key: str(value).replace(name, "…") for key, value in error.facts.items()}
        return (type(error).__name__, error.code, error.where, facts)


def chosen(items: list[Any], turn: int, count: int = 1) -> list[Any]:
    """Return a few of the items, others each turn, so that all have their turn."""
    return [items[(turn * count + step) % len(items)] for step in range(min(count, len(items)))]


def _split(world: World, viewer: Viewer, items: list[Any]) -> tuple[list[Any], list[Any]]:
    """Return a few things the viewer may read and a few it may not; others for each viewer."""
    turn = 0
    if isinstance(viewer, Member):
        turn = list(Role).index(viewer.role) + 8 * (viewer.person or 0) + 64 * viewer.organisation
    seen = [item for item in items if oracle.may_read(world, viewer, item)]
    hidden = [item for item in items if not oracle.may_read(world, viewer, item)]
    return chosen(seen, turn) if seen else [], chosen(hidden, turn) if hidden else []


def _unknown(item: NoticeFacts | ReportFacts) -> str:
    if isinstance(item, ReportFacts):
        return UNKNOWN["report"]
    return UNKNOWN["notice" if item.published else "draft"]


def _name(item: NoticeFacts | ReportFacts) -> str:
    return item.stix_id if isinstance(item, ReportFacts) else item.name


def hidden_is_unknown(
    world: World, viewer: Viewer, items: list[Any], ask: Callable[[str], object]
) -> Answers:
    """Yield what is hidden beside what is not there: the two must answer alike."""
    for item in _split(world, viewer, items)[1]:
        name, unknown = _name(item), _unknown(item)
        yield name, told(name, ask), told(unknown, ask)


# --- notices ---


@case("notices.queries.notices")
def _notices(world: World, viewer: Viewer) -> Answers:
    got = {head.name for head in notices.notices(viewer)}
    yield "names", got, {n.name for n in world.notices if oracle.may_read(world, viewer, n)}


@case("notices.queries.about")
def _about(world: World, viewer: Viewer) -> Answers:
    for cve, number in world.cves.items():
        expected = {
            n.name
            for n in world.notices
            if n.published and n.cve == cve and oracle.may_read(world, viewer, n)
        }
        yield cve, {head.name for head in notices.about(viewer, number)}, expected


def _own_sent(world: World, viewer: Viewer) -> dict[str, NoticeFacts]:
    mine = oracle.own(world, viewer)
    return {
        n.name: n for n in world.notices if mine in n.sent and oracle.may_read(world, viewer, n)
    }


@case("notices.queries.inbox")
def _inbox(world: World, viewer: Viewer) -> Answers:
    mine = oracle.own(world, viewer)
    got = {
        one.head.name: (one.delivery.state.value, tuple(c.system for c in one.delivery.concerns))
        for one in notices.inbox(viewer)
    }
    expected = {
        name: ("acknowledged" if n.sent[mine or ""].answered else "delivered", (f"sys-{mine}",))
        for name, n in _own_sent(world, viewer).items()
    }
    yield "inbox", got, expected


@case("notices.queries.own_delivery", "act")
def _own_delivery(world: World, viewer: Viewer) -> Answers:
    mine = _own_sent(world, viewer)
    for n in chosen([n for n in world.notices if n.published], len(mine), 6):
        yield n.name, notices.own_delivery(viewer, n.name).count(), int(n.name in mine)


@case("notices.queries.notice_for", "ask")
def _notice_for(world: World, viewer: Viewer) -> Answers:
    reports_seen = {r.stix_id for r in world.reports if oracle.may_read(world, viewer, r)}
    sent = _own_sent(world, viewer)
    for n in _split(world, viewer, world.notices)[0]:
        whole = notices.notice_for(viewer, n.name)
        attached = {n.attached} & reports_seen
        got = (whole.head.name, whole.delivery is not None, set(whole.intel))
        yield n.name, got, (n.name, n.name in sent, attached)
        if whole.delivery:
            answers = [f"answer of {oracle.own(world, viewer)}"]
            expected = answers if n.sent[oracle.own(world, viewer) or ""].answered else []
            yield n.name, [answer.text for answer in whole.delivery.answers], expected
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: notices.notice_for(viewer, name)
    )


@case("notices.queries.readable_notice", "act")
def _readable_notice(world: World, viewer: Viewer) -> Answers:
    for n in _split(world, viewer, world.notices)[0]:
        yield n.name, notices.readable_notice(viewer, n.name).pk, n.number
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: notices.readable_notice(viewer, name)
    )


@case("notices.queries.progress", "ask")
def _progress(world: World, viewer: Viewer) -> Answers:
    followed = [n for n in world.notices if oracle.may_follow(world, viewer, n) is not None]
    for n in [*_split(world, viewer, world.notices)[0], *_split(world, viewer, followed)[0]]:
        expected: object = oracle.may_follow(world, viewer, n)
        if expected is None:
            expected = "Refused"
        got = told(n.name, lambda name: {row.slug for row in notices.progress(viewer, name)})
        yield n.name, got[0] if isinstance(got, tuple) else got, expected
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: notices.progress(viewer, name)
    )


@case("notices.queries.late")
def _late(world: World, viewer: Viewer) -> Answers:
    got = {(row.head.name, row.standing.slug) for row in notices.late(viewer, NOW)}
    yield "late", got, oracle.late(world, viewer)
    yield "before the deadline", notices.late(viewer, NOON), ()


# --- sending and answering: what is hidden cannot be acted on, nor found out by trying ---


@case("notices.answering.mark_read", "act")
def _mark_read(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: answering.mark_read(viewer, name, now=NOW, actor="x"),
    )


@case("notices.answering.acknowledge", "act")
def _acknowledge(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: answering.acknowledge(viewer, name, now=NOW, actor="x"),
    )


@case("notices.answering.respond", "act")
def _respond(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: answering.respond(viewer, name, DeliveryState.DONE, now=NOW, actor="x"),
    )


@case("notices.publishing.withdraw", "act")
def _withdraw(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: publishing.withdraw(viewer, name, now=NOW, actor="x"),
    )


@case("notices.publishing.publish", "act")
def _publish(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.notices,
        lambda name: publishing.publish(viewer, name, Everyone(), now=NOW, actor="x"),
    )


@case("notices.drafting.draft", "act")
def _draft(world: World, viewer: Viewer) -> Answers:
    content = Content(tlp=Tlp.CLEAR, title_ja="題", text_ja="文")
    yield from hidden_is_unknown(
        world,
        viewer,
        world.reports,
        lambda name: drafting.draft(viewer, content, now=NOW, actor="x", intel=[name]),
    )


@case("notices.recipients.sending", "derive")
def _sending(world: World, viewer: Viewer) -> Answers:
    got = told("-", lambda _name: recipients.sending(viewer))
    sender = viewer.organisation if isinstance(viewer, Member) else world.organisations["isac"].pk
    yield (
        "sender",
        got if isinstance(got, int) else None,
        sender if oracle.may_act(viewer) else None,
    )


KANTO = frozenset({"bureau-kanto", "hikari", "minato"})
TO_KANTO = Selection(districts=frozenset({District.KANTO}))
CHOICES: dict[str, Choice] = {
    "some": TO_KANTO,
    "affected": Affected(),
    "bureaus": WithBureaus(Affected(TO_KANTO)),
}


@case("notices.preview.preview", "derive")
def _preview(world: World, viewer: Viewer) -> Answers:
    content = Content(tlp=Tlp.AMBER, title_ja="題", text_ja="文", vulnerabilities=(CVE,))
    for label in CHOICES:
        seen = told(label, lambda name: previews.preview(viewer, content, CHOICES[name]))
        if not isinstance(seen, previews.Preview):
            yield label, seen[:1] if isinstance(seen, tuple) else seen, ("Refused",)
            yield label, oracle.may_act(viewer), False
            continue
        yield label, _shown(seen), _expected(world, viewer, label)
        hidden = {f"sys-{slug}" for slug in AFFECTED - oracle.granted(world, viewer, 2)}
        texts = " ".join(text for one in seen.recipients for text in one.texts.values())
        yield label, {name for name in hidden if name in texts}, set()


def _shown(seen: previews.Preview) -> object:
    personal: dict[str, object] = {}
    for one in seen.recipients:
        match one.personal:
            case Named(concerns=concerns):
                personal[one.slug] = tuple(concern.system for concern in concerns)
            case Counted(systems=count):
                personal[one.slug] = count
            case _:
                personal[one.slug] = None
    return personal, seen.others, set(seen.informed)


def _expected(world: World, viewer: Viewer, label: str) -> object:
    if not oracle.may_act(viewer):
        return "no answer"
    sender = oracle.own(world, viewer) or "isac"
    asked = (set(world.organisations) if label == "affected" else set(KANTO)) - {sender}
    counted, readable = (oracle.granted(world, viewer, level) for level in (1, 2))
    shown = asked if label == "some" else asked & AFFECTED & counted
    personal: dict[str, object] = {}
    for slug in shown:
        systems = (f"sys-{slug}",) if slug in AFFECTED else ()
        personal[slug] = systems if slug in readable else len(systems) if slug in counted else None
    others = 0 if label == "some" else len(asked - counted)
    bureau = world.organisations["bureau-kanto"].name
    informed = {bureau} if label == "bureaus" and "bureau-kanto" not in shown else set()
    return personal, others, informed


# --- attack information ---


@case("intel.queries.reports")
def _reports(world: World, viewer: Viewer) -> Answers:
    got = {head.stix_id for head in intel.reports(viewer)}
    yield "ids", got, {r.stix_id for r in world.reports if oracle.may_read(world, viewer, r)}


@case("intel.queries.report_for", "ask")
def _report_for(world: World, viewer: Viewer) -> Answers:
    for r in _split(world, viewer, world.reports)[0]:
        yield r.stix_id, intel.report_for(viewer, r.stix_id).head.stix_id, r.stix_id
    yield from hidden_is_unknown(
        world, viewer, world.reports, lambda name: intel.report_for(viewer, name)
    )


@case("intel.queries.report_row", "act")
def _report_row(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world, viewer, world.reports, lambda name: intel.report_row(viewer, name)
    )


@case("intel.queries.object_for", "act")
def _object_for(world: World, viewer: Viewer) -> Answers:
    for r in _split(world, viewer, world.reports)[0]:
        yield r.stix_id, r.stix_id in intel.object_for(viewer, r.stix_id).decode(), True
    yield from hidden_is_unknown(
        world, viewer, world.reports, lambda name: intel.object_for(viewer, name)
    )


@case("intel.queries.report_value", "act")
def _report_value(world: World, viewer: Viewer) -> Answers:
    """The parts of a report are asked for anew: who got hold of its row sees no more of them."""
    _seen, hidden = _split(world, viewer, world.reports)
    for r in hidden:
        row = intel.report_row(System(), r.stix_id)
        value = intel.report_value(viewer, row)
        yield r.stix_id, (value.indicators, value.vulnerabilities), ((), ())


@case("intel.actions.share_incident", "act")
def _share_incident(world: World, viewer: Viewer) -> Answers:
    yield from hidden_is_unknown(
        world,
        viewer,
        world.reports,
        lambda name: intel_actions.share_incident(viewer, name, Members(), now=NOW, actor="x"),
    )


# --- private things ---

OWNERS = AFFECTED | {"radio"}


def _detailed(world: World, viewer: Viewer) -> set[str]:
    return oracle.granted(world, viewer, 2) & OWNERS


@case("inventory.queries.systems")
def _systems(world: World, viewer: Viewer) -> Answers:
    got = {row.name for row in inventory.systems(viewer)}
    yield "systems", got, {f"sys-{slug}" for slug in _detailed(world, viewer)}


@case("inventory.queries.inventories", "derive")
def _inventories(world: World, viewer: Viewer) -> Answers:
    got = {row.pk for row in inventory.inventories(viewer)}
    yield "inventories", got, {world.inventories[slug] for slug in _detailed(world, viewer)}


@case("inventory.queries.components", "derive")
def _components(world: World, viewer: Viewer) -> Answers:
    for slug, number in world.inventories.items():
        got = [row.package.name for row in inventory.components(viewer, number)]
        yield slug, got, [f"soft-{slug}"] if slug in _detailed(world, viewer) else []


def _concerned(world: World, viewer: Viewer) -> set[str]:
    return _detailed(world, viewer) & AFFECTED


@case("matching.queries.exposure")
def _exposure(world: World, viewer: Viewer) -> Answers:
    got = {row.system.organisation.slug for row in matching.exposure(viewer)}
    yield "all", got, _concerned(world, viewer)
    for slug in ("hikari", "minato"):
        rows = matching.exposure(viewer, world.organisations[slug].pk)
        yield slug, len(rows), int(slug in _concerned(world, viewer))


@case("matching.queries.findings_of", "derive")
def _findings_of(world: World, viewer: Viewer) -> Answers:
    got = {row.system.organisation.slug for row in matching.findings_of(viewer, world.cves[CVE])}
    yield CVE, got, _concerned(world, viewer)


@case("matching.queries.reasons", "derive")
def _reasons(world: World, viewer: Viewer) -> Answers:
    everything = matching.exposure(System())
    owners = {row.pk: row.system.organisation.slug for row in everything}
    got = {owners[number] for number in matching.reasons(viewer, everything)}
    yield "reasons", got, _concerned(world, viewer)


@case("matching.evidence.evidence", "derive")
def _evidence(world: World, viewer: Viewer) -> Answers:
    everything = matching.exposure(System())
    owners = {row.pk: row.system.organisation.slug for row in everything}
    got = {
        (owners[number], one.component)
        for number, found in evidences.evidence(viewer, everything).items()
        for one in found
    }
    yield "evidence", got, {(slug, f"soft-{slug}") for slug in _concerned(world, viewer)}


@case("members.queries.granting", "derive")
def _granting(world: World, viewer: Viewer) -> Answers:
    for level in GrantLevel:
        got = {world.slug(number) for number in members.granting(viewer, level)}
        yield level.name, got, oracle.granted(world, viewer, level.value)


# --- the yardsticks ---

SPAN = reports.period(2026, TODAY)


@case("reports.queries.shares", "derive")
def _shares(world: World, viewer: Viewer) -> Answers:
    got = sorted(
        (item, world.slug(one.sender), tuple(sorted(map(world.slug, one.readers))))
        for one in reports.shares(viewer, SPAN)
        for item in one.items
    )
    yield "shares", got, oracle.shares(world, viewer)


@case("reports.queries.linked_assets", "derive")
def _linked_assets(world: World, viewer: Viewer) -> Answers:
    yield "assets", reports.linked_assets(viewer, SPAN).count(), len(_detailed(world, viewer))


@case("reports.figures.rows_behind", "derive")
def _rows_behind(world: World, viewer: Viewer) -> Answers:
    shared = oracle.shares(world, viewer)
    everything = isinstance(viewer, System)
    mine = world.slug(viewer.organisation) if isinstance(viewer, Member) else ""
    pairs: set[tuple[str, ...]] = {
        (item, reader)
        for item, sender, readers in shared
        for reader in readers
        if everything or mine in {sender, reader}
    }
    taking = oracle.taking_part(world)
    taking = taking if oracle.sees_who_takes_part(viewer) else taking & {mine}
    districts = {oracle.DISTRICTS[slug] for slug in taking if slug in oracle.DISTRICTS}
    detailed = _detailed(world, viewer)
    expected: dict[FigureId, set[tuple[str, ...]]] = {
        FigureId.ITEMS: {(item,) for item, _, _ in shared},
        FigureId.ITEM_ORGANISATIONS: pairs,
        FigureId.ORGANISATIONS: {(slug,) for slug in taking},
        FigureId.DISTRICTS: {(district,) for district in districts},
        FigureId.ASSETS: {(slug, f"sys-{slug}") for slug in detailed},
        FigureId.COST_PER_ITEM: set(),
    }
    for figure, rows in expected.items():
        width = len(next(iter(rows), ("",)))
        found = figures.rows_behind(viewer, figure, 2026, TODAY).rows
        yield figure.value, {row[:width] for row in found}, rows
