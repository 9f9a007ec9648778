"""The pages of a bureau officer: what stands there, for whom, and how much it asks of the hub."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.delivery import DeliveryState
from noroshi.core.policy.audience import Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import District, Role
from noroshi.hub.members import actions as joining
from noroshi.hub.notices import actions
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.sector import DAY, NOON
from tests.hub.sending import affect, deliveries, published

TO_ALL: dict[str, Any] = {"choice": Members(), "tlp": Tlp.GREEN}
LONG_AGO = NOON - 200 * DAY


@pytest.fixture(autouse=True)
def rows(database):
    return world.sector()


@pytest.fixture
def officer(client):
    person = world.person("bureau-kanto", Role.BUREAU_OFFICER)
    sign_in(client, person)
    return person


def text(client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return str(answer.content.decode())


def table(page: str) -> str:
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


def test_the_matrix_shows_the_operators_of_the_district_the_late_ones_first(client, officer):
    sent = published(at=LONG_AGO, **TO_ALL)
    actions.respond(
        world.machine("hikari"), sent.number, DeliveryState.DONE, now=LONG_AGO, actor="x"
    )
    rows = table(text(client, "/bureau"))
    assert rows.index("Fictitious minato") < rows.index("Fictitious hikari")
    assert "1 late" in rows
    assert "Fictitious yama" not in rows
    assert "Fictitious bureau-kanto" not in rows


def test_who_is_late_stands_on_top_with_whom_it_was_brought_to(client, officer):
    sent = published(at=LONG_AGO, **TO_ALL)
    numbers = [row.pk for row in deliveries(sent).values()]
    actions.escalate(numbers, now=LONG_AGO + 2 * DAY, every=30 * DAY)
    page = text(client, "/bureau")
    late = page.partition('id="late"')[2].partition("</section>")[0]
    assert "days late" in late
    assert "brought to Fictitious bureau-kanto" in late
    assert "Fictitious yama" not in late


def test_without_notices_the_page_says_so(client, officer):
    page = text(client, "/bureau")
    assert "Nothing to follow up" in page
    assert 'id="late"' not in page


@pytest.mark.parametrize("asked", ["show=late", "show=unanswered"])
def test_what_is_shown_is_what_was_asked_for(client, officer, asked):
    first = published(at=LONG_AGO, **TO_ALL)
    for slug in ("hikari", "minato"):
        actions.acknowledge(world.machine(slug), first.number, now=LONG_AGO, actor="x")
    assert first.number not in text(client, f"/bureau?{asked}")
    second = published(at=LONG_AGO + DAY, **TO_ALL)
    page = text(client, f"/bureau?{asked}")
    assert second.number in table(page)
    assert first.number not in page


def test_one_operator_alone(client, officer):
    published(at=LONG_AGO, **TO_ALL)
    rows = table(text(client, "/bureau?operator=minato"))
    assert "Fictitious minato" in rows
    assert "Fictitious hikari" not in rows


@pytest.mark.parametrize("asked", ["show=x", "operator=yama", "operator=%00", "page=x", "page=-1"])
def test_a_question_that_makes_no_sense_shows_everything(client, officer, asked):
    published(at=LONG_AGO, **TO_ALL)
    assert "Fictitious minato" in table(text(client, f"/bureau?{asked}"))


def test_a_place_that_no_page_gave_is_refused(client, officer):
    for path in ("/bureau?after=x", "/bureau/hikari?after=x", "/bureau/chart?after=x"):
        assert client.get(path).status_code == 409


def test_older_notices_are_a_page_away(client, officer):
    sent = [published(at=LONG_AGO + day * DAY, **TO_ALL).number for day in range(7)]
    page = text(client, "/bureau")
    link = page.partition('href="?after=')[2].partition('"')[0]
    older = text(client, f"/bureau?after={link}")
    assert {number for number in sent if number in table(page)} == set(sent[2:])
    assert {number for number in sent if number in table(older)} == set(sent[:2])


def test_what_an_operator_did_not_let_count_is_not_there(client, officer, rows):
    affect("minato")
    assert "Numbers of findings" in text(client, "/bureau/minato")
    joining.set_grant(rows["minato"], rows["bureau-kanto"], None, now=NOON, actor="x")
    page = text(client, "/bureau/minato")
    assert "does not let your bureau count" in page
    assert "Numbers of findings" not in page


def test_counts_are_all_that_is_told_of_what_an_operator_runs(client, officer, rows):
    affect("minato", system="secret-system")
    joining.set_grant(rows["minato"], rows["bureau-kanto"], GrantLevel.DETAIL, now=NOON, actor="x")
    page = text(client, "/bureau/minato")
    assert "secret-system" not in page
    assert "log4j" not in page


def test_whom_to_call_are_those_who_can_answer(client, officer):
    world.person("minato", Role.RESPONDER, "rin")
    world.person("minato", Role.VIEWER, "reader")
    gone = world.person("minato", Role.RESPONDER, "gone")
    gone.is_active = False
    gone.save()
    page = text(client, "/bureau/minato")
    assert "rin@minato.example" in page
    assert "reader@" not in page
    assert "gone@" not in page


@pytest.mark.parametrize("slug", ["yama", "isac", "bureau-kanto", "bureau-tohoku", "nobody"])
def test_those_of_other_districts_answer_like_those_that_are_not_there(client, officer, slug):
    found, unknown = client.get(f"/bureau/{slug}"), client.get("/bureau/not-there")
    assert (found.status_code, unknown.status_code) == (404, 404)
    same = found.content.decode().replace(f"/bureau/{slug}", "/bureau/not-there")
    assert _without_marks(same) == _without_marks(unknown.content.decode())


def _without_marks(page: str) -> list[str]:
    secret = ("csrfmiddlewaretoken", "attempt", "sender")
    return [line for line in page.splitlines() if not any(word in line for word in secret)]


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in (Role.BUREAU_OFFICER, Role.MINISTRY)]
)
def test_other_roles_do_not_open_it(client, role):
    home = "isac" if role in (Role.HUB_ADMIN, Role.HUB_ANALYST) else "hikari"
    sign_in(client, world.person(home, role))
    for path in ("/bureau", "/bureau/chart", "/bureau/minato"):
        assert client.get(path).status_code == 403


def test_the_chart_is_a_picture_without_script_that_says_the_same(client, officer):
    sent = published(at=LONG_AGO, **TO_ALL)
    actions.acknowledge(world.machine("minato"), sent.number, now=LONG_AGO, actor="x")
    answer = client.get("/bureau/chart")
    assert answer["Content-Type"] == "image/svg+xml"
    assert "<script" not in answer.content.decode()
    assert sent.number in answer.content.decode()
    page = text(client, "/bureau?show=unanswered")
    assert f"{sent.number}: 1 of 2 answered" in page
    assert 'srcset="/bureau/chart?narrow=1&amp;show=unanswered"' in page


def test_a_page_asks_as_much_for_many_operators_as_for_few(client, officer):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(client, "/bureau")
        return len(captured)

    published(at=LONG_AGO, **TO_ALL)
    few = asked()
    for number in range(4):
        world.organisation(f"more-{number}", district=District.KANTO)
    for day in range(3):
        published(at=LONG_AGO + day * DAY, **TO_ALL)
    assert asked() <= few
