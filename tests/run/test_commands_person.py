"""The commands about one person: invited, let go, let back in, without the factors they lost."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core import mail
from django.core.management import call_command

from noroshi.core.errors import NotFound, Refused
from noroshi.core.sector import Role
from noroshi.edge.web.signin import factors
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members.models import Person
from tests.edge.web.site import PASSWORD, give_password, give_second_factor
from tests.hub import sector as world

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def run(capsys):
    def command(line: str) -> str:
        capsys.readouterr()
        call_command(*line.split())
        return str(capsys.readouterr().out)

    return command


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return world.person("hikari")


def test_an_invitation_is_a_link_that_sets_a_password(run, taro, client):
    text = run(f"person invite {taro.email}")
    (link,) = (word for word in text.split() if word.startswith("http"))
    assert link.startswith(settings.NOROSHI.site_url)
    form = client.get(link.removeprefix(settings.NOROSHI.site_url), follow=True)
    address = form.redirect_chain[-1][0]
    client.post(address, {"password1": PASSWORD, "password2": PASSWORD})
    taro.refresh_from_db()
    assert taro.check_password(PASSWORD)
    again = client.get(link.removeprefix(settings.NOROSHI.site_url), follow=True)
    assert "does not hold any more" in again.content.decode()
    assert AuditEvent.objects.filter(verb="person.invited", object=f"person:{taro.pk}").exists()
    assert mail.outbox == []


def test_who_has_left_is_not_invited(run, taro):
    run(f"person deactivate {taro.email}")
    with pytest.raises(Refused):
        run(f"person invite {taro.email}")


def test_a_person_is_let_go_and_comes_back(run, taro):
    give_password(taro)
    assert "no part any more" in run(f"person deactivate {taro.email}")
    taro.refresh_from_db()
    assert (taro.is_active, taro.has_usable_password()) == (False, False)
    assert "takes part again" in run(f"person readmit {taro.email}")
    taro.refresh_from_db()
    assert (taro.is_active, taro.has_usable_password()) == (True, False)


def test_the_last_administrator_of_the_hub_stays(run, taro):
    hana = world.person("isac", Role.HUB_ADMIN, name="hana")
    with pytest.raises(Refused):
        run(f"person deactivate {hana.email}")


def test_lost_factors_are_taken_away(run, taro):
    give_second_factor(taro)
    assert "1 factor of taro@hikari.example" in run(f"person reset-factors {taro.email}")
    assert not factors.of(taro).exists()
    assert AuditEvent.objects.filter(verb="person.factors_reset").count() == 1


@pytest.mark.parametrize("verb", ["invite", "deactivate", "readmit", "reset-factors"])
def test_an_unknown_address_is_said_to_be_one(run, taro, verb):
    with pytest.raises(NotFound):
        run(f"person {verb} nobody@example.org")
