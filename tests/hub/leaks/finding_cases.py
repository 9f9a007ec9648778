"""What the functions about findings and their answers must answer."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from django.db import transaction

from noroshi.core.answers import AnswerState
from noroshi.core.errors import Refused
from noroshi.core.policy.visibility import Viewer
from noroshi.hub.inventory.models import Package
from noroshi.hub.matching import answering, checked, exposed, exposure
from noroshi.hub.matching.answering import Said
from noroshi.hub.matching.evidence import evidence_of
from noroshi.hub.matching.exposure import Filters
from noroshi.hub.matching.models import FindingAnswer
from noroshi.hub.notices import mentions
from noroshi.hub.todo import actions as todo
from tests.hub.leaks import oracle
from tests.hub.leaks.asking import NOW, TODAY, Answers, case, told
from tests.hub.leaks.member_cases import OWNERS
from tests.hub.leaks.world import AFFECTED, CVE, OTHER_CVE, World, finding_of

UNKNOWN = 999_999_999


def _tried(viewer: Viewer, number: int) -> object:
    """Return what comes of trying to answer a finding; nothing of it stays."""

    def attempt(name: str) -> object:
        with transaction.atomic():
            state = AnswerState.ACKNOWLEDGED
            row = answering.answer(viewer, int(name), state, now=NOW, actor="x")
            transaction.set_rollback(True)
        return row.system.organisation.slug

    return told(str(number), attempt)


def _hidden(world: World, viewer: Viewer) -> list[str]:
    return sorted(OWNERS - {oracle.own(world, viewer)})


@case("matching.answering.answer", "act")
def _answer(world: World, viewer: Viewer) -> Answers:
    nobody = _tried(viewer, UNKNOWN)
    for slug in _hidden(world, viewer):
        yield slug, _tried(viewer, finding_of(slug).pk), nobody
    mine = oracle.own(world, viewer)
    if mine in OWNERS:
        got = _tried(viewer, finding_of(mine).pk)
        answered = got[0] if isinstance(got, tuple) else got
        yield mine, answered, mine if oracle.may_act(viewer) else Refused.__name__


@case("matching.answering.answer_all", "act")
def _answer_all(world: World, viewer: Viewer) -> Answers:
    """One that is hidden among one's own is refused like one that is not there."""
    mine = oracle.own(world, viewer)
    own = [finding_of(mine).pk] if mine in OWNERS else []

    def attempt(name: str) -> object:
        said = Said(AnswerState.ACKNOWLEDGED)
        answering.answer_all(viewer, [*own, int(name)], said, now=NOW, actor="x")
        return "answered"

    nobody = told(str(UNKNOWN), attempt)
    for slug in _hidden(world, viewer):
        number = str(finding_of(slug).pk)
        yield slug, told(number, attempt), nobody


# --- reading ---


def _detailed(world: World, viewer: Viewer) -> set[str]:
    return oracle.granted(world, viewer, 2) & OWNERS


def _status(slug: str) -> str:
    return "open" if slug in AFFECTED else "fixed"


@case("matching.exposure.findings", "derive")
def _findings(world: World, viewer: Viewer) -> Answers:
    seen = _detailed(world, viewer)
    for slug in sorted(OWNERS):
        rows = exposure.findings(viewer, world.organisations[slug].pk)
        yield slug, [row.system.name for row in rows], [f"sys-{slug}"] if slug in seen else []


@case("matching.exposure.counts", "derive")
def _counts(world: World, viewer: Viewer) -> Answers:
    seen = _detailed(world, viewer)
    for slug in sorted(OWNERS):
        got = exposure.counts(viewer, world.organisations[slug].pk, today=TODAY)
        expected = (int(slug in seen & AFFECTED), int(slug in seen - AFFECTED))
        yield slug, (got.to_answer, got.answered), expected


@case("matching.exposure.systems", "derive")
def _systems(world: World, viewer: Viewer) -> Answers:
    seen = _detailed(world, viewer)
    for slug in sorted(OWNERS):
        got = [name for _, name in exposure.systems(viewer, world.organisations[slug].pk)]
        yield slug, got, [f"sys-{slug}"] if slug in seen else []


@case("matching.exposure.listing", "derive")
def _listing(world: World, viewer: Viewer) -> Answers:
    """Nor does a search find what others run, and the same vulnerability concerns."""
    seen = _detailed(world, viewer)
    for slug in sorted(AFFECTED):
        for text, owners in (("", OWNERS), ("soft-", OWNERS), ("soft-hikari", {"hikari"})):
            filters = Filters(text=text)
            sheet = exposure.listing(viewer, world.organisations[slug].pk, filters)
            got = [
                (one.name, one.systems, one.places[0].system, one.reason and one.reason.component)
                for one in sheet.groups
            ]
            line = (CVE, 1, f"sys-{slug}", f"soft-{slug}")
            yield (slug, text), got, [line] if slug in seen & owners else []


@case("matching.exposure.lenders", "derive")
def _lenders(world: World, viewer: Viewer) -> Answers:
    expected = oracle.granted(world, viewer, 2) - {oracle.own(world, viewer)}
    yield "lenders", {row.slug for row in exposure.lenders(viewer)}, expected


@case("matching.exposure.owner", "act")
def _owner(world: World, viewer: Viewer) -> Answers:
    for slug in world.organisations:
        got = told(slug, lambda name: exposure.owner(viewer, name).slug)
        if slug in oracle.granted(world, viewer, 2):
            yield slug, got, slug
        else:
            yield slug, got, told("nobody", lambda name: exposure.owner(viewer, name))


def _spots(viewer: Viewer, organisation: int) -> Callable[[str], object]:
    def ask(name: str) -> object:
        return [
            (spot.name, spot.status, tuple(reason.component for reason in spot.reasons))
            for spot in exposed.exposed(viewer, organisation, name).spots
        ]

    return ask


@case("matching.exposed.exposed", "act")
def _exposed(world: World, viewer: Viewer) -> Answers:
    seen = _detailed(world, viewer)
    for slug in sorted(OWNERS):
        ask = _spots(viewer, world.organisations[slug].pk)
        mine, other = (CVE, OTHER_CVE) if slug in AFFECTED else (OTHER_CVE, CVE)
        unknown = told("CVE-1999-0000", ask)
        spot = (f"sys-{slug}", _status(slug), (f"soft-{slug}",))
        yield slug, told(mine, ask), [spot] if slug in seen else unknown
        yield (slug, other), told(other, ask), unknown


@case("matching.exposed.asked_about", "act")
def _asked_about(world: World, viewer: Viewer) -> Answers:
    seen = _detailed(world, viewer)
    for slug in sorted(OWNERS):
        ask = partial(exposed.asked_about, viewer, world.organisations[slug].pk)
        expected = [finding_of(slug).pk] if slug in seen & AFFECTED else told("nothing", ask)
        yield slug, told(CVE, ask), expected


@case("matching.exposed.history", "derive")
def _history(world: World, viewer: Viewer) -> Answers:
    """What was said is read by whom the owner lets; who said it, by the owner alone."""
    said = {}
    with transaction.atomic():
        for slug in sorted(AFFECTED):
            line = FindingAnswer(finding=finding_of(slug), at=NOW, state="fixed", text=slug)
            line.person = next(p for p in world.people.values() if p.organisation.slug == slug)
            line.save()
            said[slug] = line.person.name
        for slug, name in said.items():
            number = world.organisations[slug].pk
            lines = exposed.history(viewer, number, world.cves[CVE])
            own = slug == oracle.own(world, viewer)
            expected = [(slug, name if own else "")] if slug in _detailed(world, viewer) else []
            yield slug, [(line.text, line.person) for line in lines], expected
        transaction.set_rollback(True)


@case("matching.checked.running", "derive")
def _running(world: World, viewer: Viewer) -> Answers:
    seen = _detailed(world, viewer)
    for slug in sorted(OWNERS):
        got = checked.running(viewer, world.organisations[slug].pk)
        number = int(slug in seen)
        yield slug, (got.systems, got.listed, got.components), (number, number, number)


@case("matching.checked.checked", "derive")
def _checked(world: World, viewer: Viewer) -> Answers:
    """That something of another organisation's is still being compared is told to nobody."""
    seen = _detailed(world, viewer)
    for slug in sorted(OWNERS):
        with transaction.atomic():
            todo.ask("find", [finding_of(slug).system_id])
            todo.ask("match-package", [Package.objects.get(name=f"soft-{slug}").pk])
            got = checked.checked(viewer, world.organisations[slug].pk)
            yield slug, (got.waiting, got.running.systems), (slug in seen, int(slug in seen))
            transaction.set_rollback(True)


@case("matching.evidence.evidence_of", "derive")
def _evidence_of(world: World, viewer: Viewer) -> Answers:
    numbers = {finding_of(slug).pk: slug for slug in OWNERS}
    got = {
        numbers[number]: [one.component for one in found]
        for number, found in evidence_of(viewer, list(numbers), most=1).items()
    }
    yield "evidence", got, {slug: [f"soft-{slug}"] for slug in _detailed(world, viewer)}


@case("notices.mentions.mentions", "derive")
def _mentions(world: World, viewer: Viewer) -> Answers:
    """Only what was delivered to the viewer's organisation, and this viewer may read."""
    mine = oracle.own(world, viewer)
    for cve, number in world.cves.items():
        expected = {
            notice.name
            for notice in world.notices
            if mine in notice.sent
            and notice.cve == cve
            and not notice.withdrawn
            and oracle.may_read(world, viewer, notice)
        }
        got = [mention.name for mention in mentions.mentions(viewer, [number]).get(number, ())]
        yield cve, (len(got), set(got) <= expected), (min(len(expected), mentions.MOST), True)
