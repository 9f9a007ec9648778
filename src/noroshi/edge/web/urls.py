"""The table of all addresses of the site."""

from __future__ import annotations

from django.urls import include, path

from noroshi.edge.web import converters, home

converters.register()

ROOMS = ("signin", "exposure", "vulnerabilities", "notices", "assets", "incidents", "bureau",
         "figures", "hub", "account", "outgoing")  # fmt: skip

urlpatterns = [
    path("", home.home, name="home"),
    path("preferences", home.preferences, name="preferences"),
    *(path("", include(f"noroshi.edge.web.{room}.urls")) for room in ROOMS),
]
