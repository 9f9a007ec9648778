"""The addresses of the room."""

from django.urls import path

from noroshi.edge.web.figures import budget, exports, pages

urlpatterns = [
    path("figures", pages.figures, name="figures"),
    path("figures/<year:year>", pages.figures, name="figures-of"),
    path("figures/<year:year>/chart.svg", pages.chart, name="figures-chart"),
    path("figures/<year:year>/figures.csv", exports.figures_csv, name="figures-csv"),
    path("figures/<year:year>/figures.xlsx", exports.figures_xlsx, name="figures-xlsx"),
    path("figures/<year:year>/budget", budget.budget, name="figures-budget"),
    path("figures/<year:year>/<figure:figure>", pages.rows, name="figure-rows"),
    path("figures/<year:year>/<figure:figure>.csv", exports.rows_csv, name="figure-rows-csv"),
    path("figures/<year:year>/<figure:figure>.xlsx", exports.rows_xlsx, name="figure-rows-xlsx"),
]
