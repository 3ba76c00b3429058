"""Asks one record set, round after round and for one person or many, and keeps what it answered for each.

Records we hold for a customer are counted here and go no further; ours go to the spool. Which identifiers are asked
with is ``following``'s.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeVar

from dsar.case.identifiers import Identifier
from dsar.case.records import DataRole, Record, RecordSet
from dsar.case.written import Written
from dsar.formats.plain import printable, shorten
from dsar.sources.answers import FAN_OUT, NO_IDENTIFIER, PERSON, PROCESSOR, Answer, State
from dsar.sources.batches import GivesBatches
from dsar.sources.columns import day_columns
from dsar.sources.interface import AnswerAwaited, NothingToAsk, OwnRecords, Problem, Source, SourceFailed, Why
from dsar.sources.judging import Judge, fits
from dsar.sources.leads import Lead, Turns, leads_in, reasons
from dsar.sources.matching import counter_of
from dsar.sources.periods import day_of
from dsar.sources.sharing import Key, Shares
from dsar.sources.spool import Spool

Read = TypeVar("Read")


@dataclass(slots=True)
class Asking:
    """One record set under search."""

    source: Source
    record_set: RecordSet
    spool: Spool
    person: int = 0
    processed: dict[int, None] = field(default_factory=dict)
    customers: dict[str, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    failure: SourceFailed | None = None
    awaited: str = ""
    asked: int = 0
    seconds: float = 0.0
    fanned_out: int = 0
    # the different values that a field with a limit of its own led to
    led_to: dict[str, set[Key]] = field(default_factory=dict)
    turns: Turns = field(init=False)

    def __post_init__(self) -> None:
        self.turns = Turns(self.record_set)

    @property
    def name(self) -> str:
        """The record set as a person calls it: ``crm seats``."""
        return f"{self.record_set.source} {self.record_set.name}"

    @property
    def place(self) -> str:
        """Where an identifier was found: ``crm/seats``."""
        return f"{self.record_set.source}/{self.record_set.name}"

    @property
    def leads_on(self) -> bool:
        """Whether what it holds may feed the search: it emits, and we answer for at least some of it."""
        if self._asks_a_person or all(period.role is DataRole.PROCESSOR for period in self.record_set.roles):
            return False
        return any(described.emits for described in self.record_set.fields)

    def start_again(self) -> None:
        """Forget the answers, not the time they took."""
        self.spool.forget(self.person)
        self.turns.clear()
        self.processed.clear()
        self.customers.clear()
        self.led_to.clear()
        self.asked = self.fanned_out = 0

    def begin(self, usable: int) -> bool:
        """Whether the record set is to be read with so many usable identifiers; if so, they count as asked."""
        if self.failure or self.awaited or not (usable or self._asks_a_person):
            return False
        self.asked += usable
        return True

    @property
    def by_itself(self) -> bool:
        """Whether each person is asked for alone: what such a source answers does not say which identifier it fits."""
        return {**self.source.settings.options, **self.record_set.options}.get("exact") == "true"

    @property
    def _asks_a_person(self) -> bool:
        return self.source.settings.kind == PERSON

    def keep(self, record: Record) -> Iterator[Lead]:
        """Put away a record of ours, count a customer's; what ours leads to."""
        self._tell_unread_days(record)
        role = self.record_set.role_on(day_of(record.values.get(self.record_set.time_field, "")))
        if role.role is DataRole.PROCESSOR:
            self.processed[hash((record.key or record.place, tuple(record.values.items())))] = None
            if customer := record.values.get(role.customer_field, "").strip():
                self.customers[customer] = None
            return
        record = record if record.key else replace(record, key=record.place)
        self.turns.note(self.spool.put_record(self.person, record), record)
        if self._own(record):
            yield from leads_in(self.record_set, self.place, record)

    def _tell_unread_days(self, record: Record) -> None:
        """A date that cannot be read opens the gate of its period, so it is told, once per column."""
        for name in day_columns(self.record_set):
            raw = record.values.get(name, "").strip()
            if raw and day_of(raw) is None:
                self.tell_unread_day(name)

    def tell_unread_day(self, column: str) -> None:
        """Say that the days of a column are not all certain."""
        says = f'A date in "{shorten(printable(column), 60)}" cannot be read for certain; its day counts as unknown.'
        self.problems[Problem(file=self.place, line=0, says=says)] = None

    def _own(self, record: Record) -> bool:
        """Whether what the record says of identifiers may be the person's: being mentioned in prose is not enough."""
        if not reasons(record):
            return False
        return not isinstance(self.source, OwnRecords) or self.source.speaks_for(self.record_set, record)

    def answer(self, *, count_only: bool, unclear: int = 0) -> Answer:
        """What is to be told of this record set; ``unclear`` of its records may be somebody else's."""
        found, excluded = self.spool.count(self.person), len(self.processed)
        state, why, says = self._state(unclear)
        failed = state is State.FAILED
        return Answer(
            source=self.record_set.source,
            record_set=self.record_set,
            state=state,
            written=nothing if count_only or failed else partial(self.spool.of, self.person),
            found=0 if failed else excluded if why == PROCESSOR else found,
            excluded=0 if failed else excluded,
            asked=self.asked,
            why=why,
            says=says,
            seconds=round(self.seconds, 3),
            problems=tuple(self.problems),
            customers=() if failed else tuple(self.customers),
        )

    def _state(self, unclear: int) -> tuple[State, str, str]:
        if self.failure:
            return State.FAILED, self.failure.why.value, self.failure.message
        if self.awaited:
            return State.WAITING, PERSON, self.awaited
        if not self.asked:
            kinds = sorted({one.identifies for one in self.record_set.fields if one.match and one.identifies})
            says = f"It is looked up by {', '.join(kinds) or 'what is written in it'}, and none is known."
            return State.EXCLUDED, NO_IDENTIFIER, says
        if all(period.role is DataRole.PROCESSOR for period in self.record_set.roles):
            return State.EXCLUDED, PROCESSOR, f"Held for customers: {self._for_customers()}."
        return State.SEARCHED, FAN_OUT if self.fanned_out else "", " ".join(self._remarks(unclear))

    def _for_customers(self) -> str:
        named = f" of {len(self.customers)} customer{'s' * (len(self.customers) != 1)}" if self.customers else ""
        return f"{len(self.processed)} record{'s' * (len(self.processed) != 1)}{named}"

    def _remarks(self, unclear: int) -> Iterator[str]:
        if self.processed:
            yield f"Left out as held for customers: {self._for_customers()}."
        if self.fanned_out:
            yield f"It leads to {self.fanned_out} more identifiers than one person has, so they were not followed."
        if unclear:
            yield f"{unclear} were reached by what several people held in turn: look at whose they are."
        if self.problems:
            yield f"{len(self.problems)} places could not be read as they should."


def nothing() -> Iterator[Written]:
    """No records."""
    return iter(())


def ask_together(several: Sequence[tuple[Asking, Sequence[Identifier]]]) -> list[list[Lead]]:
    """Search one record set for several people in one reading.

    Returns for each, in their order, what the records found lead to.
    """
    leads: list[list[Lead]] = [[] for _ in several]
    usable = counter_of(several[0][0].record_set) if several else len
    asked = [place for place, (one, identifiers) in enumerate(several) if one.begin(usable(identifiers))]
    if asked and several[asked[0]][0].by_itself:
        groups = [[place] for place in asked]
    else:
        groups = [asked] if asked else []
    for group in groups:
        for place, found in zip(group, _read([several[place] for place in group]), strict=True):
            leads[place] = found
    return leads


def _read(people: Sequence[tuple[Asking, Sequence[Identifier]]]) -> list[list[Lead]]:
    source, record_set = people[0][0].source, people[0][0].record_set
    begun = time.perf_counter()
    told = len(source.problems)
    leads: list[list[Lead]] = [[] for _ in people]
    failure: SourceFailed | None = None
    awaited = ""
    try:
        if not _judged(people):
            leads = _kept(people)
    except NothingToAsk:
        usable = counter_of(record_set)
        for one, identifiers in people:
            one.asked -= usable(identifiers)
    except AnswerAwaited as waits:
        awaited = waits.message
    except SourceFailed as failed:
        # the words alone: the frames behind the error, and behind its cause, would keep files and connections open
        failure = SourceFailed(failed.why, failed.message, hint=failed.hint)
    except Exception as error:
        # a plug-in may fail in any way; its words could hold data, so only their kind is told
        says = f"{record_set.source}: the search stopped in the source itself ({type(error).__name__})."
        failure = SourceFailed(Why.PLUGIN, says)
    seconds = time.perf_counter() - begun
    for one, _ in people:
        one.failure, one.awaited = failure, awaited
        one.seconds += seconds
        one.problems.update(dict.fromkeys(source.problems[told:]))
    return [[] for _ in people] if failure else leads


@contextmanager
def _to_its_end(read: Iterator[Read]) -> Iterator[Iterator[Read]]:
    """What is read; also where nobody wants more, its files and connections are let go of at once."""
    try:
        yield read
    finally:
        if isinstance(read, Generator):
            read.close()


def _kept(people: Sequence[tuple[Asking, Sequence[Identifier]]]) -> list[list[Lead]]:
    """Record by record, as every source can."""
    source, record_set = people[0][0].source, people[0][0].record_set
    shares = Shares(record_set, [identifiers for _, identifiers in people]) if len(people) > 1 else None
    leads: list[dict[object, Lead]] = [{} for _ in people]
    with _to_its_end(source.find(record_set, shares.together if shares else people[0][1])) as records:
        for record in records:
            for place, own in shares.of(record) if shares else ((0, record),):
                for lead in people[place][0].keep(own):
                    # of many records that lead to the same, one is enough
                    leads[place].setdefault((lead.field.name, lead.identifier, lead.ways), lead)
    return [list(found.values()) for found in leads]


def _judged(people: Sequence[tuple[Asking, Sequence[Identifier]]]) -> bool:
    """Many rows at once, where the source and the record set allow it; whether they do."""
    first = people[0][0]
    source, record_set = first.source, first.record_set
    if (
        not isinstance(source, GivesBatches)
        or isinstance(source, OwnRecords)
        or first.by_itself
        or not fits(record_set)
    ):
        return False
    judge = Judge(record_set, {one.person: identifiers for one, identifiers in people}, first.spool)
    batches = None if judge.matcher.dated else source.batches(record_set, judge.matcher)
    if batches is None:
        return False
    with _to_its_end(batches):
        judge.put_all(batches)
    for one, _ in people:
        for column, persons in judge.unread_days.items():
            if one.person in persons:
                one.tell_unread_day(column)
    return True
