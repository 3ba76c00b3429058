"""appeal and decide: what people contest or complain about, and what somebody decides on it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dsar.case.case import Case, Claim
from dsar.case.next import next_step, short
from dsar.case.rights import TITLES
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, CaseNumber, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.law.clocks import Clock
from dsar.letters.letter import Verdict
from dsar.workflow import appeal as work

app_appeal, app_decide = one_command(), one_command()


@app_appeal.command(context_settings=SETTINGS)
def appeal(
    case: CaseNumber,
    received: Annotated[str, typer.Option("--received", help="The day the appeal reached the organisation.")] = "",
    right: Annotated[str, typer.Option("--right", help="Only the decision on this right.")] = "",
    file: Annotated[Path | None, typer.Option("--file", metavar="LETTER", help="The appeal itself.")] = None,
) -> int:
    """Take in an appeal against how a request was decided; its clock starts the day it came, a closed case opens.

    Example: dsar appeal 36 --received 2026-06-20 --file appeal.eml
    """
    from dsar.cli.intake import day_typed

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    day = day_typed(received, session.moment.on, ws.config.desk.date_order)
    taken = work.appeal(ws, number, session.stamp, received=day, right=right, file=file)
    about = ", ".join(taken.against)
    lines: list[Line] = [
        f"{number}: an appeal against {about} is open already."
        if taken.already
        else f"{number}: appeal against {about} taken in."
    ]
    lines += [f"  {claim.name}: decide and answer by {_when(clock)}" for claim, clock in taken.clocks]
    lines += [(Cell(says, "yellow"),) for says in (taken.late, *taken.elsewhere) if says]
    return emit(
        Answer(
            schema="appeal",
            data={
                "case": number,
                "already": taken.already,
                "against": list(taken.against),
                "late": taken.late or None,
                "elsewhere": list(taken.elsewhere),
                "claims": [_clock(claim, clock) for claim, clock in taken.clocks],
            },
            before=tuple(lines),
            rows=_rows(taken.clocks),
            hint=f"Next: dsar decide {short(number)}     (somebody who did not make that decision)",
        )
    )


@app_decide.command(context_settings=SETTINGS)
def decide(
    case: CaseNumber,
    uphold: Annotated[bool, typer.Option("--uphold", help="The person is right: the decision changes.")] = False,
    partly: Annotated[bool, typer.Option("--partly", help="The person is right in part.")] = False,
    deny: Annotated[bool, typer.Option("--deny", help="The decision stays as it was.")] = False,
    why: Annotated[str, typer.Option("--why", "--reason", help="The reasons, as the person is told them.")] = "",
    right: Annotated[
        list[str] | None, typer.Option("--right", help="With --partly: the right that is open again; repeatable.")
    ] = None,
    only: Annotated[str, typer.Option("--only", help="appeal, complaint or automated-decision.")] = "",
) -> int:
    """Decide an appeal, a complaint, or whether a computer's decision stays; --why is told to the person.

    Without an option it shows what is to be decided. An appeal is decided by somebody who did not decide before.

    Example: dsar decide 36 --uphold --why "The two records are yours; we had the wrong account."
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    chosen = [
        verdict
        for verdict, typed in ((Verdict.UPHELD, uphold), (Verdict.PARTLY, partly), (Verdict.DENIED, deny))
        if typed
    ]
    if not chosen:
        return _to_decide(number, only)
    if len(chosen) > 1:
        raise InputWrong(
            "Not done: say one of --uphold, --partly, --deny. Nothing was changed.",
            hint=f'dsar decide {short(number)} --uphold --why "..."',
        )
    done = work.decide(ws, number, chosen[0], why, session.stamp, only=only, rights=right or ())
    lines: list[Line] = []
    for claim in done.claims:
        before = " already" if done.already else ""
        lines.append(f"{number}: {claim.name} {_SAID[chosen[0]]}{before}.")
    lines += [f"  open again: {claim.name}, by {_when(clock)}" for claim, clock in done.again]
    step = next_step(done.case, done.claims[0])
    return emit(
        Answer(
            schema="decide",
            data={
                "case": number,
                "already": done.already,
                "verdict": chosen[0],
                "claims": [claim.name for claim in done.claims],
                "again": [_clock(claim, clock) for claim, clock in done.again],
                "next": step.command,
            },
            before=tuple(lines),
            rows=Table((Column(title="claim"),), [(claim.name,) for claim in done.claims]),
            hint=f"Next: {step.command}",
        )
    )


_SAID = {Verdict.UPHELD: "upheld", Verdict.PARTLY: "upheld in part", Verdict.DENIED: "denied"}


def _to_decide(number: str, only: str) -> int:
    """What waits for a decision, against what, by when, and who may not make it."""
    ws = current().workspace
    case = ws.ledger.case(number)
    claims = work.waiting(case, only)
    if not claims:
        raise InputWrong(
            f"Nothing waits for a decision in {number}: no appeal, no complaint, no computer's decision.",
            hint=f"An appeal that came is taken in with: dsar appeal {short(number)}",
        )
    found = [(claim, work.due(ws, case, claim)) for claim in claims]
    lines: list[Line] = []
    for claim, clock in found:
        lines.append((Cell(TITLES[claim.right], "bold"), Cell(f"  {claim.law}  due {_when(clock)}")))
        lines += [f"  against {line}" for line in _against(case, claim)]
    option = f" --only {claims[0].right.replace('_', '-')}" if len({claim.right for claim in claims}) > 1 else ""
    return emit(
        Answer(
            schema="decide",
            data={
                "case": number,
                "claims": [
                    {**_clock(claim, clock), "against": list(case.appeals.get(claim.name, ()))}
                    for claim, clock in found
                ],
            },
            before=tuple(lines),
            rows=_rows(tuple(found)),
            hint=f'Next: dsar decide {short(number)}{option} --uphold --why "..."     (or --partly, --deny)',
        )
    )


def _against(case: Case, claim: Claim) -> list[str]:
    """The decisions an appeal is against, how they ended, and who made them."""
    ended = [case.claims[name] for name in case.appeals.get(claim.name, ())]
    return [
        f"{one.name}: {(one.outcome or 'open').replace('_', ' ')}, decided by {case.makers.get(one.name, 'nobody')}, "
        "who may not decide this"
        for one in ended
    ]


def _when(clock: Clock) -> str:
    return words.day(clock.due_on) if clock.due_on else f'no date: "{clock.standard}"'


def _clock(claim: Claim, clock: Clock) -> dict[str, str | None]:
    due = clock.due_on.isoformat() if clock.due_on else None
    return {"claim": claim.name, "due_on": due, "standard": clock.standard}


def _rows(found: tuple[tuple[Claim, Clock], ...]) -> Table:
    return Table(
        (Column(title="claim"), Column(title="due_on")),
        [(claim.name, clock.due_on.isoformat() if clock.due_on else "") for claim, clock in found],
    )
