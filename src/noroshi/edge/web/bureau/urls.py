"""The addresses of the district."""

from __future__ import annotations

from django.urls import path

from noroshi.edge.web.bureau import views

urlpatterns = [
    path("bureau", views.bureau, name="bureau"),
    path("bureau/chart", views.chart, name="bureau-chart"),
    path("bureau/<organisation:name>", views.operator, name="bureau-operator"),
]
