"""What did not arrive, and sending it again."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.policy.duties import ADMINISTER
from noroshi.core.sector import Role
from noroshi.edge.web.pages import Visit, done, page, show
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch import queries


@page(ADMINISTER)
def outgoing(request: Visit) -> HttpResponse:
    """List the mails and calls that did not arrive, as far as the reader may know of them."""
    after = request.GET.get("after", "")
    found = queries.undelivered(request.viewer, after)
    hub_admin = request.viewer.role is Role.HUB_ADMIN
    context = {
        "messages_lost": found.items,
        "after": found.after,
        "begun": bool(after),
        "hub_admin": hub_admin,
        "no_mail": hub_admin and not settings.NOROSHI.mail,
    }
    return show(request, "outgoing/list.html", context)


@page(ADMINISTER, methods=("POST",))
def again(request: Visit, number: int) -> HttpResponse:
    """Try a message anew."""
    dispatch.send_again(request.viewer, number, now=timezone.now(), actor=request.person.email)
    return done(request, _("It is on its way again."), "outgoing")
