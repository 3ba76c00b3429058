"""plan and apply: changes in the sources, from the saved plan to the receipt for each record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated, NoReturn

import typer

from dsar.case.case import Case, PlanLine
from dsar.case.changes import Action, Plan, PlanKind, Result
from dsar.case.facts import Approves
from dsar.case.next import next_step, short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.erase import aside
from dsar.cli.options import SETTINGS, CaseNumber, Confirm, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong, Refused
from dsar.workflow import apply as work
from dsar.workflow import by_hand as hand
from dsar.workflow import change
from dsar.workflow.plans import beyond_programs
from dsar.workflow.work_lists import work_lists

app_plan, app_apply = one_command(), one_command()


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

    Without an option it shows the plan that waits.

    Example: dsar plan 43 --erase
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    chosen = [erase, bool(correct), suppress, restrict, bool(stop_purpose)]
    if not any(chosen) and (waiting := change.waiting(ws, number, session.reader.recorded_at)) is not None:
        return _emit_plan(waiting)
    if sum(chosen) != 1:
        raise InputWrong(
            "Not done: say one of --erase, --correct, --suppress, --restrict, --stop-purpose. Nothing was saved.",
            hint=_plan_to_type(ws.ledger.case(number)),
        )
    if erase:
        return _emit_plan(change.plan_erasure(ws, number, session.stamp))
    if correct:
        field, eq, value = correct.partition("=")
        if not (eq and field.strip() and value.strip()):
            # what was typed may be the person's own address, so it is not said again
            raise InputWrong(
                "Not done: --correct needs a field, an equals sign and the new value. Nothing was saved.",
                hint=f"dsar plan {short(number)} --correct email=NEW-ADDRESS",
            )
        return _emit_plan(change.plan_correction(ws, number, field.strip(), value.strip(), session.stamp, old=old))
    kind = PlanKind.SUPPRESS if suppress else PlanKind.RESTRICT if restrict else PlanKind.STOP_PURPOSE
    return _emit_plan(change.plan_marking(ws, number, kind, session.stamp, purpose=stop_purpose))


def _plan_to_type(case: Case) -> str:
    """The plan that the first right of the case asks for, as it is typed."""
    steps = [next_step(case, claim).command for claim in case.claims.values() if claim.outcome is None]
    return next((one for one in steps if one.startswith("dsar plan")), f"dsar next {short(case.number)}")


def plan_table(made: Plan) -> Table:
    """What a plan does, a row per source and reason; what no program can do is not in it."""
    rows: dict[tuple[str, str], dict[Action, int]] = {}
    told = (Action.DELETE, Action.CHANGE, Action.KEEP)
    for step in made.steps:
        if step.action not in told:
            continue
        why = step.ground if step.action is Action.KEEP else ""
        until = f", until {step.until}" if step.action is Action.KEEP and step.until else ""
        counts = rows.setdefault((f"{step.source}/{step.record_set}", f"{why}{until}"), dict.fromkeys(told, 0))
        counts[step.action] += 1
    columns = (
        Column(title="SOURCE"),
        Column(title="DELETE", right=True),
        Column(title="CHANGE", right=True),
        Column(title="KEEP", right=True),
        Column(title="WHY", shrink=True),
    )
    return Table(columns, [(place, *(str(counts[one]) for one in told), why) for (place, why), counts in rows.items()])


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


def _grouped(places: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Places with what is told of them, those alike together."""
    for why in dict.fromkeys(why for _, why in places):
        yield f"{', '.join(place for place, other in places if other == why)} ({why})"


def _emit_plan(made: change.Planned) -> int:
    number = made.case.number
    deletions = made.plan.count(Action.DELETE)
    head = "is saved already" if made.already else "is saved"
    lines: list[Line] = [(Cell(f"Plan {made.plan.id} {head}: "), Cell("nothing has been changed yet.", "bold"))]
    after: list[Line] = []
    if deletions:
        after.append((Cell(f"{words.counted(deletions, 'deletion')} cannot be undone.", "red"),))
    after += [f"{one.source}/{one.record_set}.{one.field} may only be viewed: {one.why}" for one in made.view_only]
    if made.unmarked:
        after.append(f"Nothing to mark, no column is set for it: {', '.join(made.unmarked)}")
    manual = beyond_programs(current().workspace, made.plan)
    after += [(Cell("By hand: ", "yellow"), Cell(says)) for says in _grouped(manual)]
    if not made.plan.steps:
        after.append((Cell("It finds no record to change.", "yellow"), Cell(" If that is a surprise, plan otherwise.")))
    if made.line.needs_approval:
        after.append(f"Fingerprint {made.fingerprint}: 72 hours, one use.")
        hint = f"Next: a colleague: dsar approve {short(number)} --fingerprint {made.fingerprint}"
    else:
        after.append("This destroys nothing, so nobody else needs to approve it.")
        hint = f"Next: dsar apply {short(number)}"
    if not current().terminal and made.plan.steps:
        # a pipe gets the rows alone
        aside((*lines, *after))
    data = {"case": number, "already": made.already, "fingerprint": made.fingerprint, **plan_data(made.plan)}
    data["by_hand"] = [place for place, _ in manual]
    data["unmarked"] = list(made.unmarked)
    data["view_only"] = [f"{one.source}/{one.record_set}.{one.field}" for one in made.view_only]
    return emit(
        Answer(
            schema="plan",
            data=data,
            before=tuple(lines),
            table=plan_table(made.plan) if any(one.action is not Action.HAND for one in made.plan.steps) else None,
            after=tuple(after),
            hint=hint,
        )
    )


@app_apply.command(context_settings=SETTINGS)
def apply(
    case: CaseNumber,
    confirm: Confirm = "",
    by_hand: Annotated[
        list[str] | None,
        typer.Option(
            "--by-hand", metavar="PLACE", help="What is left there was done by a person: SOURCE[/RECORD-SET]."
        ),
    ] = None,
    note: Annotated[str, typer.Option("--note", help="With --by-hand: who did it, when, which ticket.")] = "",
) -> int:
    """Carry out the approved plan. Run again it goes on; there is no --yes and no --force.

    What no program can do is done by a person, who says so with --by-hand.

    Example: dsar apply 43 --confirm DSAR-2026-0043
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    found, line = work.waiting_plan(ws, number)
    if by_hand:
        return _emit_applied(number, hand.done_by_hand(ws, number, by_hand, session.stamp, note=note), line)
    if note:
        raise InputWrong(
            "Not done: --note goes with --by-hand. Nothing was changed.",
            hint=f"dsar apply {short(number)} --by-hand SOURCE --note TEXT",
        )
    if not line.started and datetime.fromisoformat(line.expires_at) < session.reader.recorded_at:
        raise Refused(
            f"Not done: plan {line.id} has expired; a plan is good for 72 hours. Nothing was changed.",
            hint=f"Make a new one: dsar plan {short(number)} --{line.kind.replace('_', '-')}",
        )
    if line.kind is PlanKind.ERASE and not line.finished:
        if not confirm and not found.approved(Approves.PLAN, line.digest):
            _needs_second_person(found, line)
        _confirmed(number, line.changes, confirm)
    return _emit_applied(number, work.apply(ws, number, session.stamp), line)


def _emit_applied(number: str, done: work.Applied, before: PlanLine) -> int:
    session = current()
    lists = work_lists(session.workspace, number, done.plan, done.line)
    rows = _results(done)
    after: list[Line] = [(Cell(_once(source, says), "red"),) for source, says in done.failed]
    moved = [step for step, result in done.line.results.items() if result is Result.MOVED]
    if moved:
        after.append(
            (Cell(f"{words.counted(len(moved), 'record')} changed since the plan and were left alone.", "yellow"),)
        )
    total = len(done.plan.steps)
    if done.left:
        after.append(
            (Cell(f"Partly done: {total - done.left} of {total} steps.", "yellow"), Cell(" What is done stays done."))
        )
        hint = f"Next: dsar apply {short(number)}   (goes on where it stopped)"
        manual = done.line.by_hand
        if manual:
            after.append((Cell("By hand: ", "yellow"), Cell(f"{', '.join(manual)}. Once it is done there, say so.")))
        if lists:
            after.append(f"What to do there: {', '.join(f'cases/{number}/by-hand/{path.name}' for path in lists)}")
        if moved:
            hint = (
                f"Next: dsar gather {short(number)}, then dsar plan {short(number)} --{before.kind.replace('_', '-')}"
            )
        elif manual:
            hint = f"Next: dsar apply {short(number)} --by-hand {manual[0]}"
    else:
        next_ = "erase check" if before.needs_approval else "next"
        hint = f"Next: dsar {next_} {short(number)}"
    already = before.finished
    if not session.terminal:
        aside(after)
    return emit(
        Answer(
            schema="apply",
            data={
                "case": number,
                "plan": done.plan.id,
                "already": already,
                "left": done.left,
                "by_hand": list(done.line.by_hand),
                "lists": [str(path) for path in lists],
                "results": {source: {str(k): v for k, v in counts.items()} for source, counts in done.results.items()},
                "failed": [{"source": source, "says": says} for source, says in done.failed],
            },
            before=(f"Plan {done.plan.id}{_became(done, already=already)}",),
            table=Table((Column(title="SOURCE"), Column(title="DONE", shrink=True)), rows),
            after=tuple(after),
            hint=hint,
            exit_code=4 if done.left else 0,
        )
    )


def _once(source: str, says: str) -> str:
    """The source's name before its complaint, unless that begins with it."""
    return says if says.startswith(f"{source}:") else f"{source}: {says}"


def _became(done: work.Applied, *, already: bool) -> str:
    if not done.plan.steps:
        return ": there was no record to change."
    if done.left:
        return ":"
    return " was carried out already:" if already else " is carried out:"


_DONE = {Action.DELETE: "deleted", Action.CHANGE: "changed", Action.KEEP: "kept", Action.HAND: "done by hand"}
_ELSE = {
    Result.ALREADY: "so already",
    Result.KEPT: "kept",
    Result.BY_HAND: "done by hand",
    Result.MOVED: "left alone",
    Result.FAILED: "failed",
}


def _results(done: work.Applied) -> list[tuple[str, str]]:
    """A row per source: how many records were deleted, changed, kept, or could not be."""
    sources: dict[str, dict[str, int]] = {}
    for step in done.plan.steps:
        result = done.line.results.get(step.id)
        if result is not None:
            says = _DONE[step.action] if result is Result.DONE else _ELSE[result]
            counts = sources.setdefault(step.source, {})
            counts[says] = counts.get(says, 0) + 1
    return [(name, ", ".join(f"{count} {says}" for says, count in counts.items())) for name, counts in sources.items()]


def _needs_second_person(case: Case, line: PlanLine) -> NoReturn:
    """Said before the case number is asked for; the gate itself asks again."""
    able = current().workspace.able(("approver",), but=case.makers.get(line.digest, ""))
    who = " or ".join(one.name or one.id for one in able) or "Nobody yet"
    raise Refused(
        f"Not done: no second person has approved plan {line.id}. Nothing was changed.",
        hint=f"{who} can: dsar approve {short(case.number)}",
    )


def _confirmed(number: str, changes: int, confirm: str) -> None:
    session = current()
    if not confirm and session.interactive:
        typer.echo(f"This changes or deletes {words.counted(changes, 'record')} for good.")
        confirm = typer.prompt("Type the case number, or Enter to stop", default="", show_default=False)
        if not confirm:
            raise Refused("Stopped: nothing was changed.", hint=f"To go on: dsar apply {short(number)}")
    if not confirm:
        raise InputWrong(
            "This step needs an answer and there is no keyboard here (cron, pipe). Nothing was done.",
            hint=f"dsar apply {short(number)} --confirm {number}",
        )
    if confirm.strip().upper() != number:
        raise Refused(
            "Not done: what you typed is not the whole number of this case. Nothing was changed.",
            hint=f"If you mean {number}: dsar apply {short(number)} --confirm {number}",
        )
