"""Notices as people read them in a terminal."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from rich.console import Console

from noroshi.core.delivery import ANSWERS, BUREAU_LEVEL, DeliveryState
from noroshi.edge import words
from noroshi.hub.notices.letters import Content as Letter
from noroshi.hub.notices.letters import Counted, Named, Personal, letter
from noroshi.hub.notices.models import Delivery
from noroshi.hub.notices.preview import Preview
from noroshi.hub.notices.views import Head, Late, Listed, OwnDelivery, Standing, Whole
from noroshi.run.console import local_time
from noroshi.run.tables import say, show


def preview(console: Console, seen: Preview) -> None:
    """Print exactly who would receive what; equal texts are printed once, for all who get them."""
    recipients(console, seen)
    by_text: dict[tuple[str, ...], list[str]] = {}
    for one in seen.recipients:
        by_text.setdefault(tuple(one.texts.values()), []).append(one.slug)
    for texts, slugs in by_text.items():
        say(console, "")
        say(console, _("=== for %(organisations)s ===") % {"organisations": ", ".join(slugs)})
        for text in texts:
            say(console, f"{text}\n")
    say(console, _("Nothing was sent."))


def recipients(console: Console, seen: Preview) -> None:
    """Print who receives a notice, and how many systems of each it names."""
    say(console, _audience(seen))
    rows = [
        (one.slug, _name(one.name, one.name_en), _systems(one.personal)) for one in seen.recipients
    ]
    if rows:
        show(console, (_("To"), _("Name"), _("Systems concerned")), rows)
    if seen.others:
        sentence = ngettext(
            "%(count)d more organisation does not show you whether it is concerned; "
            "if it is, it will be told.",
            "%(count)d more organisations do not show you whether they are concerned; "
            "those that are will be told.",
            seen.others,
        )
        say(console, sentence % {"count": seen.others})
    if seen.informed:
        names = ", ".join(_name(one.name, one.name_en) for one in seen.informed)
        say(console, _("May read it and follow it up: %(names)s") % {"names": names})


def _audience(seen: Preview) -> str:
    match seen.audience:
        case "everyone":
            return _("Readable by everyone; delivered to:")
        case "members":
            return _("Readable by all members; delivered to:")
        case "people":
            people = ", ".join(seen.people)
            if not seen.recipients:
                return _("Readable by %(people)s alone.") % {"people": people}
            return _("Readable by %(people)s alone; answerable:") % {"people": people}
        case _:
            return _("Readable by those it is delivered to:")


def _systems(personal: Personal) -> str:
    match personal:
        case Named(concerns=concerns):
            return str(len({concern.system for concern in concerns}))
        case Counted(systems=count):
            return str(count)
        case _:
            return _("not shown to you")


def _name(name: str, name_en: str) -> str:
    return name if get_language() == "ja" else name_en or name


def listed(console: Console, found: Iterable[Listed]) -> None:
    """Print a list of notices, with how each stands with the reader's own organisation."""
    rows = [_row(one.head, one.delivery) for one in found]
    columns = (
        _("Number"),
        _("Marking"),
        _("From"),
        _("Title"),
        _("Published"),
        _("State"),
        _("Answer by"),
    )
    show(console, columns, rows)


def _row(head: Head, delivery: OwnDelivery | None) -> tuple[str, ...]:
    if head.withdrawn_at:
        state = _("withdrawn")
    elif not head.published_at:
        state = _("proposed by the machine") if head.proposed else _("draft")
    else:
        state = words.delivery(delivery.state) if delivery else "–"
    title = f"{_('[exercise] ') if head.exercise else ''}{words.title(head)}"
    due = local_time(delivery.due_at) if delivery else "–"
    published = local_time(head.published_at)
    return (head.name, head.tlp.label, head.sender.slug, title, published, state, due)


def whole(console: Console, notice: Whole) -> None:
    """Print a notice as its reader gets it, and how it stands with the reader's organisation."""
    head, delivery = notice.head, notice.delivery
    sender = _name(head.sender.name, head.sender.name_en)
    published = local_time(head.published_at)
    say(
        console,
        _("%(name)s from %(sender)s, %(published)s")
        % {"name": head.name, "sender": sender, "published": published},
    )
    if head.withdrawn_at:
        say(console, _("Withdrawn: %(at)s") % {"at": local_time(head.withdrawn_at)})
    content = Letter(
        tlp=head.tlp,
        title_ja=head.title_ja,
        text_ja=notice.text_ja,
        title_en=head.title_en,
        text_en=notice.text_en,
        respond_within_hours=notice.respond_within_hours,
        exercise=head.exercise,
        vulnerabilities=notice.vulnerabilities,
    )
    language = "ja" if get_language() == "ja" or not head.title_en else "en"
    personal = Named(delivery.concerns) if delivery else None
    say(console, "")
    say(console, letter(content, personal, language))
    for stix_id in notice.intel:
        say(console, _("Attack information: %(id)s") % {"id": stix_id})
    if delivery:
        _own(console, delivery)


def _own(console: Console, delivery: OwnDelivery) -> None:
    say(console, "")
    say(console, _state(delivery.state, delivery.due_at))
    for answer in delivery.answers:
        text = f"  {local_time(answer.at)}  {words.delivery(answer.state)}  {answer.text}"
        say(console, text.rstrip())


def stands(console: Console, name: str, row: Delivery) -> None:
    """Print where a delivery stands after something was said to it."""
    say(console, f"{name}: {_state(DeliveryState(row.state), row.due_at)}")


def _state(state: DeliveryState, due: dt.datetime | None) -> str:
    if due is None or state in ANSWERS:
        return words.delivery(state)
    facts = {"state": words.delivery(state), "due": local_time(due)}
    return _("%(state)s (answer by %(due)s)") % facts


def standings(console: Console, rows: Iterable[Standing], now: dt.datetime) -> None:
    """Print where each organisation stands with a notice."""
    cells = [
        (
            row.slug,
            _name(row.name, row.name_en),
            row.district or "–",
            words.delivery(row.state),
            local_time(row.read_at),
            local_time(row.acknowledged_at),
            local_time(row.finished_at),
            _("late") if row.is_late(now) else "",
        )
        for row in rows
    ]
    columns = (
        _("Organisation"),
        _("Name"),
        _("District"),
        _("State"),
        _("Read"),
        _("Acknowledged"),
        _("Finished"),
        "",
    )
    show(console, columns, cells)


def late(console: Console, rows: Iterable[Late]) -> None:
    """Print the overdue answers, and who has been told of each."""
    cells = [
        (
            row.head.name,
            row.standing.slug,
            words.title(row.head),
            local_time(row.standing.due_at),
            ", ".join(_level(level) for level in row.raised) or _("nobody yet"),
        )
        for row in rows
    ]
    columns = (_("Number"), _("Organisation"), _("Title"), _("Was due"), _("Told"))
    show(console, columns, cells)


def _level(level: int) -> str:
    return _("the bureau") if level == BUREAU_LEVEL else _("the hub")
