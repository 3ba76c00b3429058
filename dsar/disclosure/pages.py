"""Faults of a page: what it would load or run, and what it hides from the reader's eye.

Whose words stand in it is for the check of people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dsar.disclosure.fault import PackageFault
from dsar.disclosure.texts import Html, read_html

_RUNS = frozenset(
    {"script", "iframe", "frame", "frameset", "object", "embed", "applet", "portal", "base", "noscript", "template"}
)
_LOADS = frozenset(
    {"src", "srcset", "action", "formaction", "poster", "data", "background", "cite", "longdesc", "manifest", "ping"}
) | {"xlink:href"}
_ABROAD = re.compile(r"(?i)^\s*(?:[a-z][a-z0-9+.-]*:|//|\\\\)")
_HARMLESS = re.compile(r"(?i)^\s*(?:https?://|mailto:|tel:)")
_STYLE_LOADS = re.compile(r"(?i)@import|url\s*\(|expression\s*\(|image-set\s*\(|@font-face|\\[0-9a-f]{1,6}")
_HIDES = re.compile(
    r"display:none|visibility:(?:hidden|collapse)|font-size:0(?:\.0*)?(?:[a-z%]*)(?:[;}!]|$)|opacity:0(?:\.0+)?(?:[;}!]|$)"
    r"|(?:^|[;{])color:transparent|text-indent:-\d{3,}|(?:left|top|right):-\d{3,}|mso-hide:all"
    r"|clip:rect\(0|clip-path:inset\((?:50|100)%|(?<!min-)(?:height|width):0(?:px)?(?:[;}!]|$)"
)
_BLOCK = re.compile(r"[^{}]*")
_COLOUR = re.compile(r"(?:^|;)color:([^;!]+)")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]+)")
_NAMES = {"white": "#ffffff", "black": "#000000", "#fff": "#ffffff", "#000": "#000000", "rgb(255,255,255)": "#ffffff"}


def page_faults(name: str, text: str) -> Iterator[PackageFault]:
    """What is wrong with one HTML file, whoever wrote it."""
    html = read_html(text)
    for says in dict.fromkeys(_active(html)):
        yield PackageFault(code="active", says=says, file=name)
    for says in dict.fromkeys(_external(html)):
        yield PackageFault(code="external", says=says, file=name)
    for says in dict.fromkeys(_hidden(html)):
        yield PackageFault(code="hidden", says=says, file=name)


def _active(html: Html) -> Iterator[str]:
    for tag, attributes in html.elements:
        if tag in _RUNS:
            yield f"The page has an element that runs or frames something: {tag}."
        if any(attribute.startswith("on") for attribute in attributes):
            yield "An element of the page runs a script."
        if tag == "meta" and attributes.get("http-equiv", "").casefold() == "refresh":
            yield "The page leads elsewhere by itself."


def _external(html: Html) -> Iterator[str]:
    for tag, attributes in html.elements:
        if tag == "link":
            yield "The page loads another file (link)."
        for attribute, value in attributes.items():
            if attribute in _LOADS and value and (_ABROAD.match(value) or attribute == "ping"):
                yield f"The page reaches for something outside the package ({tag})."
            # a link to click on is the reader's choice; anything else that is not a plain address is not
            if attribute == "href" and _ABROAD.match(value) and not (tag == "a" and _HARMLESS.match(value)):
                yield f"The page has a link that is not a plain address ({tag})."
        if _STYLE_LOADS.search(attributes.get("style", "")):
            yield "A style of the page loads something."
    if any(_STYLE_LOADS.search(style) for style in html.styles):
        yield "A style of the page loads something."


def _hidden(html: Html) -> Iterator[str]:
    if html.comments:
        yield "The page has a comment, which readers do not see."
    for tag, attributes in html.elements:
        if "hidden" in attributes or (tag == "input" and attributes.get("type", "").casefold() == "hidden"):
            yield f"An element of the page is hidden ({tag})."
        if _hides(attributes.get("style", "")) or _same_colour(attributes.get("color"), attributes.get("bgcolor")):
            yield f"A style hides something ({tag})."
    if any(_hides(style) for style in html.styles):
        yield "A style hides something (style)."


def _hides(style: str) -> bool:
    plain = re.sub(r"\s+|/\*.*?\*/", "", style, flags=re.DOTALL).casefold()
    if not plain:
        return False
    if _HIDES.search(plain):
        return True
    for block in _BLOCK.findall(plain):
        colour, background = _COLOUR.search(block), _BACKGROUND.search(block)
        if colour and background and _same_colour(colour.group(1), background.group(1)):
            return True
    return False


def _same_colour(one: str | None, other: str | None) -> bool:
    if not one or not other:
        return False
    return _NAMES.get(one.casefold(), one.casefold()) == _NAMES.get(other.casefold(), other.casefold())
