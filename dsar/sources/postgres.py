"""Searches PostgreSQL: identifiers go in by COPY to a temporary table, rows come out by COPY of one SELECT.

COPY is what the server's log never holds by value. What is asked is ``sql``, what counts as a match ``matching``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.case.records import RecordSet
from dsar.formats.plain import printable, shorten
from dsar.sources.connecting import engine_of, seconds_of
from dsar.sources.dialects import PostgresDialect
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Why
from dsar.sources.matching import Matcher
from dsar.sources.sql import Conditions, broken_promises, conditions, counting, irregular, quoted
from dsar.sources.table import Table, Values, parted

if TYPE_CHECKING:
    import psycopg

_WANTED = "pg_temp.dsar_wanted"
_TEMPORARY = "CREATE TEMPORARY TABLE dsar_wanted (list integer, value text) ON COMMIT DELETE ROWS"
# Where no temporary table can be made (a standby, a reader without that right) the lists are bound instead.
_BOUND = (
    "WITH dsar_wanted (list, value) AS MATERIALIZED (SELECT * FROM unnest(%(lists)s::integer[], %(values)s::text[]))"
)
SESSION = {
    "timezone": "UTC", "datestyle": "ISO, YMD", "intervalstyle": "postgres", "extra_float_digits": "1",
    # a list that does not fit is compared row by row; compiling costs more than one such search saves
    "work_mem": "64MB",
    "jit": "off",
}  # fmt: skip
_CATALOGUE = """
SELECT wanted.place, a.attname, format_type(a.atttypid, a.atttypmod),
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, 1, true) FROM pg_index i
             WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL)
FROM unnest(%s::text[], %s::text[]) AS wanted (place, name)
JOIN pg_class c ON c.oid = to_regclass(wanted.name)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY 1, a.attnum
"""
_NAMES = (
    "SELECT DISTINCT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^(pg_|information_schema)'"
)
_TEXT = re.compile(r"(text|citext|name|character|bpchar)\b(?!.*\[)")
_WHOLE = re.compile(r"(smallint|integer|bigint)$")
_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"}
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_SIGNS = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f", "v": "\v"}
_FETCH = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Select:
    """One search of one table; ``wanted`` is what names the lists in it."""

    columns: tuple[str, ...]
    text: str
    lists: Sequence[Sequence[str]]


class PostgresReader:
    """One PostgreSQL database, read and never written."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self._settings = settings
        self._seconds = seconds_of(settings)
        # says what to install where that is missing
        self._engine = engine_of(settings, home)
        from sqlalchemy import event

        self._temporary = True
        self._codec, self._raw = "utf-8", False
        event.listen(self._engine, "connect", self._prepare)

    def close(self) -> None:
        """Leave the server."""
        self._engine.dispose()

    def tables(self, places: Iterable[str]) -> dict[str, Table]:
        """The columns of these tables and views, by place; one statement for all."""
        wanted = {place: ".".join(quoted(part) for part in parted(place) if part) for place in places}
        found: dict[str, Table] = {}
        with self._session() as connection:
            for place, column, kind, indexes in connection.execute(_CATALOGUE, [[*wanted], [*wanted.values()]]):
                known = found.setdefault(
                    _word(place), Table(place=_word(place), indexes=frozenset(map(_word, indexes)))
                )
                known.columns[_word(column)] = _word(kind)
        return found

    def names(self) -> list[str]:
        """The tables and views there are, to guess what was meant."""
        with self._session() as connection:
            return [_word(name) for (name,) in connection.execute(_NAMES)]

    def count(self, table: Table, record_set: RecordSet) -> tuple[int, list[Problem]]:
        """How many rows there are, and where values are not in the normal form that the settings promise."""
        promised = irregular(record_set, PostgresDialect(table.columns, _WANTED))
        text = f"SELECT {counting(promised.values())} FROM {name_of(table.place)} AS t"
        with self._session() as connection:
            row = connection.execute(text).fetchone() or (0,)  # type: ignore[call-overload,unused-ignore]
        return int(row[0]), broken_promises(table.place, promised, row[1:])

    def rows(self, table: Table, matcher: Matcher) -> Iterator[Values]:
        """The candidates of one table: one statement in, one out."""
        with self._session() as connection:
            wanted = _WANTED if self._temporary else "dsar_wanted"
            select = _select(table, matcher, wanted)
            if not self._temporary:
                yield from self._bound(connection, select)
                return
            self._send(connection, select)
            with connection.cursor().copy(f"COPY ({select.text}) TO STDOUT") as copy:  # type: ignore[arg-type,unused-ignore]
                if self._raw:
                    yield from (self._read(select.columns, bytes(block)) for block in copy)
                    return
                copy.set_types(["text"] * len(select.columns))
                for row in copy.rows():
                    yield Values(dict(zip(select.columns, [cell or "" for cell in row], strict=True)))

    def _send(self, connection: psycopg.Connection[Any], select: _Select) -> None:
        with connection.cursor().copy(f"COPY {_WANTED} FROM STDIN") as copy:  # type: ignore[arg-type,unused-ignore]
            for number, values in enumerate(select.lists):
                lines = (f"{number}\t{escaped(value)}\n" for value in values if "\0" not in value)
                # what the database cannot write cannot stand in it
                copy.write("".join(lines).encode(self._codec, "ignore"))

    def _bound(self, connection: psycopg.Connection[Any], select: _Select) -> Iterator[Values]:
        pairs = [(number, value) for number, values in enumerate(select.lists) for value in values if "\0" not in value]
        text = f"{_BOUND} {select.text.replace('%', '%%')}"
        with connection.cursor("dsar_rows") as cursor:
            cursor.itersize = _FETCH
            cursor.execute(text, {"lists": [one for one, _ in pairs], "values": [value for _, value in pairs]})  # type: ignore[arg-type,unused-ignore]
            for row in cursor:
                yield Values(dict(zip(select.columns, (_word(value or "") for value in row), strict=True)))

    def _read(self, columns: Sequence[str], block: bytes) -> Values:
        # COPY's own escapes are plain ASCII, so they are taken out of the bytes, and only then is text made of them
        cells = [_cell(cell).encode("latin-1") for cell in block.decode("latin-1").removesuffix("\n").split("\t")]
        try:
            return Values(dict(zip(columns, [cell.decode(self._codec) for cell in cells], strict=True)))
        except UnicodeDecodeError:
            shown_cells = [cell.decode(self._codec, "backslashreplace") for cell in cells]
            return Values(dict(zip(columns, shown_cells, strict=True)), odd=True)

    def _prepare(self, connection: psycopg.Connection[Any], _record: object) -> None:
        """What a new connection is told once: how values are written, when to give up, where the lists go."""
        import psycopg

        connection.autocommit = True
        encoding = connection.info.parameter_status("server_encoding") or "UTF8"
        session = {**SESSION, "statement_timeout": f"{self._seconds}s"}
        if encoding != "UTF8":
            # the server would give up at a sign it cannot convert; here it is told with its record
            session["client_encoding"] = encoding
        told = ", ".join("set_config(%s, %s, false)" for _ in session)
        connection.execute(f"SELECT {told}", [word for pair in session.items() for word in pair])  # type: ignore[arg-type,unused-ignore]
        self._codec = "utf-8" if encoding in ("UTF8", "SQL_ASCII") else connection.info.encoding
        # only UTF-8 is checked by the server when it is stored, and sent as it is
        self._raw = encoding != "UTF8"
        try:
            connection.execute(_TEMPORARY)
            self._temporary = True
        except (psycopg.errors.ReadOnlySqlTransaction, psycopg.errors.InsufficientPrivilege):
            self._temporary = False
        connection.autocommit = False
        connection.read_only = True

    @contextmanager
    def _session(self) -> Iterator[psycopg.Connection[Any]]:
        """One read-only transaction; what fails is told in sentences, and its connection is not used again."""
        import psycopg
        from sqlalchemy.exc import DBAPIError

        try:
            pooled = self._engine.raw_connection()
        except DBAPIError as error:
            raise refused(self._settings, error.orig or error) from None
        except psycopg.Error as error:
            raise refused(self._settings, error) from None
        try:
            yield pooled.driver_connection  # type: ignore[misc]
        except psycopg.Error as error:
            pooled.invalidate()
            raise failed(self._settings, self._seconds, error) from None
        except BaseException:
            pooled.invalidate()
            raise
        finally:
            # ends the transaction
            pooled.close()


def _select(table: Table, matcher: Matcher, wanted: str) -> _Select:
    found = conditions(matcher, PostgresDialect(table.columns, wanted))
    chosen = ", ".join(shown(name, kind) for name, kind in table.columns.items())
    head = f"SELECT {chosen} FROM {name_of(table.place)} AS t"
    indexed = found.plain and all(_indexed(field.name, table) for field, _, _ in found.plain)
    text = _by_index(head, table, found, wanted) if indexed else f"{head} WHERE {found.where}"
    return _Select(columns=tuple(table.columns), text=text, lists=found.lists)


def _by_index(head: str, table: Table, found: Conditions, wanted: str) -> str:
    """One join per field, so that each can use its own index; a row that an earlier one gave is left out."""
    parts: list[str] = []
    earlier: list[str] = []
    for field, kind, number in found.plain:
        column = _compared(field.name, kind, table)
        whole = _WHOLE.match(table.columns[field.name])
        # a number can only be asked for a number
        value = "value::numeric::bigint" if whole else "value"
        only = " AND value ~ '^[0-9]{1,18}$'" if whole else ""
        listed = f"SELECT DISTINCT {value} AS value FROM {wanted} WHERE list = {number}{only}"
        skipped = "".join(f" AND {one} IS NOT TRUE" for one in earlier)
        parts.append(f"{head} JOIN ({listed}) AS w ON {column} = w.value WHERE true{skipped}")
        earlier.append(f"({column} IN ({listed}))")
    return " UNION ALL ".join(parts)


def _indexed(name: str, table: Table) -> bool:
    """Whether an index begins with this column, as it is or in lower case."""
    folded = rf'(lower\()?\(?"?{re.escape(name)}"?\)?(::text)?\)?'
    return any(re.fullmatch(folded, one) for one in table.indexes)


def _compared(name: str, kind: str, table: Table) -> str:
    """The column as an index has it: an e-mail in lower case unless the column itself has the index."""
    column = f"t.{quoted(name)}"
    if _WHOLE.match(table.columns[name]):
        return column
    if not _TEXT.match(table.columns[name]):
        return f"concat({column})"
    own = any(one.strip('"') == name for one in table.indexes)
    return f"lower({column}::text)" if kind == "email" and not own else f"{column}::text"


def shown(name: str, kind: str) -> str:
    """A column as text, nothing about it changed; what is no text is told by its size."""
    column = f"t.{quoted(name)}"
    if kind == "bytea":
        return f"'(binary, ' || octet_length({column}) || ' bytes)'"
    return f"{column}::text" if kind == "boolean" or _TEXT.match(kind) else f"concat({column})"


def _word(name: str | bytes) -> str:
    """A name from the catalogue, which a database without an encoding gives as bytes."""
    return name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name


def name_of(place: str) -> str:
    return ".".join(quoted(part) for part in parted(place) if part)


def escaped(value: str) -> str:
    """A value as COPY reads it."""
    return "".join(_ESCAPES.get(sign, sign) for sign in value)


def _cell(cell: str) -> str:
    if "\\" not in cell:
        return cell
    return "" if cell == "\\N" else _ESCAPED.sub(lambda found: _SIGNS.get(found[1], found[1]), cell)


_REFUSED: Mapping[str, tuple[Why, str]] = {
    "password": (Why.REFUSED, "the database did not accept the user or the password"),
    "no pg_hba.conf entry": (Why.REFUSED, "the database does not let this user in from this machine"),
    "does not exist": (Why.MISSING, "the server has no such database or user"),
    "refused": (Why.BROKEN, "nothing answers there: the connection was refused"),
    "No such file": (Why.BROKEN, "nothing answers there: the connection was refused"),
    "could not translate host": (Why.MISSING, "there is no machine of this name"),
    "failed to resolve host": (Why.MISSING, "there is no machine of this name"),
    "timeout": (Why.TIMEOUT, "the server did not answer"),
    "starting up": (Why.BROKEN, "the server is just starting: try again in a minute"),
    "too many": (Why.REFUSED, "the server has no connection left"),
}


def refused(settings: SourceSettings, error: BaseException) -> SourceFailed:
    """Why no connection was made. The server's own words are read, not repeated: they may name people."""
    words = str(error)
    # the driver is the only one to know, and it has no code for it
    for part, (why, says) in _REFUSED.items():
        if part in words:
            return SourceFailed(why, f"{settings.name}: {says}.")
    return SourceFailed(Why.BROKEN, f"{settings.name}: no connection to the database could be made.")


_FAILURES: Mapping[str, tuple[Why, str]] = {
    "42501": (Why.REFUSED, "the user of the settings may not read this table"),
    "42P01": (Why.BROKEN, "the table is gone"),
    "42703": (Why.BROKEN, "a column is gone"),
    "57014": (Why.TIMEOUT, "the database did not answer within {limit} s"),
    "55P03": (Why.TIMEOUT, "the table was locked by another program"),
    "40P01": (Why.TIMEOUT, "the table was locked by another program"),
    "40001": (Why.TIMEOUT, "the server called the search off: try again"),
    "53100": (Why.BROKEN, "the server's disk is full"),
    "53200": (Why.BROKEN, "the server is out of memory"),
    "XX001": (Why.BROKEN, "the database is damaged"),
    "22021": (Why.UNREADABLE, "it holds signs that are no text in its own encoding"),
    "22P05": (Why.UNREADABLE, "it holds signs that are no text in its own encoding"),
}


def failed(settings: SourceSettings, seconds: int, error: psycopg.Error) -> SourceFailed:
    """Why a search was given up, in words without personal data."""
    import psycopg

    code = error.sqlstate or ""
    if code.startswith(("57P", "08")) or (not code and isinstance(error, psycopg.OperationalError)):
        says = "the connection broke before everything was read"
        return SourceFailed(Why.BROKEN, f"{settings.name}: {says}. Nothing of it was kept.")
    why, says = _FAILURES.get(code, (Why.BROKEN, f"the database refused the search ({shorten(printable(code), 10)})"))
    return SourceFailed(why, f"{settings.name}: {says.format(limit=seconds)}.")
