"""Builds the package: one zip with a page, a letter, every table twice, and the hashes of all of it.

Whether it may be built is for the gates; whether it is clean is for check.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dsar.disclosure.archive import Archive, archive_at
from dsar.disclosure.content import CoverageLine, PackageContent, Table, withheld_lines
from dsar.disclosure.page import page
from dsar.disclosure.parts import (
    write_about,
    write_coverage,
    write_data,
    write_dictionary,
    write_manifest,
    write_portable,
    write_sums,
    write_withheld,
)
from dsar.disclosure.rows import Told, told
from dsar.disclosure.words import Words, load_words
from dsar.errors import Refused
from dsar.formats.files import safe_name, sha256_of
from dsar.formats.plain import printable
from dsar.formats.templates import environment, render


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """What was built: the hash and size of the file, how many records it holds and how many were withheld whole."""

    path: Path
    sha256: str
    size: int
    records: int
    withheld: int
    files: int


def build_package(path: Path, content: PackageContent, *, folders: Sequence[Path]) -> Built:
    """Write the package to ``path`` (mode 0600, whole or not at all); the same content gives the same bytes.

    ``folders`` are where templates are looked for, the office's own first; each holds ``package/…``.
    Raises Refused where content must not leave (a secret record set) or would be silently short.
    """
    _refuse_what_must_not_leave(content)
    words = load_words(content.language, folders)
    stems = _stems(content.tables)
    tables = [told(table, stem, words) for table, stem in zip(content.tables, stems, strict=True)]
    coverage = [_counted(line, content.tables) for line in content.coverage]
    with archive_at(path, content.created_on) as archive:
        _write(archive, content, tables, coverage, words, folders)
        files = len(archive.entries)
    return Built(
        path=path,
        sha256=sha256_of(path),
        size=path.stat().st_size,
        records=sum(len(table.rows) for table in content.tables),
        withheld=sum(sum(table.withheld.values()) for table in content.tables),
        files=files,
    )


def _write(
    archive: Archive,
    content: PackageContent,
    tables: Sequence[Told],
    coverage: Sequence[CoverageLine],
    words: Words,
    folders: Sequence[Path],
) -> None:
    withheld = withheld_lines(content.tables, language=words.language, laws=content.laws)
    with archive.text("README.txt") as file:
        file.write(_readme(content, words, folders))
    with archive.text("index.html") as file:
        for piece in page(content, tables, coverage, withheld, words, folders):
            file.write(piece)
    for name, letter in (("letter.html", content.letter_html), ("letter.txt", content.letter_text)):
        with archive.text(name) as file:
            file.write(printable(letter, keep_newlines=True))
    write_about(archive, content, tables)
    write_coverage(archive, coverage, words)
    write_dictionary(archive, tables)
    write_withheld(archive, withheld, content.objection or words.text["objection"], words)
    for one in sorted(tables, key=lambda table: table.stem):
        write_data(archive, one)
    for one in sorted(tables, key=lambda table: table.stem):
        write_portable(archive, one)
    write_manifest(archive, content, words)
    write_sums(archive)


def _readme(content: PackageContent, words: Words, folders: Sequence[Path]) -> str:
    values = {
        "w": words.text,
        "case": content.case,
        "organisation": printable(content.organisation),
        "contact": [printable(line) for line in content.contact],
        "created": words.day(content.created_on),
        "expires": words.day(content.expires_on) if content.expires_on else "",
        "language": words.language,
    }
    return render(environment(folders, autoescape=False), "package/README.txt.j2", values)


def _refuse_what_must_not_leave(content: PackageContent) -> None:
    if any(table.record_set.secret for table in content.tables):
        raise Refused("A record set that the law keeps secret was to go into the package. No package was made.")
    has_table = {(table.record_set.source, table.record_set.name) for table in content.tables}
    short = [
        line for line in content.coverage if line.state == "searched" and line.found and _key(line) not in has_table
    ]
    if short:
        titles = ", ".join(printable(line.title) for line in short[:5])
        raise Refused(
            f"Records were found that the package would not hold or name: {titles}. No package was made.",
            hint="Look through them first: dsar review CASE",
        )


def _key(line: CoverageLine) -> tuple[str, str]:
    return (line.source, line.record_set)


def _counted(line: CoverageLine, tables: Sequence[Table]) -> CoverageLine:
    """The line with the count that the package itself shows, so that the difference betrays nothing."""
    for table in tables:
        if _key(line) == (table.record_set.source, table.record_set.name) and line.state == "searched":
            return replace(line, found=len(table.rows) + sum(table.withheld.values()))
    return line


def _stems(tables: Sequence[Table]) -> list[str]:
    """A path per table, plain ASCII, that no other table has even where capitals do not count."""
    taken: set[str] = set()
    stems = []
    for table in tables:
        first = f"{safe_name(table.record_set.source)}/{safe_name(table.record_set.name)}"
        stem, number = first, 1
        while stem.casefold() in taken:
            number += 1
            stem = f"{first}-{number}"
        taken.add(stem.casefold())
        stems.append(stem)
    return stems
