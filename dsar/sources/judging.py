"""Says of many rows at once whose they are and why, and puts them away; each value is compared once.

What counts as a match is ``matching``, which rows there are is the source's. Going through the records one by one finds
the same.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import cached_property, partial
from itertools import repeat
from operator import add, itemgetter
from typing import cast

from dsar.case.identifiers import Identifier
from dsar.case.records import DataRole, Field, Match, RecordSet
from dsar.case.written import Written, body_of, matched_text, quoted, text_of
from dsar.formats.plain import printable, shorten
from dsar.sources.batches import Aside, Rows
from dsar.sources.beside import Beside, Besides
from dsar.sources.columns import day_columns
from dsar.sources.columns import key_of as key_of_record
from dsar.sources.matching import Matcher
from dsar.sources.pending import Pending
from dsar.sources.periods import day_of
from dsar.sources.sharing import Key, key_of, owners_of
from dsar.sources.spool import NOBODY, Spool

_MEMORY = 200_000
# A day written so is read for certain; any other is read in full.
_CERTAIN = re.compile(r"[12]\d{3}-\d\d-\d\d(?!\d)")
# With so many signs of a value it is told whether its day is written so.
_DAY = 11
_BEGIN = itemgetter(slice(_DAY))

# Instead of a number of owners: they were not looked for yet.
_UNTOLD = -1


def fits(record_set: RecordSet) -> bool:
    """Whether rows of a record set can be judged by their compared columns alone.

    Not where prose is searched, where rows lead on or are held for customers, or where each row has its own days.
    """
    return (
        all(period.role is DataRole.CONTROLLER for period in record_set.roles)
        and not any(field.text or field.emits or "." in field.name for field in record_set.fields)
        and not any(field.since_field or field.until_field for field in record_set.fields)
    )


class _Verdicts(dict[str, int]):
    """Whose each value of one column is, by the number of the owners, made when the value is first met.

    ``exact``, if given, are the only values that can be anybody's.
    """

    def __init__(
        self,
        made: Callable[[str], int],
        likely: Callable[[Sequence[str]], Iterable[bool] | None],
        exact: Iterable[str] | None,
    ) -> None:
        super().__init__({"": NOBODY} if exact is None else dict.fromkeys(exact, _UNTOLD))
        self._made = made
        self._likely = likely
        self._exact = exact is not None

    def __missing__(self, raw: str) -> int:
        if len(self) >= _MEMORY:
            # what is somebody's stays: told again, it would be kept once more as owners and as a reason
            known = {raw: number for raw, number in self.items() if number}
            self.clear()
            self.update(known if len(known) < _MEMORY // 2 else {})
        told = self[raw] = self._made(raw)
        return told

    def make_ready(self, enough: Callable[[], bool]) -> None:
        """Tell whose the values are that can be anybody's, before any is met, until it is ``enough``."""
        for raw, told in self.items() if self._exact else ():
            if enough():
                return
            if told == _UNTOLD:
                # no value comes in or goes, so this may be done on the way
                self[raw] = self._made(raw)

    def of(self, column: Sequence[str], *, likely_all: bool = False) -> list[int]:
        """Whose all values of a column are, one after the other; ``likely_all`` if each may be somebody's."""
        if self._exact:
            told = list(map(self.get, column, repeat(NOBODY)))
            if _UNTOLD in told:
                for raw in {raw for raw, number in zip(column, told, strict=True) if number == _UNTOLD}:
                    self[raw] = self._made(raw)
                told = list(map(self.get, column, repeat(NOBODY)))
            return told
        likely = None if likely_all else self._likely(column)
        if likely is None:
            return list(map(self.__getitem__, column))
        return [self[raw] if may_be else NOBODY for raw, may_be in zip(column, likely, strict=True)]


class Judge:
    """One record set and the people it is searched for, by their numbers in the spool that it fills.

    ``unread_days`` are the columns with a day that cannot be read for certain, and in whose records.
    """

    def __init__(self, record_set: RecordSet, people: Mapping[int, Sequence[Identifier]], spool: Spool) -> None:
        self.matcher = Matcher(record_set, list(dict.fromkeys(one for own in people.values() for one in own)))
        self.unread_days: dict[str, set[int]] = {}
        self._record_set = record_set
        self._people = people
        self._spool = spool
        self._verdicts = {
            field.name: _Verdicts(
                self._verdict(field, kind),
                partial(self.matcher.likely, field, kind),
                self.matcher.exact(field, kind),
            )
            for field, kind in self.matcher.fields
        }
        # rows with several keys are written in full
        self._key = record_set.key[0] if len(record_set.key) == 1 else ""
        self._reasons = _Reasons()
        self._day_columns = set(day_columns(record_set))
        self._certain = {""}
        self._layouts: dict[tuple[tuple[str, ...], str], tuple[int, _Rows]] = {}

    @cached_property
    def _owners(self) -> dict[Key, dict[int, list[Identifier]]]:
        # made when the first value is told: by then a server is looking already
        return owners_of(self._people)

    def put(self, batch: Rows) -> None:
        """Put away the rows that are somebody's, once for each whose they are."""
        places = {name: at for at, name in enumerate(batch.columns)}
        nths, whose = self._found(batch, places)
        if not nths:
            return
        number, layout = self._layout(batch)
        kept = self._kept(batch, nths, places)
        lines = [batch.lines[nth] for nth in nths] if batch.lines else [0] * len(nths)
        if all(kept):
            self._spool.put_rows(number, whose, lines, kept)
        else:
            # those that are written in full go in their order among the others
            for nth, row, line, one in zip(nths, kept, lines, whose, strict=True):
                if row:
                    self._spool.put_rows(number, [one], [line], [row])
                else:
                    cells = batch.cells(nth)
                    self._spool.put_cells(number, one, line, cells, keyed=layout.keyed(cells))
        self._note_days(batch, nths, whose, places)

    def put_all(self, batches: Iterable[Rows | Aside]) -> None:
        """Put away all batches, also those that another process reads."""
        with ExitStack() as unused:
            filled = self._spool
            for one in batches:
                if isinstance(one, Beside):
                    filled = unused.enter_context(self._spool.beside())
                    one.start(partial(self._beside, filled))
                elif isinstance(one, Besides):
                    unused.pop_all()
                    told, days = cast("tuple[Spool, dict[str, set[int]]]", one.found)
                    self._spool.add(told, filled, one.before)
                    for name, people in days.items():
                        self.unread_days.setdefault(name, set()).update(people)
                elif isinstance(one, Pending):
                    for verdicts in self._verdicts.values():
                        verdicts.make_ready(one.arrived)
                elif not isinstance(one, Aside):
                    self.put(one)

    def _beside(self, filled: Spool, batches: Iterable[Rows]) -> object:
        self._spool = filled
        self._layouts.clear()
        for batch in batches:
            self.put(batch)
        return filled, self.unread_days

    def _found(self, batch: Rows, places: Mapping[str, int]) -> tuple[Sequence[int], Sequence[int]]:
        """The rows that are somebody's and whose each is; one that two columns tell of comes twice."""
        looked = []
        for name, verdicts in self._verdicts.items():
            if name in places:
                likely = batch.likely(places[name])
                told = verdicts.of(batch.column(places[name], likely), likely_all=likely is not None)
                looked.append((likely, told))
        if looked and all(likely is None for likely, _ in looked):
            return _of_all_rows([told for _, told in looked])
        return _of_some_rows([(range(len(told)) if likely is None else likely, told) for likely, told in looked])

    def _kept(self, batch: Rows, nths: Sequence[int], places: Mapping[str, int]) -> Sequence[str]:
        """The rows as they came; "" for those that no key tells from others, which are known by their place."""
        kept = batch.kept(nths)
        if self._key not in places:
            return [""] * len(nths)
        at = places[self._key]
        if batch.filled(at, nths):
            return kept
        return [row if key else "" for row, key in zip(kept, batch.column(at, nths), strict=True)]

    def _note_days(self, batch: Rows, nths: Sequence[int], whose: Sequence[int], places: Mapping[str, int]) -> None:
        for name in self._day_columns & places.keys():
            column = batch.column(places[name], nths)
            begins = set(map(_BEGIN, column)) - self._certain
            self._certain.update(one for one in begins if _CERTAIN.match(one) and day_of(one))
            begins -= self._certain
            for one, raw in zip(whose, column, strict=True) if begins else ():
                if raw[:_DAY] in begins and raw.strip() and day_of(raw) is None:
                    self.unread_days.setdefault(name, set()).update(self._spool.people(one))
            if len(self._certain) > _MEMORY:
                self._certain.clear()

    def _layout(self, batch: Rows) -> tuple[int, _Rows]:
        shape = (batch.columns, batch.name)
        known = self._layouts.get(shape)
        if known is None:
            made = _Rows(self._record_set, batch, self._reasons)
            known = self._layouts[shape] = self._spool.layout(made), made
        return known

    def _verdict(self, field: Field, kind: str) -> Callable[[str], int]:
        def made(raw: str) -> int:
            told: dict[int, list[Match]] = {}
            for match in self.matcher.compared(field, kind, raw).values() if raw else ():
                owners = self._owners.get(key_of(match), {})
                if len(owners) == 1:
                    # nobody else is looked for by it, so it is told as it is for this person alone
                    told.setdefault(next(iter(owners)), []).append(match)
                    continue
                for person, own in owners.items():
                    if again := self.matcher.again(match, own, {field.name: raw}):
                        told.setdefault(person, []).append(again)
            if not told:
                return NOBODY
            return self._spool.owners(tuple((one, self._reasons.number(why)) for one, why in sorted(told.items())))

        return made


def _of_all_rows(columns: Sequence[Sequence[int]]) -> tuple[Sequence[int], Sequence[int]]:
    """The rows that are somebody's and whose, from what each of some columns tells of every row."""
    if len(columns) == 1 and all(columns[0]):
        return range(len(columns[0])), columns[0]
    nths, whose = [], []
    for nth, told in enumerate(zip(*columns, strict=True)):
        for one in told:
            if one:
                nths.append(nth)
                whose.append(one)
    return nths, whose


def _of_some_rows(columns: Iterable[tuple[Sequence[int], Sequence[int]]]) -> tuple[Sequence[int], Sequence[int]]:
    """The same from columns that each tell of some rows."""
    found: dict[int, int] = {}
    more: list[tuple[int, int]] = []
    for nths, told in columns:
        here = {nth: one for nth, one in zip(nths, told, strict=True) if one}
        more += [(nth, here[nth]) for nth in found.keys() & here.keys()]
        found = here | found if found else here
    if more:
        return _in_row_order([*found.items(), *more])
    rows = sorted(found)
    return rows, list(map(found.__getitem__, rows))


def _in_row_order(pairs: list[tuple[int, int]]) -> tuple[Sequence[int], Sequence[int]]:
    # of one row as it was, which is the order of the columns
    pairs.sort(key=itemgetter(0))
    return [nth for nth, _ in pairs], [one for _, one in pairs]


class _Reasons:
    """Why records were found, by number: one for each value that is somebody's; as JSON when it is first asked for."""

    def __init__(self) -> None:
        self._whys: list[Sequence[Match] | str] = []

    def __getstate__(self) -> dict[str, object]:
        """What another process tells of it: texts, which are quicker told."""
        return {"_whys": list(map(self.text, range(len(self._whys))))}

    def number(self, why: Sequence[Match]) -> int:
        self._whys.append(why)
        return len(self._whys) - 1

    def text(self, number: int) -> str:
        why = self._whys[number]
        if not isinstance(why, str):
            why = self._whys[number] = matched_text(dict.fromkeys(why))
        return why


class _Rows:
    """How rows of one file or table become records."""

    def __init__(self, record_set: RecordSet, batch: Rows, reasons: _Reasons) -> None:
        self._record_set = record_set
        self._columns = batch.columns
        self._name = batch.name
        self._reasons = reasons
        # of columns that are called alike the last one counts, and they are told as a dictionary would
        self._heads = [f"{text_of(name)}: " for name in dict.fromkeys(batch.columns)]
        self._alike = len(self._heads) < len(batch.columns)

    def keyed(self, cells: Sequence[str]) -> bool:
        """Whether a key tells this row from others."""
        return bool(key_of_record(self._record_set, dict(zip(self._columns, cells, strict=True))))

    def record(self, why: int, line: int, cells: Sequence[str]) -> Written:
        """The record of a row."""
        values = dict(zip(self._columns, cells, strict=True))
        key = key_of_record(self._record_set, values)
        place = f"{self._name} line {line}" if line else f"{self._name} {shorten(printable(key), 60)}"
        told = map(quoted, values.values() if self._alike else cells)
        whole = f"{{{', '.join(map(add, self._heads, told))}}}"
        return Written(quoted(key or place), body_of(whole, self._reasons.text(why), quoted(place)))
