"""The numbers that Prometheus asks for: requests by page, and what waits for the worker.

With several processes each keeps its numbers in a file of a common folder
(``PROMETHEUS_MULTIPROC_DIR``, made by ``noroshi serve``); whoever is asked adds them up.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator

from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import REGISTRY, Collector

from noroshi.hub.todo.models import Todo

SECONDS = Histogram(
    "noroshi_request_seconds",
    "Time in which a request was answered.",
    ("page", "method", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10),
)


class MetricsMiddleware:
    """Takes the time of every request. Pages are told apart by name, never by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and note how long it took."""
        started = time.perf_counter()
        response = self.get_response(request)
        match = request.resolver_match
        page = (match.view_name if match else None) or "none"
        method = request.method if request.method in _METHODS else "other"
        SECONDS.labels(page, method, str(response.status_code)).observe(
            time.perf_counter() - started
        )
        return response


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class _Waiting(Collector):
    """Counts, when asked, the to-do rows that are due."""

    def collect(self) -> Iterable[Metric]:
        gauge = GaugeMetricFamily(
            "noroshi_waiting", "Objects that wait for a stage of the worker.", labels=("stage",)
        )
        for stage, count in self._counts():
            gauge.add_metric((stage,), count)
        yield gauge

    def _counts(self) -> Iterator[tuple[str, int]]:
        due = Todo.objects.filter(not_before__lte=timezone.now())
        yield from due.values_list("stage").annotate(number=Count("pk")).order_by("stage")


def exposition() -> tuple[bytes, str]:
    """Return the numbers as text, and the kind of text it is."""
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # not typed
    else:
        registry = REGISTRY
    whole = CollectorRegistry()
    whole.register(_Waiting())
    return generate_latest(registry) + generate_latest(whole), CONTENT_TYPE_LATEST
