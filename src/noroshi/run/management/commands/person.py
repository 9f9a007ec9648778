"""``noroshi person``: the people of the organisations."""

from __future__ import annotations

from django.utils.translation import gettext as _

from noroshi.core.sector import Role
from noroshi.hub.members import actions, queries
from noroshi.run.console import Options, RoomCommand, Verbs
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Take people in and list them."""

    help = _("take people in, and list them")

    def declare(self, verbs: Verbs) -> None:
        """Declare add and list."""
        add = verbs.add("add", self.add, _("take a person in"))
        add.add_argument("email", metavar="EMAIL", help=_("mail address: the sign-in name"))
        add.add_argument("--name", required=True, help=_("the person's name"))
        add.add_argument("--organisation", required=True, metavar="SLUG", help=_("where"))
        add.add_argument(
            "--role",
            choices=[role.value for role in Role],
            default=Role.RESPONDER.value,
            help=_("what the person may do (default: responder)"),
        )
        listing = verbs.add("list", self.list, _("list people"))
        listing.add_argument("--organisation", metavar="SLUG", help=_("only of this organisation"))

    def add(self, options: Options) -> None:
        """Take a person in."""
        new = actions.NewPerson(
            email=options["email"],
            name=options["name"],
            organisation=options["organisation"],
            role=Role(options["role"]),
        )
        added = actions.add_person(new, now=utc_now(), actor="system")
        sentence = _("%(email)s takes part for %(organisation)s as %(role)s.")
        facts = {"email": added.email, "organisation": new.organisation, "role": added.role}
        say(self.out, sentence % facts)

    def list(self, options: Options) -> None:
        """Show people with their organisation and role."""
        slug = options["organisation"]
        rows = [
            (row.email, row.name, row.organisation.slug, row.role)
            for row in queries.people(queries.named(slug) if slug else None)
        ]
        show(self.out, (_("Mail address"), _("Name"), _("Organisation"), _("Role")), rows)
