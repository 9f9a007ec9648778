"""The table of all addresses: pages, protocols, and what the server says of itself."""

from __future__ import annotations

from django.urls import include, path

from noroshi.run import probes

urlpatterns = [
    path("healthz", probes.alive, name="alive"),
    path("readyz", probes.ready, name="ready"),
    path("metrics", probes.numbers, name="numbers"),
    path("api/v1/", include("noroshi.edge.exchange.rest.api")),
    path("", include("noroshi.edge.web.urls")),
]

handler400 = "noroshi.edge.web.trouble.bad_request"
handler403 = "noroshi.edge.web.trouble.forbidden"
handler404 = "noroshi.edge.web.trouble.not_found"
handler500 = "noroshi.edge.web.trouble.failed"
