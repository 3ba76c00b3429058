"""Searches PostgreSQL: identifiers go in by COPY, rows come out of one SELECT as they are found.

COPY is what the server's log never holds by value. The SELECT is ``postgres_select``, its rows ``postgres_rows``, what
counts as a match ``matching``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.case.records import RecordSet
from dsar.sources.batches import Aside, Batch, Rows
from dsar.sources.connecting import seconds_of
from dsar.sources.dialects import PostgresDialect
from dsar.sources.interface import Problem, SourceSettings
from dsar.sources.joined import JoinedRows
from dsar.sources.matching import Matcher
from dsar.sources.pending import pending
from dsar.sources.postgres_connecting import Connections
from dsar.sources.postgres_rows import joined_rows, odd_rows, rows_of
from dsar.sources.postgres_select import Select, array_of, escaped, name_of, select
from dsar.sources.sql import broken_promises, counting, irregular, quoted
from dsar.sources.table import Table, Values, parted

if TYPE_CHECKING:
    import psycopg

# COPY needs a table, and this one stays empty: each list becomes a setting, until the end of the transaction.
_TEMPORARY = "CREATE TEMPORARY TABLE dsar_wanted (name text, value text)"
_SET = "set_config(name, value, true)"
_COPIED = f"COPY pg_temp.dsar_wanted FROM STDIN WHERE {_SET} IS NULL"
# Where no temporary table can be made (a standby, a reader without that right) the lists are bound instead.
_BOUND = f"SELECT count({_SET}) FROM unnest(%s::text[], %s::text[]) AS wanted (name, value)"
SESSION = {
    "timezone": "UTC", "datestyle": "ISO, YMD", "intervalstyle": "postgres", "extra_float_digits": "1",
    # a list that does not fit is compared row by row; compiling costs more than one such search saves
    "work_mem": "64MB",
    "jit": "off",
}  # fmt: skip
# How many rows a list will find the server cannot know, guesses half of all, and would let one process read alone.
_READING = {"parallel_tuple_cost": "0"}
# Of a larger table the server may lose track of the rows that an index told it, and compare each with a whole list.
_MOST_PROBED = 4 << 30
_CATALOGUE = f"""
SELECT wanted.place, a.attname, format_type(a.atttypid, a.atttypmod),
       ARRAY(SELECT pg_get_indexdef(i.indexrelid, 1, true) FROM pg_index i
             WHERE i.indrelid = c.oid AND i.indisvalid AND i.indpred IS NULL),
       c.relkind = 'r' AND NOT c.relhassubclass AND pg_relation_size(c.oid) < {_MOST_PROBED} AND EXISTS (
           SELECT FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid JOIN pg_am m ON m.oid = x.relam
           JOIN pg_opclass o ON o.oid = i.indclass[0]
           WHERE i.indrelid = c.oid AND i.indkey[0] = a.attnum AND i.indcollation[0] = a.attcollation
           AND i.indisvalid AND i.indpred IS NULL AND m.amname = 'btree' AND o.opcdefault)
FROM unnest(%s::text[], %s::text[]) AS wanted (place, name)
JOIN pg_class c ON c.oid = to_regclass(wanted.name)
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY 1, a.attnum
"""
_NAMES = (
    "SELECT DISTINCT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname !~ '^(pg_|information_schema)'"
)


class PostgresReader:
    """One PostgreSQL database, read and never written."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self._seconds = seconds_of(settings)
        self._temporary = True
        self._codec, self._raw = "utf-8", False
        # says what to install where that is missing
        connections = Connections(settings, home, self._prepare)
        self._session, self.close = connections.session, connections.close

    def tables(self, places: Iterable[str]) -> dict[str, Table]:
        """The columns of these tables and views, by place; one statement for all."""
        wanted = {place: ".".join(quoted(part) for part in parted(place) if part) for place in places}
        found: dict[str, Table] = {}
        with self._session() as connection:
            rows = connection.execute(_CATALOGUE, [[*wanted], [*wanted.values()]]).fetchall()
        probed = [(place, _word(column)) for place, column, _, _, may_be in rows if may_be]
        for place, column, kind, indexes, _ in rows:
            table = Table(
                place=_word(place),
                indexes=frozenset(map(_word, indexes)),
                probed=frozenset(one for at, one in probed if at == place),
            )
            found.setdefault(table.place, table).columns[_word(column)] = _word(kind)
        return found

    def names(self) -> list[str]:
        """The tables and views there are, to guess what was meant."""
        with self._session() as connection:
            return [_word(name) for (name,) in connection.execute(_NAMES)]

    def count(self, table: Table, record_set: RecordSet) -> tuple[int, list[Problem]]:
        """How many rows there are, and where values are not in the normal form that the settings promise."""
        promised = irregular(record_set, PostgresDialect(table.columns))
        text = f"SELECT {counting(promised.values())} FROM {name_of(table.place)} AS t"
        with self._session() as connection:
            row = connection.execute(text).fetchone() or (0,)  # type: ignore[call-overload,unused-ignore]
        return int(row[0]), broken_promises(table.place, promised, row[1:])

    def rows(self, table: Table, matcher: Matcher) -> Iterator[Values]:
        """The candidates of one table: one statement in, one out."""
        with self._session() as connection:
            columns, text = self._asked(connection, select(table, matcher))
            if self._raw:
                for cells, odd in odd_rows(connection, text, self._codec):
                    yield Values(dict(zip(columns, cells, strict=True)), odd=odd)
                return
            for rows in rows_of(connection, text):
                yield from (Values(dict(zip(columns, row, strict=True))) for row in rows)

    def batches(self, table: Table, matcher: Matcher) -> Iterator[Rows | Aside] | None:
        """The same candidates many at once; None where the database does not check that its text is text."""
        return None if self._raw else self._batches(table, matcher)

    def _batches(self, table: Table, matcher: Matcher) -> Iterator[Rows | Aside]:
        with self._session() as connection:
            asked = select(table, matcher, joined=True)
            columns, text = self._asked(connection, asked)
            with pending(joined_rows(connection, text), connection.cancel_safe) as first:
                yield first
                for joined in first.rows():
                    rows, *cells = zip(*joined, strict=True)
                    again = dict(zip(asked.again, cells, strict=True))
                    batch = JoinedRows(columns=columns, rows=rows, name=table.place, again=again)
                    if not batch.parted:
                        break
                    yield batch
                else:
                    return
        yield from self._batches_by_cell(table, matcher)

    def _batches_by_cell(self, table: Table, matcher: Matcher) -> Iterator[Rows]:
        """All of them again, also what came before: of rows that come twice the search keeps one."""
        with self._session() as connection:
            columns, text = self._asked(connection, select(table, matcher))
            for rows in rows_of(connection, text):
                yield Batch(columns=columns, rows=rows, name=table.place)

    def _asked(self, connection: psycopg.Connection[Any], asked: Select) -> tuple[tuple[str, ...], str]:
        """What is left of a search once its lists are sent: they are long, and nobody needs them again."""
        self._send(connection, asked)
        return asked.columns, asked.text

    def _send(self, connection: psycopg.Connection[Any], asked: Select) -> None:
        # what the database cannot write cannot stand in it
        told = {
            f"dsar.wanted{number}": array_of(values).encode(self._codec, "ignore").decode(self._codec)
            for number, values in asked.lists.items()
        }
        told.update(asked.settings)
        if not self._temporary:
            connection.execute(_BOUND, [list(told), list(told.values())])
            return
        with connection.cursor().copy(_COPIED) as copy:
            for name, value in told.items():
                copy.write(f"{name}\t{escaped(value)}\n".encode(self._codec))

    def _prepare(self, connection: psycopg.Connection[Any]) -> None:
        """What a new connection is told once: how values are written, when to give up, where the lists go."""
        import psycopg

        connection.autocommit = True
        encoding = connection.info.parameter_status("server_encoding") or "UTF8"
        session = {**SESSION, **_READING, "statement_timeout": f"{self._seconds}s"}
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


def _word(name: str | bytes) -> str:
    """A name from the catalogue, which a database without an encoding gives as bytes."""
    return name.decode("utf-8", "backslashreplace") if isinstance(name, bytes) else name
