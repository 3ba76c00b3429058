"""The table of settings of a workspace: name, type, default and meaning of each.

It also writes its own documentation. Reading and checking dsar.toml against it is for ``config``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


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
        "folder", "folder: letters become .eml files in outbox/; smtp: they are sent", choices=("folder", "smtp")
    )
    host: str = _text("", "the mail server")
    port: int = _number(587, "its port", low=1, high=65535)
    security: str = _text("starttls", "how the connection is secured", choices=("starttls", "tls", "none"))
    user: str = _text("", "the name to log in with; empty for none")
    password: str = _text("", "where the password is: env:NAME, file:PATH or keyring:NAME; never the password itself")
    sender: str = _text("", "the From address (default: the organisation's)")
    timeout: int = _number(30, "seconds before the server counts as down", low=1, high=300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """A mailbox requests arrive in; it is only ever read."""

    name: str = _text("", "a short name, as in dsar intake --imap NAME")
    host: str = _text("", "the IMAP server")
    port: int = _number(0, "its port; 0 = the usual one (993 with tls, else 143)", high=65535)
    security: str = _text("tls", "how the connection is secured", choices=("tls", "starttls", "none"))
    certificates: str = _text("", "a file of certificates to trust beside the computer's own; empty for none")
    user: str = _text("", "the name to log in with")
    password: str = _text("", "where the password is: env:NAME, file:PATH or keyring:NAME; never the password itself")
    token: str = _text("", "where an OAuth access token is, instead of a password: env:NAME, file:PATH or keyring:NAME")
    folders: tuple[str, ...] = _texts("the folders to read", "INBOX")
    since: str = _text("", "the day from which mails are read, as 2026-01-31; empty = all")
    path: str = _text("", "instead of a server: a Maildir or mbox file on this computer")
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
    closed: tuple[str, ...] = _texts(
        'days the office is closed by its own choice, as "2026-12-24..2027-01-01", "2026-05-15" or, every year, '
        '"24 December..1 January"; they move no legal date'
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """How arriving messages are read."""

    received_column: str = _text("", "the column of a form export that holds the date")
    columns: tuple[str, ...] = _texts('columns of a form export by meaning, as "email=Contact address"')


# What a column of a form export can mean: the kinds of the lexicons' [labels].
MEANINGS = (
    "address", "age", "agent", "agent_email", "birthdate", "channel", "child", "child_age", "child_email", "city",
    "country", "customer_no", "device_id", "email", "first_name", "ip", "language", "last_name", "law", "message",
    "name", "old_email", "order", "phone", "received", "reference", "role", "state", "status", "street", "street2",
    "type", "username", "zip",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How one kind of form export is read, where its columns do not say it themselves."""

    files: str = _text("", "the files this is about, by their names, as contact-*.csv")
    columns: tuple[str, ...] = _texts('columns by meaning, as "email=Contact address"')
    date_order: str = _text("", "how 03/04/2026 is read in them: dmy or mdy", choices=("", "dmy", "mdy"))


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
    mailbox: tuple[Mailbox, ...] = ()
    release: Release = field(default_factory=Release)
    retention: Retention = field(default_factory=Retention)
    desk: Desk = field(default_factory=Desk)
    inbox: Inbox = field(default_factory=Inbox)
    form: tuple[Form, ...] = ()
    reminders: Reminders = field(default_factory=Reminders)
    drp: Drp = field(default_factory=Drp)

    def member(self, staff_id: str) -> Staff | None:
        """The member of staff with this id."""
        return next((member for member in self.staff if member.id == staff_id), None)

    def by_login(self, login: str) -> Staff | None:
        """The member of staff who logs in to this computer under this name."""
        return next((m for m in self.staff if login in (m.logins or (m.id,)) and not m.off), None)
