"""What facts make of a case: no order of facts breaks it, and admitted facts keep its promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from hypothesis import given

from dsar.case import facts as f
from dsar.case.admit import NEEDS, OPEN, NotAllowed, admit
from dsar.case.case import Case, LetterState, Look, stage, stage_of, told
from dsar.case.evolve import evolve, fold
from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role, Stage
from tests.case import story as s

Walk = list[tuple[f.Fact, str]]


@given(s.walks)
def test_any_order_of_facts_makes_a_case(walk: Walk) -> None:
    case = fold(s.NUMBER, walk)
    assert case.facts == len(walk)
    assert stage(case) in Stage
    assert all(stage_of(case, claim) in Stage for claim in case.claims.values())


@given(s.walks)
def test_admitted_facts_keep_the_promises(walk: Walk) -> None:
    case = Case(number=s.NUMBER)
    for fact, actor in walk:
        try:
            admit(case, fact, actor)
        except NotAllowed:
            continue
        before, case = case, evolve(case, fact, actor)
        promises(before, fact, case)


def promises(before: Case, fact: f.Fact, case: Case) -> None:
    assert (stage(case) is Stage.CLOSED) == case.closed
    assert case.facts == before.facts + 1
    assert before.exists or isinstance(fact, f.CaseOpened)
    if before.closed:
        assert OPEN not in NEEDS[type(fact)]
        assert case.closed or isinstance(fact, f.CaseReopened)
        assert case.decisions == before.decisions
        assert case.coverage == before.coverage
    if case.closed:
        assert case.purge_on is not None
        assert all(claim.outcome for claim in case.claims.values())
        assert not any(line.state in (LetterState.QUEUED, LetterState.SENDING) for line in case.letters.values())
    for (what, digest), approver in case.approvals.items():
        # A second version may share its digest with a first; the approval was another person's when it was made.
        if (what, digest) not in before.approvals:
            assert before.makers.get(digest) != approver
    assert all(ground or decision is f.Decision.DISCLOSE for decision, ground in case.decisions.values())
    if case.package != before.package:
        assert before.approved(f.Approves.REVIEW, case.package_of)


def test_the_story_passes_through_every_stage_in_order() -> None:
    seen = []
    for count in range(1, len(s.WHOLE) + 1):
        now = stage(s.told(*s.WHOLE[:count]))
        if now not in seen:
            seen.append(now)
    assert seen == list(Stage)


def test_a_fact_does_not_change_the_case_it_is_added_to() -> None:
    before = s.until(s.SEARCHED)
    copy = replace(before)
    evolve(before, s.DECIDED, s.MAKER)
    assert before == copy


def test_new_records_undo_a_review_and_the_same_number_does_not() -> None:
    reviewed = s.until(s.APPROVED)
    assert evolve(reviewed, s.SEARCHED).reviewed == "d1"
    assert evolve(reviewed, replace(s.SEARCHED, found=2)).reviewed == ""


def test_a_count_changes_nothing() -> None:
    scoped = s.until(s.SCOPED)
    assert evolve(scoped, replace(s.SEARCHED, count_only=True)).coverage == scoped.coverage


def test_each_look_is_told_apart() -> None:
    where = {"source": "crm", "record_set": "seats"}
    looks = {
        Look.SEARCHED: replace(s.SEARCHED, found=0),
        Look.FAILED: f.RecordSetFailed(**where, why="timeout"),
        Look.WAIVED: f.RecordSetWaived(**where, reason="decommissioned"),
        Look.EXCLUDED: f.RecordSetExcluded(**where, ground="processor", seen=3),
        Look.ASKED: f.ColleagueAsked(**where, who="luis", due_on=date(2026, 11, 9)),
    }
    for look, fact in looks.items():
        case = evolve(s.until(s.SCOPED), fact)
        assert case.coverage["crm", "seats"].state is look
        assert bool(case.unexplained) == (look in (Look.FAILED, Look.ASKED))


def test_an_undelivered_answer_is_no_answer() -> None:
    answered = s.until(s.ENDED)
    claim = answered.claims[s.CLAIM]
    assert told(answered, claim)
    assert answered.letter_sent("answer") is not None
    bounced = evolve(answered, f.LetterBounced(key="L-1"))
    assert not told(bounced, claim)
    assert bounced.letter_sent("answer") is None
    assert stage(bounced) is Stage.RESPOND


def test_a_letter_that_failed_for_now_waits_and_one_that_failed_for_good_does_not() -> None:
    handed = s.until(s.HANDED)
    again = evolve(handed, f.LetterFailed(key="L-1", why="busy", final=False))
    gone = evolve(handed, f.LetterFailed(key="L-1", why="no such mailbox", final=True))
    assert (again.letters["L-1"].state, gone.letters["L-1"].state) == (LetterState.QUEUED, LetterState.FAILED)


def test_a_rejection_takes_back_review_and_approval() -> None:
    rejected = evolve(s.until(s.APPROVED), f.Rejected(what=f.Approves.REVIEW, digest="d1", item="V-1"))
    assert (rejected.reviewed, dict(rejected.approvals)) == ("", {})
    other = evolve(s.until(s.APPROVED), f.Rejected(what=f.Approves.LETTER, digest="l9", item="V-1"))
    assert other.reviewed == "d1"


def test_proof_only_grows_and_its_paper_can_be_destroyed() -> None:
    failed = evolve(s.until(s.CLAIMED), f.IdentityFailed(method="email-control"))
    assert failed.proof_failed
    strong = evolve(failed, replace(s.PROVEN, level=2))
    weak = evolve(strong, replace(s.PROVEN, level=1, evidence=""))
    assert (weak.proof_level, weak.proof_failed, weak.evidence) == (2, False, ("e1",))
    assert evolve(weak, f.EvidenceDestroyed(evidence="e1")).evidence == ()
    agent = evolve(weak, f.AuthorityProven(role=Role.AGENT, method="signed", evidence="e2"))
    assert (agent.authority, agent.evidence) == (Role.AGENT, ("e1", "e2"))


def test_reopening_asks_for_everything_that_ends_a_case_again() -> None:
    again = s.told(*s.WHOLE, f.CaseReopened(item="V-1"))
    claim = again.claims[s.CLAIM]
    assert (again.closed, again.purge_on, again.reviewed, claim.outcome) == (False, None, "", None)
    assert not told(again, claim)
    assert stage(again) is Stage.REVIEW
    assert again.letters["L-1"].state is LetterState.SENT


def test_small_facts_leave_their_mark() -> None:
    case = s.told(
        s.OPENED,
        f.CaseAssigned(owner="sam"),
        f.CaseLinked(other="DSAR-2026-0037", kind="same_person"),
        f.ClockMoved(kind="id_requested", on=date(2026, 11, 3)),
        f.RecipientChecked(recipient="V-1", on_file=True),
        f.NoteAdded(item="V-2"),
    )
    assert (case.owner, case.linked, case.moves[0].kind) == ("sam", ("DSAR-2026-0037",), "id_requested")
    assert case.recipients["V-1"].on_file
    assert not case.about_a_child
    assert not case.gives_a_copy


def test_a_child_and_a_copy_are_noticed() -> None:
    child = s.told(s.OPENED, replace(s.CLAIMED, right=Right.CHILD_ACCESS, law="us-coppa"))
    assert child.about_a_child
    assert child.gives_a_copy
    ended = evolve(child, f.OutcomeReached(claim="child_access/us-coppa", outcome=Outcome.REFUSED))
    assert not ended.gives_a_copy
