"""The forms of the room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.errors import TooLarge
from noroshi.core.policy.visibility import GrantLevel
from noroshi.core.sector import Criticality, Exposure
from noroshi.edge import words
from noroshi.edge.sentences import sentence
from noroshi.edge.web import receiving
from noroshi.edge.web.forms import Form, Line
from noroshi.edge.web.templatetags.page import named
from noroshi.hub.inventory.actions import NewSystem
from noroshi.hub.members.models import Organisation

LONGEST_SEARCH = 200


class FileForm(Form):
    """A form with an SBOM; a file that was dropped for its size is named as the reason."""

    file = forms.FileField(
        label="SBOM", max_length=300, widget=forms.FileInput(), allow_empty_file=True
    )

    def __init__(self, *args: Any, dropped: TooLarge | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._dropped = dropped
        most = filesizeformat(receiving.limit())
        self.fields["file"].help_text = _(
            "CycloneDX 1.2–1.7 (JSON, XML) or SPDX 2.2–2.3 (JSON, tag-value); at most %(most)s."
        ) % {"most": most}

    def clean(self) -> dict[str, Any]:
        """Say that the file was too large, instead of that there was none."""
        if self._dropped is not None:
            self.errors.pop("file", None)
            self.add_error("file", sentence(self._dropped))
        return self.cleaned_data


def criticality_choices() -> list[tuple[str, str]]:
    """Return how much may depend on a system, with what each means."""
    told = {
        Criticality.LOW: _("work goes on without it"),
        Criticality.MEDIUM: _("some work stops without it"),
        Criticality.HIGH: _("a service to customers stops without it"),
        Criticality.ESSENTIAL: _("communication in a region, or lives, depend on it"),
    }
    return [
        (
            item.value,
            _("%(word)s: %(told)s") % {"word": words.criticality(item), "told": told[item]},
        )
        for item in Criticality
    ]


def exposure_choices() -> list[tuple[str, str]]:
    """Return how reachable a system may be, with what each means."""
    told = {
        Exposure.SMALL: _("only a few people on the premises reach it"),
        Exposure.CONTROLLED: _("behind a firewall, a VPN or a list of allowed addresses"),
        Exposure.OPEN: _("anybody can try to connect to it"),
    }
    return [
        (item.value, _("%(word)s: %(told)s") % {"word": words.exposure(item), "told": told[item]})
        for item in Exposure
    ]


class SystemForm(Form):
    """A system: its name, and what its findings' urgency depends on."""

    name = Line(label=gettext_lazy("Name"))
    criticality = forms.ChoiceField(
        label=gettext_lazy("How much depends on it"),
        widget=forms.RadioSelect(),
        choices=criticality_choices,
        initial=Criticality.MEDIUM.value,
    )
    exposure = forms.ChoiceField(
        label=gettext_lazy("How reachable it is"),
        widget=forms.RadioSelect(),
        choices=exposure_choices,
        initial=Exposure.CONTROLLED.value,
    )

    @property
    def new(self) -> NewSystem:
        """The system as described."""
        found = self.cleaned_data
        return NewSystem(
            found["name"], Criticality(found["criticality"]), Exposure(found["exposure"])
        )


class NewSystemForm(FileForm, SystemForm):
    """A new system, with its first SBOM if there is one at hand."""

    field_order = ("name", "criticality", "exposure", "file")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = False


class SearchForm(Form):
    """Words to look for in a list; what cannot be looked for finds everything."""

    words = Line(required=False, max_length=LONGEST_SEARCH, label=gettext_lazy("Search"))

    @classmethod
    def asked(cls, request: HttpRequest) -> SearchForm:
        """Return the form as the address says."""
        form = cls(request.GET)
        form.full_clean()
        return form

    @property
    def text(self) -> str:
        """What to look for."""
        return str(self.cleaned_data.get("words", ""))


def level_choices() -> list[tuple[str, str]]:
    """Return how much may be let see, in the order of how much it is."""
    return [
        ("none", _("nothing")),
        (GrantLevel.COUNTS.name.lower(), _("numbers: how many systems, components and findings")),
        (GrantLevel.DETAIL.name.lower(), _("everything: systems, SBOMs, components and findings")),
    ]


class Grantee(forms.ModelChoiceField):  # type: ignore[type-arg]  # Django takes none when it runs
    """An organisation, by its name in the reader's language."""

    def __init__(self, organisations: QuerySet[Organisation]) -> None:
        super().__init__(organisations, label=_("Organisation"), to_field_name="slug")

    def label_from_instance(self, obj: Organisation) -> str:
        """Return the name."""
        return named(obj)


class GrantForm(Form):
    """What somebody is let see."""

    level = forms.ChoiceField(label=gettext_lazy("May see"), choices=level_choices)

    def __init__(self, *args: Any, own: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Organisation.objects.filter(active=True).exclude(pk=own).order_by("slug")
        self.fields["grantee"] = Grantee(others)
        self.order_fields(("grantee", "level"))

    @property
    def chosen(self) -> GrantLevel | None:
        """How much; ``None``: nothing."""
        name: str = self.cleaned_data["level"]
        return None if name == "none" else GrantLevel[name.upper()]
