"""The OpenAPI document: it says all, it says what is so, and the reference names all of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from noroshi.core.policy.audience import Members
from noroshi.core.policy.marking import Tlp
from noroshi.core.sector import Role
from noroshi.edge.exchange.rest.problems import STATUS_OF, STATUS_OF_ERROR
from noroshi.hub.members.keys import Scope
from tests.docs import pages
from tests.docs.pages import LANGUAGES
from tests.edge.exchange.rest.asking import Answer, Program, program
from tests.hub import running
from tests.hub.feeds import bring, cve, cve5, kev, npm, npm_component, nvd, sbom, work
from tests.hub.sending import published

pytestmark = pytest.mark.usefixtures("rows")

Json = dict[str, Any]


@pytest.fixture
def document(rows) -> Json:
    """The document as a program gets it, without a key."""
    found: Json = Program().get("/openapi.json").ok()
    return found


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield path (as the reference writes it), method and description of every operation."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path.removeprefix("/api/v1"), method.upper(), operation


class TestReference:
    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_operation_is_described_with_its_scope_and_parameters(self, document, language):
        text = pages.page(language, "reference/api.md").read_text("utf-8")
        rows = [line for line in text.splitlines() if line.startswith("| `")]
        described = {row.split("|")[1].strip(" `"): row for row in rows}
        listed = {f"{method} {path}": one for path, method, one in operations(document)}
        assert {name for name in described if name[0].isupper()} == set(listed)
        for name, operation in listed.items():
            words = pages.code(described[name])
            scopes = set(operation["security"][0]["Key"])
            parameters = {
                one["name"]
                for one in operation["parameters"]
                if one["in"] == "query" and one["name"] not in {"limit", "after"}
            }
            assert scopes | parameters <= words, name

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_code_of_an_error_is_described(self, language):
        text = pages.page(language, "reference/api.md").read_text("utf-8")
        others = pages.page(language, "reference/errors.md").read_text("utf-8")
        of_errors = {
            kind.code for root in STATUS_OF_ERROR for kind in (root, *root.__subclasses__())
        }
        assert set(STATUS_OF) <= pages.code(text)
        assert of_errors <= pages.code(text) | pages.code(others)

    def test_every_scope_opens_something(self, document):
        used = {scope for _, _, one in operations(document) for scope in one["security"][0]["Key"]}
        assert used == set(Scope)


class TestDocument:
    def test_it_is_openapi_and_says_what_it_is_of(self, document):
        assert document["openapi"].startswith("3.1.")
        assert document["info"]["title"] == "Noroshi"
        assert document["components"]["securitySchemes"]["Key"]["scheme"] == "bearer"

    def test_every_operation_has_a_name_of_its_own_and_a_summary(self, document):
        names = [one["operationId"] for _, _, one in operations(document)]
        assert len(set(names)) == len(names)
        assert all(one["summary"] and one["tags"] for _, _, one in operations(document))

    def test_nothing_is_referred_to_that_is_not_there_and_nothing_is_there_for_nothing(
        self, document
    ):
        used = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
        assert used == set(document["components"]["schemas"])

    def test_every_schema_is_one(self, document):
        for schema in document["components"]["schemas"].values():
            jsonschema_rs.meta.validate(schema)

    def test_every_error_is_a_problem(self, document):
        for _path, _method, operation in operations(document):
            for status, answer in operation["responses"].items():
                if status >= "4":
                    assert list(answer["content"]) == ["application/problem+json"]

    def test_every_write_can_be_named(self, document):
        for _path, method, operation in operations(document):
            names = {one["name"] for one in operation["parameters"]}
            assert ("Idempotency-Key" in names) == (method == "POST")

    def test_it_is_the_same_for_everybody(self):
        answers = [
            asking.get("/openapi.json", headers={"Accept-Language": language}).body
            for asking in (Program(), program())
            for language in LANGUAGES
        ]
        assert len(set(answers)) == 1


class TestAnswers:
    """What is really answered is what the document says."""

    @pytest.fixture
    def filled(self, rows) -> Program:
        """A program of the hub that has one of everything."""
        component = npm_component("left-pad", "1.2.0")
        bring("cve5", cve5(cve(1), npm("left-pad", ("0", "1.3.0"))))
        bring("nvd", nvd(cve(1)))
        bring("kev", kev(cve(1)))
        running.runs(component, owned=running.system("isac", "portal"))
        work()
        published(choice=Members(), tlp=Tlp.GREEN, vulnerabilities=(cve(1),))
        asking = program("isac", Role.HUB_ANALYST)
        asking.post(
            "/incidents",
            {
                "title": "不審な通信",
                "text": "外部へ",
                "indicators": [{"type": "ipv4-addr", "value": "192.0.2.1"}],
                "vulnerabilities": [cve(1)],
            },
        ).ok(201)
        return asking

    def test_every_reading_operation_answers_as_described(self, document, filled):
        numbers = {
            "/systems": "number",
            "/inventories": "number",
            "/findings": "number",
            "/notices": "number",
            "/incidents": "id",
            "/vulnerabilities": "name",
        }
        asked = set()
        for path, method, operation in operations(document):
            if method == "GET":
                place = path.replace("{year}", "2026")
                if "{" in place:
                    base = path.partition("/{")[0]
                    name = filled.get(base).ok()["items"][0][numbers[base]]
                    place = re.sub(r"\{\w+\}", str(name), path)
                answer = filled.get(place)
                assert answer.status == 200, (place, answer.body)
                conforms(document, operation, answer)
                asked.add(path)
        assert len(asked) == 22

    def test_every_writing_operation_answers_as_described(self, document):
        asking = program()
        bom = sbom(npm_component("left-pad", "1.2.0"))
        bring("cve5", cve5(cve(1), npm("left-pad", ("0", "1.3.0"))))
        uploaded = asking.post("/inventories?system=edge", data=bom)
        work()
        sent = published()
        finding = asking.get("/findings").ok()["items"][0]["number"]
        answers = {
            "/inventories": uploaded,
            "/findings/{number}/answers": asking.post(
                f"/findings/{finding}/answers", {"state": "fixed"}
            ),
            "/notices/{number}/acknowledgements": asking.post(f"/notices/{sent}/acknowledgements"),
            "/notices/{number}/responses": asking.post(
                f"/notices/{sent}/responses", {"state": "done"}
            ),
            "/incidents": asking.post("/incidents", {"title": "a", "text": "b"}),
        }
        written = {path: one for path, method, one in operations(document) if method == "POST"}
        assert set(answers) == set(written)
        for path, answer in answers.items():
            assert answer.status in {200, 201}
            conforms(document, written[path], answer)

    def test_errors_answer_as_described(self, document):
        listing = document["paths"]["/api/v1/notices"]["get"]
        one = document["paths"]["/api/v1/notices/{number}"]["get"]
        answer = document["paths"]["/api/v1/notices/{number}/responses"]["post"]
        asking = program()
        for operation, found in (
            (listing, asking.get("/notices", limit=0)),
            (listing, asking.get("/notices", after="x")),
            (listing, Program().get("/notices")),
            (listing, program(scopes={Scope.READ_FIGURES}).get("/notices")),
            (one, asking.get("/notices/N-2026-0001")),
            (answer, asking.post("/notices/N-2026-0001/responses", data=b"{")),
        ):
            conforms(document, operation, found)

    def test_the_check_itself_sees_what_is_wrong(self, document):
        answer = program().get("/key")
        operation = document["paths"]["/api/v1/key"]["get"]
        conforms(document, operation, answer)
        answer.body = answer.body.replace(b'"role"', b'"roll"')
        with pytest.raises(AssertionError):
            conforms(document, operation, answer)


def conforms(document: Json, operation: Json, answer: Answer) -> None:
    """Fail where an answer is not what the document says."""
    described = operation["responses"][str(answer.status)]
    media_type = answer.headers["Content-Type"]
    assert media_type in described["content"], (media_type, answer.status)
    schema = described["content"][media_type]["schema"]
    said = answer.json if "json" in media_type else answer.body.decode()
    validator = jsonschema_rs.Draft202012Validator(
        {**schema, "components": document["components"]}, validate_formats=True
    )
    found = [f"{one.instance_path}: {one.message}" for one in validator.iter_errors(said)]
    assert found == []
