"""package build, package check."""

from __future__ import annotations

from dsar.case.next import short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, CaseNumber, group
from dsar.cli.session import current
from dsar.workflow import package as work

app_package = group("The answer's package: build it from the approved review, and check it.")


@app_package.command(context_settings=SETTINGS)
def build(case: CaseNumber) -> int:
    """Build the package from the approved review; the same review gives the same bytes.

    Example: dsar package build 36
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    return _emit(number, work.build(ws, number, session.stamp), built=True)


@app_package.command(context_settings=SETTINGS)
def check(case: CaseNumber) -> int:
    """Check the package: its hashes, hidden text, words that were cut, other people's identifiers.

    Example: dsar package check 36
    """
    session = current()
    ws = session.workspace
    number = ws.ledger.resolve(case)
    return _emit(number, work.check(ws, number), built=False)


def _emit(number: str, made: work.Package, *, built: bool) -> int:
    lines: list[Line] = []
    if built:
        size = f"{made.bytes / 1024:,.0f} kB"
        lines.append(
            f"Built {made.path.name}: {words.counted(made.records, 'record')}, {made.withheld} withheld, {size}."
        )
    if made.faults:
        lines.append((Cell("Not clean", "bold red"), Cell(f": {words.counted(len(made.faults), 'fault')}.")))
    else:
        lines.append(
            (
                Cell("Clean", "green"),
                Cell(": hashes match, no hidden text, nothing of other people, nothing that was cut."),
            )
        )
    return emit(
        Answer(
            schema="package-check" if not built else "package-build",
            data={
                "case": number,
                "file": str(made.path),
                "sha256": made.sha256,
                "bytes": made.bytes,
                "records": made.records,
                "withheld": made.withheld,
                "clean": not made.faults,
                "faults": [{"code": one.code, "says": one.says, "file": one.file} for one in made.faults],
            },
            before=tuple(lines),
            table=Table(
                (Column(title="FAULT"), Column(title="FILE", shrink=True), Column(title="", shrink=True)),
                [(one.code, one.file, one.says) for one in made.faults],
            )
            if made.faults
            else None,
            hint="" if made.faults else f"Next: dsar letter send {short(number)} answer",
            exit_code=6 if made.faults else 0,
        )
    )
