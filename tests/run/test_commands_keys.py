"""``noroshi key``, as somebody types it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.management import call_command

from noroshi.core.errors import NobodyNamed, NotFound, Refused
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members import keys
from noroshi.hub.members.models import ApiKey
from noroshi.run.stages.worker import utc_now
from tests.hub import sector as world

pytestmark = pytest.mark.usefixtures("database")

MAKE = "key make --organisation minato --scope findings:read --name CI"


@pytest.fixture(autouse=True)
def rows(database):
    return world.sector()


@pytest.fixture
def run(capsys) -> Callable[..., str]:
    def command(line: str) -> str:
        capsys.readouterr()
        call_command(*line.split())
        return str(capsys.readouterr().out)

    return command


def test_a_key_that_was_made_opens_the_door(run):
    text = run(f"{MAKE} --scope notices:write --days 30 --network 192.0.2.0/24").strip()
    caller = keys.caller_with(text, "192.0.2.1", now=utc_now())
    assert caller is not None
    assert caller.scopes == {"findings:read", "notices:write"}
    assert caller.viewer.role is Role.RESPONDER
    assert (caller.expires_at - utc_now()).days == 29


def test_only_the_key_goes_to_standard_output(run):
    assert len(run(MAKE).splitlines()) == 1


def test_a_person_makes_it_under_the_own_name(run):
    admin = world.person("minato", Role.ORGANISATION_ADMIN)
    run(f"{MAKE} --as {admin.email}")
    assert ApiKey.objects.get().made_by == admin
    assert AuditEvent.objects.get(verb="key.made").actor == admin.email


@pytest.mark.parametrize(
    ("line", "error"),
    [
        ("key make --organisation minato --name CI", NobodyNamed),
        (f"{MAKE} --days 732", Refused),
        (f"{MAKE} --days 1000000", Refused),
        (f"{MAKE} --days 0", SystemExit),
        (f"{MAKE} --scope everything", SystemExit),
        (f"{MAKE} --role hub_admin", Refused),
        (f"{MAKE} --as minato", Refused),
        ("key make --organisation nobody --name x --scope findings:read", NotFound),
        ("key revoke noroshi_00000000", NotFound),
    ],
)
def test_what_cannot_be_is_refused(run, line, error):
    with pytest.raises(error):
        run(line)
    assert not ApiKey.objects.exists()


def test_the_list_shows_beginnings_and_no_secrets(run):
    text = run(MAKE).strip()
    run("key make --organisation hikari --name x --scope figures:read")
    listed = run("key list --organisation minato")
    assert text[:16] in listed
    assert text[17:] not in listed
    assert "hikari" not in listed
    assert "hikari" in run("key list")


def test_a_revoked_key_is_listed_as_ended(run):
    text = run(MAKE).strip()
    assert "refused" in run(f"key revoke {text[:16]}")
    assert "ended" in run("key list")
    assert keys.caller_with(text, "", now=utc_now()) is None
