"""Fixtures for tests of the pages of one vulnerability."""

from __future__ import annotations

import pytest

from tests.edge.web.site import sign_in
from tests.edge.web.vulnerabilities.telling import ONE
from tests.hub import sector


@pytest.fixture
def visiting(database, client):
    """Somebody of an operator who is signed in; the client."""
    sector.sector()
    sign_in(client, sector.person("hikari"))
    return client


@pytest.fixture
def row(visiting):
    """A vulnerability of which nobody says anything yet."""
    return sector.vulnerability(ONE)
