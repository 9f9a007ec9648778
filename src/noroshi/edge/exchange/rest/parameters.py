"""Parameters, and values in bodies, read as the document describes them and in no other way.

pydantic reads generously (``1_000`` and ``" 1 "`` are numbers, ``on`` is true, ``1700000000`` is a
moment): here a value has one way of being written.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any

from django.utils.translation import gettext as _
from ninja import Field, Path, Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, WithJsonSchema
from pydantic.fields import FieldInfo

from noroshi.core.characters import STEERING_IN_A_LINE, STEERING_IN_A_TEXT
from noroshi.core.errors import BadCursor
from noroshi.core.paging import LONGEST

Strict = ConfigDict(extra="forbid")
"""What a body says beyond what is known is a mistake of its sender, not to be passed over."""

MOST = 100
USUAL = 50

_digits = re.compile(r"-?[0-9]{1,18}", re.ASCII)
_date = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_moment = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)


def _number(value: Any) -> Any:
    if isinstance(value, str) and not _digits.fullmatch(value):
        raise ValueError(_("This is not a whole number."))
    return value


def _row(value: Any) -> int:
    if not isinstance(value, str) or not _digits.fullmatch(value) or int(value) < 1:
        raise ValueError(_("This is not the number of anything."))
    return int(value)


def _cursor(value: Any) -> Any:
    if not value:  # nothing is no place: it must not come to mean the first page
        raise BadCursor
    return value


def _flag(value: Any) -> Any:
    if value not in ("true", "false"):
        raise ValueError(_("This is true or false."))
    return value == "true"


def _time(value: Any) -> dt.datetime:
    """Read a moment (RFC 3339), with its offset: a time without one means something else here."""
    if not isinstance(value, str) or not _moment.fullmatch(value):
        raise ValueError(_("This is not a date and time such as 2026-04-01T09:00:00+09:00."))
    try:
        return dt.datetime.fromisoformat(value.upper()).astimezone(dt.UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(_("There is no such date and time.")) from error


def _day(value: Any) -> dt.date:
    if not isinstance(value, str) or not _date.fullmatch(value):
        raise ValueError(_("This is not a day such as 2026-04-01."))
    try:
        return dt.date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(_("There is no such day.")) from error


def _line(value: str) -> str:
    if STEERING_IN_A_LINE.search(value):
        raise ValueError(_("This holds control characters; please remove them."))
    return value


def _title(value: str) -> str:
    if not value.strip():
        raise ValueError(_("This is empty."))
    return _line(value)


def _text(value: str) -> str:
    value = value.replace("\r\n", "\n").replace("\r", "\n")
    if STEERING_IN_A_TEXT.search(value):
        raise ValueError(_("This holds control characters; please remove them."))
    return value


def _said_as(pattern: str) -> FieldInfo:
    """Tell in the document what the validator beside it checks."""
    found: FieldInfo = Field(json_schema_extra={"pattern": pattern})
    return found


_STEERS = r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069"
"""`noroshi.core.characters`, as regular expressions of JSON Schema write it (ECMA-262)."""

Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
OptionalDay = Annotated[
    dt.date | None,
    BeforeValidator(_day),
    WithJsonSchema({"type": "string", "format": "date"}),
]
_TIME = WithJsonSchema({"type": "string", "format": "date-time"})
Time = Annotated[dt.datetime, BeforeValidator(_time), _TIME]
OptionalTime = Annotated[dt.datetime | None, BeforeValidator(_time), _TIME]
OptionalNumber = Annotated[
    int | None,
    BeforeValidator(_row),
    WithJsonSchema({"type": "integer", "minimum": 1, "maximum": 10**18 - 1}),
]
Line = Annotated[str, AfterValidator(_line), _said_as(rf"^[^{_STEERS}\n\r\t]*$")]
Title = Annotated[
    str,
    AfterValidator(_title),
    _said_as(rf"^[^{_STEERS}\n\r\t]*[^{_STEERS}\s][^{_STEERS}\n\r\t]*$"),
]
Text = Annotated[str, AfterValidator(_text), _said_as(rf"^[^{_STEERS}]*$")]


class Parameters(Schema):
    """Base of what follows the question mark of an address: an operation's ``filters``."""


class Paged(Parameters):
    """Parameters of every list."""

    limit: Annotated[int, BeforeValidator(_number)] = Field(
        USUAL, ge=1, le=MOST, description="Items on a page."
    )
    after: Annotated[
        str | None,
        BeforeValidator(_cursor),
        WithJsonSchema({"type": "string", "minLength": 1, "maxLength": LONGEST}),
    ] = Field(None, description="Where the page before ended: its `after`.")


Row = Annotated[
    int,
    BeforeValidator(_row),
    Path(..., ge=1, le=10**18 - 1, description="Its number."),
]
