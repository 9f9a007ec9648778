"""The forms of the room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.policy.community import CommunityFacts
from noroshi.core.policy.duties import LENDS
from noroshi.core.sector import District, OrganisationKind, Role, Sector
from noroshi.edge import words
from noroshi.edge.web.forms import Form, Line, Text
from noroshi.edge.web.templatetags.page import named
from noroshi.hub.members.actions import HOME_OF_ROLE, NewCommunity, NewPerson, OrganisationFacts
from noroshi.hub.members.keys import NewKey, Scope
from noroshi.hub.members.models import Community, Organisation, Person

Choices = list[tuple[str, str]]


def _choices(
    values: Iterable[StrEnum], word: Callable[[str], str], nothing: str | None = None
) -> Choices:
    first = [] if nothing is None else [("", nothing)]
    return [*first, *((value.value, word(value.value)) for value in values)]


class OrganisationForm(Form):
    """An organisation: new, or as it is."""

    slug = Line(
        label=gettext_lazy("Short name"),
        max_length=60,
        help_text=gettext_lazy("2 to 60 of a–z, 0–9 and hyphens; never changes again."),
    )
    name = Line(label=gettext_lazy("Name"))
    name_en = Line(label=gettext_lazy("Name in English"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), initial=OrganisationKind.OPERATOR.value)
    sector = forms.ChoiceField(label=gettext_lazy("Sector"))
    district = forms.ChoiceField(label=gettext_lazy("District"), required=False)
    active = forms.BooleanField(
        label=gettext_lazy("Takes part"),
        required=False,
        initial=True,
        help_text=gettext_lazy("Of an organisation that has left nobody signs in any more."),
    )

    def __init__(self, *args: Any, existing: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _give(self, "kind", _choices(OrganisationKind, words.kind))
        _give(self, "sector", _choices(Sector, words.sector))
        _give(self, "district", _choices(District, words.district, _("none: a national one")))
        if existing:
            self.fields["slug"].disabled = True
        else:
            del self.fields["active"]

    def facts(self) -> OrganisationFacts:
        """Return what was filled in."""
        given = self.cleaned_data
        return OrganisationFacts(
            slug=given["slug"],
            name=given["name"],
            name_en=given["name_en"],
            kind=OrganisationKind(given["kind"]),
            sector=Sector(given["sector"]),
            district=District(given["district"]) if given["district"] else None,
            active=given.get("active", True),
        )


class Members(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # none when it runs
    """Organisations or communities, by their names in the reader's language."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Organisation | Community) -> str:
        """Return the name."""
        return named(obj)


class CommunityForm(Form):
    """A community to be made."""

    slug = Line(
        label=gettext_lazy("Short name"),
        max_length=60,
        help_text=gettext_lazy("2 to 60 of a–z, 0–9 and hyphens; never changes again."),
    )
    name = Line(label=gettext_lazy("Name"))
    name_en = Line(label=gettext_lazy("Name in English"), required=False)
    kind = forms.ChoiceField(label=gettext_lazy("All of a kind"), required=False)
    sector = forms.ChoiceField(label=gettext_lazy("All of a sector"), required=False)
    district = forms.ChoiceField(label=gettext_lazy("All of a district"), required=False)
    organisations = Members(
        label=gettext_lazy("These organisations"),
        queryset=Organisation.objects.none(),
        required=False,
    )
    inside = Members(
        label=gettext_lazy("With these communities inside"),
        queryset=Community.objects.none(),
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _give(self, "kind", _choices(OrganisationKind, words.kind, _("not by kind")))
        _give(self, "sector", _choices(Sector, words.sector, _("not by sector")))
        _give(self, "district", _choices(District, words.district, _("not by district")))
        _offer(self, "organisations", Organisation.objects.order_by("district", "slug"))
        _offer(self, "inside", Community.objects.order_by("slug"))

    def clean(self) -> dict[str, Any]:
        """Refuse a community that would never have members."""
        names = ("kind", "sector", "district", "organisations", "inside")
        if not any(self.cleaned_data.get(name) for name in names):
            self.add_error(None, _("Say who belongs to it: by a rule, or by name."))
        return self.cleaned_data

    def new(self) -> NewCommunity:
        """Return what was filled in."""
        given = self.cleaned_data
        return NewCommunity(
            slug=given["slug"],
            name=given["name"],
            name_en=given["name_en"],
            facts=CommunityFacts(
                kind=OrganisationKind(given["kind"]) if given["kind"] else None,
                sector=Sector(given["sector"]) if given["sector"] else None,
                district=District(given["district"]) if given["district"] else None,
                listed=frozenset(row.pk for row in given["organisations"]),
                inside=frozenset(row.pk for row in given["inside"]),
            ),
        )


def roles_in(organisation: Organisation, giver: Role) -> list[Role]:
    """Return the roles that exist in an organisation and that this giver may give there."""
    kind = OrganisationKind(organisation.kind)
    found = [role for role in Role if HOME_OF_ROLE.get(role, kind) is kind]
    if giver is Role.HUB_ADMIN:
        watching = kind in {OrganisationKind.HUB, OrganisationKind.MINISTRY}
        # The record is of the whole sector: nobody reads it for a single member.
        return [role for role in found if role is not Role.AUDITOR or watching]
    # Who watches over the record is not named by those it watches.
    return [role for role in found if role not in {Role.AUDITOR, Role.HUB_ADMIN}]


class PersonForm(Form):
    """A person: new, or as it is."""

    email = forms.EmailField(label=gettext_lazy("Mail address"), max_length=254)
    name = Line(label=gettext_lazy("Name"))
    role = forms.ChoiceField(label=gettext_lazy("Role"))

    def __init__(
        self, *args: Any, organisation: Organisation, giver: Role, existing: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.organisation = organisation
        _give(self, "role", _choices(roles_in(organisation, giver), words.role))
        if existing:
            self.fields["email"].disabled = True

    def new(self) -> NewPerson:
        """Return what was filled in."""
        given = self.cleaned_data
        return NewPerson(
            email=given["email"],
            name=given["name"],
            organisation=self.organisation.slug,
            role=Role(given["role"]),
        )


class KeyForm(Form):
    """A key to be made."""

    name = Line(
        label=gettext_lazy("What it is for"),
        help_text=gettext_lazy("Such as: the build server uploads SBOMs."),
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("May use"), widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=gettext_lazy("Ends after how many days"), min_value=1, max_value=730, initial=365
    )
    networks = Text(
        label=gettext_lazy("From these networks alone"),
        required=False,
        rows=3,
        max_length=2000,
        help_text=gettext_lazy("One a line, such as 192.0.2.0/24; empty: from anywhere."),
    )

    def __init__(
        self, *args: Any, maker: Person, organisation: Organisation, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        kind = OrganisationKind(organisation.kind)
        lent = LENDS[Role(maker.role)]
        roles = [role for role in Role if role in lent and HOME_OF_ROLE.get(role, kind) is kind]
        _give(self, "role", _choices(roles, words.role))
        _give(self, "scopes", [(scope.value, scope.value) for scope in Scope])

    def new(self, now: dt.datetime) -> NewKey:
        """Return what was filled in."""
        given = self.cleaned_data
        return NewKey(
            name=given["name"],
            role=Role(given["role"]),
            scopes=frozenset(Scope(scope) for scope in given["scopes"]),
            expires_at=now + dt.timedelta(days=given["days"]),
            networks=tuple(line for line in given["networks"].splitlines() if line.strip()),
        )


class RecordForm(Form):
    """What to look for in the event record."""

    verb = Line(label=gettext_lazy("Event"), required=False, max_length=60)
    actor = Line(label=gettext_lazy("Who"), required=False)
    since = forms.DateField(label=gettext_lazy("First day"), required=False, widget=forms.DateInput)
    until = forms.DateField(label=gettext_lazy("Last day"), required=False, widget=forms.DateInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("since", "until"):
            self.fields[name].widget.input_type = "date"

    def clean(self) -> dict[str, Any]:
        """Refuse days that no event can have."""
        for name in ("since", "until"):
            day = self.cleaned_data.get(name)
            if day is not None and not 2000 <= day.year <= 2999:
                self.add_error(name, _("There are no events of that day."))
        return self.cleaned_data

    def moments(self) -> tuple[dt.datetime | None, dt.datetime | None]:
        """Return the first moment, and the first one after, of the days asked for."""
        since, until = self.cleaned_data["since"], self.cleaned_data["until"]
        return _midnight(since), _midnight(until and until + dt.timedelta(days=1))


def _midnight(day: dt.date | None) -> dt.datetime | None:
    return timezone.make_aware(dt.datetime.combine(day, dt.time())) if day else None


def _give(form: Form, name: str, choices: Choices) -> None:
    cast("forms.ChoiceField", form.fields[name]).choices = choices


def _offer(form: Form, name: str, rows: Any) -> None:
    cast("forms.ModelMultipleChoiceField[Any]", form.fields[name]).queryset = rows
