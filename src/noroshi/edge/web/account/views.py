"""My account."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused
from noroshi.edge import words
from noroshi.edge.web import forms
from noroshi.edge.web.account.forms import Preferences
from noroshi.edge.web.pages import EVERY_ROLE, Visit, done, page, show
from noroshi.edge.web.signin import factors
from noroshi.hub.members import people
from noroshi.hub.members.models import Person


@page(EVERY_ROLE, methods=("GET", "POST"))
def my_account(request: Visit) -> HttpResponse:
    """Show how somebody is known here, and keep what they change of it."""
    form = forms.filled(Preferences, request, initial=_known(request.person))
    if request.method == "POST" and form.is_valid():
        try:
            people.set_preferences(
                request.person, **form.cleaned_data, now=timezone.now(), actor=request.person.email
            )
        except Refused as error:
            forms.refuse(form, error)
        else:
            return done(request, _("Your account was changed."), "my-account")
    facts = {
        "form": form,
        "role_name": words.role(request.viewer.role),
        "second_factors": factors.of(request.person).count(),
        "sessions": UserSession.objects.filter(user=request.person).count(),
    }
    status = 422 if form.errors else 200
    return show(request, "account/mine.html", facts, status=status)


def _known(person: Person) -> dict[str, object]:
    return {"name": person.name, "language": person.language, "by_mail": person.by_mail}
