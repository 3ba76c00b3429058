"""Turns HTML from strangers into plain text, or into HTML that can do nothing.

Which of the two a message needs, and what it says, is for the callers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from html.parser import HTMLParser

from dsar.formats.html_hidden import begins_older, ground, ink, is_gone, squeezed
from dsar.formats.plain import printable

MAX_HTML = 5_000_000
_MAX_TAGS = 200_000
_MAX_DEPTH = 500
_MAX_LINK = 500
_MAX_INDENT = 12
_LABEL_LENGTH = 40
_SCHEMES = {"http", "https", "mailto", "tel"}
_GONE = {"script", "style", "title", "template", "noscript", "textarea", "select", "object", "svg", "math", "iframe"}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "ul", "ol", "dl"}
_LINES = {"div", "li", "tr", "dt", "dd", "address", "article", "section", "header", "footer", "main", "center", "hr"}
_CELLS = {"td", "th"}
_INLINE = {"a", "span", "b", "strong", "i", "em", "u", "br", "font", "code", "small", "sub", "sup"}
_VOID = {"br", "hr"}
_SHOWN = {"p", "h1", "h2", "h3", "h4", "blockquote", "pre", "table", "thead", "tbody", "tr", "td", "th", "ul", "ol"} | {
    "li", "dl", "dt", "dd", "div", "hr", "a", "b", "strong", "i", "em", "u", "br", "code", "span", "sub", "sup"
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")
# closed by the next of their kind, so they say nothing about depth
_SELF_CLOSING = _CELLS | _VOID | {"p", "li", "tr", "dt", "dd", "img", "meta", "link", "input", "option", "col", "area"}
_OLDER_MARK = "-----Original Message-----"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What an HTML letter says: the text its reader sees, and the words hidden from that reader."""

    text: str
    hidden: str


def clean_html(html: str) -> str:
    """HTML for a page of ours: text, lists, tables and plain links; no images, styles, scripts or forms."""
    import nh3

    html = html[:MAX_HTML]
    if _is_attack(html):
        return f"<p>{escape(_words_only(html))}</p>"
    return nh3.clean(
        html,
        tags=_SHOWN,
        clean_content_tags=_GONE,
        attributes={"a": {"href"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow",
    )


def html_to_text(html: str) -> str:
    """The text a reader of the HTML would see; see ``read_html``."""
    return read_html(html).text


def read_html(html: str) -> Page:
    """The text a reader of the HTML would see: paragraphs, list items and rows as lines, links written out.

    What is hidden by a style or attribute, or is white on white, is kept apart; a two-cell row reads
    ``Name: value``; a blockquote is marked with ``> `` as in mail, and the block in which Outlook puts the
    older message with its marker line. Input beyond 5 million characters is not read.
    """
    import nh3

    html = html[:MAX_HTML]
    if _is_attack(html):
        return Page(text=_words_only(html), hidden="")
    sound = nh3.clean(
        html,
        tags=_PARAGRAPHS | _LINES | _CELLS | _INLINE,
        clean_content_tags=_GONE,
        attributes={
            "*": {"style", "hidden", "bgcolor", "color"},
            "div": {"id", "class"},
            "a": {"href"},
            "ol": {"start"},
        },
        url_schemes=_SCHEMES,
        link_rel=None,
    )
    writer = _Writer()
    writer.feed(sound)
    writer.close()
    return Page(text=writer.text(), hidden=writer.hidden())


def _words_only(html: str) -> str:
    return printable(unescape(re.sub(r"<[^<>]*>", " ", html)), keep_newlines=True).strip()


def _is_attack(html: str) -> bool:
    """Whether the HTML is built to cost time (the sanitiser is quadratic in depth and in entities), not to be read."""
    if html.count("<") > _MAX_TAGS or html.count("&") > _MAX_TAGS:
        return True
    depth = 0
    for tag in _TAG.finditer(html):
        if tag[2].lower() not in _SELF_CLOSING:
            depth = max(depth - 1, 0) if tag[1] else depth + 1
            if depth > _MAX_DEPTH:
                return True
    return False


class _Writer(HTMLParser):
    """Writes sanitised, well-nested HTML as lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line = ""
        self._open: list[tuple[str, bool]] = []
        self._hidden = 0
        self._unseen: list[str] = []
        # (ink, ground) of the elements around, for white on white
        self._colours: list[tuple[str, str]] = [("other", "white")]
        self._quotes = 0
        self._verbatim = 0
        self._lists: list[int | None] = []
        self._marker = ""
        self._links: list[tuple[str, int]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag in _VOID:
            if not self._hidden:
                self._break(blank=tag == "br" and not self._line.strip())
            return
        style = squeezed(values.get("style"))
        colours = self._colours[-1]
        if values:
            colours = (ink(values, style) or colours[0], ground(values, style) or colours[1])
        self._colours.append(colours)
        hidden = bool(values) and is_gone(values, style)
        self._open.append((tag, hidden))
        self._hidden += hidden
        if not self._hidden:
            if tag == "div" and begins_older(values):
                self._end_paragraph()
                self._line = _OLDER_MARK
                self._end_line()
            self._begin(tag, values)

    def _begin(self, tag: str, values: dict[str, str | None]) -> None:
        if tag in _PARAGRAPHS:
            self._end_paragraph()
        elif tag in _LINES:
            self._end_line()
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._verbatim += 1
        elif tag in ("ul", "ol"):
            start = values.get("start") or "1"
            self._lists.append(None if tag == "ul" else int(start) if start.isdecimal() and len(start) < 9 else 1)
        elif tag == "li":
            self._marker = self._next_marker()
        elif tag == "a":
            self._links.append((values.get("href") or "", len(self._line)))

    def _next_marker(self) -> str:
        if not self._lists or (number := self._lists[-1]) is None:
            return "- "
        self._lists[-1] = number + 1
        return f"{number}. "

    def handle_endtag(self, tag: str) -> None:
        if not self._open or tag in _VOID:
            return
        _, hidden = self._open.pop()
        self._colours.pop()
        if not self._hidden:
            self._finish(tag)
        self._hidden -= hidden

    def _finish(self, tag: str) -> None:
        if tag == "a" and self._links:
            self._write_link(*self._links.pop())
        elif tag in _CELLS:
            self._line += "\t"
        elif tag == "blockquote":
            self._end_line()
            while self._lines and not self._lines[-1].strip("> "):
                self._lines.pop()
            self._quotes -= 1
            self._end_paragraph()
        elif tag in ("ul", "ol") and self._lists:
            self._end_line()
            self._lists.pop()
            self._end_paragraph()
        elif tag in _PARAGRAPHS:
            self._end_paragraph()
        elif tag in _LINES:
            self._end_line()
        if tag == "pre":
            self._verbatim -= 1

    def _write_link(self, target: str, began: int) -> None:
        shown = self._line[began:].strip() if began <= len(self._line) else ""
        address = target.removeprefix("mailto:").removeprefix("tel:")[:_MAX_LINK]
        if address and address.rstrip("/") not in shown:
            self._line += f" ({address})" if shown else address

    def handle_data(self, data: str) -> None:
        if self._hidden or self._colours[-1] == ("white", "white"):
            self._unseen.append(data)
            return
        if self._verbatim:
            first, *more = data.split("\n")
            self._line += first
            for line in more:
                self._end_line(keep_blank=True)
                self._line = line
            return
        words = re.sub(r"[ \t\r\n\f\xa0]+", " ", data)
        if words == " " and (not self._line or self._line.endswith((" ", "\t"))):
            return
        self._line += words

    def _end_line(self, *, keep_blank: bool = False) -> None:
        raw = self._line.rstrip() if self._verbatim else _join_cells(self._line)
        line = printable(raw)
        self._line = ""
        self._links = [(target, 0) for target, _ in self._links]
        if not line.strip() and not keep_blank:
            return
        depth = min(max(len(self._lists) - 1, 0), _MAX_INDENT)
        indent = "  " * depth + (self._marker or ("  " if self._lists else ""))
        self._marker = ""
        self._lines.append(("> " * min(self._quotes, _MAX_INDENT) + indent + line).rstrip())

    def _break(self, *, blank: bool) -> None:
        self._end_line()
        if blank and self._lines and self._lines[-1].strip("> "):
            self._lines.append("> " * min(self._quotes, _MAX_INDENT))

    def _end_paragraph(self) -> None:
        self._break(blank=not self._lists)

    def hidden(self) -> str:
        """The words a reader does not see, on one line."""
        return " ".join(printable(" ".join(self._unseen)).split())

    def text(self) -> str:
        """What was written so far, as lines."""
        self._end_line()
        text = "\n".join(line.rstrip() for line in self._lines)
        return re.sub(r"\n{3,}", "\n\n", text).strip("\n")


def _join_cells(line: str) -> str:
    cells = [cell for part in line.split("\t") if (cell := part.strip())]
    if len(cells) == 2 and len(cells[0]) <= _LABEL_LENGTH:
        return f"{cells[0]} {cells[1]}" if cells[0].endswith(":") else f"{cells[0]}: {cells[1]}"
    return " | ".join(cells)
