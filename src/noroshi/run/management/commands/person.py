"""``noroshi person``: the people of the organisations."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core.sector import Role
from noroshi.edge.web.signin import factors, invitation, letters
from noroshi.hub.members import actions, people, queries
from noroshi.run.console import Options, RoomCommand, Verbs
from noroshi.run.stages.worker import utc_now
from noroshi.run.tables import say, show


class Command(RoomCommand):
    """Take people in, list them, let them sign in, and let them go."""

    help = _("take people in, list them, let them sign in, and let them go")

    def declare(self, verbs: Verbs) -> None:
        """Declare add and list, and what is done with one person."""
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
        for name, run, text in (
            ("invite", self.invite, _("make a link with which a person sets a password")),
            ("deactivate", self.deactivate, _("let a person go: nobody signs in as them any more")),
            ("readmit", self.readmit, _("let a person who was let go take part again")),
            ("reset-factors", self.reset_factors, _("take away lost second factors")),
        ):
            verb = verbs.add(name, run, text)
            verb.add_argument("email", metavar="EMAIL", help=_("whose account"))

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

    def invite(self, options: Options) -> None:
        """Print the link with which a person sets a password; send it, too, where mails are."""
        person = queries.person_named(options["email"])
        link = invitation.invite(person, now=utc_now(), actor="system")
        letters.delivered()
        say(
            self.out, _("With this link %(email)s sets a password, once:") % {"email": person.email}
        )
        self.out.print(link, soft_wrap=True, markup=False, highlight=False)

    def deactivate(self, options: Options) -> None:
        """Let a person go."""
        person = queries.person_named(options["email"])
        people.deactivate_person(person, now=utc_now(), actor="system")
        say(self.out, _("%(email)s takes no part any more.") % {"email": person.email})

    def readmit(self, options: Options) -> None:
        """Let a person take part again."""
        person = queries.person_named(options["email"])
        people.readmit_person(person, now=utc_now(), actor="system")
        sentence = _("%(email)s takes part again, and needs a new invitation.")
        say(self.out, sentence % {"email": person.email})

    def reset_factors(self, options: Options) -> None:
        """Take away every second factor of a person, and end their sessions."""
        person = queries.person_named(options["email"])
        number = factors.reset_factors(person, now=utc_now(), actor="system")
        sentence = ngettext(
            "%(number)d factor of %(email)s was taken away.",
            "%(number)d factors of %(email)s were taken away.",
            number,
        )
        say(self.out, sentence % {"number": number, "email": person.email})
