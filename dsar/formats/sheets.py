"""Reads the rows of a spreadsheet (xlsx, xls, ods) as the text a person sees in its cells.

Formats, colours and formulas are left aside; which sheet and column mean what is for the record set.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from dsar.errors import InputWrong
from dsar.formats.rows import Problems, Row, fit, headings
from dsar.formats.streams import PACKED, open_bytes

if TYPE_CHECKING:
    from python_calamine import CalamineSheet, CalamineWorkbook

MAX_FILE = 200_000_000
MAX_UNPACKED = 1_000_000_000
_EXACT = 10**15


def read_sheet(
    path: Path, sheet: str | None, problems: Problems, *, opened: BinaryIO | None = None
) -> tuple[tuple[str, ...], Iterator[Row]]:
    """Columns and rows of one sheet, by default the first visible one; others are told, not read.

    ``Row.number`` is the row of the sheet. Excel keeps 15 digits of a number: longer ones are told.
    """
    book = _workbook(_file(path, opened), problems)
    chosen = _choose(book, sheet, problems)
    try:
        found = book.get_sheet_by_name(chosen)
        records = _records(found, problems)
        head = next(records, None)
    except (Exception, _panic()) as error:
        raise _unreadable(error, problems) from None
    if head is None:
        problems.add(0, "The sheet is empty.")
        return (), iter(())
    columns = headings(head[1], problems, head[0])
    return columns, _rows(records, columns, problems)


def sheet_names(path: Path, problems: Problems, *, opened: BinaryIO | None = None) -> list[str]:
    """The names of all sheets of a workbook, hidden ones too. Raises InputWrong where it cannot be read."""
    return list(_workbook(_file(path, opened), problems).sheet_names)


def _file(path: Path, opened: BinaryIO | None) -> Path | BytesIO:
    """The file itself, or all of it where it is packed or not on this machine."""
    if opened is None and path.suffix.lower() not in PACKED:
        return path
    with open_bytes(path, opened) as stream:
        return BytesIO(stream.read(MAX_FILE + 1))


def _panic() -> type[BaseException]:
    """What the reader's Rust code throws where it fails itself: a BaseException that has no import."""
    return next((kind for kind in BaseException.__subclasses__() if kind.__name__ == "PanicException"), Exception)


def _unreadable(error: BaseException, problems: Problems) -> InputWrong:
    if isinstance(error, InputWrong):
        return error
    return InputWrong(f"{problems.file} could not be read as a spreadsheet; it is damaged. Nothing was read from it.")


def _workbook(file: Path | BytesIO, problems: Problems) -> CalamineWorkbook:
    try:
        import python_calamine
    except ImportError:
        raise InputWrong(
            f"{problems.file} is a spreadsheet, and the part of dsar that reads them is not installed.",
            hint='Install it: pipx install --force "dsar-cli[xlsx]"',
        ) from None
    _guard_size(file, problems)
    try:
        return python_calamine.load_workbook(str(file) if isinstance(file, Path) else file)
    except python_calamine.PasswordError:
        raise InputWrong(f"{problems.file} is protected by a password. Save it without one, then try again.") from None
    except (Exception, _panic()) as error:
        raise _unreadable(error, problems) from None


def _guard_size(file: Path | BytesIO, problems: Problems) -> None:
    try:
        size = unpacked = file.stat().st_size if isinstance(file, Path) else file.getbuffer().nbytes
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as packed:
                unpacked += sum(entry.file_size for entry in packed.infolist())
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        raise InputWrong(f"{problems.file} could not be read as a spreadsheet. Nothing was read from it.") from None
    if size > MAX_FILE or unpacked > MAX_UNPACKED:
        raise InputWrong(f"{problems.file} is too large for a spreadsheet. Save it as CSV, then try again.")
    if isinstance(file, BytesIO):
        file.seek(0)


def _choose(book: CalamineWorkbook, sheet: str | None, problems: Problems) -> str:
    names = list(book.sheet_names)
    if sheet is not None:
        if sheet not in names:
            raise InputWrong(f"{problems.file} has no sheet of that name. Nothing was read from it.")
        return sheet
    from python_calamine import SheetVisibleEnum

    shown = [entry.name for entry in book.sheets_metadata if entry.visible == SheetVisibleEnum.Visible] or names
    if not shown:
        raise InputWrong(f"{problems.file} has no sheets. Nothing was read from it.")
    if len(names) > 1:
        problems.add(0, f"The workbook has {len(names)} sheets; only the first visible one was read.")
    return shown[0]


def _records(sheet: CalamineSheet, problems: Problems) -> Iterator[tuple[int, list[str]]]:
    if sheet.start is None:
        return
    # the rows come without the empty ones above the first filled cell
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_as_text(cell, number, problems) for cell in cells]
        if any(texts):
            yield number, texts


def _rows(records: Iterator[tuple[int, list[str]]], columns: tuple[str, ...], problems: Problems) -> Iterator[Row]:
    for number, cells in records:
        yield Row(number=number, values=fit(columns, cells, number, problems))


def _as_text(cell: object, number: int, problems: Problems) -> str:
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float() | int():
            if abs(cell) >= _EXACT:
                problems.add(number, "A number has more than the 15 digits a spreadsheet keeps; its end may be wrong.")
            return str(int(cell)) if float(cell).is_integer() else repr(cell)
        case datetime():
            return cell.isoformat(sep=" ")
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)
