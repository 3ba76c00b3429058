"""Under-13 mode: a report by anyone becomes a deletion that waits for no parent, and tells the reporter nothing."""

from __future__ import annotations

from dataclasses import dataclass

from dsar.case.case import Case
from dsar.case.facts import RequesterIs
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong
from dsar.workflow.openings import Held, claimed
from dsar.workspace import Workspace

COPPA = "us-coppa"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnderThirteen:
    """The case in under-13 mode; ``already`` when it was before."""

    case: Case
    already: bool
    clear: tuple[str, ...]
    blocked: tuple[str, ...]


def under_thirteen(
    ws: Workspace, number: str, by: Stamp, *, written_by: Role | None = None, note: str = ""
) -> UnderThirteen:
    """Treat the data subject as a child: the deletion under COPPA is claimed, names are hidden in every list.

    ``written_by`` corrects who wrote: the child itself and a mere reporter get one letter and no more.
    """
    ws.require(by, "editor")
    case = ws.ledger.case(number)
    if written_by is not None and written_by is not case.role:
        case = ws.ledger.record(number, RequesterIs(role=written_by), by=by)
    already = f"{Right.CHILD_DELETE}/{COPPA}" in case.claims
    if not already:
        if COPPA not in ws.laws:
            raise InputWrong(
                "Not done: COPPA is not among this workspace's laws. Nothing was changed.",
                hint='Add "us-coppa" to laws in dsar.toml',
            )
        rule = ws.rules.find(COPPA, Right.CHILD_DELETE, on=case.received_on)
        with ws.ledger.writing():
            if note:
                ws.ledger.keep(number, "note", note, at=by.recorded_at)
            fact = claimed(ws, Held(right=Right.CHILD_DELETE, rule=rule), case.received_on)
            case = ws.ledger.record(number, fact, by=by)
    return UnderThirteen(case=case, already=already, clear=_CLEAR, blocked=_blocked(case))


_CLEAR = ("stop marketing and profiling now (calls are never cut)", "fact-finding, plan and deletion: no parent needed")


def _blocked(case: Case) -> tuple[str, ...]:
    if case.authority is Role.PARENT:
        return ()
    if case.role is Role.REPORTER:
        return ("any word to the reporter about the child, even whether an account exists",)
    return ("copies, and any word about the child, until the parent is proven",)
