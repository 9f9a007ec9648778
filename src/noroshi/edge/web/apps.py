from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "noroshi.edge.web"
    label = "web"

    def ready(self) -> None:
        from noroshi.edge.web.signin import records  # noqa: PLC0415 - models are there only now

        records.connect()
