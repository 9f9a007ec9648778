"""What is listed behind a figure page by page is what is listed as a whole."""

from __future__ import annotations

from noroshi.core.policy.visibility import Viewer
from noroshi.hub.reports import figures
from noroshi.hub.reports.plan import FigureId
from tests.hub.leaks.asking import TODAY, Answers, case
from tests.hub.leaks.world import World


@case("reports.figures.listing_behind", "derive")
def _listing_behind(_world: World, viewer: Viewer) -> Answers:
    for figure in FigureId:
        whole = figures.rows_behind(viewer, figure, 2026, TODAY)
        found = figures.listing_behind(viewer, figure, 2026, TODAY)
        width = len(found.columns)
        yield figure.value, [row[:width] for row in found.rows[:1000]], list(whole.rows)
