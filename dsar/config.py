"""The settings of a workspace: read from dsar.toml, checked all at once, with the line of every fault.

Which settings there are stands in ``settings``. What a source file may say is the sources' business.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from dsar.errors import CheckFailed, InputWrong
from dsar.settings import MEANINGS, ROLES, Desk, Mailbox, Reminders
from dsar.settings import Config as Config
from dsar.settings import Staff as Staff

FILE = "dsar.toml"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in dsar.toml; ``line`` is 0 where it is about something absent."""

    line: int
    says: str

    def __str__(self) -> str:
        return f"{FILE} line {self.line}: {self.says}" if self.line else f"{FILE}: {self.says}"


def read_config(path: Path) -> Config:
    """The settings in this file; raises CheckFailed with every fault, or InputWrong if there is no file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise InputWrong(f"There is no {FILE} in {path.parent}.", hint="Make a workspace: dsar init") from None
    config, faults = parse_config(text)
    if faults:
        listed = " ".join(str(fault) for fault in faults)
        raise CheckFailed(f"{listed} Nothing ran.", hint="Check again: dsar config check")
    return config


def parse_config(text: str) -> tuple[Config, list[Fault]]:
    """The settings this text holds and every fault in it; a faulty setting keeps its default."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        return Config(), [_syntax(text, fault)]
    reader = _Reader(text)
    config = reader.table(Config, data, ())
    assert isinstance(config, Config)
    reader.check_staff(config)
    reader.check_ladders(config.reminders)
    reader.check_closed(config.desk)
    reader.check_mailboxes(config.mailbox)
    reader.check_columns(config)
    return config, reader.faults


class _Reader:
    """Reads one file by the dataclasses above and keeps every fault with its line."""

    def __init__(self, text: str) -> None:
        self.lines = _lines(text)
        self.faults: list[Fault] = []

    def table(self, cls: type, data: dict[str, Any], at: tuple[str, ...], nth: int = 0) -> Any:
        hints = get_type_hints(cls)
        known = {item.name: item for item in fields(cls)}
        values: dict[str, Any] = {}
        for key, value in data.items():
            line = self.lines.get((*at, key, str(nth)), 0) or self.lines.get((*at, key, "0"), 0)
            if key not in known:
                near = get_close_matches(key, known, n=1)
                meant = f' Did you mean "{near[0]}"?' if near else ""
                self.faults.append(Fault(line, f'there is no setting "{key}".{meant}'))
                continue
            read = self.value(hints[key], value, (*at, key), line, known[key].metadata)
            if read is not None:
                values[key] = read
        return cls(**values)

    def value(self, hint: Any, value: Any, at: tuple[str, ...], line: int, meta: Any) -> Any:
        if is_dataclass(hint):
            if isinstance(value, dict):
                return self.table(hint, value, at)  # type: ignore[arg-type]
            says = f'"{at[-1]}" is a group of settings: write [{at[-1]}] on a line of its own.'
            self.faults.append(Fault(line, says))
            return None
        if get_origin(hint) is tuple:
            return self.several(get_args(hint)[0], value, at, line)
        return self.single(hint, value, at[-1], line, meta)

    def several(self, item: Any, value: Any, at: tuple[str, ...], line: int) -> Any:
        if is_dataclass(item):
            if isinstance(value, list) and all(isinstance(row, dict) for row in value):
                return tuple(self.table(item, row, at, nth) for nth, row in enumerate(value))  # type: ignore[arg-type]
            self.faults.append(Fault(line, f'"{at[-1]}" is a list: begin each entry with [[{at[-1]}]].'))
            return None
        if isinstance(value, list) and all(isinstance(row, str) for row in value):
            return tuple(value)
        self.faults.append(Fault(line, f'"{at[-1]}" is a list of texts, as ["a", "b"].'))
        return None

    def single(self, hint: Any, value: Any, name: str, line: int, meta: Any) -> Any:
        words = {str: 'a text in quotation marks, as "..."', int: "a whole number", bool: "true or false"}
        if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
            self.faults.append(Fault(line, f'"{name}" must be {words[hint]}.'))
            return None
        if meta["choices"] and value not in meta["choices"]:
            listed = ", ".join(f'"{choice}"' for choice in meta["choices"])
            self.faults.append(Fault(line, f'"{name}" cannot be "{value}"; it is one of {listed}.'))
            return None
        if hint is int and not meta["low"] <= value <= meta["high"]:
            self.faults.append(Fault(line, f'"{name}" must be from {meta["low"]} to {meta["high"]}.'))
            return None
        return value

    def fault(self, says: str, *at: str, nth: int = 0) -> None:
        """Keep a fault of the setting at this place."""
        self.faults.append(Fault(self.lines.get((*at, str(nth)), 0), says))

    def check_staff(self, config: Config) -> None:
        """What one setting alone cannot show: double names, unknown roles, a password in the open."""
        seen: set[str] = set()
        for nth, member in enumerate(config.staff):
            if not member.id:
                self.fault("a member of staff needs an id.", "staff", "id", nth=nth)
            elif member.id in seen:
                self.fault(f'two members of staff have the id "{member.id}".', "staff", "id", nth=nth)
            seen.add(member.id)
            for role in (one for one in member.roles if one not in ROLES):
                self.fault(f'"{role}" is not a role; the roles are {", ".join(ROLES)}.', "staff", "id", nth=nth)
        if _in_the_open(config.mail.password):
            self.fault(_NEVER_HERE, "mail", "password")

    def check_ladders(self, reminders: Reminders) -> None:
        """Every rung must say when and who."""
        for name in ("ladder", "extension_ladder"):
            for rung in (one for one in getattr(reminders, name) if not _RUNG.fullmatch(one)):
                says = f'"{rung}" is not a rung; write the days before (or due, late) and who, as "7 owner deputy".'
                self.fault(says, "reminders", name)

    def check_closed(self, desk: Desk) -> None:
        """Every closing time must be days; what days are is only loaded where there is one."""
        if desk.closed:
            from dsar.law.office_days import closing

            for text in (one for one in desk.closed if closing(one) is None):
                says = f'"{text}" is not a closing time of at most three months; write "2026-12-24..2027-01-01".'
                self.fault(says, "desk", "closed")

    def check_mailboxes(self, mailboxes: tuple[Mailbox, ...]) -> None:
        """Every mailbox needs a name, a place and a way in, and its password stays protected on the way."""
        seen: set[str] = set()
        for nth, box in enumerate(mailboxes):
            for key, says in _mailbox_faults(box, seen):
                told = next(
                    (one for one in (key, "name", "host", "path") if ("mailbox", one, str(nth)) in self.lines), ""
                )
                self.fault(says, "mailbox", told, nth=nth)
            seen.add(box.name)

    def check_columns(self, config: Config) -> None:
        """Every column mapping must say which meaning, of those we know, stands in which column."""
        for pair in config.inbox.columns:
            if says := _column_fault(pair):
                self.fault(says, "inbox", "columns")
        for nth, form in enumerate(config.form):
            if not form.files:
                self.fault('a form needs files: the names it is about, as "contact-*.csv".', "form", "columns", nth=nth)
            for pair in form.columns:
                if says := _column_fault(pair):
                    self.fault(says, "form", "columns", nth=nth)


_NEVER_HERE = "a password is never written here: name where it is, as env:NAME, file:PATH or keyring:NAME."
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _in_the_open(reference: str) -> bool:
    return bool(reference) and not reference.startswith(("env:", "file:", "keyring:"))


def _mailbox_faults(box: Mailbox, seen: set[str]) -> Iterator[tuple[str, str]]:
    """Every fault of one mailbox, with the setting it is about."""
    if not box.name:
        yield "name", "a mailbox needs a name."
    elif box.name in seen:
        yield "name", f'two mailboxes have the name "{box.name}".'
    if bool(box.host) == bool(box.path):
        yield "host", "a mailbox needs either a host (an IMAP server) or a path (a Maildir or mbox file)."
    if box.since and not _is_day(box.since):
        yield "since", f'"{box.since}" is not a day; write it as 2026-01-31.'
    if not box.host:
        return
    for key in ("password", "token"):
        if _in_the_open(getattr(box, key)):
            yield key, _NEVER_HERE
    if not box.user or bool(box.password) == bool(box.token):
        yield "user", "an IMAP server needs a user and either a password or a token."
    if box.security == "none" and box.host not in _LOOPBACK:
        yield "security", 'the password would travel unprotected; write "tls" or "starttls".'
    if not box.folders:
        yield "folders", "a mailbox needs at least one folder."


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _column_fault(pair: str) -> str:
    meaning, eq, column = (part.strip() for part in pair.partition("="))
    if not (meaning and eq and column):
        return f'"{pair}" maps no column; write the meaning and the column, as "email=Contact address".'
    if meaning in MEANINGS:
        return ""
    near = get_close_matches(meaning, MEANINGS, n=1)
    meant = f' Did you mean "{near[0]}"?' if near else f" The meanings are {', '.join(MEANINGS)}."
    return f'"{meaning}" is not a meaning I know.{meant}'


_RUNG = re.compile(r"(?:[1-9]\d{0,2}|due|late)(?: (?:owner|deputy|manager|dpo))+")
_HEADER = re.compile(r"\s*\[(\[)?\s*([\w.-]+)\s*\]")
_KEY = re.compile(r"\s*([\w-]+)\s*=")


def _lines(text: str) -> dict[tuple[str, ...], int]:
    """The line of every key: (section..., key, which-th section of that name) -> line number."""
    at: tuple[str, ...] = ()
    nth = 0
    counts: dict[tuple[str, ...], int] = {}
    found: dict[tuple[str, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            at = tuple(header[2].split("."))
            nth = counts.get(at, 0) if header[1] else 0
            counts[at] = nth + 1
            found.setdefault((*at, "0"), number)
        elif key := _KEY.match(line):
            found.setdefault((*at, key[1], str(nth)), number)
    return found


def _syntax(text: str, fault: tomllib.TOMLDecodeError) -> Fault:
    at = re.search(r"line (\d+)", str(fault))
    number = int(at[1]) if at else len(text.splitlines())
    lines = text.splitlines()
    line = lines[number - 1].strip() if 0 < number <= len(lines) else ""
    bare = re.fullmatch(r"([\w-]+)\s*=\s*([^\"'\[{\s][^\"']*)", line)
    if bare:
        says = f'text needs quotation marks. You have: {line}. Write: {bare[1]} = "{bare[2].strip()}".'
        return Fault(number, says)
    return Fault(number, f"this line cannot be read: {line}." if line else "the file ends in the middle of a setting.")


def describe() -> list[tuple[str, str, str]]:
    """Every setting as (name, default, meaning): what the documentation and ``config show`` print."""
    rows: list[tuple[str, str, str]] = []
    for item in fields(Config):
        if "says" in item.metadata:
            rows.append((item.name, _shown(item.default), item.metadata["says"]))
            continue
        hint = get_type_hints(Config)[item.name]
        inner = get_args(hint)[0] if get_origin(hint) is tuple else hint
        for sub in fields(inner):
            rows.append((f"{item.name}.{sub.name}", _shown(sub.default), sub.metadata["says"]))
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, tuple) else str(value)
