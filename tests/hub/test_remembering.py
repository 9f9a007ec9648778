"""Questions of one reading, asked once."""

from __future__ import annotations

import threading

import pytest

from noroshi.hub.remembering import once, reading


@pytest.fixture
def asked():
    return []


def ask(asked, question="who?"):
    return once(question, lambda: asked.append(question) or len(asked))


def test_outside_a_reading_every_question_is_asked(asked):
    assert [ask(asked), ask(asked)] == [1, 2]


def test_within_a_reading_the_first_answer_stands(asked):
    with reading():
        assert [ask(asked), ask(asked), ask(asked, "what?"), ask(asked)] == [1, 1, 2, 1]


def test_an_answer_that_is_nothing_stands_too(asked):
    with reading():
        for _ in range(3):
            assert once("nothing", lambda: asked.append("") or None) is None
    assert len(asked) == 1


def test_the_next_reading_asks_anew_also_after_a_failure(asked):
    def fail():
        with reading():
            ask(asked)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with reading():
        assert ask(asked) == 2
    assert ask(asked) == 3


def test_a_failure_is_no_answer(asked):
    with reading():
        with pytest.raises(ZeroDivisionError):
            once("who?", lambda: 1 / 0)
        assert ask(asked) == 1


def test_readings_at_the_same_time_know_nothing_of_each_other(asked):
    with reading():
        ask(asked)
        other = threading.Thread(target=ask, args=(asked,))
        other.start()
        other.join()
        assert ask(asked) == 1
    assert len(asked) == 2
