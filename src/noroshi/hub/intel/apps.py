from __future__ import annotations

from django.apps import AppConfig


class IntelConfig(AppConfig):
    name = "noroshi.hub.intel"
    label = "intel"
    default_auto_field = "django.db.models.BigAutoField"
