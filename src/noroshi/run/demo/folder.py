"""The demonstration's data folder: made anew each time, and never anybody's real one."""

from __future__ import annotations

from pathlib import Path

from django.db import connection
from django.utils.translation import gettext as _

from noroshi.core.errors import Refused

MARK = "this-is-a-demonstration"

SETTINGS = 'second_factor = "none"  # a visitor has no security key at hand\n'
"""Settings of a demonstration."""


def make_anew(folder: Path) -> None:
    """Empty the folder of an earlier demonstration, and mark it as one.

    Raises `Refused` for a folder that holds anything else, and for any database but the embedded
    one: a demonstration must not touch what somebody needs.
    """
    if connection.vendor != "sqlite":
        raise Refused(detail=_("the demonstration runs on the embedded database only"))
    name = Path(str(connection.settings_dict["NAME"]))
    mark = folder / MARK
    if name.exists() and not mark.exists():
        raise Refused(
            detail=_("%(folder)s holds real data; name another folder in NOROSHI_DATA")
            % {"folder": folder}
        )
    connection.close()
    for ending in ("", "-wal", "-shm"):
        name.with_name(name.name + ending).unlink(missing_ok=True)
    folder.mkdir(parents=True, exist_ok=True)
    mark.touch()
    (folder / "noroshi.toml").write_text(SETTINGS, "utf-8")
