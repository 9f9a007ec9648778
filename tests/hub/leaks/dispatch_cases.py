"""What the functions about messages and webhooks must answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from noroshi.core.outgoing import MessageKind, MessageState
from noroshi.core.policy.visibility import Member, System, Viewer
from noroshi.hub.dispatch import endpoints as deeds
from noroshi.hub.dispatch import queries as dispatch
from noroshi.hub.dispatch.models import Endpoint, Message
from noroshi.hub.dispatch.sealing import seal
from noroshi.hub.dispatch.views import Envelope
from noroshi.hub.notices.models import Delivery, Escalation
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import NOW, Answers, case, chosen, told
from tests.hub.leaks.world import HUB, OWNER, TOLD, NoticeFacts, World
from tests.hub.sector import NOON

ADMINISTER = {"organisation_admin", "hub_admin"}


class Undelivered(msgspec.Struct):
    """A message that did not arrive, as facts. ``about``: the notice and whose delivery of it."""

    number: int
    to: str
    about: tuple[NoticeFacts, str] | None = None


def webhooks(world: World) -> dict[str, int]:
    """Return the endpoint of each organisation that has one."""
    rows = Endpoint.objects.visible_to(System())
    if not rows.exists():
        _write(world)
    return {world.slug(row.organisation_id): row.pk for row in rows.order_by("pk")}


def undelivered(world: World) -> list[Undelivered]:
    """Return a message about every delivery.

    Also about TLP:RED, of which there never is one: it would have to stay closed all the same.
    """
    webhooks(world)
    slugs = {row.pk: slug for slug, row in world.organisations.items()}
    facts = {notice.number: notice for notice in world.notices}
    rows = Message.objects.visible_to(System()).order_by("pk")
    told = rows.values_list("pk", "organisation", "delivery__notice", "delivery__organisation")
    return [
        Undelivered(number, slugs[to], (facts[about], slugs[whose]) if about else None)
        for number, to, about, whose in told
    ]


def _write(world: World) -> None:
    hooks = {}
    for slug in (OWNER, TOLD, HUB):
        hooks[slug] = Endpoint(
            organisation=world.organisations[slug],
            url=f"https://{slug}.example.jp/",
            secret=seal(bytes(32)),
            made_at=NOON,
        )
        hooks[slug].save()
        _message(Message(organisation=world.organisations[slug], endpoint=hooks[slug]), "test")
    receiver = world.people["named"]
    for row in Delivery.objects.visible_to(System()):
        _message(Message(organisation_id=row.organisation_id, delivery=row, person=receiver))
    for step in Escalation.objects.visible_to(System()):
        late = Message(organisation_id=step.to_id, delivery_id=step.delivery_id, person=receiver)
        _message(late, MessageKind.LATE.value)


def _message(row: Message, kind: str = MessageKind.PUBLISHED.value) -> None:
    row.kind, row.state = kind, MessageState.GIVEN_UP.value
    row.made_at = row.next_at = NOON
    row.save()


def administers(viewer: Viewer) -> bool:
    if isinstance(viewer, Member):
        return viewer.role.value in ADMINISTER
    return isinstance(viewer, System)


def hooks_of(world: World, viewer: Viewer) -> set[int]:
    """Return the endpoints the viewer looks after."""
    hooks = webhooks(world)
    if isinstance(viewer, System):
        return set(hooks.values())
    mine = oracle.own(world, viewer)
    return {number for slug, number in hooks.items() if slug == mine and administers(viewer)}


def envelopes_of(world: World, viewer: Viewer) -> set[int]:
    """Return the messages whose outside the viewer sees."""
    return {one.number for one in undelivered(world) if _sees(world, viewer, one)}


def _sees(world: World, viewer: Viewer, one: Undelivered) -> bool:
    if isinstance(viewer, System):
        return True
    if not isinstance(viewer, Member) or not administers(viewer):
        return False
    mine = world.slug(viewer.organisation)
    if one.about is None:
        return one.to == mine
    notice, whose = one.about
    if notice.tlp.value == "red" or not oracle.may_read(world, viewer, notice):
        return False
    if notice.affected_only and whose not in oracle.granted(world, viewer, 1):
        return False
    return one.to == mine or viewer.role.value == "hub_admin"


@case("dispatch.queries.endpoints")
def _endpoints(world: World, viewer: Viewer) -> Answers:
    expected = hooks_of(world, viewer)
    yield "endpoints", {one.number for one in dispatch.endpoints(viewer)}, expected


@case("dispatch.queries.endpoint_rows", "derive")
def _endpoint_rows(world: World, viewer: Viewer) -> Answers:
    expected = hooks_of(world, viewer)
    yield "endpoints", {row.pk for row in dispatch.endpoint_rows(viewer)}, expected


@case("dispatch.queries.known_messages")
def _known_messages(world: World, viewer: Viewer) -> Answers:
    expected = envelopes_of(world, viewer)
    yield "messages", {row.pk for row in dispatch.known_messages(viewer)}, expected


@case("dispatch.queries.undelivered", "derive")
def _undelivered(world: World, viewer: Viewer) -> Answers:
    expected = envelopes_of(world, viewer)
    to = {one.number: one.to for one in undelivered(world)}
    got = list(_pages(viewer))
    yield "messages", {one.number for one in got}, expected
    mine = world.slug(viewer.organisation) if isinstance(viewer, Member) else None
    shown = {one.number for one in got if one.to}
    theirs = {number for number in expected if mine is None or to[number] == mine}
    yield "receivers", shown, theirs


def _pages(viewer: Viewer) -> Iterator[Envelope]:
    after: str | None = ""
    while after is not None:
        page = dispatch.undelivered(viewer, after)
        yield from page.items
        after = page.after


def _hidden_endpoint(
    world: World, viewer: Viewer, ask: Callable[[int], object]
) -> Iterator[tuple[object, object, object]]:
    asking = _by_number(ask)
    for number in sorted(set(webhooks(world).values()) - hooks_of(world, viewer)):
        yield number, told(str(number), asking), told("999999999", asking)


def _by_number(ask: Callable[[int], object]) -> Callable[[str], object]:
    return lambda name: ask(int(name))


@case("dispatch.queries.endpoint_row", "act")
def _endpoint_row(world: World, viewer: Viewer) -> Answers:
    for number in hooks_of(world, viewer):
        yield number, dispatch.endpoint_row(viewer, number).pk, number
    yield from _hidden_endpoint(world, viewer, lambda number: dispatch.endpoint_row(viewer, number))


@case("dispatch.queries.endpoint", "act")
def _endpoint(world: World, viewer: Viewer) -> Answers:
    for number in hooks_of(world, viewer):
        yield number, dispatch.endpoint(viewer, number).number, number
    yield from _hidden_endpoint(world, viewer, lambda number: dispatch.endpoint(viewer, number))


@case("dispatch.endpoints.secret_of", "act")
def _secret_of(world: World, viewer: Viewer) -> Answers:
    for number in hooks_of(world, viewer):
        yield number, deeds.secret_of(viewer, number)[:6], "whsec_"
    yield from _hidden_endpoint(world, viewer, lambda number: deeds.secret_of(viewer, number))


@case("dispatch.endpoints.renew_secret", "act")
def _renew_secret(world: World, viewer: Viewer) -> Answers:
    yield from _hidden_endpoint(
        world, viewer, lambda number: deeds.renew_secret(viewer, number, now=NOW, actor="x")
    )


@case("dispatch.endpoints.switch_off", "act")
def _switch_off(world: World, viewer: Viewer) -> Answers:
    yield from _hidden_endpoint(
        world, viewer, lambda number: deeds.switch_off(viewer, number, now=NOW, actor="x")
    )


@case("dispatch.endpoints.switch_on", "act")
def _switch_on(world: World, viewer: Viewer) -> Answers:
    yield from _hidden_endpoint(
        world, viewer, lambda number: deeds.switch_on(viewer, number, now=NOW, actor="x")
    )


@case("dispatch.endpoints.try_out", "act")
def _try_out(world: World, viewer: Viewer) -> Answers:
    yield from _hidden_endpoint(
        world, viewer, lambda number: deeds.try_out(viewer, number, now=NOW, actor="x")
    )


def _hidden_message(world: World, viewer: Viewer, ask: Callable[[int], object]) -> Answers:
    seen = envelopes_of(world, viewer)
    hidden = [one.number for one in undelivered(world) if one.number not in seen]
    asking = _by_number(ask)
    for number in chosen(hidden, len(seen), 4) if hidden else []:
        yield number, told(str(number), asking), told("999999999", asking)


@case("dispatch.queries.message_row", "act")
def _message_row(world: World, viewer: Viewer) -> Answers:
    for number in sorted(envelopes_of(world, viewer))[:2]:
        yield number, dispatch.message_row(viewer, number).pk, number
    yield from _hidden_message(world, viewer, lambda number: dispatch.message_row(viewer, number))


@case("dispatch.endpoints.send_again", "act")
def _send_again(world: World, viewer: Viewer) -> Answers:
    yield from _hidden_message(
        world, viewer, lambda number: deeds.send_again(viewer, number, now=NOW, actor="x")
    )
