"""Every setting, in one table: environment first, then one TOML file, then the default.

The environment variable of a setting is ``NOROSHI_`` and its name in capitals. The TOML file is
named by ``NOROSHI_CONFIG``, or is ``noroshi.toml`` in the data folder if there is one.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from noroshi.core.addresses import Reach, place
from noroshi.core.errors import MisconfiguredError
from noroshi.core.sector import Role
from noroshi.run.given import Given, given, logins


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
    Setting("site_url", "", "Address under which people reach the site; empty: this machine's."),
    Setting("listen", "127.0.0.1:8000", "Address and port where the server waits for requests."),
    Setting("processes", "2", "Processes that answer requests."),
    Setting("threads", "4", "Requests that one process answers at once."),
    Setting("proxies", "0", "Reverse proxies in front of the server whose word is taken."),
    Setting("session_hours", "12", "Hours after which somebody has to sign in again."),
    Setting(
        "second_factor",
        "hub_analyst hub_admin bureau_officer",
        "Roles that need a second factor to sign in; none: nobody does.",
    ),
    Setting("cache", "", "Address of a Redis for what is counted for a while; empty: files."),
    Setting("mail", "", "Address of the mail server (smtp://…); empty: no mail is sent."),
    Setting("mail_from", "noroshi@localhost", "Sender of mails."),
    Setting("private_webhooks", "no", "Whether webhooks may go to private addresses: yes or no."),
    Setting("requests_per_minute", "600", "Requests of one API key in a minute."),
    Setting("feeds", "none", "Sources that are pulled by themselves: their names, all, or none."),
    Setting("feed_hours", "", "Hours from one pull to the next where not as usual: nvd=6 epss=24."),
    Setting("feed_proxy", "", "Proxy through which sources are asked; empty: none."),
    Setting("feed_mirror", "", "Mirror that is asked for all sources; empty: they themselves."),
    Setting("feed_csaf", "", "Addresses of further CSAF providers' metadata."),
    Setting("feed_csaf_unsigned", "yes", "Whether unsigned CSAF advisories are taken: yes or no."),
    Setting("feed_rss", "", "Feeds in RSS or Atom, each with a name: kasumi=https://…"),
    Setting("feed_misp", "", "MISP feeds, each with a name: circl=https://…/"),
    Setting("feed_taxii", "", "TAXII servers, roots or collections, each with a name."),
    Setting("taxii_logins", "", "By name: sector=basic:user:password other=bearer:token."),
    Setting("document_days", "", "Days that replaced documents are kept; empty: for ever."),
    Setting("nvd_key", "", "Key for NVD's API, which then answers ten times as often."),
    Setting(
        "metrics_token", "", "Word that /metrics asks for; empty: this machine alone reads it."
    ),
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
    site_url: str
    listen: tuple[str, int]
    processes: int
    threads: int
    proxies: int
    session_hours: int
    second_factor: frozenset[Role]
    cache: str
    mail: str
    mail_from: str
    private_webhooks: bool
    requests_per_minute: int
    metrics_token: str
    feeds: tuple[str, ...]
    feed_hours: Mapping[str, int]
    feed_proxy: str
    feed_mirror: str
    feed_csaf: tuple[str, ...]
    feed_csaf_unsigned: bool
    feed_rss: Given
    feed_misp: Given
    feed_taxii: Given
    taxii_logins: Mapping[str, str]
    document_days: int | None
    nvd_key: str


def load(environment: Mapping[str, str] = os.environ) -> Configuration:
    """Read and check all settings; raises `MisconfiguredError` naming the one that is wrong."""
    values = _values(environment)
    data = Path(values["data"]).expanduser().resolve()
    if not (values["database"] and values["secret_key"]):
        _make(data)
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
        site_url=_site(values),
        listen=_listen(values),
        processes=_positive(values, "processes"),
        threads=_positive(values, "threads"),
        proxies=0 if values["proxies"] == "0" else _positive(values, "proxies"),
        session_hours=_positive(values, "session_hours"),
        second_factor=_roles(values),
        cache=_address(values, "cache", ("redis", "rediss")),
        mail=_address(values, "mail", ("smtp", "smtps")),
        mail_from=values["mail_from"],
        private_webhooks=_one_of(values, "private_webhooks", ("yes", "no")) == "yes",
        requests_per_minute=_positive(values, "requests_per_minute"),
        metrics_token=values["metrics_token"],
        feeds=_feeds(values),
        feed_hours=_feed_hours(values),
        feed_proxy=_address(values, "feed_proxy", ("http", "https")),
        feed_mirror=_address(values, "feed_mirror", ("http", "https")).rstrip("/"),
        feed_csaf=_providers(values),
        feed_csaf_unsigned=_one_of(values, "feed_csaf_unsigned", ("yes", "no")) == "yes",
        feed_rss=given(values, "feed_rss"),
        feed_misp=given(values, "feed_misp"),
        feed_taxii=given(values, "feed_taxii"),
        taxii_logins=logins(values, "taxii_logins", "feed_taxii"),
        document_days=_positive(values, "document_days") if values["document_days"] else None,
        nvd_key=_nvd_key(values),
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


def _split(address: str) -> SplitResult:
    """Take an address apart; the scheme of one that cannot be, as its port is none, is none."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return SplitResult("?", "", "", "", "")
    return parts


def _site(values: Mapping[str, str]) -> str:
    if not values["site_url"]:
        return f"http://localhost:{_listen(values)[1]}"
    parts = _split(values["site_url"])
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/"):
        detail = f"{values['site_url']!r} is not an address such as https://noroshi.example.jp"
        raise MisconfiguredError(setting="site_url", detail=detail)
    return values["site_url"].rstrip("/")


def _listen(values: Mapping[str, str]) -> tuple[str, int]:
    host, _, port = values["listen"].rpartition(":")
    if not host or not re.fullmatch(r"[0-9]{1,5}", port) or int(port) > 65535:
        detail = f"{values['listen']!r} is not an address and a port such as 127.0.0.1:8000"
        raise MisconfiguredError(setting="listen", detail=detail)
    return host.strip("[]"), int(port)


def _roles(values: Mapping[str, str]) -> frozenset[Role]:
    words = values["second_factor"].split()
    known = {role.value for role in Role}
    for word in words:
        if word not in known and words != ["none"]:
            detail = f"{word!r} is not one of {', '.join(sorted(known))}"
            raise MisconfiguredError(setting="second_factor", detail=detail)
    return frozenset(Role(word) for word in words if word != "none")


def _feeds(values: Mapping[str, str]) -> tuple[str, ...]:
    words = values["feeds"].split()
    if words in ([], ["none"]):
        return ()
    known = feed_names()
    if words == ["all"]:
        return known
    _refuse_unknown("feeds", words, known)
    return tuple(name for name in known if name in words)


def _feed_hours(values: Mapping[str, str]) -> Mapping[str, int]:
    pairs = [word.partition("=") for word in values["feed_hours"].split()]
    if pairs:
        _refuse_unknown("feed_hours", [name for name, _, _ in pairs], feed_names())
    hours = {name: hours for name, _, hours in pairs}
    return {name: _positive({"feed_hours": text}, "feed_hours") for name, text in hours.items()}


def feed_names() -> tuple[str, ...]:
    """Return the names of the sources that can be pulled."""
    from noroshi.edge.feeds.sources import FEEDS  # noqa: PLC0415 - all formats: for who pulls alone

    return tuple(FEEDS)


def _refuse_unknown(setting: str, words: Sequence[str], known: Sequence[str]) -> None:
    for word in words:
        if word not in known:
            detail = f"{word!r} is not one of {', '.join(sorted(known))}"
            raise MisconfiguredError(setting=setting, detail=detail)


def _providers(values: Mapping[str, str]) -> tuple[str, ...]:
    words = values["feed_csaf"].split()
    for word in words:
        if place(word, Reach.PUBLIC) is None or not word.endswith(".json"):
            detail = f"{word!r} is not an address such as https://…/provider-metadata.json"
            raise MisconfiguredError(setting="feed_csaf", detail=detail)
    return tuple(words)


def _nvd_key(values: Mapping[str, str]) -> str:
    """Return the key; whatever could not stand in a header is none, and is never repeated."""
    if not re.fullmatch(r"[A-Za-z0-9-]{0,100}", values["nvd_key"]):
        detail = "expected letters, digits and hyphens, as NVD sends them"
        raise MisconfiguredError(setting="nvd_key", detail=detail)
    return values["nvd_key"]


def _address(values: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    """Return an address of a service; empty for none. Its password is never repeated in errors."""
    parts = _split(values[name])
    if values[name] and (parts.scheme not in schemes or not parts.hostname):
        detail = f"expected {schemes[0]}://user:password@host:port"
        raise MisconfiguredError(setting=name, detail=detail)
    return values[name]


def _zone(values: Mapping[str, str]) -> str:
    try:
        ZoneInfo(values["time_zone"])
    except (ZoneInfoNotFoundError, ValueError) as error:
        detail = f"{values['time_zone']!r} is not a known time zone"
        raise MisconfiguredError(setting="time_zone", detail=detail) from error
    return values["time_zone"]


def _make(data: Path) -> None:
    """Make the data folder if there is none; only its owner looks into it."""
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise MisconfiguredError(setting="data", detail=str(error)) from error


def _kept_secret(data: Path) -> str:
    """Read the key from the data folder, or make it there, readable by its owner only."""
    path = data / "secret-key"
    try:
        if not path.exists():
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
    parts = _split(address)
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
