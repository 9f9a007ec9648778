"""What a request costs: a few queries however much there is, and reading writes nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from noroshi.core.sector import Role
from tests.edge.exchange.rest.asking import Program, program
from tests.hub import running
from tests.hub.feeds import bring, cve, cve5, npm, npm_component, work
from tests.hub.sector import HOUR, NOON
from tests.hub.sending import published

pytestmark = pytest.mark.usefixtures("rows")

LISTS = [
    "/vulnerabilities",
    "/systems",
    "/inventories",
    "/findings",
    "/notices",
    "/incidents",
    "/stix",
]
MOST = 9
"""Queries of a list, that of the key among them."""


def more(turn: int) -> None:
    """Add one of everything that a program of `minato` may see."""
    name = cve(turn)
    bring("cve5", cve5(name, npm(f"pad-{turn}", ("0", "2.0.0"))), file=f"{turn}.jsonl")
    running.runs(
        npm_component(f"pad-{turn}", "1.0.0"), owned=running.system("minato", f"edge-{turn}")
    )
    work()
    published(at=NOON + turn * HOUR, vulnerabilities=(name,))
    program().post("/incidents", {"title": f"第{turn}件", "text": "x"}).ok(201)


def queries(asking: Program, path: str) -> list[str]:
    """Return the queries of a request whose key was used just now."""
    asking.get("/key").ok()
    with CaptureQueriesContext(connection) as captured:
        assert asking.get(path, limit=100).status == 200
    return [one["sql"] for one in captured.captured_queries]


def test_a_list_asks_as_much_for_many_as_for_one():
    asking = program()
    more(1)
    one = {path: len(queries(asking, path)) for path in LISTS}
    assert {path: count for path, count in one.items() if count > MOST} == {}
    for turn in (2, 3, 4):
        more(turn)
    assert {path: len(queries(asking, path)) for path in LISTS} == one
    assert len(asking.get("/findings").ok()["items"]) == 4


def test_reading_takes_no_turn_from_those_who_write():
    more(1)
    asking = program("isac", Role.HUB_ANALYST)
    changing = ("INSERT", "UPDATE", "DELETE", "BEGIN", "SAVEPOINT")
    for path in LISTS:
        found = [sql for sql in queries(asking, path) if sql.lstrip().startswith(changing)]
        assert found == [], path
