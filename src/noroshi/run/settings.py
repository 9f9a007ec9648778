"""Django's view of the settings; `noroshi.run.configuration` is where they are read."""

from __future__ import annotations

from pathlib import Path

from noroshi.run import configuration, logs

NOROSHI = configuration.load()

logs.configure(NOROSHI.log_level, NOROSHI.log_format)

SECRET_KEY = NOROSHI.secret_key
DEBUG = False
ALLOWED_HOSTS: list[str] = []
USE_TZ = True
TIME_ZONE = NOROSHI.time_zone
LANGUAGE_CODE = NOROSHI.language
LANGUAGES = [("en", "English"), ("ja", "日本語")]
LOCALE_PATHS = [Path(__file__).parent / "locale"]
LOGGING_CONFIG = None  # structlog writes the logs
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "members.Person"
DATABASES = {"default": dict(NOROSHI.database)}
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "noroshi.hub.audit",
    "noroshi.hub.todo",
    "noroshi.hub.identity",
    "noroshi.hub.members",
    "noroshi.hub.knowledge",
    "noroshi.hub.inventory",
    "noroshi.hub.intel",
    "noroshi.hub.matching",
    "noroshi.hub.notices",
    "noroshi.hub.reports",
    "noroshi.run",
]
