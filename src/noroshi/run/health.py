"""Whether the node can do its work: what is wrong, and what mends it."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import stat
from collections.abc import Iterator
from functools import lru_cache

import msgspec
from django.conf import settings
from django.db import OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from noroshi.core.errors import NotFound
from noroshi.hub.dispatch import queries as dispatch
from noroshi.hub.knowledge import following
from noroshi.hub.knowledge.models import Source, Vulnerability
from noroshi.hub.members import queries as members
from noroshi.hub.todo.models import Todo
from noroshi.run.stages.worker import utc_now

LEAST_FREE = 2_000_000_000
"""Bytes that should be free beside the data; the public feeds need about half of it."""

BEHIND = dt.timedelta(hours=1)
"""How long a due to-do row may wait before somebody is told that no worker runs."""

LATELY = dt.timedelta(days=7)
"""How long somebody is told of a message that has not arrived."""


class Complaint(msgspec.Struct, frozen=True):
    """What is wrong and what mends it. ``grave``: the node cannot do its work like this."""

    what: str
    remedy: str
    grave: bool = True


def look() -> list[Complaint]:
    """Return every complaint, the grave ones first."""
    found = [*_folder(), *_database()]
    return sorted(found, key=lambda complaint: not complaint.grave)


def _folder() -> Iterator[Complaint]:
    folder = settings.NOROSHI.data
    if not os.access(folder, os.W_OK):
        yield Complaint(
            _("The data folder %(folder)s cannot be written.") % {"folder": folder},
            _("Make it writable for this user, or name another one in NOROSHI_DATA."),
        )
        return
    if shutil.disk_usage(folder).free < LEAST_FREE:
        yield Complaint(
            _("Less than 2 GB are free where the data folder is."),
            _("Free some room, or move the data folder and set NOROSHI_DATA."),
            grave=False,
        )
    key = folder / "secret-key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield Complaint(
            _("Others on this machine can read the signing key %(file)s.") % {"file": key},
            _("Run: chmod 600 %(file)s") % {"file": key},
        )


def _database() -> Iterator[Complaint]:
    try:
        connection.ensure_connection()
    except OperationalError as error:
        yield Complaint(
            _("The database does not answer: %(error)s")
            % {"error": str(error).strip().partition("\n")[0]},
            _("Start it, or correct NOROSHI_DATABASE."),
        )
        return
    if migrations_missing():
        yield Complaint(
            _("The tables of the database are not up to date."), _("Run: noroshi migrate")
        )
        return
    yield from _contents()


def migrations_missing() -> bool:
    """Say whether the tables of the database are those of an earlier version, or none."""
    return not _migrations() <= set(MigrationRecorder(connection).applied_migrations())


@lru_cache
def _migrations() -> frozenset[tuple[str, str]]:
    """Return every migration of this version: (app, name)."""
    loader = MigrationLoader(None)
    return frozenset(loader.graph.nodes)


def _contents() -> Iterator[Complaint]:
    try:
        members.the_hub()
    except NotFound:
        yield Complaint(
            _("There is no hub yet: nobody can publish, and nothing escalates."),
            _("Run: noroshi organisation add --kind hub …"),
            grave=False,
        )
    if not Vulnerability.objects.exists():
        yield Complaint(
            _("No vulnerability is known yet."),
            _("Run: noroshi feed import cve5 PATH"),
            grave=False,
        )
    for name in _never_finished():
        yield Complaint(
            _("The last import of %(source)s did not finish.") % {"source": name},
            _("Run it again: what is complete is passed over."),
            grave=False,
        )
    for name in following.in_trouble():
        yield Complaint(
            _("%(source)s could not be pulled the last time.") % {"source": name},
            _("See: noroshi feed status"),
            grave=False,
        )
    if Todo.objects.filter(not_before__lte=utc_now() - BEHIND).exists():
        waiting = Todo.objects.filter(not_before__lte=utc_now()).count()
        yield Complaint(
            _("%(count)d things wait to be worked on.") % {"count": waiting},
            _("Run a worker: noroshi run"),
            grave=False,
        )

    if count := dispatch.not_arrived(utc_now() - LATELY):
        sentence = ngettext(
            "%(count)d message has not arrived.", "%(count)d messages have not arrived.", count
        )
        place = f"{settings.NOROSHI.site_url}/outgoing"
        yield Complaint(
            sentence % {"count": count},
            _("See %(place)s for the reasons.") % {"place": place},
            grave=False,
        )


def _never_finished() -> list[str]:
    return [
        source.name
        for source in Source.objects.exclude(last_started_at=None).order_by("name")
        if source.last_finished_at is None
        or (source.last_started_at and source.last_finished_at < source.last_started_at)
    ]
