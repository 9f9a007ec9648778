"""Whatever is sent to the pages of the sign-in: it is refused, and nothing falls over."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.urls import reverse

from noroshi.hub.members.models import Person
from tests.edge.web.site import PASSWORD, give_password, give_second_factor
from tests.hub import sector as world

pytestmark = pytest.mark.usefixtures("database")


def spoken(name: str, said: str, whose: str) -> str:
    """What a key might say if it could not say anything right."""
    parts = ("clientDataJSON", "attestationObject", "authenticatorData", "signature")
    response = {**dict.fromkeys(parts, said), "userHandle": whose}
    kind = {"type": "public-key", "clientExtensionResults": {}}
    return json.dumps({"id": name, "rawId": name, "response": response, **kind})


TEXTS = [
    "", " ", "x" * 100_000, "\x00", "\u202e", "<script>alert(1)</script>", "'; --", "%s%n",
    "\ud83d", "1" * 400, "null", "狼煙@例え.example", "a@b" * 200,
]  # fmt: skip
JSONS = [
    "", "{", "null", "[]", "1", '"x"', "{}", '{"id": 1}', '{"response": null}',
    '{"response": {"userHandle": null}}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {}}',
    spoken("!", "!!", "enp6enp6"),
    spoken("AA", "e30", "MQ"),
    "[" * 2000 + "]" * 2000,
]  # fmt: skip
FORMS = {
    "account_login": ("login", "password"),
    "account_reset_password": ("email",),
    "account_change_password": ("oldpassword", "password1", "password2"),
    "account_reauthenticate": ("password",),
    "mfa_reauthenticate": ("code",),
    "mfa_activate_totp": ("code",),
    "my-account": ("name", "language"),
}
KEYS = ("mfa_login_webauthn", "mfa_add_webauthn", "mfa_reauthenticate_webauthn")


@pytest.fixture
def taro(database) -> Person:
    world.sector()
    return give_password(world.person("hikari"))


@pytest.mark.parametrize("said", ["\0" * 32, "x" * 5000, "../" * 11, "\xff" * 32, ""])
@pytest.mark.parametrize("place", ["/exposure", "/sign-in", "/healthz", "/api/v1/key"])
def test_a_cookie_that_names_no_session_is_none(taro, client, place, said):
    expected = client.get(place).status_code
    client.cookies[settings.SESSION_COOKIE_NAME] = said
    assert client.get(place).status_code == expected


@pytest.mark.parametrize("name", FORMS)
def test_a_text_of_any_kind_is_refused_by_every_form(taro, name):
    if name == "mfa_reauthenticate":
        give_second_factor(taro)
    before = Person.objects.get(pk=taro.pk).password
    for text in TEXTS:
        client = Client()
        if name not in {"account_login", "account_reset_password"}:
            client.force_login(taro)
        sent = urlencode(dict.fromkeys(FORMS[name], text.encode("utf-8", "surrogatepass")))
        answer = client.post(reverse(name), sent, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in {200, 302, 422, 429}, text[:20]
        assert b"<script>alert" not in answer.content
    assert Person.objects.get(pk=taro.pk).password == before


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_holds_nothing_is_refused(client, taro, name):
    client.force_login(taro)
    if name in {"account_login", "account_reset_password"}:
        client.logout()
    assert client.post(reverse(name), {}).status_code in {200, 302, 422}


@pytest.mark.parametrize("name", KEYS)
@pytest.mark.parametrize("began", [False, True])
def test_what_no_key_would_say_is_refused(taro, name, began):
    for text in JSONS:
        client = Client()
        if name != "mfa_login_webauthn":
            Authenticator.objects.filter(user=taro).delete()
            client.force_login(taro)
            client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
        if began:
            client.get(reverse(name), HTTP_ACCEPT="application/json")
        answer = client.post(reverse(name), {"credential": text})
        assert answer.status_code in {200, 302, 403, 429}, text[:60]
    assert not Authenticator.objects.exists()


def test_what_no_key_would_say_is_no_second_factor(client, taro):
    give_second_factor(taro)
    client.post(reverse("account_login"), {"login": taro.email, "password": PASSWORD})
    for text in JSONS:
        client.get(reverse("mfa_authenticate"))
        client.post(reverse("mfa_authenticate"), {"credential": text})
        assert "_auth_user_id" not in client.session


def test_a_key_has_a_name_of_one_line(client, taro):
    key = Authenticator.objects.create(user=taro, type="webauthn", data={"name": "old"})
    client.force_login(taro)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("", "a\nb", "\u202eback", "x" * 81):
        assert client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": name}).status_code
        key.refresh_from_db()
        assert key.data["name"] == "old"
    client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "<b>新</b>"})
    key.refresh_from_db()
    assert key.data["name"] == "<b>新</b>"


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_do_nothing(client, taro, method):
    client.force_login(taro)
    before = Person.objects.get(pk=taro.pk).password
    for name in (*FORMS, *KEYS, "account_logout", "usersessions_list"):
        answer = getattr(client, method)(reverse(name))
        assert answer.status_code in {200, 302, 405}, name
    assert Person.objects.get(pk=taro.pk).password == before
    assert client.get(reverse("my-account")).status_code == 200
