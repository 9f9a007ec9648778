"""What the functions about notices must answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from noroshi.core.delivery import DeliveryState
from noroshi.core.paging import Slice
from noroshi.core.policy.audience import Everyone
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import Member, Viewer
from noroshi.core.sector import District
from noroshi.hub.notices import answering, drafting, listing, publishing, recipients
from noroshi.hub.notices import preview as previews
from noroshi.hub.notices import queries as notices
from noroshi.hub.notices.letters import Content, Counted, Named
from noroshi.hub.notices.recipients import Affected, Choice, WithBureaus
from noroshi.hub.notices.views import Show, Waiting
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import (
    NOW,
    Answers,
    case,
    chosen,
    hidden_is_unknown,
    some_of,
    told,
)
from tests.hub.leaks.world import AFFECTED, CVE, NoticeFacts, World
from tests.hub.sector import NOON

# --- notices ---


def _every(ask: Callable[..., Slice[Any]], viewer: Viewer, **asked: object) -> list[Any]:
    """Return what stands on all pages of a list."""
    page = ask(viewer, **asked)
    found = list(page.items)
    while page.after:
        page = ask(viewer, after=page.after, **asked)
        found += page.items
    return found


@case("notices.listing.notices")
def _notices(world: World, viewer: Viewer) -> Answers:
    readable = [n for n in world.notices if oracle.may_read(world, viewer, n)]
    got = {one.head.name for one in _every(listing.notices, viewer)}
    yield "names", got, {n.name for n in readable}
    for show in chosen(list(Show), len(readable), 3):
        seen = {one.head.name for one in _every(listing.notices, viewer, show=show, limit=20)}
        yield show, seen, {n.name for n in readable if _belongs(world, viewer, n, show)}
    for n in chosen([n for n in world.notices if n.published], len(readable), 3):
        found = {one.head.name for one in _every(listing.notices, viewer, text=n.name)}
        yield n.name, found, {n.name} if n in readable else set()


def _belongs(world: World, viewer: Viewer, n: NoticeFacts, show: Show) -> bool:
    sent = n.sent.get(oracle.own(world, viewer) or "")
    standing = n.published and not n.withdrawn
    home = world.slug(viewer.organisation) if isinstance(viewer, Member) else None
    return {
        Show.ALL: True,
        Show.PUBLISHED: n.published,
        Show.UNREAD: standing and sent is not None and not sent.answered,
        Show.TO_ANSWER: standing and sent is not None and not sent.answered,
        Show.ANSWERED: sent is not None and sent.answered,
        Show.SENT: n.published and n.owner == home,
        Show.EXERCISE: n.published and n.exercise,
        Show.WITHDRAWN: n.withdrawn,
        Show.DRAFTS: not n.published,
    }[show]


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


@case("notices.listing.inbox")
def _inbox(world: World, viewer: Viewer) -> Answers:
    mine = oracle.own(world, viewer)
    got = {
        one.head.name: (one.delivery.state.value, tuple(c.system for c in one.delivery.concerns))
        for one in _every(listing.inbox, viewer)
    }
    expected = {
        name: ("acknowledged" if n.sent[mine or ""].answered else "delivered", (f"sys-{mine}",))
        for name, n in _own_sent(world, viewer).items()
    }
    yield "inbox", got, expected


@case("notices.listing.waiting")
def _waiting(world: World, viewer: Viewer) -> Answers:
    sent = _own_sent(world, viewer)
    mine = oracle.own(world, viewer) or ""
    open_ones = [n for n in sent.values() if not n.withdrawn and not n.sent[mine].answered]
    drafts = [n for n in world.notices if not n.published and oracle.may_read(world, viewer, n)]
    expected = Waiting(unread=len(open_ones), to_answer=len(open_ones), drafts=len(drafts))
    yield "waiting", listing.waiting(viewer), expected


@case("notices.queries.own_deliveries")
def _own_deliveries(world: World, viewer: Viewer) -> Answers:
    got = {row.notice_id for row in notices.own_deliveries(viewer)}
    yield "notices", got, {n.number for n in _own_sent(world, viewer).values()}


@case("notices.queries.own_delivery", "act")
def _own_delivery(world: World, viewer: Viewer) -> Answers:
    mine = _own_sent(world, viewer)
    for n in chosen([n for n in world.notices if n.published], len(mine), 6):
        yield n.name, notices.own_delivery(viewer, n.name).count(), int(n.name in mine)


@case("notices.queries.notice_for", "ask")
def _notice_for(world: World, viewer: Viewer) -> Answers:
    reports_seen = {r.stix_id for r in world.reports if oracle.may_read(world, viewer, r)}
    sent = _own_sent(world, viewer)
    for n in some_of(world, viewer, world.notices)[0]:
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
    for n in some_of(world, viewer, world.notices)[0]:
        yield n.name, notices.readable_notice(viewer, n.name).pk, n.number
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: notices.readable_notice(viewer, name)
    )


@case("notices.queries.progress", "ask")
def _progress(world: World, viewer: Viewer) -> Answers:
    followed = [n for n in world.notices if oracle.may_follow(world, viewer, n) is not None]
    for n in [*some_of(world, viewer, world.notices)[0], *some_of(world, viewer, followed)[0]]:
        expected: object = oracle.may_follow(world, viewer, n)
        if expected is None:
            expected = "Refused"
        got = told(n.name, lambda name: {row.slug for row in notices.progress(viewer, name)})
        yield n.name, got[0] if isinstance(got, tuple) else got, expected
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: notices.progress(viewer, name)
    )


@case("notices.queries.raised", "ask")
def _raised(world: World, viewer: Viewer) -> Answers:
    for n in world.notices:
        if not any(sent.told for sent in n.sent.values()):
            continue
        if not oracle.may_read(world, viewer, n):
            continue  # what is hidden is asked for below
        followed = oracle.may_follow(world, viewer, n)
        expected: object = "Refused"
        if followed is not None:
            expected = {slug for slug, sent in n.sent.items() if sent.told} & followed
        got = told(n.name, lambda name: {row.slug for row in notices.raised(viewer, name)})
        yield n.name, got[0] if isinstance(got, tuple) else got, expected
    yield from hidden_is_unknown(
        world, viewer, world.notices, lambda name: notices.raised(viewer, name)
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
    return personal, seen.others, {one.slug for one in seen.informed}


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
    bureau = "bureau-kanto"
    informed = {bureau} if label == "bureaus" and "bureau-kanto" not in shown else set()
    return personal, others, informed
