"""Writes the conditions of a search as each kind of database understands them.

Which conditions there are is ``sql``. Names are quoted; no value is ever part of the text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from dsar.sources.sql import quoted

_FOREIGN_DIGITS = "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\uff10-\uff19"
_PUNCTUATED = "^[^+0-9]|[+0-9][^0-9]"
# Of these types the text that PostgreSQL casts to is the text it shows.
_TEXTUAL = re.compile(r"(text|citext|name|character|boolean)\b(?!.*\[)")


class SqliteDialect:
    """Lists are bound one by one as JSON: list 0 is ``?1``."""

    def text(self, name: str) -> str:
        return quoted(name)

    def whole(self, name: str) -> str:
        return f"CAST({quoted(name)} AS TEXT)"

    def trimmed(self, text: str) -> str:
        return f"trim({text})"

    def any_of(self, text: str, number: int) -> str:
        return f"{text} IN (SELECT value FROM json_each(?{number + 1}))"

    def holds_any(self, text: str, number: int) -> str:
        return f"EXISTS (SELECT 1 FROM json_each(?{number + 1}) AS needle WHERE instr({text}, needle.value))"

    def holds(self, text: str, sign: str) -> str:
        return f"instr({text}, '{sign}')"

    def beyond(self, text: str, signs: str) -> str:
        return f"{text} GLOB '*[^{signs}]*'"

    def punctuated(self, text: str) -> str:
        return f"({text} GLOB '[^+0-9]*' OR {text} GLOB '?*[^0-9]*')"

    def ends_beyond(self, text: str, signs: str) -> str:
        return f"{text} GLOB '*[^{signs}]'"

    def digits(self, text: str, least: int) -> str:
        return f"{text} GLOB '*{'[0-9]*' * least}'"

    def foreign_digits(self, text: str) -> str:
        return f"{text} GLOB '*[{_FOREIGN_DIGITS}]*'"

    def without(self, text: str, signs: str) -> str:
        for sign in signs:
            text = f"replace({text}, '{sign}', '')"
        return text

    def last(self, text: str, length: int) -> str:
        return f"substr({text}, -{length})"


@dataclass(frozen=True, slots=True)
class PostgresDialect:
    """Lists are arrays in settings of the transaction; ``types`` are the columns' as the catalogue names them."""

    types: Mapping[str, str]

    def text(self, name: str) -> str:
        # concat() gives what COPY shows; a cast adds the mask to an inet
        cast = _TEXTUAL.match(self.types.get(name, "text"))
        return f"t.{quoted(name)}::text" if cast else f"nullif(concat(t.{quoted(name)}), '')"

    def whole(self, name: str) -> str:
        return self.text(name)

    def trimmed(self, text: str) -> str:
        # whatever the column's own order: letters of other scripts are looked at by themselves
        return f'btrim({text}) COLLATE "C"'

    def listed(self, number: int) -> str:
        """A list as a table ``w`` with the one column ``value``; parallel workers have the same settings."""
        return f"unnest(current_setting('dsar.wanted{number}')::text[]) AS w (value)"

    def any_of(self, text: str, number: int) -> str:
        return f"{text} IN (SELECT value FROM {self.listed(number)})"

    def holds_any(self, text: str, number: int) -> str:
        # read once into an array; asked row by row, the whole list would be read for each
        listed = f"SELECT '%' || replace(value, '\\', '\\\\') || '%' FROM {self.listed(number)}"
        return f"{text} LIKE ANY (ARRAY({listed}))"

    def holds(self, text: str, sign: str) -> str:
        return f"position('{sign}' IN {text}) > 0"

    def beyond(self, text: str, signs: str) -> str:
        return f"{text} ~ '[^{signs}]'"

    def punctuated(self, text: str) -> str:
        # bytes are compared in half the time that a pattern takes
        return f"(btrim(textsend({text}), '0123456789') NOT IN ('', '+') OR {text} LIKE '_%+%')"

    def ends_beyond(self, text: str, signs: str) -> str:
        return f"right({text}, 1) ~ '[^{signs}]'"

    def digits(self, text: str, least: int) -> str:
        return f"{text} ~ '{'[0-9].*' * least}'"

    def foreign_digits(self, text: str) -> str:
        return f"{text} ~ '[{_FOREIGN_DIGITS}]'"

    def without(self, text: str, signs: str) -> str:
        return f"translate({text}, '{signs}', '')"

    def last(self, text: str, length: int) -> str:
        return f"right({text}, {length})"


class MysqlDialect:
    """Lists are common table expressions ``w0``, ``w1`` ...; a percent sign is doubled for the driver."""

    def text(self, name: str) -> str:
        # one character set and one strict order, whatever the columns have
        return f"CONVERT({backticked(name)} USING utf8mb4) COLLATE utf8mb4_bin"

    def whole(self, name: str) -> str:
        return self.text(name)

    def trimmed(self, text: str) -> str:
        return f"TRIM({text})"

    def any_of(self, text: str, number: int) -> str:
        return f"{text} IN (SELECT v FROM w{number})"

    def holds_any(self, text: str, number: int) -> str:
        return f"EXISTS (SELECT 1 FROM w{number} WHERE INSTR({text}, v) > 0)"

    def holds(self, text: str, sign: str) -> str:
        return f"INSTR({text}, '{sign}') > 0"

    def beyond(self, text: str, signs: str) -> str:
        return f"{text} REGEXP '[^{signs}]'"

    def punctuated(self, text: str) -> str:
        return f"{text} REGEXP '{_PUNCTUATED}'"

    def ends_beyond(self, text: str, signs: str) -> str:
        return f"{text} REGEXP '[^{signs}]$'"

    def digits(self, text: str, least: int) -> str:
        return f"{text} REGEXP '{'[0-9][^0-9]*' * least}'"

    def foreign_digits(self, text: str) -> str:
        return f"{text} REGEXP '[{_FOREIGN_DIGITS}]'"

    def without(self, text: str, signs: str) -> str:
        for sign in signs:
            text = f"REPLACE({text}, '{sign}', '')"
        return text

    def last(self, text: str, length: int) -> str:
        return f"RIGHT({text}, {length})"


@dataclass(frozen=True, slots=True)
class SparkDialect:
    """Lists stand in a view of the session; ``types`` are the columns' as the schema names them."""

    types: Mapping[str, str]
    wanted: str

    def text(self, name: str) -> str:
        column, kind = f"t.{ticked(name)}", self.types.get(name, "string")
        if kind == "string":
            return column
        if kind == "binary":
            return f"CONCAT('(binary, ', OCTET_LENGTH({column}), ' bytes)')"
        # a cast would write a list of texts so that nobody can tell where one ends
        inner = kind.startswith(("array", "map", "struct", "variant"))
        return f"TO_JSON({column}, MAP('ignoreNullFields', 'false'))" if inner else f"CAST({column} AS STRING)"

    def whole(self, name: str) -> str:
        return self.text(name)

    def trimmed(self, text: str) -> str:
        return f"TRIM({text})"

    def any_of(self, text: str, number: int) -> str:
        return f"{text} IN (SELECT value FROM {self.wanted} WHERE list = {number})"

    def holds_any(self, text: str, number: int) -> str:
        return f"EXISTS (SELECT 1 FROM {self.wanted} AS w WHERE w.list = {number} AND INSTR({text}, w.value) > 0)"

    def holds(self, text: str, sign: str) -> str:
        return f"INSTR({text}, '{sign}') > 0"

    def beyond(self, text: str, signs: str) -> str:
        return f"{text} RLIKE '[^{signs}]'"

    def punctuated(self, text: str) -> str:
        return f"{text} RLIKE '{_PUNCTUATED}'"

    def ends_beyond(self, text: str, signs: str) -> str:
        return f"{text} RLIKE '[^{signs}]$'"

    def digits(self, text: str, least: int) -> str:
        return f"{text} RLIKE '{'[0-9][^0-9]*' * least}'"

    def foreign_digits(self, text: str) -> str:
        return f"{text} RLIKE '[{_FOREIGN_DIGITS}]'"

    def without(self, text: str, signs: str) -> str:
        return f"TRANSLATE({text}, '{signs}', '')"

    def last(self, text: str, length: int) -> str:
        return f"RIGHT({text}, {length})"


@dataclass(frozen=True, slots=True)
class TrinoDialect:
    """Lists are common table expressions: ``sums{n}`` of checksums, ``parts{n}`` one row with an array of texts.

    Whoever may look at a Trino sees its statements with what was bound: equal values are therefore compared by
    their checksum, which is short and finds few too many. ``summed`` and ``parted`` are the lists asked for so.
    ``types`` are the columns' as the catalogue names them.
    """

    types: Mapping[str, str]
    summed: set[int] = field(default_factory=set)
    parted: set[int] = field(default_factory=set)

    def text(self, name: str) -> str:
        column, kind = f"t.{quoted(name)}", self.types.get(name, "varchar")
        if kind.startswith("varchar"):
            return column
        if kind == "varbinary":
            return f"'(binary, ' || CAST(length({column}) AS varchar) || ' bytes)'"
        if kind == "json":
            return f"json_format({column})"
        if kind.startswith(("array(", "map(", "row(")):
            return f"json_format(CAST({column} AS json))"
        return f"CAST({column} AS varchar)"

    def whole(self, name: str) -> str:
        return self.text(name)

    def trimmed(self, text: str) -> str:
        return f"trim({text})"

    def any_of(self, text: str, number: int) -> str:
        self.summed.add(number)
        return f"crc32(to_utf8({text})) IN (SELECT v FROM sums{number})"

    def holds_any(self, text: str, number: int) -> str:
        self.parted.add(number)
        return f"cardinality(filter((SELECT v FROM parts{number}), v -> strpos({text}, v) > 0)) > 0"

    def holds(self, text: str, sign: str) -> str:
        return f"strpos({text}, '{sign}') > 0"

    def beyond(self, text: str, signs: str) -> str:
        return f"regexp_like({text}, '[^{signs}]')"

    def punctuated(self, text: str) -> str:
        return f"regexp_like({text}, '{_PUNCTUATED}')"

    def ends_beyond(self, text: str, signs: str) -> str:
        return f"regexp_like({text}, '[^{signs}]$')"

    def digits(self, text: str, least: int) -> str:
        return f"regexp_like({text}, '{'[0-9][^0-9]*' * least}')"

    def foreign_digits(self, text: str) -> str:
        return f"regexp_like({text}, '[{_FOREIGN_DIGITS}]')"

    def without(self, text: str, signs: str) -> str:
        return f"translate({text}, '{signs}', '')"

    def last(self, text: str, length: int) -> str:
        # counted from the end, a shorter text would be none at all
        return f"substr({text}, greatest(length({text}) - {length - 1}, 1))"


def ticked(name: str) -> str:
    """A name as Spark writes it."""
    return "`" + name.replace("`", "``") + "`"


def backticked(name: str) -> str:
    """A name as MariaDB and MySQL write it; a percent sign is doubled for the driver."""
    return "`" + name.replace("`", "``").replace("%", "%%") + "`"
