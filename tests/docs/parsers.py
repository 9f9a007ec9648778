"""What the commands of Noroshi accept, asked of their own parsers."""

from __future__ import annotations

import argparse
import pkgutil
import shlex
from collections.abc import Iterator
from functools import cache

import msgspec
from django.core.management import BaseCommand, CommandError, get_commands, load_command_class

from noroshi.run.management import commands


class Accepted(msgspec.Struct, frozen=True):
    """One command or verb: its whole name, its own options, its arguments."""

    name: str
    options: tuple[str, ...]
    arguments: tuple[str, ...]


@cache
def accepted() -> tuple[Accepted, ...]:
    """Return every command and verb that Noroshi brings."""
    names = sorted(module.name for module in pkgutil.iter_modules(commands.__path__))
    return tuple(one for name in names for one in _below(f"noroshi {name}", _parser(name)))


def check(line: str) -> None:
    """Parse a ``noroshi`` command line without running it; raises `AssertionError`."""
    _, name, *rest = shlex.split(line)
    parser = _parser(name)
    try:
        parser.parse_args(rest)
    except (SystemExit, CommandError) as error:
        message = f"{line!r} is refused: {error}"
        raise AssertionError(message) from error


def _parser(name: str) -> argparse.ArgumentParser:
    application = get_commands()[name]
    loaded = (
        application
        if isinstance(application, BaseCommand)
        else load_command_class(application, name)
    )
    return loaded.create_parser("noroshi", name)


def _below(name: str, parser: argparse.ArgumentParser) -> Iterator[Accepted]:
    verbs = [
        (verb, inner)
        for action in parser._actions
        if isinstance(action, argparse._SubParsersAction)
        for verb, inner in action.choices.items()
    ]
    for verb, inner in verbs:
        yield from _below(f"{name} {verb}", inner)
    if not verbs:
        yield Accepted(name, tuple(_options(parser)), tuple(_arguments(parser)))


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        for option in action.option_strings:
            if option.startswith("--") and option not in _everywhere():
                yield option


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in parser._actions:
        if not action.option_strings and not isinstance(action, argparse._SubParsersAction):
            yield str(action.metavar or action.dest).upper()


@cache
def _everywhere() -> frozenset[str]:
    """Return the options that Django gives every command, and ``--lang``, described once."""
    parser = BaseCommand().create_parser("noroshi", "any")
    given = {option for action in parser._actions for option in action.option_strings}
    return frozenset({*given, "--lang"})
