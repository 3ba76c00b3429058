"""audit log, check, head."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit
from dsar.cli.options import SETTINGS, group
from dsar.cli.session import current

app_audit = group("Who did what, and whether anything was altered since.")


@app_audit.command(context_settings=SETTINGS)
def log(case: Annotated[str, typer.Argument(metavar="[CASE]", help="Only this case.")] = "") -> int:
    """Every entry: when, who, which case, what. Holds no personal data.

    Example: dsar audit log 36
    """
    ledger = current().workspace.ledger
    number = ledger.resolve(case) if case else None
    entries = list(ledger.history(number))
    titles = ("SEQ", "ON", "RECORDED", "WHO", "CASE", "WHAT")
    columns = tuple(Column(title=title, shrink=title == "WHAT") for title in titles)
    rows = [
        (
            str(entry.seq),
            str(entry.on),
            entry.recorded_at.isoformat(timespec="seconds"),
            entry.actor,
            entry.case,
            entry.kind,
        )
        for entry in entries
    ]
    return emit(
        Answer(
            schema="audit-log",
            data={
                "entries": [
                    {
                        "seq": entry.seq,
                        "on": str(entry.on),
                        "recorded_at": entry.recorded_at.isoformat(),
                        "actor": entry.actor,
                        "place": entry.place,
                        "case": entry.case,
                        "fact": entry.kind,
                        "hash": entry.hash,
                    }
                    for entry in entries
                ]
            },
            table=Table(columns, rows),
        )
    )


@app_audit.command(context_settings=SETTINGS)
def check() -> int:
    """Whether the chain of entries is unbroken and the lists agree with the facts; names the entry that is not.

    Example: dsar audit check
    """
    ledger = current().workspace.ledger
    faults = ledger.audit()
    entries, head = ledger.entries_count(), ledger.head()
    lines: list[Line]
    if faults:
        lines = [(Cell("Not sound", "bold red"), Cell(f": {words.counted(len(faults), 'fault')}."))]
        lines += [fault.says for fault in faults[:20]]
    else:
        lines = [(Cell(f"{entries:,} entries, "), Cell("unbroken", "green"), Cell(f", head {head}"))]
    return emit(
        Answer(
            schema="audit-check",
            data={
                "entries": entries,
                "head": head,
                "sound": not faults,
                "faults": [{"code": one.code, "says": one.says, "case": one.case, "seq": one.seq} for one in faults],
            },
            before=tuple(lines),
            exit_code=6 if faults else 0,
        )
    )


@app_audit.command(context_settings=SETTINGS)
def head() -> int:
    """The newest entry's hash, to write down elsewhere: a cut tail shows against it.

    Example: dsar audit head
    """
    ledger = current().workspace.ledger
    data = {"entries": ledger.entries_count(), "head": ledger.head()}
    return emit(Answer(schema="audit-head", data=data, before=(str(data["head"]),)))
