"""The address a correction took off file is told that something was changed, and nothing more."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes
from email.policy import default as modern

import pytest

from dsar.case.rights import Right
from dsar.errors import Refused
from dsar.workflow import apply, change, ending, gather, openings, outbox, verify
from dsar.workflow.look_again import look_again
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, by, opening

NEW = "maria.rivera@elsewhere.example"


@pytest.fixture
def corrected(desk: Workspace) -> Workspace:
    """Maria's new e-mail address is on file and she was told; the old address was not yet."""
    ws = desk
    openings.typed(ws, opening(rights=(Right.EDIT,)), by())
    verify.confirm(ws, RIVERA, verify.Shown(method=verify.method_named("account-login")), by())
    gather.gather(ws, RIVERA, by())
    gather.waive(ws, RIVERA, "facilities", "door_log", "kept 30 days only", by())
    planned = change.plan_correction(ws, RIVERA, "email", NEW, by(), old=EMAIL)
    change.approve_plan(ws, RIVERA, planned.line, by("sam"), typed=planned.fingerprint)
    assert apply.apply(ws, RIVERA, by()).left == 0
    look_again(ws, RIVERA, by())
    outbox.send(ws, RIVERA, "done", by())
    return ws


def test_the_case_stays_open_until_the_old_address_is_told(corrected: Workspace) -> None:
    with pytest.raises(Refused, match="old e-mail address was not told"):
        ending.close(corrected, RIVERA, by())
    outbox.send(corrected, RIVERA, "old_channel", by())
    assert ending.close(corrected, RIVERA, by()).case.closed


def test_it_goes_to_the_old_address_and_tells_no_more(corrected: Workspace) -> None:
    before = set((corrected.home / "outbox").glob("*.eml"))
    outbox.send(corrected, RIVERA, "old-channel", by())
    (path,) = set((corrected.home / "outbox").glob("*.eml")) - before
    letter = message_from_bytes(path.read_bytes(), policy=modern)
    assert str(letter["To"]).casefold() == EMAIL
    text = letter.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "a change of data" in text
    for word in (NEW, "Maria", "Rivera", "California"):
        assert word not in text
    assert letter["In-Reply-To"] is None


def test_without_a_replaced_address_there_is_nobody_to_tell(at: Callable[[str], Workspace]) -> None:
    ws = at("answered")
    with pytest.raises(Refused, match="no old one to tell"):
        outbox.send(ws, RIVERA, "old_channel", by())
    assert ending.close(ws, RIVERA, by()).case.closed
