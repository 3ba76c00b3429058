"""Gives cases their numbers, and finds the case that a typed number means.

What is in a case is the chain's business.
"""

from __future__ import annotations

import json
import re
from difflib import get_close_matches

from dsar.errors import InputWrong
from dsar.formats.plain import shorten
from dsar.ledger import failures
from dsar.ledger.store import Store

_WHOLE = re.compile(r"DSAR-([0-9]{4})-([0-9]{4,9})")
_TYPED = re.compile(r"(?i)(?:dsar[- ]?)?(?:([0-9]{4})-)?0*([0-9]{1,9})")
_LONGEST = 40


def parts(number: str) -> tuple[int, int]:
    """Year and serial of a whole case number; InputWrong if it is none."""
    match = _WHOLE.fullmatch(number)
    if match is None:
        raise InputWrong(f'"{shorten(number, _LONGEST)}" is not a case number. Nothing was changed.', hint=_LIST)
    return int(match.group(1)), int(match.group(2))


_LIST = "All cases: dsar list"


class Numbers:
    """The case numbers of one store."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def new(self, year: int) -> str:
        """The next number of a year; two processes never get the same."""
        with self._store.writing():
            found = self._store.one("SELECT last FROM counter WHERE name = ?", (f"case {year:04d}",))
            serial = (found[0] if found else 0) + 1
            self._used(year, serial)
        return f"DSAR-{year:04d}-{serial:04d}"

    def use(self, number: str) -> None:
        """Count a number that was given by hand as used."""
        self._used(*parts(number))

    def _used(self, year: int, serial: int) -> None:
        self._store.execute(
            "INSERT INTO counter (name, last) VALUES (?, ?) "
            "ON CONFLICT (name) DO UPDATE SET last = max(last, excluded.last)",
            (f"case {year:04d}", serial),
        )

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
        newest = self._store.one("SELECT number FROM case_row ORDER BY year DESC, serial DESC LIMIT 1")
        if newest is None:
            return InputWrong(f"There is no case {said}, nor any other yet.", hint="Open one: dsar new")
        near = self._nearest(serial)
        meant = f" Did you mean {near}?" if near else ""
        return InputWrong(f"There is no case {said}. The newest is {newest[0]}.{meant}", hint=_LIST)

    def _nearest(self, serial: int) -> str:
        found = self._store.rows("SELECT number, serial FROM case_row WHERE closed_on IS NULL ORDER BY number DESC")
        by_digits = {str(other): str(number) for number, other in reversed(found)}
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
