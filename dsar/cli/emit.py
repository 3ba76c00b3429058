"""Prints what a command answers: a table fitted to the terminal, rows for a pipe, CSV, or one JSON document.

What is in the answer is the command's; a command never formats anything itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dsar.cli.session import Session, current
from dsar.cli.wrapping import Cell as Cell
from dsar.cli.wrapping import folded, too_long, wrapped
from dsar.errors import DsarError
from dsar.formats.plain import display_width, printable, shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table. ``shrink`` may be cut to fit; those with a ``drop`` rank leave first, highest first."""

    title: str
    shrink: bool = False
    drop: int = 0
    right: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; every cell is a text or a ``Cell``."""

    columns: tuple[Column, ...]
    rows: Sequence[Sequence[str | Cell]]


Line = str | tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a command says: ``data`` for programs, the rest for people."""

    schema: str
    data: dict[str, Any]
    before: tuple[Line, ...] = ()
    table: Table | None = None
    after: tuple[Line, ...] = ()
    hint: str = ""
    exit_code: int = 0
    rows: Table | None = field(default=None)
    quiet_if: bool = False


def emit(answer: Answer) -> int:
    """Print the answer as this session wants it, and give back its exit code."""
    session = current()
    if session.json:
        _json(answer)
    elif session.csv:
        _csv(answer)
    elif session.quiet:
        pass
    elif not session.terminal and (table := answer.rows or answer.table) is not None:
        sys.stdout.write(_whole(table.rows) or _line_by_line(table.rows))
    else:
        _people(answer, session)
    return answer.exit_code


def wanted() -> Literal["data", "rows", "people"]:
    """Which part of an answer this run prints, for a command that would make thousands of lines of each."""
    session = current()
    if session.json:
        return "data"
    return "people" if session.terminal and not session.csv else "rows"


def _whole(rows: Sequence[Sequence[str | Cell]]) -> str:
    """All rows as one text if nothing in them has to be made harmless, else "": looking once is quicker."""
    try:
        text = "".join(["\t".join(row) + "\n" for row in rows])  # type: ignore[arg-type]
    except TypeError:
        return ""
    if text.count("\n") != len(rows) or text.count("\t") != sum(map(len, rows)) - len(rows):
        return ""
    return text if text.isascii() and text.replace("\t", " ").replace("\n", " ").isprintable() else ""


def _line_by_line(rows: Sequence[Sequence[str | Cell]]) -> str:
    return "".join("\t".join(_flat(cell) for cell in row) + "\n" for row in rows)


def _json(answer: Answer) -> None:
    _out(json.dumps({"schema": f"dsar.{answer.schema}/1", **answer.data}, ensure_ascii=False, default=str))


def _csv(answer: Answer) -> None:
    from dsar.formats.tables import write_csv

    table = answer.rows or answer.table
    if table is None:
        rows = [(key, _scalar(value)) for key, value in answer.data.items()]
        columns: Sequence[str] = ("name", "value")
    else:
        rows = [tuple(_flat(cell) for cell in row) for row in table.rows]  # type: ignore[misc]
        columns = [column.title.lower() for column in table.columns]
    write_csv(sys.stdout, columns, rows, bom=True)


def _scalar(value: Any) -> str:
    if isinstance(value, str | int | float) or value is None:
        return "" if value is None else str(value)
    return json.dumps(value, ensure_ascii=False, default=str)


def _flat(cell: str | Cell) -> str:
    return printable(cell.text if isinstance(cell, Cell) else cell).replace("\t", " ")


def _people(answer: Answer, session: Session) -> None:
    write = _Writer(session)
    for line in answer.before:
        write.line(line)
    if answer.table is not None and answer.table.rows:
        write.table(answer.table)
    for line in answer.after:
        write.line(line)
    if answer.hint:
        write.hint(answer.hint)


class _Writer:
    """Writes lines and tables to the screen; rich is loaded only where colour is wanted."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.styles: dict[str, Any] = {}

    def line(self, line: Line) -> None:
        if isinstance(line, str) and self.session.terminal and display_width(line) > self.session.width:
            for part in wrapped(line, self.session.width):
                self.put((Cell(part),))
            return
        cells = (Cell(line),) if isinstance(line, str) else line
        if self.session.terminal and too_long(cells, self.session.width):
            for row in folded(cells, self.session.width):
                self.put(row)
        else:
            self.put(cells)

    def put(self, cells: Sequence[Cell]) -> None:
        """Write one line as it is, with its colours where they are wanted."""
        shown = [(printable(cell.text, keep_newlines=True), cell.style) for cell in cells]
        while shown and not shown[-1][0].strip():
            shown.pop()
        if shown:
            shown[-1] = (shown[-1][0].rstrip(), shown[-1][1])
        _out("".join(self._painted(text, style) for text, style in shown))

    def _painted(self, text: str, style: str) -> str:
        """Text in its style; only rich's styles are loaded, whose console would cost more than the whole list."""
        if not (style and self.session.colour):
            return text
        from rich.color import ColorSystem
        from rich.style import Style

        if style not in self.styles:
            self.styles[style] = Style.parse(style)
        return str(self.styles[style].render(text, color_system=ColorSystem.STANDARD))

    def hint(self, words: str) -> None:
        if self.session.terminal:
            self.line((Cell(words, "dim"),))

    def table(self, table: Table) -> None:
        if self.session.plain or self.session.width < 60:
            self.labelled(table)
            return
        kept, widths = fit(table, self.session.width)
        if sum(widths.values()) + 2 * (len(kept) - 1) > self.session.width:
            self.labelled(table)
            return
        titles = [
            Cell(_pad(shorten(table.columns[at].title, widths[at]), widths[at], table.columns[at].right), "bold")
            for at in kept
        ]
        self.line(_spaced(titles))
        for row in table.rows:
            cells = []
            for at in kept:
                cell = row[at] if isinstance(row[at], Cell) else Cell(str(row[at]))
                assert isinstance(cell, Cell)
                text = shorten(printable(cell.text), widths[at])
                cells.append(Cell(_pad(text, widths[at], table.columns[at].right), cell.style))
            self.line(_spaced(cells))

    def labelled(self, table: Table) -> None:
        for nth, row in enumerate(table.rows):
            if nth:
                self.line("")
            for column, cell in zip(table.columns, row, strict=True):
                if _flat(cell):
                    self.line(f"{column.title.capitalize()}: {_flat(cell)}")


def _spaced(cells: Sequence[Cell]) -> tuple[Cell, ...]:
    out: list[Cell] = []
    for nth, cell in enumerate(cells):
        out += [Cell("  "), cell] if nth else [cell]
    return tuple(out)


def _pad(text: str, width: int, right: bool) -> str:
    gap = " " * max(0, width - display_width(text))
    return gap + text if right else text + gap


def fit(table: Table, width: int) -> tuple[list[int], dict[int, int]]:
    """Which columns fit into so many characters, and how wide each is: ids and dates are never cut.

    Shrinkable columns shrink to 8 first; then columns leave by their drop rank.
    """
    need = {
        at: max([display_width(column.title), *(display_width(_flat(row[at])) for row in table.rows)])
        for at, column in enumerate(table.columns)
    }
    kept = list(range(len(table.columns)))
    while True:
        room = width - 2 * (len(kept) - 1)
        fixed = sum(need[at] for at in kept if not table.columns[at].shrink)
        loose = [at for at in kept if table.columns[at].shrink]
        least = sum(min(need[at], 8) for at in loose)
        droppable = [at for at in kept if table.columns[at].drop]
        if fixed + least <= room or not droppable:
            break
        kept.remove(max(droppable, key=lambda at: table.columns[at].drop))
    widths = {at: need[at] for at in kept}
    spare = room - fixed
    for left, at in enumerate(sorted(loose, key=lambda at: need[at])):
        widths[at] = max(min(need[at], spare // (len(loose) - left)), 4)
        spare -= widths[at]
    return kept, widths


def complain(error: DsarError, session: Session) -> int:
    """Print a failure on standard error, as sentences or (with --json) as one JSON line; gives its exit code."""
    if session.json:
        line = {
            "schema": "dsar.error/1",
            "message": error.message,
            "hint": error.hint,
            "exit_code": error.exit_code,
        }
        print(json.dumps(line, ensure_ascii=False), file=sys.stderr)  # noqa: T201
    else:
        # the demo is one stream, so that a refusal stands where it happened
        stream = sys.stdout if session.for_people else sys.stderr
        for text in (error.message, error.hint):
            shown = printable(text, keep_newlines=True)
            read_now = stream.isatty() or session.for_people
            if shown:
                print("\n".join(wrapped(shown, session.width)) if read_now else shown, file=stream)
    return error.exit_code


def remark(words: str) -> None:
    """Say something beside the answer: on standard error, never with --quiet or --json."""
    session = current()
    if not (session.quiet or session.json):
        print(printable(words, keep_newlines=True), file=sys.stderr)  # noqa: T201


def _out(text: str) -> None:
    print(text)  # noqa: T201
