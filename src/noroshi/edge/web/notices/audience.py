"""The fields that say for whom a notice is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.core.errors import NotFound
from noroshi.core.policy.audience import Everyone, Members
from noroshi.core.sector import District, OrganisationKind, Sector
from noroshi.edge import words
from noroshi.edge.sentences import sentence
from noroshi.edge.web.forms import Form, Text
from noroshi.edge.web.templatetags.page import named
from noroshi.hub.members import queries as members
from noroshi.hub.notices.choosing import ByName, Chosen, Criteria, OnlyAffected, Some

WAYS = [
    ("some", _("Some organisations: those chosen below")),
    (
        "affected",
        _("Only those affected, of those chosen below (of all members, without a choice)"),
    ),
    ("members", _("All members")),
    ("everyone", _("Everyone, member or not")),
    ("people", _("People, by mail address")),
]
MOST_PEOPLE = 200


def _several(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, required=False, widget=forms.CheckboxSelectMultiple
    )


class AudienceForm(Form):
    """For whom a notice is. Nothing is chosen before somebody does; a draft may wait for that."""

    to = forms.ChoiceField(
        label=_("For whom"), choices=WAYS, widget=forms.RadioSelect, required=False
    )
    districts = _several(_("Districts"))
    sectors = _several(_("Sectors"))
    kinds = _several(_("Kinds of organisation"))
    communities = _several(_("Communities"))
    organisations = _several(_("Organisations, one by one"))
    bureaus = forms.BooleanField(
        label=_("Let the bureaus of their districts read it and follow it up"), required=False
    )
    people = Text(
        label=_("People"), required=False, rows=3, help_text=_("Mail addresses, one a line.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        active = members.directory().filter(active=True)
        choices: dict[str, list[tuple[str, str]]] = {
            "districts": [(each.value, words.district(each)) for each in District],
            "sectors": [(each.value, words.sector(each)) for each in Sector],
            "kinds": [(each.value, words.kind(each)) for each in OrganisationKind],
            "communities": [(row.slug, named(row)) for row, _slugs in members.communities()],
            "organisations": [(row.slug, named(row)) for row in active],
        }
        for name, pairs in choices.items():
            field: Any = self.fields[name]
            field.choices = pairs

    def clean_people(self) -> str:
        """Refuse addresses that nobody signs in with."""
        people: str = self.cleaned_data["people"]
        if len(people.split()) > MOST_PEOPLE:
            text = gettext("At most %(most)d people.")
            raise ValidationError(text % {"most": MOST_PEOPLE})
        for email in people.split():
            try:
                members.person_named(email)
            except NotFound as error:
                raise ValidationError(sentence(error)) from error
        return people

    def clean(self) -> dict[str, Any]:
        """Refuse what was chosen below but does not count above."""
        clean: dict[str, Any] = super().clean() or {}
        to = clean.get("to")
        if to in ("members", "everyone", "people") and any(clean.get(name) for name in _CRITERIA):
            self.add_error("to", gettext("Organisations are chosen below, but not here."))
        if to and to != "people" and clean.get("people"):
            self.add_error("to", gettext("People are named below, but not chosen here."))
        return clean

    def chosen(self) -> Chosen | None:
        """Return for whom it is; the form must be valid."""
        clean = self.cleaned_data
        match clean["to"]:
            case "everyone":
                return Everyone()
            case "members":
                return Members()
            case "people":
                return ByName(tuple(clean["people"].split()))
            case "some":
                return Some(_criteria(clean), clean["bureaus"])
            case "affected":
                return OnlyAffected(_criteria(clean), clean["bureaus"])
        return None


_CRITERIA = ("districts", "sectors", "kinds", "communities", "organisations")


def _criteria(clean: dict[str, Any]) -> Criteria:
    return Criteria(
        districts=tuple(District(value) for value in clean["districts"]),
        sectors=tuple(Sector(value) for value in clean["sectors"]),
        kinds=tuple(OrganisationKind(value) for value in clean["kinds"]),
        communities=tuple(clean["communities"]),
        organisations=tuple(clean["organisations"]),
    )


def initially(chosen: Chosen | None) -> dict[str, Any]:
    """Return what stands in the fields for this choice."""
    match chosen:
        case None:
            return {}
        case Everyone():
            return {"to": "everyone"}
        case Members():
            return {"to": "members"}
        case ByName(people=people):
            return {"to": "people", "people": "\n".join(people)}
        case (
            Some(criteria=criteria, bureaus=bureaus)
            | OnlyAffected(criteria=criteria, bureaus=bureaus)
        ):
            to = "some" if isinstance(chosen, Some) else "affected"
            listed = {name: list(getattr(criteria, name)) for name in _CRITERIA}
            return {"to": to, "bureaus": bureaus, **listed}
