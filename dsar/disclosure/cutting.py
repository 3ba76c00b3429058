"""Cuts other people, passwords and keys out of a value, leaving a visible block where something stood.

Which fields are hidden whole, and why, is for the proposals. There is one block for everybody: a numbered
"person B" would let a reader follow somebody through the records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from dsar.case.identifiers import normal_email, normal_phone
from dsar.case.records import Mark
from dsar.disclosure.signs import secrets_in
from dsar.disclosure.traces import Own, Trace, addresses_named, emails, name_spans, names_beside, phones

NEVER = "(held, not disclosed)"
REMOVED = "[removed: another person]"
TOO_LONG = "[removed: too long to check for other people]"
LONGEST_PROSE = 200_000
_SHORTEST_VALUE = 4


class Knife:
    """Cuts with what one record tells about other people.

    ``values`` must not stand in any field of the record (a withheld number, say), whatever a person decides;
    ``others`` are (kind, value) of its fields about other people; ``prose`` is where mail headers may stand.
    """

    def __init__(
        self,
        *,
        own: Own,
        countries: Sequence[str],
        values: Sequence[str],
        others: Sequence[tuple[str, str]],
        prose: Sequence[str],
    ) -> None:
        self._own = own
        self._countries = tuple(countries)
        self._values = tuple(value.strip() for value in values if len(value.strip()) >= _SHORTEST_VALUE)
        self._forms = self._normal_forms(self._values)
        self._others = tuple(v.strip() for _, v in others if len(v.strip()) >= _SHORTEST_VALUE)
        self._names = {name for name in self._seen_names(others, prose) if name}

    def _normal_forms(self, values: Iterable[str]) -> set[tuple[str, str]]:
        forms = set()
        for value in values:
            forms.add(("email", normal_email(value)))
            forms.update(("phone", normal_phone(value, country=country)) for country in self._countries or ("",))
        return {form for form in forms if form[1]}

    def _seen_names(self, others: Sequence[tuple[str, str]], prose: Sequence[str]) -> Iterator[str]:
        for kind, value in others:
            if "@" in value:
                yield from addresses_named(value, self._own)
            elif kind in ("name", "child") or (not kind and not re.search(r"\d", value) and len(value) <= 80):
                yield value
        for text in prose:
            yield from names_beside(text[:LONGEST_PROSE], self._own)

    def cut(self, text: str, *, prose: bool, whole: bool, chosen: bool = False) -> tuple[str, Mark]:
        """The text with blocks where something stood, and what was done to it.

        ``prose`` looks for anybody; ``whole`` cuts only what stays out whatever a person decides; ``chosen``
        says that the field is about another person and is shown by a rule or a person.
        """
        if prose and len(text) > LONGEST_PROSE and not whole:
            return TOO_LONG, Mark.CUT
        blocks = [(start, end, NEVER) for start, end in secrets_in(text)]
        blocks += [(*_with_brackets(text, trace), REMOVED) for trace in self._people(text, prose=prose, whole=whole)]
        if not chosen and not whole:
            blocks += [(start, end, REMOVED) for start, end in _places(text, self._others)]
        blocks += [(start, end, REMOVED) for start, end in _places(text, self._values)]
        if not blocks:
            return text, Mark.SHOW
        return _with_blocks(text, blocks), Mark.CUT

    def _may_hold(self, text: str) -> bool:
        """A quick look before the slow one: an address, or the last figures of a number that must not stand here."""
        figures = re.sub(r"\D", "", text)
        return any(kind == "email" or value[-4:] in figures for kind, value in self._forms)

    def _people(self, text: str, *, prose: bool, whole: bool) -> Iterator[Trace]:
        if not (prose or self._forms):
            return
        every = prose and not whole
        if not every and not self._may_hold(text):
            return
        for trace in (*emails(text), *phones(text, self._countries)):
            key = (trace.kind, trace.value)
            if key in self._forms or (every and not self._own.has(*key)):
                yield trace
        if every:
            yield from name_spans(text, self._names, self._own)


def _with_brackets(text: str, trace: Trace) -> tuple[int, int]:
    """Where a trace stands, with the angle brackets around an address."""
    if text[trace.start - 1 : trace.start] == "<" and text[trace.end : trace.end + 1] == ">":
        return trace.start - 1, trace.end + 1
    return trace.start, trace.end


def _places(text: str, values: Iterable[str]) -> Iterator[tuple[int, int]]:
    for value in values:
        for match in re.finditer(rf"(?<!\w){re.escape(value)}(?!\w)", text, re.IGNORECASE):
            yield match.span()


def _with_blocks(text: str, blocks: list[tuple[int, int, str]]) -> str:
    pieces: list[str] = []
    at = 0
    last = ""
    for start, end, block in sorted(blocks, key=lambda found: (found[0], -found[1])):
        if end <= at:
            continue
        between = text[at : max(start, at)]
        # "Ben Ode <ben@…>" leaves one block, not one for every part of him
        if last != block or "\n" in between or re.search(r"\w", between):
            pieces += (between, block)
        last = block
        at = end
    pieces.append(text[at:])
    return "".join(pieces)
