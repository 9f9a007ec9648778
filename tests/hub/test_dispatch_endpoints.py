"""The webhooks of an organisation, and what somebody sees of what did not arrive."""

from __future__ import annotations

import base64

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from noroshi.core.addresses import Reach
from noroshi.core.errors import BadCursor, NotFound, Refused
from noroshi.core.outgoing import Channel, Failed, MessageKind, MessageState, Rejected, Trouble
from noroshi.core.policy.audience import Members, People
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import GrantLevel, System
from noroshi.core.sector import Role
from noroshi.hub.audit.models import AuditEvent
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch import endpoints, queries
from noroshi.hub.dispatch.models import Endpoint, Message
from noroshi.hub.dispatch.views import Envelope
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation
from noroshi.hub.notices.recipients import Affected
from tests.hub import outbox
from tests.hub import sector as world
from tests.hub.outbox import HOOK, admin, endpoint, expand, messages
from tests.hub.sector import HOUR, NOON
from tests.hub.sending import affect, published

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    return world.sector()


def stored(number: int) -> Endpoint:
    return Endpoint.objects.visible_to(System()).get(pk=number)


class TestAdding:
    def test_an_organisation_adds_its_own(self, rows):
        made = endpoint("hikari")
        (seen,) = queries.endpoints(admin("hikari"))
        assert (seen.number, seen.url, seen.active, seen.last) == (made.pk, HOOK, True, None)
        assert queries.endpoints(admin("minato")) == ()

    @pytest.mark.parametrize(
        "url", ["http://soc.example.jp/", "https://10.0.0.1/", "https://u:p@soc.example.jp/", ""]
    )
    def test_an_address_out_of_reach_is_refused(self, rows, url):
        with pytest.raises(Refused):
            endpoint("hikari", url)

    def test_within_our_own_network_it_is_not(self, rows):
        assert endpoint("hikari", "http://10.0.0.1/", Reach.ANYWHERE).active

    @pytest.mark.parametrize(
        "role", [role for role in Role if role not in {Role.ORGANISATION_ADMIN, Role.HUB_ADMIN}]
    )
    def test_other_roles_add_none(self, rows, role):
        who = directory.viewer_of(world.person("hikari"))
        viewer = type(who)(who.organisation, who.person, role)
        with pytest.raises(Refused):
            dispatch.add_endpoint(viewer, HOOK, reach=Reach.PUBLIC, now=NOON, actor="x")
        assert queries.endpoints(viewer) == ()

    def test_the_same_address_is_not_added_twice(self, rows):
        endpoint("hikari")
        with pytest.raises(Refused):
            endpoint("hikari")
        assert endpoint("minato").active

    def test_there_is_an_end_to_it(self, rows):
        for place in range(endpoints.MOST):
            endpoint("hikari", f"{HOOK}/{place}")
        with pytest.raises(Refused):
            endpoint("hikari", f"{HOOK}/more")

    def test_it_is_recorded_without_the_address(self, rows):
        made = endpoint("hikari")
        event = AuditEvent.objects.get(verb="endpoint.added")
        assert event.object == f"endpoint:{made.pk}"
        assert "soc.example.jp" not in event.detail


class TestSecret:
    def test_it_is_written_as_receivers_want_it(self, rows):
        made = endpoint("hikari")
        secret = dispatch.secret_of(admin("hikari"), made.pk)
        assert secret.startswith("whsec_")
        assert len(base64.b64decode(secret.removeprefix("whsec_"))) == 32

    def test_the_database_does_not_hold_it(self, rows):
        made = endpoint("hikari")
        secret = dispatch.secret_of(admin("hikari"), made.pk).removeprefix("whsec_")
        sealed = bytes(stored(made.pk).secret)
        assert base64.b64decode(secret) not in base64.urlsafe_b64decode(sealed)
        assert secret.encode() not in sealed

    def test_another_node_cannot_read_it(self, rows):
        made = endpoint("hikari")
        with override_settings(SECRET_KEY="another"), pytest.raises(Refused):
            dispatch.secret_of(admin("hikari"), made.pk)

    def test_each_has_its_own_and_a_new_one_is_another(self, rows):
        first, second = endpoint("hikari"), endpoint("minato")
        secrets = {
            dispatch.secret_of(admin("hikari"), first.pk),
            dispatch.secret_of(admin("minato"), second.pk),
        }
        dispatch.renew_secret(admin("hikari"), first.pk, now=NOON, actor="x")
        secrets.add(dispatch.secret_of(admin("hikari"), first.pk))
        assert len(secrets) == 3
        assert AuditEvent.objects.filter(verb="endpoint.secret_renewed").count() == 1


class TestSwitching:
    def test_off_and_on(self, rows):
        made = endpoint("hikari")
        viewer = admin("hikari")
        dispatch.switch_off(viewer, made.pk, now=NOON, actor="x")
        assert not stored(made.pk).active
        dispatch.switch_on(viewer, made.pk, now=NOON, actor="x")
        assert stored(made.pk).active

    def test_one_that_was_gone_comes_back_as_any_other(self, rows):
        made = endpoint("hikari")
        Endpoint.objects.visible_to(System()).update(active=False, gone=True)
        dispatch.switch_on(admin("hikari"), made.pk, now=NOON, actor="x")
        assert (stored(made.pk).active, stored(made.pk).gone) == (True, False)

    def test_twice_is_once(self, rows):
        made = endpoint("hikari")
        for _ in range(2):
            dispatch.switch_off(admin("hikari"), made.pk, now=NOON, actor="x")
        assert AuditEvent.objects.filter(verb="endpoint.switched_off").count() == 1

    def test_not_more_than_there_may_be(self, rows):
        made = endpoint("hikari")
        dispatch.switch_off(admin("hikari"), made.pk, now=NOON, actor="x")
        for place in range(endpoints.MOST):
            endpoint("hikari", f"{HOOK}/{place}")
        with pytest.raises(Refused):
            dispatch.switch_on(admin("hikari"), made.pk, now=NOON, actor="x")

    def test_somebody_elses_is_not_there(self, rows):
        made = endpoint("hikari")
        for deed in (dispatch.switch_off, dispatch.switch_on, dispatch.renew_secret):
            with pytest.raises(NotFound):
                deed(admin("minato"), made.pk, now=NOON, actor="x")
        with pytest.raises(NotFound):
            dispatch.secret_of(admin("minato"), made.pk)


class TestTryingOut:
    def test_a_test_call_is_due_at_once(self, rows):
        made = endpoint("hikari")
        dispatch.try_out(admin("hikari"), made.pk, now=NOON, actor="x")
        (row,) = messages()
        assert (row.kind, row.state, row.next_at) == ("test", "waiting", NOON)
        assert queries.endpoints(admin("hikari"))[0].waiting == 1

    def test_one_that_still_waits_stands_for_the_next_one(self, rows):
        made = endpoint("hikari")
        for _ in range(2):
            dispatch.try_out(admin("hikari"), made.pk, now=NOON, actor="x")
        assert len(messages()) == 1

    def test_what_became_of_it_is_shown(self, rows):
        made = endpoint("hikari")
        dispatch.try_out(admin("hikari"), made.pk, now=NOON, actor="x")
        (one,) = dispatch.claim(Channel.WEBHOOK, 1, now=NOON)
        dispatch.record(one, Failed(Trouble.STATUS, 404), now=NOON)
        last = queries.endpoints(admin("hikari"))[0].last
        assert last is not None
        assert (last.kind, last.state) == (MessageKind.TEST, MessageState.FAILED)
        assert (last.trouble, last.code, last.at) == (Trouble.STATUS, 404, NOON)

    def test_one_that_is_switched_off_is_not_called(self, rows):
        made = endpoint("hikari")
        dispatch.switch_off(admin("hikari"), made.pk, now=NOON, actor="x")
        with pytest.raises(Refused):
            dispatch.try_out(admin("hikari"), made.pk, now=NOON, actor="x")


def fail(*, give_up: bool = False) -> None:
    """Let everything that is due fail."""
    outcome = Rejected(Trouble.MAIL_REFUSED, 550) if give_up else Failed(Trouble.STATUS, 500)
    for channel in Channel:
        for one in dispatch.claim(channel, 100, now=NOON):
            dispatch.record(one, outcome, now=NOON)


def seen(slug: str) -> dict[tuple[str, str], Envelope]:
    """What the administrator of an organisation sees: (whose, channel) → envelope."""
    found = queries.undelivered(admin(slug)).items
    return {(one.whose.slug, one.channel.value): one for one in found}


class TestUndelivered:
    @pytest.fixture
    def failed(self, rows) -> None:
        world.person("hikari")
        endpoint("minato")
        published()
        expand()
        fail()

    def test_an_organisation_sees_its_own_with_the_receiver(self, failed):
        found = seen("hikari")
        assert set(found) == {("hikari", "mail")}
        one = found["hikari", "mail"]
        assert (one.to, one.notice, one.trouble) == ("taro@hikari.example", "N-2026-0001",
                                                     Trouble.STATUS)  # fmt: skip
        assert one.state is MessageState.FAILED
        assert seen("minato")["minato", "webhook"].to == HOOK

    def test_the_hub_sees_the_envelopes_and_no_receiver(self, failed):
        found = seen("isac")
        assert set(found) == {("hikari", "mail"), ("minato", "mail"), ("minato", "webhook")}
        assert {one.to for one in found.values()} == {""}
        assert {one.notice for one in found.values()} == {"N-2026-0001"}

    def test_what_waits_or_arrived_is_not_there(self, rows):
        world.person("hikari")
        published()
        expand()
        assert seen("hikari") == {}

    def test_the_hub_sees_nothing_of_what_it_may_not_read(self, rows):
        world.person("hikari")
        sender = directory.viewer_of(world.person("bureau-kanto", Role.BUREAU_OFFICER))
        published(Selection(organisations=directory.ids_of(["hikari"])), sender)
        expand()
        fail()
        assert set(seen("hikari")) == {("hikari", "mail")}
        assert seen("isac") == {}

    def test_nor_of_who_is_affected_where_it_was_not_granted_counts(self, rows):
        world.person("hikari")
        affect("hikari")
        published(Affected(), vulnerabilities=("CVE-2021-44228",))
        expand()
        fail()
        assert set(seen("isac")) == {("hikari", "mail")}
        members.set_grant(rows["hikari"], rows["isac"], None, now=NOON, actor="x")
        assert seen("isac") == {}
        members.set_grant(rows["hikari"], rows["isac"], GrantLevel.COUNTS, now=NOON, actor="x")
        assert set(seen("isac")) == {("hikari", "mail")}

    def test_an_administrator_sees_nothing_of_what_is_for_named_people(self, rows):
        taro = world.person("hikari")
        published(People(frozenset({taro.pk})))
        expand()
        fail()
        assert seen("hikari") == {}
        assert set(seen("isac")) == {("hikari", "mail")}  # the sender

    def test_a_red_one_is_not_seen_even_if_there_were_one(self, failed):
        row = outbox.delivery("hikari").notice
        type(row).objects.visible_to(System()).filter(pk=row.pk).update(tlp=Tlp.RED.rank)
        assert seen("hikari") == seen("isac") == {}

    def test_a_test_call_that_fails_is_its_owners_business(self, rows):
        made = endpoint("minato")
        dispatch.try_out(admin("minato"), made.pk, now=NOON, actor="x")
        fail()
        assert set(seen("minato")) == {("minato", "webhook")}
        assert seen("isac") == {}

    def test_pages_follow_each_other(self, rows, monkeypatch):
        monkeypatch.setattr(queries, "PAGE", 2)
        world.person("hikari")
        for hour in range(5):
            published(Members(), tlp=Tlp.GREEN, at=NOON - hour * HOUR)
        expand()
        fail(give_up=True)
        found: list[int] = []
        after: str | None = ""
        while after is not None:
            page = queries.undelivered(admin("hikari"), after)
            assert len(page.items) <= 2
            found += [one.number for one in page.items]
            after = page.after
        mine = [row.pk for row in messages(organisation__slug="hikari")]
        assert sorted(found) == mine

    def test_a_cursor_nobody_gave_is_refused(self, rows):
        with pytest.raises(BadCursor):
            queries.undelivered(admin("hikari"), "x")

    def test_a_page_costs_the_same_however_much_is_on_it(self, rows):
        world.person("hikari")
        viewer = admin("hikari")
        counted = []
        for _ in range(2):
            published()
            expand()
            fail(give_up=True)
            with CaptureQueriesContext(connection) as asked:
                queries.undelivered(viewer)
            counted.append(len(asked))
        assert counted[0] == counted[1] <= 3

    def test_the_node_counts_all_of_them(self, failed):
        assert queries.not_arrived(NOON) == 3
        assert queries.not_arrived(NOON + HOUR) == 0


class TestSendingAgain:
    @pytest.fixture
    def given_up(self, rows) -> Message:
        world.person("hikari")
        published()
        expand()
        fail(give_up=True)
        (row,) = messages(person__email="taro@hikari.example")
        assert row.state == "given_up"
        return row

    @pytest.mark.parametrize("slug", ["hikari", "isac"])
    def test_its_own_administrator_and_the_hubs_may(self, given_up, slug):
        viewer = admin(slug)
        dispatch.send_again(viewer, given_up.pk, now=NOON + HOUR, actor="x")
        (row,) = messages(pk=given_up.pk)
        assert (row.state, row.attempts, row.next_at) == ("waiting", 0, NOON + HOUR)
        assert row.uid == given_up.uid
        assert AuditEvent.objects.get(verb="message.sent_again").object == f"message:{row.pk}"

    def test_for_others_it_is_not_there(self, given_up):
        for viewer in (admin("minato"), directory.viewer_of(world.person("hikari", name="hana"))):
            with pytest.raises(NotFound):
                dispatch.send_again(viewer, given_up.pk, now=NOON, actor="x")

    def test_what_is_on_its_way_is_not_there_either(self, given_up):
        dispatch.send_again(admin("hikari"), given_up.pk, now=NOON, actor="x")
        with pytest.raises(NotFound):
            dispatch.send_again(admin("hikari"), given_up.pk, now=NOON, actor="x")

    def test_to_an_endpoint_that_is_switched_off_nothing_is_sent(self, rows):
        made = endpoint("minato")
        published()
        expand()
        fail()
        dispatch.switch_off(admin("minato"), made.pk, now=NOON, actor="x")
        (row,) = messages(endpoint=made)
        with pytest.raises(Refused):
            dispatch.send_again(admin("minato"), row.pk, now=NOON, actor="x")
