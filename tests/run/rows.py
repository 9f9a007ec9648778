"""Every row of a node by what it says, not by its number or the time it was written.

``python -m tests.run.rows`` prints them as JSON; `dump` does so in a process with its own settings.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from importlib import import_module

import django
from django.db.models import Q

Table = list[list[object]]


def dump(environment: Mapping[str, str]) -> dict[str, Table]:
    """Return the rows of every table that matters, sorted."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.run.rows"],
        env={**environment, "DJANGO_SETTINGS_MODULE": "noroshi.run.settings"},
        stdout=subprocess.PIPE,
        check=True,
    )
    tables: dict[str, Table] = json.loads(done.stdout)
    return tables


def tables() -> dict[str, Iterable[tuple[object, ...]]]:
    """Ask for the rows; must run where Django is set up."""
    knowledge, inventory, matching, identity, todo = (
        import_module(f"noroshi.hub.{room}.models")
        for room in ("knowledge", "inventory", "matching", "identity", "todo")
    )
    verification = import_module("noroshi.hub.audit.verification")
    record = "record__external_id"
    return {
        "document": knowledge.Document.objects.annotate(read=Q(read_at__isnull=False)).values_list(
            "source__name", "external_id", "sha256", "size", "unread", "read", "body"
        ),
        "quarantine": knowledge.Quarantine.objects.values_list(
            "source__name", "file", "where", "code", "document__sha256"
        ),
        "vulnerability": knowledge.Vulnerability.objects.values_list(
            "preferred_id", "merged_into__preferred_id", "state", "severity", "score", "title_ja"
        ),
        "alias": knowledge.Alias.objects.values_list("name", "vulnerability__preferred_id"),
        "record": knowledge.Record.objects.values_list(
            "source__name",
            "external_id",
            "vulnerability__preferred_id",
            "document__sha256",
            "asserted_at",
            "facets",
        ),
        "range": knowledge.AffectedRange.objects.values_list(
            record, "product__name", "low", "high", "status", "claim", "part", "conditional"
        ),
        "assessment": knowledge.Assessment.objects.values_list(
            "vulnerability__preferred_id", "model", "body"
        ),
        "product": identity.Product.objects.values_list("scheme", "name"),
        "package": inventory.Package.objects.values_list("text", "name", "version"),
        "identity": inventory.PackageIdentity.objects.values_list(
            "package__text", "product__name", "key"
        ),
        "match": matching.PackageMatch.objects.values_list(
            "package__text", "vulnerability__preferred_id", record, "claim", "part", "confidence"
        ),
        "finding": matching.Finding._base_manager.values_list(
            "system__name", "vulnerability__preferred_id", "status", "confidence", "priority"
        ),
        "todo": todo.Todo.objects.values_list("stage", "object_id"),
        "audit": [(type(verification.verify()).__name__,)],
    }


def _plain(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def main() -> None:
    """Print all tables as one JSON object."""
    django.setup()
    found = {
        name: sorted(([_plain(value) for value in row] for row in rows), key=json.dumps)
        for name, rows in tables().items()
    }
    json.dump(found, sys.stdout)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "noroshi.run.settings")
    main()
