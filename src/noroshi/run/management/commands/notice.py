"""``noroshi notice``: sending notices, answering them, following them up."""

from __future__ import annotations

import argparse
from pathlib import Path

from django.utils.translation import gettext as _

from noroshi.core.delivery import ANSWERS, DeliveryState
from noroshi.core.policy.marking import Tlp
from noroshi.hub.notices import actions, listing, queries
from noroshi.hub.notices.letters import Content
from noroshi.run import notices
from noroshi.run.arguments import (
    acting,
    add_acting,
    add_audience,
    choice_of,
    read_text,
    tlp,
)
from noroshi.run.console import Options, RoomCommand, Verbs
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say


class Command(RoomCommand):
    """Everything about notices."""

    help = _("send notices, answer them, and follow up who has answered")

    def declare(self, verbs: Verbs) -> None:
        """Declare the verbs of the sender and those of the receiver."""
        publish = verbs.add("publish", self.publish, _("send a notice, or show who would get what"))
        _add_content(publish)
        add_audience(publish)
        publish.add_argument(
            "--only-affected", action="store_true", help=_("of those, only whom it concerns")
        )
        publish.add_argument(
            "--inform-bureaus",
            action="store_true",
            help=_("let the bureaus of their districts read it and follow it up"),
        )
        add_acting(publish)
        publish.add_argument(
            "--dry-run", action="store_true", help=_("only show exactly who would receive what")
        )
        for name, run, text in (
            ("list", self.list, _("list the notices that may be read")),
            ("late", self.late, _("list the answers that are overdue")),
        ):
            _add_reader(verbs.add(name, run, text))
        for name, run, text in (
            ("show", self.show, _("show a notice")),
            ("read", self.read, _("note that a notice has been read")),
            ("acknowledge", self.acknowledge, _("acknowledge a notice")),
            ("respond", self.respond, _("say what came of a notice")),
            ("progress", self.progress, _("show where each organisation stands with a notice")),
            ("withdraw", self.withdraw, _("take a notice back")),
        ):
            parser = verbs.add(name, run, text)
            parser.add_argument("name", metavar="NUMBER", help=_("the notice: N-2026-0001"))
            if name == "respond":
                states = [state.value for state in DeliveryState if state in ANSWERS]
                parser.add_argument("state", choices=states, help=_("how far it is"))
                parser.add_argument("--text", default="", help=_("in words, for example why not"))
            _add_reader(parser)

    # --- the sender ---

    def publish(self, options: Options) -> None:
        """Send a notice; with ``--dry-run`` write nothing."""
        who, choice = acting(options), choice_of(options)
        name: str | None = options["draft"]
        if name:
            draft = queries.readable_notice(who.viewer, name)
            content, sender = actions.content_of(draft), draft.owner_id
        else:
            content, sender = _content(options), None
        seen = actions.preview(who.viewer, content, choice, sender=sender)
        if options["dry_run"]:
            notices.preview(self.out, seen)
            return
        now, actor = utc_now(), who.actor
        if name:
            sent = actions.publish(who.viewer, name, choice, now=now, actor=actor)
        else:
            sent = actions.send(who.viewer, content, choice, now=now, actor=actor)
        sentence = _("%(number)s is published (%(marking)s).")
        say(self.out, sentence % {"number": sent.number, "marking": content.tlp.label})
        notices.recipients(self.out, seen)

    def withdraw(self, options: Options) -> None:
        """Take a notice back."""
        who = acting(options)
        actions.withdraw(who.viewer, options["name"], now=utc_now(), actor=who.actor)
        sentence = _("%(number)s is withdrawn; nobody needs to answer it any more.")
        say(self.out, sentence % {"number": options["name"]})

    def progress(self, options: Options) -> None:
        """Show where each organisation stands."""
        rows = queries.progress(acting(options).viewer, options["name"])
        notices.standings(self.out, rows, utc_now())

    def late(self, options: Options) -> None:
        """List what is overdue."""
        notices.late(self.out, queries.late(acting(options).viewer, utc_now()))

    # --- the receiver ---

    def list(self, options: Options) -> None:
        """List notices; for a member, how each stands with its organisation."""
        viewer = acting(options).viewer
        page = listing.notices(viewer)
        rows = [*page.items]
        while page.after:
            page = listing.notices(viewer, after=page.after)
            rows += page.items
        notices.listed(self.out, rows)

    def show(self, options: Options) -> None:
        """Show a whole notice."""
        notices.whole(self.out, queries.notice_for(acting(options).viewer, options["name"]))

    def read(self, options: Options) -> None:
        """Note that it has been read."""
        who = acting(options)
        row = actions.mark_read(who.viewer, options["name"], now=utc_now(), actor=who.actor)
        notices.stands(self.out, options["name"], row)

    def acknowledge(self, options: Options) -> None:
        """Acknowledge it."""
        who = acting(options)
        row = actions.acknowledge(who.viewer, options["name"], now=utc_now(), actor=who.actor)
        notices.stands(self.out, options["name"], row)

    def respond(self, options: Options) -> None:
        """Say what came of it."""
        who = acting(options)
        row = actions.respond(
            who.viewer,
            options["name"],
            DeliveryState(options["state"]),
            text=options["text"],
            now=utc_now(),
            actor=who.actor,
        )
        notices.stands(self.out, options["name"], row)


def _add_content(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--draft", metavar="NAME", help=_("publish this draft, such as draft-17"))
    add("--title-ja", default="", help=_("title in Japanese"))
    add("--title-en", default="", help=_("title in English"))
    add("--text-ja", default="", help=_("text in Japanese"))
    add("--text-en", default="", help=_("text in English"))
    add(
        "--text-file",
        type=Path,
        metavar="FILE",
        help=_("a file with the text in Japanese and, after a line ---, in English"),
    )
    add("--tlp", type=tlp, default=Tlp.AMBER, metavar="TLP", help=_("marking (default: amber)"))
    add(
        "--vulnerability",
        action="append",
        default=[],
        metavar="NAME",
        help=_("a vulnerability that it is about, such as CVE-2021-44228"),
    )
    add("--respond-within", type=int, metavar="HOURS", help=_("time to acknowledge"))
    add("--exercise", action="store_true", help=_("part of a drill: never counted"))


def _content(options: Options) -> Content:
    japanese, english = options["text_ja"], options["text_en"]
    if options["text_file"]:
        whole = read_text(options["text_file"]).replace("\r\n", "\n")
        japanese, _line, english = whole.partition("\n---\n")
    return Content(
        tlp=options["tlp"],
        title_ja=options["title_ja"],
        title_en=options["title_en"],
        text_ja=japanese.strip(),
        text_en=english.strip(),
        respond_within_hours=options["respond_within"],
        exercise=options["exercise"],
        vulnerabilities=tuple(options["vulnerability"]),
    )


def _add_reader(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--as",
        "--organisation",
        dest="who",
        metavar="WHO",
        help=_("a person's mail address or an organisation's short name (default: this node)"),
    )
