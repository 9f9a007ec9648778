"""SBOMs that come in by a form: stored as they are, refused with the place, counted once."""

from __future__ import annotations

import threading
from typing import ClassVar

import pytest
from django.core.files.uploadedfile import TemporaryUploadedFile
from django.db import connection

from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.policy.visibility import System as SystemViewer
from noroshi.core.sector import Role
from noroshi.edge.web import receiving
from noroshi.edge.web.assets import uploads
from noroshi.hub.inventory import reading
from noroshi.hub.inventory.models import System
from noroshi.hub.members import queries as directory
from noroshi.hub.members.submissions import LONGEST_TOKEN
from tests.edge.web.assets.rooms import A, B, enter, file, grant, inventories, said, system, upload
from tests.hub import sector as world
from tests.hub.feeds import sbom


@pytest.fixture(autouse=True)
def _sector(database):
    world.sector()


@pytest.fixture
def owned() -> System:
    return system()


def send(client, owned, sent=None, **more):
    return client.post(f"/assets/systems/{owned.pk}/upload", {"file": sent or file(A, B), **more})


class TestSending:
    def test_it_is_stored_and_said_on_the_page_of_the_system(self, client, owned):
        enter(client)
        answer = client.post(
            f"/assets/systems/{owned.pk}/upload", {"file": file(A, B)}, follow=True
        )
        assert answer.redirect_chain == [(f"/assets/systems/{owned.pk}", 302)]
        assert "The SBOM has been stored: 2 components." in answer.text
        (row,) = inventories(owned)
        assert (row.file, row.component_count, row.current) == ("gate.json", 2, True)

    def test_parts_that_could_not_be_used_are_counted(self, client, owned):
        enter(client)
        send(client, owned, file(A, {"name": "x", "purl": "not one"}))
        answer = client.get(f"/assets/systems/{owned.pk}")
        assert "1 part could not be used." in answer.text

    def test_the_same_file_again_changes_nothing_and_says_so(self, client, owned):
        enter(client)
        send(client, owned)
        answer = client.post(
            f"/assets/systems/{owned.pk}/upload", {"file": file(A, B)}, follow=True
        )
        assert "stored already" in answer.text
        assert len(inventories(owned)) == 1

    def test_a_form_that_is_sent_twice_is_carried_out_once(self, client, owned):
        enter(client)
        answers = [send(client, owned, file(A), attempt="x" * LONGEST_TOKEN) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert len(inventories(owned)) == 1

    def test_to_a_script_it_is_said_where_to_go_and_the_message_waits_there(self, client, owned):
        enter(client)
        answer = client.post(
            f"/assets/systems/{owned.pk}/upload",
            {"file": file(A)},
            headers={"X-Requested-With": "XMLHttpRequest"},
        )
        assert (answer.status_code, answer.headers[uploads.PLACE]) == (
            204,
            f"/assets/systems/{owned.pk}",
        )
        assert "has been stored" in client.get(answer.headers[uploads.PLACE]).text


class TestRefusing:
    def test_what_cannot_be_read_is_named_with_its_place_and_nothing_is_stored(self, client, owned):
        enter(client)
        upload(owned, A)
        broken = file(data=b'{"bomFormat": "CycloneDX", "specVersion": "9"}')
        answer = send(client, owned, broken)
        assert answer.status_code == 422
        assert "$.specVersion: " in answer.text
        assert [row.current for row in inventories(owned)] == [True]

    def test_the_reason_is_told_in_the_readers_language(self, client, owned):
        enter(client)
        answer = client.post(
            f"/assets/systems/{owned.pk}/upload",
            {"file": file(data=b"{")},
            headers={"Accept-Language": "ja"},
        )
        assert "JSON" in answer.text
        assert "not valid JSON" not in answer.text

    @pytest.mark.parametrize("data", [b"", b"\x00", b"PK\x03\x04", b"<html>", b"[]", b"\xff\xfe"])
    def test_any_other_file_is_refused(self, client, owned, data):
        enter(client)
        assert send(client, owned, file(data=data)).status_code == 422
        assert inventories(owned) == []

    def test_no_file_is_no_upload(self, client, owned):
        enter(client)
        answer = client.post(f"/assets/systems/{owned.pk}/upload", {})
        assert answer.status_code == 422
        assert 'id="id_file-errors"' in answer.text

    def test_a_retired_system_takes_no_file(self, client, owned):
        owned.retired_at = owned.organisation.joined_at
        owned.save()
        enter(client)
        assert send(client, owned).status_code == 409
        assert inventories(owned) == []


class TestWho:
    @pytest.mark.parametrize(
        ("slug", "role", "status"),
        [
            ("hikari", Role.ORGANISATION_ADMIN, 302),
            ("hikari", Role.VIEWER, 403),
            ("minato", Role.RESPONDER, 404),
            ("bureau-kanto", Role.BUREAU_OFFICER, 404),
            ("isac", Role.HUB_ADMIN, 404),
        ],
    )
    def test_only_those_who_act_for_the_organisation_upload(
        self, client, owned, slug, role, status
    ):
        enter(client, slug, role)
        assert send(client, owned).status_code == status
        assert len(inventories(owned)) == (status == 302)

    def test_who_may_only_look_is_told_so(self, client, owned):
        grant("hikari", "minato", GrantLevel.DETAIL)
        enter(client, "minato")
        assert send(client, owned).status_code == 409
        assert inventories(owned) == []

    def test_what_is_hidden_and_what_is_not_there_get_the_same_answer(self, client, owned):
        enter(client, "minato")
        hidden = send(client, owned)
        owned.pk = 999_999_999
        assert (hidden.status_code, said(hidden)) == (404, said(send(client, owned)))


class TestSize:
    @pytest.fixture(autouse=True)
    def _small(self, monkeypatch):
        monkeypatch.setattr(receiving, "limit", lambda: 2000)

    def test_a_file_over_the_limit_is_named_as_the_reason(self, client, owned):
        enter(client)
        answer = send(client, owned, file(*[A] * 50))
        assert answer.status_code == 422
        assert "larger than the limit of 2,000 bytes" in answer.text
        assert "This field is required" not in answer.text
        assert inventories(owned) == []

    def test_many_files_together_are_no_larger_than_one(self, client, owned):
        enter(client)
        one = file(A)
        several = [file(data=b"x" * 900, name=f"{n}.json") for n in range(3)]
        path = f"/assets/systems/{owned.pk}/upload"
        answer = client.post(path, {"other": several, "file": one})
        assert answer.status_code == 422

    def test_a_file_up_to_the_limit_comes_in(self, client, owned):
        enter(client)
        assert send(client, owned, file(A)).status_code == 302

    def test_nothing_is_taken_from_people_who_are_not_signed_in(self, client, owned, monkeypatch):
        made = []
        monkeypatch.setattr(
            TemporaryUploadedFile, "__init__", lambda self, *_a, **_k: made.append(self)
        )
        monkeypatch.setattr(receiving, "limit", lambda: 50_000_000)
        answer = send(client, owned, file(data=b"x" * 3_000_000))
        assert (answer.status_code, made) == (302, [])


class TestNewSystem:
    FIELDS: ClassVar = {"name": "mail", "criticality": "high", "exposure": "open"}

    def test_a_system_is_made_with_its_first_sbom(self, client):
        enter(client)
        answer = client.post("/assets/new", {**self.FIELDS, "file": file(A)}, follow=True)
        assert "has been stored: 1 component." in answer.text
        made = System.objects.visible_to(SystemViewer()).get(name="mail")
        assert (made.criticality, made.exposure) == ("high", "open")
        assert made.organisation == directory.named("hikari")

    def test_it_can_be_made_without_one(self, client):
        enter(client)
        answer = client.post("/assets/new", self.FIELDS, follow=True)
        assert "The system has been added." in answer.text

    def test_an_sbom_that_cannot_be_read_leaves_no_system_behind(self, client):
        enter(client)
        answer = client.post("/assets/new", {**self.FIELDS, "file": file(data=b"{")})
        assert answer.status_code == 422
        assert 'value="mail"' in answer.text
        assert not System.objects.visible_to(SystemViewer()).exists()

    def test_a_name_that_is_taken_is_said_beside_it(self, client):
        system(name="mail")
        enter(client)
        answer = client.post("/assets/new", {**self.FIELDS, "file": file(A)})
        assert answer.status_code == 422
        assert "already a system of this name" in answer.text

    @pytest.mark.parametrize("name", ["", "a\u202eb", "x" * 201])
    def test_a_name_that_is_none_is_refused(self, client, name):
        enter(client)
        assert client.post("/assets/new", {**self.FIELDS, "name": name}).status_code == 422

    def test_a_viewer_makes_none(self, client):
        enter(client, role=Role.VIEWER)
        assert client.post("/assets/new", self.FIELDS).status_code == 403


def test_an_sbom_is_read_while_the_database_is_free(client, owned, monkeypatch):
    enter(client)
    inside = len(connection.savepoint_ids)
    seen = []

    def read(name, data):
        seen.append((len(connection.savepoint_ids) - inside, threading.get_ident()))
        return reading.read_upload(name, data)

    monkeypatch.setattr(uploads, "read_upload", read)
    assert send(client, owned).status_code == 302
    assert seen == [(0, threading.get_ident())]


def test_a_file_of_many_components_keeps_its_bytes(client, owned):
    enter(client)
    data = sbom(*({"name": f"c{n}", "version": "1"} for n in range(2000)))
    send(client, owned, file(data=data))
    (row,) = inventories(owned)
    assert (row.size, row.component_count) == (len(data), 2000)
    answer = client.get(f"/assets/inventories/{row.pk}/file")
    assert answer.getvalue() == data
