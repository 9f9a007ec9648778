"""A sector whose programs ask, and a memory that is empty before every test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache

from noroshi.hub.members.models import Organisation
from tests.hub import sector as world


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    """Forget how often keys have asked: numbers of rows come again in every test."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def rows(database) -> dict[str, Organisation]:
    """The small sector."""
    return world.sector()
