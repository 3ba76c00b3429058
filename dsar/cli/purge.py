"""purge: our own closed cases are forgotten when their time has come."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit, remark
from dsar.cli.options import SETTINGS, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.workflow import purge as work

app_purge = one_command()
# So many case numbers of a plan are shown on a screen.
_SHOWN = 50
_MONTHS = re.compile(r"(\d{1,3})\s*(m|y)", re.IGNORECASE)


@app_purge.command(context_settings=SETTINGS)
def purge(
    older_than: Annotated[str, typer.Option("--older-than", metavar="24m", help="Only cases closed before that.")] = "",
    plan: Annotated[bool, typer.Option("--plan", help="Save the list, for a second person to approve.")] = False,
    approve: Annotated[str, typer.Option("--approve", metavar="PLAN", help="A second person's yes to a plan.")] = "",
    confirm: Annotated[
        int | None, typer.Option("--confirm", metavar="N", help="Carry it out; N is how many cases.")
    ] = None,
) -> int:
    """Forget the personal data of closed cases whose purge date has come. There is no undo; the facts stay.

    Then somebody else: dsar purge --approve PLAN; and then: dsar purge --confirm N.

    Example: dsar purge --plan
    """
    months = _months(older_than)
    if sum((plan, bool(approve), confirm is not None)) > 1:
        raise InputWrong(
            "Not done: choose one of --plan, --approve and --confirm. Nothing was changed.",
            hint="Look where it stands: dsar purge",
        )
    if approve:
        return _approve(approve)
    if confirm is not None:
        return _carry_out(confirm)
    return _plan(months) if plan else _look(months)


def _months(text: str) -> int:
    if not text:
        return 0
    found = _MONTHS.fullmatch(text.strip())
    if not found:
        raise InputWrong(
            f'Not done: "{text}" is not a time. Nothing was changed.',
            hint="Write 24m or 2y: dsar purge --older-than 24m",
        )
    return int(found[1]) * (12 if found[2].casefold() == "y" else 1)


def _look(months: int) -> int:
    session = current()
    found = work.ripe(session.workspace, session.reader.on, months=months)
    saved = work.current_plan(session.workspace)
    waits = saved if saved and not saved.used and not saved.expired(session.reader.recorded_at) else None
    lines: list[Line] = [
        f"{words.counted(len(found), 'closed case')} to forget."
        if found
        else "No case to forget: no closed case has reached its purge date."
    ]
    hint = f"Next: dsar {'purge --plan' if found else 'list --closed'}"
    if waits:
        by = f"approved by {waits.approver}" if waits.approver else "waits for a second person"
        lines.append(f"Plan {waits.fingerprint}: {words.counted(len(waits.cases), 'case')}, {by}.")
        hint = f"Next: dsar purge {_step(waits)}"
        if not waits.approver:
            hint = f"Next: a colleague: dsar purge {_step(waits)}"
    return emit(
        Answer(
            schema="purge",
            data={"cases": [one.case for one in found], "plan": _data(waits), "purged": False},
            before=tuple(lines),
            table=Table(
                (Column(title="CASE"), Column(title="CLOSED"), Column(title="PURGE DATE")),
                [(one.case, words.day(one.closed_on), words.day(one.purge_on)) for one in found],
            ),
            hint=hint,
        )
    )


def _step(plan: work.Plan) -> str:
    return f"--confirm {len(plan.cases)}" if plan.approver else f"--approve {plan.fingerprint}"


def _data(plan: work.Plan | None) -> dict[str, object] | None:
    if plan is None:
        return None
    return {
        "plan": plan.fingerprint,
        "cases": list(plan.cases),
        "maker": plan.maker,
        "made_at": plan.made_at,
        "approver": plan.approver or None,
        "used": plan.used,
    }


def _plan(months: int) -> int:
    session = current()
    plan = work.make_plan(session.workspace, session.stamp, months=months)
    head = f"Plan {plan.fingerprint}: {words.counted(len(plan.cases), 'case')}."
    if not session.terminal:
        # a pipe gets one case a line; what a colleague types is said beside it
        remark(f"{head} A second person types: dsar purge --approve {plan.fingerprint}")
    more = len(plan.cases) - _SHOWN if session.terminal else 0
    shown = plan.cases[:_SHOWN] if session.terminal else plan.cases
    return emit(
        Answer(
            schema="purge-plan",
            data={"plan": _data(plan)},
            before=(
                (Cell(f"{head} "), Cell("Nothing was deleted.", "bold")),
                "It is good for 72 hours and one use, and a second person must approve it.",
            ),
            table=Table((Column(title="CASE"),), [(case,) for case in shown]),
            after=(f"... and {words.counted(more, 'more case')}: dsar purge --json",) if more > 0 else (),
            hint=f"Next: a colleague: dsar purge --approve {plan.fingerprint}",
        )
    )


def _approve(fingerprint: str) -> int:
    session = current()
    before = work.current_plan(session.workspace)
    plan = work.approve(session.workspace, fingerprint, session.stamp)
    already = before is not None and before.approver == plan.approver
    return emit(
        Answer(
            schema="purge-approve",
            data={"plan": _data(plan), "already": already},
            before=(
                f"Plan {plan.fingerprint}: {'already ' if already else ''}approved by {plan.approver}. "
                "Nothing is deleted yet.",
                "Carrying it out cannot be undone.",
            ),
            hint=f"Next: dsar purge --confirm {len(plan.cases)}",
        )
    )


def _carry_out(confirm: int) -> int:
    session = current()
    done = work.carry_out(session.workspace, confirm, session.stamp)
    count = words.counted(len(done.cases), "case")
    lines: list[Line] = [f"{count}: forgotten already." if done.already else f"{count} forgotten. The facts stay."]
    if not done.already:
        lines.append(f"{words.counted(done.files, 'file')} deleted. A restored backup forgets them again.")
    if done.copies:
        lines.append((Cell("Still held by", "yellow"), Cell(f": {', '.join(done.copies)}")))
        lines.append("Delete these copies when newer ones are good, and think of backups kept elsewhere.")
    return emit(
        Answer(
            schema="purge",
            data={
                "cases": list(done.cases),
                "purged": True,
                "already": done.already,
                "files": done.files,
                "copies": list(done.copies),
            },
            before=tuple(lines),
            hint="Next: dsar audit check",
        )
    )
