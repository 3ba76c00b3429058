"""Compares a record as it is now with what a step expects, the same for every writer.

Reading and writing the record is for each writer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from dsar.case.changes import Action, Result, Step

Done = Callable[[Step, Result], None]

MOVED = "The record is no longer what the plan saw, so it was not touched. Make a new plan."
FILE_MOVED = "The file was changed by somebody else meanwhile, so nothing in it was touched. Run it again."
WIDER = "The database would change {0} other rows with it (a cascade or a trigger), which the plan does not name"


class Unwritable(Exception):
    """A step that cannot be carried out, with the sentence that says why."""


def judged(step: Step, values: Mapping[str, str]) -> Result:
    """What a step means for a record with its key: DONE = may be carried out now, ALREADY, or MOVED.

    A deletion asks for the whole record as it was; a change only for the fields it touches.
    """
    if step.action is Action.DELETE:
        known = all(values.get(name, "") == value for name, value in step.before.items())
        # a value that was written since stands in no plan
        new = any(value and name not in step.before for name, value in values.items())
        return Result.DONE if known and not new else Result.MOVED
    if all(values.get(name, "") == (value or "") for name, value in step.after.items()):
        return Result.ALREADY
    as_seen = all(values.get(name, "") == step.before.get(name, "") for name in step.after)
    return Result.DONE if as_seen else Result.MOVED


def best(results: list[Result]) -> Result:
    """One answer for several records with the same key: done where any is as the plan saw it."""
    order = (Result.DONE, Result.ALREADY, Result.MOVED)
    return next((one for one in order if one in results), Result.ALREADY)


def in_turns(steps: Sequence[Step], carry_out: Callable[[str, Sequence[Step]], list[Step]]) -> list[Step]:
    """Carry out steps place by place, those refused again while others still go; returns what stays refused."""
    pending = list(steps)
    while pending:
        refused: list[Step] = []
        for place in dict.fromkeys(step.place for step in pending):
            refused += carry_out(place, [step for step in pending if step.place == place])
        stuck = len(refused) == len(pending)
        pending = refused
        if stuck:
            break
    return pending
