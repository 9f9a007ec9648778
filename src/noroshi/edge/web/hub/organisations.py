"""Organisations and communities: who takes part, and under which names groups of them are told."""

from __future__ import annotations

from itertools import groupby

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import NoroshiError
from noroshi.core.sector import Role
from noroshi.edge.web.forms import filled, refuse
from noroshi.edge.web.hub.forms import CommunityForm, OrganisationForm
from noroshi.edge.web.pages import HUB, Visit, done, page, show
from noroshi.edge.web.templatetags.page import named
from noroshi.hub.members import actions, queries

ADMIN = frozenset({Role.HUB_ADMIN})


@page(HUB)
def organisations(request: Visit) -> HttpResponse:
    """List everybody who takes part or did, by district."""
    rows = list(queries.directory())
    groups = [
        (district, list(found)) for district, found in groupby(rows, key=lambda row: row.district)
    ]
    context = {"groups": groups, "may_change": request.viewer.role in ADMIN}
    return show(request, "hub/organisations.html", context)


@page(ADMIN, methods=("GET", "POST"))
def new_organisation(request: Visit) -> HttpResponse:
    """Take an organisation in."""
    form = filled(OrganisationForm, request, existing=False)
    if request.method == "POST" and form.is_valid():
        try:
            row = actions.add_organisation(
                form.facts(), now=timezone.now(), actor=request.person.email
            )
        except NoroshiError as error:
            refuse(form, error)
        else:
            return done(request, _("It takes part now."), "household", organisation=row.slug)
    back = reverse("organisations")
    context = {"form": form, "title": _("A new organisation"), "back": back}
    return show(request, "hub/form.html", context, 422 if form.errors else 200)


@page(ADMIN, methods=("GET", "POST"))
def edit_organisation(request: Visit, organisation: str) -> HttpResponse:
    """Change what is known of an organisation, or let it leave and come back."""
    row = queries.named(organisation)
    known = actions.facts_of(row)
    initial = {name: getattr(known, name) for name in known.__struct_fields__}
    form = filled(OrganisationForm, request, existing=True, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change_organisation(
                row, form.facts(), now=timezone.now(), actor=request.person.email
            )
        except NoroshiError as error:
            refuse(form, error)
        else:
            return done(request, _("It was changed."), "household", organisation=row.slug)
    context = {
        "form": form,
        "title": _("Change %(organisation)s") % {"organisation": named(row)},
        "back": reverse("household", kwargs={"organisation": row.slug}),
    }
    return show(request, "hub/form.html", context, 422 if form.errors else 200)


@page(HUB)
def communities(request: Visit) -> HttpResponse:
    """List the communities with whoever belongs to them today."""
    names = {row.slug: row for row in queries.directory()}
    found = [
        (community, [names[slug] for slug in slugs]) for community, slugs in queries.communities()
    ]
    context = {"communities": found, "may_change": request.viewer.role in ADMIN}
    return show(request, "hub/communities.html", context)


@page(ADMIN, methods=("GET", "POST"))
def new_community(request: Visit) -> HttpResponse:
    """Make a community."""
    form = filled(CommunityForm, request)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_community(form.new(), now=timezone.now(), actor=request.person.email)
        except NoroshiError as error:
            refuse(form, error)
        else:
            return done(request, _("The community was made."), "communities")
    back = reverse("communities")
    context = {"form": form, "title": _("A new community"), "back": back}
    return show(request, "hub/form.html", context, 422 if form.errors else 200)
