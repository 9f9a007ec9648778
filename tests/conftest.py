"""What every test may ask for.

``database``          runs the test twice, on SQLite and on PostgreSQL, inside a transaction
``database_address``  runs the test twice, with a database of its own that really commits, for
                      tests that start the program
``shared_data``       the folder of real feeds and SBOMs, where there is one
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from django.db import connections, transaction
from django.db.utils import load_backend

from noroshi.run import configuration
from tests import services

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

BOTH = ("sqlite", "postgresql")


LONG = ("tests/edge/leaks/", "tests/hub/test_leaks")
"""Tests of minutes, not of milliseconds."""


@pytest.hookimpl(trylast=True)  # after the order was shuffled
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the tests that take minutes, lest one core ends long after the other."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real feeds and SBOMs; it is not part of the project."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("NOROSHI_SHARED_DATA", default))
    if not folder.is_dir():
        pytest.skip("the folder of real feeds and SBOMs is not here (NOROSHI_SHARED_DATA)")
    return folder


@pytest.fixture(scope="session")
def postgresql_server(tmp_path_factory) -> str:
    """The address of a PostgreSQL server where databases may be created."""
    return services.postgresql()


@pytest.fixture(scope="session")
def databases(
    postgresql_server, django_db_blocker, tmp_path_factory
) -> Iterator[dict[str, BaseDatabaseWrapper]]:
    """One migrated, empty database of each kind, for this test process."""
    name = f"noroshi_{uuid.uuid4().hex[:12]}"
    server = postgresql_server.rpartition("/")[0]
    described = {
        "sqlite": configuration.database(f"sqlite://{tmp_path_factory.mktemp('db')}/x", Path()),
        "postgresql": configuration.database(f"{server}/{name}", Path()),
    }
    wrappers = {kind: _wrapper(settings) for kind, settings in described.items()}
    with django_db_blocker.unblock():
        before = connections["default"]
        for wrapper in wrappers.values():
            connections["default"] = wrapper
            wrapper.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        yield wrappers
        for kind, wrapper in wrappers.items():
            connections["default"] = wrapper
            wrapper.creation.destroy_test_db(str(described[kind]["NAME"]), verbosity=0)
        connections["default"] = before


def _wrapper(settings: dict[str, object]) -> BaseDatabaseWrapper:
    complete = connections.configure_settings({"default": settings})["default"]
    wrapper: BaseDatabaseWrapper = load_backend(str(settings["ENGINE"])).DatabaseWrapper(
        complete, "default"
    )
    return wrapper


@pytest.fixture(params=BOTH)
def database(request, databases, django_db_blocker) -> Iterator[str]:
    """The name of the database the test runs on; everything it does is rolled back."""
    with django_db_blocker.unblock():
        connections["default"] = databases[request.param]
        with transaction.atomic():
            yield request.param
            transaction.set_rollback(True)


@pytest.fixture(params=BOTH)
def database_kind(request) -> str:
    """Which database a test that starts the program uses."""
    return str(request.param)


@pytest.fixture
def database_address(new_database) -> str:
    """The address (as in ``NOROSHI_DATABASE``) of an empty database of the test's own."""
    address: str = new_database()
    return address


@pytest.fixture
def new_database(database_kind, tmp_path, postgresql_server) -> Iterator[Callable[[], str]]:
    """Make empty databases of one kind, as many as the test wants; they go when it ends."""
    names: list[str] = []

    def make() -> str:
        name = f"noroshi_{uuid.uuid4().hex[:12]}"
        if database_kind == "sqlite":
            return f"sqlite://{tmp_path}/{name}.sqlite3"
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        names.append(name)
        return f"{postgresql_server.rpartition('/')[0]}/{name}"

    yield make
    for name in names:
        with psycopg.connect(postgresql_server, autocommit=True) as connection:
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
