"""``dsar law check, changes, adopt``: an office's own law files, and what a changed rule would do to open cases."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import CaseNumber, Reason
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.law.rules import RuleBook, law_files, load

Laws = Annotated[
    Path | None, typer.Option("--laws", metavar="DIR", help="Your own law files (default: the workspace's laws/).")
]


def book_of(folder: Path | None) -> RuleBook:
    """The rule book with the law files of a folder, else those of the workspace this is run in, else ours alone."""
    return load(own=own_folder(folder))


def own_folder(folder: Path | None) -> Path | None:
    """The folder of own law files that counts here; None where there is none."""
    if folder is not None:
        if not folder.is_dir():
            raise InputWrong(f"Not done: {folder} is not a folder.", hint="--laws DIR")
        return folder.resolve()
    from dsar.workspace import Workspace, find_home

    try:
        home = find_home(current().home or os.environ.get("DSAR_HOME", ""))
    except InputWrong:
        return None
    return Workspace(home).own_laws


def check(
    folder: Annotated[Path | None, typer.Argument(metavar="[DIR]", help="Your law files and example tables.")] = None,
) -> int:
    """Every fault of the law files, and every worked example whose dates come out differently.

    A folder holds law files (NAME.toml), and tables of worked examples (*.csv): law, right, received, and the dates
    expected. Exit 6 if anything is wrong.

    Example: dsar law check laws
    """
    from dsar.law.examples import faults_of, read_examples

    own = own_folder(folder)
    book = load(own=own)
    rows: list[tuple[str, str, str]] = []
    faults = [(fault.where, fault.says) for fault in book.check()]
    if own is None:
        rows.append(("the built-in laws", "ok" if not faults else "FAIL", words.counted(len(book.laws()), "law")))
    else:
        wrong = {where.split(" ")[0] for where, _ in faults}
        for path in law_files(own):
            says = "" if path.name in wrong else words.counted(len(book.rules(path.stem)), "rule")
            rows.append((path.name, "FAIL" if path.name in wrong else "ok", says))
        for path in [] if faults else sorted(own.glob("*.csv")):
            try:
                examples = read_examples(path)
                found = [fault for example in examples for fault in faults_of(example, book)]
            except InputWrong as bad:
                faults.append((path.name, bad.message))
                rows.append((path.name, "FAIL", "cannot be read"))
                continue
            faults += [(fault.where, fault.says) for fault in found]
            as_expected = len(examples) - len({fault.where for fault in found})
            rows.append((path.name, "FAIL" if found else "ok", f"{as_expected} of {len(examples)} as expected"))
    style = {"ok": "green", "FAIL": "bold red"}
    return emit(
        Answer(
            schema="law-check",
            data={
                "folder": str(own) if own else None,
                "files": [{"file": name, "state": state, "says": says} for name, state, says in rows],
                "faults": [{"where": where, "says": says} for where, says in faults],
            },
            table=Table(
                (Column(title="FILE"), Column(title="STATE"), Column(title="", shrink=True)),
                [(name, Cell(state, style[state]), says) for name, state, says in rows],
            ),
            rows=Table(
                (Column(title="where"), Column(title="state"), Column(title="says")),
                [*rows, *((where, "fault", says) for where, says in faults)],
            ),
            after=tuple(f"{where}: {says}" for where, says in faults),
            exit_code=6 if faults else 0,
        )
    )


def changes() -> int:
    """The open cases whose dates would move under today's rules and calendars. Moves none.

    A case keeps the rule and the working days it was opened with. Exit 6 if a date would move.

    Example: dsar law changes
    """
    from dsar.workflow.law_changes import Changed, changed

    found = changed(current().workspace)
    moving = [one for one in found if one.shifts or one.gone]

    def rows(items: Iterable[Changed]) -> list[tuple[str, str, str, str, str, str]]:
        return [
            (one.case, one.claim, shift.obligation, _iso(shift.now_on), _iso(shift.would_be_on), one.why)
            for one in items
            for shift in one.shifts
        ] + [(one.case, one.claim, "", "", "", one.why) for one in items if not one.shifts]

    titles = ("CASE", "RIGHT", "WHAT", "NOW", "WOULD BE", "WHY")
    same = len(found) - len(moving)
    after: list[Line] = []
    if same:
        after.append(f"{words.counted(same, 'right')} more: a rule or calendar reads differently, but no date moves.")
    return emit(
        Answer(
            schema="law-changes",
            data={"changes": [_changed_json(one) for one in found]},
            before=() if moving else ("No date of an open case would move.",),
            table=Table(
                (*(Column(title=title) for title in titles[:-1]), Column(title="WHY", shrink=True, drop=1)),
                [[cell.replace("_", " ") if at == 2 else cell for at, cell in enumerate(row)] for row in rows(moving)],
            ),
            rows=Table(tuple(Column(title=title) for title in titles), rows(found)),
            after=tuple(after),
            hint='To move one: dsar law adopt CASE --why "..."' if moving else "",
            exit_code=6 if moving else 0,
        )
    )


def adopt(
    case: CaseNumber,
    reason: Reason = "",
    right: Annotated[str, typer.Option("--right", help="Only this right, as access/eu-gdpr.")] = "",
) -> int:
    """Reckon a case by today's rules and calendars from now on; needs a reason, and shows every date that moved.

    Example: dsar law adopt 36 --why "the regulation was amended for pending requests"
    """
    from dsar.case.next import short
    from dsar.workflow.law_changes import adopt as take

    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    found = take(ws, number, reason, session.stamp, claim=right)
    lines: list[Line] = []
    for one in found:
        lines.append((Cell(f"{number}  {one.claim}", "bold"), Cell(f"  {one.why}")))
        lines += [
            f"  {shift.obligation.replace('_', ' ')}: {_said(shift.now_on)} -> {_said(shift.would_be_on)}"
            for shift in one.shifts
        ] or ["  no date moved"]
    return emit(
        Answer(
            schema="law-adopt",
            data={"case": number, "changes": [_changed_json(one) for one in found]},
            before=tuple(lines),
            hint=f"Next: dsar why {short(number)}",
        )
    )


def _changed_json(one: Any) -> dict[str, Any]:
    return {
        "case": one.case,
        "claim": one.claim,
        "why": one.why,
        "dates": [
            {"obligation": shift.obligation, "now_on": _iso(shift.now_on), "would_be_on": _iso(shift.would_be_on)}
            for shift in one.shifts
        ],
    }


def _iso(day: Any) -> str:
    return day.isoformat() if day else ""


def _said(day: Any) -> str:
    return words.day(day) if day else "no date"
