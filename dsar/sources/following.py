"""Follows a person's identifiers from record set to record set until nothing new turns up.

Only the person's own are followed: an account is not a person. What is asked how is ``asking``'s.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace

from dsar.case.identifiers import Holder, Identifier
from dsar.sources.asking import Asking
from dsar.sources.leads import Lead
from dsar.sources.matching import SHARED, WHY_NOT_OWN
from dsar.sources.periods import Span
from dsar.sources.sharing import Key, key_of

ASKED = "{0} says that a person decides whether it is followed"
TOO_MANY = "it is one of more than {0} that {1} leads to, which are not one person's"
IN_TURN = "the record it stands in was reached by what several people held in turn"
STOPPED = "the search stopped after {0} rounds"
_ALWAYS = Span()
# What passes from one person to the next by nature; an e-mail address known to be somebody's stays theirs.
_REASSIGNED = ("phone", "ip")


def span_of(identifier: Identifier) -> Span:
    """The days an identifier was the person's."""
    return Span(since=identifier.since, until=identifier.until)


@dataclass(slots=True)
class Trail:
    """What one walk found: identifiers known, those not followed, and what it learned about them."""

    known: dict[Key, list[Identifier]] = field(default_factory=dict)
    followed: list[Identifier] = field(default_factory=list)
    refused: dict[Key, tuple[Identifier, str]] = field(default_factory=dict)
    shared: set[Key] = field(default_factory=set)
    periods: dict[Key, dict[Span, Identifier]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, identifier: Identifier) -> None:
        """Know an identifier from now on."""
        self.known.setdefault(key_of(identifier), []).append(identifier)

    def has(self, identifier: Identifier) -> bool:
        """Whether every day of it is known already."""
        return any(span_of(one).holds(span_of(identifier)) for one in self.known.get(key_of(identifier), ()))

    def refuse(self, identifier: Identifier, why: str) -> None:
        """Note that it is not followed; the first reason stays."""
        self.refused.setdefault(key_of(identifier), (identifier, why))

    @property
    def identifiers(self) -> list[Identifier]:
        """All that is known to be the person's."""
        return [one for several in self.known.values() for one in several]

    @property
    def boundless(self) -> set[Key]:
        """What is known without a period."""
        return {key for key, several in self.known.items() if any(span_of(one) == _ALWAYS for one in several)}

    @property
    def not_followed(self) -> tuple[tuple[Identifier, str], ...]:
        """Those not followed, without what became known in another way."""
        return tuple(refused for key, refused in self.refused.items() if key not in self.known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How far a search goes, and what earlier walks taught it not to follow."""

    fan_out: int
    rounds: int
    barred: frozenset[Key] = frozenset()
    narrowed: frozenset[Key] = frozenset()


# One person's walk: it says what to ask every record set with, and is sent what each leads to.
Walk = Generator[Sequence[Identifier], Sequence[Sequence[Lead]], Trail]


def follow(asked: Sequence[Asking], seeds: Sequence[Identifier], *, fan_out: int, rounds: int) -> Walk:
    """Ask every record set that leads on, once per round and only with what is new, until nothing is.

    The walk starts again where it learned that a number it went by is shared by several people (also one the
    request names), or from when until when a number was this person's: then it counts for those days only.
    """
    if not asked:
        return _begun(seeds)
    limits = Limits(fan_out=fan_out, rounds=rounds)
    given = list(seeds)
    learned: list[Identifier] = []
    while True:
        trail = yield from _walked(asked, given, limits)
        shared = trail.shared & trail.known.keys()
        periods = {key: trail.periods[key] for key in _narrowable(trail) - limits.narrowed - shared}
        if not shared and not periods:
            trail.followed[:0] = learned
            return trail
        limits = replace(limits, barred=limits.barred | shared, narrowed=limits.narrowed | periods.keys())
        given = [one for one in given if key_of(one) not in shared]
        given = [one for one in given if key_of(one) not in periods or span_of(one) != _ALWAYS]
        for spans in periods.values():
            given += spans.values()
            learned += spans.values()
        for one in asked:
            one.start_again()


def _narrowable(trail: Trail) -> set[Key]:
    return {key for key in trail.boundless if key[0] in _REASSIGNED and trail.periods.get(key)}


def _begun(seeds: Sequence[Identifier]) -> Trail:
    """A trail at its beginning: what the request names."""
    trail = Trail()
    for seed in seeds:
        if not trail.has(seed):
            trail.add(seed)
    return trail


def _walked(asked: Sequence[Asking], seeds: Sequence[Identifier], limits: Limits) -> Walk:
    trail = _begun(seeds)
    frontier = trail.identifiers
    for turn in range(limits.rounds):
        if not frontier:
            break
        told = yield frontier
        emitted = [(one, list(_emitted(one, new, trail))) for one, new in zip(asked, told, strict=True)]
        frontier = _accepted(emitted, trail, limits)
        for found in frontier:
            if turn + 1 == limits.rounds:
                trail.refuse(found, STOPPED.format(limits.rounds))
            else:
                trail.add(found)
                trail.followed.append(found)
    return trail


def _emitted(one: Asking, leads: Sequence[Lead], trail: Trail) -> Iterator[Identifier]:
    """The identifiers these leads are, but those that nobody may follow."""
    in_turn = one.turns.taken(trail.boundless)
    led: dict[str, list[Identifier]] = {}
    for lead in leads:
        if lead.ways <= in_turn:
            trail.refuse(lead.identifier, IN_TURN)
        elif lead.field.asks and lead.identifier.holder is Holder.PERSON:
            trail.refuse(lead.identifier, ASKED.format(one.name))
        else:
            led.setdefault(lead.field.name, []).append(lead.identifier)
    for name, several in led.items():
        yield from _few_enough(one, name, several, trail)


def _few_enough(one: Asking, name: str, several: Sequence[Identifier], trail: Trail) -> Sequence[Identifier]:
    """What a field with a limit of its own leads to: too many different values are not one person's."""
    described = one.record_set.field(name)
    most = described.fan_out if described else 0
    if not most:
        return several
    before = one.led_to.setdefault(name, set())
    new = {key_of(own): own for own in several if own.holder is Holder.PERSON and key_of(own) not in before}
    if len(before) + len(new) <= most:
        before.update(new)
        return several
    unknown = [own for own in new.values() if not trail.has(own)]
    one.fanned_out += len(unknown)
    for own in unknown:
        trail.refuse(own, TOO_MANY.format(most, f"{one.name} {name}"))
    return [own for own in several if key_of(own) not in new]


def _accepted(emitted: Sequence[tuple[Asking, Sequence[Identifier]]], trail: Trail, limits: Limits) -> list[Identifier]:
    """Which of the identifiers found are followed: new, the person's own, and not too many from one place."""
    # first what is said not to be one person's, so that the order of the record sets makes no difference
    for other in (other for _, found in emitted for other in found if other.holder is not Holder.PERSON):
        trail.refuse(other, WHY_NOT_OWN[other.holder])
        if other.holder is Holder.SHARED:
            trail.shared.add(key_of(other))
    accepted: dict[tuple[Key, Span], Identifier] = {}
    for one, found in emitted:
        new = _new([own for own in found if own.holder is Holder.PERSON], trail, limits)
        if len(new) + sum(own.found_in == one.place for own in trail.followed) > limits.fan_out:
            one.fanned_out += len(new)
            for own in new:
                trail.refuse(own, TOO_MANY.format(limits.fan_out, one.name))
        else:
            for own in new:
                accepted.setdefault((key_of(own), span_of(own)), own)
    return list(accepted.values())


def _new(found: Sequence[Identifier], trail: Trail, limits: Limits) -> list[Identifier]:
    new: dict[tuple[Key, Span], Identifier] = {}
    for own in found:
        key, days = key_of(own), span_of(own)
        if days != _ALWAYS:
            trail.periods[key].setdefault(days, own)
        if key in limits.barred or key in trail.shared:
            trail.refuse(own, SHARED)
        elif not trail.has(own) and not (days == _ALWAYS and key in limits.narrowed):
            new.setdefault((key, days), own)
    return list(new.values())
