"""Breaks what is too long for the terminal into lines, between words, with its colours.

Tables are fitted in ``emit``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap

from dsar.formats.plain import display_width, printable


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of text and how it looks; the words alone must tell the same."""

    text: str
    style: str = ""


_HANGING = re.compile(r"\s*(?:\d{4}-\d\d-\d\d  )?")


def wrapped(text: str, width: int) -> list[str]:
    """A long line as several, each under the words of the first; lines of a letter are wrapped already."""
    lines: list[str] = []
    for line in text.split("\n"):
        found = _HANGING.match(line)
        indent = " " * (found.end() if found else 0)
        parts = wrap(line, max(width, 40), subsequent_indent=indent, break_on_hyphens=False) or [""]
        lines += [piece for part in parts for piece in _pieces(part, max(width, 40))]
    return lines


def too_long(cells: Sequence[Cell], width: int) -> bool:
    """Whether a line needs breaking; a text of several lines is broken where it was written."""
    text = "".join(cell.text for cell in cells)
    return "\n" not in text and display_width(text) > width


# A page's label in its own column ("Clock     ..."): further lines stand under the words beside it.
_LABEL = re.compile(r"[A-Z]\w{2,8}(?: \w+)? {2,8}(?=\S)|\s*")


def folded(cells: Sequence[Cell], width: int) -> list[tuple[Cell, ...]]:
    """A line of styled pieces as several lines, broken between words only, none wider than asked."""
    label = _LABEL.match("".join(cell.text for cell in cells))
    indent = " " * (label.end() if label else 0)
    rows: list[list[Cell]] = [[]]
    used = 0
    for word in _words(cells, max(width, 40) - len(indent)):
        need = sum(display_width(cell.text) for cell in word)
        blank = word[0].text.isspace()
        if used + need > max(width, 40) and used > len(indent) and not blank:
            rows.append([Cell(indent)])
            used = len(indent)
        if not (blank and len(rows) > 1 and used == len(indent)):
            rows[-1] += word
            used += need
    return [tuple(row) for row in rows]


def _words(cells: Sequence[Cell], width: int) -> Iterator[list[Cell]]:
    """The pieces between blanks and the blanks; a word may run through several cells."""
    word: list[Cell] = []
    for cell in cells:
        found = re.findall(r"\s+|\S+", printable(cell.text))
        for part in (piece for text in found for piece in _pieces(text, width)):
            if part.isspace() or (word and (word[-1].text.isspace() or display_width(word[-1].text + part) > width)):
                if word:
                    yield word
                word = []
            word.append(Cell(part, cell.style))
    if word:
        yield word


def _pieces(text: str, width: int) -> list[str]:
    """Text cut where it is full: what has no blanks (or letters two columns wide) cannot be broken at words."""
    pieces = [""]
    for letter in text if display_width(text) > width else ():
        if display_width(pieces[-1] + letter) > width:
            pieces.append("")
        pieces[-1] += letter
    return pieces if pieces != [""] else [text]
