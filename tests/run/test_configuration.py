"""Settings: the environment first, then the file, then the default; a wrong one is named."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys

import pytest

from noroshi.core.errors import MisconfiguredError
from noroshi.run import configuration
from noroshi.run.configuration import SETTINGS, load


@pytest.fixture
def environment(tmp_path):
    return {"NOROSHI_DATA": str(tmp_path / "data")}


def test_every_default_is_usable(environment, tmp_path):
    settings = load(environment)
    assert settings.data == tmp_path / "data"
    assert settings.language == "en"
    assert settings.database["NAME"] == str(tmp_path / "data" / "noroshi.sqlite3")


def test_a_file_in_the_data_folder_is_read_and_the_environment_goes_before_it(
    environment, tmp_path
):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "noroshi.toml").write_text('language = "ja"\nlog_level = "debug"\n')
    settings = load({**environment, "NOROSHI_LOG_LEVEL": "error"})
    assert (settings.language, settings.log_level) == ("ja", "error")


def test_a_named_file_is_read(environment, tmp_path):
    path = tmp_path / "elsewhere.toml"
    path.write_text("escalate_after_hours = 6\n")
    assert load({**environment, "NOROSHI_CONFIG": str(path)}).escalate_after_hours == 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("language", "fr"),
        ("log_level", "loud"),
        ("log_format", "xml"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("max_file_bytes", "-1"),
        ("max_document_bytes", "many"),
        ("escalate_after_hours", "0"),
        ("escalate_after_hours", "9" * 5000),
        ("database", "mysql://localhost/x"),
        ("database", "postgresql://localhost"),
        ("database", "postgresql://localhost:port/x"),
        ("database", "sqlite://[/x"),
        ("site_url", "https://noroshi.example.jp:port"),
        ("site_url", "https://[noroshi.example.jp"),
        ("mail", "smtp://localhost:port"),
        ("cache", "redis://localhost:port"),
        ("feeds", "kev nowhere"),
        ("feeds", "all kev"),
        ("feed_hours", "nowhere=1"),
        ("feed_hours", "nvd"),
        ("feed_hours", "nvd=0"),
        ("feed_proxy", "socks5://proxy.example"),
        ("feed_mirror", "mirror.example"),
        ("feed_csaf", "http://psirt.example/provider-metadata.json"),
        ("feed_csaf", "https://10.0.0.1/provider-metadata.json"),
        ("feed_csaf", "https://psirt.example/"),
        ("feed_csaf_unsigned", "perhaps"),
        ("nvd_key", "two words"),
        ("nvd_key", "a\nb: c"),
    ],
)
def test_a_value_that_cannot_be_used_names_its_setting(environment, name, value):
    with pytest.raises(MisconfiguredError) as caught:
        load({**environment, f"NOROSHI_{name.upper()}": value})
    assert caught.value.facts["setting"] == name


@pytest.mark.parametrize("text", ["colour = 1\n", "language = \n", "\xff"])
def test_a_file_that_cannot_be_used_is_named(environment, tmp_path, text):
    path = tmp_path / "noroshi.toml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(MisconfiguredError) as caught:
        load({**environment, "NOROSHI_CONFIG": str(path)})
    assert str(path) in caught.value.where


def test_a_named_file_that_is_not_there_is_an_error(environment):
    with pytest.raises(MisconfiguredError, match="not a file"):
        load({**environment, "NOROSHI_CONFIG": "/nowhere.toml"})


def test_the_signing_key_is_made_once_and_only_its_owner_reads_it(environment, tmp_path):
    first = load(environment).secret_key
    assert load(environment).secret_key == first
    assert len(first) >= 50
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600


@pytest.mark.parametrize("key", ["", "a key for signing from elsewhere"])
def test_the_data_folder_is_made_and_only_its_owner_looks_into_it(environment, tmp_path, key):
    load({**environment, "NOROSHI_SECRET_KEY": key})
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_what_keeps_everything_elsewhere_needs_no_data_folder(environment, tmp_path):
    elsewhere = {"NOROSHI_DATABASE": "postgresql://db.example/hub", "NOROSHI_SECRET_KEY": "key"}
    load({**environment, **elsewhere})
    assert not (tmp_path / "data").exists()


def test_a_postgresql_address_is_taken_apart(tmp_path):
    found = configuration.database("postgresql://us%40er:p%3Aw@db.example:5433/no%20ro", tmp_path)
    assert found == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "no ro",
        "USER": "us@er",
        "PASSWORD": "p:w",
        "HOST": "db.example",
        "PORT": "5433",
    }


def test_every_setting_is_used():
    fields = set(configuration.Configuration.__struct_fields__)
    assert {setting.name for setting in SETTINGS} == fields


def test_logs_are_json_where_a_machine_reads_them(tmp_path):
    environment = {
        **{name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"},
        "NOROSHI_DATA": str(tmp_path),
        "NOROSHI_LOG_FORMAT": "json",
        "NOROSHI_LOG_LEVEL": "debug",
    }
    for arguments in (("migrate", "-v0"), ("feed", "import", "kev", str(_kev(tmp_path)))):
        _run(environment, *arguments)
    written = _run(environment, "run", "--until-idle")
    events = [json.loads(line) for line in written.splitlines() if '"stage"' in line]
    assert {event["name"] for event in events} >= {"assess"}
    assert all(event["level"] == "debug" and event["timestamp"] for event in events)


def _kev(folder):
    entry = {
        "cveID": "CVE-2024-3400",
        "vendorProject": "Example",
        "product": "Gateway",
        "vulnerabilityName": "Example",
        "dateAdded": "2024-04-12",
        "shortDescription": "An example.",
        "requiredAction": "Update.",
        "dueDate": "2024-04-19",
    }
    catalogue = {
        "title": "Example",
        "catalogVersion": "2024.04.12",
        "dateReleased": "2024-04-12T00:00:00Z",
        "count": 1,
        "vulnerabilities": [entry],
    }
    path = folder / "kev.json"
    path.write_text(json.dumps(catalogue))
    return path


def _run(environment, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "noroshi", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


def test_no_source_is_pulled_by_itself_unless_it_is_named(environment):
    assert load(environment).feeds == ()
    assert load({**environment, "NOROSHI_FEEDS": "none"}).feeds == ()
    assert load({**environment, "NOROSHI_FEEDS": "nvd kev"}).feeds == ("kev", "nvd")
    assert load({**environment, "NOROSHI_FEEDS": "all"}).feeds == configuration.feed_names()


def test_sources_have_hours_of_their_own(environment):
    hours = load({**environment, "NOROSHI_FEED_HOURS": "nvd=6  epss=24"}).feed_hours
    assert hours == {"nvd": 6, "epss": 24}


def test_a_key_that_cannot_be_used_is_not_repeated(environment):
    with pytest.raises(MisconfiguredError) as caught:
        load({**environment, "NOROSHI_NVD_KEY": "a secret"})
    assert "secret" not in str(caught.value)
