"""Changes rows of a MariaDB or MySQL database: locked, told by their primary key, changed by one statement a batch.

What a step may touch was decided in the plan. What a foreign key
would change along is counted before: these servers do not tell it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dsar.sources.connecting import engine_of, seconds_of
from dsar.sources.dialects import backticked
from dsar.sources.interface import SourceSettings
from dsar.sources.mysql import failed, limit_of
from dsar.sources.mysql_select import BINARY, name_of, shown
from dsar.sources.table import parted
from dsar.sources.writing_checks import Unwritable
from dsar.sources.writing_target import LOCK_SECONDS, VIEW, Edit, Locked, Server, Target, refused_in_words, unchanged

_COLUMNS = """
SELECT c.column_name, c.data_type, c.is_nullable, c.column_key, c.table_schema, t.engine, t.table_type
FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name)
WHERE c.table_schema = COALESCE(NULLIF(%s, ''), DATABASE()) AND c.table_name = %s ORDER BY c.ordinal_position
"""
# Foreign keys of other tables by which a change here would change rows there.
_REACHING = """
SELECT k.constraint_schema, k.constraint_name, k.table_schema, k.table_name, k.column_name, k.referenced_column_name,
       r.delete_rule, r.update_rule
FROM information_schema.referential_constraints r
JOIN information_schema.key_column_usage k ON k.constraint_schema = r.constraint_schema
  AND k.constraint_name = r.constraint_name AND k.table_name = r.table_name
WHERE k.referenced_table_schema = %s AND k.referenced_table_name = %s
  AND (r.delete_rule NOT IN ('RESTRICT', 'NO ACTION') OR r.update_rule NOT IN ('RESTRICT', 'NO ACTION'))
ORDER BY k.constraint_schema, k.constraint_name, k.ordinal_position
"""
_CHANGED = "SHOW SESSION STATUS WHERE Variable_name IN ('Handler_write', 'Handler_update', 'Handler_delete')"
_STAYS = ("RESTRICT", "NO ACTION")
_REFUSED = {
    1451: "Other records still point to it (a foreign key)",
    1452: "It would point to a record that is not there (a foreign key)",
    1062: "Another record already has this value, and it must be unique",
    1048: "The column may not be empty",
    1364: "The column may not be empty",
    4025: "The column does not allow this value (a check of the database)",
    3819: "The column does not allow this value (a check of the database)",
    1644: "The database refuses it (a trigger)",
    1906: "The database refuses it (a column it computes itself)",
    3105: "The database refuses it (a column it computes itself)",
    1142: "The user of the settings may not change this table",
    1143: "The user of the settings may not change this column",
}
_VALUE = "The column does not allow this value (it is of another type, or too long)"
_VALUES = (1264, 1265, 1292, 1366, 1406, 1411, 3140)
_LOCKED = (1205, 1213, 1969, 3024)


class MysqlServer(Server):
    """One connection to a MariaDB or MySQL database that may write."""

    begins = "START TRANSACTION"

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self._settings = settings
        self._reaching: dict[str, list[tuple[str, ...]]] = {}
        self._engine = engine_of(settings, home)
        import pymysql
        from sqlalchemy.exc import DBAPIError

        try:
            self._pooled = self._engine.raw_connection()
        except (DBAPIError, pymysql.Error) as error:
            raise unchanged(failed(settings, LOCK_SECONDS, getattr(error, "orig", None) or error)) from None
        connection: Any = self._pooled.driver_connection
        self._connection = connection
        limit = limit_of(self._connection, seconds_of(settings))
        self._run(
            f"SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = {LOCK_SECONDS}, {limit}, "
            "sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')"
        )
        # as the search reads: no value is turned into a number or a date
        self._connection.decoders = {}
        self._connection.use_unicode = False

    def target(self, place: str) -> Target:
        """The table of this name; Unwritable where it is none."""
        rows = [[_word(cell) for cell in row] for row in self._run(_COLUMNS, parted(place))]
        if not rows or rows[0][6] != "BASE TABLE":
            raise Unwritable(VIEW)
        if rows[0][5].lower() != "innodb":
            raise Unwritable(f"Its table is of a kind ({rows[0][5]}) in which nothing can be taken back")
        columns = {row[0]: row[1] for row in rows}
        primary = tuple(row[0] for row in rows if row[3] == "PRI")
        found = [tuple(map(_word, row)) for row in self._run(_REACHING, (rows[0][4], parted(place)[1]))]
        self._reaching[place] = found
        return Target(
            place=place,
            columns=columns,
            identity=primary or tuple(columns),
            never_empty=frozenset(row[0] for row in rows if row[2] == "NO" and ("char" in row[1] or "text" in row[1])),
        )

    def lock(self, target: Target, keys: Sequence[Mapping[str, str]]) -> Iterable[Locked]:
        """The rows with these keys, locked until the transaction ends."""
        names = tuple(keys[0])
        if binary := [name for name in names if BINARY.fullmatch(target.columns[name])]:
            raise Unwritable(f'Its key "{binary[0]}" is no text, so the record cannot be told from others')
        plain = [tuple(key.values()) for key in keys if all(key.values())]
        # a key with an empty part, which no index finds
        gaps = [tuple(key.values()) for key in keys if not all(key.values())]
        columns = [backticked(name) for name in names]
        wanted = {tuple(key.values()) for key in keys}
        for some, chosen in (
            (plain, columns),
            (gaps, [f"COALESCE(CONVERT({one} USING utf8mb4), '')" for one in columns]),
        ):
            if some:
                where, values = _among(chosen, some)
                # a database that compares less strictly finds others too
                yield from (
                    row
                    for row in self._locked(target, where, values)
                    if tuple(row.values[one] for one in names) in wanted
                )

    def _locked(self, target: Target, where: str, values: Sequence[object]) -> Iterator[Locked]:
        chosen = ", ".join(
            [shown(name, kind) for name, kind in target.columns.items()] + [backticked(one) for one in target.identity]
        )
        text = f"SELECT {chosen} FROM {name_of(target.place)} WHERE {where} FOR UPDATE"
        width = len(target.columns)
        for row in self._run(text, values):
            shown_cells = ["" if cell is None else cell.decode("utf-8", "backslashreplace") for cell in row[:width]]
            own = tuple(
                cell if cell is None or BINARY.fullmatch(target.columns[name]) else _word(cell)
                for name, cell in zip(target.identity, row[width:], strict=True)
            )
            yield Locked(own, dict(zip(target.columns, shown_cells, strict=True)))

    def delete(self, target: Target, rows: Sequence[Locked]) -> int:
        """Delete these rows in one statement; returns how many other rows that changes."""
        where, values = _these(target, rows)
        reached = self._reached(target, where, values, 6, tuple(target.columns))
        text = f"DELETE FROM {name_of(target.place)} WHERE {where}"
        return reached + self._write(text, values, len(rows))

    def change(self, target: Target, names: Sequence[str], edits: Sequence[Edit]) -> int:
        """Change these columns of each edit's rows in one statement; returns how many other rows that changes."""
        rows = [row for edit in edits for row in edit.rows]
        where, values = _these(target, rows)
        reached = self._reached(target, where, values, 7, names)
        sets: list[str] = []
        new: list[object] = []
        for name in names:
            cases = [(row, target.stored(name, edit.step.after[name])) for edit in edits for row in edit.rows]
            if len({value for _, value in cases}) == 1:
                sets.append(f"{backticked(name)} = %s")
                new.append(cases[0][1])
                continue
            arms = []
            for row, value in cases:
                one, its = _these(target, [row])
                arms.append(f"WHEN {one} THEN %s")
                new += [*its, value]
            sets.append(f"{backticked(name)} = CASE {' '.join(arms)} END")
        text = f"UPDATE {name_of(target.place)} SET {', '.join(sets)} WHERE {where}"
        return reached + self._write(text, [*new, *values], len(rows))

    def _reached(self, target: Target, where: str, values: Sequence[object], rule: int, names: Sequence[str]) -> int:
        """How many rows of other tables a foreign key would change along."""
        found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
        for row in self._reaching[target.place]:
            if row[rule] not in _STAYS:
                found.setdefault(row[:4], []).append((row[4], row[5]))
        count = 0
        for (_, _, schema, table), pairs in found.items():
            if any(own in names for _, own in pairs):
                theirs = ", ".join(backticked(one) for one, _ in pairs)
                own = ", ".join(backticked(one) for _, one in pairs)
                rows = f"SELECT {own} FROM {name_of(target.place)} WHERE {where}"
                other = f"{backticked(schema)}.{backticked(table)}"
                text = f"SELECT count(*) FROM {other} WHERE ({theirs}) IN ({rows})"
                count += int(self._run(text, values)[0][0])
        return count

    def _write(self, text: str, values: Sequence[object], rows: int) -> int:
        before = self._handled()
        with self._told(), self._connection.cursor() as cursor:
            cursor.execute(text, list(values))
            if cursor.rowcount != rows:
                raise Unwritable("The database kept it from being changed, or has rows that nothing tells apart")
        # a trigger's own changes are counted, a row that was so already is not
        return max(0, self._handled() - before - rows)

    def _handled(self) -> int:
        return sum(int(count) for _, count in self._run(_CHANGED))

    def _run(self, text: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with self._told(), self._connection.cursor() as cursor:
            cursor.execute(text, list(values) or None)
            return list(cursor.fetchall()) if cursor.description else []

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turns what the server says into sentences: Unwritable for one step, SourceFailed for all that follow."""
        import pymysql

        name = self._settings.name
        try:
            yield
        except (pymysql.Error, OSError) as error:
            number = error.args[0] if error.args else 0
            if says := _REFUSED.get(number):
                raise Unwritable(says) from None
            if number in _VALUES:
                raise Unwritable(_VALUE) from None
            says = f"it refused, or the connection broke ({number})"
            raise refused_in_words(name, LOCK_SECONDS if number in _LOCKED else 0, says) from None


def _these(target: Target, rows: Sequence[Locked]) -> tuple[str, list[object]]:
    """The condition for exactly these rows, and its values."""
    columns = [backticked(name) for name in target.identity]
    if any(value is None for row in rows for value in row.identity):
        arm = " AND ".join(f"{one} <=> %s" for one in columns)
        return "(" + " OR ".join(f"({arm})" for _ in rows) + ")", [value for row in rows for value in row.identity]
    return _among(columns, [row.identity for row in rows])


def _among(columns: Sequence[str], rows: Sequence[tuple[object, ...]]) -> tuple[str, list[object]]:
    """Columns together equal to one of these rows."""
    marks = f"({', '.join(['%s'] * len(columns))})" if len(columns) > 1 else "%s"
    left = f"({', '.join(columns)})" if len(columns) > 1 else columns[0]
    return f"{left} IN ({', '.join([marks] * len(rows))})", [value for row in rows for value in row]


def _word(cell: object) -> str:
    return "" if cell is None else cell.decode("utf-8", "backslashreplace") if isinstance(cell, bytes) else str(cell)
