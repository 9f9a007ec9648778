"""Arguments that several commands share: who acts, who is addressed, how it is marked."""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.errors import NobodyNamed, NotAnIdentifier, NotFound, NotText, Refused
from noroshi.core.policy.audience import Everyone, Members, People
from noroshi.core.policy.marking import Tlp, parse_tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import System, Viewer
from noroshi.core.sector import District, OrganisationKind, Sector
from noroshi.hub.members import queries as members
from noroshi.hub.notices.recipients import Affected, Choice, WithBureaus, selection
from noroshi.run.console import Options


class Acting(msgspec.Struct, frozen=True):
    """Who does something, and how the event record calls them."""

    viewer: Viewer
    actor: str


def add_acting(parser: argparse.ArgumentParser) -> None:
    """Take ``--as``."""
    parser.add_argument(
        "--as",
        dest="who",
        metavar="WHO",
        help=_("a person's mail address or an organisation's short name (default: this node)"),
    )


def acting(options: Options) -> Acting:
    """Return who was named with ``--as``; else the node itself."""
    who: str | None = options.get("who")
    if who is None:  # an empty name, say of a variable that is not set, is not the node
        return Acting(System(), "system")
    if "@" in who:
        person = members.person_named(who)
        return Acting(members.viewer_of(person), person.email)
    return Acting(members.viewer_of(members.named(who)), f"organisation:{who}")


def add_audience(parser: argparse.ArgumentParser) -> None:
    """Take everything that chooses an audience."""
    for name, vocabulary, text in (
        ("--district", District, _("members of this district")),
        ("--sector", Sector, _("members of this sector")),
        ("--kind", OrganisationKind, _("members of this kind")),
    ):
        values = [item.value for item in vocabulary]
        parser.add_argument(name, action="append", default=[], choices=values, help=text)
    for name, meaning, text in (
        ("--community", "SLUG", _("members of this community")),
        ("--organisation", "SLUG", _("this organisation, beside those chosen otherwise")),
        ("--person", "EMAIL", _("this person, by name (for TLP:RED)")),
    ):
        parser.add_argument(name, action="append", default=[], metavar=meaning, help=text)
    parser.add_argument("--members", action="store_true", help=_("all members"))
    parser.add_argument(
        "--everyone", action="store_true", help=_("everyone, member or not (TLP:CLEAR only)")
    )


def choice_of(options: Options) -> Choice:
    """Return the audience that was chosen; raises `NobodyNamed` if none was."""
    people = frozenset(members.person_named(email).pk for email in options["person"])
    chosen = selection(
        districts=[District(value) for value in options["district"]],
        sectors=[Sector(value) for value in options["sector"]],
        kinds=[OrganisationKind(value) for value in options["kind"]],
        communities=options["community"],
        organisations=options["organisation"],
    )
    whole = [kind() for kind, on in _WHOLE.items() if options[on]]
    only_affected = options.get("only_affected", False)
    some = chosen != Selection() or only_affected
    if len(whole) + bool(people) + some > 1:
        raise Refused(detail=_("choose everyone, all members, some of them, or people by name"))
    if people:
        return People(people)
    if whole:
        return whole[0]
    if not some:
        raise NobodyNamed(detail=_("choose whom it is for, such as --district or --organisation"))
    among = Affected(chosen) if only_affected else chosen
    return WithBureaus(among) if options.get("inform_bureaus") else among


_WHOLE: dict[type[Everyone | Members], str] = {Everyone: "everyone", Members: "members"}


def tlp(text: str) -> Tlp:
    """Read a marking given on the command line."""
    try:
        return parse_tlp(text)
    except NotAnIdentifier as error:
        message = _("%(text)r is not a TLP label: clear, green, amber, amber+strict or red")
        raise argparse.ArgumentTypeError(message % {"text": text[:40]}) from error


def read_text(path: Path) -> str:
    """Return the text of a file; raises `NotFound` or `NotText`."""
    if not path.is_file():
        raise NotFound(kind=_("file"), name=str(path))
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise NotText(path.name, detail=str(error)) from error
