"""Python versions: PEP 440, and below all of them the older versions that do not follow it.

PEP 440 versions order by epoch, release, pre-, post- and development release and local label, with
every spelling of the appendix accepted. Anything else orders as setuptools did before (its
``LegacyVersion``): still a total order, and still below ``0.dev0``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from noroshi.core.versions.pieces import ZERO, accept, number, refusal

NAME = "pypi"

_FORM = re.compile(
    r"""v?(?:([0-9]+)!)?([0-9]+(?:\.[0-9]+)*)                               # epoch, release
        (?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?([0-9]*))?
        (?:-([0-9]+)|[-_.]?(?:post|rev|r)[-_.]?([0-9]*))?                   # 1.0-1 is 1.0.post1
        (?:[-_.]?dev[-_.]?([0-9]*))?
        (?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?""",
    re.VERBOSE | re.ASCII | re.IGNORECASE,
)
_PHASES = {"alpha": "a", "beta": "b", "rc": "c", "pre": "c", "preview": "c"}
_LOCAL_PARTS = re.compile(r"[-_.]")

# Marks, in the order of what they stand for.
_DEV_ALONE, _PRE, _NO_PRE = "\x01", "\x02", "\x03"
_NO_POST, _POST = "\x01", "\x02"
_DEV, _NO_DEV = "\x01", "\x02"
_LOCAL_WORD = "\x02"  # below every number: PEP 440, "Local version identifiers"
_FINAL = _NO_PRE + _NO_POST + _NO_DEV
_LEGACY = "\x01"  # below every epoch

_LEGACY_PARTS = re.compile(r"([0-9]+|[a-z]+|\.|-)")
_LEGACY_NAMES = {"pre": "c", "preview": "c", "rc": "c", "-": "final-", "dev": "@"}
_LEGACY_ZERO = "00000000"


def key(version: str, /) -> bytes:
    """Return the key of a Python version: ``1.0`` = ``1.0.0`` < ``1.0+local`` < ``1.0.post0``.

    Raises `VersionError`, of texts outside PEP 440 only for control characters.
    """
    text = accept(version, NAME)
    form = _FORM.fullmatch(text)
    if form is None:
        return _legacy(text)
    epoch, release, pre, pre_number, implicit_post, post, dev, local = form.groups()
    public = number(epoch or "") + "".join(map(number, release.split("."))).rstrip(ZERO)
    if implicit_post is not None:
        post = implicit_post
    if pre is post is dev is None:
        public += _FINAL
    else:
        public += _phase(pre, pre_number, post, dev)
    return (public if local is None else public + _local(local.lower())).encode("ascii")


def _phase(pre: str | None, pre_number: str, post: str | None, dev: str | None) -> str:
    if pre is not None:
        name = pre.lower()
        first = f"{_PRE}{_PHASES.get(name, name)}{number(pre_number)}"
    else:
        first = _DEV_ALONE if post is None else _NO_PRE
    second = _NO_POST if post is None else _POST + number(post)
    third = _NO_DEV if dev is None else _DEV + number(dev)
    return first + second + third


def _local(label: str) -> str:
    return "".join(
        number(part) if part.isdecimal() else _LOCAL_WORD + part
        for part in _LOCAL_PARTS.split(label)
    )


def _legacy(text: str) -> bytes:
    if not text.isprintable():
        raise refusal(text, NAME)
    parts: list[str] = []
    for part in _legacy_parts(text.lower()):
        if part[0] == "*":
            while part < "*final" and parts and parts[-1] == "*final-":
                parts.pop()  # a hyphen before a pre-release word means nothing
            while parts and parts[-1] == _LEGACY_ZERO:
                parts.pop()
        parts.append(part)
    return (_LEGACY + _LEGACY.join(parts)).encode()


def _legacy_parts(text: str) -> Iterator[str]:
    for raw in _LEGACY_PARTS.split(text):
        part = _LEGACY_NAMES.get(raw, raw)
        if part and part != ".":
            yield part.zfill(8) if "0" <= part[0] <= "9" else f"*{part}"
    yield "*final"
