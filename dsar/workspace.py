"""The only wiring: a workspace folder and what its parts are made of, each built when first asked for.

What is done with them is the workflow's business.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from dsar.case.stamp import Stamp
from dsar.config import FILE, Config, Staff, read_config
from dsar.errors import InputWrong, Refused

if TYPE_CHECKING:
    from dsar.inbox.arrival import InboxSettings
    from dsar.law.calendars import Calendar
    from dsar.law.model import Rule
    from dsar.law.rules import RuleBook
    from dsar.ledger import Ledger
    from dsar.ledger.lists import Lists
    from dsar.letters.transport import Transport
    from dsar.sources.interface import Source

STORE = "dsar.db"
LAWS = "laws"


def find_home(named: str = "", *, start: Path | None = None) -> Path:
    """The workspace folder: the one named, else the nearest upward from here that holds dsar.toml."""
    if named:
        home = Path(named).expanduser()
        try:
            there = (home / FILE).is_file()
        except PermissionError:
            raise Refused(
                f"Not done: your login may not look into {home}. Nothing was changed.",
                hint="Ask whoever keeps it to put your login into its group.",
            ) from None
        if not there:
            raise InputWrong(f"Not done: {home} is not a workspace; it holds no {FILE}.", hint=f"dsar init {home}")
        return home.resolve()
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / FILE).is_file():
            return folder
    raise InputWrong(
        f"Not done: neither this folder nor any above it is a workspace (holds {FILE}).",
        hint="Make one: dsar init DIR. Or see it work: dsar demo",
    )


def packaged(name: str) -> Path:
    """A folder that travels with the program ("templates", "sample_data"): in the wheel, else in the checkout."""
    inside = Path(__file__).parent / name
    return inside if inside.is_dir() else Path(__file__).parents[1] / name


class Workspace:
    """One office's folder; every part is lazy, so that a reading command loads only what it reads."""

    def __init__(self, home: Path) -> None:
        self.home = home

    @cached_property
    def config(self) -> Config:
        """The settings."""
        return read_config(self.home / FILE)

    @cached_property
    def ledger(self) -> Ledger:
        """The case store, open for writing where this login may write."""
        from dsar.ledger import Ledger

        path = self.home / STORE
        if not path.exists():
            raise InputWrong(f"There is no case store in {self.home}.", hint=f"dsar init {self.home}")
        return Ledger.open(path, readonly=not os.access(path, os.W_OK))

    @cached_property
    def lists(self) -> Lists:
        """The store's lists, for reading only."""
        from dsar.ledger.lists import Lists

        path = self.home / STORE
        if not path.exists():
            raise InputWrong(f"There is no case store in {self.home}.", hint=f"dsar init {self.home}")
        return Lists.open(path)

    @property
    def own_laws(self) -> Path | None:
        """The folder of the office's own law files; None where it keeps none."""
        folder = self.home / LAWS
        return folder if folder.is_dir() else None

    @cached_property
    def rules(self) -> RuleBook:
        """What the laws say today, the office's own files before those that travel with the program."""
        from dsar.law.rules import load

        return load(own=self.own_laws)

    @property
    def laws(self) -> tuple[str, ...]:
        """The ids of the laws this office has chosen; all, if it chose none."""
        if not self.config.laws:
            return tuple(law.id for law in self.rules.laws())
        return tuple(self.rules.law(name).id for name in self.config.laws)

    def calendar(self, rule: Rule, received: date) -> Calendar | None:
        """The working days a rule counts with for a request of this day; None where it needs none."""
        if not rule.needs_calendar or rule.calendar is None:
            return None
        from dsar.law.calendars import calendar_for, knows_region

        region, data = self.config.organisation.region, self.rules.calendars
        place = region if region and knows_region(rule.calendar, region, data=data) else None
        return calendar_for(rule.calendar, (received, received + timedelta(days=3 * 366)), place, data=data)

    @cached_property
    def sources(self) -> tuple[Source, ...]:
        """Every configured source, in the order of its file name."""
        from dsar.sources.registry import open_each
        from dsar.sources.settings import load_sources

        return open_each(load_sources(self.home / "sources"), self.home)

    @property
    def templates(self) -> tuple[Path, ...]:
        """Where letters are looked for: the office's own first."""
        return (self.home / "templates", packaged("templates"))

    def inbox(self, today: date) -> InboxSettings:
        """How arriving messages are read here."""
        from zoneinfo import ZoneInfo

        from dsar.inbox.arrival import FormSettings, InboxSettings

        org = self.config.organisation
        inbox = self.config.inbox
        columns = _columns(inbox.columns) | ({inbox.received_column: "received"} if inbox.received_column else {})
        return InboxSettings(
            zone=ZoneInfo(org.zone),
            today=today,
            country=org.country,
            columns=columns,
            our_addresses=frozenset(address.casefold() for address in (org.email, *org.designated) if "@" in address),
            designated=frozenset(address.casefold() for address in org.designated),
            date_order=self.config.desk.date_order,
            forms=tuple(
                FormSettings(files=form.files, columns=_columns(form.columns), date_order=form.date_order)
                for form in self.config.form
            ),
        )

    @cached_property
    def transport(self) -> Transport:
        """How letters leave."""
        from dsar.letters.transport import FolderTransport, Security, SmtpTransport

        mail = self.config.mail
        if mail.transport == "folder":
            return FolderTransport(folder=self.home / "outbox")
        return SmtpTransport(
            host=mail.host,
            port=mail.port,
            security=Security(mail.security),
            user=mail.user,
            password=lambda: secret(mail.password),
            timeout=mail.timeout,
        )

    @property
    def sender(self) -> str:
        """The From address of letters."""
        return self.config.mail.sender or self.config.organisation.email

    def case_folder(self, number: str, *parts: str) -> Path:
        """The folder of a case's files, made private if it is new."""
        from dsar.formats.files import private_folder

        folder = private_folder(self.home / "cases") / number
        private_folder(folder)
        for part in parts:
            folder = private_folder(folder / part)
        return folder

    def member(self, by: Stamp) -> Staff:
        """The member of staff behind a stamp."""
        member = self.config.member(by.actor)
        if member is None:
            raise Refused(
                f'You may look but not change: "{by.actor}" is not in the staff list. Nothing was changed.',
                hint=f"Ask whoever keeps it: dsar staff add {by.actor}",
            )
        return member

    def require(self, by: Stamp, *roles: str) -> Staff:
        """Refuse whoever lacks every one of these roles; changes on a live desk also need an unmoved date."""
        member = self.member(by)
        if not set(roles) & set(member.roles):
            able = ", ".join(other.name or other.id for other in self.able(roles)) or "nobody yet"
            raise Refused(
                f"Not done: this needs the role {' or '.join(roles)}, which you do not have. Nothing was changed.",
                hint=f"Who has it: {able}. To change it: dsar staff set {by.actor} --role {roles[0]}",
            )
        self.refuse_moved(by)
        return member

    def refuse_moved(self, by: Stamp) -> None:
        """A moved date may read a live workspace, never change it."""
        if by.moved and not self.config.desk.rehearsal:
            raise Refused(
                "Not done: the date was moved with --today or --now, and this is a live workspace. "
                "Nothing was changed.",
                hint="Leave the date out, or practise: dsar demo --keep DIR",
            )

    def able(self, roles: Iterable[str], *, but: str = "") -> list[Staff]:
        """The staff who hold one of these roles, but for one person."""
        wanted = set(roles)
        return [m for m in self.config.staff if wanted & set(m.roles) and not m.off and m.id != but]


def _columns(pairs: Iterable[str]) -> dict[str, str]:
    """The meaning of each column, from settings like "email=Contact address"."""
    split = (pair.partition("=") for pair in pairs)
    return {column.strip(): meaning.strip() for meaning, _, column in split}


def secret(reference: str) -> str:
    """The secret behind a reference (env:NAME, file:PATH, keyring:NAME); it is never stored or shown."""
    if not reference:
        return ""
    kind, _, name = reference.partition(":")
    value: str | None
    if kind == "env":
        value = os.environ.get(name)
    elif kind == "file":
        path = Path(name).expanduser()
        value = path.read_text(encoding="utf-8").rstrip("\r\n") if path.is_file() else None
    else:
        value = _from_keyring(name)
    if value is None:
        raise InputWrong(
            f"The secret {kind}:{name} is not to be found. Nothing was done.", hint="Look: dsar config check"
        )
    return value


def _from_keyring(name: str) -> str | None:
    try:
        import keyring  # type: ignore[import-not-found,unused-ignore]
    except ImportError:
        raise InputWrong(
            f"The secret keyring:{name} needs a part that is not installed. Nothing was done.",
            hint="pipx inject dsar-cli keyring. Or use file:PATH.",
        ) from None
    found = keyring.get_password("dsar", name)
    return str(found) if found is not None else None
