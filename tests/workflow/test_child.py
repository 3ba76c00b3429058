"""Under 13: whoever reports learns nothing, no parent is waited for, and nobody else's data goes with the child's."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default as modern

import pytest

from dsar.case.changes import PlanKind
from dsar.case.facts import RequesterIs
from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role
from dsar.errors import InputWrong, Refused
from dsar.workflow import apply as work
from dsar.workflow import change, ending, gather, openings, outbox, verify
from dsar.workflow.child import under_thirteen
from dsar.workflow.look_again import done_rights, look_again
from dsar.workflow.subject import reply_address
from dsar.workspace import Workspace
from tests.workflow.changing import (
    NUMBER,
    OKAFOR,
    arrived,
    child_wrote,
    crm,
    erased,
    facts_of,
    marked,
    reporter,
    searched,
    shown,
    sources,
)
from tests.workflow.office import by, facts_count, somebody

MOTHER = "renata.duarte@familymail.example"
CHILD_CLAIM = "child_delete/us-coppa"
CHILD_ROW = "SELECT count(*) FROM seats WHERE seat_id = 'S-2011'"


def letters(ws: Workspace) -> list[str]:
    """The plain text of every letter that left, on one line."""
    found = []
    for path in sorted((ws.home / "outbox").glob("*.eml")):
        body = message_from_bytes(path.read_bytes(), policy=modern).get_body(("plain",))
        assert body is not None
        found.append(" ".join(body.get_content().split()))
    return found


class TestMode:
    def test_a_case_becomes_a_childs(self, rivera: Workspace) -> None:
        done = under_thirteen(rivera, NUMBER, by(), written_by=Role.REPORTER, note="born in 2016, says the profile")
        assert not done.already
        assert done.case.about_a_child
        assert done.case.role is Role.REPORTER
        assert CHILD_CLAIM in done.case.claims
        assert [kept.value for kept in rivera.ledger.kept(NUMBER, "note")] == [b"born in 2016, says the profile"]

    def test_again_it_says_so_and_adds_nothing(self, rivera: Workspace) -> None:
        under_thirteen(rivera, NUMBER, by(), written_by=Role.REPORTER, note="seen")
        facts = facts_count(rivera)
        assert under_thirteen(rivera, NUMBER, by(), written_by=Role.REPORTER, note="seen").already
        assert facts_count(rivera) == facts
        assert len(rivera.ledger.kept(NUMBER, "note")) == 1

    def test_a_later_note_is_kept_too(self, rivera: Workspace) -> None:
        under_thirteen(rivera, NUMBER, by(), note="seen")
        under_thirteen(rivera, NUMBER, by(), note="the school confirms it")
        assert len(rivera.ledger.kept(NUMBER, "note")) == 2

    def test_without_coppa_nothing_is_changed(self, rivera: Workspace) -> None:
        settings = rivera.home / "dsar.toml"
        settings.write_text(settings.read_text(encoding="utf-8").replace(', "us-coppa"', ""), encoding="utf-8")
        other = Workspace(rivera.home)
        facts = facts_count(other)
        with pytest.raises(InputWrong, match="COPPA is not among"):
            under_thirteen(other, NUMBER, by(), written_by=Role.REPORTER, note="seen")
        assert facts_count(other) == facts
        assert other.ledger.case(NUMBER).role is Role.SELF
        assert other.ledger.kept(NUMBER, "note") == []
        other.ledger.close()

    @pytest.mark.parametrize(
        ("role", "says"), [(Role.REPORTER, "even whether an account exists"), (Role.PARENT, "until the parent is")]
    )
    def test_what_stays_shut(self, rivera: Workspace, role: Role, says: str) -> None:
        (blocked,) = under_thirteen(rivera, NUMBER, by(), written_by=role).blocked
        assert says in blocked

    def test_needs_an_editor(self, rivera: Workspace) -> None:
        with pytest.raises(Refused, match="needs the role editor"):
            under_thirteen(rivera, NUMBER, by("marta"))


class TestReporter:
    def test_one_letter_that_says_nothing_of_an_account(self, desk: Workspace) -> None:
        reporter(desk)
        outbox.send(desk, NUMBER, "acknowledgement", by())
        assert outbox.send(desk, NUMBER, "acknowledgement", by()).already
        (text,) = letters(desk)
        assert "cannot tell you what we find, nor whether somebody uses our service" in text
        for told in ("skatefox11", "kidmail", "deleted", "account", "Your posts"):
            assert told not in text

    def test_the_use_stops_first_and_the_deletion_waits_for_no_parent(self, desk: Workspace) -> None:
        reporter(desk)
        assert marked(desk, NUMBER, PlanKind.SUPPRESS).left == 0
        assert crm(desk, "SELECT direct_marketing FROM preferences WHERE seat_id = 'S-2011'") == [("no",)]
        # stopped is not erased
        assert done_rights(desk.ledger.case(NUMBER)) == ()
        gather.gather(desk, NUMBER, by())
        done = erased(desk, NUMBER)
        assert done.left == 0
        assert done.case.authority is None
        assert crm(desk, CHILD_ROW) == [(0,)]

    def test_it_ends_quietly(self, desk: Workspace) -> None:
        erased(desk, reporter(desk))
        outbox.send(desk, NUMBER, "acknowledgement", by())
        assert desk.ledger.case(NUMBER).claims[CHILD_CLAIM].outcome is None
        case = look_again(desk, NUMBER, by()).case
        assert case.claims[CHILD_CLAIM].outcome is Outcome.GRANTED
        for word in ("done", "nothing", "answer"):
            with pytest.raises((InputWrong, Refused)):
                outbox.send(desk, NUMBER, word, by())
        assert ending.close(desk, NUMBER, by()).case.closed
        assert len(letters(desk)) == 1

    def test_nothing_held_is_not_told_and_is_not_called_granted(self, desk: Workspace) -> None:
        wish = somebody(
            "Ned Teacher",
            "nobody.here@school.example",
            rights=(Right.CHILD_DELETE,),
            laws=("us-coppa",),
            role=Role.REPORTER,
        )
        openings.typed(desk, wish, by())
        under_thirteen(desk, NUMBER, by())
        desk.ledger.keep(NUMBER, "identifier", _username("not_there_99"), at=by().recorded_at)
        searched(desk, NUMBER)
        erased(desk, NUMBER)
        case = look_again(desk, NUMBER, by()).case
        assert case.claims[CHILD_CLAIM].outcome is Outcome.NOTHING_HELD
        with pytest.raises((InputWrong, Refused)):
            outbox.send(desk, NUMBER, "nothing", by())
        assert letters(desk) == []

    def test_what_came_back_keeps_it_open(self, desk: Workspace) -> None:
        crm(desk, "CREATE TABLE safety_copy AS SELECT * FROM seats WHERE seat_id = 'S-2011'")
        erased(desk, reporter(desk))
        crm(desk, "INSERT INTO seats SELECT * FROM safety_copy")
        case = look_again(desk, NUMBER, by()).case
        assert case.claims[CHILD_CLAIM].outcome is None
        crm(desk, "DELETE FROM seats WHERE seat_id = 'S-2011'")
        case = look_again(desk, NUMBER, by()).case
        assert case.claims[CHILD_CLAIM].outcome is Outcome.GRANTED


def _username(value: str) -> str:
    from dsar.case.identifiers import Identifier
    from dsar.workflow.openings import identifier_text

    return identifier_text(Identifier(kind="username", value=value, raw=value))


class TestWhoWritesIsNotTheChild:
    """A report proves nothing of who sent it: it must not erase the account whose address stands in From."""

    @pytest.fixture(params=[Role.REPORTER, Role.PARENT])
    def reported(self, desk: Workspace, request: pytest.FixtureRequest) -> Workspace:
        wish = somebody("Denise Okafor", OKAFOR, rights=(Right.CHILD_DELETE,), laws=("us-coppa",), role=request.param)
        openings.typed(desk, wish, by())
        desk.ledger.keep(NUMBER, "identifier", _username("skatefox11"), at=by().recorded_at)
        # her address is in the file too
        desk.ledger.keep(NUMBER, "identifier", _email(OKAFOR), at=by().recorded_at)
        searched(desk, NUMBER)
        return desk

    def test_the_search_does_not_go_by_the_writers_address(self, reported: Workspace) -> None:
        found = [match.value for one in reported.ledger.findings(NUMBER) for match in one.record.matched]
        assert found
        assert OKAFOR not in found
        planned = change.plan_erasure(reported, NUMBER, by())
        assert all("S-2007" not in step.key.values() for step in planned.plan.steps)

    def test_what_was_found_before_she_was_known_as_a_reporter_is_no_plan(self, desk: Workspace) -> None:
        openings.typed(desk, somebody("Denise Okafor", OKAFOR, rights=(Right.DELETE,)), by())
        verify.confirm(desk, NUMBER, verify.Shown(method=verify.method_named("account-login")), by())
        searched(desk, NUMBER)
        desk.ledger.record(NUMBER, RequesterIs(role=Role.REPORTER), by=by())
        before, facts = sources(desk), facts_count(desk)
        with pytest.raises(Refused, match="by the address of whoever wrote") as refused:
            change.plan_erasure(desk, NUMBER, by())
        assert "dsar child 1 --found-by" in refused.value.hint
        assert (sources(desk), facts_count(desk)) == (before, facts)

    def test_left_out_the_child_goes_and_the_writer_stays(self, reported: Workspace) -> None:
        role = reported.ledger.case(NUMBER).role
        under_thirteen(reported, NUMBER, by(), written_by=role)
        gather.gather(reported, NUMBER, by())
        assert erased(reported, NUMBER).left == 0
        assert crm(reported, CHILD_ROW) == [(0,)]
        assert crm(reported, "SELECT count(*) FROM seats WHERE seat_id = 'S-2007'") == [(1,)]
        assert look_again(reported, NUMBER, by()).unexplained == ()
        assert not reported.ledger.is_suppressed(f"email:{OKAFOR}")


def _email(value: str) -> str:
    from dsar.case.identifiers import Identifier
    from dsar.workflow.openings import identifier_text

    return identifier_text(Identifier(kind="email", value=value, raw=value))


class TestChildItself:
    def test_its_address_is_forgotten_after_the_one_reply(self, desk: Workspace) -> None:
        child_wrote(desk)
        assert reply_address(desk, NUMBER) == "skatefox11@kidmail.example"
        outbox.send(desk, NUMBER, "acknowledgement", by())
        assert desk.ledger.kept(NUMBER, "reply_to") == []
        assert outbox.send(desk, NUMBER, "acknowledgement", by()).already
        assert len(letters(desk)) == 1

    def test_it_ends_quietly_too(self, desk: Workspace) -> None:
        erased(desk, child_wrote(desk))
        outbox.send(desk, NUMBER, "acknowledgement", by())
        case = look_again(desk, NUMBER, by()).case
        assert case.claims[CHILD_CLAIM].outcome is Outcome.GRANTED
        assert crm(desk, CHILD_ROW) == [(0,)]
        assert ending.close(desk, NUMBER, by()).case.closed
        assert len(letters(desk)) == 1


class TestParent:
    def test_with_authority_is_told_what_was_done(self, desk: Workspace) -> None:
        number = arrived(desk, "09-child-parent")
        searched(desk, number)
        shown(desk, number, "parent-signed-form")
        erased(desk, number)
        case = look_again(desk, number, by()).case
        # a parent waits for the letter: nothing ends without it
        assert case.claims[CHILD_CLAIM].outcome is None
        verify.check_recipient(desk, number, MOTHER, on_file=True, changed_on=None, by=by())
        sent = outbox.send(desk, number, "done", by())
        assert sent.case.claims[CHILD_CLAIM].outcome is Outcome.GRANTED
        (text,) = letters(desk)
        assert "Your user account" in text

    def test_without_authority_is_told_of_no_record(self, desk: Workspace) -> None:
        number = arrived(desk, "09-child-parent")
        searched(desk, number)
        erased(desk, number)
        look_again(desk, number, by())
        outbox.send(desk, number, "done", by())
        (text,) = letters(desk)
        assert "Your user account" not in text
        assert "caio" not in text.casefold()
        assert facts_of(desk, number, "AuthorityProven") == []


class TestReportThatFirstReadAsADeletion:
    """A reporter's "delete this child's account" is opened as a deletion, and only then known to be about a child."""

    @pytest.fixture
    def told(self, desk: Workspace) -> Workspace:
        openings.typed(desk, somebody("Joan Whitfield", "j@school.example", rights=(Right.DELETE,)), by())
        desk.ledger.keep(NUMBER, "identifier", _username("skatefox11"), at=by().recorded_at)
        outbox.send(desk, NUMBER, "acknowledgement", by())
        under_thirteen(desk, NUMBER, by(), written_by=Role.REPORTER)
        return desk

    def test_the_right_that_waits_for_proof_holds_up_nothing(self, told: Workspace) -> None:
        searched(told, NUMBER)
        assert erased(told, NUMBER).left == 0
        assert crm(told, CHILD_ROW) == [(0,)]
        case = look_again(told, NUMBER, by()).case
        assert {claim.outcome for claim in case.claims.values()} == {Outcome.GRANTED}

    def test_the_letter_she_got_was_the_only_one(self, told: Workspace) -> None:
        searched(told, NUMBER)
        erased(told, NUMBER)
        look_again(told, NUMBER, by())
        assert ending.close(told, NUMBER, by()).case.closed
        assert len(letters(told)) == 1

    def test_the_childs_data_is_no_longer_used_before_anybody_proves_anything(self, told: Workspace) -> None:
        planned = change.plan_marking(told, NUMBER, PlanKind.SUPPRESS, by())
        assert work.apply(told, NUMBER, by()).left == 0
        assert planned.line.claims == ("child_delete/us-coppa",)
