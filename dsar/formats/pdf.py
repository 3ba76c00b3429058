"""Takes the text out of a PDF that a stranger made: in a process of its own, within limits of memory, time and pages.

A page that is only a picture has no text here. What the letter asks for is for the inbox to find out.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from dsar.errors import InputWrong
from dsar.formats.files import size_words
from dsar.formats.plain import printable, shorten

MAX_SIZE = 30_000_000
_WAIT = 10
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_]{2})[-\u2010]\n[ \t]*(?=[^\W\d_])")
_SOFT = re.compile("\u00ad\\n?[ \\t]*")
_PLACE = re.compile(r"\S*(?:@|://|www\.)")
_TYPED_AHEAD = re.compile(r"[ \t]+(?=\n)")


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfText:
    """The text of a PDF, page after page; ``read`` of its ``pages`` were looked at."""

    text: str = field(repr=False)
    pages: int
    read: int

    @property
    def is_scan(self) -> bool:
        """Whether there are pages but hardly a word: pictures of a letter."""
        return sum(char.isalnum() for char in self.text) < 20


def read_pdf(raw: bytes, *, name: str = "This file") -> PdfText:
    """The text of a PDF of at most 30 MB; words broken at a line's end are whole again.

    Raises InputWrong, with ``name`` in the sentence, where it is locked with a password, damaged, or made to
    keep a program busy.
    """
    shown = shorten(name, 60)
    if len(raw) > MAX_SIZE:
        raise InputWrong(f"{shown} is larger than {size_words(MAX_SIZE)}, the most a PDF letter may have.")
    found = _taken_apart(raw)
    match found.get("fault"):
        case "locked":
            raise InputWrong(f"{shown} is a PDF locked with a password, so it cannot be read here.")
        case "damaged":
            raise InputWrong(f"{shown} is a damaged PDF, or none at all.")
        case "endless":
            raise InputWrong(f"{shown} is a PDF that takes far more time or memory than a letter does.")
    return PdfText(text=_mended(str(found["text"])), pages=int(found["pages"]), read=int(found["read"]))


def _taken_apart(raw: bytes) -> dict[str, Any]:
    try:
        done = subprocess.run(
            # isolated: neither the folder one stands in nor the environment adds to what is loaded
            [sys.executable, "-I", "-m", "dsar.formats.pdf_child"],
            input=raw, capture_output=True, timeout=_WAIT, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return {"fault": "endless"}
    try:
        found = json.loads(done.stdout)
    except ValueError:
        # ended by the limits before it could say anything
        return {"fault": "endless"}
    return found if isinstance(found, dict) else {"fault": "damaged"}


def _mended(text: str) -> str:
    """The text with broken words and lines put together again, and no blanks before line ends."""
    text = printable(_SOFT.sub("", text.replace("\r\n", "\n").replace("\r", "\n")), keep_newlines=True)
    text = _TYPED_AHEAD.sub("", text)
    return _flowing(_BROKEN_WORD.sub(_joined, text))


def _flowing(text: str) -> str:
    """A line that begins with a small letter goes on the line before: a PDF knows lines, not paragraphs."""
    lines: list[str] = []
    for line in text.split("\n"):
        before = lines[-1][-1:] if lines else ""
        # an e-mail or web address below an address stands for itself
        if line[:1].islower() and (before.isalpha() or before in (",", ")")) and not _PLACE.match(line):
            lines[-1] += f" {line}"
        else:
            lines.append(line)
    return "\n".join(lines)


def _joined(found: re.Match[str]) -> str:
    # "Aus-/kunft" is one word, "E-/Mail" and "Müller-/Schmidt" keep their hyphen
    return "" if found.string[found.end()].islower() else "-"
