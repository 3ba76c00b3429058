"""The files of the package that programs read: tables as CSV and JSON, what is said about them, the manifest.

Their order in the zip and the page for people are for package.py and page.py.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from dsar import __version__
from dsar.disclosure.archive import Archive, TableText
from dsar.disclosure.content import CoverageLine, PackageContent, WithheldLine, told_found
from dsar.disclosure.rows import Told
from dsar.disclosure.words import Words
from dsar.formats.plain import printable
from dsar.formats.tables import write_csv

MANIFEST = "manifest.json"
SUMS = "SHA256SUMS"


def write_data(archive: Archive, told: Told) -> None:
    """The rows of one table, once as CSV and once as JSON."""
    record_set = told.table.record_set
    with archive.text(f"data/{told.stem}.csv", source=record_set.source) as file:
        file.rows = write_csv(file, told.names, told.rows(), bom=True)
    with archive.text(f"data/{told.stem}.json", source=record_set.source) as file:
        names = told.names
        about = _json_head(told) | {"columns": [_column(told, number) for number in range(len(names))]}
        file.rows = _write_json(file, about, (dict(zip(names, row, strict=True)) for row in told.rows()))


def write_portable(archive: Archive, told: Told) -> None:
    """What the person gave us or we observed, to carry elsewhere; no file where there is nothing of the kind."""
    if not told.table.rows or not told.portable_columns:
        return
    with archive.text(f"portable/{told.stem}.json", source=told.table.record_set.source) as file:
        file.rows = _write_json(file, _json_head(told), told.portable())


def _json_head(told: Told) -> dict[str, object]:
    return {"record_set": printable(told.table.record_set.name), "title": printable(told.table.record_set.title)}


def _column(told: Told, number: int) -> dict[str, object]:
    field = told.columns[number]
    column: dict[str, object] = {
        "name": told.names[number],
        "meaning": printable(field.meaning),
        "origin": field.origin,
        "disclosed": str(field.disclose),
    }
    if field.codes:
        column["codes"] = {printable(code): printable(says) for code, says in field.codes}
    return column


def _write_json(file: TableText, head: dict[str, object], rows: Iterable[dict[str, str]]) -> int:
    """One object with ``rows`` as its last key, a row to a line, written as the rows come."""
    file.write(_dumps(head)[:-1] + ', "rows": [')
    count = 0
    for row in rows:
        file.write(",\n" if count else "\n")
        file.write(_dumps(row))
        count += 1
    file.write("\n]}\n")
    return count


def _dumps(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def write_about(archive: Archive, content: PackageContent, tables: Sequence[Told]) -> None:
    """Why the organisation has it, from whom, for whom, and until when, per record set."""
    about = {
        "schema": "dsar.about/1",
        "case": content.case,
        "organisation": printable(content.organisation),
        "contact": [printable(line) for line in content.contact],
        "laws": [printable(title) for title in content.law_titles],
        "rights": [printable(line) for line in content.rights],
        "record_sets": [_about(told) for told in tables],
    }
    with archive.text("about.json") as file:
        file.write(json.dumps(about, ensure_ascii=False, indent=2) + "\n")


def _about(told: Told) -> dict[str, object]:
    record_set = told.table.record_set
    return {
        "title": printable(record_set.title),
        "file": f"data/{told.stem}.csv",
        "category": printable(record_set.category),
        "purposes": [printable(purpose) for purpose in record_set.purposes],
        "basis": printable(record_set.basis),
        "recipients": [printable(recipient) for recipient in record_set.recipients],
        "retention": printable(record_set.retention),
        "obtained_from": printable(record_set.obtained_from),
        "transfers": printable(record_set.transfers),
        "automated_decisions": printable(record_set.automated_decisions),
    }


def write_dictionary(archive: Archive, tables: Sequence[Told]) -> None:
    """What every column means."""
    columns = ("file", "column", "meaning", "codes", "category", "origin", "disclosed", "purposes", "retention")
    rows = (
        (
            f"data/{told.stem}.csv",
            name,
            printable(field.meaning),
            "; ".join(f"{printable(code)}: {printable(says)}" for code, says in field.codes),
            printable(field.category or told.table.record_set.category),
            field.origin,
            str(field.disclose),
            "; ".join(printable(purpose) for purpose in told.table.record_set.purposes),
            printable(told.table.record_set.retention),
        )
        for told in tables
        for name, field in zip(told.names, told.columns, strict=True)
    )
    _table(archive, "dictionary.csv", columns, rows)


def write_coverage(archive: Archive, coverage: Sequence[CoverageLine], words: Words) -> None:
    """Where we looked and how it ended."""
    rows = (
        (
            printable(line.title),
            words.text.get(f"state_{line.state}", printable(line.state)),
            told_found(line),
            printable(line.reason),
        )
        for line in coverage
    )
    _table(archive, "coverage.csv", ("record_set", "state", "found", "reason"), rows)


def write_withheld(archive: Archive, withheld: Sequence[WithheldLine], objection: str, words: Words) -> None:
    """What was left out, why, for whom, and how to object."""
    columns = (
        "record_set",
        "records_withheld",
        "records_with_a_part_removed",
        "why",
        "whose_interest",
        "article",
        "objection",
    )
    rows = (
        (printable(one.record_set), one.records, one.parts, one.words, one.interest, one.cite, printable(objection))
        for one in withheld
    )
    _table(archive, "withheld.csv", columns, rows)


def _table(archive: Archive, path: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    with archive.text(path) as file:
        file.rows = write_csv(file, columns, rows, bom=True)


def write_manifest(archive: Archive, content: PackageContent, words: Words) -> None:
    """What is in the package, file by file; the sums alone come after it."""
    manifest = {
        "schema": "dsar.package/1",
        "case": content.case,
        "organisation": printable(content.organisation),
        "created_on": content.created_on.isoformat(),
        "tool": f"dsar {__version__}",
        "language": words.language,
        "laws": list(content.laws),
        "held_not_disclosed": words.text["block_never"],
        "files": [
            {"path": one.path, "bytes": one.bytes, "sha256": one.sha256}
            | ({"rows": one.rows} if one.rows is not None else {})
            | ({"source": printable(one.source)} if one.source else {})
            for one in archive.entries
        ],
    }
    with archive.text(MANIFEST) as file:
        file.write(json.dumps(manifest, ensure_ascii=False, indent=2) + "\n")


def write_sums(archive: Archive) -> None:
    """The hashes as sha256sum reads them (``sha256sum -c SHA256SUMS``)."""
    lines = [f"{one.sha256}  {one.path}\n" for one in sorted(archive.entries, key=lambda entry: entry.path)]
    with archive.text(SUMS) as file:
        file.write("".join(lines))
