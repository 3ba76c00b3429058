"""How an answer reaches somebody whose address no search compared: by control of it, by post, or not at all."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dsar.case.next import next_step
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import Refused
from dsar.workflow import gather, openings, outbox, verify
from dsar.workflow.verify import Shown, method_named
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, by, opening

CONTROL = Shown(method=method_named("email-control"))


def asked(ws: Workspace, right: Right, **changes: object) -> str:
    return openings.typed(ws, opening(rights=(right,), laws=("eu-gdpr",), **changes), by())


def known(ws: Workspace, number: str) -> bool:
    case = ws.ledger.case(number)
    checked = case.recipients.get(ws.ledger.digest(number, EMAIL))
    return checked is not None and checked.on_file


def test_who_answered_from_the_address_on_file_is_answered_there(desk: Workspace) -> None:
    number = asked(desk, Right.AUTOMATED_DECISION)
    verify.confirm(desk, number, CONTROL, by())
    assert known(desk, number)


def test_a_log_in_says_nothing_of_the_address(desk: Workspace) -> None:
    number = asked(desk, Right.AUTOMATED_DECISION)
    case = verify.confirm(desk, number, Shown(method=method_named("account-login")), by())
    assert not known(desk, number)
    (claim,) = case.claims.values()
    assert next_step(case, claim).command == "dsar verify 1 --method email-control"


def test_what_a_search_found_outweighs_what_is_said_of_an_address(desk: Workspace) -> None:
    """Records that hold another address are not talked away: whoever took over a mailbox says so too."""
    number = openings.typed(desk, opening(reply_to="somebody@else.example"), by())
    verify.confirm(desk, number, Shown(method=method_named("account-login")), by())
    gather.gather(desk, number, by())
    gather.file_answer(desk, number, "facilities", None, "kept 30 days only", by())
    case = verify.confirm(desk, number, CONTROL, by())
    assert not any(checked.on_file for checked in case.recipients.values())


def test_the_post_goes_to_the_address_on_file(at: Callable[[str], Workspace]) -> None:
    """The hint of the gate, typed: what may not go to an unknown mailbox may go to the postal address on file."""
    ws = at("packaged")
    outbox.send(ws, RIVERA, "acknowledgement", by())
    verify.check_recipient(ws, RIVERA, EMAIL, on_file=False, changed_on=None, by=by())
    case = ws.ledger.case(RIVERA)
    (claim,) = case.claims.values()
    assert next_step(case, claim).command == "dsar letter send 1 answer --by post"
    with pytest.raises(Refused, match="not a channel we have on file"):
        outbox.send(ws, RIVERA, "answer", by())
    assert outbox.send(ws, RIVERA, "answer", by(), by_post=True).case.letter_sent("answer")


def test_an_unproven_agent_is_not_told_by_post_either(desk: Workspace) -> None:
    number = asked(desk, Right.RESTRICTION, role=Role.AGENT)
    case = desk.ledger.case(number)
    (claim,) = case.claims.values()
    assert next_step(case, claim).command == "dsar verify 1 --agent"
