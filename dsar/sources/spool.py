"""Keeps what one record set held for many people until it is filed, in a file without a name, split again per person.

The memory it takes is a few bytes per record, whatever the records hold. What is found is ``asking``'s business.
"""

from __future__ import annotations

import json
import os
import tempfile
from array import array
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from heapq import merge
from itertools import accumulate, repeat, starmap
from pathlib import Path
from typing import IO, Protocol, cast

from dsar.case.records import Record
from dsar.case.written import Written, body_of, matched_text, text_of, written
from dsar.sources.batches import BETWEEN
from dsar.sources.interface import SourceFailed, Why

# Whose a record is: each person with the number of the reason, by their numbers.
Owners = tuple[tuple[int, int], ...]
# Records of one person, by their place, that have the same owners, and why they are this person's.
_Own = list[tuple[Sequence[int], int]]

# The number of these of what is nobody's.
NOBODY = 0
_FLUSH = 300_000
# Up to so many bytes stay in memory: most record sets hold a handful of records.
_SMALL = 2_000_000
# What is put as a record is one already; of rows, those taken apart have the number of their layout below nothing.
_READY = 0
# So many slots for each record, to tell which come once.
_SLOTS = 4
# A place in a file takes so many bits; the number of the file stands before them.
_WITHIN = 48
_FULL = "{0}: what it holds does not fit on this machine's disk. Nothing of it was kept: make room and search again."


class Layout(Protocol):
    """How rows that are kept as they came become records."""

    def record(self, why: int, line: int, cells: Sequence[str]) -> Written:
        """The record of a row, found for this reason; ``line`` is its number in the file, 0 where it has none."""
        ...


class Spool:
    """The records of one record set, each for one person or several; put twice for one, it has the reasons of both.

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
        # of each record put: the number of its owners, where it stands, a mark by which the same record is known
        # again, and its line where it came from a file
        self._whose, self._at, self._same, self._lines = array("i"), array("q"), array("q"), array("q")
        self._owners: list[Owners] = [()]
        self._alone: dict[int, int] = {}
        # from which record on which layout holds
        self._turns, self._hows = array("q"), array("i")
        self._forgotten: dict[int, int] = {}
        # the records of the same owners together, and where a person's stand in that order and why
        self._order = array("q")
        self._index: dict[int, list[tuple[int, int, int]]] | None = None
        self._counts: Counter[int] | None = None
        self._layouts: list[list[Layout]] = [[]]
        # by file, how many lines come before those that it speaks of
        self._before = [0]

    def put(self, person: int, record: Written) -> int:
        """Keep a record; its mark."""
        # the place is not what a record is
        same = hash((record.key, record.body.partition('}, "matched": [')[0]))
        if person not in self._alone:
            self._alone[person] = self.owners(((person, 0),))
        self._keep(_READY, [self._alone[person]], [same], [0], [f"{record.key}{BETWEEN}{record.body}"])
        return same

    def put_record(self, person: int, record: Record) -> int:
        """Keep a record; its mark."""
        return self.put(person, written(record))

    def owners(self, owners: Owners) -> int:
        """The number under which records of these people are put."""
        self._owners.append(owners)
        return len(self._owners) - 1

    def people(self, whose: int) -> list[int]:
        """The people that a number of owners stands for."""
        return [person for person, _ in self._owners[whose]]

    def layout(self, layout: Layout) -> int:
        """The number under which rows of this layout are put."""
        self._layouts[0].append(layout)
        return len(self._layouts[0])

    def put_rows(self, layout: int, whose: Iterable[int], lines: Iterable[int], kept: Sequence[str]) -> None:
        """Keep rows as they came: for each its owners, its line, and its cells as ``Rows.kept`` gives them.

        Each has a key of its own.
        """
        self._keep(layout, whose, map(hash, kept), lines, kept)

    def put_cells(self, layout: int, whose: int, line: int, cells: Sequence[str], *, keyed: bool) -> None:
        """Keep a row that cannot be kept as it came; without a key of its own it is known by its line."""
        text = text_of(list(cells))
        mark = text if keyed else (text, line, os.getpid())
        self._keep(-layout, [whose], [hash(mark)], [line], [text])

    def beside(self) -> Spool:
        """One for another process to fill: it knows the same owners, and a file that both of them know."""
        other = Spool(self._name, self._folder)
        other._owners = list(self._owners)
        try:
            other._files[0] = tempfile.TemporaryFile(dir=self._folder, prefix="dsar-")  # noqa: SIM115
        except OSError as error:
            raise SourceFailed(Why.BROKEN, _FULL.format(self._name)) from error
        return other

    def __getstate__(self) -> dict[str, object]:
        """What another process tells of it: all but the file, which is known."""
        self._flush()
        told = ("_name", "_whose", "_at", "_same", "_lines", "_owners", "_turns", "_hows", "_layouts")
        return {name: getattr(self, name) for name in told}

    def add(self, told: Spool, filled: Spool, before: int) -> None:
        """Take in what another process ``told`` of the spool it filled; ``before`` it come so many lines."""
        base, first, owners = len(self._files) << _WITHIN, len(self._whose), len(self._owners)
        self._turns.extend(map(first.__add__, told._turns))
        self._hows.extend(told._hows)
        self._whose.extend(map(owners.__add__, told._whose))
        # its reasons have numbers of their own, so none of its owners are ours
        self._owners += told._owners
        self._same.extend(told._same)
        self._lines.extend(told._lines)
        self._at.extend(map(base.__or__, told._at))
        self._files += filled._files
        self._layouts += told._layouts
        self._before.append(before)
        self._index = self._counts = None

    def _keep(
        self, how: int, whose: Iterable[int], same: Iterable[int], lines: Iterable[int], texts: Sequence[str]
    ) -> None:
        if not texts:
            return
        if not self._turns or self._hows[-1] != how:
            self._turns.append(len(self._whose))
            self._hows.append(how)
        self._whose.extend(whose)
        self._same.extend(same)
        self._lines.extend(lines)
        # all of it is ASCII, and each has its line end
        *starts, self._end = accumulate(map((1).__add__, map(len, texts)), initial=self._end)
        self._at.extend(starts)
        self._waiting += texts
        self._index = self._counts = None
        if self._end - self._written > _FLUSH:
            self._flush()

    def count(self, person: int) -> int:
        """How many different records of this person there are."""
        if person in self._forgotten:
            return len(self._marks(self._own(person)))
        if self._counts is None:
            self._counts = self._counted()
        return self._counts[person]

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
        files = self._files
        vars(self).update(vars(Spool(self._name, self._folder)))
        for file in files:
            if file is not None:
                file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def _own(self, person: int) -> _Own:
        """Which of the records are this person's, those with the same owners together, and why."""
        if self._index is None:
            self._arrange()
            assert self._index is not None
        own: _Own = [(self._order[first:end], why) for first, end, why in self._index.get(person, ())]
        before = self._forgotten.get(person, 0)
        return [([nth for nth in nths if nth >= before], why) for nths, why in own] if before else own

    def _counted(self) -> Counter[int]:
        """How many different records each has, told without arranging them."""
        counts: Counter[int] = Counter()
        for number, many in Counter(self._whose).items():
            for person, _ in self._owners[number]:
                counts[person] += many
        again = _maybe_again(self._same)
        suspects = [nth for nth, mark in enumerate(self._same) if mark in again]
        several = Counter(map(self._same.__getitem__, suspects))
        met: set[tuple[int, int]] = set()
        for nth in suspects:
            mark = self._same[nth]
            for person, _ in self._owners[self._whose[nth]] if several[mark] > 1 else ():
                counts[person] -= (person, mark) in met
                met.add((person, mark))
        return counts

    def _arrange(self) -> None:
        many = Counter(self._whose)
        ends = list(accumulate(many[number] for number in range(len(self._owners))))
        firsts = [0, *ends[:-1]]
        index: dict[int, list[tuple[int, int, int]]] = {}
        for first, end, owners in zip(firsts, ends, self._owners, strict=True):
            for person, why in owners if first < end else ():
                index.setdefault(person, []).append((first, end, why))
        self._order = _in_order(self._whose, firsts)
        self._index = index

    def _marks(self, own: _Own) -> set[int]:
        return set().union(*(map(self._same.__getitem__, nths) for nths, _ in own))

    def _once(self, own: _Own) -> Iterator[Written]:
        # in the order in which they were put
        together = merge(*(zip(nths, repeat(why)) for nths, why in own))
        if len(self._marks(own)) == sum(len(nths) for nths, _ in own):
            yield from starmap(self._read, together)
            return
        places: dict[int, list[tuple[int, int]]] = {}
        for nth, why in together:
            places.setdefault(self._same[nth], []).append((nth, why))
        for several in places.values():
            records = list(starmap(self._read, several))
            yield records[0] if len(records) == 1 else _merged(records)

    def _flush(self) -> None:
        try:
            file = self._files[0]
            if file is None:
                folder = str(self._folder) if self._folder else None
                small = tempfile.SpooledTemporaryFile(_SMALL, dir=folder, prefix="dsar-")  # noqa: SIM115
                file = self._files[0] = cast("IO[bytes]", small)
            # behind what was read meanwhile
            file.seek(0, os.SEEK_END)
            if self._waiting:
                file.write("\n".join([*self._waiting, ""]).encode("ascii"))
            file.flush()
        except OSError as error:
            self.close()
            raise SourceFailed(Why.BROKEN, _FULL.format(self._name)) from error
        self._waiting.clear()
        self._written = self._end

    def _read(self, nth: int, why: int) -> Written:
        number, at = divmod(self._at[nth], 1 << _WITHIN)
        file = self._files[number]
        assert file is not None
        file.seek(at)
        text = file.readline().decode("ascii").removesuffix("\n")
        how = self._hows[bisect_right(self._turns, nth) - 1]
        if how == _READY:
            key, _, body = text.partition(BETWEEN)
            return Written(key, body)
        line = self._lines[nth]
        layout = self._layouts[number][abs(how) - 1]
        return layout.record(
            why, line + self._before[number] if line else 0, json.loads(text) if how < 0 else text.split(BETWEEN)
        )


def _maybe_again(marks: array[int]) -> set[int]:
    """Every mark that comes more than once, and a few others; a set of all marks would take much memory."""
    slots = _SLOTS * (1 << len(marks).bit_length())
    met, within = bytearray(slots), slots - 1
    again = set()
    for mark in marks:
        slot = mark & within
        if met[slot]:
            again.add(mark)
        else:
            met[slot] = 1
    return again


def _in_order(whose: array[int], first: list[int]) -> array[int]:
    """The places of all records, those of the same owners behind each other, beginning where ``first`` says."""
    order = array("q", bytes(8 * len(whose)))
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
