"""The addresses of signing in: those pages of allauth that are used here, and no others.

Their names are allauth's, which looks its pages up by them.
"""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.usersessions import views as sessions
from django.urls import path

from noroshi.edge.web.signin import views

urlpatterns = [
    path("sign-in", views.SignIn.as_view(), name="account_login"),
    path("sign-in/passkey", webauthn.login_webauthn, name="mfa_login_webauthn"),
    path("sign-in/second-factor", mfa.authenticate, name="mfa_authenticate"),
    path("sign-out", account.logout, name="account_logout"),
    path("password", views.Forgotten.as_view(), name="account_reset_password"),
    path("password/sent", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/<base36:uidb36>-<token:key>",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/set",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/password", views.change_password, name="account_change_password"),
    path("account/confirm", account.reauthenticate, name="account_reauthenticate"),
    path("account/confirm/code", mfa.reauthenticate, name="mfa_reauthenticate"),
    path(
        "account/confirm/key",
        webauthn.reauthenticate_webauthn,
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/factors", views.Factors.as_view(), name="mfa_index"),
    path("account/factors/app", totp.activate_totp, name="mfa_activate_totp"),
    path("account/factors/app/removal", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("account/factors/codes", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "account/factors/codes/new",
        codes.generate_recovery_codes,
        name="mfa_generate_recovery_codes",
    ),
    path("account/factors/keys", webauthn.list_webauthn, name="mfa_list_webauthn"),
    path("account/factors/keys/new", webauthn.add_webauthn, name="mfa_add_webauthn"),
    path("account/factors/keys/<factor:pk>", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    path(
        "account/factors/keys/<factor:pk>/removal",
        views.RemoveKey.as_view(),
        name="mfa_remove_webauthn",
    ),
    path("account/sessions", sessions.list_usersessions, name="usersessions_list"),
]
