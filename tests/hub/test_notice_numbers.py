"""Numbers without gaps or twins, whoever publishes at the same time."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PUBLISH = """
import datetime as dt, sys
import django
django.setup()
from noroshi.core.errors import NobodyNamed
from noroshi.core.policy.audience import Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import System
from noroshi.hub.notices import actions
from noroshi.hub.notices.letters import Content

now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
content = Content(tlp=Tlp.GREEN, title_ja="題", text_ja="文", respond_within_hours=1)
for number in range(int(sys.argv[1])):
    draft = actions.draft(System(), content, now=now, actor="system")
    try:
        actions.publish(System(), str(draft), Selection(), now=now, actor="system")
    except NobodyNamed:
        actions.publish(System(), str(draft), Members(), now=now, actor="system")
"""

PREPARE = """
import datetime as dt
import django
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from noroshi.core.sector import OrganisationKind, Sector
from noroshi.hub.members.actions import OrganisationFacts, add_organisation
now = dt.datetime(2026, 6, 1, tzinfo=dt.UTC)
for slug, kind in (("isac", "hub"), ("hikari", "operator")):
    facts = OrganisationFacts(
        slug=slug, name=slug, kind=OrganisationKind(kind), sector=Sector.TELECOM)
    add_organisation(facts, now=now, actor="system")
"""

COUNT = """
import django
django.setup()
from noroshi.core.policy.visibility import System
from noroshi.hub.audit.verification import verify
from noroshi.hub.notices.models import Delivery, Notice
rows = Notice.objects.visible_to(System()).order_by("number")
print(*rows.values_list("number", flat=True))
print(type(verify()).__name__, Delivery.objects.visible_to(System()).count())
"""

WRITERS, EACH = 3, 5


def start(program: str, environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(process: subprocess.Popen[str]) -> str:
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 0
    return output


def test_writers_at_the_same_time_number_without_gaps(database_address, tmp_path):
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "noroshi.run.settings",
        "NOROSHI_DATABASE": database_address,
        "NOROSHI_DATA": str(tmp_path / "data"),
        "PYTHONPATH": str(Path(__file__).parents[2] / "src"),
    }
    ended(start(PREPARE, environment))
    for process in [start(PUBLISH, environment, str(EACH)) for _ in range(WRITERS)]:
        ended(process)
    numbers, rest = ended(start(COUNT, environment)).splitlines()
    expected = [f"N-2026-{number:04d}" for number in range(1, WRITERS * EACH + 1)]
    assert numbers.split() == expected
    assert rest == f"Intact {WRITERS * EACH}"
