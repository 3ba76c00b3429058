"""Reads every string of a package's file as a reader or a program could: cells, JSON strings, HTML in all its corners.

What the strings must not be is for the check.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

_LARGEST_CELL = 50_000_000
_ROOM = re.compile(r"\s+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What stands in one file: ``strings`` with their place; ``unreadable`` if it is not what its name says."""

    strings: tuple[tuple[str, str], ...]
    unreadable: bool = False


def texts_of(name: str, raw: bytes) -> Texts:
    """Every string of one file, by the ending of its name."""
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return Texts(strings=(("", raw.decode("utf-8", "replace")),), unreadable=True)
    try:
        match name.rpartition(".")[2]:
            case "csv":
                found = tuple((f"line {line}", cell) for line, row in cells(text) for cell in row)
            case "json":
                found = tuple(("", one) for one in _strings(json.loads(text)))
            case "html":
                found = tuple(read_html(text).strings)
            case _:
                found = (("", text),)
    except (csv.Error, ValueError, RecursionError):
        return Texts(strings=(("", text),), unreadable=True)
    return Texts(strings=found)


def cells(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text with the line each ends on."""
    csv.field_size_limit(_LARGEST_CELL)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    for row in reader:
        yield reader.line_num, row


def _strings(value: object) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                yield str(key)
                yield from _strings(inner)
        case list():
            for inner in value:
                yield from _strings(inner)
        case None | bool():
            return
        case _:
            yield str(value)


@dataclass(slots=True)
class Html:
    """An HTML file taken apart: its strings, the elements with their attributes, its styles and comments."""

    strings: list[tuple[str, str]] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    comments: int = 0


_BLOCKS = frozenset(
    {"p", "div", "section", "article", "header", "footer", "main", "nav", "h1", "h2", "h3", "h4", "h5", "h6", "br"}
    | {"table", "caption", "tr", "td", "th", "li", "ul", "ol", "dl", "dt", "dd", "body"}
)


def read_html(text: str) -> Html:
    """Take an HTML file apart; text that runs on across inline elements is one string."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    reader.end_string()
    return reader.html


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.html = Html()
        self._running: list[str] = []
        self._in_style = False

    def end_string(self) -> None:
        text = _ROOM.sub(" ", "".join(self._running)).strip()
        self._running.clear()
        if text:
            self.html.strings.append(("", text))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.end_string()
        self._in_style = tag == "style"
        values = {name: value or "" for name, value in attrs}
        self.html.elements.append((tag, values))
        self.html.strings.extend((f"attribute {name}", value) for name, value in values.items() if value)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.end_string()
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.html.styles.append(data)
            self.html.strings.append(("style", data))
        else:
            self._running.append(data)

    def handle_comment(self, data: str) -> None:
        self.html.comments += 1
        self.html.strings.append(("comment", data))

    def handle_pi(self, data: str) -> None:
        self.html.strings.append(("comment", data))

    def unknown_decl(self, data: str) -> None:
        self.html.strings.append(("comment", data))
