"""review and approve."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from dsar.case.case import current_plan
from dsar.case.facts import Decision
from dsar.case.next import short
from dsar.case.records import Mark
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, CaseNumber, Reason, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.formats.plain import printable
from dsar.workflow import review as work

app_review, app_approve = one_command(), one_command()

_KEYS = {"k": Decision.DISCLOSE, "r": Decision.REDACT, "w": Decision.WITHHOLD}


@app_review.command(context_settings=SETTINGS)
def review(
    case: CaseNumber,
    accept: Annotated[
        bool, typer.Option("--accept", help="Take the rules' proposal for all that is not flagged.")
    ] = False,
    accept_flagged: Annotated[
        bool, typer.Option("--accept-flagged", help="Also for what is flagged, after you looked.")
    ] = False,
    decide: Annotated[
        list[str] | None,
        typer.Option(
            "--decide", metavar="ID=DECISION[:GROUND]", help="F-0007=withhold:privileged (keep, redact, withhold)"
        ),
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", help="Write all findings to a CSV or XLSX to decide in.")
    ] = None,
    import_: Annotated[Path | None, typer.Option("--import", help="Read the decisions back.")] = None,
    all_: Annotated[bool, typer.Option("--all", help="Show the decided findings too.")] = False,
) -> int:
    """Decide what is disclosed, redacted, withheld: one key each, or in a spreadsheet. Saved each time.

    Example: dsar review 36 --accept
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    found = work.load(ws, number)
    if export is not None:
        from dsar.workflow.review_sheet import write_sheet

        rows = write_sheet(found, export)
        return emit(
            Answer(
                schema="review",
                data={"case": number, "exported": rows, "file": str(export)},
                before=(f"{words.counted(rows, 'finding')} written to {export}. Fill in the column decision.",),
                hint=f"Next: dsar review {short(number)} --import {export}",
            )
        )
    if import_ is not None:
        from dsar.workflow.review_sheet import read_sheet

        found = work.decide(ws, found, read_sheet(found, import_), session.stamp)
    if decide:
        found = work.decide(ws, found, [_typed(text) for text in decide], session.stamp)
    if accept or accept_flagged:
        found = work.accept(ws, found, session.stamp, flagged_too=accept_flagged)
    if session.interactive and not (accept or accept_flagged or decide or import_):
        found = _by_hand(found)
    changed = accept or accept_flagged or decide or import_ or session.interactive
    if changed and not found.open and found.items:
        found = work.finish(ws, found, session.stamp)
    return _emit(found, all_)


def _typed(text: str) -> tuple[str, Decision, str]:
    finding, _, rest = text.partition("=")
    word, _, ground = rest.partition(":")
    names = {"keep": Decision.DISCLOSE, **{decision.value: decision for decision in Decision}}
    if word not in names:
        raise InputWrong(f'Not done: "{text}" is not a decision.', hint="Write: --decide F-0007=redact:third_party")
    return finding.strip(), names[word], ground.strip()


def _by_hand(found: work.Review) -> work.Review:
    """One finding after the other; q stops, and what was decided is saved."""
    session = current()
    ws = session.workspace
    for item in _waiting(found):
        _show(item)
        while True:
            answer = typer.prompt("k keep  r as proposed  w withhold  q save and stop", default="r").strip().casefold()
            if answer == "q":
                return found
            if answer in _KEYS:
                break
        ground = item.proposal.ground
        if _KEYS[answer] is Decision.WITHHOLD:
            ground = typer.prompt("because? third_party, security, privileged", default=ground or "third_party")
        found = work.decide(ws, found, [(item.finding.id, _KEYS[answer], ground)], session.stamp)
    return work.accept(ws, found, session.stamp)


def _waiting(found: work.Review) -> Iterator[work.Item]:
    yield from found.flagged


def _show(item: work.Item) -> None:
    record = item.finding.record
    print(f"\n{item.finding.id}  {item.record_set.title}  {printable(record.place)}", file=sys.stderr)  # noqa: T201
    print(f"  flagged: {printable(item.proposal.flagged)}", file=sys.stderr)  # noqa: T201
    for name, value in record.values.items():
        mark = item.proposal.marks.get(name, Mark.SHOW)
        told = "" if mark is Mark.SHOW else f"   [{mark}]"
        print(f"  {name}: {printable(value)[:300]}{told}", file=sys.stderr)  # noqa: T201


def _emit(found: work.Review, all_: bool) -> int:
    counts = found.counts()
    number = found.case.number
    shown = found.items if all_ else found.open
    rows = [
        (
            item.finding.id,
            f"{item.finding.source}/{item.finding.record_set}",
            item.decided[0] if item.decided else f"({item.proposal.decision})",
            (item.decided[1] if item.decided else item.proposal.ground) or "",
            item.proposal.flagged,
        )
        for item in shown
    ]
    table = Table(
        (
            Column(title="FINDING"),
            Column(title="RECORD SET", shrink=True),
            Column(title="DECISION"),
            Column(title="GROUND", shrink=True, drop=1),
            Column(title="LOOK AT IT BECAUSE", shrink=True),
        ),
        rows,
    )
    if found.case.reviewed:
        done = work.fingerprint(found.case.reviewed)
        last: Line = (Cell("Review complete", "green"), Cell(f": fingerprint {done}."))
        hint = f"Next: a colleague checks it: dsar approve {short(number)}"
    elif not found.items:
        last, hint = "Nothing to review: no record was found.", f"Next: dsar next {short(number)}"
    else:
        last = f"{len(found.open)} need a decision; {len(found.flagged)} of them a person's eyes."
        hint = f"Next: dsar review {short(number)} --accept   (takes the proposals that are not flagged)"
    return emit(
        Answer(
            schema="review",
            data={
                "case": number,
                "counts": dict(counts),
                "reviewed": bool(found.case.reviewed),
                "fingerprint": work.fingerprint(found.case.reviewed) if found.case.reviewed else None,
                "findings": [
                    {
                        "id": item.finding.id,
                        "source": item.finding.source,
                        "record_set": item.finding.record_set,
                        "proposed": item.proposal.decision,
                        "ground": item.proposal.ground,
                        "flagged": item.proposal.flagged,
                        "decided": item.decided[0] if item.decided else None,
                    }
                    for item in found.items
                ],
            },
            before=(
                (Cell(number, "bold"),),
                f"{words.counted(len(found.items), 'record')}: {counts['disclose']} whole, "
                f"{counts['redact']} redacted, "
                f"{counts['withhold']} withheld, {counts['undecided']} open.",
            ),
            table=table if rows else None,
            rows=table if rows else None,
            after=(last,),
            hint=hint,
        )
    )


@app_approve.command(context_settings=SETTINGS)
def approve(
    case: CaseNumber,
    fingerprint: Annotated[str, typer.Option("--fingerprint", help="The fingerprint of what you approve.")] = "",
    what: Annotated[str, typer.Option("--what", help="review or plan; default: the one that waits.")] = "",
    reject: Annotated[bool, typer.Option("--reject", help="Say no, with --reason.")] = False,
    reason: Reason = "",
) -> int:
    """A second person's yes or no to exactly this version of the review, or of the plan.

    Example: dsar approve 36 --fingerprint 7c1e-09ab
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if reject:
        work.reject(ws, number, reason, session.stamp)
        return emit(
            Answer(
                schema="approve",
                data={"case": number, "approved": False},
                before=(f"{number}: not approved; the review is open again.",),
                hint=f"Next: dsar review {short(number)}",
            )
        )
    line = current_plan(ws.ledger.case(number))
    if what == "plan" or (not what and line is not None and line.needs_approval and not line.started):
        return _approve_plan(number, fingerprint)
    found = work.load(ws, number)
    if not fingerprint and session.interactive and found.case.reviewed:
        _emit(found, all_=True)
        typed = typer.prompt(f"Type the fingerprint to approve ({work.fingerprint(found.case.reviewed)})")
        fingerprint = typed
    if not fingerprint:
        raise InputWrong(
            "This step needs the fingerprint of what you approve, and there is no keyboard here. Nothing was approved.",
            hint=f"Look: dsar review {short(number)} --all. Then: dsar approve {short(number)} --fingerprint XXXX-XXXX",
        )
    done = work.approve(ws, number, session.stamp, typed=fingerprint)
    shared = " One shared login: this is a record, not a control." if ws.config.desk.shared_login else ""
    return emit(
        Answer(
            schema="approve",
            data={"case": number, "approved": True, "fingerprint": work.fingerprint(done.reviewed)},
            before=((Cell("Approved", "green"), Cell(f" by {session.actor()}: {number}.{shared}")),),
            hint=f"Next: dsar package build {short(number)}",
        )
    )


def _approve_plan(number: str, fingerprint: str) -> int:
    from dsar.cli.change import plan_table
    from dsar.workflow.apply import waiting_plan
    from dsar.workflow.change import approve_plan
    from dsar.workflow.plans import saved_plan

    session = current()
    ws = session.workspace
    _, line = waiting_plan(ws, number)
    mark = work.fingerprint(line.digest)
    if not fingerprint and session.interactive:
        table = plan_table(saved_plan(ws, number, line.id))
        by_hand = (f"By hand, no program can: {', '.join(line.by_hand)}",) if line.by_hand else ()
        emit(Answer(schema="approve", data={}, before=(f"Plan {line.id}",), table=table, after=by_hand))
        fingerprint = typer.prompt(f"Type the fingerprint to approve changing {line.changes} records ({mark})")
    if not fingerprint:
        raise InputWrong(
            "This step needs the fingerprint of what you approve, and there is no keyboard here. Nothing was approved.",
            hint=f"Look: dsar plan {short(number)}. Then: dsar approve {short(number)} --fingerprint XXXX-XXXX",
        )
    approve_plan(ws, number, line, session.stamp, typed=fingerprint)
    return emit(
        Answer(
            schema="approve",
            data={"case": number, "approved": True, "plan": line.id, "fingerprint": mark},
            before=((Cell("Approved", "green"), Cell(f" by {session.actor()}: plan {line.id} of {number}.")),),
            hint=f"Next: dsar apply {short(number)}",
        )
    )
