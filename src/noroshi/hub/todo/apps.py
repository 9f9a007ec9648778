from __future__ import annotations

from django.apps import AppConfig


class TodoConfig(AppConfig):
    name = "noroshi.hub.todo"
    label = "todo"
    default_auto_field = "django.db.models.BigAutoField"
