"""The words of mails and calls.

Whatever a message may not say is not in the `News` it is made from; here nothing is looked up.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.utils import translation
from django.utils.translation import gettext as _

from noroshi.core.characters import STEERING_IN_A_LINE
from noroshi.core.outgoing import MessageKind
from noroshi.hub.dispatch.contents import AboutNotice, News
from noroshi.hub.notices.letters import Content, letter

TYPES = {
    MessageKind.PUBLISHED: "notice.published",
    MessageKind.WITHDRAWN: "notice.withdrawn",
    MessageKind.LATE: "answer.late",
    MessageKind.TEST: "endpoint.test",
}
"""What a call says that it is about; a revision of a notice is ``notice.revised``."""


class Text(msgspec.Struct, frozen=True):
    """A mail: one line, and the rest."""

    subject: str
    body: str


def link(site: str, notice: AboutNotice) -> str:
    """Return where the notice is read."""
    return f"{site}/notices/{notice.number}"


# --- mails ---


def mail(news: News, language: str, site: str) -> Text:
    """Return a mail in the reader's language; in Japanese where the notice is in Japanese only."""
    notice = news.notice
    if notice is None:
        return Text("", "")
    if notice.content is not None and not notice.content.title_en:
        language = "ja"
    with translation.override(language):
        return Text(_subject(news.kind, notice), _body(news.kind, notice, link(site, notice)))


def _subject(kind: MessageKind, notice: AboutNotice) -> str:
    drill = _("[exercise] ") if notice.exercise else ""
    about = _about(kind, notice.revision) % {"number": notice.number}
    subject = f"[{notice.tlp.label}] {drill}{about}"
    if notice.content is not None:
        subject = f"{subject}: {_title(notice.content)}"
    # Titles are checked when they are written. A header is the one place to check them twice.
    return STEERING_IN_A_LINE.sub(" ", subject)


def _about(kind: MessageKind, revision: int) -> str:
    match kind:
        case MessageKind.WITHDRAWN:
            return _("%(number)s withdrawn")
        case MessageKind.LATE:
            return _("%(number)s: an answer is late")
        case _ if revision > 1:
            return _("%(number)s revised")
        case _:
            return "%(number)s"


def _title(content: Content) -> str:
    return content.title_ja if translation.get_language() == "ja" else content.title_en


def _body(kind: MessageKind, notice: AboutNotice, address: str) -> str:
    parts = [
        *([_("This is an exercise.")] if notice.exercise else []),
        _occasion(kind, notice.revision) % {"number": notice.number, "tlp": notice.tlp.label},
        *_told(kind, notice),
        f"{_invitation(kind)}\n{address}",
        "-- \n" + _("Sent by Noroshi. Whether you get mails is set in your account on the site."),
    ]
    return "\n\n".join(parts) + "\n"


def _occasion(kind: MessageKind, revision: int) -> str:
    match kind:
        case MessageKind.WITHDRAWN:
            return _(
                "The notice %(number)s (%(tlp)s) has been withdrawn. It asks for nothing any more."
            )
        case MessageKind.LATE:
            return _(
                "An organisation has not answered the notice %(number)s (%(tlp)s) in time. "
                "This is brought to your attention."
            )
        case _ if revision > 1:
            return _(
                "The notice %(number)s (%(tlp)s), which was sent to your organisation, has been "
                "revised."
            )
        case _:
            return _("The notice %(number)s (%(tlp)s) was sent to your organisation.")


def _told(kind: MessageKind, notice: AboutNotice) -> list[str]:
    if notice.content is None or kind is not MessageKind.PUBLISHED:
        return []
    return [letter(notice.content, None, translation.get_language() or "ja")]


def _invitation(kind: MessageKind) -> str:
    match kind:
        case MessageKind.WITHDRAWN:
            return _("Sign in to read more:")
        case MessageKind.LATE:
            return _("Sign in to see whose answer it is:")
        case _:
            return _("Sign in to read it, to answer, and to see which of your systems it concerns:")


# --- calls ---


def payload(news: News, site: str) -> bytes:
    """Return the body of a call: JSON with a type, a time and what may be said."""
    body: dict[str, Any] = {"type": _type(news), "timestamp": news.at, "data": {}}
    if news.notice is not None:
        body["data"] = _data(news.kind, news.notice, site)
    return msgspec.json.encode(body)


def _type(news: News) -> str:
    revised = news.notice is not None and news.notice.revision > 1
    return "notice.revised" if revised and news.kind is MessageKind.PUBLISHED else TYPES[news.kind]


def _data(kind: MessageKind, notice: AboutNotice, site: str) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": notice.number,
        "tlp": notice.tlp.value,
        "exercise": notice.exercise,
        "link": link(site, notice),
    }
    content = notice.content
    if content is not None:
        said["title"] = _languages(content.title_ja, content.title_en)
        if kind is MessageKind.PUBLISHED:
            said["text"] = _languages(content.text_ja, content.text_en)
            said["vulnerabilities"] = content.vulnerabilities
            said["respond_within_hours"] = content.respond_within_hours
    return said


def _languages(ja: str, en: str) -> dict[str, str]:
    return {"ja": ja, "en": en} if en else {"ja": ja}
