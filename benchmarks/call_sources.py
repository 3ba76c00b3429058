"""Describes what ``calls`` made as sources of dsar, in the files a person would have written."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.calls import COLUMNS

_ROLE = '[[record_set.role]]\nrole = "controller"\npurpose = "telephone service"\n'

_TIMES = 'time = "start_time"\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One field of a record set, with what else its table in the file says."""

    name: str
    meaning: str
    more: str = ""


def _identifies(kind: str, more: str = "") -> str:
    return f'identifies = "{kind}"\nmatch = true\n{more}'


# What the settings may promise of numbers that are all kept as E.164, as a switch writes them.
_NORMAL = 'normal = "e164"\n'


def _calls(*, normal: bool) -> list[Column]:
    phone = _identifies("phone", _NORMAL if normal else "")
    searched = {"from_number": phone, "to_number": phone}
    return [Column(name=name, meaning=name.replace("_", " "), more=searched.get(name, "")) for name in COLUMNS]


_TICKETS = [
    Column(name="opened_on", meaning="day it came"),
    Column(name="body", meaning="what was written", more="text = true\n"),
]
_ACCOUNTS = [
    Column(name="account_id", meaning="number of the account", more=_identifies("account_id", "emits = true\n")),
    Column(name="email", meaning="address to write to", more=_identifies("email")),
    Column(name="name", meaning="whose it is"),
]
_NUMBERS = [
    Column(name="number", meaning="a number of theirs", more=_identifies("phone", f"emits = true\n{_NORMAL}")),
    Column(name="account_id", meaning="number of the account", more=_identifies("account_id")),
]


def describe_calls(home: Path, path: str, *, kind: str, normal: bool = True, options: str = "") -> None:
    """A source with the calls alone; ``normal`` promises that their numbers are kept in normal form."""
    described = _record_set("calls", "call_id", _calls(normal=normal), _TIMES)
    _write(home, "calls", _source(kind, path, options) + described)


def describe_tickets(home: Path, path: Path) -> None:
    """A source with the letters to the help desk."""
    _write(home, "tickets", _source("jsonl", str(path)) + _record_set("tickets", "ticket_id", _TICKETS))


def describe_links(home: Path, folder: Path) -> None:
    """A source that leads from an e-mail address to the account, and from there to its numbers."""
    _write(home, "crm", _source("csv", "") + _links(folder / "accounts.csv", folder / "numbers.csv"))


def describe_database(home: Path, address: str, options: str) -> None:
    """The accounts, their numbers and the calls as three tables of one database."""
    calls = _record_set("calls", "call_id", _calls(normal=True), _TIMES)
    _write(home, "office", _source("sql", address, options) + _links("accounts", "numbers") + calls)


def _links(accounts: object, numbers: object) -> str:
    held = _record_set("accounts", "account_id", _ACCOUNTS, f'place = "{accounts}"\n')
    return held + _record_set("numbers", "number", _NUMBERS, f'place = "{numbers}"\n')


def _source(kind: str, path: str, options: str = "") -> str:
    told = f'path = "{path}"\n' if path else ""
    more = f"[source.options]\n{options}" if options else ""
    return f'[source]\nkind = "{kind}"\ntitle = "Benchmark"\nowner = "bench"\ncountry = "US"\n{told}{more}'


def _record_set(name: str, key: str, columns: list[Column], more: str = "") -> str:
    head = f'\n[[record_set]]\nname = "{name}"\ntitle = "{name.capitalize()}"\nkey = ["{key}"]\n{more}{_ROLE}'
    fields = (f'[[record_set.field]]\nname = "{one.name}"\nmeaning = "{one.meaning}"\n{one.more}' for one in columns)
    return head + "".join(fields)


def _write(home: Path, name: str, text: str) -> None:
    folder = home / "sources"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
