"""gather and ask."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dsar.case.case import Case, Look
from dsar.case.next import next_step, short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit, remark
from dsar.cli.not_followed import not_followed_data, told_not_followed
from dsar.cli.options import SETTINGS, CaseNumber, Reason, one_command
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.sources.answers import Answer as Found
from dsar.sources.answers import State

if TYPE_CHECKING:
    from dsar.workflow.hops import NotFollowed

UNCLEAR = "several people held it in turn, and nothing says when it was theirs: look at what it found"

app_gather, app_ask = one_command(), one_command()


@app_gather.command(context_settings=SETTINGS)
def gather(
    case: Annotated[str, typer.Argument(metavar="CASE", help="The case: 36, or DSAR-2026-0036.")] = "",
    all_open: Annotated[
        bool, typer.Option("--all-open", help="Every proven case not accounted for; each source is read once.")
    ] = False,
    source: Annotated[list[str] | None, typer.Option("--source", help="Only this source.")] = None,
    retry: Annotated[bool, typer.Option("--retry", help="Only what failed or was never searched.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Count only, keep nothing: allowed before proof.")] = False,
    follow: Annotated[
        list[str] | None, typer.Option("--follow", metavar="NAME", help="Say yes to one not followed, as listed.")
    ] = None,
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
    session = current()
    ws = session.workspace
    if all_open:
        if case or count or follow or from_ or file or waive or reason:
            raise InputWrong(
                "Not done: --all-open takes no case, and no other option but --source and --retry. "
                "Nothing was searched.",
                hint="dsar gather --all-open",
            )
        from dsar.cli.gather_all import all_of

        return all_of(tuple(source or ()), retry=retry)
    if not case:
        raise InputWrong(
            "Not done: the case is missing. Nothing was searched.",
            hint="For every case that waits: dsar gather --all-open",
        )
    from dsar.workflow import gather as work

    number = ws.ledger.resolve(case)
    if from_:
        return _file(number, from_, file, reason)
    if waive:
        source_name, _, record_set = waive.partition("/")
        return _emit(work.waive(ws, number, source_name, record_set, reason, session.stamp), (), count_only=False)
    if follow:
        from dsar.workflow.hops import agree

        agree(ws, number, follow, session.stamp)
    done = work.gather(
        ws,
        number,
        session.stamp,
        only=tuple(source or ()),
        retry=retry,
        count_only=count,
        report=_progress if sys.stderr.isatty() and not session.quiet else None,
    )
    return _emit(done.case, done.answers, count_only=count, not_followed=done.not_followed, unclear=done.unclear)


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
    case: Case,
    answers: tuple[Found, ...],
    *,
    count_only: bool,
    not_followed: tuple[NotFollowed, ...] = (),
    unclear: tuple[str, ...] = (),
) -> int:
    seconds = {(one.source, one.record_set.name): one.seconds for one in answers}
    counted = {(a.source, a.record_set.name): a.found for a in answers if count_only and a.state == State.SEARCHED}
    told_now = {(a.source, a.record_set.name): a for a in answers if a.state in _LOOKS}
    down = [a for a in answers if a.state == State.FAILED]
    says = {(a.source, a.record_set.name): _named(a) for a in down}
    rows, data = [], []
    for key, line in case.coverage.items():
        found = counted.get(key, line.found)
        if key in told_now:
            # a count records nothing, so the case's own ledger does not know this yet
            line = replace(line, state=_LOOKS[told_now[key].state], ground=told_now[key].why)
        rows.append(
            (
                line.source,
                line.record_set,
                _state(line.state, counted=key in counted),
                str(found),
                _words(line, found),
            )
        )
        data.append(
            {
                "source": line.source,
                "record_set": line.record_set,
                "state": "counted" if key in counted else str(line.state),
                "found": found,
                "seconds": round(seconds.get(key, 0.0), 3),
                "why": line.ground,
                "says": says.get(key, ""),
                "secret": line.secret,
            }
        )
    problems = [str(problem) for one in answers for problem in one.problems]
    failed = [line for line in case.coverage.values() if line.state is Look.FAILED]
    told = list(dict.fromkeys(filter(None, says.values())))
    waiting = [line for line in case.coverage.values() if line.state in (Look.OPEN, Look.ASKED)]
    total = sum(int(row[3]) for row in rows)
    ended = len(case.coverage) - len(failed) - len(waiting)
    after: list[Line] = [
        f"{words.counted(total, 'record')}. {ended} of {len(case.coverage)} record sets accounted for."
    ]
    after += [(Cell(text, "yellow"),) for text in told_not_followed(not_followed, short(case.number))]
    after += [(Cell(f"not followed: {kind}: {UNCLEAR}", "yellow"),) for kind in unclear]
    after += [(Cell(text, "yellow"),) for text in (*told, *problems)]
    if count_only:
        after.append("Only counted; nothing was copied.")
    steps = [f"Next: {next_step(case, claim).command}" for claim in case.claims.values() if claim.outcome is None]
    if down and not count_only:
        steps = [f"Once that is mended: dsar gather {short(case.number)} --retry"]
    table = Table(
        (
            Column(title="SOURCE"),
            Column(title="RECORD SET", shrink=True),
            Column(title="STATE"),
            Column(title="RECORDS", right=True),
            Column(title="", shrink=True, drop=1),
        ),
        rows,
    )
    return emit(
        Answer(
            schema="gather",
            data={
                "case": case.number,
                "coverage": data,
                "records": total,
                "count_only": count_only,
                "problems": [*told, *problems],
                "not_followed": [
                    *map(not_followed_data, not_followed),
                    *({"kind": kind, "why": UNCLEAR, "found_in": "", "name": ""} for kind in unclear),
                ],
            },
            before=((Cell(case.number, "bold"),),),
            table=table,
            # who reads a pipe or a table elsewhere sees nothing below it
            rows=replace(table, rows=[(*row[:-1], says.get((row[0], row[1])) or row[-1]) for row in rows]),
            after=tuple(after),
            hint=steps[0] if steps else "",
            exit_code=4 if down or ((failed or waiting) and not count_only) else 0,
        )
    )


def _named(failed: Found) -> str:
    """Why a record set failed, beginning with its source or the file that describes it."""
    own = (f"{failed.source}:", f"sources/{failed.source}.toml", f"The source {failed.source} ")
    return failed.says if not failed.says or failed.says.startswith(own) else f"{failed.source}: {failed.says}"


_LOOKS = {State.FAILED: Look.FAILED, State.EXCLUDED: Look.EXCLUDED}


def _state(state: Look, *, counted: bool) -> Cell:
    if counted:
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
