"""``noroshi key``: the keys with which programs of members ask."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.core.sector import Role
from noroshi.hub.members import keys, queries
from noroshi.hub.members.keys import NewKey, Scope
from noroshi.hub.members.models import ApiKey, Person
from noroshi.run.arguments import add_acting
from noroshi.run.console import Options, RoomCommand, Verbs, count, local_time
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Make keys for programs, list and revoke them."""

    help = _("make keys for programs, list them, and revoke them")

    def declare(self, verbs: Verbs) -> None:
        """Declare make, list and revoke."""
        make = verbs.add("make", self.make, _("make a key for a program; it is shown once"))
        make.add_argument("--organisation", required=True, metavar="SLUG", help=_("for whom"))
        make.add_argument("--name", required=True, help=_("what it is for"))
        make.add_argument(
            "--role",
            choices=[role.value for role in Role],
            default=Role.RESPONDER.value,
            help=_("what the program may do (default: responder)"),
        )
        make.add_argument(
            "--scope",
            action="append",
            default=[],
            choices=[scope.value for scope in Scope],
            help=_("a part of the API it may use; may be repeated"),
        )
        make.add_argument(
            "--days", type=count, default=365, help=_("days until it ends (default: 365)")
        )
        make.add_argument(
            "--network",
            action="append",
            default=[],
            metavar="CIDR",
            help=_("where it may be used, such as 192.0.2.0/24 (default: anywhere)"),
        )
        add_acting(make)
        listing = verbs.add("list", self.list, _("list the keys"))
        listing.add_argument("--organisation", metavar="SLUG", help=_("only of this organisation"))
        revoke = verbs.add("revoke", self.revoke, _("end a key at once"))
        revoke.add_argument("prefix", metavar="PREFIX", help=_("the key's beginning, as listed"))
        add_acting(revoke)

    def make(self, options: Options) -> None:
        """Make a key and print it: the only time it is shown."""
        maker, now = _person(options), utc_now()
        new = NewKey(
            name=options["name"],
            role=Role(options["role"]),
            scopes=frozenset(Scope(scope) for scope in options["scope"]),
            # More than a key may have is refused below, not here for want of years.
            expires_at=now + min(dt.timedelta(days=options["days"]), 2 * keys.LONGEST_LIFE),
            networks=tuple(options["network"]),
        )
        organisation = queries.named(options["organisation"])
        made = keys.make_key(organisation, maker, new, now=now, actor=_actor(maker))
        say(self.out, made.text)
        say(self.err, _("This is the only time it is shown. Keep it like a password."))

    def list(self, options: Options) -> None:
        """Show the keys, without what is secret of them."""
        slug, now = options["organisation"], utc_now()
        rows = [_row(row, now) for row in keys.keys_of(queries.named(slug) if slug else None)]
        columns = (
            _("Key"),
            _("Organisation"),
            _("Name"),
            _("Role"),
            _("May use"),
            _("May be used from"),
            _("Used"),
            _("Until"),
        )
        show(self.out, columns, rows)

    def revoke(self, options: Options) -> None:
        """End a key."""
        row = keys.key_named(options["prefix"])
        keys.revoke_key(row, now=utc_now(), actor=_actor(_person(options)))
        say(self.out, _("%(key)s is refused from now on.") % {"key": row.prefix})


def _person(options: Options) -> Person | None:
    who: str | None = options["who"]
    if who is None:
        return None
    if "@" not in who:
        raise Refused(detail=_("a key is made and revoked by a person, or by this node"))
    return queries.person_named(who)


def _actor(person: Person | None) -> str:
    return "system" if person is None else person.email


def _row(row: ApiKey, now: dt.datetime) -> tuple[str, ...]:
    until = local_time(row.expires_at) if keys.is_alive(row, now) else _("ended")
    return (
        row.prefix,
        row.organisation.slug,
        row.name,
        row.role,
        ", ".join(row.scopes),
        ", ".join(row.networks) or _("anywhere"),
        local_time(row.used_at),
        until,
    )
