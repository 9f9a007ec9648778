"""What every command shares: sub-commands, the terminal, progress, moments."""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Callable
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

Options = dict[str, Any]
"""What argparse made of the command line; each verb reads its own and passes on typed values."""


class Command(BaseCommand):
    """Base of the commands. ``self.out`` prints to standard output, ``self.err`` to the other."""

    requires_system_checks = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.out = _console(sys.stdout)
        self.err = _console(sys.stderr)

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Add ``--lang``; `noroshi.run.main` has read it before the settings were loaded."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        add_language(parser)
        return parser


def add_language(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Take ``--lang``, before a verb or after it."""
    text = _("language of the output")
    parser.add_argument("--lang", choices=["en", "ja"], default=default, help=text)


class RoomCommand(Command):
    """A command with verbs: ``noroshi notice publish``."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Let the room declare its verbs."""
        verbs = parser.add_subparsers(
            dest="verb", required=True, metavar="VERB", parser_class=argparse.ArgumentParser
        )
        self.declare(Verbs(verbs))

    def declare(self, verbs: Verbs) -> None:
        """Declare the verbs of this room; each room overrides this."""

    def handle(self, **options: Any) -> None:
        """Run the verb that was asked for."""
        options["run"](options)


class Verbs:
    """Collects the verbs of a room."""

    def __init__(self, action: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
        self._action = action

    def add(self, name: str, run: Callable[[Options], None], text: str) -> argparse.ArgumentParser:
        """Add a verb; ``text`` is its one-line help. Returns its parser, for the arguments."""
        parser = self._action.add_parser(name, help=text, description=text)
        parser.set_defaults(run=run)
        add_language(parser, default=argparse.SUPPRESS)
        return parser


PLAIN_WIDTH = 120
"""Columns of what goes into a file or a pipe."""


def _console(stream: TextIO) -> Console:
    """Return a console that prints text as it is: no emoji for ``:a:``, no colour for numbers."""
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(file=stream, width=width, highlight=False, emoji=False, soft_wrap=True)


def progress(console: Console) -> Progress:
    """Return a progress display; it draws on terminals only and never in a file."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )


def local_time(value: dt.datetime | None) -> str:
    """Return a time as people here read it: local, to the minute; ``–`` for none."""
    return "–" if value is None else timezone.localtime(value).strftime("%Y-%m-%d %H:%M")


def ago(value: dt.timedelta) -> str:
    """Return how long ago something was, to the minute, the hour or the day."""
    minutes = max(0, int(value.total_seconds() // 60))
    if minutes < 120:
        return _("%(count)d min") % {"count": minutes}
    if minutes < 48 * 60:
        return _("%(count)d h") % {"count": minutes // 60}
    return _("%(count)d d") % {"count": minutes // 1440}


def count(text: str) -> int:
    """Read a number of rows or processes: one or more."""
    return _number(text, 1, 1_000_000)


def year(text: str) -> int:
    """Read a fiscal year."""
    return _number(text, 2000, 2999)


def _number(text: str, least: int, most: int) -> int:
    try:
        number = int(text[:20])
    except ValueError:
        number = -1
    if not least <= number <= most:
        facts = {"text": text[:40], "least": least, "most": most}
        message = _("%(text)r is not a number from %(least)d to %(most)d")
        raise argparse.ArgumentTypeError(message % facts)
    return number


def moment(text: str) -> dt.datetime:
    """Read a date and time given on the command line (ISO 8601; local time if none is named)."""
    try:
        value = dt.datetime.fromisoformat(text)
    except ValueError as error:
        message = _("%(text)r is not a date and time such as 2026-04-01T09:00") % {"text": text}
        raise argparse.ArgumentTypeError(message) from error
    return value if value.tzinfo else timezone.make_aware(value)
