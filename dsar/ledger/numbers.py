"""Gives cases their numbers, and finds the case that a typed number means.

What is in a case is the chain's business.
"""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from functools import lru_cache

from dsar.errors import InputWrong
from dsar.formats.plain import shorten
from dsar.ledger import failures
from dsar.ledger.store import Store

_WHOLE = re.compile(r"DSAR-([0-9]{4})-([0-9]{4,9})")
_TYPED = re.compile(r"(?i)(?:dsar[- ]?)?(?:([0-9]{4})-)?0*([0-9]{1,9})")
_LONGEST = 40


@lru_cache(maxsize=1024)
def parts(number: str) -> tuple[int, int]:
    """Year and serial of a whole case number; InputWrong if it is none."""
    match = _WHOLE.fullmatch(number)
    if match is None:
        raise InputWrong(f'"{shorten(number, _LONGEST)}" is not a case number. Nothing was changed.', hint=_LIST)
    return int(match.group(1)), int(match.group(2))


_COUNT = (
    "INSERT INTO counter (name, last) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)"
)
_COUNTERS = "SELECT name, last FROM counter WHERE name >= 'case ' AND name < 'case!' ORDER BY name DESC"
# sorted by whoever asks: in SQL, the order would be read off an index of all cases
_OPEN = "SELECT number, serial FROM case_row INDEXED BY case_row_open WHERE closed_on IS NULL"
_UP_TO = "SELECT number FROM case_row WHERE serial <= ? AND year = ? ORDER BY serial DESC LIMIT 1"
_LIST = "All cases: dsar list"


class Numbers:
    """The case numbers of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def new(self, year: int) -> str:
        """The next number of a year; two processes never get the same."""
        with self._store.writing():
            serial = self._last(year) + 1
            self._used(year, serial)
        return f"DSAR-{year:04d}-{serial:04d}"

    def use(self, number: str) -> None:
        """Count a number that was given by hand as used."""
        self._used(*parts(number))

    def _last(self, year: int) -> int:
        name = f"case {year:04d}"
        return self._store.known(("counter", name), lambda: self._counted(name))

    def _counted(self, name: str) -> int:
        found = self._store.one("SELECT last FROM counter WHERE name = ?", (name,), about=("counter", name))
        return int(found[0]) if found else 0

    def _used(self, year: int, serial: int) -> None:
        name = f"case {year:04d}"
        if serial > self._last(year):
            self._store.add(_COUNT, (name, serial), about=("counter", name), only_last=name)
            self._store.note(("counter", name), serial)

    def resolve(self, text: str) -> str:
        """The whole number for "36", "2026-36" or "dsar-2026-0036"; InputWrong if it fits none or several."""
        match = _TYPED.fullmatch(text.strip().removeprefix("#")) if len(text) <= _LONGEST else None
        if match is None:
            raise InputWrong(
                f'"{shorten(text, _LONGEST)}" is not a case number. Nothing was changed.',
                hint=f"Write 36 or DSAR-2026-0036. {_LIST}",
            )
        year, serial = match.group(1), int(match.group(2))
        if year:
            number = f"DSAR-{year}-{serial:04d}"
            if not self._store.one("SELECT 1 FROM fact WHERE case_number = ? LIMIT 1", (number,)):
                raise self.unknown(number, serial)
            return number
        found = self._store.rows(
            "SELECT number, closed_on IS NULL, claims FROM case_row WHERE serial = ? ORDER BY number", (serial,)
        )
        if not found:
            raise self.unknown(str(serial), serial)
        # The case at work is meant rather than one that was closed years ago.
        fits = [row for row in found if row[1]] or found
        if len(fits) > 1:
            raise _ambiguous(serial, [(number, claims) for number, _, claims in fits], fits is not found)
        return str(fits[0][0])

    def unknown(self, said: str, serial: int = 0) -> InputWrong:
        """The sentence for a case that does not exist, with the newest one and the nearest open one."""
        newest = self._newest()
        if not newest:
            return InputWrong(f"There is no case {said}, nor any other yet.", hint="Open one: dsar new")
        near = self._nearest(serial)
        meant = f" Did you mean {near}?" if near else ""
        return InputWrong(f"There is no case {said}. The newest is {newest}.{meant}", hint=_LIST)

    def _newest(self) -> str:
        # from the counters, because no index knows the newest among a million
        for name, last in self._store.rows(_COUNTERS):
            found = self._store.one(_UP_TO, (last, int(name.removeprefix("case "))))
            if found:
                return str(found[0])
        return ""

    def _nearest(self, serial: int) -> str:
        by_digits = {str(other): str(number) for number, other in sorted(self._store.rows(_OPEN))}
        typed = str(serial)
        swapped = [digits for digits in by_digits if sorted(digits) == sorted(typed)]
        near = swapped or get_close_matches(typed, by_digits, n=1)
        return by_digits[near[0]] if near else ""


def _ambiguous(serial: int, cases: list[tuple[str, str]], open_: bool) -> InputWrong:
    with failures.understood():
        told = [f"{number} ({_rights(json.loads(claims))})" for number, claims in cases]
    many = "two" if len(told) == 2 else str(len(told))
    kind = "open" if open_ else "closed"
    return InputWrong(
        f"{serial} fits {many} {kind} cases: {', '.join(told[:-1])} and {told[-1]}.", hint="Write the whole number."
    )


def _rights(claims: list[str]) -> str:
    return ", ".join(dict.fromkeys(claim.split("/")[0] for claim in claims)) or "no right yet"
