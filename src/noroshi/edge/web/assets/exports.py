"""Components and findings for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from noroshi.core.policy.visibility import Viewer
from noroshi.edge import words
from noroshi.edge.web.assets.component_lines import lines
from noroshi.edge.web.downloads import csv_attachment
from noroshi.edge.web.pages import Visit, page
from noroshi.edge.web.templatetags.page import titled
from noroshi.hub.bulk.queries import chunks
from noroshi.hub.inventory import queries
from noroshi.hub.inventory.models import Inventory
from noroshi.hub.matching import tallies
from noroshi.hub.matching.models import Finding

AT_ONCE = 500
"""Rows read at once."""


@page()
def components_csv(request: Visit, inventory: int) -> HttpResponseBase:
    """Give the components of an SBOM, with the findings that stand on each."""
    found = queries.inventory_for(request.viewer, inventory)
    columns = (_("Component"), _("Version"), _("Identity"), _("Kind"), _("Place"), _("Findings"))
    rows = _components(request.viewer, found)
    return csv_attachment(f"components-{inventory}", columns, rows)


@page()
def findings_csv(request: Visit, system: int) -> HttpResponseBase:
    """Give all findings of a system, also those that were answered or withdrawn."""
    found = queries.system_for(request.viewer, system)
    columns = (
        _("Vulnerability"), _("Title"), _("Severity"), _("Priority"), _("Act by"), _("Status"),
        _("Confidence"), _("Since"),
    )  # fmt: skip
    findings = tallies.of_system(request.viewer, found.pk, live=False)
    rows = (_finding(row) for row in findings.iterator(AT_ONCE))
    return csv_attachment(f"findings-{system}", columns, rows)


def _components(viewer: Viewer, found: Inventory) -> Iterator[tuple[str, ...]]:
    rows = queries.components_of(viewer, found.pk).iterator(AT_ONCE)
    for chunk in chunks(rows, AT_ONCE):
        for line in lines(viewer, found, chunk):
            row, package = line.component, line.component.package
            findings = " ".join(each.vulnerability.preferred_id for each in line.findings)
            names = " ".join(line.names)
            yield (package.name, package.version, names, row.kind, row.path, findings)


def _finding(row: Finding) -> tuple[str, ...]:
    about = row.vulnerability
    return (
        about.preferred_id,
        titled(about),
        words.severity(about.severity, about.score),
        words.priority(row.priority),
        row.due.isoformat() if row.due else "",
        words.finding_status(row.status),
        str(row.confidence),
        row.opened_at.date().isoformat(),
    )
