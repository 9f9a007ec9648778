"""What sources wrote, as it may stand on a page."""

from __future__ import annotations

from noroshi.core.characters import STEERING_IN_A_TEXT

INSTEAD = "\N{REPLACEMENT CHARACTER}"


def plain(text: str) -> str:
    """Return the text with what steers a reader's eyes or terminal made visible.

    The line ends of Windows are line ends; a carriage return elsewhere would overwrite a line.
    """
    return STEERING_IN_A_TEXT.sub(INSTEAD, text.replace("\r\n", "\n"))
