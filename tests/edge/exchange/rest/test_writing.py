"""A write that names its attempt is carried out once."""

from __future__ import annotations

import datetime as dt
from unittest import mock

import pytest
from django.utils import timezone

from noroshi.core.errors import Refused
from noroshi.hub.members.models import Submission
from noroshi.hub.notices.models import Response
from tests.edge.exchange.rest.asking import Answer, Program, program, viewer_of
from tests.hub.sending import published

pytestmark = pytest.mark.usefixtures("rows")

ANSWER = {"state": "responding", "text": "we look into it"}


def send(asking: Program, number: object, name: str = "attempt-1", body: object = None) -> Answer:
    said = ANSWER if body is None else body
    path = f"/notices/{number}/responses"
    return asking.post(path, said, headers={"Idempotency-Key": name})


def answers() -> int:
    return Response.objects.visible_to(viewer_of("minato")).count()


def test_the_same_again_is_not_done_again_and_gets_the_same_answer():
    sent, asking = published(), program()
    first, again = send(asking, sent), send(asking, sent)
    assert (again.status, again.body) == (first.status, first.body)
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert answers() == 1


def test_without_a_name_it_is_done_again():
    sent, asking = published(), program()
    for _each in range(2):
        asking.post(f"/notices/{sent}/responses", ANSWER).ok()
    assert answers() == 2


def test_what_was_made_is_found_at_the_same_place_again():
    asking = program()
    said = {"title": "不審な通信", "text": "外部へ", "handover": "none"}
    found = [
        asking.post("/incidents", said, headers={"Idempotency-Key": "a"}) for _each in range(2)
    ]
    assert [one.status for one in found] == [201, 201]
    assert len({one.headers["Location"] for one in found}) == 1


def test_the_name_is_not_taken_for_another_request():
    sent, asking = published(), program()
    send(asking, sent)
    other = published()
    assert send(asking, other).problem() == (409, "idempotency-key-reused")
    said = {"state": "done"}
    assert send(asking, sent, body=said).problem() == (409, "idempotency-key-reused")
    assert answers() == 1


def test_two_keys_use_the_same_name_for_themselves():
    sent = published()
    for slug in ("minato", "hikari"):
        assert "Idempotency-Replayed" not in send(program(slug), sent).headers


def test_what_was_refused_may_be_tried_again_under_its_name():
    sent, asking = published(), program()
    with mock.patch("noroshi.hub.notices.answering.respond", side_effect=Refused(detail="not now")):
        assert send(asking, sent).problem() == (409, "refused")
    assert not Submission.objects.exists()
    assert send(asking, sent).status == 200
    assert answers() == 1


def test_what_fails_half_way_leaves_nothing():
    sent, asking = published(), program()
    asking.client.raise_request_exception = False
    with mock.patch("noroshi.hub.members.submissions.finish", side_effect=ZeroDivisionError):
        assert send(asking, sent).problem() == (500, "failed")
    assert answers() == 0
    assert send(asking, sent).status == 200


@pytest.mark.parametrize("name", ["", " ", "a b", "x" * 81, "名", "\t"])
def test_a_name_that_is_none_is_refused(name):
    answer = send(program(), published(), name)
    assert answer.problem() == (422, "invalid")
    assert answer.json["errors"][0]["place"] == "header"


def test_a_name_is_remembered_for_a_day():
    sent, asking = published(), program()
    send(asking, sent)
    later = timezone.now() + dt.timedelta(hours=24, minutes=1)
    with (
        mock.patch.object(timezone, "now", return_value=later),
        mock.patch("noroshi.hub.members.keys.is_alive", return_value=True),
    ):
        assert "Idempotency-Replayed" not in send(asking, sent).headers
