"""What people do in the sample: publish, read, acknowledge, answer, or fail to.

The story is played at moments of the past few days, in order; between two deeds the worker does
what has become due, so that a delivery nobody answers escalates when its time has come.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import msgspec

from noroshi.core.delivery import DeliveryState
from noroshi.core.formats.stix import Report
from noroshi.core.indicators import IndicatorType, indicator
from noroshi.core.policy.audience import Audience, Members, Organisations, People
from noroshi.core.policy.marking import Tlp, parse_tlp
from noroshi.core.policy.selection import select
from noroshi.core.sector import Sector
from noroshi.hub.intel import actions as intel
from noroshi.hub.members import queries as members
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices import actions as notices
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.recipients import Affected, Choice, WithBureaus, selection
from noroshi.run.demo.sample import AudienceEntry, NoticeEntry, ResponseEntry, Sample
from noroshi.run.stages.worker import Worker


class Deed(msgspec.Struct, frozen=True):
    """One thing somebody does, ``hour`` hours after the beginning."""

    hour: float
    what: NoticeEntry | ResponseEntry


def deeds(sample: Sample) -> list[Deed]:
    """Return everything that happens, in order; at one hour, publications come first."""
    begun = {notice.slug: notice.hour for notice in sample.notices}
    found = [Deed(notice.hour, notice) for notice in sample.notices]
    found += [Deed(begun[answer.notice] + answer.after, answer) for answer in sample.responses]
    return sorted(found, key=lambda deed: (deed.hour, isinstance(deed.what, ResponseEntry)))


def play(
    sample: Sample, beginning: dt.datetime, worker_at: Callable[[dt.datetime], Worker]
) -> Iterator[Deed]:
    """Play the story; yield each deed when it is done."""
    numbers: dict[str, str] = {}
    hour = 0
    for deed in deeds(sample):
        while hour < deed.hour:  # a worker looks every hour; what falls due then is done then
            hour += 1
            worker_at(beginning + dt.timedelta(hours=hour)).until_idle()
        now = beginning + dt.timedelta(hours=deed.hour)
        if isinstance(deed.what, NoticeEntry):
            numbers[deed.what.slug] = _publish(deed.what, now)
        else:
            _answer(deed.what, numbers[deed.what.notice], now)
        yield deed


def report_attacks(sample: Sample, beginning: dt.datetime, advance: Callable[[], None]) -> None:
    """Let members report the attacks they saw, and the hub share each with all members.

    A report marked AMBER or more narrowly is shared with the operators of its reporter's sector.
    """
    for entry in sample.attacks:
        reporter = members.named(entry.reporter)
        viewer = members.viewer_of(reporter)
        report = Report(
            title=entry.title,
            text=entry.text.strip(),
            tlp=parse_tlp(entry.tlp),
            indicators=tuple(
                indicator(IndicatorType(item.type), item.value) for item in entry.indicators
            ),
            vulnerabilities=entry.vulnerabilities,
            observed=entry.observed.astimezone(dt.UTC),
        )
        made = intel.report_incident(viewer, report, now=beginning, actor=reporter.slug)
        audience = _readers(report.tlp, reporter)
        intel.share_incident(viewer, made, audience, now=beginning, actor=reporter.slug)
        advance()


def _readers(tlp: Tlp, reporter: Organisation) -> Audience:
    if tlp <= Tlp.GREEN:
        return Members()
    chosen = selection(sectors=[Sector(reporter.sector)])
    return Organisations(select(chosen, members.member_facts()))


def _publish(entry: NoticeEntry, now: dt.datetime) -> str:
    author = members.person_named(entry.author)
    viewer = members.viewer_of(author)
    content = Content(
        tlp=parse_tlp(entry.tlp),
        title_ja=entry.title,
        text_ja=entry.text.strip(),
        title_en=entry.title_en,
        text_en=entry.text_en.strip(),
        respond_within_hours=entry.respond_within,
        vulnerabilities=entry.vulnerabilities,
    )
    draft = notices.draft(viewer, content, now=now, actor=author.email)
    choice = _choice(entry.audience)
    name = f"draft-{draft.pk}"
    return notices.publish(viewer, name, choice, now=now, actor=author.email).number


def _choice(audience: AudienceEntry) -> Choice:
    if audience.people:
        return People(frozenset(members.person_named(email).pk for email in audience.people))
    chosen = selection(
        districts=audience.districts,
        sectors=audience.sectors,
        kinds=audience.kinds,
        communities=audience.communities,
        organisations=audience.organisations,
    )
    among = Affected(chosen) if audience.only_affected else chosen
    return WithBureaus(among) if audience.inform_bureaus else among


def _answer(entry: ResponseEntry, number: str, now: dt.datetime) -> None:
    organisation = members.named(entry.organisation)
    person = organisation.people.filter(role="responder").first()
    viewer = members.viewer_of(person or organisation)
    actor = person.email if person else organisation.slug
    if entry.act == "read":
        notices.mark_read(viewer, number, now=now, actor=actor)
        return
    state = DeliveryState.ACKNOWLEDGED if entry.act == "acknowledge" else DeliveryState(entry.act)
    notices.respond(viewer, number, state, text=entry.text, now=now, actor=actor)
