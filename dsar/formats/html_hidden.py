"""Tells which parts of an HTML letter its reader does not see, and where an older message begins in it.

Writing the rest as text is for ``html``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_GONE = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|mso-hide:all"
    r"|(?:^|;)(?:font-size|opacity|max-height|max-width):0(?:\.\d+)?(?:px|pt|em|rem|%)?(?:;|!|$)"
    r"|(?:^|;)font-size:[01](?:\.\d+)?(?:px|pt)(?:;|!|$)"
    r"|(?:^|;)(?:text-indent|left|top|margin-left):-\d{3,}"
)
_SMALL_DECIMAL = re.compile(r"(?:opacity|font-size):0?\.[1-9]\d*(?:em|rem|%)?(?:;|!|$)")
_FLAT = re.compile(r"(?:^|;)(?:height|width):0(?:px|pt)?(?:;|!|$)")
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_GROUND = re.compile(r"(?:^|;)background(?:-color|-image)?:([^;!]+)")
_WHITE = re.compile(r"#fff(?:fff)?|white|rgba?\(255,255,255(?:,1(?:\.0+)?)?\)")
# What mail programs call the block that holds the older message.
_OLDER = re.compile(r"divrplyfwdmsg|yahoo_quoted|ms-outlook-mobile-reference-message|mail-editor-reference-message")


def squeezed(style: str | None) -> str:
    """A style without blanks and in lower case, as the other functions want it."""
    return "".join(style.split()).lower() if style else ""


def is_gone(attributes: Mapping[str, str | None], style: str) -> bool:
    """Whether an element with this style is not drawn at all."""
    if "hidden" in attributes:
        return True
    if not style:
        return False
    if _GONE.search(style) and not _SMALL_DECIMAL.search(style):
        return True
    return "overflow:hidden" in style and bool(_FLAT.search(style))


def ground(attributes: Mapping[str, str | None], style: str) -> str:
    """The background an element sets, ``white``, ``other`` or nothing."""
    named = _GROUND.search(style)
    colour = named[1] if named else squeezed(attributes.get("bgcolor"))
    if not colour or colour in ("transparent", "none", "inherit", "initial"):
        return ""
    return "white" if _WHITE.fullmatch(colour) else "other"


def ink(attributes: Mapping[str, str | None], style: str) -> str:
    """The colour of letters an element sets, ``white``, ``other`` or nothing."""
    named = _COLOUR.search(style)
    colour = named[1] if named else squeezed(attributes.get("color"))
    if not colour or colour == "inherit":
        return ""
    return "white" if _WHITE.fullmatch(colour) else "other"


def begins_older(attributes: Mapping[str, str | None]) -> bool:
    """Whether an element holds the message that is answered or passed on, by the name mail programs give it."""
    named = f"{attributes.get('id') or ''} {attributes.get('class') or ''}".lower()
    return bool(_OLDER.search(named))
