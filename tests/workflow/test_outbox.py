"""Sending: at most once through every crash and refusal, into a folder, by post, and through a real mail server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path

import pytest

from dsar.case.case import LetterState
from dsar.case.facts import LetterHandedOver, LetterSent, OutcomeReached
from dsar.case.stages import Outcome
from dsar.errors import InputWrong, OutsideDown, PartlyDone, Refused
from dsar.letters.address import mail_address
from dsar.letters.mail import message_id
from dsar.letters.transport import AddressRefused
from dsar.workflow import openings, outbox
from dsar.workflow.drafts import draft
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, by, facts_count, opening
from tests.workflow.post import Server, through

KEY = f"{RIVERA}:acknowledgement"


def state(ws: Workspace, key: str = KEY) -> LetterState:
    return ws.ledger.case(RIVERA).letters[key].state


def files(ws: Workspace) -> list[Path]:
    return sorted((ws.home / "outbox").glob("*.eml"))


class TestFolder:
    def test_a_letter_leaves_with_its_receipt(self, rivera: Workspace) -> None:
        done = outbox.send(rivera, RIVERA, "acknowledgement", by())
        assert (done.state, done.already, done.to) == (LetterState.SENT, False, EMAIL)
        (file,) = files(rivera)
        mail = message_from_bytes(file.read_bytes(), policy=modern)
        assert mail["To"].addresses[0].addr_spec == EMAIL
        assert file.stat().st_mode & 0o777 == 0o600

    def test_typed_again_it_is_not_sent_again(self, rivera: Workspace) -> None:
        outbox.send(rivera, RIVERA, "acknowledgement", by())
        facts = facts_count(rivera)
        assert outbox.send(rivera, RIVERA, "acknowledgement", by()).already
        assert facts_count(rivera) == facts
        assert len(files(rivera)) == 1

    def test_a_second_one_needs_a_reason(self, rivera: Workspace) -> None:
        outbox.send(rivera, RIVERA, "acknowledgement", by())
        done = outbox.send(rivera, RIVERA, "acknowledgement", by(), again="the first went to spam")
        assert not done.already
        assert done.key == f"{KEY}:2"
        assert len(files(rivera)) == 2

    def test_intent_effect_receipt_are_facts_in_this_order(self, rivera: Workspace) -> None:
        outbox.send(rivera, RIVERA, "acknowledgement", by())
        kinds = [entry.kind for entry in rivera.ledger.history(RIVERA) if entry.kind.startswith("Letter")]
        assert kinds == ["LetterQueued", "LetterHandedOver", "LetterSent"]

    def test_no_address_or_name_is_in_the_facts(self, rivera: Workspace) -> None:
        from dsar.case.codec import to_text

        outbox.send(rivera, RIVERA, "acknowledgement", by())
        text = " ".join(to_text(entry.fact) for entry in rivera.ledger.history(RIVERA))
        assert "goldengate" not in text
        assert "Rivera" not in text

    def test_a_crash_before_the_handing_over_resumes_to_one_file(self, rivera: Workspace) -> None:
        outbox.queue(rivera, RIVERA, KEY, draft(rivera, RIVERA, "acknowledgement", by()), by(), by_post=False)
        assert files(rivera) == []
        assert outbox.send(rivera, RIVERA, "acknowledgement", by()).state is LetterState.SENT
        assert len(files(rivera)) == 1

    @pytest.mark.parametrize("written", [False, True])
    def test_a_crash_in_the_middle_resumes_to_one_file(self, rivera: Workspace, written: bool) -> None:
        outbox.queue(rivera, RIVERA, KEY, draft(rivera, RIVERA, "acknowledgement", by()), by(), by_post=False)
        rivera.ledger.record(RIVERA, LetterHandedOver(key=KEY), by=by())
        if written:
            (row,) = rivera.ledger.outbox()
            rivera.transport.send(rivera.ledger.item(row.item).value, sender=rivera.sender, recipients=[EMAIL])
        assert outbox.retry(rivera, by()).sent == 1
        assert state(rivera) is LetterState.SENT
        assert len(files(rivera)) == 1

    def test_a_crash_between_receipt_and_outcome_cannot_be(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        entries = [entry.fact for entry in ws.ledger.history(RIVERA)]
        nth = next(at for at, fact in enumerate(entries) if isinstance(fact, LetterSent))
        assert isinstance(entries[nth + 1], OutcomeReached)


class TestOutcome:
    def test_an_answer_with_something_withheld_grants_in_part(self, at: Callable[[str], Workspace]) -> None:
        (claim,) = at("answered").ledger.case(RIVERA).claims.values()
        assert claim.outcome is Outcome.GRANTED_IN_PART

    def test_the_package_is_enclosed(self, at: Callable[[str], Workspace]) -> None:
        from dsar.workflow.answer import package_path

        ws = at("answered")
        mail = message_from_bytes(files(ws)[-1].read_bytes(), policy=modern)
        (enclosed,) = list(mail.iter_attachments())
        assert enclosed.get_content() == package_path(ws, RIVERA).read_bytes()

    def test_asking_for_proof_is_a_clock_fact(self, rivera: Workspace) -> None:
        case = outbox.send(rivera, RIVERA, "identity", by()).case
        assert [move.kind for move in case.moves] == ["id_requested"]


class TestPost:
    def test_a_request_by_post_is_answered_by_post(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(channel="post", reply_to=""), by())
        outbox.send(desk, number, "acknowledgement", by())
        path = outbox.letter_file(desk, number, f"{number}:acknowledgement")
        assert "<html" in path.read_text(encoding="utf-8").casefold()
        assert files(desk) == []

    def test_without_an_address_mail_says_what_to_type(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(channel="phone", reply_to=""), by())
        facts = facts_count(desk)
        with pytest.raises(InputWrong, match="no e-mail address to answer to") as refused:
            outbox.send(desk, number, "acknowledgement", by())
        assert "--by post" in refused.value.hint
        assert facts_count(desk) == facts


class TestRefused:
    def test_before_proof_no_answer_leaves_and_nothing_is_queued(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        with pytest.raises(Refused, match="Not sent"):
            outbox.send(rivera, RIVERA, "answer", by())
        assert facts_count(rivera) == facts
        assert rivera.ledger.outbox() == []
        assert files(rivera) == []

    def test_a_kind_that_is_none(self, rivera: Workspace) -> None:
        with pytest.raises(InputWrong):
            outbox.send(rivera, RIVERA, "loveletter", by())

    def test_a_reader_may_not(self, rivera: Workspace) -> None:
        with pytest.raises(Refused, match="needs the role"):
            outbox.send(rivera, RIVERA, "acknowledgement", by("luis"))


class TestBounce:
    def test_an_answer_that_came_back_is_no_answer(self, at: Callable[[str], Workspace]) -> None:
        from dsar.case.case import told

        ws = at("answered")
        mine = message_id(f"{RIVERA}:answer", mail_address(ws.sender))
        assert outbox.bounced(ws, mine, by()) == RIVERA
        case = ws.ledger.case(RIVERA)
        assert case.letters[f"{RIVERA}:answer"].state is LetterState.BOUNCED
        assert not told(case, next(iter(case.claims.values())))

    def test_twice_is_once(self, at: Callable[[str], Workspace]) -> None:
        ws = at("answered")
        mine = message_id(f"{RIVERA}:answer", mail_address(ws.sender))
        outbox.bounced(ws, mine, by())
        facts = facts_count(ws)
        outbox.bounced(ws, mine, by())
        assert facts_count(ws) == facts

    @pytest.mark.parametrize("other", ["", "<somebody@else.example>"])
    def test_somebody_elses_message_is_nothing_to_us(self, at: Callable[[str], Workspace], other: str) -> None:
        ws = at("answered")
        facts = facts_count(ws)
        assert outbox.bounced(ws, other, by()) == ""
        assert facts_count(ws) == facts


class TestMailServer:
    @pytest.fixture
    def server(self) -> Iterator[Server]:
        made = Server()
        made.start()
        yield made
        made.stop()

    @pytest.fixture
    def mailing(self, rivera: Workspace, server: Server) -> Iterator[Workspace]:
        ws = through(rivera, server.port)
        yield ws
        ws.ledger.close()

    def test_once(self, mailing: Workspace, server: Server) -> None:
        outbox.send(mailing, RIVERA, "acknowledgement", by())
        outbox.send(mailing, RIVERA, "acknowledgement", by())
        outbox.retry(mailing, by())
        assert len(server.post.arrived) == 1
        assert state(mailing) is LetterState.SENT

    def test_refused_for_good_is_not_tried_again(self, mailing: Workspace, server: Server) -> None:
        server.post.mood = "gone"
        with pytest.raises(AddressRefused, match="will not be tried again") as refused:
            outbox.send(mailing, RIVERA, "acknowledgement", by())
        assert "--by post" in refused.value.hint
        assert EMAIL not in str(refused.value)
        assert state(mailing) is LetterState.FAILED
        server.post.mood = "ok"
        assert outbox.retry(mailing, by()).sent == 0
        assert server.post.arrived == []

    def test_after_a_refusal_it_may_be_sent_anew_by_post(self, mailing: Workspace, server: Server) -> None:
        server.post.mood = "gone"
        with pytest.raises(AddressRefused):
            outbox.send(mailing, RIVERA, "acknowledgement", by())
        done = outbox.send(mailing, RIVERA, "acknowledgement", by(), by_post=True)
        assert done.state is LetterState.SENT
        assert outbox.letter_file(mailing, RIVERA, done.key).is_file()

    @pytest.mark.parametrize("how", ["down", "later"])
    def test_down_it_waits_and_goes_later(self, mailing: Workspace, server: Server, how: str) -> None:
        if how == "down":
            server.stop()
        else:
            server.post.mood = "later"
        with pytest.raises(OutsideDown, match="waits in the outbox"):
            outbox.send(mailing, RIVERA, "acknowledgement", by())
        assert state(mailing) is LetterState.QUEUED
        assert server.post.arrived == []
        if how == "down":
            server.start()
        server.post.mood = "ok"
        done = outbox.retry(mailing, by())
        assert (done.sent, done.failed, done.unsure) == (1, (), ())
        assert len(server.post.arrived) == 1

    def test_still_down_the_retry_says_so_and_stops(self, mailing: Workspace, server: Server) -> None:
        server.stop()
        with pytest.raises(OutsideDown):
            outbox.send(mailing, RIVERA, "acknowledgement", by())
        done = outbox.retry(mailing, by())
        assert done.sent == 0
        assert len(done.failed) == 1

    def test_the_line_broke_after_the_letter_was_given(self, mailing: Workspace, server: Server) -> None:
        server.post.mood = "hang_up"
        with pytest.raises(PartlyDone, match="I will not send it twice") as unsure:
            outbox.send(mailing, RIVERA, "acknowledgement", by())
        assert f"dsar outbox resolve {KEY}" in unsure.value.hint
        assert state(mailing) is LetterState.SENDING
        server.post.mood = "ok"
        assert outbox.retry(mailing, by()).unsure == (KEY,)
        with pytest.raises(PartlyDone):
            outbox.send(mailing, RIVERA, "acknowledgement", by())
        assert len(server.post.arrived) == 1

    def test_a_person_says_it_left(self, mailing: Workspace, server: Server) -> None:
        mailing.ledger.close()
        self.stopped_in_the_middle(mailing)
        assert outbox.resolve(mailing, KEY, by(), was_sent=True).state is LetterState.SENT
        assert server.post.arrived == []

    def test_a_person_says_it_did_not(self, mailing: Workspace, server: Server) -> None:
        self.stopped_in_the_middle(mailing)
        assert outbox.resolve(mailing, KEY, by(), was_sent=False).state is LetterState.SENT
        assert len(server.post.arrived) == 1

    def stopped_in_the_middle(self, ws: Workspace) -> None:
        made = Workspace(ws.home)
        outbox.queue(made, RIVERA, KEY, draft(made, RIVERA, "acknowledgement", by()), by(), by_post=False)
        made.ledger.record(RIVERA, LetterHandedOver(key=KEY), by=by())
        made.ledger.close()
        vars(ws).pop("ledger", None)


class TestResolveAndCancel:
    def test_only_an_unsure_letter_is_resolved(self, rivera: Workspace) -> None:
        outbox.send(rivera, RIVERA, "acknowledgement", by())
        facts = facts_count(rivera)
        with pytest.raises(Refused, match="is sent, not unsure"):
            outbox.resolve(rivera, KEY, by(), was_sent=False)
        assert facts_count(rivera) == facts

    def test_no_such_letter(self, rivera: Workspace) -> None:
        with pytest.raises(InputWrong, match="no letter"):
            outbox.resolve(rivera, "DSAR-2026-0001:answer", by(), was_sent=True)
        with pytest.raises(InputWrong, match="no waiting letter"):
            outbox.cancel(rivera, "DSAR-2026-0001:answer", by())

    def test_a_waiting_letter_is_taken_out_for_good(self, rivera: Workspace) -> None:
        outbox.queue(rivera, RIVERA, KEY, draft(rivera, RIVERA, "acknowledgement", by()), by(), by_post=False)
        outbox.cancel(rivera, KEY, by())
        assert state(rivera) is LetterState.FAILED
        assert outbox.retry(rivera, by()).sent == 0
        assert files(rivera) == []
