"""The webhooks of the reader's organisation."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.addresses import LONGEST_URL, Reach
from noroshi.core.errors import NoroshiError
from noroshi.core.policy.duties import ADMINISTER
from noroshi.edge.web.forms import Form, Line, filled, refuse
from noroshi.edge.web.pages import Visit, done, page, show
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch import queries

_SHOWN_ONCE = "secret-of-endpoint"
"""In the session: the number of the endpoint whose secret the next page may show."""


class EndpointForm(Form):
    """A new webhook."""

    url = Line(
        label=gettext_lazy("Address"),
        max_length=LONGEST_URL,
        help_text=gettext_lazy("A public address, such as https://soc.example.jp/noroshi."),
    )


def _reach() -> Reach:
    return Reach.ANYWHERE if settings.NOROSHI.private_webhooks else Reach.PUBLIC


@page(ADMINISTER)
def endpoints(request: Visit) -> HttpResponse:
    """List the webhooks."""
    context = {"webhooks": queries.endpoints(request.viewer)}
    return show(request, "outgoing/webhooks.html", context)


@page(ADMINISTER, methods=("GET", "POST"))
def new_endpoint(request: Visit) -> HttpResponse:
    """Add a webhook, and show its secret."""
    form = filled(EndpointForm, request)
    if request.method == "POST" and form.is_valid():
        try:
            made = dispatch.add_endpoint(
                request.viewer,
                form.cleaned_data["url"],
                reach=_reach(),
                now=timezone.now(),
                actor=request.person.email,
            )
        except NoroshiError as error:
            refuse(form, error, "url")
        else:
            request.session[_SHOWN_ONCE] = made.pk
            return done(request, _("The webhook was added."), "endpoint-secret", number=made.pk)
    return show(request, "outgoing/new.html", {"form": form}, 422 if form.errors else 200)


@page(ADMINISTER)
def endpoint(request: Visit, number: int) -> HttpResponse:
    """Show one webhook, and what can be done with it."""
    return show(request, "outgoing/webhook.html", {"one": queries.endpoint(request.viewer, number)})


@page(ADMINISTER, methods=("GET", "POST"))
def secret(request: Visit, number: int) -> HttpResponse:
    """Make a new secret; show one that was just made, once."""
    if request.method == "POST":
        dispatch.renew_secret(
            request.viewer, number, now=timezone.now(), actor=request.person.email
        )
        request.session[_SHOWN_ONCE] = number
        return done(request, _("The secret is another one now."), "endpoint-secret", number=number)
    one = queries.endpoint(request.viewer, number)
    if request.session.get(_SHOWN_ONCE) != number:
        raise Http404
    if request.method == "GET":
        del request.session[_SHOWN_ONCE]
    context = {"one": one, "secret": dispatch.secret_of(request.viewer, number)}
    return show(request, "outgoing/secret.html", context)


@page(ADMINISTER, methods=("POST",))
def test(request: Visit, number: int) -> HttpResponse:
    """Ask for a test call."""
    dispatch.try_out(request.viewer, number, now=timezone.now(), actor=request.person.email)
    text = _("A test call is on its way. What came of it stands here when you load the page anew.")
    return done(request, text, "endpoint", number=number)


@page(ADMINISTER, methods=("POST",))
def switch(request: Visit, number: int) -> HttpResponse:
    """Switch a webhook off, or on again."""
    now, actor = timezone.now(), request.person.email
    if request.POST.get("to") == "on":
        dispatch.switch_on(request.viewer, number, now=now, actor=actor)
        return done(request, _("The webhook is in use again."), "endpoint", number=number)
    dispatch.switch_off(request.viewer, number, now=now, actor=actor)
    return done(request, _("The webhook is switched off."), "endpoint", number=number)
