"""The form of my account."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.edge.web.forms import Form, Line


class Preferences(Form):
    """How somebody is called and written to."""

    name = Line(label=_("Name"))
    language = forms.ChoiceField(
        label=_("Language of mails"), choices=[("ja", "日本語"), ("en", "English")]
    )
    by_mail = forms.BooleanField(
        label=_("Write me a mail about what concerns my organisation"), required=False
    )
