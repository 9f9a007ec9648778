"""The addresses of notices."""

from __future__ import annotations

from django.urls import path

from noroshi.edge.web.notices import queueing, reading, sending, writing

urlpatterns = [
    path("notices", reading.notices, name="notices"),
    path("notices/queue", queueing.queue, name="queue"),
    path("notices/new", writing.compose, name="compose"),
    path("notices/<notice:name>", reading.notice, name="notice"),
    path("notices/<notice:name>/progress", reading.progress, name="notice-progress"),
    path("notices/<notice:name>/draft", writing.draft, name="draft"),
    path("notices/<notice:name>/discard", writing.discard, name="discard"),
    path("notices/<notice:name>/preview", sending.preview, name="preview"),
    path("notices/<notice:name>/revise", sending.revise, name="revise"),
    path("notices/<notice:name>/withdraw", sending.withdraw, name="withdraw"),
]
