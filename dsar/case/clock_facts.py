"""The facts by which staff put right what a clock is reckoned from; each names its reason, a vault row.

What asking and answering do to a date is a ``ClockMoved``; how dates are reckoned is the law room's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from dsar.case.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedCorrected(Fact):
    """The request reached the organisation on another day than the file said."""

    received_on: date
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignationCorrected(Fact):
    """The request came, or did not come, to an address designated for such requests."""

    designated: bool
    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleCorrected(Fact):
    """A right is held to another rule of its law, because the facts it was chosen by were put right."""

    claim: str
    rule: str
    rule_version: str
    calendar_version: str
    proof_level: int
    must_acknowledge: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidenceNoted(Fact):
    """It became known where the person lives; the place itself is the vault row."""

    item: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveTakenBack(Fact):
    """A clock fact was recorded by mistake and counts no more."""

    kind: str
    on: date
    claim: str
    item: str
