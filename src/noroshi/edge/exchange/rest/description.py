"""The OpenAPI 3.1 document: made of the declarations themselves, so that it cannot say else.

django-ninja describes addresses, parameters and bodies; what is answered is described here, from
the very values that are encoded.
"""

from __future__ import annotations

import re
from functools import cache
from http import HTTPStatus
from typing import Any

import msgspec
from ninja import NinjaAPI

from noroshi.edge.exchange.rest.problems import MEDIA_TYPE, Problem
from noroshi.hub.members.keys import Scope

JSON = "application/json"

_REF = "#/components/schemas/{name}"
_reference = re.compile(r'"#/components/schemas/([^"]+)"')
_gives: list[type] = [Problem]
"""Every shape that an operation has been declared to give."""

_READ = (400, 401, 403, 404, 422, 429, 500)
_WRITE = (*_READ, 409, 411, 413, 415)

_IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Names the attempt: the same request sent again within a day is not carried "
    "out again, and gets the first answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 80, "pattern": "^[!-~]+$"},
}
_CONDITION = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "description": "The ETag of an earlier answer: 304 if nothing has changed since.",
    "schema": {"type": "string"},
}
_HEADERS = {
    "ETag": {"description": "The hash of the body.", "schema": {"type": "string"}},
    "Link": {"description": "Where the next page is, if any.", "schema": {"type": "string"}},
}
_LOCATION = {"Location": {"description": "Where it is.", "schema": {"type": "string"}}}


def extra_for_reading(scope: Scope | None, gives: type, media_type: str) -> dict[str, Any]:
    """Return what ninja does not know of a reading operation."""
    return {
        "parameters": [_CONDITION],
        "responses": {
            200: _content(gives, media_type) | {"headers": _HEADERS},
            304: {"description": HTTPStatus(304).phrase},
            **_problems(_READ),
        },
        "x-noroshi-scope": scope.value if scope else None,
    }


def extra_for_writing(
    scope: Scope | None, gives: type, *, makes: bool, files: tuple[str, ...]
) -> dict[str, Any]:
    """Return what ninja does not know of a writing operation."""
    answers = {200: _content(gives)}
    if makes:
        answers[201] = _content(gives) | {"headers": _LOCATION}
    extra: dict[str, Any] = {
        "parameters": [_IDEMPOTENCY],
        "responses": {**answers, **_problems(_WRITE)},
        "x-noroshi-scope": scope.value if scope else None,
    }
    if files:
        content: dict[str, Any] = {kind: {"schema": {}} for kind in files}
        extra["requestBody"] = {"required": True, "content": content}
    return extra


def _content(gives: type, media_type: str = JSON) -> dict[str, Any]:
    _gives.append(gives)
    (schema,), _components = msgspec.json.schema_components([gives], ref_template=_REF)
    return {"content": {media_type: {"schema": schema}}, "description": HTTPStatus.OK.phrase}


def _problems(statuses: tuple[int, ...]) -> dict[int, dict[str, Any]]:
    schema = {"$ref": _REF.format(name=Problem.__name__)}
    return {
        status: {
            "description": HTTPStatus(status).phrase,
            "content": {MEDIA_TYPE: {"schema": schema}},
        }
        for status in sorted(statuses)
    }


@cache
def document(api: NinjaAPI, place: str) -> bytes:
    """Return the OpenAPI document of an API whose operations are below ``place``, as JSON."""
    described: dict[str, Any] = {**api.get_openapi_schema(path_prefix=place)}
    _schemas, components = msgspec.json.schema_components(_gives, ref_template=_REF)
    described["components"]["schemas"] |= components
    for operations in described["paths"].values():
        for operation in operations.values():
            scope = operation.pop("x-noroshi-scope")
            operation["security"] = [{"Key": [scope] if scope else []}]
    described["servers"] = [{"url": "/"}]
    described["components"]["schemas"] = _referred_to(described)
    return msgspec.json.encode(described)


def _referred_to(described: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas that something refers to, their descriptions on one line.

    Of parameters ninja describes every one by itself, and leaves a schema of all behind.
    """
    schemas = described["components"]["schemas"]
    kept: dict[str, Any] = {}
    wanted = _named(described["paths"])
    while wanted:
        name = wanted.pop()
        schema = schemas[name]
        kept[name] = schema | {"description": " ".join(schema.get("description", "").split())}
        wanted |= _named(schema) - kept.keys()
    return dict(sorted(kept.items()))


def _named(part: object) -> set[str]:
    return set(_reference.findall(msgspec.json.encode(part).decode()))
