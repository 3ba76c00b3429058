"""The days on which every source is asked again after an erasure or a correction, in open and closed cases.

The letter promised these days to the person; a case may be closed long before the last of them.
"""

from __future__ import annotations

from collections.abc import Iterator

from dsar.case.evolve import fold
from dsar.case.facts import ChecksSet, Rechecked
from dsar.case.next import short
from dsar.workflow.remind_duties import Duty
from dsar.workflow.remind_ladder import DEPUTY, DUE, OWNER, Moment, Rung, standing
from dsar.workspace import Workspace


def checks(ws: Workspace, at: Moment) -> Iterator[Duty]:
    """One duty per case whose latest day to look again has come, until somebody has looked."""
    for number in ws.ledger.cases_with(ChecksSet):
        if ws.ledger.is_purged(number):
            continue
        entries = tuple(ws.ledger.history(number))
        case = fold(number, ((entry.fact, entry.actor) for entry in entries))
        looked = [entry.on for entry in entries if isinstance(entry.fact, Rechecked)]
        come = [day for day in case.checks_on if day <= at.day and not any(on >= day for on in looked)]
        if not come:
            continue
        rung = Rung(name=DUE, day=come[-1], roles=(OWNER, DEPUTY))
        yield Duty(
            about=f"check:{number}:{come[-1]}",
            kind="check",
            case=number,
            title="look again",
            law="",
            due_on=come[-1],
            rungs=((rung, tuple(standing(ws.config, rung.roles, case.owner))),),
            owner=case.owner,
            says="ask every source again, as we promised",
            command=f"dsar erase check {short(number)}",
        )
