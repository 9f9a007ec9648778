"""What a message says, decided at the moment it is sent."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from noroshi.core.delivery import DeliveryState
from noroshi.core.outgoing import Channel, Rejected, Trouble, Unwanted
from noroshi.core.policy.audience import Everyone, Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.selection import Selection
from noroshi.core.policy.visibility import GrantLevel, System
from noroshi.core.sector import Role
from noroshi.hub.dispatch import actions as dispatch
from noroshi.hub.dispatch.contents import AboutNotice, Call, Mail
from noroshi.hub.members import actions as members
from noroshi.hub.members import queries as directory
from noroshi.hub.members.models import Organisation, Person
from noroshi.hub.notices import actions
from noroshi.hub.notices.models import Notice
from noroshi.hub.notices.recipients import Affected, Choice, WithBureaus
from tests.hub import outbox
from tests.hub import sector as world
from tests.hub.outbox import HOOK, endpoint, expand, messages
from tests.hub.sector import DAY, HOUR, NOON
from tests.hub.sending import KANTO, affect, published

pytestmark = pytest.mark.usefixtures("database")

CVE = "CVE-2021-44228"
WORDS = ("至急の確認", "本文です。", "Please check", "This is the text.", CVE, "mail-gw")
CHOICES: dict[Tlp, Choice] = {Tlp.CLEAR: Everyone(), Tlp.GREEN: Members()}
NARROW = (Tlp.AMBER, Tlp.AMBER_STRICT)


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    found = world.sector()
    world.person("hikari")
    endpoint("minato")
    Person.objects.filter(email="admin@minato.example").update(by_mail=False)
    return found


def mail() -> Mail | Unwanted:
    (message,) = messages(endpoint__isnull=True)
    return dispatch.prepared_mail(message.pk)


def call() -> Call | Unwanted | Rejected:
    (message,) = messages(endpoint__isnull=False)
    return dispatch.prepared_call(message.pk)


def about(made: object) -> AboutNotice:
    assert isinstance(made, Mail | Call)
    assert made.news.notice is not None
    return made.news.notice


def notice(tlp: Tlp = Tlp.AMBER, **changes: Any) -> Notice:
    affect("hikari")
    sent = published(CHOICES.get(tlp, KANTO), tlp=tlp, vulnerabilities=(CVE,), **changes)
    expand()
    return sent


class TestMarking:
    @pytest.mark.parametrize("tlp", [Tlp.CLEAR, Tlp.GREEN])
    def test_open_markings_say_everything_but_whose_systems(self, rows, tlp):
        notice(tlp)
        for made in (mail(), call()):
            content = about(made).content
            assert content is not None
            assert (content.title_ja, content.text_en) == (WORDS[0], WORDS[3])
            assert content.vulnerabilities == (CVE,)
            assert "mail-gw" not in repr(made)

    @pytest.mark.parametrize("tlp", NARROW)
    def test_narrow_ones_say_that_there_is_a_notice(self, rows, tlp):
        sent = notice(tlp)
        for made in (mail(), call()):
            told = about(made)
            assert (told.number, told.tlp, told.content) == (sent.number, tlp, None)
            assert [word for word in WORDS if word in repr(made)] == []

    @pytest.mark.parametrize("tlp", [Tlp.CLEAR, Tlp.GREEN, *NARROW])
    def test_so_does_what_went_to_those_affected(self, rows, tlp):
        affect("hikari")
        published(Affected(Selection()), tlp=tlp, vulnerabilities=(CVE,))
        expand()
        told = about(mail())
        assert told.content is None
        assert [word for word in WORDS if word in repr(told)] == []

    def test_what_became_red_meanwhile_says_nothing_at_all(self, rows):
        sent = notice(Tlp.GREEN)
        Notice.objects.visible_to(System()).filter(pk=sent.pk).update(tlp=Tlp.RED.rank)
        assert (mail(), call()) == (Unwanted(), Unwanted())

    def test_a_drill_is_marked(self, rows):
        notice(exercise=True)
        assert about(mail()).exercise
        assert about(call()).exercise


class TestSinceThen:
    """What happened between writing the message down and sending it."""

    @pytest.fixture
    def sent(self, rows) -> Notice:
        return notice()

    def test_nothing_happened(self, sent):
        assert about(mail()).number == sent.number
        made = mail()
        assert isinstance(made, Mail)
        assert (made.to, made.language) == ("taro@hikari.example", "ja")

    @pytest.mark.parametrize(
        "change",
        [{"is_active": False}, {"by_mail": False}, {"role": Role.VIEWER}, {"role": Role.MINISTRY}],
    )
    def test_the_reader_left_or_was_given_another_role(self, sent, change):
        Person.objects.filter(email="taro@hikari.example").update(**change)
        assert mail() == Unwanted()

    def test_the_reader_went_to_another_organisation(self, sent, rows):
        Person.objects.filter(email="taro@hikari.example").update(organisation=rows["minato"])
        assert mail() == Unwanted()

    def test_the_organisation_left(self, sent):
        Organisation.objects.filter(slug__in=["hikari", "minato"]).update(active=False)
        assert (mail(), call()) == (Unwanted(), Unwanted())

    def test_the_notice_was_withdrawn(self, sent):
        actions.withdraw(System(), sent.number, now=NOON + HOUR, actor="x")
        assert (mail(), call()) == (Unwanted(), Unwanted())

    def test_the_notice_is_not_for_its_readers_any_more(self, sent):
        Notice.objects.visible_to(System()).filter(pk=sent.pk).update(audience=None)
        assert (mail(), call()) == (Unwanted(), Unwanted())

    def test_its_readers_were_asked_about_a_later_revision(self, sent):
        row = outbox.delivery("hikari")
        row.revision = 2
        row.save()
        assert mail() == Unwanted()

    def test_the_endpoint_was_switched_off(self, sent):
        (message,) = messages(endpoint__isnull=False)
        number = message.endpoint_id
        assert number is not None
        dispatch.switch_off(outbox.admin("minato"), number, now=NOON, actor="x")
        assert call() == Unwanted()

    def test_the_message_is_gone(self, sent):
        assert dispatch.prepared_mail(0) == dispatch.prepared_call(0) == Unwanted()

    def test_the_key_of_the_node_is_another_one(self, sent):
        with override_settings(SECRET_KEY="another"):
            assert call() == Rejected(Trouble.UNREADABLE_SECRET)


class TestWithdrawn:
    def test_whoever_was_reached_hears_that_it_is(self, rows):
        sent = notice()
        for channel in Channel:
            dispatch.claim(channel, 10, now=NOON)
        actions.withdraw(System(), sent.number, now=NOON + HOUR, actor="x")
        expand(at=NOON + HOUR)
        (row,) = messages(kind="withdrawn", endpoint__isnull=True)
        made = dispatch.prepared_mail(row.pk)
        assert about(made).number == sent.number


class TestLate:
    @pytest.fixture
    def sent(self, rows) -> Notice:
        world.person("bureau-kanto", Role.BUREAU_OFFICER)
        affect("hikari")
        only = Affected(Selection(organisations=directory.ids_of(["hikari"])))
        sent = published(WithBureaus(only), vulnerabilities=(CVE,))
        actions.escalate([outbox.delivery("hikari").pk], now=NOON + DAY, every=DAY)
        expand(at=NOON + DAY)
        return sent

    def late(self) -> Mail | Unwanted:
        (row,) = messages(kind="late")
        return dispatch.prepared_mail(row.pk)

    def test_the_bureau_hears_of_it_without_a_name(self, sent):
        made = self.late()
        assert isinstance(made, Mail)
        assert made.to == "taro@bureau-kanto.example"
        assert "hikari" not in repr(made)

    def test_not_if_it_was_answered_meanwhile(self, sent):
        viewer = directory.viewer_of(Person.objects.get(email="taro@hikari.example"))
        state = DeliveryState.ACKNOWLEDGED
        actions.respond(viewer, sent.number, state, now=NOON + DAY, actor="x")
        assert self.late() == Unwanted()

    def test_not_if_it_may_not_know_any_more_who_is_affected(self, sent, rows):
        owner, to = rows["hikari"], rows["bureau-kanto"]
        members.set_grant(owner, to, None, now=NOON, actor="x")
        assert self.late() == Unwanted()
        members.set_grant(owner, to, GrantLevel.COUNTS, now=NOON, actor="x")
        assert self.late() != Unwanted()


def test_a_test_call_speaks_of_no_notice(rows):
    made = endpoint("hikari", f"{HOOK}/test")
    row = dispatch.try_out(outbox.admin("hikari"), made.pk, now=NOON, actor="x")
    found = dispatch.prepared_call(row.pk)
    assert isinstance(found, Call)
    assert (found.url, found.news.notice) == (f"{HOOK}/test", None)
    assert len(found.key) == 32
