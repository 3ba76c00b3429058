"""Ends and revives: outcomes that a person decides, closing, reopening."""

from __future__ import annotations

from dataclasses import dataclass

from dateutil.relativedelta import relativedelta

from dsar.case.case import Case, LetterState, told
from dsar.case.facts import CaseClosed, CaseReopened, EvidenceDestroyed, OutcomeReached
from dsar.case.next import short
from dsar.case.stages import ENDS_EARLY, NEEDS_NO_LETTER, Outcome
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, Refused
from dsar.workflow.copies import forget_copies
from dsar.workflow.old_channel import untold
from dsar.workflow.phrases import REFUSALS
from dsar.workspace import Workspace


def refuse(ws: Workspace, number: str, ground: str, by: Stamp, *, outcome: Outcome, claim: str = "") -> Case:
    """End rights early, with a ground; the letter that says so is sent afterwards."""
    ws.require(by, "editor", "approver")
    if outcome not in ENDS_EARLY and outcome is not Outcome.OPENED_IN_ERROR:
        raise InputWrong(f'Not done: "{outcome}" follows from the answer that is sent; it is not decided by hand.')
    if outcome is Outcome.REFUSED and ground not in REFUSALS:
        listed = ", ".join(REFUSALS)
        raise InputWrong(
            f'Not done: "{ground}" is not a ground for a refusal. Nothing was changed.',
            hint=f"The grounds are: {listed}",
        )
    case = ws.ledger.case(number)
    claims = [one for one in case.claims.values() if one.outcome is None and claim in ("", one.name, one.right)]
    if not claims:
        done = [one for one in case.claims.values() if one.outcome is outcome]
        if done:
            return case
        raise InputWrong(
            f"{number} has no open right like that. Nothing was changed.", hint=f"dsar show {short(number)}"
        )
    facts = [OutcomeReached(claim=one.name, outcome=outcome, ground=ground) for one in claims]
    return ws.ledger.record(number, *facts, by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A closed case, what was destroyed with it, and when its personal data goes."""

    case: Case
    destroyed: int
    already: bool


def close(ws: Workspace, number: str, by: Stamp) -> Closing:
    """Close an answered case: evidence is destroyed now, the personal data of the file on the purge date.

    Raises Refused listing everything that is still missing.
    """
    ws.require(by, "editor", "approver")
    case = ws.ledger.case(number)
    if case.closed:
        return Closing(case=case, destroyed=0, already=True)
    missing = still_missing(case) + untold(ws, case)
    if missing:
        raise Refused(
            f"Not done: {number} is not finished. {' '.join(missing)} Nothing was changed.",
            hint=f"dsar next {short(number)}",
        )
    purge_on = by.on + relativedelta(months=ws.config.retention.case_months)
    ledger = ws.ledger
    with ledger.writing():
        sealed = ledger.kept(number, "evidence")
        for item in sealed:
            ledger.forget(item.item)
        facts = [EvidenceDestroyed(evidence=digest) for digest in case.evidence]
        case = ledger.record(number, *facts, CaseClosed(purge_on=purge_on), by=by)
        forget_copies(ws, case, by)
    sweep(ws, number)
    return Closing(case=case, destroyed=len(sealed), already=False)


def still_missing(case: Case) -> list[str]:
    """Everything that keeps a case from being closed, one sentence each."""
    missing = [f"{claim.name} has no outcome yet." for claim in case.claims.values() if claim.outcome is None]
    missing += [
        f"The person has not been told about {claim.name}."
        for claim in case.claims.values()
        if claim.outcome is not None and claim.outcome not in NEEDS_NO_LETTER and not told(case, claim)
    ]
    missing += [
        f'The letter "{line.kind}" is still on its way: dsar outbox retry.'
        for line in case.letters.values()
        if line.state in (LetterState.QUEUED, LetterState.SENDING)
    ]
    return missing


def sweep(ws: Workspace, number: str) -> None:
    """Remove the case's working copies; the case's own files stay until the purge."""
    import shutil

    work = ws.home / "cases" / number / "work"
    if work.is_dir():
        shutil.rmtree(work)


def reopen(ws: Workspace, number: str, reason: str, by: Stamp) -> Case:
    """Bring a closed case back to the review, with the reason."""
    ws.require(by, "editor", "approver")
    if not reason.strip():
        raise InputWrong("Not done: reopening needs a reason.", hint='Add it: --why "..."')
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "reason", reason, at=by.recorded_at)
        return ws.ledger.record(number, CaseReopened(item=item), by=by)
