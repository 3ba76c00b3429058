"""The two gates: whether a letter or package may go, and whether a plan may be applied.

Every command asks here and nowhere else. The questions are small values, so that every answer is tested.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Recipient(StrEnum):
    """How the address an answer would go to compares with the channels on file."""

    ON_FILE = "on_file"
    CHANGED_LATELY = "changed_lately"
    UNKNOWN = "unknown"


class Content(StrEnum):
    """What a letter gives away."""

    NEUTRAL = "neutral"
    CONFIRMS = "confirms"  # that we hold, or do not hold, anything
    PERSONAL = "personal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a gate is shut: a code for scripts, a sentence, and what to type."""

    code: str
    says: str
    hint: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A gate's answer; open means no reason against it."""

    reasons: tuple[Reason, ...]

    @property
    def allowed(self) -> bool:
        """Whether the gate is open."""
        return not self.reasons


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseQuestion:
    """Everything the release gate looks at."""

    content: Content
    identity_proven: bool
    authority_shown: bool
    coverage_explained: bool
    review_finished: bool
    second_person: bool
    package_clean: bool
    lint_clean: bool
    recipient: Recipient
    clock_moved_on_live: bool


def may_release(question: ReleaseQuestion) -> Verdict:
    """Whether this letter, with what it encloses, may leave now.

    A neutral letter (receipt, question, redirect, extension) needs only clean words and the true date.
    "Nothing found" and "partly" tell whether anything is held, so they wait for proof like a copy does.
    """
    return Verdict(reasons=tuple(_against_release(question)))


def _against_release(q: ReleaseQuestion) -> Iterable[Reason]:
    if q.clock_moved_on_live:
        yield Reason(
            code="clock_moved",
            says="The date was moved with --today or --now, and this is a live workspace.",
            hint="Leave the date out, or practise in a rehearsal workspace: dsar demo --keep DIR",
        )
    if not q.lint_clean:
        yield Reason(
            code="lint", says="The letter lacks something it must say.", hint="Look: dsar letter preview CASE KIND"
        )
    if q.content is Content.NEUTRAL:
        return
    if not q.identity_proven:
        yield Reason(
            code="identity", says="Identity is not proven to the level this right needs.", hint="dsar verify CASE"
        )
    if not q.authority_shown:
        yield Reason(
            code="authority",
            says="Whoever wrote has not shown that they may act for the data subject.",
            hint="dsar verify CASE --agent, or --parent",
        )
    if not q.coverage_explained:
        yield Reason(code="coverage", says="A record set is not accounted for.", hint="dsar gather CASE --retry")
    if q.recipient is Recipient.UNKNOWN:
        yield Reason(
            code="recipient",
            says="The address is not a channel we have on file for this person.",
            hint="dsar verify CASE --method email-control, or send by post to the address on file",
        )
    if q.recipient is Recipient.CHANGED_LATELY:
        yield Reason(
            code="recipient_changed",
            says="The address on file was changed lately, so it does not count for sending data yet.",
            hint="Use an older channel, or wait until the change has aged.",
        )
    if q.content is Content.CONFIRMS:
        return
    if not q.review_finished:
        yield Reason(code="review", says="The review is not finished.", hint="dsar review CASE")
    if not q.second_person:
        yield Reason(code="second_person", says="No second person has approved this review.", hint="dsar approve CASE")
    if not q.package_clean:
        yield Reason(
            code="package",
            says="The package has not passed its check.",
            hint="dsar package build CASE, then dsar package check CASE",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeQuestion:
    """Everything the change gate looks at before a correction or erasure is applied."""

    identity_proven: bool
    authority_shown: bool
    processor_uninstructed: bool
    legal_hold: bool
    restriction: bool
    access_still_open: bool
    withdrawn: bool
    joint_holder: bool
    second_person: bool
    plan_current: bool
    clock_moved_on_live: bool


_CHANGE: tuple[tuple[str, str, str, str], ...] = (
    (
        "clock_moved_on_live",
        "clock_moved",
        "The date was moved with --today or --now, and this is a live workspace.",
        "Leave the date out.",
    ),
    ("withdrawn", "withdrawn", "The request was withdrawn.", "dsar show CASE"),
    (
        "processor_uninstructed",
        "processor",
        "The plan touches data we hold for a customer who has not instructed us.",
        "Record the instruction, or plan without that record set.",
    ),
    ("legal_hold", "hold", "A legal hold forbids erasing these records.", "dsar show CASE"),
    (
        "restriction",
        "restriction",
        "The person asked us to keep these records and only restrict their use.",
        "dsar show CASE",
    ),
    (
        "access_still_open",
        "access_first",
        "The copy the person asked for has not been delivered yet, and it would be gone.",
        "Answer the access request first.",
    ),
    (
        "joint_holder",
        "joint_holder",
        "Somebody else shares these records.",
        "Ask the other holder, or plan without them.",
    ),
)


def may_change(question: ChangeQuestion) -> Verdict:
    """Whether this plan may be applied now."""
    return Verdict(reasons=tuple(_against_change(question)))


def _against_change(q: ChangeQuestion) -> Iterable[Reason]:
    if not q.identity_proven:
        yield Reason(
            code="identity", says="Identity is not proven to the level this right needs.", hint="dsar verify CASE"
        )
    if not q.authority_shown:
        yield Reason(
            code="authority",
            says="Whoever wrote has not shown that they may act for the data subject.",
            hint="dsar verify CASE",
        )
    for name, code, says, hint in _CHANGE:
        if getattr(q, name):
            yield Reason(code=code, says=says, hint=hint)
    if not q.second_person:
        yield Reason(code="second_person", says="No second person has approved this plan.", hint="dsar approve CASE")
    if not q.plan_current:
        yield Reason(
            code="plan",
            says="The plan has expired, was used, or the records changed since.",
            hint="Make a new plan: dsar plan CASE --KIND",
        )
