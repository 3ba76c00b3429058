"""Stands for a colleague who alone can look, and reads the answer they file.

Asking, chasing and dates are the workflow's; what leaves in the question is no more than ``least`` gives.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import InputWrong
from dsar.formats.charsets import decode
from dsar.formats.files import kind_words, read_limited, sha256_of, sniff
from dsar.formats.plain import printable, shorten
from dsar.formats.rows import Row
from dsar.formats.tables import DELIMITED, JSON_LINES, SHEETS, read_rows
from dsar.sources.columns import key_of
from dsar.sources.interface import AnswerAwaited, Problem, SourceSettings, Tested
from dsar.sources.unfinished import refuse_unfinished

MAX_TEXT = 10_000_000
ANSWER_DAYS = 5
_TABLES = (*DELIMITED, *JSON_LINES, ".json", *SHEETS)
# What a colleague is told first: what finds most and says least about anything else.
_PREFERRED = (
    "email", "customer_no", "account_id", "username", "phone", "record_id", "child_email", "device_id", "cookie", "ip"
)  # fmt: skip


class PersonSource:
    """Somebody who looks by hand, on paper or in a system nothing else reaches."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self.ask = settings.options.get("ask", settings.owner)
        self.answer_days = int(settings.options.get("answer_days", ANSWER_DAYS))

    def test(self) -> Tested:
        """There is nothing to open or count."""
        return Tested(source=self.settings.name, rows={})

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """Never searched: the answer is filed when the colleague gives it."""
        raise AnswerAwaited(f"{self.ask} has to look, and the answer is then filed.")


def least(identifiers: Sequence[Identifier]) -> Identifier | None:
    """The one identifier a colleague is given beside the case number: an e-mail address if there is one."""
    own = [one for one in identifiers if one.holder is Holder.PERSON and one.kind in _PREFERRED]
    return min(own, key=lambda one: (_PREFERRED.index(one.kind), one.until is not None), default=None)


def answered(
    settings: SourceSettings, record_set: RecordSet, file: Path, *, problems: list[Problem] | None = None
) -> Iterator[Record]:
    """The records a colleague filed: the rows of a table, or one record for a text.

    They carry no match, since a person chose them. Rows with faults are told in ``problems``; without that
    list they are refused. Raises InputWrong if the file cannot be read or, as a table, has none of the
    columns the record set describes.
    """
    refuse_unfinished(settings)
    name = shorten(printable(file.name), 80)
    if file.suffix.lower() in _TABLES:
        yield from _rows(settings, record_set, file, problems)
        return
    raw = read_limited(file, MAX_TEXT)
    kind = sniff(raw)
    if kind not in ("text", "mail", "json"):
        raise InputWrong(
            f"{name} is {kind_words(kind)}, and I read tables (CSV, Excel) and plain text. Nothing was filed.",
            hint="If nothing is held, file it as: none",
        )
    text, _ = decode(raw.removeprefix(b"\xef\xbb\xbf"), "")
    field = next((field.name for field in record_set.fields if field.text), "text")
    yield Record(key=f"sha256:{sha256_of(file)}", values={field: text}, matched=(), place=name)


def _rows(
    settings: SourceSettings, record_set: RecordSet, file: Path, problems: list[Problem] | None
) -> Iterator[Record]:
    name = shorten(printable(file.name), 80)
    options = settings.options
    table = read_rows(file, encoding=options.get("encoding"), delimiter=options.get("delimiter"))
    # taken whole before anything is judged: problems are complete, and the file closed, only at the end
    rows: list[Row] = list(table.rows)
    described = [field.name for field in record_set.fields]
    if not set(described) & set(table.columns):
        columns = ", ".join(described[:20])
        says = f"{name} has none of the columns described for {record_set.name}: {columns}."
        raise InputWrong(f"{says} Nothing was filed.")
    if table.problems and problems is None:
        first = table.problems[0]
        raise InputWrong(
            f"{name} could not be read whole: {len(table.problems)} problems, the first at line {first.line}: "
            f"{first.says} Nothing was filed.",
            hint="Ask for the file again, or correct it.",
        )
    if problems is not None:
        problems.extend(table.problems)
    for row in rows:
        place = f"{name} line {row.number}"
        yield Record(key=key_of(record_set, row.values) or place, values=row.values, matched=(), place=place)
