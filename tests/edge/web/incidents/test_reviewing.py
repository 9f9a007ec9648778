"""The hub's analysts read what they were given, see what would be shared, and share that."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.policy.visibility import System
from noroshi.core.sector import Role
from noroshi.hub.intel.models import IntelObject
from noroshi.hub.members.models import Person
from tests.edge.web.incidents.rooms import (
    FIELDS,
    enter,
    given,
    reads,
    reported,
    review_name,
    sharing,
    text,
)
from tests.edge.web.site import sign_in
from tests.hub import sector as world

SHARED = "外部への不審な通信"


@pytest.fixture(autouse=True)
def rows(database):
    return world.sector()


@pytest.fixture
def stix_id(client):
    enter(client, "hikari", Role.RESPONDER)
    name = reported(client)
    given(client, name)
    return name


@pytest.fixture
def hana(client, stix_id):
    return enter(client, "isac", Role.HUB_ANALYST, "hana")


@pytest.fixture
def path(hana):
    return f"/incidents/reviews/{review_name(hana)}"


def shared() -> list[IntelObject]:
    rows = IntelObject.objects.visible_to(System()).filter(type="report")
    return list(rows.filter(published_at__isnull=False))


def test_the_list_says_who_reported_what_and_what_waits(client, hana, path):
    page = text(client, "/incidents/reviews")
    assert FIELDS["title"] in page
    assert "Fictitious hikari" in page
    assert path in page
    assert '<span class="count">1</span>' in text(client, "/incidents")


def test_what_names_the_member_is_highlighted_and_proposed_without(client, hana, path):
    page = text(client, path)
    assert "<mark>架空hikari</mark>の端末" in page
    assert "[会員]の端末から外部への通信を確認した。</textarea>" in page


def test_what_is_shown_is_what_is_shared_with_those_and_only_those(client, hana, path):
    fields = sharing(client, path, title_en="Odd traffic", text_en="A PC spoke to the outside.")
    preview = client.post(path, {**fields, "preview": "1"})
    page = preview.content.decode()
    assert preview.status_code == 200
    for words in (SHARED, "Odd traffic", "198.51.100.7", "Fictitious yama", "Fictitious radio"):
        assert words in page
    assert "Fictitious minato" not in page
    assert shared() == []
    made = client.post(path, {**fields, "share": "1"})
    assert made["Location"] == f"/incidents/{shared()[0].stix_id}"
    yama, minato = (world.person(slug, name="ken") for slug in ("yama", "minato"))
    assert (reads(yama), reads(minato)) == ({SHARED}, set())
    sign_in(client, yama)
    page = text(client, made["Location"])
    assert "hikari" not in page
    assert "Odd traffic" in page


def test_shared_twice_it_is_shared_once(client, hana, path):
    fields = {**sharing(client, path), "share": "1", "attempt": "b" * 32}
    places = [client.post(path, fields)["Location"] for _ in range(2)]
    assert len(set(places)) == 1
    assert len(shared()) == 1


def test_its_maker_finds_what_became_of_it(client, hana, path, stix_id):
    client.post(path, {**sharing(client, path, districts="kanto"), "share": "1"})
    sign_in(client, Person.objects.get(email="taro@hikari.example"))
    page = text(client, f"/incidents/{stix_id}")
    assert f"/incidents/{shared()[0].stix_id}" in page
    assert "shared by the hub" in text(client, "/incidents?show=mine")


def test_an_indicator_that_names_the_member_cannot_be_chosen(client, rows):
    enter(client, "hikari", Role.RESPONDER)
    name = reported(client, indicators="vpn.hikari.example\nbad.example")
    given(client, name, indicators="vpn.hikari.example\nbad.example")
    hana = enter(client, "isac", Role.HUB_ANALYST, "hana")
    path = f"/incidents/reviews/{review_name(hana)}"
    page = text(client, path)
    assert "names the member" in page
    assert 'value="domain-name=vpn.hikari.example"' not in page
    fields = sharing(client, path, indicators=["domain-name=vpn.hikari.example"])
    assert client.post(path, {**fields, "share": "1"}).status_code == 422
    assert shared() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": ""},
        {"to": "members"},
        {"to": "everyone", "districts": []},
        {"to": "people", "districts": [], "people": "nobody@nowhere.example"},
        {"to": "people", "districts": [], "people": ""},
        {"to": "some", "districts": []},
        {"to": "some", "districts": "atlantis"},
        {"to": "some", "bureaus": "on"},
        {"to": "affected"},
        {"title": ""},
        {"title_en": "only a title"},
        {"text": "\u202e"},
        {"tlp": "green"},
        {"tlp": "red"},
        {"indicators": ["domain-name=other.example"]},
        {"version": "yesterday"},
        {"version": "2020-01-01T00:00:00+00:00"},
    ],
)
def test_what_cannot_be_shared_is_refused_with_a_reason(client, hana, path, wrong):
    fields = {**sharing(client, path), **wrong}
    for button in ("preview", "share"):
        answer = client.post(path, {**fields, button: "1"})
        assert answer.status_code == 422, (wrong, button)
        page = answer.content.decode()
        assert 'class="errors"' in page or 'role="alert"' in page
    assert shared() == []


def test_back_from_the_preview_everything_still_stands_there(client, hana, path):
    fields = sharing(client, path, title="別の題", change="1")
    page = client.post(path, fields).content.decode()
    assert 'value="別の題"' in page


def test_what_its_maker_changed_meanwhile_is_looked_at_again(client, hana, path, stix_id):
    old = sharing(client, path)
    taro = Person.objects.get(email="taro@hikari.example")
    sign_in(client, taro)
    client.post(f"/incidents/{stix_id}/return")
    given(client, stix_id, text="訂正しました。")
    sign_in(client, hana)
    answer = client.post(path, {**old, "share": "1"})
    assert answer.status_code == 422
    assert "has changed since you looked at it" in answer.content.decode()
    assert "訂正しました。" in answer.content.decode()


def test_a_question_without_words_is_refused(client, hana, path):
    answer = client.post(f"{path}/question", {"question": " "})
    assert answer.status_code == 422
    assert "its maker" not in text(client, path)
    client.post(f"{path}/question", {"question": "いつですか。"})
    assert "waits for the member" in text(client, path)


def test_what_was_taken_back_is_not_there_any_more(client, hana, path, stix_id):
    fields = {**sharing(client, path), "share": "1"}
    sign_in(client, Person.objects.get(email="taro@hikari.example"))
    client.post(f"/incidents/{stix_id}/return")
    sign_in(client, hana)
    assert client.get(path).status_code == 404
    assert client.post(path, fields).status_code == 404
    assert shared() == []


def test_a_nameless_report_names_nobody_on_any_page(client, rows):
    enter(client, "hikari", Role.RESPONDER)
    name = reported(client)
    given(client, name, nameless="on")
    hana = enter(client, "isac", Role.HUB_ANALYST, "hana")
    for path in ("/incidents/reviews", f"/incidents/reviews/{review_name(hana)}", "/incidents"):
        page = text(client, path).partition("<main")[2].partition('<h2 id="to-share"')[0]
        assert "hikari" not in page


@pytest.mark.parametrize("role", [Role.RESPONDER, Role.BUREAU_OFFICER, Role.ORGANISATION_ADMIN])
def test_nobody_but_the_hub_opens_reviews(client, hana, path, role):
    enter(client, "bureau-kanto" if role is Role.BUREAU_OFFICER else "hikari", role, "other")
    for each in ("/incidents/reviews", path):
        assert client.get(each).status_code == 403
    assert client.post(f"{path}/question", {"question": "?"}).status_code == 403


def test_the_lists_ask_as_much_for_many_as_for_few(client, hana, rows):
    def asked() -> int:
        with CaptureQueriesContext(connection) as captured:
            text(client, "/incidents")
            text(client, "/incidents/reviews")
        return len(captured)

    few = asked()
    taro = Person.objects.get(email="taro@hikari.example")
    sign_in(client, taro)
    for number in range(4):
        name = reported(client, title=f"別件 {number}")
        given(client, name, title=f"別件 {number}")
    sign_in(client, hana)
    assert asked() == few
