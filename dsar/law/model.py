"""The values a statute is made of here: laws, rules, periods, pauses, extensions and proof.

Reading them from TOML is left to ``parse``, finding them to ``rules`` and reckoning with them to ``clocks``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from dsar.law.words import ClockStart, Confirmed, CountedFrom, Effect, Method, Right, Roll, Trigger, Uncounted, Unit

_PERIOD = re.compile(r"(\d{1,4}) (business day|day|week|month|year)s?")
# A week is its days and a year its months: neither ends on another day for being written so.
_IN_PARTS = {"week": (7, "day"), "year": (12, "month")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """A length of time as a statute writes it: ``1 month``, ``45 days``, ``10 business days``, ``3 weeks``."""

    n: int
    unit: Unit

    @classmethod
    def parse(cls, text: str) -> Period | None:
        """The period these words say, or None when they say none."""
        found = _PERIOD.fullmatch(text)
        if found is None:
            return None
        times, unit = _IN_PARTS.get(found[2], (1, found[2]))
        return cls(n=int(found[1]) * times, unit=Unit(unit.replace(" ", "_")))

    def __str__(self) -> str:
        return f"{self.n} {self.unit.replace('_', ' ')}{'' if self.n == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """When a rule applies: both days included, ``until`` None while it has no end."""

    since: date
    amended: date | None = None
    until: date | None = None
    note: str = ""

    def on(self, day: date) -> bool:
        """Whether a request received on this day falls under the rule."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """The duty to confirm receipt."""

    within: Period
    must_state: tuple[str, ...] = ()
    basis: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond:
    """The duty to answer: ``within`` is None where the law gives no number, only its words."""

    within: Period | None
    standard: str
    statutory: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    """What asking the person something does to the clock.

    ``statutory`` False means that only guidance says so: the binding date ignores it. Before ``since`` a
    statutory pause was guidance as well.
    """

    trigger: Trigger
    effect: Effect
    statutory: bool
    basis: str
    uncounted: Uncounted = Uncounted.BOTH_DAYS
    reflection: Period | None = None
    since: date | None = None

    def binds(self, received: date) -> bool:
        """Whether the law itself gives this pause to a request received that day."""
        return self.statutory and (self.since is None or self.since <= received)


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """More time, if the person is told so in time.

    ``by`` and ``total`` are None where the law lets us name the new date ourselves; ``total`` counts from day 0.
    """

    by: Period | None
    total: Period | None
    notice_within: Period
    notice_counted_from: CountedFrom = CountedFrom.CLOCK_START
    notice_stops_with_clock: bool = False
    notice_must_state: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    times: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollover:
    """What happens when the last day is not a working day; ``safe`` names the reading to plan for."""

    rule: Roll = Roll.NONE
    basis: str = ""
    safe: Roll | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Appeal:
    """Where a refusal can be taken, inside the company (``respond``) or outside (``to``)."""

    available: bool
    to: str = ""
    window: str = ""
    respond: Period | None = None
    extension: Period | None = None
    on_denial: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """What a refusal must say, and by when (None: with the answer)."""

    within: Period | None = None
    must_state: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    fallback: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """Whether the answer may cost the person anything."""

    default: str
    chargeable_if: tuple[str, ...] = ()
    free_count: str = ""
    amount: str = ""
    cap: str = ""
    alternative: str = ""
    burden: str = ""
    never: str = ""
    needs: tuple[str, ...] = ()
    tell_first: bool = False
    withdrawn_after: Period | None = None
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookback:
    """How far back an answer reaches."""

    default: str
    beyond: str = ""
    basis: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """How often a person may ask: words, and the count per period where there is one."""

    says: str
    times: int | None = None
    per: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """How long the file about the request itself is kept."""

    says: str
    keep: Period | None = None
    basis: str = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What proves identity for this rule, the least that is enough and the most that may be asked.

    ``level`` is 0 none, 1 reasonable, 2 reasonably high; ``points`` counts matching data points for
    ``matching_points``; ``declaration`` asks for a signed statement beside them; ``login_again`` wants a fresh
    log-in. ``sensitive_level`` and ``sensitive_points`` apply where the data or the harm is serious.
    ``ceiling`` empty: nothing may be asked. ``never`` lists what may not be asked or kept.
    """

    least: str
    level: int
    cite: str
    points: int = 0
    declaration: bool = False
    login_again: bool = False
    sensitive_level: int | None = None
    sensitive_points: int | None = None
    accepted: tuple[Method, ...] = ()
    ceiling: tuple[Method, ...] = ()
    never: tuple[str, ...] = ()
    conditions: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who hears complaints."""

    name: str
    site: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Law:
    """One law, without its rules.

    ``only_for`` names the rights it may be applied to where it covers one narrow thing; empty: all its rules name.
    ``never_disclose`` holds words of words.toml; ``categories`` is a list the statute itself gives.
    """

    id: str
    name: str
    short_name: str
    aliases: tuple[str, ...] = ()
    jurisdictions: tuple[str, ...] = ()
    only_for: tuple[Right, ...] = ()
    authorities: tuple[Authority, ...] = ()
    never_disclose: tuple[str, ...] = ()
    never_disclose_cite: str = ""
    categories: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One right under one law, with everything the law says about answering it.

    ``content`` is its canonical text: a case keeps it, so that editing the TOML never moves an old deadline.
    ``only_named`` keeps it from being taken as the strictest plausible rule where a letter names no law.
    """

    id: str
    law: str
    term: str
    right: Right
    name: str
    cite: str
    in_force: InForce
    respond: Respond
    proof: Proof
    confirmed: Confirmed
    source: str
    version: str
    content: str
    also: tuple[Right, ...] = ()
    words: tuple[str, ...] = ()
    fallback: bool = False
    only_named: bool = False
    designated: bool | None = None
    clock_start: ClockStart = ClockStart.RECEIPT
    calendar: str | None = None
    acknowledge: Acknowledge | None = None
    pauses: tuple[Pause, ...] = ()
    extension: Extension | None = None
    rollover: Rollover = Rollover()
    appeal: Appeal | None = None
    refusal: Refusal | None = None
    verification: str = ""
    agents: str = ""
    fee: Fee | None = None
    lookback: Lookback | None = None
    frequency: Frequency | None = None
    response_contents: tuple[str, ...] = ()
    downstream: str = ""
    records: Records | None = None
    notes: str = ""

    @property
    def periods(self) -> tuple[Period, ...]:
        """Every period a clock of this rule runs for."""
        extension = self.extension
        asked = (
            self.acknowledge.within if self.acknowledge else None,
            self.respond.within,
            extension.total if extension else None,
            extension.notice_within if extension else None,
        )
        return tuple(period for period in asked if period is not None)

    @property
    def needs_calendar(self) -> bool:
        """Whether a date of this rule depends on which days are working days."""
        return self.rollover.rule is not Roll.NONE or any(p.unit is Unit.BUSINESS_DAY for p in self.periods)
