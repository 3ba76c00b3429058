"""Gathers for many cases in one pass: each source is read once, and every case gets its own findings and ledger.

One case alone is ``gather``; what is filed for a case is the same in both.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dsar.case.case import Case, Look, proven
from dsar.case.identifiers import Identifier
from dsar.case.stamp import Stamp
from dsar.errors import DsarError
from dsar.sources.answers import Answer, SearchResult, State
from dsar.sources.interface import Source
from dsar.sources.search import Subject, search_many
from dsar.workflow.gather import (
    PERSON,
    chosen,
    claims_to_search,
    compare_recipient,
    record_answer,
    remember,
    scope,
    searchable,
    to_ask,
)
from dsar.workflow.hops import NotFollowed, await_yes
from dsar.workflow.openings import identifiers_of
from dsar.workspace import Workspace

NOT_SEARCHABLE = "no e-mail, phone or account number to search by"
Wanted = set[tuple[str, str]]
# What a record set is said to be where it differs from case to case, the first that holds.
_TELLING = (State.FAILED, State.SEARCHED, State.WAITING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One record set was read for so many cases: what it held for them, and for how many it failed."""

    source: str
    record_set: str
    state: str
    cases: int
    found: int
    seconds: float


Report = Callable[[Read], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class GatheredAll:
    """What became of each case: where it stands now, what was not followed, and those nothing could be done for."""

    cases: tuple[Case, ...]
    reads: tuple[Read, ...]
    not_followed: Mapping[str, tuple[NotFollowed, ...]]
    troubles: Mapping[str, str]
    problems: tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class _Pass:
    """One pass over the sources for several cases."""

    ws: Workspace
    by: Stamp
    identifiers: dict[str, list[Identifier]]
    wanted: dict[str, Wanted]
    report: Report | None
    troubles: dict[str, str]
    reads: list[Read] = field(default_factory=list)
    problems: dict[str, None] = field(default_factory=dict)

    def search(self, sources: Sequence[Source]) -> dict[str, SearchResult]:
        """Search and file, one record set after the other: what is filed stays, whatever happens after."""
        subjects = {
            number: Subject(identifiers=own, sources={source for source, _ in self.wanted[number]})
            for number, own in self.identifiers.items()
        }
        return search_many(
            sources,
            subjects,
            followed=self._followed,
            settled=self._settled,
            keep_records=False,
            folder=self.ws.home,
        )

    def _followed(self, found: Mapping[str, Sequence[Identifier]]) -> None:
        self._each(found, lambda number: remember(self.ws, number, found[number], self.by))

    def _settled(self, answers: Mapping[str, Answer]) -> None:
        first = next(iter(answers.values()))
        place = (first.source, first.record_set.name)
        asked = [number for number in answers if place in self.wanted[number]]
        self._each(
            asked,
            lambda number: record_answer(
                self.ws, number, answers[number], len(self.identifiers[number]), False, self.by
            ),
        )
        self.problems.update(dict.fromkeys(one.says for one in answers.values() if one.state is State.FAILED))
        self.problems.update(dict.fromkeys(str(problem) for one in answers.values() for problem in one.problems))
        states = {answers[number].state for number in asked}
        read = Read(
            source=place[0],
            record_set=place[1],
            state=str(next((one for one in _TELLING if one in states), State.EXCLUDED)),
            cases=len(asked),
            found=sum(answers[number].found for number in asked if answers[number].state is State.SEARCHED),
            seconds=max((one.seconds for one in answers.values()), default=0.0),
        )
        self.reads.append(read)
        if self.report and asked:
            self.report(read)

    def finish(self, results: Mapping[str, SearchResult]) -> dict[str, tuple[NotFollowed, ...]]:
        """Compare where each answer would go with what was found, and keep what somebody may say yes to."""
        told: dict[str, tuple[NotFollowed, ...]] = {}

        def one(number: str) -> None:
            compare_recipient(self.ws, number, self.by)
            refused = [NotFollowed(found, why) for found, why in results[number].not_followed]
            told[number] = await_yes(self.ws, number, refused, self.by)

        self._each(results, one)
        return told

    def _each(self, numbers: Collection[str], do: Callable[[str], object]) -> None:
        """Do it for all cases in one go; where one cannot take it, for each by itself, so that the others can."""
        going = [number for number in numbers if number not in self.troubles]
        try:
            with self.ws.ledger.writing():
                for number in going:
                    do(number)
        except DsarError:
            for number in going:
                try:
                    do(number)
                except DsarError as error:
                    self.troubles[number] = error.message


def gather_all(
    ws: Workspace, by: Stamp, *, only: Sequence[str] = (), retry: bool = False, report: Report | None = None
) -> GatheredAll:
    """Search for every open case that is proven to the level and not accounted for, in one pass over the sources.

    With ``retry`` each case is searched only where it failed or was never searched. Each record set is filed for
    all cases before the next is read, so a run broken off is continued by the next one.
    """
    ws.require(by, "editor")
    sources = chosen(ws, only)
    troubles: dict[str, str] = {}
    cases = _unaccounted(ws, sources)
    with ws.ledger.writing():
        cases = {number: scope(ws, case, sources, by) for number, case in cases.items()}
    identifiers, wanted = {}, {}
    for number, case in cases.items():
        if own := searchable(ws, case):
            identifiers[number], wanted[number] = own, to_ask(case, sources, retry=retry)
        else:
            troubles[number] = NOT_SEARCHABLE
    run = _Pass(ws=ws, by=by, identifiers=identifiers, wanted=wanted, report=report, troubles=troubles)
    known = {number: {one.key for one in identifiers_of(ws, number)} for number in identifiers}
    results = run.search(sources) if identifiers else {}
    again = [
        number
        for number, result in results.items()
        if retry and any(one.key not in known[number] for one in result.followed)
    ]
    if again:
        # what answered now names new identifiers: the record sets that answered before are asked again with them
        run.identifiers = {number: [*identifiers[number], *results[number].followed] for number in again}
        run.wanted = {number: to_ask(cases[number], sources, retry=False) for number in again}
        results.update(run.search(sources))
    not_followed = run.finish(results)
    return GatheredAll(
        cases=tuple(ws.ledger.case(number) for number in cases),
        reads=tuple(run.reads),
        not_followed=not_followed,
        troubles=troubles,
        problems=tuple(run.problems),
    )


def _unaccounted(ws: Workspace, sources: Sequence[Source]) -> dict[str, Case]:
    """The open cases that wait for the search, by number."""
    places = [
        (source.settings.name, one.name)
        for source in sources
        if source.settings.kind != PERSON
        for one in source.settings.record_sets
    ]
    found = {}
    for row in ws.ledger.rows(open_only=True):
        case = ws.ledger.case(row.case)
        # what is reviewed or answered already is not opened again by a source that is new
        waits = not case.reviewed and any(proven(case, one) for one in claims_to_search(case))
        lines = [case.coverage.get(place) for place in places]
        if waits and any(line is None or line.state in (Look.OPEN, Look.FAILED) for line in lines):
            found[row.case] = case
    return dict(sorted(found.items()))
