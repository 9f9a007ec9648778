"""``noroshi community``: named sets of organisations."""

from __future__ import annotations

from django.utils.translation import gettext as _

from noroshi.core.policy.community import CommunityFacts
from noroshi.core.sector import District, OrganisationKind, Sector
from noroshi.hub.members import actions, queries
from noroshi.hub.members.models import Community
from noroshi.run.console import Options, RoomCommand, Verbs
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Make communities and list them."""

    help = _("make communities of organisations, and list them")

    def declare(self, verbs: Verbs) -> None:
        """Declare add and list."""
        add = verbs.add("add", self.add, _("make a community: by rule, listed, or of communities"))
        add.add_argument("slug", metavar="SLUG", help=_("its short name: a-z, 0-9 and hyphens"))
        add.add_argument("--name", required=True, help=_("its name"))
        add.add_argument("--name-en", default="", metavar="NAME", help=_("its name in English"))
        kinds = [item.value for item in OrganisationKind]
        sectors, districts = [item.value for item in Sector], [item.value for item in District]
        add.add_argument("--kind", choices=kinds, help=_("rule: organisations of this kind"))
        add.add_argument("--sector", choices=sectors, help=_("rule: of this sector"))
        add.add_argument("--district", choices=districts, help=_("rule: of this district"))
        add.add_argument(
            "--organisation",
            action="append",
            default=[],
            metavar="SLUG",
            help=_("this organisation, whatever the rule says"),
        )
        add.add_argument(
            "--inside",
            action="append",
            default=[],
            metavar="SLUG",
            help=_("the organisations of this community as well"),
        )
        verbs.add("list", self.list, _("list all communities and who belongs to them"))

    def add(self, options: Options) -> None:
        """Make a community and say who belongs to it."""
        inside = frozenset(queries.community_named(slug).pk for slug in options["inside"])
        facts = CommunityFacts(
            kind=OrganisationKind(options["kind"]) if options["kind"] else None,
            sector=Sector(options["sector"]) if options["sector"] else None,
            district=District(options["district"]) if options["district"] else None,
            listed=queries.ids_of(options["organisation"]),
            inside=inside,
        )
        new = actions.NewCommunity(
            slug=options["slug"], name=options["name"], name_en=options["name_en"], facts=facts
        )
        made = actions.add_community(new, now=utc_now(), actor="system")
        members = next(slugs for row, slugs in queries.communities() if row == made)
        say(self.out, f"{made}: {_joined(members)}")

    def list(self, _options: Options) -> None:
        """Show every community, its rule and its members."""
        rows = [
            (row.slug, row.name, _rule(row), _joined(members))
            for row, members in queries.communities()
        ]
        columns = (_("Short name"), _("Name"), _("Rule"), _("Organisations"))
        show(self.out, columns, rows)


def _rule(row: Community) -> str:
    return " · ".join(filter(None, (row.rule_kind, row.rule_sector, row.rule_district))) or "–"


def _joined(slugs: tuple[str, ...]) -> str:
    return ", ".join(slugs) or _("nobody")
