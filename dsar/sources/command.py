"""Searches whatever a program can reach: it gets the identifiers as JSON and answers with records, one JSON a line.

The program is told on its standard input, in one line of JSON::

    {"schema": "dsar.find/1", "do": "find", "source": "crm", "record_set": "people", "place": "...",
     "fields": ["id", "email"],
     "identifiers": [{"kind": "email", "value": "ana@example.com", "raw": "Ana@Example.com",
                      "since": null, "until": null}]}

``value`` is the normal form (an e-mail folded, a phone number as E.164), ``raw`` as the person wrote it. With
``"do": "count"`` (``dsar source test``) there are no identifiers, and the one answer is ``{"rows": 1234}``.

It answers on its standard output with one JSON object a line, a record each, its names those of the settings (a
field inside another is named with a dot there). It may answer with too much: only records that carry one of the
identifiers are taken. A record that carries none, yet is the person's, says for which: ``"_identifier": "<value>"``.

It ends with one of these codes; after any other than 0 nothing it said is used, and the search says why:

====  ==============================================================================
0     done: these are all records there are
1     broken; so is any code not listed here
2     the settings are wrong
3     nothing may be told (no permission)
4     only a part could be read
75    busy or not to be reached: try again later
====  ==============================================================================

``path`` is the program (with a ``/``: a file, relative to the workspace; else looked up on the search path), started
without a shell in the workspace's folder. Options: ``arguments``; ``timeout_seconds`` (300); and names in capital
letters, which the program finds in its environment. A secret is given by reference: ``CRM_TOKEN = "env:CRM_TOKEN"``.
Of our own environment it gets only what finds programs and languages. What it writes on its error output is thrown
away, for it may hold personal data: a program keeps a log of its own.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import Match, Record, RecordSet
from dsar.formats.json_rows import read_object, row_of
from dsar.formats.plain import printable, shorten
from dsar.formats.rows import MAX_ROWS, Problem
from dsar.sources.columns import key_of
from dsar.sources.files import flattened
from dsar.sources.interface import SourceFailed, SourceSettings, Tested, Why, located
from dsar.sources.matching import Matcher, family
from dsar.sources.options import Options
from dsar.sources.programs import PATH, Ended, Program
from dsar.sources.secrets import REFERENCES, secret

TIME_LIMIT = 300
MAX_OUTPUT = 2_000_000_000
FOR = "_identifier"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]*")
_OPTIONS = {"arguments", "timeout_seconds", "read_only"}
_CODES = {
    2: (Why.BROKEN, "it says that its settings are wrong (code 2)"),
    3: (Why.REFUSED, "it may not tell us anything (code 3)"),
    4: (Why.BROKEN, "it could read only a part (code 4), and a part is no answer"),
    75: (Why.TIMEOUT, "it is busy or cannot be reached; try again later (code 75)"),
}


class CommandSource:
    """A program that searches for us; a record set is what it answers to the record set's name and place."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._home = home

    def test(self) -> Tested:
        """Have the program count each record set; one that answers without a number is not counted."""
        rows = {}
        for record_set in self.settings.record_sets:
            for answer in self._answers(record_set, "count", ()):
                count = answer.get("rows")
                if not isinstance(count, int) or isinstance(count, bool) or count < 0:
                    raise self._failed(Why.BROKEN, 'its count is not an object {"rows": number}')
                rows[record_set.name] = count
        return Tested(source=self.settings.name, rows=rows)

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One run for all identifiers; every record is compared exactly or says for which identifier it is."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        nested = [field.name for field in record_set.fields if "." in field.name]
        wanted = [one for several in matcher.wanted.values() for ones in several.values() for one in ones]
        fitted = records = 0
        for number, answer in enumerate(self._answers(record_set, "find", wanted), start=1):
            named = answer.pop(FOR, None)
            row = row_of(number, answer)
            values = flattened(row, nested) if nested else row.values
            records += 1
            fitted += any(field.name in values for field in record_set.fields)
            if matched := self._named(wanted, named) or matcher.match(values):
                place = f"{self.settings.name} answer {number}"
                yield Record(key=key_of(record_set, values), values=values, matched=matched, place=place)
        if records and not fitted:
            raise self._failed(Why.BROKEN, f"its records have none of the fields described for {record_set.name}")

    def _named(self, wanted: Sequence[Identifier], named: object) -> tuple[Match, ...]:
        """The reason that the program gives itself for a record."""
        if named is None:
            return ()
        own = [one for one in wanted if one.value == named]
        if not own:
            raise self._failed(Why.BROKEN, f'a record names in "{FOR}" what it was not asked for')
        return tuple(Match(field=FOR, kind=one.kind, value=one.value, how="exact") for one in own[:1])

    def _answers(
        self, record_set: RecordSet, do: str, identifiers: Sequence[Identifier]
    ) -> Iterator[dict[str, object]]:
        options = Options(self.settings.name, {**self.settings.options, **record_set.options})
        options.known({*_OPTIONS, *(name for name in options.values if _VARIABLE.fullmatch(name))})
        seconds = options.number("timeout_seconds", TIME_LIMIT, 1, 86_400)
        program = Program(
            self._words(options), self._environment(options), folder=self._home, seconds=seconds, limit=MAX_OUTPUT
        )
        try:
            for number, line in enumerate(program.lines(_asked(record_set, do, identifiers)), start=1):
                if number > MAX_ROWS:
                    raise self._failed(Why.BROKEN, f"it answered with more than {MAX_ROWS:,} records")
                yield self._read(number, line)
        except Ended as ended:
            raise self._failed(ended.why, ended.says) from ended
        if program.code:
            why, says = _CODES.get(program.code, (Why.BROKEN, f"it broke off (code {program.code})"))
            raise self._failed(why, says)

    def _read(self, number: int, line: bytes) -> dict[str, object]:
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise self._failed(Why.BROKEN, f"line {number} of its answer is not UTF-8") from None
        found = read_object(text)
        if found is None:
            raise self._failed(Why.BROKEN, f"line {number} of its answer is not one JSON object")
        return found

    def _words(self, options: Options) -> list[str]:
        program = self.settings.path
        if not program:
            raise options.wrong('"path" is missing: which program?')
        shown = shorten(printable(program), 80)
        found = str(located(self._home, program)) if "/" in program else shutil.which(program, path=PATH)
        if not found or not Path(found).is_file():
            raise SourceFailed(Why.MISSING, f"{self.settings.name}: there is no file {shown}.")
        try:
            return [found, *shlex.split(options.text("arguments"))]
        except ValueError:
            raise options.wrong('the quotation marks in "arguments" do not fit.') from None

    def _environment(self, options: Options) -> Mapping[str, str]:
        found = {}
        for name, value in options.values.items():
            if _VARIABLE.fullmatch(name):
                referred = value.startswith(REFERENCES)
                found[name] = secret(value, home=self._home, source=self.settings.name) if referred else value
        return found

    def _failed(self, why: Why, says: str) -> SourceFailed:
        shown = shorten(printable(Path(self.settings.path).name), 60)
        return SourceFailed(why, f"{self.settings.name}: the program {shown} gave no whole answer: {says}.")


def _asked(record_set: RecordSet, do: str, identifiers: Sequence[Identifier]) -> bytes:
    question = {
        "schema": "dsar.find/1",
        "do": do,
        "source": record_set.source,
        "record_set": record_set.name,
        "place": record_set.place,
        "fields": [field.name for field in record_set.fields],
        "identifiers": [
            {
                "kind": family(one.kind),
                "value": one.value,
                "raw": one.raw,
                "since": one.since.isoformat() if one.since else None,
                "until": one.until.isoformat() if one.until else None,
            }
            for one in identifiers
        ],
    }
    return json.dumps(question, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
