"""What the server calls: nothing that a request says of itself makes it fail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from wsgiref.util import setup_testing_defaults

import pytest

from noroshi.run.wsgi import application

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("name", ["hex", "rot13", "undefined", "unicode_escape", '"UTF-16"', ""])
def test_the_encoding_that_a_request_names_is_not_believed(name):
    environ: WSGIEnvironment = {
        "PATH_INFO": "/sign-in",
        "QUERY_STRING": "next=%2Fx",
        "HTTP_HOST": "localhost",
        "CONTENT_TYPE": f"text/plain; CharSet={name}; a=b",
    }
    setup_testing_defaults(environ)
    statuses = []

    def start(status: str, _headers: object, _trouble: object = None) -> Callable[[bytes], object]:
        statuses.append(status)
        return bytes

    application(environ, start)
    assert environ["CONTENT_TYPE"] == "text/plain; a=b"
    assert statuses == ["200 OK"]
