"""Forms that come too late: what was typed waits for its writer, and for nobody else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib import import_module

import pytest
from django.test import Client
from django.urls import reverse

from noroshi.edge.web import late
from noroshi.edge.web.forms import Form
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members.models import Person
from tests.edge.web.site import PASSWORD, code_now, give_password, give_second_factor
from tests.hub import sector as world

pytestmark = pytest.mark.usefixtures("database")

TRIAL, SENT, SIGN_IN = "/trial", "/trial/sent", "/sign-in"
TYPED = "三行の\n<b>本文</b>\nです。"


@pytest.fixture(autouse=True)
def trial_pages(settings):
    settings.ROOT_URLCONF = "tests.edge.web.trial_urls"


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return give_password(world.person("hikari"))


@pytest.fixture
def hana(taro) -> Person:
    return give_password(world.person("yama", name="hana"))


def enter(client: Client, person: Person, place: str = TRIAL):
    return client.post(SIGN_IN, {"login": person.email, "password": PASSWORD, "next": place})


def open_form(client: Client) -> dict[str, str]:
    form = client.get(TRIAL).content.decode().partition('id="trial"')[2].partition("</form>")[0]
    found = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form))
    return {"name": "x", "text": TYPED, **found}


def session_ends(client: Client) -> None:
    """The session is over on the server; the browser still has its cookie."""
    client.session.delete(client.session.session_key)


@pytest.fixture
def late_form(client, taro) -> dict[str, str]:
    """A form that was filled in while the session ran out."""
    enter(client, taro)
    form = open_form(client)
    session_ends(client)
    return form


def shown(client: Client) -> str:
    return client.get(TRIAL).content.decode()


def holds_the_text(page: str) -> bool:
    return "&lt;b&gt;本文&lt;/b&gt;" in page and "What you had written was kept" in page


def written() -> int:
    return AuditEvent.objects.filter(verb="trial.done").count()


def test_the_text_is_there_again_after_the_sign_in(client, taro, late_form):
    answer = client.post(TRIAL, late_form)
    assert answer.url == f"{SIGN_IN}?next=%2Ftrial"
    assert "What you wrote is kept" in client.get(answer.url).content.decode()
    assert written() == 0
    assert enter(client, taro).url == TRIAL
    page = shown(client)
    assert holds_the_text(page)
    assert 'value="x"' in page
    client.post(TRIAL, open_form(client))
    assert written() == 1


def test_it_is_there_once(client, taro, late_form):
    client.post(TRIAL, late_form)
    enter(client, taro)
    assert holds_the_text(shown(client))
    assert not holds_the_text(shown(client))


def test_it_survives_the_second_factor(client, taro, late_form):
    give_second_factor(taro)
    client.post(TRIAL, late_form)
    assert enter(client, taro).url == reverse("mfa_authenticate")
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).url == TRIAL
    assert holds_the_text(shown(client))


def test_it_survives_a_wrong_password(client, taro, late_form):
    client.post(TRIAL, late_form)
    client.post(SIGN_IN, {"login": taro.email, "password": "wrong", "next": TRIAL})
    enter(client, taro)
    assert holds_the_text(shown(client))


def test_somebody_else_never_gets_it(client, taro, hana, late_form):
    client.post(TRIAL, late_form)
    enter(client, hana)
    assert late.KEPT not in client.session
    assert not holds_the_text(shown(client))
    client.post(reverse("account_logout"))
    enter(client, taro)
    assert not holds_the_text(shown(client))


def test_what_waits_in_somebody_elses_session_is_not_shown_either(client, taro, hana):
    client.force_login(hana)
    session = client.session
    session[late.KEPT] = {"path": TRIAL, "for": taro.pk, "fields": [["text", TYPED]]}
    session.save()
    assert not holds_the_text(shown(client))
    assert late.KEPT not in client.session


def test_it_stays_away_from_other_pages(client, taro, late_form):
    client.post(TRIAL, late_form)
    enter(client, taro)
    assert TYPED not in client.get(reverse("my-account")).content.decode()
    assert holds_the_text(shown(client))


def test_neither_marks_nor_passwords_wait(client, taro, late_form):
    client.post(TRIAL, {**late_form, "password": "secret", "csrfmiddlewaretoken": "x"})
    kept = dict(client.session[late.KEPT]["fields"])
    assert set(kept) == {"name", "text"}


def test_it_waits_for_an_hour_and_the_session_of_after_for_as_long_as_any(
    client, taro, late_form, settings
):
    client.post(TRIAL, late_form)
    assert client.session.get_expiry_age() == late.KEPT_SECONDS
    enter(client, taro)
    assert client.session.get_expiry_age() > late.KEPT_SECONDS


def test_more_than_a_form_can_hold_does_not_wait(client, taro, late_form):
    answer = client.post(TRIAL, {**late_form, "text": "x" * (late.MOST + 1)})
    assert answer.url == f"{SIGN_IN}?next=%2Ftrial"
    assert late.KEPT not in client.session


def forms_of(kind: type[Form]) -> Iterator[type[Form]]:
    for one in kind.__subclasses__():
        yield one
        yield from forms_of(one)


def test_whatever_fits_into_a_form_of_ours_waits():
    import_module("noroshi.run.urls")  # and with it every form
    largest = {
        one.__name__: sum(
            getattr(field, "max_length", 0) or 0 for field in one.base_fields.values()
        )
        for one in forms_of(Form)
    }
    assert largest["ReportForm"] > 100_000
    assert {name: size for name, size in largest.items() if size > late.MOST} == {}


def test_what_nobody_of_ours_made_does_not_wait(client, taro):
    for sender in ("", "1", "1:2:3"):
        client.post(TRIAL, {"text": TYPED, "sender": sender})
        assert late.KEPT not in client.session


def test_a_form_without_a_page_of_its_own_leads_back_to_the_page_it_was_on(client, taro, late_form):
    answer = client.post(SENT, late_form, HTTP_REFERER=f"http://testserver{TRIAL}?a=1")
    assert answer.url == f"{SIGN_IN}?next=%2Ftrial%3Fa%3D1"
    assert enter(client, taro, f"{TRIAL}?a=1").url == f"{TRIAL}?a=1"
    assert holds_the_text(shown(client))


@pytest.mark.parametrize("referer", ["", "https://elsewhere.example/x", "javascript:x", "//x/y"])
def test_without_a_page_of_ours_it_leads_to_the_start(client, taro, late_form, referer):
    assert client.post(SENT, late_form, HTTP_REFERER=referer).url == f"{SIGN_IN}?next=%2F"


def test_a_fragment_leads_back_to_the_page_around_it(client, taro, late_form):
    around = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": f"http://testserver{TRIAL}?page=2"}
    for answer in (client.get("/trial/things/x", **around), client.post(SENT, late_form, **around)):
        assert answer.status_code == 204
        assert answer.headers["HX-Redirect"] == f"{SIGN_IN}?next=%2Ftrial%3Fpage%3D2"
    enter(client, taro)
    assert holds_the_text(shown(client))


def test_who_has_left_gets_nothing_kept(client, taro):
    enter(client, taro)
    form = open_form(client)
    Person.objects.filter(pk=taro.pk).update(is_active=False)
    client.post(TRIAL, form)
    assert written() == 0
    assert "is not right" in enter(client, taro).content.decode()


class TestSignedInAnew:
    """In another tab: the form of before is no longer accepted, and its text is not lost."""

    @pytest.fixture
    def browser(self, taro) -> Client:
        client = Client(enforce_csrf_checks=True)
        self.sign_in(client, taro)
        return client

    def sign_in(self, client: Client, person: Person) -> None:
        client.get(SIGN_IN)
        token = client.cookies["csrftoken"].value
        fields = {"login": person.email, "password": PASSWORD, "csrfmiddlewaretoken": token}
        assert client.post(SIGN_IN, fields).status_code == 302

    def test_the_text_stands_in_the_form_again(self, browser, taro):
        form = open_form(browser)
        session_ends(browser)
        self.sign_in(browser, taro)
        answer = browser.post(TRIAL, form)
        assert answer.status_code == 403
        assert "stands in the form again" in answer.content.decode()
        assert written() == 0
        assert holds_the_text(shown(browser))
        assert browser.post(TRIAL, open_form(browser)).status_code == 302
        assert written() == 1

    def test_somebody_else_does_not_find_it(self, browser, taro, hana):
        form = open_form(browser)
        session_ends(browser)
        self.sign_in(browser, hana)
        browser.post(TRIAL, form)
        assert not holds_the_text(shown(browser))

    def test_a_password_is_never_kept(self, browser, taro):
        page = browser.get(reverse("account_change_password")).content.decode()
        marks = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page))
        session_ends(browser)
        self.sign_in(browser, taro)
        marks |= {"oldpassword": PASSWORD, "csrfmiddlewaretoken": "x" * 64}
        assert browser.post(reverse("account_change_password"), marks).status_code == 403
        assert late.KEPT not in browser.session

    def test_a_form_from_elsewhere_puts_nothing_into_a_form_of_ours(self, browser, taro):
        browser.post(TRIAL, {"text": TYPED, "sender": f"{taro.pk}:made:up"})
        assert not holds_the_text(shown(browser))
