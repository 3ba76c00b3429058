"""Keeps what one record set held for many people until it is filed, in a file without a name, split again per person.

The memory it takes is a few bytes per record, whatever the records hold. What is found is ``asking``'s business.
"""

from __future__ import annotations

import json
import os
import tempfile
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import IO, Protocol, cast

from dsar.case.records import Record
from dsar.case.written import Written, body_of, matched_text, text_of, written
from dsar.sources.batches import BETWEEN
from dsar.sources.interface import SourceFailed, Why

_FLUSH = 300_000
# Up to so many bytes stay in memory: most record sets hold a handful of records.
_SMALL = 2_000_000
_READY = "0"
# A place in a file takes so many bits; the number of the file stands before them.
_WITHIN = 48
_FULL = "{0}: what it holds does not fit on this machine's disk. Nothing of it was kept: make room and search again."


class Layout(Protocol):
    """How rows that are kept as they came become records."""

    def record(self, why: int, line: int, cells: Sequence[str]) -> Written:
        """The record of a row, found for this reason; ``line`` is its number in the file, 0 where it has none."""
        ...


class Spool:
    """The records of one record set, each for one person; a record put twice is one, with the reasons of both.

    Persons are numbers of the caller's. The file is 0600, in ``folder`` (where the case store lies), and gone with the
    process. Raises SourceFailed where the disk is full.
    """

    def __init__(self, name: str, folder: Path | None = None) -> None:
        self._name = name
        self._folder = folder
        # one file, and one for each process that wrote beside this one
        self._files: list[IO[bytes] | None] = [None]
        self._waiting: list[str] = []
        # how far the file reaches, and how far with what waits
        self._written = self._end = 0
        # of each record put: whose it is, where it stands, and a mark by which the same record is known again
        self._whose, self._at, self._same = array("q"), array("q"), array("q")
        self._forgotten: dict[int, int] = {}
        # the records of each person together, and between which places of them a person's stand
        self._order = array("q")
        self._index: dict[int, tuple[int, int]] | None = None
        self._layouts: list[list[Layout]] = [[]]
        # by file, how many lines come before those that it speaks of
        self._before = [0]

    def put(self, person: int, record: Written) -> int:
        """Keep a record; its mark."""
        # the place is not what a record is
        same = hash((record.key, record.body.partition('}, "matched": [')[0]))
        self._keep([person], [same], [f"{_READY}\x1f{record.key}\x1f{record.body}\n"])
        return same

    def put_record(self, person: int, record: Record) -> int:
        """Keep a record; its mark."""
        return self.put(person, written(record))

    def layout(self, layout: Layout) -> int:
        """The number under which rows of this layout are put."""
        self._layouts[0].append(layout)
        return len(self._layouts[0])

    def put_rows(
        self, layout: int, people: Sequence[int], whys: Sequence[int], lines: Sequence[int], kept: Sequence[str]
    ) -> None:
        """Keep rows as they came: for each the person, why, its line, and its cells as ``Rows.kept`` gives them.

        Each has a key of its own.
        """
        texts = [f"{layout}\x1f{why}\x1f{line}\x1f{row}\n" for why, line, row in zip(whys, lines, kept, strict=True)]
        self._keep(people, map(hash, kept), texts)

    def put_cells(self, layout: int, person: int, why: int, line: int, cells: Sequence[str], *, keyed: bool) -> None:
        """Keep a row that cannot be kept as it came; without a key of its own it is known by its line."""
        text = text_of(list(cells))
        mark = text if keyed else (text, line, os.getpid())
        self._keep([person], [hash(mark)], [f"{-layout}\x1f{why}\x1f{line}\x1f{text}\n"])

    def beside(self) -> Spool:
        """One for another process to fill, which begins with nothing but a file that both of them know."""
        other = Spool(self._name, self._folder)
        try:
            other._files[0] = tempfile.TemporaryFile(dir=self._folder, prefix="dsar-")  # noqa: SIM115
        except OSError as error:
            raise SourceFailed(Why.BROKEN, _FULL.format(self._name)) from error
        return other

    def __getstate__(self) -> dict[str, object]:
        """What another process tells of it: all but the file, which is known."""
        self._flush()
        return {name: getattr(self, name) for name in ("_name", "_whose", "_at", "_same", "_layouts")}

    def add(self, told: Spool, filled: Spool, before: int) -> None:
        """Take in what another process ``told`` of the spool it filled; ``before`` it come so many lines."""
        base = len(self._files) << _WITHIN
        self._whose.extend(told._whose)
        self._same.extend(told._same)
        self._at.extend([base | place for place in told._at])
        self._files += filled._files
        self._layouts += told._layouts
        self._before.append(before)
        self._index = None

    def _keep(self, people: Iterable[int], same: Iterable[int], texts: list[str]) -> None:
        if not texts:
            return
        self._whose.extend(people)
        self._same.extend(same)
        # all of it is ASCII
        *starts, self._end = accumulate(map(len, texts), initial=self._end)
        self._at.extend(starts)
        self._waiting += texts
        self._index = None
        if self._end - self._written > _FLUSH:
            self._flush()

    def count(self, person: int) -> int:
        """How many different records of this person there are."""
        return len(set(map(self._same.__getitem__, self._own(person))))

    def of(self, person: int) -> Iterator[Written]:
        """The records of this person as they came; where a key is met again with other values, it gets a number."""
        own = self._own(person)
        if not own:
            return
        self._flush()
        numbers: dict[int, int] = {}
        for one in self._once(own):
            mark = hash(one.key)
            number = numbers[mark] = numbers.get(mark, 0) + 1
            yield one if number == 1 else Written(text_of(f"{json.loads(one.key)}#{number}"), one.body)

    def forget(self, person: int) -> None:
        """Let go of what was kept of this person so far."""
        self._forgotten[person] = len(self._whose)
        self._index = None

    def close(self) -> None:
        """Let go of everything."""
        self._whose, self._at, self._same = array("q"), array("q"), array("q")
        self._order, self._index = array("q"), None
        self._waiting.clear()
        self._written = self._end = 0
        for file in self._files:
            if file is not None:
                file.close()
        self._files, self._layouts, self._before = [None], [[]], [0]

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _own(self, person: int) -> array[int]:
        """Which of the records are this person's."""
        if self._index is None:
            many = sorted(Counter(self._whose).items())
            ends = list(accumulate(count for _, count in many))
            self._index = {one: (end - count, end) for (one, count), end in zip(many, ends, strict=True)}
            self._order = _in_order(self._whose, {one: first for one, (first, _) in self._index.items()})
        first, end = self._index.get(person, (0, 0))
        own = self._order[first:end]
        before = self._forgotten.get(person, 0)
        return own[bisect_left(own, before) :] if before else own

    def _once(self, own: array[int]) -> Iterator[Written]:
        places: dict[int, list[int]] = {}
        if len({self._same[nth] for nth in own}) == len(own):
            yield from (self._read(self._at[nth]) for nth in own)
            return
        for nth in own:
            places.setdefault(self._same[nth], []).append(self._at[nth])
        for several in places.values():
            yield self._read(several[0]) if len(several) == 1 else _merged([self._read(at) for at in several])

    def _flush(self) -> None:
        try:
            file = self._files[0]
            if file is None:
                folder = str(self._folder) if self._folder else None
                small = tempfile.SpooledTemporaryFile(_SMALL, dir=folder, prefix="dsar-")  # noqa: SIM115
                file = self._files[0] = cast("IO[bytes]", small)
            # behind what was read meanwhile
            file.seek(0, os.SEEK_END)
            file.write("".join(self._waiting).encode("ascii"))
            file.flush()
        except OSError as error:
            self.close()
            raise SourceFailed(Why.BROKEN, _FULL.format(self._name)) from error
        self._waiting.clear()
        self._written = self._end

    def _read(self, at: int) -> Written:
        number = at >> _WITHIN
        file = self._files[number]
        assert file is not None
        file.seek(at & ((1 << _WITHIN) - 1))
        how, first, rest = file.readline().decode("ascii").removesuffix("\n").split("\x1f", 2)
        if how == _READY:
            return Written(first, rest)
        line, _, kept = rest.partition("\x1f")
        layout = self._layouts[number][abs(int(how)) - 1]
        place = int(line) + self._before[number] if line != "0" else 0
        return layout.record(int(first), place, json.loads(kept) if how[0] == "-" else kept.split(BETWEEN))


def _in_order(whose: array[int], first: dict[int, int]) -> array[int]:
    """The places of all records, those of each person behind each other, beginning where ``first`` says."""
    order = array("q", bytes(whose.itemsize * len(whose)))
    for nth, one in enumerate(whose):
        order[first[one]] = nth
        first[one] += 1
    return order


def _merged(several: list[Written]) -> Written:
    """One record told several times: its first place, and every reason once."""
    records = [one.record for one in several]
    matched = dict.fromkeys(match for record in records for match in record.matched)
    first = records[0]
    body = body_of(text_of(dict(first.values)), matched_text(matched), text_of(first.place))
    return Written(several[0].key, body)
