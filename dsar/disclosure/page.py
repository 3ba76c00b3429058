"""The page a person opens first: every table in words, what is not here, what was withheld, and why we have it all.

Its look and wording are templates (templates/package); it is rendered in pieces, so that no case is too large.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from dsar.case.records import Field
from dsar.disclosure.content import CoverageLine, PackageContent, WithheldLine, told_found
from dsar.disclosure.rows import Told
from dsar.disclosure.words import Words
from dsar.formats.plain import printable
from dsar.formats.templates import environment, render

PAGE_ROWS = 200
_PAGE_CHARACTERS = 120_000
_CELL = 300
_WIDEST_TABLE = 6
_INSTANT = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)T(?P<time>\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(?P<zone>Z|[+-]\d\d:?\d\d)?")


def page(
    content: PackageContent,
    tables: Sequence[Told],
    coverage: Sequence[CoverageLine],
    withheld: Sequence[WithheldLine],
    words: Words,
    folders: Sequence[Path],
) -> Iterator[str]:
    """The pieces of index.html, in order."""
    env = environment(folders, autoescape=True)
    common = {
        "w": words.text,
        "lang": words.language,
        "case": content.case,
        "organisation": printable(content.organisation),
    }
    summary = [_summary(one, number, words) for number, one in enumerate(tables, 1)]
    top = common | {
        "person": printable(content.person),
        "contact": [printable(line) for line in content.contact],
        "created": words.day(content.created_on),
        "expires": words.day(content.expires_on) if content.expires_on else "",
        "laws": [printable(title) for title in content.law_titles],
        "tables": summary,
        "records": words.count("records", sum(len(one.table.rows) for one in tables)),
        "has_withheld": bool(withheld),
    }
    yield render(env, "package/top.html.j2", top)
    for one, told in zip(summary, tables, strict=True):
        yield render(env, "package/table.html.j2", common | one | _rows(told, words))
    end = common | {
        "coverage": [_coverage(line, words) for line in coverage],
        "withheld": [_withheld(line, words) for line in withheld],
        "objection": printable(content.objection) or words.text["objection"],
        "about": [_about(told, one["id"]) for one, told in zip(summary, tables, strict=True)],
        "rights": [printable(line) for line in content.rights] or words.text["rights"].splitlines(),
    }
    yield render(env, "package/end.html.j2", end)


def _summary(told: Told, number: int, words: Words) -> dict[str, object]:
    return {
        "id": f"table-{number}",
        "title": printable(told.table.record_set.title),
        "count": words.count("records", len(told.table.rows)),
        "csv": f"data/{told.stem}.csv",
        "json": f"data/{told.stem}.json",
    }


def _rows(told: Told, words: Words) -> dict[str, object]:
    shown: list[list[str]] = []
    room = _PAGE_CHARACTERS
    for row in told.rows():
        cells = [_cell(field, value) for field, value in zip(told.columns, row, strict=True)]
        room -= sum(len(cell) + 20 for cell in cells)
        if len(shown) == PAGE_ROWS or (room < 0 and shown):
            break
        shown.append(cells)
    total = len(told.table.rows)
    more = words.text["more_rows"] % {"shown": len(shown), "total": total} if len(shown) < total else ""
    return {
        "columns": [{"name": printable(field.name), "meaning": _meaning(field)} for field in told.columns],
        "rows": shown,
        "blocks": list(told.blocks.values()),
        "more": more,
        "is_wide": len(told.columns) > _WIDEST_TABLE,
        "codes": [
            {"meaning": _meaning(field), "codes": [(printable(code), printable(says)) for code, says in field.codes]}
            for field in told.columns
            if field.codes
        ],
    }


def _meaning(field: Field) -> str:
    return printable(field.meaning) or printable(field.name)


def _cell(field: Field, value: str) -> str:
    """A value as a person reads it: codes in words, long texts cut between words (the file has all of it)."""
    value = printable(dict(field.codes).get(value, value), keep_newlines=True)
    if instant := _INSTANT.fullmatch(value):
        return f"{instant['day']} {instant['time']}{' UTC' if instant['zone'] == 'Z' else instant['zone'] or ''}"
    if len(value) <= _CELL:
        return value
    # not inside a number or address, whose beginning would look like another one
    kept = value[:_CELL].rpartition(" ")[0].rstrip(" 0123456789+-().")
    return f"{kept} \u2026"


def _coverage(line: CoverageLine, words: Words) -> dict[str, str]:
    state = "searched_empty" if line.state == "searched" and not line.found else line.state
    return {
        "title": printable(line.title),
        "state": words.text.get(f"state_{state}", printable(line.state)),
        "found": told_found(line),
        "reason": printable(line.reason),
    }


def _withheld(line: WithheldLine, words: Words) -> dict[str, str]:
    amounts = [words.count("withheld_records", line.records)] if line.records else []
    amounts += [words.count("withheld_parts", line.parts)] if line.parts else []
    return {
        "title": printable(line.record_set),
        "amount": ", ".join(amounts),
        "words": line.words,
        "interest": line.interest,
        "cite": line.cite,
    }


def _about(told: Told, anchor: object) -> dict[str, object]:
    record_set = told.table.record_set
    return {
        "id": anchor,
        "title": printable(record_set.title),
        "purposes": [printable(one) for one in record_set.purposes],
        "category": printable(record_set.category),
        "basis": printable(record_set.basis),
        "recipients": [printable(one) for one in record_set.recipients],
        "retention": printable(record_set.retention),
        "obtained_from": printable(record_set.obtained_from),
        "transfers": printable(record_set.transfers),
        "automated": printable(record_set.automated_decisions),
    }
