"""The forms of allauth with our labels, and without the ways in which they fall over.

What a browser's security key says is foreign JSON: whatever is wrong with it is a wrong answer.
"""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context
from allauth.mfa.base import forms as base
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.forms import HiddenInput, JSONField
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from noroshi.edge.web.forms import Line
from noroshi.edge.web.signin import invitation, letters, lifetime, records
from noroshi.edge.web.signin.adapter import WRONG_CODE
from noroshi.edge.web.signin.backend import takes_part
from noroshi.hub.members.models import Person

LONGEST_CREDENTIAL = 100_000
"""Characters; keys with a certificate of their maker say some thousands."""

CODE_SECONDS = 90
"""How long a code of an authenticator app is good: its half minute, and the ones beside it."""

PASSWORD_RULE = _(
    "At least 12 characters; not one that many people use, not digits alone, "
    "and nothing like your name or address."
)


class Dressed:
    """Shows a form as the site's others, with these labels and hints."""

    labels: ClassVar[dict[str, Any]] = {}
    hints: ClassVar[dict[str, Any]] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():  # type: ignore[attr-defined]  # of the form
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, "")


# --- passwords ---


class SignIn(Dressed, account.LoginForm):
    """Address and password."""

    labels: ClassVar = {"login": _("Mail address"), "password": _("Password")}

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        """Sign in; the session ends when it has to, and not when allauth thinks."""
        answer: HttpResponse = super().login(request, redirect_url)
        lifetime.limit(request)
        return answer


class Confirm(Dressed, account.ReauthenticateForm):
    """The password once more."""

    labels: ClassVar = {"password": _("Password")}


class ChangePassword(Dressed, account.ChangePasswordForm):
    """The old password, and the new one twice."""

    labels: ClassVar = {
        "oldpassword": _("Password until now"),
        "password1": _("New password"),
        "password2": _("New password, again"),
    }
    hints: ClassVar = {"password1": PASSWORD_RULE}


class SetPassword(Dressed, account.ResetPasswordKeyForm):
    """The new password twice, through a link."""

    labels: ClassVar = {"password1": _("New password"), "password2": _("New password, again")}
    hints: ClassVar = {"password1": PASSWORD_RULE}


class Forgotten(Dressed, account.ResetPasswordForm):
    """The address to which a link is sent, if it is one of ours."""

    labels: ClassVar = {"email": _("Mail address")}

    def clean_email(self) -> str:
        """Return the address; whether it is known is nobody's business."""
        address: str = self.cleaned_data["email"]
        return address.lower()

    def save(self, request: HttpRequest, **_options: Any) -> str:  # noqa: ARG002 - allauth's signature
        """Send the link; for an unknown address do as much, and send nothing."""
        address: str = self.cleaned_data["email"]
        known = Person.objects.filter(email=address, is_active=True, organisation__active=True)
        person = known.first()
        letters.reset(person, invitation.link_of(person or Person(pk=0, email=address)))
        return address


class Token(account.UserTokenForm):
    """The link itself; it holds for those who take part."""

    def clean(self) -> dict[str, Any]:
        """Refuse the link of who has left."""
        found: dict[str, Any] = super().clean()  # type: ignore[no-untyped-call]  # allauth's
        person = self.reset_user
        if not (isinstance(person, Person) and takes_part(person)):
            raise get_adapter().validation_error("invalid_password_reset")
        return found


# --- codes ---


class _Codes(Dressed):
    """A code of an authenticator app, taken once; or a recovery code."""

    labels: ClassVar = {"code": _("Code")}
    hints: ClassVar = {
        "code": _("The six digits that your app shows now, or one of your recovery codes.")
    }

    def clean_code(self) -> str:
        try:
            code: str = super().clean_code()  # type: ignore[misc]  # of the form
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                records.locked(context.request, self.user.email)  # type: ignore[attr-defined]  # allauth has no types
            raise
        if self.authenticator.type == Authenticator.Type.TOTP:  # type: ignore[attr-defined]  # allauth has no types
            self._use(code)
        return code

    def _use(self, code: str) -> None:
        number = self.user.pk  # type: ignore[attr-defined]  # of the form
        digits = "".join(filter(str.isdigit, code))  # however it was typed
        if not cache.add(f"noroshi:code:{number}:{digits}", "used", CODE_SECONDS):
            raise ValidationError(WRONG_CODE, code="incorrect_code")


class Code(_Codes, base.AuthenticateForm):
    """A code, at the sign-in."""


class ConfirmCode(_Codes, base.ReauthenticateForm):
    """A code once more."""


class SetUpApp(Dressed, totp.ActivateTOTPForm):
    """The first code of an app, which shows that it has the secret."""

    labels: ClassVar = {"code": _("Code")}
    hints: ClassVar = {"code": _("The six digits that your app shows now.")}


# --- keys ---


class Credential(JSONField):
    """What a key said, as the browser's script put it; neither long nor deep."""

    widget = HiddenInput

    def to_python(self, value: Any) -> Any:
        """Return it; what is nested too deeply is none."""
        if len(str(value)) > LONGEST_CREDENTIAL:
            raise ValidationError(WRONG_CODE, code="incorrect_code")
        try:
            return super().to_python(value)
        except RecursionError as error:
            raise ValidationError(WRONG_CODE, code="incorrect_code") from error

    def bound_data(self, data: Any, initial: Any) -> str:  # noqa: ARG002 - Django's signature
        """Return nothing: what a key said once is not shown, nor said again."""
        return ""

    def prepare_value(self, value: Any) -> str:  # noqa: ARG002 - Django's signature
        """Return nothing, likewise."""
        return ""


class AddKey(Dressed, webauthn.AddWebAuthnForm):
    """A new security key or passkey."""

    name = Line(required=False, max_length=80)
    credential = Credential()
    labels: ClassVar = {
        "name": _("Name of the key"),
        "passwordless": _("Sign in with this key alone"),
    }
    hints: ClassVar = {
        "name": _("So that you can tell your keys apart."),
        "passwordless": _("Then it is a passkey: it asks for your finger, face or PIN instead."),
    }

    def clean(self) -> dict[str, Any]:
        """Check what the key said."""
        try:
            found: dict[str, Any] = super().clean()
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(WRONG_CODE, code="incorrect_code") from error
        return found


class RenameKey(Dressed, webauthn.EditWebAuthnForm):
    """Another name for a key."""

    name = Line(max_length=80)
    labels: ClassVar = {"name": _("Name of the key")}


class _Asserted:
    """What a key says at the sign-in."""

    def clean_credential(self) -> Authenticator:
        try:
            found: Authenticator = super().clean_credential()  # type: ignore[misc]  # of the form
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValidationError(WRONG_CODE, code="incorrect_code") from error
        return found


class Key(_Asserted, webauthn.AuthenticateWebAuthnForm):
    """A key as the second factor."""

    credential = Credential()


class Passkey(_Asserted, webauthn.LoginWebAuthnForm):
    """A key instead of a password."""

    credential = Credential()


class ConfirmKey(_Asserted, webauthn.ReauthenticateWebAuthnForm):
    """A key once more."""

    credential = Credential()
