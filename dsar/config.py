"""The settings of a workspace: read from dsar.toml, checked all at once, with the line of every fault.

The dataclasses below are the table of settings: name, type, default and meaning. They also write their own
documentation. What a source file may say is the sources' business.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field, fields, is_dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from dsar.errors import CheckFailed, InputWrong

FILE = "dsar.toml"


def _says(words: str, *, choices: tuple[str, ...] = (), low: int = 0, high: int = 10**6) -> dict[str, Any]:
    return {"says": words, "choices": choices, "low": low, "high": high}


def _text(default: str, words: str, *, choices: tuple[str, ...] = ()) -> Any:
    return field(default=default, metadata=_says(words, choices=choices))


def _number(default: int, words: str, *, low: int = 0, high: int = 10**6) -> Any:
    return field(default=default, metadata=_says(words, low=low, high=high))


def _flag(default: bool, words: str) -> Any:
    return field(default=default, metadata=_says(words))


def _texts(words: str, *default: str) -> Any:
    return field(default=default, metadata=_says(words))


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who answers the letters."""

    name: str = _text("Your organisation", "the name in every letter")
    address: str = _text("", "the postal address for privacy letters")
    email: str = _text("", "the mailbox requests are sent to and answered from")
    phone: str = _text("", "a number requesters may call")
    country: str = _text("", "the country whose numbers are written without a code (two letters, as US)")
    zone: str = _text("UTC", "the time zone of the office that receives letters: it decides the day of receipt")
    region: str = _text("", "the place whose holidays count (as GB-ENG, DE, IE, US-CA)")
    language: str = _text("en", "the language of screens and of letters where the request's own is not to be had")
    signatory: str = _text("", "the name under letters")
    signatory_title: str = _text("Privacy team", "the title under letters")
    designated: tuple[str, ...] = _texts("addresses named for Civil Code 1798.83 requests (e-mail or post)")
    sells_data: bool = _flag(False, "whether personal data is sold or shared for advertising")
    policy: str = _text("", "the title of the published privacy policy")
    policy_url: str = _text("", "where the policy can be read")
    employees: int = _number(0, "how many work here, full-time and part-time; 0 = not said (1798.83 exempts under 20)")
    marketing_alternative: str = _text(
        "",
        "what the published policy says of giving data to others for their own marketing: opt_in = only after a yes, "
        "opt_out = never after a no; empty = neither",
        choices=("", "opt_in", "opt_out"),
    )
    marketing_means: str = _text("", "how a person says yes or no to that free of charge, in the words of the letter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """One member of the staff list."""

    id: str = _text("", "a short name, as on screens")
    name: str = _text("", "the full name")
    email: str = _text("", "where reminders go")
    roles: tuple[str, ...] = _texts("what they may do: reader, editor, approver, manager, dpo", "editor")
    logins: tuple[str, ...] = _texts("the names they log in to this computer with (default: the id)")
    deputy: str = _text("", "who stands in")
    off: bool = _flag(False, "left, or on long leave")


ROLES = ("reader", "editor", "approver", "manager", "dpo")


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """How letters leave."""

    transport: str = _text(
        "folder",
        "folder: letters become .eml files in outbox/; smtp: they are sent",
        choices=("folder", "smtp"),
    )
    host: str = _text("", "the mail server")
    port: int = _number(587, "its port", low=1, high=65535)
    security: str = _text("starttls", "how the connection is secured", choices=("starttls", "tls", "none"))
    user: str = _text("", "the name to log in with; empty for none")
    password: str = _text("", "where the password is: env:NAME, file:PATH or keyring:NAME; never the password itself")
    sender: str = _text("", "the From address (default: the organisation's)")
    timeout: int = _number(30, "seconds before the server counts as down", low=1, high=300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What must hold before personal data leaves."""

    channel_age_days: int = _number(30, "days before a changed address counts as a channel on file", high=3650)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long our own files last."""

    before_months: int = _number(6, "months the values before a correction are kept", high=120)
    backup_days: int = _number(90, "days until the organisation's backups have forgotten what was erased", high=3650)
    case_months: int = _number(24, "months after closing until the personal data of a case is purged", low=1, high=240)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """How this desk works."""

    rehearsal: bool = _flag(False, "practice only: dates may be moved and names taken with --as")
    shared_login: bool = _flag(
        False, "several people use one login: --as says who, and four eyes are a record, not a control"
    )
    date_order: str = _text("", "how 03/04/2026 is read: dmy or mdy; empty = ask", choices=("", "dmy", "mdy"))
    points: tuple[str, ...] = _texts(
        "facts a person may confirm to show who they are (the letter names them, never their values)",
        "the name on your account",
        "the telephone number of your account",
        "the postal address of your account",
        "the month in which you opened it",
    )
    answer_days: int = _number(5, "days a colleague has to answer", low=1, high=90)
    internal_days: int = _number(3, "days before the legal date that we aim at", high=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """How arriving messages are read."""

    received_column: str = _text("", "the column of a form export that holds the date")
    columns: tuple[str, ...] = _texts('columns of a form export by meaning, as "email=Contact address"')


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminders:
    """Who is told of due dates, and when. A rung is "days before (or due, late), then who is told"."""

    ladder: tuple[str, ...] = _texts(
        "when staff are told of a due date: days before it, due or late, then owner, deputy, manager, dpo",
        "14 owner",
        "7 owner deputy",
        "3 owner deputy manager",
        "1 owner deputy manager dpo",
        "due owner deputy manager dpo",
        "late manager dpo",
    )
    extension_ladder: tuple[str, ...] = _texts(
        "the same for the last day on which the notice of an extension may leave",
        "3 owner",
        "1 owner deputy",
        "due owner deputy",
    )
    due_hour: int = _number(9, "the hour from which the notice of the due day itself leaves", high=23)
    late_days: int = _number(3, "days of daily notices once it is late; afterwards on Mondays", high=31)
    approval_hours: int = _number(24, "hours an approval may wait before approvers are told", low=1, high=720)
    requesters: str = _text(
        "draft",
        "reminders to requesters: draft tells the owner what to type; send sends them, two at most",
        choices=("draft", "send"),
    )
    first_days: int = _number(7, "days without a reply before a requester is reminded", low=1, high=90)
    second_days: int = _number(14, "days without a reply before the second and last reminder", low=2, high=180)
    unseen_days: int = _number(3, "a letter that waits longer leaves only by a person's hand", high=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drp:
    """Data Rights Protocol."""

    business_id: str = _text("", "our id in the business directory")
    agent_directory: str = _text("", "the file with the agents' keys")


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """All settings; what the file leaves out has its default."""

    laws: tuple[str, ...] = _texts("the laws that may apply; empty = all we know")
    organisation: Organisation = field(default_factory=Organisation)
    staff: tuple[Staff, ...] = ()
    mail: Mail = field(default_factory=Mail)
    release: Release = field(default_factory=Release)
    retention: Retention = field(default_factory=Retention)
    desk: Desk = field(default_factory=Desk)
    inbox: Inbox = field(default_factory=Inbox)
    reminders: Reminders = field(default_factory=Reminders)
    drp: Drp = field(default_factory=Drp)

    def member(self, staff_id: str) -> Staff | None:
        """The member of staff with this id."""
        return next((member for member in self.staff if member.id == staff_id), None)

    def by_login(self, login: str) -> Staff | None:
        """The member of staff who logs in to this computer under this name."""
        return next((m for m in self.staff if login in (m.logins or (m.id,)) and not m.off), None)


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
            self.faults.append(
                Fault(line, f'"{at[-1]}" is a group of settings: write [{at[-1]}] on a line of its own.')
            )
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

    def check_staff(self, config: Config) -> None:
        """What one setting alone cannot show: double names, unknown roles, a password in the open."""
        seen: set[str] = set()
        for nth, member in enumerate(config.staff):
            line = self.lines.get(("staff", "id", str(nth)), 0)
            if not member.id:
                self.faults.append(Fault(line, "a member of staff needs an id."))
            elif member.id in seen:
                self.faults.append(Fault(line, f'two members of staff have the id "{member.id}".'))
            seen.add(member.id)
            for role in member.roles:
                if role not in ROLES:
                    listed = ", ".join(ROLES)
                    self.faults.append(Fault(line, f'"{role}" is not a role; the roles are {listed}.'))
        password = config.mail.password
        if password and not password.startswith(("env:", "file:", "keyring:")):
            line = self.lines.get(("mail", "password", "0"), 0)
            says = "a password is never written here: name where it is, as env:NAME, file:PATH or keyring:NAME."
            self.faults.append(Fault(line, says))

    def check_ladders(self, reminders: Reminders) -> None:
        """Every rung must say when and who."""
        for name in ("ladder", "extension_ladder"):
            for rung in getattr(reminders, name):
                if not _RUNG.fullmatch(rung):
                    line = self.lines.get(("reminders", name, "0"), 0)
                    says = f'"{rung}" is not a rung; write the days before (or due, late) and who, as "7 owner deputy".'
                    self.faults.append(Fault(line, says))


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
        return Fault(
            number,
            f'text needs quotation marks. You have: {line}. Write: {bare[1]} = "{bare[2].strip()}".',
        )
    return Fault(number, f"this line cannot be read: {line}." if line else "the file ends in the middle of a setting.")


def describe() -> list[tuple[str, str, str]]:
    """Every setting as (name, default, meaning): what the documentation and ``config show`` print."""
    rows: list[tuple[str, str, str]] = []
    for item in fields(Config):
        if "says" in item.metadata:
            rows.append((item.name, _shown(item.default), item.metadata["says"]))
            continue
        inner = Staff if item.name == "staff" else get_type_hints(Config)[item.name]
        for sub in fields(inner):
            rows.append((f"{item.name}.{sub.name}", _shown(sub.default), sub.metadata["says"]))
    return rows


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, tuple) else str(value)
