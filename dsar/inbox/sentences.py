"""Cuts a message into sentences, keeping lines of lists and labels apart and joining lines that were only wrapped.

What the sentences say is left to the readers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dsar.inbox.folding import fold

MAX_SENTENCE = 2_000
_WRAPPED_FROM = 58
_BULLET = re.compile(r"\s*(?:[-*•·–]|\(?\d{1,2}[.)]|\(?[a-z]\))\s")
_LABEL = re.compile(r"\s*[^\W\d_][^:：\n]{0,40}[:：](?!//)")
# "Art. 15", "čl. 4", "z. B." do not end a sentence; nor does a point before a digit or a small letter.
_SHORT = (
    "art arts abs nr no num lit bzw ca dr mr mrs ms st str tel vgl gem inkl incl bspw ggf evtl zzgl hr fr e.g i.e p.ex "
    "par al cap sec sect cl odst pism bod ust pkt poz clan čl чл ал бул ул гр οδ αρ αριθ παρ sig sra dott ing prof mag "
    "z.b u.a d.h s.g n p.ej jr inc ltd co ul os ap sra srta sig.ra sig.na mme mlle mlles kl tř nám tel dott.ssa avv adv"
)
_SHORT_WORDS = frozenset(fold(_SHORT).split())
_END = re.compile(r"[.!?…]+[\"')\]]*\s+|[。！？;；]\s*|\n")
_LAST_WORD = re.compile(r"([\w.]+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence as written and folded, and whether it is the subject line."""

    text: str
    folded: str
    subject: bool = False


def sentences(subject: str, body: str) -> list[Sentence]:
    """The subject and then each sentence, list item or labelled line of the body, in order."""
    found = [Sentence(text=subject, folded=fold(subject), subject=True)] if subject.strip() else []
    for paragraph in _paragraphs(body):
        for text in _split(paragraph):
            found.append(Sentence(text=text, folded=fold(text)))
    return found


def _paragraphs(body: str) -> Iterator[str]:
    current = ""
    last = ""
    for line in body.split("\n"):
        stripped = line.strip()
        starts_new = not stripped or not current or (len(last) < _WRAPPED_FROM and not _runs_on(last, stripped))
        if starts_new or _BULLET.match(line) or _LABEL.match(line):
            if current:
                yield current
            current = stripped
        else:
            current = f"{current} {stripped}"
        last = stripped
    if current:
        yield current


def _runs_on(last: str, line: str) -> bool:
    """Whether a short line goes on in the next one: it ends in no stop, and the next begins with a small letter."""
    return line[0].islower() and last[-1] not in ".!?:;。！？：；"


def _split(paragraph: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(paragraph):
        if end.start() < start or _goes_on(paragraph, start, end):
            continue
        yield from _bounded(paragraph[start : end.end()].strip())
        start = end.end()
    yield from _bounded(paragraph[start:].strip())


def _goes_on(paragraph: str, start: int, end: re.Match[str]) -> bool:
    if not end.group().startswith("."):
        return False
    following = paragraph[end.end() : end.end() + 1]
    if following.isdigit() or following.islower() or following in ",(":
        return True
    word = _LAST_WORD.search(paragraph[max(start, end.start() - 12) : end.start()])
    return bool(word) and (fold(word[1]) in _SHORT_WORDS or len(word[1]) == 1)  # type: ignore[index]


def _bounded(text: str) -> Iterator[str]:
    for place in range(0, len(text), MAX_SENTENCE):
        yield text[place : place + MAX_SENTENCE]
