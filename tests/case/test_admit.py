"""For every fact: the case it is admitted to, and for each of its needs a case that refuses it in its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dsar.case import admit as needs
from dsar.case import facts as f
from dsar.case.admit import NEEDS, Need, NotAllowed, admit
from dsar.case.case import Case
from dsar.case.evolve import evolve
from dsar.case.stages import Outcome, Role
from dsar.errors import Refused
from tests.case import appeal_story as a
from tests.case import plan_story as p
from tests.case import story as s

NOTHING = Case(number=s.NUMBER)
SHUT = s.until(s.CLOSED)
NO_RIGHT = s.until(s.OPENED)
CLAIMED, PROVEN, SCOPED = s.until(s.CLAIMED), s.until(s.PROVEN), s.until(s.SCOPED)
COVERED, DECIDED, REVIEWED = s.until(s.SEARCHED), s.until(s.DECIDED), s.until(s.REVIEWED)
QUEUED, HANDED, SENT = s.until(s.QUEUED), s.until(s.HANDED), s.until(s.SENT)
UNPROVEN = s.told(s.OPENED, s.CLAIMED, s.SCOPED)
ENDED = s.until(s.ENDED)
SECOND_LETTER = replace(s.QUEUED, key="L-2", kind="note")

LAST_NEED_OF_REOPENING = NEEDS[f.CaseReopened][0]
_MOVED = f.ClockMoved(kind="id_requested", on=date(2026, 11, 3))
_CAME = f.ClockMoved(kind="id_received", on=date(2026, 11, 5))

# fact -> (a case that takes it, {need: a case that does not})
TABLE: list[tuple[f.Fact, Case, dict[Need, Case]]] = [
    (s.OPENED, NOTHING, {needs.NEW: NO_RIGHT}),
    (s.CLAIMED, NO_RIGHT, {needs.OPEN: SHUT, needs.NEW_CLAIM: CLAIMED}),
    (
        f.RuleAdopted(claim=s.CLAIM, rule_version="b" * 12, calendar_version="", item="V-1"),
        SENT,
        {needs.OPEN: SHUT, needs.OPEN_CLAIM: ENDED},
    ),
    (_MOVED, NO_RIGHT, {needs.OPEN: SHUT}),
    (f.ClockMoved(kind="id_received", on=date(2026, 11, 5)), evolve(CLAIMED, _MOVED), {needs.IN_ORDER: CLAIMED}),
    (
        f.MoveTakenBack(kind="id_requested", on=date(2026, 11, 3), claim="", item="V-1"),
        evolve(CLAIMED, _MOVED),
        {needs.OPEN: SHUT, needs.MOVE_THERE: CLAIMED, needs.IN_ORDER_WITHOUT: evolve(evolve(CLAIMED, _MOVED), _CAME)},
    ),
    (
        f.ReceivedCorrected(received_on=date(2026, 11, 4), item="V-1"),
        NO_RIGHT,
        {needs.OPEN: SHUT, needs.RECEIVED_FITS: evolve(CLAIMED, _MOVED)},
    ),
    (f.DesignationCorrected(designated=False, item="V-1"), NO_RIGHT, {needs.OPEN: SHUT}),
    (
        f.RuleCorrected(
            claim=s.CLAIM,
            rule="eu-gdpr.access",
            rule_version="r2",
            calendar_version="",
            proof_level=1,
            must_acknowledge=False,
        ),
        SENT,
        {needs.OPEN: SHUT, needs.OPEN_CLAIM: ENDED},
    ),
    (f.ResidenceNoted(item="V-1"), NO_RIGHT, {needs.OPEN: SHUT}),
    (f.MessageFiled(message="bb", kind="mail", item="V-1"), SHUT, {needs.EXISTS: NOTHING}),
    (f.CaseAssigned(owner="sam"), SHUT, {needs.EXISTS: NOTHING}),
    (f.NoteAdded(item="V-1"), SHUT, {needs.EXISTS: NOTHING}),
    (f.CaseLinked(other="DSAR-2026-0037", kind="same_person"), SHUT, {needs.EXISTS: NOTHING}),
    (s.PROVEN, CLAIMED, {needs.OPEN: SHUT, needs.HAS_RIGHTS: NO_RIGHT}),
    (f.IdentityFailed(method="email-control"), NO_RIGHT, {needs.OPEN: SHUT}),
    (f.AuthorityProven(role=Role.AGENT, method="signed"), NO_RIGHT, {needs.OPEN: SHUT}),
    (f.RecipientChecked(recipient="V-1", on_file=True), NO_RIGHT, {needs.OPEN: SHUT}),
    (s.SCOPED, CLAIMED, {needs.OPEN: SHUT, needs.HAS_RIGHTS: NO_RIGHT}),
    (s.SEARCHED, SCOPED, {needs.OPEN: SHUT, needs.SCOPED: PROVEN, needs.IDENTITY: UNPROVEN}),
    (
        f.RecordSetFailed(source="crm", record_set="seats", why="timeout"),
        SCOPED,
        {needs.OPEN: SHUT, needs.SCOPED: PROVEN},
    ),
    (
        f.RecordSetWaived(source="crm", record_set="seats", reason="decommissioned"),
        SCOPED,
        {needs.OPEN: SHUT, needs.SCOPED: PROVEN},
    ),
    (
        f.RecordSetExcluded(source="crm", record_set="seats", ground="processor"),
        SCOPED,
        {needs.OPEN: SHUT, needs.SCOPED: PROVEN},
    ),
    (
        f.ColleagueAsked(source="crm", record_set="seats", who="luis", due_on=date(2026, 11, 9)),
        SCOPED,
        {needs.OPEN: SHUT, needs.SCOPED: PROVEN, needs.IDENTITY: UNPROVEN},
    ),
    (s.DECIDED, COVERED, {needs.OPEN: SHUT, needs.COVERED: SCOPED}),
    (f.FindingsDecided(decisions=(("F-0001", f.Decision.WITHHOLD, ""),)), COVERED, {needs.GROUNDS: COVERED}),
    (s.REVIEWED, DECIDED, {needs.OPEN: SHUT, needs.COVERED: SCOPED, needs.DECIDED: COVERED}),
    (s.APPROVED, REVIEWED, {needs.OPEN: SHUT, needs.CURRENT: DECIDED}),
    (
        f.Rejected(what=f.Approves.REVIEW, digest="d1", item="V-1"),
        REVIEWED,
        {needs.OPEN: SHUT, needs.CURRENT: DECIDED},
    ),
    (s.BUILT, s.until(s.APPROVED), {needs.OPEN: SHUT, needs.COVERED: SCOPED, needs.APPROVED: REVIEWED}),
    (s.QUEUED, NO_RIGHT, {needs.OPEN: SHUT, needs.NEW_LETTER: QUEUED}),
    (s.HANDED, QUEUED, {needs.EXISTS: NOTHING, needs.QUEUED: HANDED}),
    (s.SENT, HANDED, {needs.EXISTS: NOTHING, needs.SENDING: SENT}),
    (f.LetterFailed(key="L-1", why="refused", final=True), HANDED, {needs.EXISTS: NOTHING, needs.SENDING: SENT}),
    (f.LetterBounced(key="L-1"), SENT, {needs.EXISTS: NOTHING, needs.SENT: HANDED}),
    (s.ENDED, SENT, {needs.OPEN: SHUT, needs.OPEN_CLAIM: ENDED}),
    (
        s.CLOSED,
        ENDED,
        {
            needs.OPEN: SHUT,
            needs.ENDED: SENT,
            needs.TOLD: s.told(s.OPENED, s.CLAIMED, s.ENDED),
            needs.AT_REST: evolve(ENDED, SECOND_LETTER, s.MAKER),
        },
    ),
    (
        p.PLAN,
        p.until(s.SEARCHED),
        {
            needs.OPEN: SHUT,
            needs.PLAN_NEW: p.until(p.PLAN),
            needs.PLAN_CLAIMS: COVERED,
            needs.PLAN_PROOF: s.told(s.OPENED, p.CLAIMED),
            needs.PLAN_SEARCHED: p.until(s.SCOPED),
        },
    ),
    (
        p.STARTED,
        p.until(p.YES),
        {needs.OPEN: SHUT, needs.STARTABLE: p.until(p.PLAN), needs.NO_HOLD: evolve(p.until(p.YES), p.HOLD)},
    ),
    (p.HALF, p.until(p.STARTED), {needs.OPEN: SHUT, needs.RUNNING: p.until(p.YES)}),
    (
        p.FINISHED,
        p.until(p.REST),
        {needs.OPEN: SHUT, needs.RUNNING: p.until(p.YES), needs.STEPS: p.until(p.HALF)},
    ),
    (p.CLEAN, p.until(p.FINISHED), {needs.EXISTS: NOTHING, needs.FINISHED: p.until(p.REST)}),
    (f.ChecksSet(days=(date(2026, 12, 1),)), NO_RIGHT, {needs.OPEN: SHUT}),
    (f.Suppressed(entries=2), NO_RIGHT, {needs.OPEN: SHUT}),
    (f.RequesterIs(role=Role.CHILD), NO_RIGHT, {needs.OPEN: SHUT}),
    (f.RecipientsTold(item="V-3", count=2), SHUT, {needs.EXISTS: NOTHING}),
    (p.HOLD, SHUT, {needs.EXISTS: NOTHING, needs.HOLD_NEW: evolve(NO_RIGHT, p.HOLD)}),
    (f.HoldLifted(hold="H-1"), evolve(NO_RIGHT, p.HOLD), {needs.EXISTS: NOTHING, needs.HOLD_THERE: NO_RIGHT}),
    (
        a.MADE,
        a.until(a.SHUT),
        {needs.EXISTS: NOTHING, needs.CONTESTED: s.told(s.OPENED, a.CLAIMED), needs.NO_APPEAL: a.until(a.CAME)},
    ),
    (a.WON, a.until(a.UPHELD), {needs.OPEN: evolve(a.until(a.UPHELD), s.CLOSED), needs.WON: a.until(a.CAME)}),
    (f.EvidenceDestroyed(evidence="e1"), SHUT, {needs.EXISTS: NOTHING}),
    (f.CaseReopened(item="V-1"), SHUT, {LAST_NEED_OF_REOPENING: ENDED}),
]
# The one refusal that is about who asks, not about the case; and a ground-less withholding is never admitted.
BY_ACTOR = {f.Approved: {needs.ANOTHER}, f.OutcomeReached: {needs.ANOTHER_DECIDES}}
ROWS = [pytest.param(*row, id=f"{type(row[0]).__name__}-{place}") for place, row in enumerate(TABLE)]


def test_every_fact_has_its_needs_and_every_need_its_row() -> None:
    assert NEEDS.keys() == set(f.FACTS.values())
    assert f.FACTS.keys() == {cls.__name__ for cls in f.Fact.__subclasses__()}
    for kind, expected in NEEDS.items():
        shown = {need for fact, _, refused in TABLE if type(fact) is kind for need in refused}
        assert shown | BY_ACTOR.get(kind, set()) == set(expected), kind


@pytest.mark.parametrize(("fact", "takes", "refused"), ROWS)
def test_each_need_refuses_in_its_own_words(fact: f.Fact, takes: Case, refused: dict[Need, Case]) -> None:
    if needs.GROUNDS not in refused:
        admit(takes, fact, s.actor_of(fact))
    for need, case in refused.items():
        with pytest.raises(NotAllowed) as caught:
            admit(case, fact, s.actor_of(fact))
        assert caught.value.message == f"Not done: {need.says.format(case=s.NUMBER)} Nothing was changed."
        assert caught.value.hint == need.hint.format(case=s.NUMBER)
        assert isinstance(caught.value, Refused)


def test_the_maker_cannot_approve_but_a_colleague_can() -> None:
    with pytest.raises(NotAllowed, match="somebody else must approve"):
        admit(REVIEWED, s.APPROVED, s.MAKER)
    admit(REVIEWED, s.APPROVED, s.APPROVER)


@pytest.mark.parametrize(
    ("asked_of", "answered_of", "fits"),
    [("", "", True), ("", s.CLAIM, True), (s.CLAIM, s.CLAIM, True), (s.CLAIM, "", False), ("delete/x", s.CLAIM, False)],
)
def test_an_answer_fits_where_the_same_right_was_asked_about(asked_of: str, answered_of: str, fits: bool) -> None:
    two_rights = evolve(CLAIMED, replace(s.CLAIMED, law="us-ca-ccpa"))
    asked = evolve(two_rights, replace(_MOVED, claim=asked_of))
    answered = f.ClockMoved(kind="id_received", on=date(2026, 11, 5), claim=answered_of)
    if fits:
        admit(asked, answered, s.MAKER)
        return
    with pytest.raises(NotAllowed, match="does not fit the others"):
        admit(asked, answered, s.MAKER)


def test_counting_needs_no_proof() -> None:
    admit(UNPROVEN, replace(s.SEARCHED, count_only=True), s.MAKER)


def test_a_ground_lets_a_finding_be_withheld() -> None:
    admit(COVERED, f.FindingsDecided(decisions=(("F-0001", f.Decision.WITHHOLD, "art15-4"),)), s.MAKER)


def test_an_approval_of_a_letter_does_not_ask_for_the_current_review() -> None:
    admit(QUEUED, f.Approved(what=f.Approves.LETTER, digest="l1"), s.APPROVER)
    with pytest.raises(NotAllowed):
        admit(QUEUED, f.Approved(what=f.Approves.LETTER, digest="l1"), s.MAKER)


def test_withdrawing_needs_no_letter() -> None:
    withdrawn = s.told(s.OPENED, s.CLAIMED, f.OutcomeReached(claim=s.CLAIM, outcome=Outcome.WITHDRAWN))
    admit(withdrawn, s.CLOSED, s.MAKER)


def test_a_reopened_case_needs_a_new_answer_before_it_closes_again() -> None:
    again = s.told(*s.WHOLE, f.CaseReopened(item="V-1"), s.ENDED)
    with pytest.raises(NotAllowed, match="has not been told"):
        admit(again, s.CLOSED, s.MAKER)
