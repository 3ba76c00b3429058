"""Checks a package before it leaves: that it is the one built, that nothing is hidden in it, that nobody else is.

What is done about a fault is for the gates; a fault names the file and never the words it found.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import Disclose
from dsar.disclosure.container import Opened, container_faults, manifest_faults, manifest_of, open_package
from dsar.disclosure.fault import PackageFault as PackageFault
from dsar.disclosure.pages import page_faults
from dsar.disclosure.parts import MANIFEST, SUMS
from dsar.disclosure.people import Forbidden, Known, Looked
from dsar.disclosure.texts import cells, texts_of
from dsar.formats.tables import defuse

_NO_PEOPLE = frozenset({SUMS, MANIFEST})
_NO_NUMBERS = frozenset({"dictionary.csv", "coverage.csv", "withheld.csv"})
_SAYS = {
    "redacted": "Something that was removed stands in the package.",
    "other_email": "An e-mail address that is not the data subject's own and that nothing allows.",
    "other_phone": "A phone number that is not the data subject's own and that nothing allows.",
}


def check_package(
    path: Path,
    *,
    own: Sequence[Identifier],
    others: Sequence[str] = (),
    redacted: Sequence[str] = (),
    allowed: Sequence[str] = (),
    countries: Sequence[str] = (),
) -> list[PackageFault]:
    """Every fault of the package at ``path``; none means that it may be shown to the gate.

    ``own`` are the person's identifiers; ``others`` are other people's, and ``redacted`` what was cut or hidden:
    neither may stand anywhere, also not in a comment or attribute. ``allowed`` is what may: the organisation's and
    the authority's contacts, and what a rule or a person chose to show (see watch.py). ``countries`` (ISO 3166) are
    where numbers without a country code are read, the person's own if none is given.
    Raises InputWrong where it is no zip at all, or too large a one.
    """
    opened = open_package(path)
    with opened.archive:
        faults = [*container_faults(path, opened), *manifest_faults(opened)]
        known = Known(own, allowed, countries)
        looked = Looked(known, Forbidden((*others, *redacted), known))
        for name in opened.names:
            faults += _file_faults(opened, name, looked)
        faults += _never_faults(opened)
    return sorted(set(faults), key=lambda fault: (fault.file, fault.code, fault.says))


def _file_faults(opened: Opened, name: str, looked: Looked) -> Iterator[PackageFault]:
    raw = opened.read(name)
    if raw is None:
        return  # told already, with the hashes
    found = texts_of(name, raw)
    if found.unreadable:
        yield PackageFault(code="unreadable", says="The file is not what its name says.", file=name)
    people = name not in _NO_PEOPLE
    for where, text in found.strings:
        place = f"{name} {where}".strip()
        for code in looked.faults(text, people=people and where != "style", numbers=name not in _NO_NUMBERS):
            yield PackageFault(code=code, says=_SAYS[code], file=place)
        if name.endswith(".csv") and not found.unreadable and defuse(text) != text:
            yield PackageFault(code="formula", says="A cell would run as a formula in a spreadsheet.", file=place)
    if name.endswith((".html", ".htm", ".svg", ".xhtml")):
        yield from page_faults(name, raw.decode("utf-8", "replace"))


def _never_faults(opened: Opened) -> Iterator[PackageFault]:
    """Columns that are never disclosed and yet hold something other than the words that say so."""
    manifest = manifest_of(opened)
    if manifest is None or "dictionary.csv" not in opened.names:
        return
    words = {"", str(manifest.get("held_not_disclosed", ""))}
    never: dict[str, set[str]] = {}
    for _, row in _rows(opened, "dictionary.csv"):
        if len(row) > 6 and row[6] == str(Disclose.NEVER):
            never.setdefault(row[0], set()).add(row[1])
    for name in sorted(set(never) & set(opened.names)):
        heading: list[str] = []
        for line, row in _rows(opened, name):
            if not heading:
                heading = row
            elif any(cell not in words for column, cell in zip(heading, row, strict=False) if column in never[name]):
                yield PackageFault(
                    code="never", says="A field that is never disclosed holds a value.", file=f"{name} line {line}"
                )


def _rows(opened: Opened, name: str) -> list[tuple[int, list[str]]]:
    try:
        return list(cells((opened.read(name) or b"").decode("utf-8-sig", "replace")))
    except csv.Error:
        return []
