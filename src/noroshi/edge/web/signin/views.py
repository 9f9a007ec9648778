"""Pages of allauth where the project has more to say."""

from __future__ import annotations

from typing import Any, cast

from allauth.account.views import LoginView, PasswordResetView, password_change
from allauth.mfa.base.views import IndexView
from allauth.mfa.webauthn.views import RemoveWebAuthnView
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from noroshi.edge.web import late
from noroshi.edge.web.signin import factors
from noroshi.hub.members.models import Person


class SignIn(LoginView):
    """Address and password, or a passkey."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether something that was typed waits for the sign-in."""
        context = cast("dict[str, Any]", super().get_context_data(**kwargs))
        return {**context, "kept": late.KEPT in self.request.session}


class Factors(IndexView):
    """The second factors somebody has, and whether one has to be set up first."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether the role needs a factor and whether it is there."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        person = cast("Person", self.request.user)
        context["needed"] = factors.needed(person)
        context["missing"] = context["needed"] and not factors.of(person).exists()
        return context


class RemoveKey(RemoveWebAuthnView):
    """Removing a key; not the last factor of somebody who needs one."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether it may go."""
        context = super().get_context_data(**kwargs)  # type: ignore[no-untyped-call]  # allauth's
        return {**context, "may_remove": factors.may_remove(self.object)}

    def form_valid(self, form: Any) -> HttpResponse:
        """Remove it, or say why not."""
        if not factors.may_remove(self.object):
            return self.render_to_response(self.get_context_data(form=form), status=422)
        answer: HttpResponse = super().form_valid(form)
        return answer


class Forgotten(PasswordResetView):
    """Asking for a new password."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether this node sends mails at all."""
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return {**context, "sends_mail": bool(settings.NOROSHI.mail)}


def change_password(request: HttpRequest) -> HttpResponseBase:
    """Change the password; who has none yet (and came with a passkey) sets one by link."""
    if request.user.is_authenticated and not request.user.has_usable_password():
        return redirect("account_reset_password")
    return password_change(request)
