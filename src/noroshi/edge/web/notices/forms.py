"""The forms about notices."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.core.delivery import DeliveryState
from noroshi.core.errors import NotFound
from noroshi.core.policy.marking import Tlp
from noroshi.core.policy.visibility import Viewer
from noroshi.edge.sentences import sentence
from noroshi.edge.web.forms import Form, Line, Text
from noroshi.edge.web.notices.audience import AudienceForm, initially
from noroshi.edge.web.templatetags.page import titled
from noroshi.hub.intel import queries as intel
from noroshi.hub.notices import queries
from noroshi.hub.notices.actions import Asking, Change, Written
from noroshi.hub.notices.answering import LONGEST_ANSWER
from noroshi.hub.notices.drafting import LONGEST_DEADLINE_HOURS, LONGEST_TEXT, LONGEST_TITLE
from noroshi.hub.notices.letters import Content
from noroshi.hub.notices.publishing import LONGEST_REASON

MOST_VULNERABILITIES = 100
NEWEST_REPORTS = 20
"""Attack reports that are offered for attaching, beside those attached already."""

MARKINGS = [
    (Tlp.CLEAR.value, _("TLP:CLEAR: for everyone at most; mails hold the text")),
    (Tlp.GREEN.value, _("TLP:GREEN: for all members at most; mails hold the text")),
    (Tlp.AMBER.value, _("TLP:AMBER: for chosen organisations and their clients at most")),
    (Tlp.AMBER_STRICT.value, _("TLP:AMBER+STRICT: for chosen organisations at most")),
    (Tlp.RED.value, _("TLP:RED: for people who are named, and nobody else; no mail at all")),
]
"""What each marking allows."""


class ContentForm(Form):
    """What a notice says. ``seen``: the mark of the version that was changed."""

    title_ja = Line(label=_("Title in Japanese"), max_length=LONGEST_TITLE)
    text_ja = Text(label=_("Text in Japanese"), max_length=LONGEST_TEXT, rows=10)
    title_en = Line(label=_("Title in English"), max_length=LONGEST_TITLE, required=False)
    text_en = Text(label=_("Text in English"), max_length=LONGEST_TEXT, rows=10, required=False)
    vulnerabilities = Text(
        label=_("Vulnerabilities"),
        max_length=20_000,
        rows=2,
        required=False,
        help_text=_("By name, such as CVE-2021-44228; one a line."),
    )
    tlp = forms.ChoiceField(
        label=_("Marking"),
        choices=MARKINGS,
        widget=forms.RadioSelect,
        help_text=_("From TLP:AMBER on, mails only say that there is a notice."),
    )
    hours = forms.IntegerField(
        label=_("Acknowledge within (hours)"),
        required=False,
        min_value=1,
        max_value=LONGEST_DEADLINE_HOURS,
        help_text=_("Empty: there is no deadline, and nobody is reminded."),
    )
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)

    def clean_vulnerabilities(self) -> tuple[str, ...]:
        """Return the names of vulnerabilities that there are."""
        names = self.cleaned_data["vulnerabilities"].replace(",", " ").split()
        if len(names) > MOST_VULNERABILITIES:
            text = gettext("At most %(most)d vulnerabilities.")
            raise ValidationError(text % {"most": MOST_VULNERABILITIES})
        try:
            return queries.preferred_names(names)
        except NotFound as error:
            raise ValidationError(sentence(error)) from error

    def clean(self) -> dict[str, Any]:
        """Refuse half a notice in English."""
        clean: dict[str, Any] = super().clean() or {}
        for here, there in (("title_en", "text_en"), ("text_en", "title_en")):
            if clean.get(there) and not clean.get(here) and here not in self.errors:
                text = gettext("In English a notice needs both title and text, or neither.")
                self.add_error(here, text)
        return clean

    def content(self, *, exercise: bool) -> Content:
        """Return what the notice says; the form must be valid."""
        clean = self.cleaned_data
        return Content(
            tlp=Tlp(clean["tlp"]),
            title_ja=clean["title_ja"],
            text_ja=clean["text_ja"],
            title_en=clean["title_en"],
            text_en=clean["text_en"],
            respond_within_hours=clean["hours"],
            exercise=exercise,
            vulnerabilities=clean["vulnerabilities"],
        )


class DraftForm(ContentForm, AudienceForm):
    """A draft: what it says, what is attached, and for whom it is."""

    exercise = forms.BooleanField(
        label=_("This is an exercise"),
        required=False,
        help_text=_("It says so in every title, and is never counted in the figures."),
    )
    intel = forms.MultipleChoiceField(
        label=_("Attached incident reports"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is read by those alone whom its own marking lets read it."),
    )

    def __init__(
        self, *args: Any, viewer: Viewer, attached: tuple[str, ...], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["intel"]
        field.choices = _offered(viewer, attached)

    def written(self) -> Written:
        """Return the draft; the form must be valid."""
        clean = self.cleaned_data
        content = self.content(exercise=clean["exercise"])
        return Written(content, self.chosen(), tuple(sorted(clean["intel"])))


def _offered(viewer: Viewer, attached: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return what can be attached: what is already, and the newest reports that are shared."""
    newest = intel.report_page(viewer, limit=NEWEST_REPORTS).items
    heads = {one.stix_id: one for one in newest if one.published_at}
    for stix_id in attached:
        if stix_id.startswith("report--") and stix_id not in heads:
            heads[stix_id] = intel.report_for(viewer, stix_id).head
    others = [(stix_id, stix_id) for stix_id in attached if stix_id not in heads]
    titles = [(head.stix_id, f"{titled(head)} ({head.tlp.label})") for head in heads.values()]
    return titles + others


def beginning(written: Written | None) -> dict[str, Any]:
    """Return what stands in the form of a draft."""
    if written is None:
        return {"tlp": Tlp.AMBER.value}
    return {
        **said(written.content),
        **initially(written.chosen),
        "intel": list(written.intel),
        "exercise": written.content.exercise,
    }


def said(content: Content) -> dict[str, Any]:
    """Return what stands in the fields of `ContentForm`."""
    return {
        **{name: getattr(content, name) for name in ("title_ja", "text_ja", "title_en", "text_en")},
        "vulnerabilities": "\n".join(content.vulnerabilities),
        "tlp": content.tlp.value,
        "hours": content.respond_within_hours,
    }


class RevisionForm(ContentForm):
    """A new text for a notice that was sent."""

    again = forms.BooleanField(
        label=_("Ask everybody to read and acknowledge it again"),
        required=False,
        help_text=_("What was answered so far is kept; the deadline counts from now."),
    )

    def __init__(self, *args: Any, sent: Content, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._sent = sent
        field: Any = self.fields["tlp"]
        field.choices = [each for each in MARKINGS if Tlp(each[0]) >= sent.tlp]
        self.fields["hours"].help_text = _(
            "A new time counts from now, for those who have not answered."
        )

    def change(self) -> Change:
        """Return the change; the form must be valid."""
        clean = self.cleaned_data
        asking = Asking.AGAIN if clean["again"] else Asking.AS_BEFORE
        content = self.content(exercise=self._sent.exercise)
        return Change(content, clean["seen"], asking)


class WithdrawalForm(Form):
    """Why a notice is taken back."""

    reason = Text(
        label=_("Why is it withdrawn?"),
        max_length=LONGEST_REASON,
        rows=3,
        required=False,
        help_text=_("Everybody who may read the notice reads this."),
    )


class DiscardForm(Form):
    """A draft is given up."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class PublicationForm(Form):
    """A draft is published to those whom the preview showed. ``seen``: the mark of that preview."""

    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)


class AnswerForm(Form):
    """An answer to a notice."""

    state = forms.ChoiceField(
        label=_("How far are you?"),
        widget=forms.RadioSelect,
        choices=[
            (DeliveryState.RESPONDING.value, _("We are working on it")),
            (DeliveryState.DONE.value, _("Done")),
            (DeliveryState.NOT_AFFECTED.value, _("We are not affected")),
        ],
    )
    text = Text(
        label=_("In words"),
        max_length=LONGEST_ANSWER,
        rows=3,
        required=False,
        help_text=_(
            "For the record of your organisation, and for those it granted details. "
            "The sender sees how far you are, not this text."
        ),
    )


def copied(form: ContentForm, seen: str) -> Any:
    """Return what was typed, as if it had been typed into the version with this mark."""
    data: Any = form.data
    again = data.copy()
    again["seen"] = seen
    return again
