"""The addresses of the vulnerabilities."""

from __future__ import annotations

from django.urls import path

from noroshi.edge.web.vulnerabilities import (
    documents,
    forms_of_the_field,
    history,
    keeping,
    views,
)

urlpatterns = [
    path("searches", keeping.searches, name="searches"),
    path("vulnerabilities", views.vulnerabilities, name="vulnerabilities"),
    path("vulnerabilities/<vulnerability:name>", views.vulnerability, name="vulnerability"),
    path(
        "vulnerabilities/<vulnerability:name>/affected",
        views.affected,
        name="vulnerability-affected",
    ),
    path(
        "vulnerabilities/<vulnerability:name>/history",
        history.vulnerability_history,
        name="vulnerability-history",
    ),
    path(
        "vulnerabilities/<vulnerability:name>/epss.svg",
        history.epss_chart,
        name="vulnerability-epss",
    ),
    path(
        "vulnerabilities/<vulnerability:name>/severity.svg",
        history.severity_chart,
        name="vulnerability-severity",
    ),
    path(
        "vulnerabilities/<vulnerability:name>/cve.json",
        forms_of_the_field.cve_record,
        name="vulnerability-cve",
    ),
    path(
        "vulnerabilities/<vulnerability:name>/osv.json",
        forms_of_the_field.osv_record,
        name="vulnerability-osv",
    ),
    path(
        "vulnerabilities/<vulnerability:name>/documents/<document:number>",
        documents.document,
        name="vulnerability-document",
    ),
    path(
        "vulnerabilities/<vulnerability:name>/documents/<document:number>/file",
        documents.document_file,
        name="vulnerability-document-file",
    ),
]
