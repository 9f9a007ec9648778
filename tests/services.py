"""The services the tests talk to over a real connection: found, or started, or a loud failure."""

from __future__ import annotations

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg

VARIABLE = "NOROSHI_TEST_POSTGRESQL"
DEFAULT = "postgresql://postgres@127.0.0.1:5432/postgres"


def postgresql() -> str:
    """Return the address of a PostgreSQL server where databases may be created.

    The one that ``NOROSHI_TEST_POSTGRESQL`` names, or the usual local one, or, where neither
    answers, a server of our own in a temporary folder. Raises where none can be had.
    """
    address = os.environ.get(VARIABLE, DEFAULT)
    if _answers(address):
        return address
    if VARIABLE in os.environ:
        message = f"{VARIABLE} names a server that does not answer: {address}"
        raise RuntimeError(message)
    return _own_server()


def _answers(address: str) -> bool:
    try:
        with psycopg.connect(address, connect_timeout=5) as connection:
            row = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError:
        return False
    return row is not None and bool(row[0])


def _own_server() -> str:
    """Start a throw-away server; it lives until the machine forgets its temporary folder."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="noroshi-postgresql-"))
    port = _free_port()
    run_as = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        run_as = ["runuser", "-u", "postgres", "--"]
    data, log = str(folder / "data"), str(folder / "log")
    subprocess.run(
        [*run_as, f"{programs}/initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} -c fsync=off"
    subprocess.run(
        [*run_as, f"{programs}/pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return f"postgresql://postgres@127.0.0.1:{port}/postgres"


def chromium() -> str:
    """Return the path of Debian's Chromium, installing it where we may; raises without one."""
    found = shutil.which("chromium")
    if not found and _install("chromium", "fonts-noto-cjk"):
        found = shutil.which("chromium")
    if not found:
        message = "the tests need Chromium: install it (apt-get install chromium fonts-noto-cjk)"
        raise RuntimeError(message)
    return found


def _install(*packages: str) -> bool:
    """Install packages of Debian, one test process at a time; say whether we may."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    with (Path(tempfile.gettempdir()) / "noroshi-tests-install").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        subprocess.run(["apt-get", "update", "-q"], check=True)
        subprocess.run(
            ["apt-get", "install", "-qy", "--no-install-recommends", *packages],
            check=True,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        )
    return True


def _programs() -> str:
    """Return the folder of PostgreSQL's own programs, installing them where we may."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found and _install("postgresql"):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        message = (
            "the tests need PostgreSQL: install it (apt-get install postgresql) "
            f"or name a server in {VARIABLE}"
        )
        raise RuntimeError(message)
    return str(found[-1].parent)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
