"""Writes down for people what is theirs to do of a plan: a CSV file per source, gone as soon as nothing is left there.

Which places these are is in the plan; that it was done is told by ``by_hand``.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from dsar.case.case import PlanLine
from dsar.case.changes import Action, Plan, Step
from dsar.formats.csv_out import write_csv
from dsar.formats.files import safe_name, write_atomic
from dsar.sources.person import least
from dsar.workflow.apply import left_to_do
from dsar.workflow.plans import place_of
from dsar.workflow.subject import subject_of
from dsar.workspace import Workspace

COLUMNS = ("record_set", "place", "do", "record", "values", "why")
_EMPTY = "(empty)"


def work_lists(ws: Workspace, number: str, plan: Plan, line: PlanLine) -> tuple[Path, ...]:
    """Write the lists of a plan that was begun, one per source: keys of records and new values, or whose records."""
    left: dict[str, list[Step]] = {}
    for step in left_to_do(plan, line) if line.started else ():
        if place_of(step) in line.by_hand:
            left.setdefault(step.source, []).append(step)
    term = least(subject_of(ws, ws.ledger.case(number))) if left else None
    whose = f"every record of {term.raw or term.value}" if term else "every record of the person"
    paths = tuple(
        _written(ws, number, source, [_row(plan, step, whose) for step in steps]) for source, steps in left.items()
    )
    _remove_others(ws, number, paths)
    return paths


def _written(ws: Workspace, number: str, source: str, rows: list[tuple[str, ...]]) -> Path:
    text = io.StringIO(newline="")
    write_csv(text, COLUMNS, rows, bom=True)
    path = ws.case_folder(number, "by-hand") / f"{safe_name(source)}.csv"
    write_atomic(path, text.getvalue())
    return path


def _row(plan: Plan, step: Step, whose: str) -> tuple[str, ...]:
    do = plan.kind.replace("_", " ") if step.action is Action.HAND else step.action
    key = "; ".join(f"{name} = {value}" for name, value in step.key.items())
    return step.record_set, step.place, do, key or whose, "; ".join(_values(step)), step.ground


def _values(step: Step) -> Iterator[str]:
    for name, value in step.after.items():
        yield f"{name} = {value or _EMPTY}"


def _remove_others(ws: Workspace, number: str, paths: tuple[Path, ...]) -> None:
    folder = ws.home / "cases" / number / "by-hand"
    if not folder.is_dir() or folder.is_symlink():
        return
    for path in folder.glob("*.csv"):
        if path not in paths:
            path.unlink()
    if not any(folder.iterdir()):
        folder.rmdir()
