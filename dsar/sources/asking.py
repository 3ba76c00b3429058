"""Asks one record set, round after round and for one person or many, and keeps what it answered for each.

Records we hold for a customer are counted here and go no further. Which identifiers are asked with is ``following``'s.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from dsar.case.identifiers import Identifier
from dsar.case.records import DataRole, Match, Record, RecordSet
from dsar.formats.plain import printable, shorten
from dsar.sources.answers import FAN_OUT, NO_IDENTIFIER, PERSON, PROCESSOR, Answer, State
from dsar.sources.columns import day_columns
from dsar.sources.interface import AnswerAwaited, NothingToAsk, OwnRecords, Problem, Source, SourceFailed, Why
from dsar.sources.matching import Matcher, comparable, field_span
from dsar.sources.periods import Span, day_of
from dsar.sources.sharing import Key, Shares, key_of

# A record is the same when its key and all its values are: one key with two contents is two records.
Same = tuple[str, tuple[tuple[str, str], ...]]


def reasons(record: Record) -> list[Match]:
    """What makes a record the person's own: every match but a mention in prose."""
    return [match for match in record.matched if match.how != "text"]


@dataclass(slots=True)
class Asking:
    """One record set under search."""

    source: Source
    record_set: RecordSet
    records: dict[Same, Record] = field(default_factory=dict)
    processed: set[int] = field(default_factory=set)
    customers: dict[str, None] = field(default_factory=dict)
    problems: dict[Problem, None] = field(default_factory=dict)
    failure: SourceFailed | None = None
    awaited: str = ""
    asked: int = 0
    seconds: float = 0.0
    fanned_out: int = 0
    # the different values that a field with a limit of its own led to
    led_to: dict[str, set[Key]] = field(default_factory=dict)

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
        self.records.clear()
        self.processed.clear()
        self.customers.clear()
        self.led_to.clear()
        self.asked = self.fanned_out = 0

    def begin(self, identifiers: Sequence[Identifier]) -> bool:
        """Whether the record set is to be read with these identifiers; if so, they count as asked."""
        usable = Matcher(self.record_set, identifiers).count
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

    def keep(self, record: Record) -> Same | None:
        """Store a record of ours, count a customer's; None where nothing about it is new."""
        self._tell_unread_days(record)
        same = (record.key or record.place, tuple(record.values.items()))
        role = self.record_set.role_on(day_of(record.values.get(self.record_set.time_field, "")))
        if role.role is DataRole.PROCESSOR:
            self.processed.add(hash(same))
            if customer := record.values.get(role.customer_field, "").strip():
                self.customers[customer] = None
            return None
        known = self.records.get(same)
        matched = tuple(dict.fromkeys((*(known.matched if known else ()), *record.matched)))
        if known and matched == known.matched:
            return None
        self.records[same] = replace(known or record, key=same[0], matched=matched)
        return same

    def _tell_unread_days(self, record: Record) -> None:
        """A date that cannot be read opens the gate of its period, so it is told, once per column."""
        for name in day_columns(self.record_set):
            raw = record.values.get(name, "").strip()
            if raw and day_of(raw) is None:
                says = (
                    f'A date in "{shorten(printable(name), 60)}" cannot be read for certain; its day counts as unknown.'
                )
                self.problems[Problem(file=self.place, line=0, says=says)] = None

    def own(self, record: Record) -> bool:
        """Whether what the record says of identifiers may be the person's: being mentioned in prose is not enough."""
        if not reasons(record):
            return False
        return not isinstance(self.source, OwnRecords) or self.source.speaks_for(self.record_set, record)

    def held_in_turn(self, boundless: Collection[Key]) -> list[Record]:
        """Records reached only by what several people held in turn, while nobody said when this person did.

        ``boundless`` are the identifiers with no period. Told by the fields that say since and until when.
        """
        spans: dict[tuple[str, Key], set[Span]] = defaultdict(set)
        for described in self.record_set.fields:
            if comparable(self.record_set, described) and (described.since_field or described.until_field):
                for record in self.records.values():
                    for match in reasons(record):
                        if match.field == described.name and key_of(match) in boundless:
                            spans[match.field, key_of(match)].add(field_span(described, record.values))
        turns = {where for where, days in spans.items() if len(days) > 1}
        return [
            record
            for record in (self.records.values() if turns else ())
            if all((match.field, key_of(match)) in turns for match in reasons(record))
        ]

    def answer(self, *, count_only: bool, unclear: int = 0) -> Answer:
        """What is to be told of this record set; ``unclear`` of its records may be somebody else's."""
        found, excluded = len(self.records), len(self.processed)
        state, why, says = self._state(unclear)
        failed = state is State.FAILED
        return Answer(
            source=self.record_set.source,
            record_set=self.record_set,
            state=state,
            records=() if count_only or failed else tuple(self._distinct()),
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

    def _distinct(self) -> Iterator[Record]:
        """The records with keys that differ: a key met again with another content gets a number."""
        seen: Counter[str] = Counter()
        for (key, _), record in self.records.items():
            seen[key] += 1
            yield record if seen[key] == 1 else replace(record, key=f"{key}#{seen[key]}")


def ask_together(several: Sequence[tuple[Asking, Sequence[Identifier]]]) -> list[list[Record]]:
    """Search one record set for several people in one reading.

    Returns for each, in their order, the records that are new to them or matched for a new reason.
    """
    news: list[list[Record]] = [[] for _ in several]
    asked = [place for place, (one, identifiers) in enumerate(several) if one.begin(identifiers)]
    if asked and several[asked[0]][0].by_itself:
        groups = [[place] for place in asked]
    else:
        groups = [asked] if asked else []
    for group in groups:
        for place, found in zip(group, _read([several[place] for place in group]), strict=True):
            news[place] = found
    return news


def _read(people: Sequence[tuple[Asking, Sequence[Identifier]]]) -> list[list[Record]]:
    source, record_set = people[0][0].source, people[0][0].record_set
    shares = Shares(record_set, [identifiers for _, identifiers in people]) if len(people) > 1 else None
    begun = time.perf_counter()
    told = len(source.problems)
    news: list[dict[Same, None]] = [{} for _ in people]
    failure: SourceFailed | None = None
    awaited = ""
    try:
        for record in source.find(record_set, shares.together if shares else people[0][1]):
            for place, own in shares.of(record) if shares else ((0, record),):
                if (same := people[place][0].keep(own)) is not None:
                    news[place][same] = None
    except NothingToAsk:
        for one, identifiers in people:
            one.asked -= Matcher(record_set, identifiers).count
    except AnswerAwaited as waits:
        awaited = waits.message
    except SourceFailed as failed:
        failure = failed
    except Exception as error:
        # a plug-in may fail in any way; its words could hold data, so only their kind is told
        says = f"{record_set.source}: the search stopped in the source itself ({type(error).__name__})."
        failure = SourceFailed(Why.PLUGIN, says)
    seconds = time.perf_counter() - begun
    for one, _ in people:
        one.failure, one.awaited = failure, awaited
        one.seconds += seconds
        one.problems.update(dict.fromkeys(source.problems[told:]))
    if failure:
        return [[] for _ in people]
    return [[one.records[same] for same in found] for (one, _), found in zip(people, news, strict=True)]
