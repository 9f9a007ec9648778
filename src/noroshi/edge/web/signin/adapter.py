"""What django-allauth asks the project."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.edge.web import late
from noroshi.edge.web.signin import factors, records
from noroshi.edge.web.signin.backend import takes_part
from noroshi.hub.audit import actions as audit
from noroshi.hub.members.models import Person

WRONG = gettext_lazy("The mail address or the password is not right.")
LOCKED = gettext_lazy("Too many attempts. Please wait five minutes, then try again.")
WRONG_CODE = gettext_lazy("This code is not right, or it was used before.")


class Adapter(DefaultAccountAdapter):
    """Accounts: no sign-up, and one answer for everybody who may not come in."""

    error_messages = {  # noqa: RUF012 - as in the class above it
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": WRONG,
        "enter_current_password": gettext_lazy("This is not your password."),
        "incorrect_code": WRONG_CODE,
        "incorrect_password": gettext_lazy("This is not your password."),
        "invalid_password_reset": gettext_lazy("This link does not hold any more."),
        "rate_limited": LOCKED,
        "too_many_login_attempts": LOCKED,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - for everybody
        """Say no: who takes part is the hub's to say."""
        return False

    def is_ajax(self, request: HttpRequest) -> bool:
        """Answer as to a program only where a script of ours asks: for the passkey's challenge."""
        ours = request.path == reverse("mfa_login_webauthn")
        return ours and bool(super().is_ajax(request))

    def is_safe_url(self, url: str) -> bool:
        """Say whether to go on to an address: to this site's own, as everywhere else here."""
        return late.is_ours(context.request, url)

    # --- coming in ---

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:  # noqa: ARG002 - of allauth
        """Return what failures are counted under: the address, whatever the request calls the site.

        allauth's begins with the header Host, whose port anybody may make up: a new lock each time.
        """
        return str(credentials.get("email", "")).lower()

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse an address that was tried too often, known or not."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            records.locked(request, credentials.get("email", ""))
            raise

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record it."""
        records.failed(request, credentials.get("email", ""))

    def pre_login(self, request: HttpRequest, user: Any, **facts: Any) -> HttpResponse | None:
        """Refuse who has left; a passkey comes this way without any password."""
        if not takes_part(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        answer: HttpResponse | None = super().pre_login(request, user, **facts)
        return answer

    def respond_user_inactive(
        self,
        request: HttpRequest,
        user: Any,  # noqa: ARG002 - the answer does not depend on who it is
    ) -> HttpResponse:
        """Answer as to anybody who cannot come in."""
        messages.error(request, _("You cannot sign in this way."))
        return redirect("account_login")

    def login(self, request: HttpRequest, user: Any) -> None:
        """Sign in; whoever just did so need not show once more who they are."""
        super().login(request, user)
        methods = get_authentication_records(request, user)
        if methods:
            record_authentication(request, user, methods[-1]["method"], reauthenticated=True)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:  # noqa: ARG002 - of allauth
        """Return where to go with a new password: to the sign-in, for every session ended."""
        return reverse("account_login")


class SecondFactor(DefaultMFAAdapter):
    """Second factors: encrypted where they are kept, and not removed by who needs one."""

    error_messages = {  # noqa: RUF012 - as in the class above it
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy(
            "Your role needs a second factor. Add another one before you remove this one."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Set up a second factor first."),
        "incorrect_code": WRONG_CODE,
    }

    def encrypt(self, text: str) -> str:
        """Return a secret as it is kept: a copy of the database alone reveals none."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret, or one that nobody knows where the node's key has changed."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return str(generate_totp_secret())

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Say whether a factor may go."""
        return factors.may_remove(authenticator)

    def generate_authenticator_name(self, user: Any, type: Any) -> str:  # noqa: A002 - allauth's name
        """Return what a key is called if the person calls it nothing."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return _("Key %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """Return whose keys they are: this site's, whatever a request calls it."""
        return {"id": settings.SITE.hostname or "", "name": "Noroshi"}


class Sessions(DefaultUserSessionsAdapter):
    """Sessions: ending others is recorded."""

    def end_sessions(self, sessions: Any) -> None:
        """End them."""
        super().end_sessions(sessions)
        person = self.request.user
        audit.record(
            "person.sessions_ended",
            f"person:{person.pk}",
            actor=person.email,
            at=timezone.now(),
            detail={"sessions": len(sessions)},
        )


def display(person: Person) -> str:
    """Return how a person is called, on a device that keeps the key."""
    return person.name


def _box() -> Fernet:
    purpose = b"noroshi second factors 1"
    derived = HKDF(SHA256(), 32, salt=None, info=purpose).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
