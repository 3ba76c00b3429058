"""Keeps the workspace's register of recipients: reads it, and takes in a new list with a dated copy of the old.

What a row must hold is the register's own business (disclosure); what a request is answered is in ``notice``.
"""

from __future__ import annotations

import stat
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from dsar.case.stamp import Stamp
from dsar.disclosure.register import Register, read_register, register_text
from dsar.disclosure.register_rows import Entry
from dsar.errors import CheckFailed, InputWrong
from dsar.formats.files import private_folder, write_atomic
from dsar.formats.tables import Problem
from dsar.inbox.dates import read_date
from dsar.workspace import Workspace

FILE = "recipients.csv"
COPIES = "backups"
EARLIEST = 2004


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did. With ``problems`` nothing was written; ``already`` when the register said the same before.

    ``copy`` is where the register as it was lies now, None where there was none.
    """

    rows: int
    marketing: int
    kept: int
    problems: tuple[Problem, ...] = ()
    remarks: tuple[Problem, ...] = ()
    already: bool = False
    copy: Path | None = None


def load_register(ws: Workspace) -> Register:
    """The workspace's register as it stands; InputWrong if there is none."""
    path = ws.home / FILE
    if not path.exists():
        raise InputWrong(
            f"There is no {FILE} in {ws.home}, so nobody can say who received what. Nothing was changed.",
            hint="Take in the list of recipients: dsar notice import FILE",
        )
    return _read(ws, path)


def whole_register(ws: Workspace) -> Register:
    """The register, if it can be answered from; CheckFailed where a row has a fault, or there is none at all."""
    register = load_register(ws)
    _refuse_faulty(register)
    if not register.entries:
        raise CheckFailed(
            f"Not written: {FILE} has no row, and an empty register must not become a letter that says nothing was "
            "disclosed. Nothing was changed.",
            hint="Take in the list of recipients: dsar notice import FILE",
        )
    return register


def _refuse_faulty(register: Register) -> None:
    if not register.problems:
        return
    first = register.problems[0]
    more = f" and {len(register.problems) - 1} more" if len(register.problems) > 1 else ""
    raise CheckFailed(
        f"Not done: {FILE} has rows that cannot be used (line {first.line}: {first.says}{more}), so the list of "
        "recipients would not be whole. Nothing was changed.",
        hint="See them all: dsar notice list",
    )


def _read(ws: Workspace, path: Path, year: int | None = None) -> Register:
    return read_register(path, read_day=partial(read_date, order=ws.config.desk.date_order), one_year=year)


def import_register(ws: Workspace, file: Path, by: Stamp, *, year: int | None = None) -> Imported:
    """Check a list of recipients and make it the register, whole or not at all; the old one is kept with the date.

    Without ``year`` the list replaces the register. With it, the list is about that calendar year: rows without dates
    count for it, the direct-marketing rows that were about that year alone are replaced, everything else stays.
    """
    ws.require(by, "editor", "manager", "dpo")
    if year is not None and not EARLIEST <= year <= by.on.year:
        raise InputWrong(
            f"Not done: {year} is no year a list can be about ({EARLIEST} to {by.on.year}). Nothing was changed."
        )
    new = _read(ws, file, year)
    if new.problems:
        return _imported(new, ())
    if not new.entries:
        raise InputWrong(
            "Not done: there are headings in this file and no row below them. Nothing was changed.",
            hint='If nobody receives anything, one row with direct_marketing "no" says what does happen.',
        )
    with ws.ledger.writing(by, "dsar notice import"):
        kept = _staying(ws, new, year)
        text = register_text((*kept, *new.entries))
        copy, already = _put(ws, text, by)
    return _imported(new, kept, already=already, copy=copy)


def _staying(ws: Workspace, new: Register, year: int | None) -> tuple[Entry, ...]:
    """The rows of the old register that a list about one year leaves as they are."""
    if year is None or not (ws.home / FILE).exists():
        return ()
    old = load_register(ws)
    _refuse_faulty(old)
    said = {entry.cells() for entry in new.entries}
    return tuple(
        entry
        for entry in old.entries
        if entry.cells() not in said and not (entry.direct_marketing and entry.only_in(year))
    )


def _put(ws: Workspace, text: str, by: Stamp) -> tuple[Path | None, bool]:
    path = ws.home / FILE
    if not path.exists():
        write_atomic(path, text)
        return None, False
    old = path.read_bytes()
    if old == text.encode("utf-8"):
        return None, True
    mode = stat.S_IMODE(path.stat().st_mode)
    folder = ws.home / COPIES
    copy = _free(folder if folder.is_dir() else private_folder(folder), f"recipients-{by.on.isoformat()}", old)
    write_atomic(copy, old, mode=mode)
    write_atomic(path, text, mode=mode)
    return copy, False


def _free(folder: Path, stem: str, content: bytes) -> Path:
    """A name of that day that is not taken by another content; no copy is ever written over."""
    path = folder / f"{stem}.csv"
    nth = 1
    while path.exists() and path.read_bytes() != content:
        nth += 1
        path = folder / f"{stem}-{nth}.csv"
    return path


def _imported(new: Register, kept: Sequence[Entry], *, already: bool = False, copy: Path | None = None) -> Imported:
    return Imported(
        rows=len(new.entries),
        marketing=sum(entry.direct_marketing for entry in new.entries),
        kept=len(kept),
        problems=new.problems,
        remarks=new.remarks,
        already=already,
        copy=copy,
    )
