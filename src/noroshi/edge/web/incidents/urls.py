"""The addresses of incidents."""

from __future__ import annotations

from django.urls import path

from noroshi.edge.web.incidents import reading, reporting, reviewing

urlpatterns = [
    path("incidents", reading.incidents, name="incidents"),
    path("incidents/new", reporting.new, name="incident-new"),
    path("incidents/reviews", reviewing.reviews, name="incident-review"),
    path("incidents/reviews/<review:name>", reviewing.one, name="incident-under-review"),
    path("incidents/reviews/<review:name>/question", reviewing.question, name="incident-question"),
    path("incidents/<report:name>", reading.incident, name="incident"),
    path("incidents/<report:name>/handover", reporting.handover, name="incident-submit"),
    path("incidents/<report:name>/return", reporting.take_back, name="incident-take-back"),
]
