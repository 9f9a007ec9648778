"""An organisation's people and keys, for whoever looks after them."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import NoroshiError
from noroshi.core.sector import Role
from noroshi.edge.web.forms import filled, refuse
from noroshi.edge.web.hub import household
from noroshi.edge.web.hub.forms import PersonForm
from noroshi.edge.web.hub.household import ADMINISTRATORS
from noroshi.edge.web.pages import HUB, Visit, done, page, show
from noroshi.edge.web.signin import factors, invitation
from noroshi.edge.web.templatetags.page import named
from noroshi.hub.members import actions, keys, people, queries
from noroshi.hub.members.models import Organisation, Person


@page(ADMINISTRATORS)
def organisation(request: Visit) -> HttpResponse:
    """Show the reader's own organisation."""
    return _shown(request, request.person.organisation, may_change=True)


@page(HUB | ADMINISTRATORS)
def household_of(request: Visit, organisation: str) -> HttpResponse:
    """Show an organisation: what is known of it, its people, its keys."""
    if request.viewer.role is Role.HUB_ANALYST:
        return _shown(request, queries.named(organisation), may_change=False)
    row = household.organisation_for(request, organisation)
    return _shown(request, row, may_change=True)


def _shown(request: Visit, row: Organisation, *, may_change: bool) -> HttpResponse:
    now = timezone.now()
    context = {
        "organisation": row,
        "bureau": queries.bureau_of(row),
        "people": list(queries.people(row)),
        "keys": [(key, keys.is_alive(key, now)) for key in keys.keys_of(row)] if may_change else [],
        "may_change": may_change,
        "hub_admin": request.viewer.role is Role.HUB_ADMIN,
    }
    return show(request, "hub/household.html", context)


@page(ADMINISTRATORS, methods=("GET", "POST"))
def new_person(request: Visit, organisation: str) -> HttpResponse:
    """Take somebody in, and show the link with which they set a password."""
    row = household.organisation_for(request, organisation)
    form = filled(PersonForm, request, organisation=row, giver=request.viewer.role, existing=False)
    if request.method == "POST" and form.is_valid():
        now, actor = timezone.now(), request.person.email
        try:
            person = actions.add_person(form.new(), now=now, actor=actor)
        except NoroshiError as error:
            refuse(form, error)
        else:
            return _invited(request, person)
    context = {
        "form": form,
        "title": _("A new person for %(organisation)s") % {"organisation": named(row)},
        "back": reverse("household", kwargs={"organisation": row.slug}),
    }
    return show(request, "hub/form.html", context, 422 if form.errors else 200)


def _invited(request: Visit, person: Person) -> HttpResponse:
    now = timezone.now()
    household.keep_secret(request, invitation.invite(person, now=now, actor=request.person.email))
    return done(request, _("The invitation is ready."), "person-link", number=person.pk)


@page(ADMINISTRATORS)
def link(request: Visit, number: int) -> HttpResponse:
    """Show the link for setting a password, once."""
    person = household.person_for(request, number)
    context = {
        "secret": household.take_secret(request),
        "title": person.name,
        "text": _("With this link %(email)s sets a password, once:") % {"email": person.email},
        "organisation": person.organisation,
    }
    return show(request, "hub/secret.html", context)


@page(ADMINISTRATORS, methods=("GET", "POST"))
def person(request: Visit, number: int) -> HttpResponse:
    """Change somebody's name and role."""
    row = household.person_for(request, number)
    form = filled(
        PersonForm,
        request,
        organisation=row.organisation,
        giver=request.viewer.role,
        existing=True,
        initial={"email": row.email, "name": row.name, "role": row.role},
    )
    if request.method == "POST" and form.is_valid():
        new = form.new()
        try:
            people.change_person(
                row, name=new.name, role=new.role, now=timezone.now(), actor=request.person.email
            )
        except NoroshiError as error:
            refuse(form, error)
        else:
            slug = row.organisation.slug
            return done(request, _("It was changed."), "household", organisation=slug)
    context = {"form": form, "person": row, "factors": factors.of(row).count()}
    return show(request, "hub/person.html", context, 422 if form.errors else 200)


@page(ADMINISTRATORS, methods=("POST",))
def invite(request: Visit, number: int) -> HttpResponse:
    """Make a new link for setting a password."""
    return _invited(request, household.person_for(request, number))


@page(ADMINISTRATORS, methods=("GET", "POST"))
def leave(request: Visit, number: int) -> HttpResponse:
    """Let somebody go, after asking once more; or let them come back."""
    row = household.person_for(request, number)
    if request.method != "POST":
        context = {
            "title": (_("Let %(name)s go?") if row.is_active else _("Let %(name)s come back?"))
            % {"name": row.name},
            "text": _("Every session and every link of this person ends at once.")
            if row.is_active
            else _("This person takes part again, and needs a new invitation."),
            "harms": row.is_active,
            "button": _("Let go") if row.is_active else _("Let come back"),
            "organisation": row.organisation,
        }
        return show(request, "hub/confirm.html", context)
    change = people.deactivate_person if row.is_active else people.readmit_person
    change(row, now=timezone.now(), actor=request.person.email)
    slug = row.organisation.slug
    return done(request, _("It was changed."), "household", organisation=slug)


@page(ADMINISTRATORS, methods=("GET", "POST"))
def lost_factors(request: Visit, number: int) -> HttpResponse:
    """Take away the second factors that somebody has lost, after asking once more."""
    row = household.person_for(request, number)
    if request.method != "POST":
        context = {
            "title": _("Take the second factors of %(name)s away?") % {"name": row.name},
            "harms": True,
            "text": _(
                "Every second factor of this person is taken away, and every session ends. Make "
                "sure that it is really this person who asked for it."
            ),
            "button": _("Take the second factors away"),
            "organisation": row.organisation,
        }
        return show(request, "hub/confirm.html", context)
    factors.reset_factors(row, now=timezone.now(), actor=request.person.email)
    slug = row.organisation.slug
    return done(request, _("The second factors are gone."), "household", organisation=slug)
