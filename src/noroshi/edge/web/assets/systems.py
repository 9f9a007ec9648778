"""One system: made, shown, changed, retired."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.core.errors import FormatError, Refused
from noroshi.edge.web import receiving
from noroshi.edge.web.assets.forms import NewSystemForm, SystemForm
from noroshi.edge.web.assets.roles import ACTING
from noroshi.edge.web.assets.uploads import answered, stored
from noroshi.edge.web.forms import filled, refuse
from noroshi.edge.web.pages import Visit, carry_out, done, page, show
from noroshi.edge.web.paging import leaf
from noroshi.hub.inventory import changing, queries
from noroshi.hub.inventory.models import System
from noroshi.hub.inventory.reading import Upload, read_upload
from noroshi.hub.matching import tallies
from noroshi.hub.matching.progress import Progress, progress
from noroshi.hub.matching.tallies import Tally

EARLIER = 5
"""Inventories of the past shown beside a system; its history shows all."""


@page()
def system(request: Visit, system: int) -> HttpResponse:
    """Show a system: what it runs now, what concerns it, what has changed."""
    found = queries.system_for(request.viewer, system)
    history = list(queries.inventories_of(request.viewer, system)[: EARLIER + 1])
    context = {
        "system": found,
        "own": _own(request, found),
        "inventory": next((row for row in history if row.current), None),
        "history": history[:EARLIER],
        "more_history": len(history) > EARLIER,
        "tally": tallies.by_system(request.viewer, [system]).get(system, Tally()),
        "findings": leaf(request, tallies.of_system(request.viewer, system)),
        "progress": progress(request.viewer, system, now=timezone.now()),
    }
    return show(request, "assets/system.html", context)


@page()
def history(request: Visit, system: int) -> HttpResponse:
    """Show every inventory that a system has had."""
    found = queries.system_for(request.viewer, system)
    rows = leaf(request, queries.inventories_of(request.viewer, system))
    return show(request, "assets/history.html", {"system": found, "history": rows})


@page()
def status(request: Visit, system: int) -> HttpResponse:
    """Show how far matching is, for the page that waits for it; other visitors go there."""
    found = queries.system_for(request.viewer, system)
    if not request.headers.get("HX-Request"):
        return redirect("system", system=system)
    stands = progress(request.viewer, system, now=timezone.now())
    response = show(request, "assets/progress.html", {"system": found, "progress": stands})
    if stands is Progress.DONE:
        response.headers["HX-Refresh"] = "true"  # the findings on the page are those from before
    return response


@page(ACTING, methods=("GET", "POST"), atomic=False)
def new_system(request: Visit) -> HttpResponseBase:
    """Make a system, with its first SBOM if there is one."""
    form = filled(NewSystemForm, request, dropped=receiving.too_large(request))
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            upload = read_upload(file.name, file.read()) if file else None
            return answered(request, carry_out(request, partial(_make, request, form, upload)))
        except FormatError as error:
            refuse(form, error, "file")
        except Refused as error:
            refuse(form, error, "name")
    return show(
        request, "assets/system_new.html", {"form": form}, status=422 if form.errors else 200
    )


def _make(request: Visit, form: NewSystemForm, upload: Upload | None) -> HttpResponse:
    now, actor = timezone.now(), request.person.email
    made = changing.add_system(request.person.organisation, form.new, now=now, actor=actor)
    if upload is None:
        return done(request, _("The system has been added."), "system", system=made.pk)
    return stored(request, made, upload)


@page(ACTING, methods=("GET", "POST"))
def edit_system(request: Visit, system: int) -> HttpResponse:
    """Rename a system, or say anew how much depends on it and how reachable it is."""
    found = changing.own_system(request.viewer, system)
    initial = {
        "name": found.name, "criticality": found.criticality, "exposure": found.exposure
    }  # fmt: skip
    form = filled(SystemForm, request, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            changed = changing.change_system(
                found, form.new, now=timezone.now(), actor=request.person.email
            )
        except Refused as error:
            refuse(form, error, "name")
        else:
            text = _("The system has been changed.") if changed else _("Nothing has changed.")
            return done(request, text, "system", system=system)
    context = {"form": form, "system": found}
    return show(request, "assets/system_edit.html", context, status=422 if form.errors else 200)


@page(ACTING, methods=("GET", "POST"))
def retire_system(request: Visit, system: int) -> HttpResponse:
    """Ask whether a system is really no longer run, and retire it."""
    found = changing.own_system(request.viewer, system)
    if request.method == "POST":
        changing.retire_system(found, now=timezone.now(), actor=request.person.email)
        return done(request, _("%(name)s has been retired.") % {"name": found.name}, "assets")
    tally = tallies.by_system(request.viewer, [system]).get(system, Tally())
    return show(request, "assets/system_retire.html", {"system": found, "tally": tally})


def _own(request: Visit, found: System) -> bool:
    """Say whether the reader may change the system."""
    own = found.organisation_id == request.viewer.organisation
    return own and request.viewer.role in ACTING and found.retired_at is None
