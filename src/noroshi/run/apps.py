from __future__ import annotations

from django.apps import AppConfig


class RunConfig(AppConfig):
    name = "noroshi.run"
    label = "run"
    default_auto_field = "django.db.models.BigAutoField"
