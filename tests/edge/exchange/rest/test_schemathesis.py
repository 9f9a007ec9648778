"""Every operation, asked as every role with what the document allows and with what it forbids.

Schemathesis makes the requests and checks the answers: no failure of the server, nothing that the
document does not describe, nothing accepted that it forbids, nothing refused that it allows,
nothing told to who brings no key. The requests are the same in every run.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed
from hypothesis import settings as examined
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import SearchStrategy
from schemathesis import Case, GenerationMode
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import positive_data_acceptance

from noroshi.core.sector import OrganisationKind, Role
from tests.edge.exchange.rest.asking import program
from tests.hub import running
from tests.hub import sector as world
from tests.hub.feeds import bring, cve, cve5, kev, npm, npm_component, work
from tests.hub.sending import published

pytestmark = pytest.mark.usefixtures("rows")

MANY, FEW = 3, 2
"""Requests of each kind to an operation: as the role that may do most things, as any other."""

HOME = {
    Role.BUREAU_OFFICER: "bureau-kanto",
    Role.HUB_ANALYST: "isac",
    Role.HUB_ADMIN: "isac",
    Role.MINISTRY: "ministry",
}

JUDGED_BY_THE_HUB = {
    *("add_inventory", "report_incident", "answer_finding"),
    *("list_vulnerabilities", "get_vulnerability_feed"),
}
"""Of these the document cannot describe all: an SBOM, an indicator, a reason, a query."""


@pytest.fixture
def known(rows) -> dict[str, Any]:
    """Names of things that a program of `minato` may see, by operation."""
    world.organisation("ministry", OrganisationKind.MINISTRY)
    bring("cve5", cve5(cve(1), npm("left-pad", ("0", "1.3.0"))))
    bring("kev", kev(cve(1)))
    running.runs(npm_component("left-pad", "1.2.0"), owned=running.system("minato"))
    work()
    asking = program()
    body = {"title": "a", "text": "b"}
    return {
        "systems": asking.get("/systems").ok()["items"][0]["number"],
        "inventories": asking.get("/inventories").ok()["items"][0]["number"],
        "findings": asking.get("/findings").ok()["items"][0]["number"],
        "notices": str(published()),
        "incidents": asking.post("/incidents", body).ok(201)["id"],
        "vulnerabilities": cve(1),
        "figures": 2026,
    }


@pytest.fixture
def operations(known) -> Iterator[list[Any]]:
    """Every operation of the document; the end of a request does not end the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    application = get_wsgi_application()
    document = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)
    # The key is sent with each request: one without is made, and checked, by `ignored_auth`.
    document.config.generation.update(with_security_parameters=False)
    yield [found.ok() for found in document.get_all_operations() if isinstance(found, Ok)]
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def as_often_as_it_likes(settings):
    settings.NOROSHI = msgspec.structs.replace(settings.NOROSHI, requests_per_minute=1_000_000)


EVERYBODY = [("sqlite", role) for role in Role]


@pytest.mark.parametrize(
    ("database", "role"), [*EVERYBODY, ("postgresql", Role.RESPONDER)], indirect=["database"]
)
def test_every_operation_keeps_its_word(role, operations, known):
    headers = program(HOME.get(role, "minato"), role).headers
    number = MANY if role is Role.RESPONDER else FEW
    chosen = seed(list(Role).index(role))  # other requests for each role, the same in every run
    for operation in operations:
        for mode in GenerationMode:
            sending(operation, headers, operation.as_strategy(generation_mode=mode), number, chosen)
        if "{" in operation.path:
            place = operation.path.partition("{")[2].partition("}")[0]
            name = known[operation.path.split("/")[3]]
            cases = operation.as_strategy(path_parameters={place: name})
            sending(operation, headers, cases, number, chosen)


def sending(
    operation: Any,
    headers: dict[str, str],
    cases: SearchStrategy[Case[Any]],
    number: int,
    chosen: Callable[[Any], Any],
) -> None:
    """Send a few requests, and check the answers."""
    judged = operation.definition.raw["operationId"] in JUDGED_BY_THE_HUB
    excluded: list[Any] = [positive_data_acceptance] if judged else []

    @chosen
    @examined(
        max_examples=number,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases)
    def send(case: Case[Any]) -> None:
        if case.meta is not None and case.meta.generation.mode is GenerationMode.POSITIVE:
            case.query.pop("after", None)  # only a page gives one that is any
        case.call_and_validate(headers=headers, excluded_checks=excluded)

    with contextlib.suppress(Unsatisfiable):  # of some there is nothing that could be wrong
        send()
