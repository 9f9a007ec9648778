"""The fields of forms: cleaned once, refused with a reason beside them.

A view makes its form with `filled`, shows it, and calls the hub with what came out clean; what the
hub refuses is put beside the form by `refuse`.
"""

from __future__ import annotations

from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE, STEERING_IN_A_TEXT
from noroshi.core.errors import NoroshiError
from noroshi.edge.sentences import sentence
from noroshi.edge.web import late

F = TypeVar("F", bound="Form")


class Form(forms.Form):
    """Base of the forms: every field is shown by ``noroshi/field.html``."""

    template_name = "noroshi/form.html"
    required_css_class = "required"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class Line(forms.CharField):
    """One line of text, without characters that steer."""

    def __init__(self, *, max_length: int = 200, **kwargs: Any) -> None:
        super().__init__(max_length=max_length, strip=True, **kwargs)

    def validate(self, value: str) -> None:
        """Refuse control characters."""
        super().validate(value)
        if STEERING_IN_A_LINE.search(value):
            raise ValidationError(_("This holds control characters; please remove them."))


class Text(forms.CharField):
    """A text of several lines, without characters that steer; line ends become line feeds."""

    def __init__(self, *, max_length: int = 100_000, rows: int = 6, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": rows}))
        super().__init__(max_length=max_length, strip=True, **kwargs)

    def to_python(self, value: Any) -> str:
        """Return the text with line feeds alone."""
        text = super().to_python(value) or ""
        return text.replace("\r\n", "\n").replace("\r", "\n")

    def validate(self, value: str) -> None:
        """Refuse control characters."""
        super().validate(value)
        if STEERING_IN_A_TEXT.search(value):
            raise ValidationError(_("This holds control characters; please remove them."))


def filled(kind: type[F], request: HttpRequest, **kwargs: Any) -> F:
    """Return the form with what was sent, with what waited for a sign-in, or fresh."""
    if request.method == "POST":
        return kind(request.POST, request.FILES, **kwargs)
    kept = late.kept_form(request)
    if kept is None:
        return kind(**kwargs)
    messages.info(request, _("What you had written was kept. Please check it and send it again."))
    names = kind.base_fields
    initial = {
        name: kept.getlist(name)
        if isinstance(names[name], forms.MultipleChoiceField)
        else kept.get(name)
        for name in kept
        if name in names
    }
    return kind(**{**kwargs, "initial": {**kwargs.get("initial", {}), **initial}})


def refuse(form: Form, error: NoroshiError, field: str | None = None) -> None:
    """Say beside the form, or one of its fields, why the hub said no."""
    form.add_error(field, sentence(error))
