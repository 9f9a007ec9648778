"""An SBOM comes in: by a form, or by the script that shows how far it is."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core.errors import FormatError
from noroshi.edge.web import receiving
from noroshi.edge.web.assets.forms import FileForm
from noroshi.edge.web.assets.roles import ACTING
from noroshi.edge.web.forms import filled, refuse
from noroshi.edge.web.pages import Visit, carry_out, done, page, show
from noroshi.hub.inventory import changing
from noroshi.hub.inventory.actions import AddedInventory, store_upload
from noroshi.hub.inventory.models import System
from noroshi.hub.inventory.reading import Upload, read_upload

PLACE = "X-Place"
"""Where the script shall go: it would follow a redirect itself, unseen, and the message be lost."""


@page(ACTING, methods=("GET", "POST"), atomic=False)
def upload(request: Visit, system: int) -> HttpResponseBase:
    """Take in an SBOM for a system; read it before anything is locked."""
    owned = changing.own_system(request.viewer, system)
    form = filled(FileForm, request, dropped=receiving.too_large(request))
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            read = read_upload(file.name, file.read())
        except FormatError as error:
            refuse(form, error, "file")
        else:
            return answered(request, carry_out(request, partial(_store, request, system, read)))
    context = {"form": form, "system": owned}
    return show(request, "assets/upload.html", context, status=422 if form.errors else 200)


def _store(request: Visit, system: int, read: Upload) -> HttpResponse:
    return stored(request, changing.own_system(request.viewer, system), read)


def stored(request: Visit, system: System, read: Upload) -> HttpResponse:
    """Store an SBOM that has been read, and say what came of it on the system's page."""
    added = store_upload(system, read, now=timezone.now(), actor=request.person.email)
    return done(request, _told(added), "system", system=system.pk)


def _told(added: AddedInventory) -> str:
    if added.unchanged:
        return _("This SBOM is stored already; nothing has changed.")
    text = ngettext(
        "The SBOM has been stored: %(count)d component.",
        "The SBOM has been stored: %(count)d components.",
        added.components,
    ) % {"count": added.components}
    if not added.problems:
        return text
    problems = ngettext(
        "%(count)d part could not be used.", "%(count)d parts could not be used.", added.problems
    )
    return f"{text} {problems % {'count': added.problems}}"


def answered(request: Visit, response: HttpResponseBase) -> HttpResponseBase:
    """Return the answer as a browser takes it, or as the script of the upload does."""
    by_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    if not (by_script and isinstance(response, HttpResponseRedirect)):
        return response
    return HttpResponse(status=204, headers={PLACE: response.url})
