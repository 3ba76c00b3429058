"""Under-13 mode: a report by anyone becomes a deletion that waits for no parent, and tells the reporter nothing."""

from __future__ import annotations

from dataclasses import dataclass

from dsar.case.case import Case, Look
from dsar.case.facts import Fact, RecordSetFailed, RequesterIs
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong
from dsar.workflow.openings import Held, claimed, identifier_from
from dsar.workflow.subject import writers_address
from dsar.workspace import Workspace

COPPA = "us-coppa"

# Why a record set counts as not searched: the search had gone by the wrong person.
AGAIN = "again"


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
    already = f"{Right.CHILD_DELETE}/{COPPA}" in case.claims
    if not already and COPPA not in ws.laws:
        raise InputWrong(
            "Not done: COPPA is not among this workspace's laws. Nothing was changed.",
            hint='Add "us-coppa" to laws in dsar.toml',
        )
    with ws.ledger.writing():
        facts: list[Fact] = []
        if written_by is not None and written_by is not case.role:
            facts.append(RequesterIs(role=written_by))
        if not already:
            rule = ws.rules.find(COPPA, Right.CHILD_DELETE, on=case.received_on)
            facts.append(claimed(ws, Held(right=Right.CHILD_DELETE, rule=rule), case.received_on))
        if facts:
            case = ws.ledger.record(number, *facts, by=by)
        case = _leave_out_writer(ws, case, by)
        if note and note.encode("utf-8") not in [kept.value for kept in ws.ledger.kept(number, "note")]:
            ws.ledger.keep(number, "note", note, at=by.recorded_at)
    return UnderThirteen(case=case, already=already, clear=_CLEAR, blocked=_blocked(case))


def _leave_out_writer(ws: Workspace, case: Case, by: Stamp) -> Case:
    """Forget what the search knew by the address of a writer who is not the child: it must be asked again.

    What was found is dropped with it, so the record sets count as not searched until somebody gathers.
    """
    address = writers_address(ws, case)
    kept = [(row.item, identifier_from(row.value.decode("utf-8"))) for row in ws.ledger.kept(case.number, "identifier")]
    if not address or not any(one.value == address for _, one in kept):
        return case
    for item, one in kept:
        if one.value == address or "/" in one.found_in:
            ws.ledger.forget(item)
    facts: list[Fact] = []
    for (source, record_set), line in case.coverage.items():
        if line.state is Look.SEARCHED and not line.asks:
            ws.ledger.drop_findings(case.number, source, record_set)
            facts.append(RecordSetFailed(source=source, record_set=record_set, why=AGAIN))
    return ws.ledger.record(case.number, *facts, by=by) if facts else case


_CLEAR = ("stop marketing and profiling now (calls are never cut)", "fact-finding, plan and deletion: no parent needed")


def _blocked(case: Case) -> tuple[str, ...]:
    if case.authority is Role.PARENT:
        return ()
    if case.role is Role.REPORTER:
        return ("any word to the reporter about the child, even whether an account exists",)
    return ("copies, and any word about the child, until the parent is proven",)
