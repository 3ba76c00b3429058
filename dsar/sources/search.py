"""Searches all sources for one person or many, and accounts for every record set of each.

Following identifiers is ``following``'s, one record set's answer ``asking``'s; filing the result is the workflow's.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import RecordSet
from dsar.errors import InputWrong, did_you_mean
from dsar.formats.plain import printable, shorten
from dsar.sources.answers import Answer, SearchResult
from dsar.sources.asking import Asking, ask_together
from dsar.sources.following import Trail, Walk, follow
from dsar.sources.interface import Source
from dsar.sources.leads import Lead
from dsar.sources.matching import comparable, family, why_unusable
from dsar.sources.read_once import remembering
from dsar.sources.sharing import Key, key_of
from dsar.sources.spool import Spool

FAN_OUT = 200
ROUNDS = 8
# After so many new objects garbage is looked for.
_RARELY = 100_000
NOT_OWN = "in {0} it stands for an organisation or for several people, so it was not compared there"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One person to search for: by what, and in which sources (None: all)."""

    identifiers: Sequence[Identifier]
    sources: Collection[str] | None = None


@dataclass(slots=True, kw_only=True)
class _Hunt:
    """The search for one person while it runs; ``leading`` are the record sets that lead on, by their place."""

    leading: dict[int, Asking]
    in_scope: frozenset[int]
    seeds: list[Identifier]
    refused: list[tuple[Identifier, str]]
    walk: Walk
    trail: Trail = field(default_factory=Trail)
    answers: dict[int, Answer] = field(default_factory=dict)
    unclear: frozenset[Key] = frozenset()


def search(
    sources: Sequence[Source],
    identifiers: Sequence[Identifier],
    *,
    count_only: bool = False,
    fan_out: int = FAN_OUT,
    rounds: int = ROUNDS,
    only: Collection[str] | None = None,
    report: Callable[[Answer], None] | None = None,
) -> SearchResult:
    """Every record of one person in the sources, found by what identifies them and by what that leads to.

    ``only`` names the sources to search; ``report`` gets each answer as it is settled. Raises InputWrong if
    ``only`` names a source there is not.
    """
    for name in only or ():
        _known(name, [source.settings.name for source in sources])
    settled = (lambda answers: report(answers[""])) if report else None
    subjects = {"": Subject(identifiers=identifiers, sources=only)}
    found = search_many(sources, subjects, count_only=count_only, fan_out=fan_out, rounds=rounds, settled=settled)
    return found[""]


@contextmanager
def _keeping() -> Iterator[None]:
    """What a search makes it keeps, so that looking for garbage in it again and again is in vain.

    Nor does another process then touch what it shares with this one.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_RARELY, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


@_keeping()
def search_many(
    sources: Sequence[Source],
    subjects: Mapping[str, Subject],
    *,
    count_only: bool = False,
    fan_out: int = FAN_OUT,
    rounds: int = ROUNDS,
    followed: Callable[[Mapping[str, Sequence[Identifier]]], None] | None = None,
    settled: Callable[[Mapping[str, Answer]], None] | None = None,
    keep_records: bool = True,
    folder: Path | None = None,
) -> dict[str, SearchResult]:
    """What ``search`` finds for each person, with each record set read once per round for all of them together.

    Record sets that lead on are asked once per round with what is new; the others once, at the end, with all.
    A source that fails leaves the others as they are. ``followed`` gets what was found to search by, before any
    answer; ``settled`` one record set's answers at a time, with the records to read. Without ``keep_records`` the
    results hold none, and memory a few bytes of each; meanwhile they lie in a file without a name in ``folder``.
    """
    places = [
        (source, one, Spool(source.settings.name, folder)) for source in sources for one in source.settings.record_sets
    ]
    leads = [number for number, place in enumerate(places) if Asking(*place).leads_on]
    whole = frozenset(range(len(places)))
    hunts = {}
    for person, (name, subject) in enumerate(subjects.items()):
        in_scope = (
            whole
            if subject.sources is None
            else frozenset(
                number for number, (source, _, _) in enumerate(places) if source.settings.name in subject.sources
            )
        )
        leading = {number: Asking(*places[number], person) for number in leads if number in in_scope}
        hunts[name] = _hunt(subject, in_scope, leading, fan_out, rounds)
    with remembering([places[number][0] for number in leads]):
        _follow_all(hunts.values(), leads)
    if followed:
        followed({name: tuple(hunt.trail.followed) for name, hunt in hunts.items()})
    others = [number for number in range(len(places)) if number not in leads]
    for number in (*leads, *others):
        with places[number][2]:
            answers = _asked(number, places[number], hunts, count_only)
            if keep_records:
                answers = {
                    name: replace(one, records=tuple(kept.record for kept in one.written()))
                    for name, one in answers.items()
                }
            if settled and answers:
                settled(answers)
            for name, answer in answers.items():
                hunts[name].answers[number] = answer
    closed = cache(lambda in_scope: _closed([places[number][1] for number in sorted(in_scope)]))
    return {name: _result(hunt, closed(hunt.in_scope)) for name, hunt in hunts.items()}


def _asked(
    number: int, place: tuple[Source, RecordSet, Spool], hunts: Mapping[str, _Hunt], count_only: bool
) -> dict[str, Answer]:
    """One record set's answer for everybody in whose scope it is; where it does not lead on it is read now."""
    asked = [(name, person, hunt) for person, (name, hunt) in enumerate(hunts.items()) if number in hunt.in_scope]
    askings = [hunt.leading.get(number) or Asking(*place, person) for _, person, hunt in asked]
    if asked and number not in asked[0][2].leading:
        ask_together([(one, hunt.trail.identifiers) for one, (_, _, hunt) in zip(askings, asked, strict=True)])
    return {name: _answered(hunt, one, count_only) for one, (name, _, hunt) in zip(askings, asked, strict=True)}


def _hunt(subject: Subject, in_scope: frozenset[int], leading: dict[int, Asking], fan_out: int, rounds: int) -> _Hunt:
    refused: list[tuple[Identifier, str]] = []
    seeds = []
    for given in subject.identifiers:
        if why := why_unusable(given):
            refused.append((given, why))
        else:
            seeds.append(given)
    walk = follow(list(leading.values()), seeds, fan_out=fan_out, rounds=rounds)
    return _Hunt(leading=leading, in_scope=in_scope, seeds=seeds, refused=refused, walk=walk)


def _follow_all(hunts: Collection[_Hunt], leads: Sequence[int]) -> None:
    """Take all walks on together, round by round, until each has come to its end."""
    going: list[tuple[_Hunt, Sequence[Identifier]]] = []
    for hunt in hunts:
        try:
            going.append((hunt, next(hunt.walk)))
        except StopIteration as end:
            hunt.trail = end.value
    while going:
        told: dict[int, dict[int, list[Lead]]] = {id(hunt): {} for hunt, _ in going}
        for number in leads:
            asked = [(hunt, frontier) for hunt, frontier in going if number in hunt.leading]
            news = ask_together([(hunt.leading[number], frontier) for hunt, frontier in asked])
            for (hunt, _), found in zip(asked, news, strict=True):
                told[id(hunt)][number] = found
        still = []
        for hunt, _ in going:
            try:
                still.append((hunt, hunt.walk.send([told[id(hunt)][number] for number in hunt.leading])))
            except StopIteration as end:
                hunt.trail = end.value
        going = still


def _answered(hunt: _Hunt, one: Asking, count_only: bool) -> Answer:
    if not one.turns.noted:
        return one.answer(count_only=count_only)
    count, keys = one.turns.unclear(hunt.trail.boundless)
    hunt.unclear |= keys
    return one.answer(count_only=count_only, unclear=count)


def _result(hunt: _Hunt, closed: Mapping[str, str]) -> SearchResult:
    not_compared = [(seed, closed[kind]) for seed in hunt.seeds if (kind := family(seed.kind)) in closed]
    refused = [*hunt.refused, *hunt.trail.not_followed, *not_compared]
    return SearchResult(
        answers=tuple(hunt.answers[number] for number in sorted(hunt.answers)),
        followed=tuple(hunt.trail.followed),
        not_followed=tuple(dict.fromkeys(refused)),
        incomplete=tuple(one.name for one in hunt.leading.values() if one.failure),
        unclear=tuple(one for one in hunt.trail.identifiers if key_of(one) in hunt.unclear) if hunt.unclear else (),
    )


def _known(name: str, names: Sequence[str]) -> None:
    if name not in names:
        shown = shorten(printable(name), 60)
        raise InputWrong(
            f'There is no source "{shown}".{did_you_mean(name, names)} Nothing was searched.',
            hint="dsar source list",
        )


def _closed(asked: Iterable[RecordSet]) -> dict[str, str]:
    """The kinds that no record set may be searched by, since they stand for more than one person, and why."""
    places: dict[str, dict[bool, list[str]]] = {}
    for one in asked:
        for described in one.fields:
            if described.match:
                several = places.setdefault(family(described.identifies), {True: [], False: []})
                several[comparable(one, described)].append(f"{one.source} {one.name}")
    return {
        kind: NOT_OWN.format(", ".join(dict.fromkeys(several[False])))
        for kind, several in places.items()
        if several[False] and not several[True]
    }
