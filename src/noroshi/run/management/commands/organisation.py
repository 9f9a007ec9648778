"""``noroshi organisation``: who takes part, and what they let each other see."""

from __future__ import annotations

import argparse

import msgspec
from django.utils.translation import gettext as _

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import District, OrganisationKind, Sector
from noroshi.hub.members import actions, queries
from noroshi.hub.members.actions import OrganisationFacts
from noroshi.hub.members.models import Organisation
from noroshi.run.console import Options, RoomCommand, Verbs, local_time
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Take organisations in, change them, and set what they let each other see."""

    help = _("take organisations in, list and change them, set what they let others see")

    def declare(self, verbs: Verbs) -> None:
        """Declare add, list, change and grant."""
        add = verbs.add("add", self.add, _("take an organisation in"))
        add.add_argument("slug", metavar="SLUG", help=_("its short name: a-z, 0-9 and hyphens"))
        add.add_argument("--name", required=True, help=_("its name"))
        add.add_argument(
            "--kind",
            choices=[item.value for item in OrganisationKind],
            default=OrganisationKind.OPERATOR.value,
            help=_("what it is to the platform (default: operator)"),
        )
        _add_facts(add)
        verbs.add("list", self.list, _("list all organisations"))
        change = verbs.add("change", self.change, _("change what is known of an organisation"))
        change.add_argument("slug", metavar="SLUG", help=_("the organisation"))
        change.add_argument("--name", help=_("its name"))
        _add_facts(change)
        active = change.add_mutually_exclusive_group()
        active.add_argument("--leave", action="store_true", help=_("it takes no part any more"))
        active.add_argument("--return", action="store_true", help=_("it takes part again"))
        grant = verbs.add("grant", self.grant, _("set what one organisation lets another see"))
        grant.add_argument("owner", metavar="OWNER", help=_("whose inventories and findings"))
        grant.add_argument("grantee", metavar="GRANTEE", help=_("who may see them"))
        grant.add_argument("level", choices=_LEVELS, help=_("how much: counts, detail or none"))

    def add(self, options: Options) -> None:
        """Take an organisation in and say what it grants by default."""
        kind = OrganisationKind(options["kind"])
        facts = OrganisationFacts(
            slug=options["slug"],
            name=options["name"],
            name_en=options["name_en"] or "",
            kind=kind,
            sector=Sector(options["sector"]) if options["sector"] else actions.USUAL_SECTOR[kind],
            district=District(options["district"]) if options["district"] else None,
        )
        added = actions.add_organisation(facts, now=utc_now(), actor="system")
        say(self.out, _("%(name)s (%(slug)s) takes part.") % {"name": added.name, "slug": added})
        self._grants(added)

    def list(self, _options: Options) -> None:
        """Show every organisation."""
        columns = (
            _("Short name"),
            _("Name"),
            _("Kind"),
            _("Sector"),
            _("District"),
            _("Takes part since"),
        )
        show(self.out, columns, [_row(row) for row in queries.directory()])

    def change(self, options: Options) -> None:
        """Change what was given and leave the rest."""
        row = queries.named(options["slug"])
        changed = msgspec.structs.replace(actions.facts_of(row), **_given(options))
        actions.change_organisation(row, changed, now=utc_now(), actor="system")
        say(self.out, _("%(name)s (%(slug)s) is changed.") % {"name": row.name, "slug": row})
        self._grants(row)

    def grant(self, options: Options) -> None:
        """Set or take back a grant."""
        owner, grantee = queries.named(options["owner"]), queries.named(options["grantee"])
        level = None if options["level"] == "none" else GrantLevel[options["level"].upper()]
        actions.set_grant(owner, grantee, level, now=utc_now(), actor="system")
        self._grants(owner)

    def _grants(self, owner: Organisation) -> None:
        granted = list(queries.grants_given(owner))
        if not granted:
            say(self.out, _("Its inventories and findings are seen by itself alone."))
        for row in granted:
            sentence = (
                _("%(who)s may see the details of its inventories and findings.")
                if row.level == GrantLevel.DETAIL
                else _("%(who)s may see how many systems are concerned, and nothing more.")
            )
            say(self.out, sentence % {"who": row.grantee.slug})


_LEVELS = ["none", *(level.name.lower() for level in GrantLevel)]


def _add_facts(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name-en", metavar="NAME", help=_("its name in English"))
    sectors, districts = [item.value for item in Sector], [item.value for item in District]
    parser.add_argument("--sector", choices=sectors, help=_("its line of business"))
    parser.add_argument("--district", choices=districts, help=_("its district; none: national"))


def _given(options: Options) -> dict[str, object]:
    given: dict[str, object] = {
        name: options[name] for name in ("name", "name_en") if options[name] is not None
    }
    if options["sector"]:
        given["sector"] = Sector(options["sector"])
    if options["district"]:
        given["district"] = District(options["district"])
    if options["leave"] or options["return"]:
        given["active"] = bool(options["return"])
    return given


def _row(row: Organisation) -> tuple[str, ...]:
    since = local_time(row.joined_at) if row.active else _("has left")
    return (row.slug, row.name, row.kind, row.sector, row.district or "–", since)
