"""plan, apply, erase check, hold: changes in the sources, from the saved plan to the search that looks again."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.case.changes import Action, Plan, PlanKind, Result
from dsar.case.next import short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, CaseNumber, Confirm, Reason, group, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong, Refused
from dsar.workflow import apply as work
from dsar.workflow import change

app_plan, app_apply = one_command(), one_command()
app_erase = group("After a change: ask every source again.")
app_hold = group("Legal hold: forbids erasing, never the answer.")


@app_plan.command(context_settings=SETTINGS)
def plan(
    case: CaseNumber,
    erase: Annotated[bool, typer.Option("--erase", help="Delete what each record set's rule says.")] = False,
    correct: Annotated[
        str, typer.Option("--correct", metavar="FIELD=VALUE", help="email=..., phone=..., name=...")
    ] = "",
    old: Annotated[str, typer.Option("--old", help="The value that is wrong, where several could be meant.")] = "",
    suppress: Annotated[bool, typer.Option("--suppress", help="Stop selling, sharing and marketing.")] = False,
    restrict: Annotated[bool, typer.Option("--restrict", help="Keep, but stop using.")] = False,
    stop_purpose: Annotated[str, typer.Option("--stop-purpose", metavar="PURPOSE", help="Stop one use.")] = "",
) -> int:
    """Every change that would be made, source by source; nothing is touched. Fingerprint, 72 hours, one use.

    Example: dsar plan 43 --erase
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    chosen = [erase, bool(correct), suppress, restrict, bool(stop_purpose)]
    if sum(chosen) != 1:
        raise InputWrong(
            "Not done: say one of --erase, --correct, --suppress, --restrict, --stop-purpose. Nothing was saved.",
            hint=f"dsar plan {short(number)} --erase",
        )
    if erase:
        return _emit_plan(change.plan_erasure(ws, number, session.stamp))
    if correct:
        field, eq, value = correct.partition("=")
        if not eq:
            raise InputWrong(f'Not done: "{field}" has no new value.', hint="Write: --correct email=new@example.com")
        return _emit_plan(change.plan_correction(ws, number, field.strip(), value.strip(), session.stamp, old=old))
    kind = PlanKind.SUPPRESS if suppress else PlanKind.RESTRICT if restrict else PlanKind.STOP_PURPOSE
    return _emit_plan(change.plan_marking(ws, number, kind, session.stamp, purpose=stop_purpose))


def plan_table(made: Plan) -> Table:
    """What a plan does, a row per source and reason."""
    rows: dict[tuple[str, str], dict[Action, int]] = {}
    for step in made.steps:
        why = step.ground if step.action is Action.KEEP else ""
        until = f", until {step.until}" if step.action is Action.KEEP and step.until else ""
        counts = rows.setdefault((f"{step.source}/{step.record_set}", f"{why}{until}"), dict.fromkeys(Action, 0))
        counts[step.action] += 1
    columns = (
        Column(title="SOURCE"),
        Column(title="DELETE", right=True),
        Column(title="CHANGE", right=True),
        Column(title="KEEP", right=True),
        Column(title="WHY", shrink=True),
    )
    return Table(
        columns, [(place, *(str(counts[one]) for one in Action), why) for (place, why), counts in rows.items()]
    )


def plan_data(made: Plan) -> dict[str, object]:
    """A plan for a program: counts and places, no values."""
    return {
        "plan": made.id,
        "kind": made.kind,
        "expires_at": made.expires_at.isoformat(),
        "delete": made.count(Action.DELETE),
        "change": made.count(Action.CHANGE),
        "keep": made.count(Action.KEEP),
        "steps": [
            {
                "step": step.id,
                "source": step.source,
                "record_set": step.record_set,
                "finding": step.finding,
                "action": step.action,
                "fields": sorted(step.after),
                "ground": step.ground,
            }
            for step in made.steps
        ],
    }


def _emit_plan(made: change.Planned) -> int:
    number = made.case.number
    deletions = made.plan.count(Action.DELETE)
    head = "is saved already" if made.already else "is saved"
    lines: list[Line] = [(Cell(f"Plan {made.plan.id} {head}: "), Cell("nothing has been changed yet.", "bold"))]
    after: list[Line] = []
    if deletions:
        after.append((Cell(f"{words.counted(deletions, 'deletion')} cannot be undone.", "red"),))
    after += [f"{one.source}/{one.record_set}.{one.field} may only be viewed: {one.why}" for one in made.view_only]
    after += [(Cell(f"{one}: must be changed by hand", "yellow"),) for one in made.by_hand]
    if made.line.needs_approval:
        after.append(f"Fingerprint {made.fingerprint}: 72 hours, one use.")
        hint = f"Next: a colleague: dsar approve {short(number)} --fingerprint {made.fingerprint}"
    else:
        after.append("This destroys nothing, so nobody else needs to approve it.")
        hint = f"Next: dsar apply {short(number)}"
    data = {"case": number, "already": made.already, "fingerprint": made.fingerprint, **plan_data(made.plan)}
    data["by_hand"] = list(made.by_hand)
    data["view_only"] = [f"{one.source}/{one.record_set}.{one.field}" for one in made.view_only]
    return emit(
        Answer(
            schema="plan",
            data=data,
            before=tuple(lines),
            table=plan_table(made.plan) if made.plan.steps else None,
            after=tuple(after),
            hint=hint,
        )
    )


@app_apply.command(context_settings=SETTINGS)
def apply(case: CaseNumber, confirm: Confirm = "") -> int:
    """Carry out the approved plan. Run again it goes on; there is no --yes and no --force.

    Example: dsar apply 43 --confirm DSAR-2026-0043
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    found, line = work.waiting_plan(ws, number)
    if line.kind is PlanKind.ERASE and not line.finished:
        _confirmed(number, line.changes, confirm)
    done = work.apply(ws, number, session.stamp)
    rows = [
        (source, ", ".join(f"{count} {result}" for result, count in sorted(counts.items())))
        for source, counts in done.results.items()
    ]
    after: list[Line] = [(Cell(f"{source}: {says}", "red"),) for source, says in done.failed]
    moved = [step for step, result in done.line.results.items() if result is Result.MOVED]
    if moved:
        after.append(
            (Cell(f"{words.counted(len(moved), 'record')} changed since the plan and were left alone.", "yellow"),)
        )
    if done.left:
        after.append((Cell(f"Partly done: {done.left} of {len(done.plan.steps)} steps are left.", "yellow"),))
        hint = f"Next: dsar apply {short(number)}   (goes on; what is done stays done)"
        if moved:
            hint = f"Next: dsar gather {short(number)}, then dsar plan {short(number)} --{line.kind.replace('_', '-')}"
    else:
        hint = f"Next: dsar erase check {short(number)}" if line.needs_approval else f"Next: dsar next {short(number)}"
    already = line.finished
    return emit(
        Answer(
            schema="apply",
            data={
                "case": found.number,
                "plan": done.plan.id,
                "already": already,
                "left": done.left,
                "results": {source: {str(k): v for k, v in counts.items()} for source, counts in done.results.items()},
                "failed": [{"source": source, "says": says} for source, says in done.failed],
            },
            before=((Cell(f"Plan {done.plan.id}{' was carried out already' if already else ''}:"),),),
            table=Table((Column(title="SOURCE"), Column(title="DONE", shrink=True)), rows),
            after=tuple(after),
            hint=hint,
            exit_code=4 if done.left else 0,
        )
    )


def _confirmed(number: str, changes: int, confirm: str) -> None:
    session = current()
    if not confirm and session.interactive:
        typer.echo(f"This changes or deletes {words.counted(changes, 'record')} for good.")
        confirm = typer.prompt("Type the case number, or Enter to stop", default="", show_default=False)
        if not confirm:
            raise Refused("Stopped: nothing was changed.")
    if not confirm:
        raise InputWrong(
            "This step needs an answer and there is no keyboard here (cron, pipe). Nothing was done.",
            hint=f"Add --confirm {number}",
        )
    if confirm.strip().upper() != number:
        raise Refused(
            f"Not done: {confirm} is not the number of this case. Nothing was changed.", hint=f"--confirm {number}"
        )


@app_erase.command(context_settings=SETTINGS)
def check(case: CaseNumber) -> int:
    """Ask every source again: what is left, and whether the plan says why. Exit 6 if something is unexplained.

    Example: dsar erase check 43
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    found = work.look_again(ws, number, session.stamp)
    lines: list[Line] = []
    if found.failed:
        lines += [(Cell(f"{place}: {why}: not searched", "red"),) for place, why in found.failed]
    if found.unexplained:
        lines.append(
            (Cell("Not clean", "bold red"), Cell(f": {words.counted(len(found.unexplained), 'record')} left."))
        )
    elif not found.failed:
        kept = (
            f"; {words.counted(len(found.explained), 'record')} kept or changed as planned" if found.explained else ""
        )
        lines.append((Cell("Clean", "green"), Cell(f": every source was asked again{kept}.")))
    return emit(
        Answer(
            schema="erase-check",
            data={
                "case": number,
                "clean": not found.unexplained and not found.failed,
                "explained": len(found.explained),
                "unexplained": [
                    {"source": source, "record_set": record_set, "record": key}
                    for source, record_set, key in found.unexplained
                ],
                "failed": [{"place": place, "why": why} for place, why in found.failed],
            },
            before=tuple(lines),
            table=Table(
                (Column(title="SOURCE"), Column(title="RECORD SET"), Column(title="RECORD", shrink=True)),
                list(found.unexplained),
            )
            if found.unexplained
            else None,
            hint=f"Next: dsar next {short(number)}",
            exit_code=4 if found.failed else (6 if found.unexplained else 0),
        )
    )


@app_hold.command(context_settings=SETTINGS)
def add(
    case: CaseNumber,
    reason: Reason = "",
    secret: Annotated[bool, typer.Option("--secret", help="Explained inside, absent outside.")] = False,
) -> int:
    """Forbid erasing in a case.

    Example: dsar hold add 43 --reason "litigation, see legal"
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    done = change.place_hold(ws, number, reason, session.stamp, secret=secret)
    hold = list(done.holds)[-1]
    return emit(
        Answer(
            schema="hold-add", data={"case": number, "hold": hold}, before=(f"{number}: hold {hold} forbids erasing.",)
        )
    )


@app_hold.command(context_settings=SETTINGS)
def lift(case: CaseNumber, hold: Annotated[str, typer.Argument(help="As dsar hold list shows it: H-1")]) -> int:
    """End a hold.

    Example: dsar hold lift 43 H-1
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    change.lift_hold(ws, number, hold, session.stamp)
    return emit(
        Answer(schema="hold-lift", data={"case": number, "hold": hold}, before=(f"{number}: hold {hold} lifted.",))
    )


@app_hold.command("list", context_settings=SETTINGS)
def list_(case: CaseNumber) -> int:
    """The holds of a case.

    Example: dsar hold list 43
    """
    ws = current().workspace
    found = ws.ledger.case(ws.ledger.resolve(case))
    rows = [(hold, "secret" if secret else "") for hold, secret in found.holds.items()]
    return emit(
        Answer(
            schema="hold-list",
            data={"case": found.number, "holds": [{"hold": hold, "secret": bool(secret)} for hold, secret in rows]},
            table=Table((Column(title="HOLD"), Column(title="")), rows),
            before=() if rows else (f"{found.number}: no hold.",),
        )
    )


@app_erase.command(context_settings=SETTINGS)
def tell(
    case: CaseNumber,
    done: Annotated[
        list[str] | None, typer.Option("--done", metavar="NAME", help='This recipient was told; "all" for every one.')
    ] = None,
) -> int:
    """Draft a letter to each who had received the data, and record who was told.

    Example: dsar erase tell 43 --done all
    """
    from dsar.workflow.tell import instructions, record_told

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if done:
        record_told(ws, number, done, session.stamp)
    _, found = instructions(ws, number, session.stamp)
    rows = [(one.recipient, "told" if one.told else "draft", one.draft.name) for one in found]
    head = f"Drafts in cases/{number}/instructions/: send, then record it." if found else f"{number}: nobody has it."
    columns = (Column(title="RECIPIENT", shrink=True), Column(title="STATE"), Column(title="DRAFT", shrink=True))
    return emit(
        Answer(
            schema="erase-tell",
            data={
                "case": number,
                "recipients": [
                    {
                        "recipient": one.recipient,
                        "told": one.told,
                        "draft": str(one.draft),
                        "record_sets": list(one.record_sets),
                    }
                    for one in found
                ],
            },
            before=(head,),
            table=Table(columns, rows) if rows else None,
            hint=f"Next: dsar erase tell {short(number)} --done all" if any(not one.told for one in found) else "",
        )
    )
