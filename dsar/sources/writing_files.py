"""Changes rows of CSV and JSON-lines files: the lines of a step and no other byte.

Finding rows is ``files``; the stretches of a file are ``writing_rows``, its replacement ``writing_splice``.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from dsar.case.changes import Action, Result, Step
from dsar.errors import InputWrong
from dsar.formats.rows import Row
from dsar.formats.tables import DELIMITED, JSON_LINES, read_rows
from dsar.sources.files import files_of, flattened
from dsar.sources.interface import SourceSettings
from dsar.sources.writing_checks import FILE_MOVED, MOVED, Done, Unwritable, best, judged
from dsar.sources.writing_layouts import JsonLayout, Layout, csv_layout
from dsar.sources.writing_rows import Piece
from dsar.sources.writing_splice import Edit, Meanwhile, Seen, seen, splice

_CHANGING = "The file changes while it is read. Run it again when nobody writes to it"
_NOT_EDITED = "Files of this kind are not edited (compressed ones neither): only .csv, .tsv, .tab, .jsonl and .ndjson"
_FAULTY = "The row is not written as it should be (see: dsar source test), so it is not edited"


@dataclass(slots=True)
class _Scan:
    """What one file holds for the steps: the edits to make, in order, and whose they are."""

    path: Path
    was: Seen
    layout: Layout = field(default_factory=lambda: JsonLayout(""))
    rows: int = 0
    deleted: int = 0
    edits: list[Edit] = field(default_factory=list)
    steps: dict[str, Step] = field(default_factory=dict)

    def note(self, piece: Piece, step: Step) -> None:
        """Note the edit of one row; Unwritable if the row cannot be written anew for certain."""
        if not piece.sound:
            raise Unwritable(_FAULTY)
        new = b""
        if step.action is Action.CHANGE:
            text = self.layout.changed(piece.text, step.after)
            try:
                new = text.encode(piece.charset) if piece.charset else b""
            except UnicodeEncodeError as error:
                raise Unwritable("The character set of the file has no sign for the new value") from error
            if not piece.charset:
                raise Unwritable("The row holds bytes that are not in the character set of the file")
        self.steps[step.id] = step
        if not self.edits or self.edits[-1].start != piece.start:
            self.edits.append(Edit(start=piece.start, end=piece.end, new=new))
            self.deleted += step.action is Action.DELETE


class FileWriter:
    """Writes tables kept in files. Each file is replaced in one step, or stays as it is."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.why: dict[str, str] = {}
        self._settings = settings
        self._home = home
        self._encoding = settings.options.get("encoding", "")
        self._delimiter = settings.options.get("delimiter", "")

    def apply(self, steps: Sequence[Step], *, done: Done) -> None:
        """Carry out the steps, place by place: first every file is read, then those that hold a record are written."""
        for step in steps:
            if step.action is Action.KEEP:
                done(step, Result.KEPT)
        writing = [step for step in steps if step.action is not Action.KEEP]
        for place in dict.fromkeys(step.place for step in writing):
            self._place([step for step in writing if step.place == place], place, done)

    def _place(self, steps: Sequence[Step], place: str, done: Done) -> None:
        met: dict[str, list[Result]] = {step.id: [] for step in steps}
        failed: dict[str, str] = {}
        scans = []
        blind = ""
        for path in files_of(self._home, place or self._settings.path, self._settings.name):
            try:
                scans.append(self._scanned(path, steps, met, failed))
            except (Unwritable, InputWrong, OSError) as error:
                blind = f"{error if isinstance(error, Unwritable) else 'The file cannot be read as a table'}."
        for scan in scans:
            self._write(scan, failed, met)
        for step in steps:
            result = best(met[step.id])
            if why := failed.get(step.id, "" if result is Result.DONE else blind):
                # a record that might stand in a file that cannot be read must not be called gone
                result = Result.MOVED if why == FILE_MOVED else Result.FAILED
                self.why[step.id] = why
            elif result is Result.MOVED:
                self.why[step.id] = MOVED
            done(step, result)

    def _write(self, scan: _Scan, failed: dict[str, str], met: dict[str, list[Result]]) -> None:
        if not scan.edits:
            return
        try:
            splice(scan.path, scan.edits, was=scan.was, rows=scan.rows - scan.deleted, count=scan.layout.count)
        except Meanwhile:
            failed.update(dict.fromkeys(scan.steps, FILE_MOVED))
        except Unwritable as error:
            failed.update(dict.fromkeys(scan.steps, f"{error}."))

    def _scanned(
        self, path: Path, steps: Sequence[Step], met: dict[str, list[Result]], failed: dict[str, str]
    ) -> _Scan:
        """Read a file once, and note the edits it needs."""
        scan = _Scan(path=path, was=seen(path))
        names = tuple(steps[0].key)
        nested = [
            name for name in dict.fromkeys(name for step in steps for name in (*names, *step.before)) if "." in name
        ]
        by_key: dict[tuple[str, ...], list[Step]] = {}
        for step in steps:
            by_key.setdefault(tuple(step.key.get(name, "") for name in names), []).append(step)
        with closing(self._rows(path, scan)) as rows:
            for piece, row in rows:
                values = flattened(row, nested) if nested and row.data else row.values
                for step in by_key.get(tuple(values.get(name, "") for name in names), ()):
                    result = judged(step, values)
                    try:
                        if result is Result.DONE:
                            scan.note(piece, step)
                        met[step.id].append(result)
                    except Unwritable as error:
                        failed[step.id] = f"{error}."
        return scan

    def _rows(self, path: Path, scan: _Scan) -> Generator[tuple[Piece, Row], None, None]:
        """The rows as the search reads them, each with its stretch of the file."""
        if path.suffix.lower() not in (*DELIMITED, *JSON_LINES):
            raise Unwritable(_NOT_EDITED)
        table = read_rows(path, encoding=self._encoding or None, delimiter=self._delimiter or None)
        # only rows that were begun can close their file
        first = next(table.rows, None)
        try:
            scan.layout = self._layout(path, table.columns)
            pieces = scan.layout.pieces(path)
            for row in chain((first,) if first else (), table.rows):
                yield self._beside(pieces, row, scan), row
            scan.rows += sum(piece.is_row for piece in pieces)
        finally:
            if isinstance(table.rows, Generator):
                table.rows.close()

    def _layout(self, path: Path, columns: tuple[str, ...]) -> Layout:
        kind = path.suffix.lower()
        if kind in JSON_LINES:
            return JsonLayout(self._encoding)
        return csv_layout(path, self._encoding, self._delimiter or DELIMITED[kind] or "", columns)

    def _beside(self, pieces: Iterator[Piece], row: Row, scan: _Scan) -> Piece:
        """The stretch a row was read from; both walks take the file line by line and must agree."""
        for piece in pieces:
            scan.rows += piece.is_row
            if piece.is_row and piece.number == row.number:
                return piece
            if piece.number > row.number:
                break
        raise Unwritable(_CHANGING)
