"""Every setting, in one table: environment first, then one TOML file, then the default.

The environment variable of a setting is ``NOROSHI_`` and its name in capitals. The TOML file is
named by ``NOROSHI_CONFIG``, or is ``noroshi.toml`` in the data folder if there is one.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from noroshi.core.errors import MisconfiguredError


class Setting(msgspec.Struct, frozen=True):
    """One setting: its name, its default as text, and what it means."""

    name: str
    default: str
    meaning: str

    @property
    def variable(self) -> str:
        """The environment variable."""
        return f"NOROSHI_{self.name.upper()}"


SETTINGS = (
    Setting("data", "noroshi-data", "Data folder; created when first needed."),
    Setting("database", "", "Database address; empty: SQLite in the data folder."),
    Setting("language", "en", "Language of commands and messages: en or ja."),
    Setting("time_zone", "Asia/Tokyo", "Time zone of dates shown and of fiscal years."),
    Setting("log_level", "warning", "Least level written: debug, info, warning, error."),
    Setting("log_format", "console", "Form of the log: console or json."),
    Setting("secret_key", "", "Key for signing; empty: made once and kept in the data folder."),
    Setting("max_file_bytes", "1000000000", "Largest file that is read, in bytes."),
    Setting("max_unpacked_bytes", "4000000000", "Most that one file may unpack to, in bytes."),
    Setting("max_document_bytes", "268435456", "Largest single document or line, in bytes."),
    Setting("escalate_after_hours", "24", "Hours from one escalation to the next."),
)
"""The table. The reference in ``docs/`` is held complete by a test."""

CONFIG_VARIABLE = "NOROSHI_CONFIG"


class Configuration(msgspec.Struct, frozen=True):
    """The settings as used, checked."""

    data: Path
    database: Mapping[str, object]
    language: str
    time_zone: str
    log_level: str
    log_format: str
    secret_key: str
    max_file_bytes: int
    max_unpacked_bytes: int
    max_document_bytes: int
    escalate_after_hours: int


def load(environment: Mapping[str, str] = os.environ) -> Configuration:
    """Read and check all settings; raises `MisconfiguredError` naming the one that is wrong."""
    values = _values(environment)
    data = Path(values["data"]).expanduser().resolve()
    return Configuration(
        data=data,
        database=database(values["database"], data),
        language=_one_of(values, "language", ("en", "ja")),
        time_zone=_zone(values),
        log_level=_one_of(values, "log_level", ("debug", "info", "warning", "error")),
        log_format=_one_of(values, "log_format", ("console", "json")),
        secret_key=values["secret_key"] or _kept_secret(data),
        max_file_bytes=_positive(values, "max_file_bytes"),
        max_unpacked_bytes=_positive(values, "max_unpacked_bytes"),
        max_document_bytes=_positive(values, "max_document_bytes"),
        escalate_after_hours=_positive(values, "escalate_after_hours"),
    )


def _values(environment: Mapping[str, str]) -> dict[str, str]:
    values = {setting.name: setting.default for setting in SETTINGS}
    folder = environment.get("NOROSHI_DATA", values["data"])
    values |= _from_file(environment.get(CONFIG_VARIABLE), Path(folder).expanduser())
    for setting in SETTINGS:
        if setting.variable in environment:
            values[setting.name] = environment[setting.variable]
    return values


def _from_file(named: str | None, folder: Path) -> dict[str, str]:
    path = Path(named).expanduser() if named else folder / "noroshi.toml"
    if not path.is_file():
        if named:
            raise MisconfiguredError(setting=CONFIG_VARIABLE, detail=f"{path} is not a file")
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise MisconfiguredError(str(path), setting=CONFIG_VARIABLE, detail=str(error)) from error
    known = {setting.name for setting in SETTINGS}
    for name in table:
        if name not in known:
            raise MisconfiguredError(str(path), setting=name, detail="there is no such setting")
    return {name: str(value) for name, value in table.items()}


def _one_of(values: Mapping[str, str], name: str, allowed: tuple[str, ...]) -> str:
    if values[name] not in allowed:
        detail = f"{values[name]!r} is not one of {', '.join(allowed)}"
        raise MisconfiguredError(setting=name, detail=detail)
    return values[name]


def _positive(values: Mapping[str, str], name: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,15}", values[name]):
        raise MisconfiguredError(setting=name, detail=f"{values[name]!r} is not a positive number")
    return int(values[name])


def _zone(values: Mapping[str, str]) -> str:
    try:
        ZoneInfo(values["time_zone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        detail = f"{values['time_zone']!r} is not a known time zone"
        raise MisconfiguredError(setting="time_zone", detail=detail) from error
    return values["time_zone"]


def _kept_secret(data: Path) -> str:
    """Read the key from the data folder, or make it there, readable by its owner only."""
    path = data / "secret-key"
    try:
        if not path.exists():
            data.mkdir(parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_urlsafe(48))
        return path.read_text("utf-8").strip()
    except FileExistsError:
        return path.read_text("utf-8").strip()
    except OSError as error:
        raise MisconfiguredError(setting="data", detail=str(error)) from error


SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
    "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;"
)


def database(address: str, data: Path) -> dict[str, object]:
    """Return Django's description of the database at ``address``.

    ``postgresql://user:password@host:port/name``, ``sqlite:///path``, or empty: the embedded one.
    """
    parts = urlsplit(address)
    if parts.scheme in {"", "sqlite"}:
        path = Path(unquote(parts.path)) if parts.path else data / "noroshi.sqlite3"
        options = {
            "transaction_mode": "IMMEDIATE",  # a stage takes its rows before anybody else can
            "timeout": 30,
            "init_command": SQLITE_PRAGMAS,
        }
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": options}
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        detail = "expected postgresql://user@host:port/name or nothing"
        raise MisconfiguredError(setting="database", detail=detail)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
    }
