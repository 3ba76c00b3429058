"""A workspace to write source files and data into, and a short way to say who is looked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from dsar.case.identifiers import Identifier, identifier
from dsar.sources.interface import Source
from dsar.sources.registry import open_source
from dsar.sources.settings import load_sources


class Office:
    """A workspace under test: put data and settings in, get opened sources out."""

    def __init__(self, home: Path) -> None:
        self.home = home
        # what was started for it, to be stopped at the end
        self.closers: list[Callable[[], None]] = []
        (home / "data").mkdir()
        (home / "sources").mkdir()

    def close(self) -> None:
        """Stop what was started."""
        while self.closers:
            self.closers.pop()()

    def database(self, name: str, tables: Mapping[str, Sequence[Mapping[str, object]]]) -> Path:
        """Write a SQLite file with untyped columns."""
        path = self.home / "data" / name
        with closing(sqlite3.connect(path)) as connection, connection:
            for table, rows in tables.items():
                columns = [f'"{column}"' for column in rows[0]]
                connection.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')
                marks = ", ".join("?" * len(columns))
                insert = " ".join(["INSERT INTO", f'"{table}"', "VALUES", f"({marks})"])
                connection.executemany(insert, [list(row.values()) for row in rows])
        return path

    def describe(self, name: str, toml: str) -> None:
        """Write a source file."""
        (self.home / "sources" / f"{name}.toml").write_text(toml, encoding="utf-8")

    def sources(self) -> list[Source]:
        """Every source, opened as the program opens them."""
        return [open_source(one, self.home) for one in load_sources(self.home / "sources")]

    def source(self, name: str) -> Source:
        """The source of this name."""
        return next(source for source in self.sources() if source.settings.name == name)


def who(kind: str, raw: str, **more: object) -> Identifier:
    """An identifier as a request gives it."""
    found = identifier(kind, raw, country="US")
    assert found is not None
    return replace(found, **more)  # type: ignore[arg-type]


def field(name: str, *settings: str) -> str:
    """One described field, as TOML."""
    return "\n".join(["[[record_set.field]]", f'name = "{name}"', f'meaning = "{name}"', *settings]) + "\n"


ROLE = '[[record_set.role]]\nrole = "controller"\npurpose = "service"\n'


def record_set(name: str, *fields: str, more: str = "", roles: str = ROLE, key: str = "id") -> str:
    """One record set, as TOML."""
    head = f'[[record_set]]\nname = "{name}"\ntitle = "{name}"\nkey = ["{key}"]\n{more}\n'
    return "\n".join([head, roles, *fields])


def source_file(*record_sets: str, kind: str = "sqlite", path: str = "data/crm.sqlite", more: str = "") -> str:
    """A source file, as TOML."""
    head = f'[source]\nkind = "{kind}"\ntitle = "CRM"\nowner = "luis"\npath = "{path}"\ncountry = "US"\n{more}\n'
    return "\n".join([head, *record_sets])


def kind_of(kind: str, *more: str) -> list[str]:
    """The settings of a field that is searched by."""
    return [f'identifies = "{kind}"', "match = true", *more]
