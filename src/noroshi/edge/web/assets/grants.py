"""What the organisation lets others see of what it runs."""

from __future__ import annotations

import msgspec
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import OrganisationKind
from noroshi.edge.web.assets.forms import GrantForm, level_choices
from noroshi.edge.web.assets.roles import GRANTING
from noroshi.edge.web.forms import filled
from noroshi.edge.web.pages import Visit, done, page, show
from noroshi.hub.members import queries as members
from noroshi.hub.members.actions import set_grant
from noroshi.hub.members.models import Organisation


class Given(msgspec.Struct, frozen=True):
    """Who may see how much; ``level`` is one of `level_choices`."""

    organisation: Organisation
    level: str
    text: str


@page(methods=("GET", "POST"))
def grants(request: Visit) -> HttpResponse:
    """Show what the organisation lets others see; whoever administers it changes that."""
    may_change = request.viewer.role in GRANTING
    own = request.person.organisation
    form = filled(GrantForm, request, own=own.pk)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid():
            to, level = form.cleaned_data["grantee"], form.chosen
            set_grant(own, to, level, now=timezone.now(), actor=request.person.email)
            return done(request, _("What others may see has been changed."), "grants")
    context = {
        "form": form,
        "given": _given(own),
        "levels": level_choices(),
        "may_change": may_change,
    }
    return show(request, "assets/grants.html", context, status=422 if form.errors else 200)


def _given(own: Organisation) -> list[Given]:
    """Return hub and bureau, whatever they may see, and everybody else who may see something."""
    stands = {
        grant.grantee: GrantLevel(grant.level).name.lower() for grant in members.grants_given(own)
    }
    hub = members.directory().filter(kind=OrganisationKind.HUB.value).first()
    looking_after = [hub, members.bureau_of(own)]
    asked = [each for each in looking_after if each is not None and each != own]
    texts = dict(level_choices())
    listed = dict.fromkeys([*asked, *stands])
    return [Given(each, (level := stands.get(each, "none")), texts[level]) for each in listed]
