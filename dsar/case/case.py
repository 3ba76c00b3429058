"""A case as the sum of its facts, and how far each of its rights has come.

How a fact changes a case is ``evolve``'s business; whether it may is ``admit``'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from dsar.case import facts as f
from dsar.case.changes import PlanKind, Result
from dsar.case.rights import ABOUT_A_CHILD, CARRIED_OUT_BY, DECIDED, GIVES_A_COPY, PATHS, Right
from dsar.case.stages import DECISIONS, NEEDS_NO_LETTER, ORDER, Chosen, Outcome, Role, Stage
from dsar.case.stages import LetterState as LetterState


class Look(StrEnum):
    """What became of one record set: three kinds of "nothing" are never mixed."""

    OPEN = "open"
    ASKED = "asked"
    SEARCHED = "searched"
    FAILED = "failed"
    WAIVED = "waived"
    EXCLUDED = "excluded"


EXPLAINED = frozenset({Look.SEARCHED, Look.WAIVED, Look.EXCLUDED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One line of the coverage ledger."""

    source: str
    record_set: str
    state: Look = Look.OPEN
    found: int = 0
    excluded: int = 0
    ground: str = ""
    role: str = "controller"
    secret: bool = False
    asks: bool = False
    asked: str = ""
    asked_due_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One right under one law, with its own clocks and outcome."""

    right: Right
    law: str
    rule: str
    rule_version: str
    calendar_version: str
    proof_level: int
    must_acknowledge: bool
    target_days: int | None = None
    chosen: Chosen = Chosen.NAMED
    outcome: Outcome | None = None
    ground: str = ""
    revived_by: str = ""

    @property
    def name(self) -> str:
        """The claim's key in facts and commands, as "access/eu-gdpr"."""
        return f"{self.right}/{self.law}"

    @property
    def decided(self) -> bool:
        """Whether somebody decided it with reasons of their own, which are a vault row, and not by a ground alone."""
        return self.right in DECIDED and self.outcome in DECISIONS and self.ground.startswith("V-")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLine:
    """One letter of the case, from intent to receipt."""

    key: str
    kind: str
    digest: str
    personal: bool
    claims: tuple[str, ...]
    state: LetterState
    sent_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A clock fact and the claim it is about ("" = all)."""

    kind: str
    on: date
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """One plan of the case: from the saved proposal to the search that looked again."""

    id: str
    kind: PlanKind
    digest: str
    claims: tuple[str, ...]
    steps: int
    changes: int
    expires_at: str
    needs_approval: bool
    # where no program can do it, and nobody has said yet that it is done
    by_hand: tuple[str, ...] = ()
    started: bool = False
    finished: bool = False
    results: Mapping[str, Result] = field(default_factory=lambda: MappingProxyType({}))
    remaining: int | None = None
    explained: int = 0

    @property
    def clean(self) -> bool:
        """Whether the search after it found nothing that the plan does not explain."""
        return self.remaining is not None and self.remaining <= self.explained


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """The state of one case. Mappings are read-only views; insertion order is time order."""

    number: str
    facts: int = 0
    received_on: date = date.min
    zone: str = "UTC"
    channel: str = ""
    role: Role = Role.SELF
    language: str = "en"
    designated: bool = True
    message: str = ""
    owner: str = ""
    claims: Mapping[str, Claim] = field(default_factory=lambda: MappingProxyType({}))
    moves: tuple[Moved, ...] = ()
    proof_level: int = 0
    proof_methods: tuple[str, ...] = ()
    proof_failed: bool = False
    authority: Role | None = None
    evidence: tuple[str, ...] = ()
    recipients: Mapping[str, f.RecipientChecked] = field(default_factory=lambda: MappingProxyType({}))
    coverage: Mapping[tuple[str, str], Coverage] = field(default_factory=lambda: MappingProxyType({}))
    decisions: Mapping[str, tuple[f.Decision, str]] = field(default_factory=lambda: MappingProxyType({}))
    reviewed: str = ""
    approvals: Mapping[tuple[f.Approves, str], str] = field(default_factory=lambda: MappingProxyType({}))
    makers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    package: str = ""
    package_of: str = ""
    letters: Mapping[str, LetterLine] = field(default_factory=lambda: MappingProxyType({}))
    plans: Mapping[str, PlanLine] = field(default_factory=lambda: MappingProxyType({}))
    holds: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({}))
    checks_on: tuple[date, ...] = ()
    linked: tuple[str, ...] = ()
    appeals: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    closed: bool = False
    purge_on: date | None = None

    @property
    def exists(self) -> bool:
        """Whether the case was ever opened."""
        return self.facts > 0

    @property
    def about_a_child(self) -> bool:
        """Whether the data subject is a child under 13: the name is then hidden in every list."""
        return any(claim.right in ABOUT_A_CHILD for claim in self.claims.values())

    @property
    def gives_a_copy(self) -> bool:
        """Whether any open right ends in a copy of records."""
        return any(claim.right in GIVES_A_COPY and claim.outcome is None for claim in self.claims.values())

    @property
    def unexplained(self) -> tuple[Coverage, ...]:
        """The record sets that nobody has accounted for yet."""
        return tuple(line for line in self.coverage.values() if line.state not in EXPLAINED)

    @property
    def nothing_found(self) -> bool:
        """Whether every record set is accounted for and none that was searched holds anything."""
        searched = [line.found for line in self.coverage.values() if line.state is Look.SEARCHED]
        return bool(self.coverage) and not self.unexplained and not any(searched)

    def letter_sent(self, kind: str) -> LetterLine | None:
        """The last letter of this kind that left and did not come back."""
        sent = [line for line in self.letters.values() if line.kind == kind and line.state is LetterState.SENT]
        return sent[-1] if sent else None

    def approved(self, what: f.Approves, digest: str) -> bool:
        """Whether a second person agreed to exactly this version."""
        return (what, digest) in self.approvals


def stage_of(case: Case, claim: Claim) -> Stage:
    """The first stage of the right's path that the facts do not yet fulfil."""
    if case.closed:
        return Stage.CLOSED
    if claim.outcome is not None:
        return Stage.CLOSE if told(case, claim) else Stage.RESPOND
    for stage in PATHS[claim.right]:
        if not _DONE[stage](case, claim):
            return stage
    return Stage.CLOSE


def stage(case: Case) -> Stage:
    """The least advanced stage among the case's rights (intake while it has none)."""
    if case.closed:
        return Stage.CLOSED
    stages = [stage_of(case, claim) for claim in case.claims.values()]
    return min(stages, key=ORDER.index, default=Stage.INTAKE)


ANSWERS = ("answer", "nothing", "notice", "recipients", "done", "decision", "refusal", "redirect", "closing")


def told(case: Case, claim: Claim) -> bool:
    """Whether a letter that answers this right left and did not come back."""
    if claim.outcome in NEEDS_NO_LETTER:
        return True
    if told_once(case):
        return acknowledged(case)
    return any(
        line.kind in ANSWERS and line.state is LetterState.SENT and claim.name in line.claims
        for line in case.letters.values()
    )


def told_once(case: Case) -> bool:
    """Whether whoever wrote gets one letter and no more: a reporter learns nothing, a child is not written to again."""
    return case.role is Role.REPORTER or (case.role is Role.CHILD and case.about_a_child)


def acknowledged(case: Case) -> bool:
    """Whether the person has heard from us: any letter about their rights tells that the request arrived."""
    return any(line.state is LetterState.SENT and line.claims for line in case.letters.values())


def _gathered(case: Case, claim: Claim) -> bool:
    return bool(case.coverage) and not case.unexplained


def _reviewed(case: Case, claim: Claim) -> bool:
    return case.nothing_found or (bool(case.reviewed) and case.approved(f.Approves.REVIEW, case.reviewed))


def _acted(case: Case, claim: Claim) -> bool:
    if claim.right in GIVES_A_COPY:
        return case.nothing_found or (bool(case.package) and case.package_of == case.reviewed)
    if claim.right in CARRIED_OUT_BY:
        return (Stage.GATHER in PATHS[claim.right] and case.nothing_found) or carried_out(case, claim)
    return True


def carried_out(case: Case, claim: Claim) -> bool:
    """Whether a plan for this right was carried out whole, and the search that looked again explains what is left."""
    wanted = CARRIED_OUT_BY.get(claim.right, ())
    return any(
        plan.finished and plan.clean and plan.kind in wanted and claim.name in plan.claims
        for plan in case.plans.values()
    )


def current_plan(case: Case) -> PlanLine | None:
    """The newest plan that is not finished yet."""
    waiting = [plan for plan in case.plans.values() if not plan.finished]
    return waiting[-1] if waiting else None


def _never(case: Case, claim: Claim) -> bool:
    return False


# One row per stage: what the facts must hold for a right to have left it.
_DONE = {
    Stage.INTAKE: lambda case, claim: not claim.must_acknowledge or acknowledged(case),
    Stage.VERIFY: lambda case, claim: proven(case, claim),
    Stage.GATHER: _gathered,
    Stage.REVIEW: _reviewed,
    Stage.ACT: _acted,
    Stage.RESPOND: lambda case, claim: claim.outcome is not None and told(case, claim),
    Stage.CLOSE: _never,
}


def proven(case: Case, claim: Claim) -> bool:
    """Whether identity, and any agent's or parent's authority, is shown to the level the right needs."""
    if Stage.VERIFY not in PATHS[claim.right]:
        return True
    if claim.proof_level and case.proof_level < claim.proof_level:
        return False
    return not (claim.proof_level and needs_authority(case) and case.authority is None)


def needs_authority(case: Case) -> bool:
    """Whether somebody wrote for the data subject and must show that they may."""
    return case.role in (Role.AGENT, Role.PARENT, Role.EXECUTOR)
