"""Puts a letter on a calm page of HTML that mail programs show alike and screen readers read well.

All styles are inline and nothing is loaded from elsewhere; the words come from the template.
"""

from __future__ import annotations

import re
from html import escape

_INK = "#1c2430"
_LINE = "#c9d0d8"
_STYLES = {
    "p": "margin:0 0 14px",
    "h1": "margin:28px 0 10px;font-size:20px;line-height:1.3",
    "h2": "margin:28px 0 8px;font-size:17px;line-height:1.3",
    "h3": "margin:20px 0 6px;font-size:16px;line-height:1.3",
    "ul": "margin:0 0 14px;padding-left:22px",
    "ol": "margin:0 0 14px;padding-left:22px",
    "li": "margin:0 0 5px",
    "blockquote": f"margin:0 0 14px;padding-left:14px;border-left:3px solid {_LINE}",
    "hr": f"border:0;border-top:1px solid {_LINE};margin:22px 0",
    "table": "border-collapse:collapse;margin:0 0 14px",
    "th": f"text-align:left;padding:5px 12px 5px 0;border-bottom:1px solid {_LINE}",
    "td": f"text-align:left;vertical-align:top;padding:5px 12px 5px 0;border-bottom:1px solid {_LINE}",
    "a": f"color:{_INK};text-decoration:underline",
}
_TAG = re.compile(rf"<({'|'.join(_STYLES)})(?=[ >])")

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<title>{title}</title>
</head>
<body style="margin:0;padding:24px 16px;background:#ffffff;color:{ink};\
font-family:Georgia,'Times New Roman',serif;font-size:16px;line-height:1.55">
<div style="max-width:620px;margin:0 auto">
<header style="border-bottom:1px solid {line};margin:0 0 24px;padding:0 0 4px;font-size:14px">
{head}</header>
<main>
{body}</main>
</div>
</body>
</html>
"""


def letter_page(*, language: str, title: str, head: str, body: str) -> str:
    """A whole HTML document around letterhead and body (both HTML that is already safe)."""
    return _PAGE.format(
        language=escape(language), title=escape(title), ink=_INK, line=_LINE, head=_styled(head), body=_styled(body)
    )


def _styled(html: str) -> str:
    # the parser writes every "<" of the text as &lt;, so only its own tags match
    return _TAG.sub(lambda tag: f'<{tag[1]} style="{_STYLES[tag[1]]}"', html)
