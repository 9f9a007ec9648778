"""Searches that the reader keeps: listed, opened, deleted."""

from __future__ import annotations

from urllib.parse import urlencode

import msgspec
from django import forms
from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.search import typing
from noroshi.edge.web.forms import Form, Line
from noroshi.edge.web.pages import CONTENTS, Visit, done, page, show
from noroshi.edge.web.vulnerabilities.asking import ORDERS, Typed
from noroshi.hub.knowledge import saved
from noroshi.hub.knowledge.catalogue import Order
from noroshi.hub.knowledge.models import SavedSearch

FEED = "/api/v1/vulnerabilities.atom"
"""Where the exchange gives a search as a feed; rooms of the edge do not see each other."""


class Keeping(Form):
    """A search, and the name to keep it under."""

    name = Line(max_length=80, label=gettext_lazy("Name of the search"))
    q = Typed(required=False, label=gettext_lazy("Search"))
    mine = forms.BooleanField(required=False, label=gettext_lazy("Concerns our systems"))
    order = forms.ChoiceField(choices=ORDERS, required=False, label=gettext_lazy("Order"))

    def search(self) -> saved.Search:
        """Return what is to be kept."""
        data = self.cleaned_data
        order = Order(data["order"] or Order.PUBLISHED)
        return saved.Search(data["name"], typing.write(data["q"]), data["mine"], order)


class Kept(msgspec.Struct, frozen=True):
    """A search that is kept, and where it is opened."""

    number: int
    name: str
    query: str
    mine: bool
    address: str
    feed: str


@page(CONTENTS, methods=("GET", "POST"))
def searches(request: Visit) -> HttpResponse:
    """List the searches that somebody keeps; keep one more, or delete one."""
    if request.method == "POST" and "delete" in request.POST:
        number = request.POST["delete"]
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            raise Http404
        saved.delete(request.person, int(number), now=timezone.now())
        return done(request, _("The search was deleted."), "searches")
    form = Keeping(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        saved.keep(request.person, form.search(), now=timezone.now())
        return done(request, _("The search is kept."), "searches")
    context = {"form": form, "kept": [_kept(row) for row in saved.searches_of(request.person)]}
    return show(request, "vulnerabilities/searches.html", context, 422 if form.errors else 200)


def _kept(row: SavedSearch) -> Kept:
    asked = {"q": row.query, **({"mine": "on"} if row.mine else {}), "order": row.order}
    feed = {"q": row.query} if row.query else {}
    return Kept(
        number=row.pk,
        name=row.name,
        query=row.query,
        mine=row.mine,
        address=f"{reverse('vulnerabilities')}?{urlencode(asked)}",
        feed="" if row.mine else f"{FEED}?{urlencode(feed)}",
    )
