"""The review as a spreadsheet: written for a person to decide in, read back with a check that nothing moved."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

from dsar.case.facts import Decision
from dsar.errors import InputWrong
from dsar.formats.files import write_atomic
from dsar.formats.tables import read_rows, write_csv
from dsar.workflow.review import Item, Review

COLUMNS = ("finding", "record_set", "flagged", "proposed", "decision", "ground", "record", "version")
_WORDS = {"keep": Decision.DISCLOSE, **{decision.value: decision for decision in Decision}}


def write_sheet(review: Review, path: Path) -> int:
    """Write every finding to a CSV that opens right in a spreadsheet; gives the number of rows."""
    if path.suffix.casefold() != ".csv":
        raise InputWrong(
            "Not done: the sheet is written as .csv, which every spreadsheet opens.", hint="--export work.csv"
        )
    rows = [
        (
            item.finding.id,
            f"{item.finding.source}/{item.finding.record_set}",
            item.proposal.flagged,
            item.proposal.decision,
            item.decided[0] if item.decided else "",
            item.decided[1] if item.decided else item.proposal.ground,
            json.dumps(dict(item.finding.record.values), ensure_ascii=False),
            _version(item),
        )
        for item in review.items
    ]
    text = io.StringIO(newline="")
    write_csv(text, COLUMNS, rows, bom=True)
    write_atomic(path, text.getvalue())
    return len(rows)


def read_sheet(review: Review, path: Path) -> Iterator[tuple[str, Decision, str]]:
    """The decisions in a sheet; InputWrong for a row whose record changed since, or a word that is no decision."""
    items = {item.finding.id: item for item in review.items}
    table = read_rows(path)
    for row in table.rows:
        word = row.values.get("decision", "").strip().casefold()
        if not word:
            continue
        item = items.get(row.values.get("finding", ""))
        if item is None or row.values.get("version") != _version(item):
            raise InputWrong(
                f"{path.name} line {row.number}: that record changed since the sheet was written, or is another's. "
                "Nothing was decided.",
                hint="Write the sheet anew: dsar review CASE --export",
            )
        if word not in _WORDS:
            raise InputWrong(
                f'{path.name} line {row.number}: "{word}" is not a decision. Nothing was decided.',
                hint="The decisions are: keep, redact, withhold.",
            )
        yield item.finding.id, _WORDS[word], row.values.get("ground", "").strip()


def _version(item: Item) -> str:
    body = json.dumps(sorted(item.finding.record.values.items()), ensure_ascii=False)
    return hashlib.sha256(body.encode("utf-8")).hexdigest()[:12]
