"""The keys of an organisation's programs."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import NoroshiError
from noroshi.edge.web.forms import filled, refuse
from noroshi.edge.web.hub import household
from noroshi.edge.web.hub.forms import KeyForm
from noroshi.edge.web.hub.household import ADMINISTRATORS
from noroshi.edge.web.pages import Visit, done, page, show
from noroshi.hub.members import keys


@page(ADMINISTRATORS, methods=("GET", "POST"))
def new_key(request: Visit) -> HttpResponse:
    """Make a key of the reader's own organisation, and show its text once."""
    own = request.person.organisation
    form = filled(KeyForm, request, maker=request.person, organisation=own)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            made = keys.make_key(
                own, request.person, form.new(now), now=now, actor=request.person.email
            )
        except NoroshiError as error:
            refuse(form, error)
        else:
            household.keep_secret(request, made.text)
            return done(request, _("The key was made."), "key-text", number=made.row.pk)
    context = {"form": form, "title": _("A new key"), "back": reverse("organisation")}
    return show(request, "hub/form.html", context, 422 if form.errors else 200)


@page(ADMINISTRATORS)
def text(request: Visit, number: int) -> HttpResponse:
    """Show the text of a new key, once."""
    row = household.key_for(request, number)
    context = {
        "secret": household.take_secret(request),
        "title": row.name,
        "text": _("This is the key. It is shown now and never again:"),
        "organisation": row.organisation,
    }
    return show(request, "hub/secret.html", context)


@page(ADMINISTRATORS, methods=("GET", "POST"))
def revoke(request: Visit, number: int) -> HttpResponse:
    """End a key, after asking once more."""
    row = household.key_for(request, number)
    if request.method != "POST":
        context = {
            "title": _("End the key “%(name)s”?") % {"name": row.name},
            "harms": True,
            "text": _("The program that uses this key is refused from its next request on."),
            "button": _("End the key"),
            "organisation": row.organisation,
        }
        return show(request, "hub/confirm.html", context)
    keys.revoke_key(row, now=timezone.now(), actor=request.person.email)
    slug = row.organisation.slug
    return done(request, _("The key was ended."), "household", organisation=slug)
