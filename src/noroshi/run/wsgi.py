"""What the server calls for every request."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from django.apps import apps
from django.core.wsgi import get_wsgi_application
from django.template.loader import get_template
from django.urls import get_resolver

from noroshi.run.serving import say_ready

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "noroshi.run.settings")


def read_pages() -> None:
    """Read the code and the templates of every page now, so that nobody waits for it later."""
    get_resolver().url_patterns  # noqa: B018 - imports every page when it is looked at
    templates = Path(apps.get_app_config("web").path, "templates")
    for file in templates.rglob("*.html"):
        get_template(str(file.relative_to(templates)))


def in_utf_8(inner: WSGIApplication) -> WSGIApplication:
    """Read every request as UTF-8, whatever encoding it names.

    Django believes the name before anything of ours sees the request, also one such as ``hex`` that
    is no encoding of texts, and then fails.
    """

    def outer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        environ["CONTENT_TYPE"] = _CHARSET.sub("", environ.get("CONTENT_TYPE", ""))
        return inner(environ, start_response)

    return outer


_CHARSET = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)

application = in_utf_8(get_wsgi_application())
read_pages()
say_ready()
