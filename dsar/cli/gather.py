"""gather and ask."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from dsar.case.case import Case, Look
from dsar.case.next import next_step, short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit, remark
from dsar.cli.options import SETTINGS, CaseNumber, Reason, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.sources.answers import Answer as Found

UNCLEAR = "several people held it in turn, and nothing says when it was theirs: look at what it found"

app_gather, app_ask = one_command(), one_command()


@app_gather.command(context_settings=SETTINGS)
def gather(
    case: CaseNumber,
    source: Annotated[list[str] | None, typer.Option("--source", help="Only this source.")] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Only what failed or was never searched.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Count only, keep nothing: allowed before proof.")] = False,
    from_: Annotated[str, typer.Option("--from", metavar="SOURCE", help="File a colleague's answer.")] = "",
    file: Annotated[str, typer.Option("--file", help='The answer: a file, or "none" for nothing held.')] = "",
    waive: Annotated[
        str, typer.Option("--waive", metavar="SOURCE", help="Answer without this source, with --reason.")
    ] = "",
    reason: Reason = "",
) -> int:
    """Search every source for the person's records, side by side, and account for each.

    Example: dsar gather 36 --retry
    """
    from dsar.workflow import gather as work

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    if from_:
        return _file(number, from_, file, reason)
    if waive:
        source_name, _, record_set = waive.partition("/")
        return _emit(work.waive(ws, number, source_name, record_set, reason, session.stamp), (), count_only=False)
    done = work.gather(
        ws,
        number,
        session.stamp,
        only=tuple(source or ()),
        retry=retry,
        count_only=count,
        report=_progress if sys.stderr.isatty() and not session.quiet else None,
    )
    return _emit(
        done.case,
        done.answers,
        count_only=count,
        not_followed=(*done.not_followed, *((kind, UNCLEAR) for kind in done.unclear)),
    )


def _progress(found: Found) -> None:
    remark(f"  {found.source}/{found.record_set.name}: {found.state}")


def _file(number: str, source: str, file: str, reason: str) -> int:
    from dsar.workflow import gather as work

    session = current()
    if not file:
        raise InputWrong(
            "Not done: the answer is missing.", hint=f"dsar gather {short(number)} --from {source} --file F, or none"
        )
    answer = None if file == "none" else Path(file)
    return _emit(
        work.file_answer(session.workspace, number, source, answer, reason, session.stamp), (), count_only=False
    )


def _emit(
    case: Case, answers: tuple[Found, ...], *, count_only: bool, not_followed: tuple[tuple[str, str], ...] = ()
) -> int:
    seconds = {(one.source, one.record_set.name): one.seconds for one in answers}
    counted = {(one.source, one.record_set.name): one.found for one in answers}
    rows, data = [], []
    for key, line in case.coverage.items():
        found = counted.get(key, line.found) if count_only else line.found
        rows.append(
            (
                line.source,
                line.record_set,
                _state(line.state, count_only, key in counted),
                str(found),
                _words(line, found),
            )
        )
        data.append(
            {
                "source": line.source,
                "record_set": line.record_set,
                "state": "counted" if count_only and key in counted else str(line.state),
                "found": found,
                "seconds": round(seconds.get(key, 0.0), 3),
                "why": line.ground,
                "secret": line.secret,
            }
        )
    problems = [str(problem) for one in answers for problem in one.problems]
    failed = [line for line in case.coverage.values() if line.state is Look.FAILED]
    waiting = [line for line in case.coverage.values() if line.state in (Look.OPEN, Look.ASKED)]
    total = sum(int(row[3]) for row in rows)
    ended = len(case.coverage) - len(failed) - len(waiting)
    after: list[Line] = [
        f"{words.counted(total, 'record')}. {ended} of {len(case.coverage)} record sets accounted for."
    ]
    after += [(Cell(f"not followed: {kind}: {why}", "yellow"),) for kind, why in not_followed]
    after += [(Cell(text, "yellow"),) for text in problems]
    if count_only:
        after.append("Only counted; nothing was copied.")
    steps = [next_step(case, claim) for claim in case.claims.values() if claim.outcome is None]
    return emit(
        Answer(
            schema="gather",
            data={
                "case": case.number,
                "coverage": data,
                "records": total,
                "count_only": count_only,
                "problems": problems,
                "not_followed": [{"kind": kind, "why": why} for kind, why in not_followed],
            },
            before=((Cell(case.number, "bold"),),),
            table=Table(
                (
                    Column(title="SOURCE"),
                    Column(title="RECORD SET", shrink=True),
                    Column(title="STATE"),
                    Column(title="RECORDS", right=True),
                    Column(title="", shrink=True, drop=1),
                ),
                rows,
            ),
            after=tuple(after),
            hint=f"Next: {steps[0].command}" if steps else "",
            exit_code=4 if (failed or waiting) and not count_only else 0,
        )
    )


def _state(state: Look, count_only: bool, asked: bool) -> Cell:
    if count_only and asked:
        return Cell("counted")
    style = {Look.SEARCHED: "green", Look.FAILED: "red", Look.ASKED: "yellow", Look.OPEN: "yellow"}.get(state, "")
    return Cell({Look.SEARCHED: "done", Look.OPEN: "not asked"}.get(state, str(state)), style)


_EXCLUDED = {
    "processor": "held for a customer: not part of the answer",
    "no_identifier": "nothing of this person to search it by",
}


def _words(line: Any, found: int) -> str:
    if line.state is Look.SEARCHED and line.excluded:
        return f"and {line.excluded} held for a customer"
    if line.state is Look.SEARCHED and not found:
        return "searched, nothing held"
    if line.state is Look.ASKED:
        return f"asked {line.asked}, due {line.asked_due_on}"
    if line.state is Look.EXCLUDED:
        return _EXCLUDED.get(str(line.ground), str(line.ground))
    return str(line.ground) if line.state is Look.FAILED else ""


@app_ask.command(context_settings=SETTINGS)
def ask(case: CaseNumber, source: Annotated[str, typer.Argument(help="The source a colleague keeps.")]) -> int:
    """Ask the colleague who keeps a source: one mail, the least identifier, a date.

    Example: dsar ask 36 facilities
    """
    from dsar.workflow.ask import ask as do

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    asked = do(ws, number, source, session.stamp)
    name = asked.colleague.name or asked.colleague.id
    already = "was asked already" if asked.sent is None else "asked"
    return emit(
        Answer(
            schema="ask",
            data={
                "case": number,
                "source": source,
                "asked": asked.colleague.id,
                "due_on": asked.due_on.isoformat(),
                "already": asked.sent is None,
            },
            before=(f"{number}: {name} {already}, due {words.day(asked.due_on)}.",),
            hint=f"Next: dsar gather {short(number)} --from {source} --file ANSWER (or none)",
        )
    )
