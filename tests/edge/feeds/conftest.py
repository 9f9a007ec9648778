"""The server of sources."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.edge.feeds.server import World, serve


@pytest.fixture
def served() -> Iterator[tuple[World, str]]:
    """What the sources serve, and the mirror's address."""
    with serve() as both:
        yield both
