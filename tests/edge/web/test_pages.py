"""The door of every page: who comes in, what is not there, forms that are sent twice or half."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client

from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.members.models import Person
from tests.edge.web.site import sign_in
from tests.hub import sector as world
from tests.hub.committing import Other, committed

TRIAL, SENT = "/trial", "/trial/sent"


@pytest.fixture(autouse=True)
def trial_pages(settings):
    settings.ROOT_URLCONF = "tests.edge.web.trial_urls"


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return world.person("hikari")


@pytest.fixture
def hana(taro) -> Person:
    return world.person("yama", name="hana")


@pytest.fixture
def mine(taro) -> Client:
    """The browser of somebody who is signed in."""
    client = Client()
    sign_in(client, taro)
    return client


def marks(client: Client) -> dict[str, str]:
    """The hidden marks of the form, as the page holds them."""
    form = client.get(TRIAL).content.decode().partition('id="trial"')[2].partition("</form>")[0]
    found = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form)
    return {name: value for name, value in found if name in {"attempt", "sender"}}


def written() -> int:
    return AuditEvent.objects.filter(verb="trial.done").count()


def messages(client: Client) -> str:
    return client.get(TRIAL).content.decode()


class TestComingIn:
    def test_who_is_signed_out_is_asked_to_sign_in_and_comes_back(self, database, client):
        answer = client.get(f"{TRIAL}?a=1&b=2")
        assert answer.status_code == 302
        assert answer.url == "/sign-in?next=%2Ftrial%3Fa%3D1%26b%3D2"

    def test_who_has_left_is_asked_to_sign_in(self, mine, taro):
        Person.objects.filter(pk=taro.pk).update(is_active=False)
        assert mine.get(TRIAL).url.startswith("/sign-in")
        assert mine.post(TRIAL, {"name": "x"}).url.startswith("/sign-in")
        assert written() == 0

    @pytest.mark.parametrize("role", list(Role))
    def test_a_page_opens_to_its_roles_alone(self, taro, client, role):
        Person.objects.filter(pk=taro.pk).update(role=role)
        sign_in(client, Person.objects.get(pk=taro.pk))
        expected = 200 if role is Role.BUREAU_OFFICER else 403
        assert client.get("/trial/officers").status_code == expected
        assert client.post("/trial/officers").status_code == expected

    @pytest.mark.parametrize(
        ("path", "method", "status"),
        [
            (TRIAL, "get", 200),
            (TRIAL, "head", 200),
            (TRIAL, "put", 405),
            (TRIAL, "delete", 405),
            (TRIAL, "patch", 405),
            (TRIAL, "options", 405),
            (SENT, "get", 405),
            (SENT, "post", 302),
            ("/trial/things/hidden", "post", 405),
        ],
    )
    def test_it_answers_its_own_methods_alone(self, mine, path, method, status):
        assert getattr(mine, method)(path).status_code == status

    def test_nobody_keeps_a_copy(self, mine):
        assert mine.get(TRIAL).headers["Cache-Control"] == "private, no-store"
        assert mine.post(SENT).headers["Cache-Control"] == "private, no-store"


class TestWhatIsNotThere:
    def page(self, client: Client, path: str) -> tuple[int, str, list[tuple[str, str]]]:
        answer = client.get(path)
        text = re.sub(
            r'(name="(?:csrfmiddlewaretoken|attempt)" value=)"\w+"', r"\1", answer.content.decode()
        )
        headers = sorted((name, value) for name, value in answer.headers.items())
        return answer.status_code, text.replace(path, "…"), headers

    def test_hidden_missing_and_never_heard_of_are_the_same_answer(self, mine):
        hidden = self.page(mine, "/trial/things/hidden")
        assert hidden[0] == 404
        assert hidden == self.page(mine, "/trial/things/absent")
        assert hidden == self.page(mine, "/trial/others/absent")
        assert "lantern" not in hidden[1]

    def test_a_form_about_a_hidden_thing_writes_nothing(self, mine):
        assert mine.post(TRIAL, {"name": "hidden", **marks(mine)}).status_code == 404
        assert written() == 0


class TestOnce:
    def test_the_same_form_twice_is_carried_out_once(self, mine):
        form = {"name": "x", **marks(mine)}
        first, second = mine.post(TRIAL, form), mine.post(TRIAL, form)
        assert (first.status_code, first.url) == (second.status_code, second.url) == (302, TRIAL)
        assert written() == 1
        assert "carried out once" in messages(mine)

    def test_two_forms_with_the_same_contents_are_two(self, mine):
        for _ in range(2):
            mine.post(TRIAL, {"name": "x", **marks(mine)})
        assert written() == 2

    def test_who_goes_back_and_changes_something_sends_another_form(self, mine):
        form = marks(mine)
        for name in ("x", "y", "x"):
            assert mine.post(TRIAL, {"name": name, **form}).status_code == 302
        assert written() == 2

    def test_another_file_of_the_same_name_and_size_is_another_form(self, mine):
        form = marks(mine)
        for content in (b"one", b"two", b"two"):
            file = SimpleUploadedFile("a.json", content)
            mine.post(TRIAL, {"name": "x", "file": file, **form})
        assert written() == 2

    def test_somebody_elses_attempt_of_the_same_name_is_another(self, mine, hana):
        other = Client()
        sign_in(other, hana)
        attempt = marks(mine)["attempt"]
        for client in (mine, other):
            client.post(TRIAL, {**marks(client), "name": "x", "attempt": attempt})
        assert written() == 2

    def test_a_form_that_was_refused_may_be_sent_again(self, mine):
        form = marks(mine)
        assert mine.post(TRIAL, {"name": "wrong", **form}).status_code == 422
        assert mine.post(TRIAL, {"name": "wrong", **form}).status_code == 422
        assert mine.post(TRIAL, {"name": "right", **form}).status_code == 302
        assert written() == 1

    def test_a_preview_uses_nothing_up(self, mine):
        form = {"name": "preview", **marks(mine)}
        for _ in range(2):
            assert mine.post(TRIAL, form).content == b"a preview"

    @pytest.mark.parametrize("attempt", ["x" * 5000, "a b", "\x01", "'", "狼煙", "../"])
    def test_a_name_of_any_kind_is_a_name(self, mine, attempt):
        form = {"name": "x", "attempt": attempt}
        for _ in range(2):
            assert mine.post(TRIAL, form).status_code == 302
        assert written() == 1

    def test_a_form_without_a_name_is_carried_out_each_time(self, mine):
        for _ in range(2):
            mine.post(TRIAL, {"name": "x"})
        assert written() == 2


class TestHalf:
    def test_what_the_hub_refuses_is_said_and_leaves_nothing(self, mine):
        answer = mine.post(TRIAL, {"name": "refused", **marks(mine)})
        assert answer.status_code == 409
        assert "a rule of the hub" in answer.content.decode()
        assert written() == 0

    def test_what_the_form_refuses_leaves_nothing(self, mine):
        answer = mine.post(TRIAL, {"name": "wrong", **marks(mine)})
        assert answer.status_code == 422
        assert "Not this one." in answer.content.decode()
        assert written() == 0

    def test_what_fails_leaves_nothing(self, mine, monkeypatch):
        mine.raise_request_exception = False

        def fail(*_args, **_kwargs):
            message = "the disk is full"
            raise OSError(message)

        monkeypatch.setattr("tests.edge.web.trial_urls.done", fail)
        assert mine.post(TRIAL, {"name": "x", **marks(mine)}).status_code == 500
        assert written() == 0


class TestSomebodyElses:
    def test_a_form_made_for_somebody_else_is_refused(self, mine, hana):
        """Two share a browser: one page is still open from before."""
        form = {"name": "x", **marks(mine)}
        sign_in(mine, hana)
        assert mine.post(TRIAL, form).status_code == 403
        assert written() == 0

    def test_a_mark_that_was_made_up_is_none(self, mine):
        for sender in ("1", "1:x", "x" * 500, "\x01"):
            assert mine.post(TRIAL, {"name": "x", "sender": sender}).status_code == 302

    def test_a_form_from_elsewhere_is_refused(self, taro):
        strict = Client(enforce_csrf_checks=True)
        sign_in(strict, taro)
        assert strict.post(TRIAL, {"name": "x"}).status_code == 403
        assert written() == 0


def test_two_that_come_at_the_same_time_are_carried_out_once(databases, django_db_blocker):
    with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
        world.sector()
        taro = world.person("hikari")
        mine = Client()
        sign_in(mine, taro)
        try:
            form = {"name": "x", **marks(mine)}
            answers = []
            with transaction.atomic():
                answers.append(mine.post(TRIAL, form))
                again = Client()
                again.cookies = mine.cookies
                other = Other(database, lambda: answers.append(again.post(TRIAL, form)))
                assert other.waits
            other.finish()
            assert [answer.status_code for answer in answers] == [302, 302]
            assert written() == 1
        finally:
            mine.session.flush()


def test_of_two_at_the_same_time_the_second_goes_on_if_the_first_fails(
    databases, django_db_blocker
):
    with django_db_blocker.unblock(), committed(databases["postgresql"]) as database:
        world.sector()
        taro = world.person("hikari")
        mine = Client()
        sign_in(mine, taro)
        try:
            form = {"name": "x", **marks(mine)}
            answers = []
            with transaction.atomic():
                mine.post(TRIAL, form)
                other = Other(database, lambda: answers.append(mine.post(TRIAL, form)))
                assert other.waits
                transaction.set_rollback(True)
            other.finish()
            assert [answer.status_code for answer in answers] == [302]
            assert written() == 1
        finally:
            mine.session.flush()
