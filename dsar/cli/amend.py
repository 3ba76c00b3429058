"""set, classify: put right what a case was opened with; every date is shown before and after."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from dsar.case.next import short
from dsar.cli.emit import Answer, Cell, Line, emit
from dsar.cli.options import SETTINGS, CaseNumber, Reason, one_command
from dsar.cli.session import current
from dsar.cli.waiting import read_day, when
from dsar.errors import InputWrong

if TYPE_CHECKING:
    from dsar.law.clocks import Clock
    from dsar.workflow.amend import Amended, Change

app_set, app_classify = (one_command() for _ in range(2))

_PLACE = re.compile(r"[A-Z]{2}(?:-[A-Z0-9]{1,3})?")


@app_set.command("set", context_settings=SETTINGS)
def set_(
    case: CaseNumber,
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="FIELD=VALUE...",
            help="received=DATE, designated=yes|no, forwarded=DATE, again=DATE, dated=DATE, appealed=DATE, "
            "residence=US-CA",
        ),
    ],
    reason: Reason = "",
) -> int:
    """Put right the day of receipt, or note what became known: forwarded, come again, where the person lives.

    Example: dsar set 36 received=2026-11-02 --reason "the letter lay in the post room"
    """
    from dsar.workflow.amend import put_right

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    done = put_right(ws, number, dict(_read(text) for text in values), reason, session.stamp)
    return _emit(done, "set", "as it was said before" if done.already else "put right")


@app_classify.command(context_settings=SETTINGS)
def classify(
    case: CaseNumber,
    add: Annotated[
        list[str] | None, typer.Option("--add", metavar="RIGHT[/LAW]", help="A right, or its law, that was missed.")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option("--drop", metavar="CLAIM", help="A right never asked, or a law that is not it.")
    ] = None,
    reason: Reason = "",
) -> int:
    """Add or drop a right or its law; what is added counts from the first day of receipt.

    Example: dsar classify 36 --add access/ccpa --drop access/eu-gdpr --reason "lives in California"
    """
    from dsar.workflow.amend import classify as work

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if not (add or drop):
        raise InputWrong(
            "Not done: say what to add or to drop. Nothing was changed.",
            hint=f"dsar classify {short(number)} --add delete, or --drop RIGHT --reason ...",
        )
    done = work(ws, number, add or [], drop or [], reason, session.stamp)
    return _emit(done, "classify", "as it was before" if done.already else "changed")


def _read(text: str) -> tuple[str, date | bool | str]:
    """One FIELD=VALUE as the workflow takes it."""
    from dsar.workflow.amend import FIELDS

    name, sign, value = text.partition("=")
    name, value = name.strip().casefold(), value.strip()
    if name not in FIELDS or not sign or not value:
        raise InputWrong(
            f'Not done: "{text}" is nothing that can be set. Nothing was changed.',
            hint=f"Write FIELD=VALUE, with one of: {', '.join(FIELDS)}. Who works on it: dsar assign",
        )
    if name == "designated":
        said = value.casefold()
        if said not in ("yes", "no"):
            raise InputWrong('Not done: designated is "yes" or "no". Nothing was changed.', hint="designated=no")
        return name, said == "yes"
    if name == "residence":
        if not _PLACE.fullmatch(value.upper()):
            raise InputWrong(
                f'Not done: "{value}" is no place that I know. Nothing was changed.',
                hint="Write a country, or a state: residence=DE, residence=US-CA",
            )
        return name, value.upper()
    day = read_day(value)
    assert day is not None
    return name, day


def _emit(done: Amended, schema: str, says: str) -> int:
    number = done.case.number
    lines: list[Line] = [f"{number}: {says}."]
    lines += [_line(change) for change in done.changes]
    lines += [f"To hold the case to that: {command}" for command in done.advice]
    data = {
        "case": number,
        "already": done.already,
        "claims": [
            {"claim": change.claim, "due_on_before": _due(change.before), "due_on": _due(change.after)}
            | {"added": change.before is None, "dropped": change.after is None}
            for change in done.changes
        ],
        "advice": list(done.advice),
    }
    return emit(Answer(schema=schema, data=data, before=tuple(lines), hint=f"The sum: dsar why {short(number)}"))


def _line(change: Change) -> Line:
    name = f"Clock     {change.claim}: "
    if change.before is None and change.after is not None:
        return (Cell(name), Cell(when(change.after), "bold"), Cell(" (new)"))
    if change.after is None:
        return (Cell(name), Cell("dropped", "yellow"), Cell(f"; was {when(change.before)}" if change.before else ""))
    before, after = when(change.before), when(change.after)
    return (Cell(name if before == after else f"{name}{before} -> "), Cell(after, "bold"))


def _due(clock: Clock | None) -> str | None:
    return clock.due_on.isoformat() if clock and clock.due_on else None
