"""Changes rows of a database server in batches, each only where it still is what the plan saw.

The rows of a batch are locked, compared, and changed by one statement; one step that is refused leaves the others.
How each server does it is in ``writing_postgres`` and ``writing_mysql``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from dsar.case.changes import Action, Result, Step
from dsar.errors import Refused
from dsar.formats.plain import printable, shorten
from dsar.sources.connecting import dialect_of
from dsar.sources.interface import SourceSettings
from dsar.sources.writing_checks import MOVED, WIDER, Done, Unwritable, in_turns, judged
from dsar.sources.writing_target import Edit, Locked, Server, Target

BATCH = 500
NO_COLUMN = 'The table has no column "{0}" any more'


@dataclass(slots=True)
class _Outcome:
    """What became of the steps of one batch."""

    results: list[tuple[Step, Result]] = field(default_factory=list)
    refused: list[Step] = field(default_factory=list)


class DatabaseWriter:
    """Writes a database server: one transaction per batch, told as done when it is committed."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.why: dict[str, str] = {}
        self._settings = settings
        self._home = home
        self._wider = settings.options.get("cascades", "").casefold() == "true"
        self._dialect = dialect_of(settings.path, settings.options)
        if self._dialect not in ("postgresql", "mariadb", "mysql"):
            raise Refused(
                f"The source {settings.name} is a database of the kind {shorten(printable(self._dialect), 40)}, "
                "in which dsar can search and not write. Nothing was changed.",
                hint=f"Ask its owner to do it by hand: {settings.owner}",
            )

    def apply(self, steps: Sequence[Step], *, done: Done) -> None:
        """Carry out the steps; one refused for what another step removes is tried again after it."""
        for step in steps:
            if step.action is Action.KEEP:
                done(step, Result.KEPT)
        pending = [step for step in steps if step.action is not Action.KEEP]
        if not pending:
            return
        with closing(self._opened()) as server:
            pending = in_turns(pending, lambda place, group: self._table(server, place, group, done))
        for step in pending:
            done(step, Result.FAILED)

    def _opened(self) -> Server:
        if self._dialect == "postgresql":
            from dsar.sources.writing_postgres import PostgresServer

            return PostgresServer(self._settings, self._home)
        from dsar.sources.writing_mysql import MysqlServer

        return MysqlServer(self._settings, self._home)

    def _table(self, server: Server, place: str, steps: Sequence[Step], done: Done) -> list[Step]:
        """The steps of one table, batch by batch; returns those refused, which changed nothing."""
        try:
            target = server.target(place)
        except Unwritable as error:
            return self._refuse(steps, error)
        refused: list[Step] = []
        for start in range(0, len(steps), BATCH):
            batch = steps[start : start + BATCH]
            outcome = _Outcome()
            try:
                with server.transaction():
                    self._batch(server, target, batch, outcome)
            except Unwritable as error:
                # constraints that are checked last: then nothing of this batch was changed
                refused += self._refuse(batch, error)
                continue
            refused += outcome.refused
            for step, result in outcome.results:
                self.why.pop(step.id, None)
                if result is Result.MOVED:
                    self.why[step.id] = MOVED
                done(step, result)
        return refused

    def _batch(self, server: Server, target: Target, steps: Sequence[Step], outcome: _Outcome) -> None:
        known = []
        for step in steps:
            if missing := [name for name in (*step.key, *step.after) if name not in target.columns]:
                says = NO_COLUMN.format(shorten(printable(missing[0]), 60))
                outcome.refused += self._refuse([step], Unwritable(says))
            else:
                known.append(step)
        locked: dict[tuple[tuple[str, str], ...], list[Locked]] = {}
        for names, keys in _by_names(known):
            for row in server.lock(target, keys):
                locked.setdefault(tuple((name, row.values[name]) for name in names), []).append(row)
        groups: dict[tuple[Action, tuple[str, ...]], list[Edit]] = {}
        for step in known:
            edit = self._judged(step, locked.get(tuple(step.key.items()), []), outcome)
            if edit:
                groups.setdefault((step.action, tuple(step.after)), []).append(edit)
        for (_, names), edits in groups.items():
            self._write(server, target, names, edits, outcome)

    def _judged(self, step: Step, rows: Sequence[Locked], outcome: _Outcome) -> Edit | None:
        results = [judged(step, row.values) for row in rows]
        ready = [row for row, result in zip(rows, results, strict=True) if result is Result.DONE]
        if ready:
            return Edit(step, ready)
        moved = Result.MOVED in results and Result.ALREADY not in results
        outcome.results.append((step, Result.MOVED if moved else Result.ALREADY))
        return None

    def _write(
        self, server: Server, target: Target, names: Sequence[str], edits: Sequence[Edit], outcome: _Outcome
    ) -> None:
        """All of them at once; where that is refused, each half by itself, down to the one that it is about."""
        try:
            with server.attempt():
                if edits[0].step.action is Action.DELETE:
                    others = server.delete(target, [row for edit in edits for row in edit.rows])
                else:
                    others = server.change(target, names, edits)
                if others and not self._wider:
                    raise Unwritable(WIDER.format(others))
        except Unwritable as error:
            if len(edits) == 1:
                outcome.refused += self._refuse([edits[0].step], error)
                return
            half = len(edits) // 2
            self._write(server, target, names, edits[:half], outcome)
            self._write(server, target, names, edits[half:], outcome)
        else:
            outcome.results += [(edit.step, Result.DONE) for edit in edits]

    def _refuse(self, steps: Sequence[Step], error: Unwritable) -> list[Step]:
        self.why.update({step.id: f"{error}." for step in steps})
        return list(steps)


def _by_names(steps: Sequence[Step]) -> Iterator[tuple[tuple[str, ...], list[Mapping[str, str]]]]:
    """The different keys, by the columns they name."""
    found: dict[tuple[str, ...], dict[tuple[str, ...], Mapping[str, str]]] = {}
    for step in steps:
        found.setdefault(tuple(step.key), {})[tuple(step.key.values())] = step.key
    for names, keys in found.items():
        yield names, list(keys.values())
