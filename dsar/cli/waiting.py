"""clarify, pause, resume, fee: what the person was asked for, and what that does to each date."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dsar.case.next import short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Line, emit
from dsar.cli.options import SETTINGS, CaseNumber, DryRun, Reason, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong

if TYPE_CHECKING:
    from dsar.case.waiting import Why as Waits
    from dsar.workflow.waiting import Done, Effect

app_clarify, app_pause, app_resume, app_fee = (one_command() for _ in range(4))

Right = Annotated[str, typer.Option("--right", help="Only this right: access, or access/uk-gdpr.")]
On = Annotated[str, typer.Option("--on", help="The day it happened; left out = today.")]
Why = Annotated[str, typer.Option("--why", help="What is waited for: identity, clarification, fee.")]
Undo = Annotated[bool, typer.Option("--undo", help="It was recorded by mistake; needs --reason.")]
Because = Annotated[str, typer.Option("--reason", help="The reason, for the file.")]
Day = Annotated[str, typer.Argument(metavar="[DATE]", help="The day it happened; left out = today.")]


@app_clarify.command(context_settings=SETTINGS)
def clarify(
    case: CaseNumber,
    day: Day = "",
    ask: Annotated[list[str] | None, typer.Option("--ask", help="The question; repeatable.")] = None,
    answered: Annotated[bool, typer.Option("--answered", help="The answer has come, on DATE or today.")] = False,
    reason: Reason = "",
    right: Right = "",
    on: On = "",
    dry_run: DryRun = False,
) -> int:
    """Ask the person what is meant, by letter; the clock stops only where the law lets it.

    Example: dsar clarify 36 --ask "From which year are the calls you mean?"
    """
    from dsar.case.waiting import Why as Kinds
    from dsar.workflow import waiting as work
    from dsar.workflow.clarify import clarify as ask_by_letter

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if answered:
        done = work.resume(ws, number, session.stamp, why=Kinds.CLARIFICATION, on=read_day(on or day), right=right)
        return _emit(done, "clarify", "the answer came", back=True)
    asked = ask_by_letter(
        ws, number, tuple(ask or ()), session.reader if dry_run else session.stamp,
        reason=reason, right=right, dry_run=dry_run,
    )  # fmt: skip
    says = "the question is waiting for its answer already" if asked.already else "the question was sent"
    lines: list[Line] = [asked.text, ""] if asked.text else []
    lines += [(Cell(f"Missing: {problem}", "yellow"),) for problem in asked.problems]
    lines.append(f"{number}: {'nothing was sent' if dry_run else says}.")
    lines += [line for effect in asked.effects for line in effect_lines(effect)]
    data = {"case": number, "sent": asked.sent, "already": asked.already, "text": asked.text}
    data |= {"problems": list(asked.problems), "claims": [effect_json(effect) for effect in asked.effects]}
    hint = f"When it is answered: dsar clarify {short(number)} --answered"
    return emit(Answer(schema="clarify", data=data, before=tuple(lines), hint=hint))


@app_pause.command(context_settings=SETTINGS)
def pause(
    case: CaseNumber, why: Why = "", on: On = "", right: Right = "", undo: Undo = False, reason: Because = ""
) -> int:
    """Record that something was asked by telephone, post or in person; refused where the law lets the time run on.

    Example: dsar pause 36 --why identity --on 2026-06-02
    """
    from dsar.workflow import waiting as work
    from dsar.workflow.waiting_words import WAS_ASKED

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    waits = work.why_named(why)
    if undo:
        return _taken_back(number, waits, reason, right, answer=False)
    done = work.pause(ws, number, waits, session.stamp, on=read_day(on), right=right)
    return _emit(done, "pause", WAS_ASKED[waits], hint=f"When it has come: dsar resume {short(number)} --why {waits}")


@app_resume.command(context_settings=SETTINGS)
def resume(
    case: CaseNumber, why: Why = "", on: On = "", right: Right = "", undo: Undo = False, reason: Because = ""
) -> int:
    """Record that what was asked for has come; the clocks that waited for it go on.

    Example: dsar resume 36 --why identity --on 2026-06-08
    """
    from dsar.workflow import waiting as work
    from dsar.workflow.waiting_words import HAS_COME

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    waits = work.why_named(why) if why or undo else None
    if undo and waits:
        return _taken_back(number, waits, reason, right, answer=True)
    done = work.resume(ws, number, session.stamp, why=waits, on=read_day(on), right=right)
    return _emit(done, "resume", HAS_COME[waits] if waits else "what was asked for came", back=True)


@app_fee.command(context_settings=SETTINGS)
def fee(
    case: CaseNumber,
    day: Day = "",
    charge: Annotated[str, typer.Option("--charge", metavar="AMOUNT", help='Announced to the person: "EUR 20".')] = "",
    confirmed: Annotated[bool, typer.Option("--confirmed", help="The person agreed to the cost.")] = False,
    paid: Annotated[bool, typer.Option("--paid", help="The fee was paid.")] = False,
    on: On = "",
    right: Right = "",
) -> int:
    """A fee announced, agreed to or paid, where the law lets one be charged. The amount goes with the purge.

    Example: dsar fee 36 --charge "CHF 200"
    """
    from dsar.workflow import waiting as work

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if [bool(charge), confirmed, paid].count(True) != 1:
        raise InputWrong(
            "Not done: say one thing about the fee. Nothing was changed.",
            hint=f'dsar fee {short(number)} --charge "EUR 20", --confirmed or --paid',
        )
    when = read_day(on or day)
    if charge:
        done = work.charge(ws, number, charge, session.stamp, on=when, right=right)
        return _emit(done, "fee", "a fee was announced" if done.already else f"a fee of {charge.strip()} was announced")
    done = work.agreed(ws, number, session.stamp, paid=paid, on=when)
    return _emit(done, "fee", "the fee was paid" if paid else "the person agreed to the cost", back=True)


def _taken_back(number: str, why: Waits, reason: str, right: str, *, answer: bool) -> int:
    from dsar.workflow.take_back import take_back
    from dsar.workflow.waiting_words import HAS_COME, WAS_ASKED

    session = current()
    done = take_back(session.workspace, number, why, reason, session.stamp, answer=answer, right=right)
    said = HAS_COME[why] if answer else WAS_ASKED[why]
    return _emit(done, "resume" if answer else "pause", f"taken back: {said}", back=True)


def read_day(text: str) -> date | None:
    """A typed day; None for none."""
    from dsar.inbox.dates import read_date

    return read_date(text, order=current().workspace.config.desk.date_order) if text else None


def _emit(done: Done, schema: str, says: str, *, back: bool = False, hint: str = "") -> int:
    number = done.case.number
    already = " (on file already)" if done.already else ""
    on = done.on
    if done.already and not back:
        on = min((effect.since for effect in done.effects if effect.since), default=done.on)
    lines: list[Line] = [f"{number}: {says} on {words.day(on)}{already}."]
    for effect in sorted(done.effects, key=lambda effect: effect.after.due_on or date.max):
        lines += effect_lines(effect, back=back)
    data = {"case": number, "on": on.isoformat(), "already": done.already}
    data |= {"claims": [effect_json(effect) for effect in done.effects]}
    return emit(
        Answer(schema=schema, data=data, before=tuple(lines), hint=hint or f"The sum: dsar why {short(number)}")
    )


def effect_lines(effect: Effect, *, back: bool = False) -> list[Line]:
    """One right: its date before and after, and why."""
    before, after = when(effect.before), when(effect.after)
    dates: Sequence[Cell] = [Cell(after, "bold")]
    if before != after:
        dates = [Cell(f"{before} -> "), Cell(after, "bold")]
    waits = ", provisional until it comes" if effect.after.provisional and effect.recorded else ""
    lines: list[Line] = [(Cell(f"Clock     {effect.claim}: "), *dates, Cell(waits))]
    if not back or before == after or effect.does == "guidance":
        lines.append(f"          {effect.says}.")
    if effect.after.suspended_on:
        lines.append(f"          With the pause of the guidance: {words.day(effect.after.suspended_on)}.")
    if effect.lapses_on and back:
        lines.append(
            (
                Cell(
                    f"          It came after {words.day(effect.lapses_on)}: the request counts as withdrawn.", "yellow"
                ),
            )
        )
    elif effect.lapses_on:
        says = f"          Not agreed to by {words.day(effect.lapses_on)}, the request counts as withdrawn."
        lines.append((Cell(says, "yellow"),))
    return lines


def when(clock: Any) -> str:
    """A clock's date as a person reads it, or the law's words."""
    return words.day(clock.due_on) if clock.due_on else f'no date ("{clock.standard}")'


def effect_json(effect: Effect) -> dict[str, Any]:
    """One right as JSON: dates before and after."""
    return {
        "claim": effect.claim,
        "effect": effect.does,
        "says": effect.says,
        "recorded": effect.recorded,
        "due_on_before": _iso(effect.before.due_on),
        "due_on": _iso(effect.after.due_on),
        "suspended_on": _iso(effect.after.suspended_on),
        "provisional": effect.after.provisional,
        "waiting_since": _iso(effect.since),
        "withdrawn_after": _iso(effect.lapses_on),
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
