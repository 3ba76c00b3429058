"""notice import, list, categories, check, build."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dsar.case.next import short
from dsar.cli import words
from dsar.cli.emit import Answer, Cell, Column, Line, Table, emit, remark
from dsar.cli.options import SETTINGS, CaseNumber, group
from dsar.cli.session import current
from dsar.disclosure.register import Recipient, disclosed
from dsar.disclosure.register_categories import categories as statute
from dsar.errors import InputWrong
from dsar.formats.tables import Problem
from dsar.workflow import notice as work
from dsar.workflow import notice_register as registers

app_notice = group("1798.83: who received what for their own marketing, and the notice that tells it.")

_YEARS = (2004, 2200)


@app_notice.command("import", context_settings=SETTINGS)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The list: CSV or XLSX.")],
    year: Annotated[int | None, typer.Option("--year", help="The list is about this calendar year alone.")] = None,
) -> int:
    """Check a list of recipients and make it the register; the old one is kept with the date.

    Example: dsar notice import marketing-2025.xlsx --year 2025
    """
    session = current()
    done = registers.import_register(session.workspace, file, session.stamp, year=year)
    counts = f"{words.counted(done.rows, 'row')}, {done.marketing} for the recipients' own marketing"
    lines: list[Line] = []
    if done.problems:
        faults = words.counted(len(done.problems), "fault")
        lines.append((Cell("Not taken in", "bold red"), Cell(f": {faults}. The register is unchanged.")))
    elif done.already:
        lines.append(f"The register says exactly this already: {counts}. Nothing was changed.")
    else:
        kept = f" {words.counted(done.kept, 'row')} of the old one kept." if year is not None else ""
        where = f" The old one: {registers.COPIES}/{done.copy.name}." if done.copy else ""
        lines.append((Cell("Taken in", "green"), Cell(f": {counts}.{kept}{where}")))
    lines += _remarks(done.remarks)
    return emit(
        Answer(
            schema="notice-import",
            data={
                "rows": done.rows,
                "direct_marketing": done.marketing,
                "kept": done.kept,
                "written": not (done.problems or done.already),
                "already": done.already,
                "copy": str(done.copy) if done.copy else None,
                "problems": _told(done.problems),
                "remarks": _told(done.remarks),
            },
            before=(*lines, *_holes(done.problems)),
            rows=_faults(done.problems),
            hint="" if done.problems else "Next: dsar notice list",
            exit_code=6 if done.problems else 0,
        )
    )


@app_notice.command("list", context_settings=SETTINGS)
def list_(
    year: Annotated[int | None, typer.Option("--year", help="The calendar year (default: the last one).")] = None,
) -> int:
    """Who received what for their own marketing in a calendar year: the list that a notice gives.

    Example: dsar notice list --year 2025
    """
    session = current()
    about = session.reader.on.year - 1 if year is None else year
    if not _YEARS[0] <= about <= _YEARS[1]:
        raise InputWrong(f"Not done: {about} is no calendar year for such a list.", hint="dsar notice list --year 2025")
    register = registers.load_register(session.workspace)
    found = disclosed(register, about)
    lines: list[Line] = [f"{about}: {words.counted(len(found), 'third party', 'third parties')}."]
    lines += _remarks(register.remarks)
    if register.problems:
        says = f"The list has holes: {words.counted(len(register.problems), 'fault')} in the register."
        lines += [(Cell(says, "bold red"),), *_holes(register.problems)]
        if not session.terminal:
            remark(says)
    rows = [(one.name, _numbers(one), one.address, one.examples) for one in found]
    return emit(
        Answer(
            schema="notice-list",
            data={
                "year": about,
                "third_parties": [_party(one) for one in found],
                "problems": _told(register.problems),
                "remarks": _told(register.remarks),
            },
            before=tuple(lines),
            table=Table(
                (
                    Column(title="THIRD PARTY", shrink=True),
                    Column(title="CATEGORIES"),
                    Column(title="ADDRESS", shrink=True),
                    Column(title="OFFERS", shrink=True, drop=1),
                ),
                rows,
            ),
            hint="What the numbers mean: dsar notice categories" if rows else "",
            exit_code=6 if register.problems else 0,
        )
    )


@app_notice.command(context_settings=SETTINGS)
def categories() -> int:
    """The statute's categories by number, as the register and the notice name them.

    Example: dsar notice categories
    """
    return emit(
        Answer(
            schema="notice-categories",
            data={"categories": [{"number": one.number, "words": one.words} for one in statute()]},
            table=Table(
                (Column(title="NO", right=True), Column(title="CATEGORY", shrink=True)),
                [(str(one.number), one.words) for one in statute()],
            ),
        )
    )


_ANSWERS = {
    work.Variant.DISCLOSED: "names, addresses and categories of all third parties",
    work.Variant.NONE: "nothing was disclosed to anybody for their own marketing",
    work.Variant.ALTERNATIVE: "the right to prevent it and a free way to use it, instead of the list",
}


@app_notice.command(context_settings=SETTINGS)
def check(case: CaseNumber) -> int:
    """How a request stands: the year, the time limit, who received what, and what a person must look at.

    Example: dsar notice check 36
    """
    session = current()
    ws = session.workspace
    found = work.verdict(ws, ws.ledger.resolve(case))
    today = session.reader.on
    where = "a designated address" if found.designated else "no designated address"
    lines: list[Line] = [
        (Cell("About    ", "bold"), Cell(f"the calendar year {found.year}")),
        (Cell("Due      ", "bold"), Cell(f"{words.day(found.due_on, today)} ({found.standard}; it came to {where})")),
        (Cell("Answer   ", "bold"), Cell(_ANSWERS[found.answer])),
    ]
    if found.variant is work.Variant.ALREADY_ANSWERED:
        lines.append((Cell("Repeat   ", "bold"), Cell("answered before in this calendar year", "yellow")))
    if found.promise:
        lines.append(f"Promise  {found.promise}")
    lines += [f"Gave     {one.name}: {_words(one)}" for one in found.recipients]
    lines += [f"{'Look' if one.person else 'Note'}     {one.says}" for one in found.remarks]
    number = short(found.case)
    return emit(
        Answer(
            schema="notice-check",
            data={
                "case": found.case,
                "year": found.year,
                "variant": found.variant,
                "answer": found.answer,
                "designated": found.designated,
                "due_on": found.due_on.isoformat() if found.due_on else None,
                "standard": found.standard,
                "third_parties": [_party(one) for one in found.recipients],
                "earlier": [{"case": one.case, "sent_on": str(one.sent_on or "") or None} for one in found.earlier],
                "promise": found.promise,
                "needs_person": found.needs_person,
                "remarks": [{"code": one.code, "says": one.says, "person": one.person} for one in found.remarks],
            },
            before=tuple(lines),
            hint=f"See the letter: dsar notice build {number}",
            exit_code=6 if found.needs_person else 0,
        )
    )


@app_notice.command(context_settings=SETTINGS)
def build(
    case: CaseNumber,
    html: Annotated[Path | None, typer.Option("--html", help="Write the HTML letter to a file.")] = None,
) -> int:
    """The notice exactly as it would leave, what it lacks, and what the gate says. Sends nothing.

    Example: dsar notice build 36
    """
    from dsar.cli.letter import preview

    return preview(case, "notice", html=html)


def _numbers(one: Recipient) -> str:
    return ", ".join(f"{category.number}{' (derived)' if category.derived else ''}" for category in one.categories)


def _words(one: Recipient) -> str:
    return "; ".join(f"{each.words}{' (derived)' if each.derived else ''}" for each in one.categories)


def _party(one: Recipient) -> dict[str, object]:
    return {
        "name": one.name,
        "address": one.address,
        "categories": [
            {"number": each.number, "words": each.words, "derived": each.derived} for each in one.categories
        ],
        "examples": one.examples,
    }


def _told(problems: tuple[Problem, ...]) -> list[dict[str, object]]:
    return [{"file": one.file, "line": one.line, "says": one.says} for one in problems]


def _holes(problems: tuple[Problem, ...]) -> list[Line]:
    return [f"{f'line {one.line}: ' if one.line else ''}{one.says}" for one in problems]


def _remarks(remarks: tuple[Problem, ...]) -> list[Line]:
    return [(Cell(f"{f'line {one.line}: ' if one.line else ''}{one.says}", "yellow"),) for one in remarks]


def _faults(problems: tuple[Problem, ...]) -> Table | None:
    if not problems:
        return None
    return Table(
        (Column(title="LINE", right=True), Column(title="FAULT", shrink=True)),
        [(str(one.line or ""), one.says) for one in problems],
    )
