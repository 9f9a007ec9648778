"""Rows stay mere text, wherever they are shown."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from noroshi.run.tables import say, show

EVIL = "[red]名[/] \x1b]0;title\x07 \u202egpj.exe :smile:"


def printed(*, terminal: bool) -> str:
    out = io.StringIO()
    console = Console(file=out, force_terminal=terminal, width=100, emoji=False, color_system=None)
    show(console, ("名前", "b"), [(EVIL, "1"), ("ab", "22")], title="t [i]")
    say(console, EVIL)
    return out.getvalue()


@pytest.mark.parametrize("terminal", [True, False])
def test_markup_and_control_characters_do_nothing(terminal):
    text = printed(terminal=terminal)
    assert text.count("[red]名[/]") == 2
    assert "t [i]" in text
    assert "\x1b]0;" not in text
    assert "\x07" not in text
    assert "\u202e" not in text


def test_away_from_a_terminal_columns_are_plain_and_line_up():
    lines = printed(terminal=False).splitlines()
    assert not any(character in "│┃━─" for line in lines for character in line)
    assert lines[3].startswith("ab ")
    assert lines[3].endswith("  22")


def test_an_empty_table_says_so():
    out = io.StringIO()
    show(Console(file=out, width=80), ("a",), [])
    assert out.getvalue() == "There is nothing to list.\n"


def test_lines_stay_lines():
    out = io.StringIO()
    say(Console(file=out, width=80, soft_wrap=True), "one\ntwo")
    assert out.getvalue() == "one\ntwo\n"
