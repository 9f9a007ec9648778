"""The address of my account."""

from __future__ import annotations

from django.urls import path

from noroshi.edge.web.account import views

urlpatterns = [path("account", views.my_account, name="my-account")]
