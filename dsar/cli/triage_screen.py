"""What a draft looks like in triage: the message with the words marked that the reading rests on, and why."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from dsar.case.rights import TITLES, Right
from dsar.cli.emit import Cell, Line
from dsar.formats.plain import printable

if TYPE_CHECKING:
    from dsar.ledger.inflow import Draft

_MOST_SHOWN = 4_000
_LEAST_QUOTE = 4
# Agreeing with these readings means that there is nothing to do.
ASKS_NOTHING = frozenset({"not_request", "bounce", "empty"})


def draft_lines(one: Draft, waiting: int, alike: int) -> list[Line]:
    """The message with numbered marks, the evidence by the same numbers, the doubts, and the two best readings."""
    body = one.body
    text = printable(str(body["text"]), keep_newlines=True)[:_MOST_SHOWN]
    evidence = [(str(says), str(why)) for says, why in body["evidence"]]
    marks = _marks(text, evidence)
    lines: list[Line] = [
        (
            Cell(one.id, "bold"),
            Cell(
                f"  {body['received_on']}, {body['channel']}, language {body['language']}, written by: {body['role']}"
            ),
        ),
        f"{waiting} wait; {alike - 1} are like this one: decide once with --like" if alike > 1 else f"{waiting} wait",
        (Cell("Subject   ", "bold"), Cell(printable(str(body["subject"])))),
        "",
        *_marked(text, marks),
        "",
    ]
    numbers = {number for number, _, _ in marks}
    for number, (says, why) in enumerate(evidence, 1):
        mark = f"[{number}]" if number in numbers else "   "
        lines.append(f"{mark} {says if number not in numbers else says.split(': ')[0]}: {why}")
    lines += [(Cell(f"but {doubt}", "yellow"),) for doubt in body["doubts"]]
    return [*lines, *_readings(one)]


def _readings(one: Draft) -> Iterator[Line]:
    from dsar.workflow.triage import choices

    sure = float(one.body["confidence"])
    rights = [TITLES[Right(right)] for right in one.body["rights"]]
    for number, choice in enumerate(choices(one), 1):
        says = ", ".join(rights) if number == 1 and rights else _titled(choice)
        yield (Cell(f"{number}  ", "bold"), Cell(f"{says} ({sure:.0%} sure)" if number == 1 else says))


def known_keys(one: Draft) -> str:
    """The keys that decide on a draft, in one line of a screen 80 columns wide."""
    from dsar.workflow.triage import choices, opens_as

    second = "2 accept second  " if any(map(opens_as, choices(one)[1:])) else ""
    first = "1 accept" if one.body["rights"] else "1 no request" if one.body["primary_type"] in ASKS_NOTHING else ""
    return f"{first}  {second}c correct  d decline  l link  s skip  q stop"


def _titled(choice: str) -> str:
    return TITLES[Right(choice)] if choice in set(Right) else choice.replace("_", " ")


def _marks(text: str, evidence: Sequence[tuple[str, str]]) -> list[tuple[int, int, int]]:
    """Where the words of the evidence stand in the text, as (number, start, end), in order and apart."""
    found: list[tuple[int, int, int]] = []
    for number, parts in enumerate(evidence, 1):
        for part in (parts[0].partition(": ")[2], parts[1]):
            words = printable(part).removesuffix(" ...").split()
            if len("".join(words)) < _LEAST_QUOTE:
                continue
            place = re.search(r"\s+".join(re.escape(word) for word in words), text)
            if place:
                found.append((number, place.start(), place.end()))
                break
    apart: list[tuple[int, int, int]] = []
    for mark in sorted(found, key=lambda mark: (mark[1], -mark[2])):
        if not apart or mark[1] >= apart[-1][2]:
            apart.append(mark)
    return apart


def _marked(text: str, marks: Sequence[tuple[int, int, int]]) -> Iterator[Line]:
    """The text line by line with "[1: ...]" round the marked words, bold where there is colour."""
    pieces: list[Cell] = []
    at = 0
    for number, start, end in marks:
        pieces += [Cell(text[at:start]), Cell(f"[{number}: {' '.join(text[start:end].split())}]", "bold")]
        at = end
    pieces.append(Cell(text[at:]))
    line: list[Cell] = []
    for piece in pieces:
        first, *more = piece.text.split("\n")
        line.append(Cell(first, piece.style))
        for part in more:
            yield tuple(line)
            line = [Cell(part, piece.style)]
    yield tuple(line)
