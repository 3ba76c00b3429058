"""Searches all sources for one person and accounts for every record set.

Following identifiers is ``following``'s, one record set's answer ``asking``'s; filing the result is the workflow's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from dsar.case.identifiers import SEARCHABLE, Holder, Identifier
from dsar.errors import InputWrong
from dsar.formats.plain import printable, shorten
from dsar.law.fields import did_you_mean
from dsar.sources.answers import Answer, SearchResult
from dsar.sources.asking import Asking, Key, key_of, reasons
from dsar.sources.following import ORGANISATION, SHARED, Trail, follow
from dsar.sources.interface import Source
from dsar.sources.matching import comparable, family

FAN_OUT = 200
ROUNDS = 8
NOT_ENOUGH = "a {0} alone is never enough to search by"
NOT_OWN = "in {0} it stands for an organisation or for several people, so it was not compared there"


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

    Record sets that lead on are asked once per round with what is new; the others once, at the end, with all.
    A source that fails leaves the others as they are. ``only`` names the sources to search; ``report`` gets
    each answer as it is settled. Raises InputWrong if ``only`` names a source there is not.
    """
    asked = [Asking(source, one) for source in _chosen(sources, only) for one in source.settings.record_sets]
    leading = [one for one in asked if one.leads_on]
    refused: list[tuple[Identifier, str]] = []
    seeds = []
    for given in identifiers:
        if why := _unusable(given):
            refused.append((given, why))
        else:
            seeds.append(given)
    trail = follow(leading, seeds, fan_out=fan_out, rounds=rounds)
    answers: dict[int, Answer] = {}
    unclear: set[Key] = set()
    for one in (*leading, *(other for other in asked if not other.leads_on)):
        if not one.leads_on:
            one.ask(trail.identifiers)
        in_turn = one.held_in_turn(trail.boundless)
        unclear.update(key_of(match) for record in in_turn for match in reasons(record))
        answer = one.answer(count_only=count_only, unclear=len(in_turn))
        answers[id(one)] = answer
        if report:
            report(answer)
    refused += [*trail.not_followed, *_not_compared(asked, seeds, trail)]
    return SearchResult(
        answers=tuple(answers[id(one)] for one in asked),
        followed=tuple(trail.followed),
        not_followed=tuple(dict.fromkeys(refused)),
        incomplete=tuple(one.name for one in leading if one.failure),
        unclear=tuple(one for one in trail.identifiers if key_of(one) in unclear),
    )


def _chosen(sources: Sequence[Source], only: Collection[str] | None) -> list[Source]:
    names = [source.settings.name for source in sources]
    for name in only or ():
        if name not in names:
            shown = shorten(printable(name), 60)
            raise InputWrong(
                f'There is no source "{shown}".{did_you_mean(name, names)} Nothing was searched.',
                hint="dsar source list",
            )
    return [source for source in sources if only is None or source.settings.name in only]


def _unusable(identifier: Identifier) -> str:
    if identifier.kind not in SEARCHABLE:
        return NOT_ENOUGH.format(identifier.kind.replace("_", " "))
    if identifier.holder is Holder.PERSON:
        return ""
    return ORGANISATION if identifier.holder is Holder.ORGANISATION else SHARED


def _not_compared(
    asked: Sequence[Asking], seeds: Sequence[Identifier], trail: Trail
) -> Iterator[tuple[Identifier, str]]:
    """What the request names and no record set may be searched by, since it stands for more than this person."""
    for seed in seeds:
        kind = family(seed.kind)
        places: dict[bool, list[str]] = {True: [], False: []}
        for one in asked:
            for described in one.record_set.fields:
                if described.match and family(described.identifies) == kind:
                    places[comparable(one.record_set, described)].append(one.name)
        if places[False] and not places[True]:
            yield seed, NOT_OWN.format(", ".join(dict.fromkeys(places[False])))
