"""The addresses of the room."""

from django.urls import path

from noroshi.edge.web.exposure import views

urlpatterns = [
    path("exposure", views.exposure, name="exposure"),
    path("exposure/<vulnerability:name>", views.finding, name="finding"),
]
