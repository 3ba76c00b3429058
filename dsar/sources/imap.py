"""Reads the messages of a folder on an IMAP server, and of the folders inside it; it can change nothing there.

The address is ``imaps://USER@HOST/FOLDER`` (``imap://`` for STARTTLS), or in options ``host``, ``user``, ``folder``
and ``port``; a record set's ``place`` may name another folder. Options besides: ``password`` or ``token`` (OAuth) as
references, ``security`` (tls, starttls, none), ``certificates`` (a file trusted beside the computer's own). Every
message is fetched, once in a search: what a server's own search calls a hit differs from server to server, and it may
miss some.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from dsar.formats.plain import printable, shorten
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Why, located
from dsar.sources.options import Options
from dsar.sources.secrets import secret

if TYPE_CHECKING:
    from dsar.formats.imap import Account, Folders

SCHEMES = {"imaps": "tls", "imap": "starttls"}
INBOX = "INBOX"
_SECONDS = 60
_OPTIONS = (
    "host", "user", "folder", "port", "password", "token", "security", "certificates", "timeout_seconds", "read_only",
)  # fmt: skip


def on_server(path: str, options: Mapping[str, str]) -> bool:
    """Whether a mailbox lies on a server and not in files."""
    return bool(options.get("host")) or path.partition("://")[0].casefold() in SCHEMES


def unsound(path: str, options: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What is wrong with the address of a mailbox on a server, without asking it: place and sentence."""
    address = urlsplit(path)
    if path and options.get("host"):
        yield "source", '"path" and the option "host" both say where it is: leave one out.'
    try:
        port = address.port
    except ValueError:
        port = -1
    if port == -1 or not (options.get("port") or "1").isdigit():
        yield "source", "the port must be a number."
    if not (address.hostname or options.get("host")):
        yield "source", '"path" names no server. Write path = "imaps://USER@HOST/FOLDER".'
    if not (address.username or options.get("user")):
        yield "source", 'who logs in? Write path = "imaps://USER@HOST/FOLDER", or "user" under [source.options].'
    if not (options.get("password") or options.get("token")):
        yield "source.options", '"password" (or "token") is missing: env:NAME, keyring:NAME or file:PATH.'


def messages(
    settings: SourceSettings, home: Path, place: str, problems: list[Problem]
) -> Iterator[tuple[str, int, bytes]]:
    """Every message of a folder: the folder's name, the message's own number there (its UID), its bytes.

    Raises SourceFailed where not all of them can be read; a message beyond the limit is told in ``problems``.
    """
    from dsar.formats.imap import MailboxDown, MailboxWrong, connected

    account = _account(settings, home)
    try:
        with connected(account) as folders:
            for folder in folders.below(_folder(settings, place)):
                yield from _of(folders, folder, problems)
    except MailboxWrong as wrong:
        raise SourceFailed(Why(wrong.why), f"{settings.name}: {wrong.message}", hint=wrong.hint) from wrong
    except MailboxDown as down:
        says = f"{settings.name}: {down.message} Nothing of it counts as searched."
        raise SourceFailed(Why(down.why), says) from down


def _of(folders: Folders, folder: str, problems: list[Problem]) -> Iterator[tuple[str, int, bytes]]:
    from dsar.formats.mail import MAX_SIZE

    shown = shorten(printable(folder), 80)
    folders.open(folder)
    for batch in folders.mails(folders.every()):
        for mail in batch:
            if mail.whole:
                yield shown, mail.uid, mail.raw
                continue
            size, most = mail.size // 1_000_000, MAX_SIZE // 1_000_000
            says = f"The message is larger than {most} MB ({size} MB), so it was not read."
            problems.append(Problem(file=shown, line=mail.uid, says=says))


def _account(settings: SourceSettings, home: Path) -> Account:
    from dsar.formats.imap import PORTS, Account

    options = Options(settings.name, settings.options)
    options.known(_OPTIONS)
    address = urlsplit(settings.path)
    usual = SCHEMES.get(address.scheme, "tls")
    security = options.text("security", usual)
    if security not in PORTS:
        raise options.wrong(f'"security" is one of {", ".join(PORTS)}.')
    oauth = bool(options.text("token"))
    reference = options.text("token") or options.text("password")
    certificates = options.text("certificates")
    return Account(
        host=address.hostname or options.text("host"),
        port=address.port or int(options.number("port", PORTS[security], 1, 65_535)),
        security=security,
        user=options.text("user") or unquote(address.username or ""),
        secret=lambda: secret(reference, home=home, source=settings.name),
        oauth=oauth,
        certificates=located(home, certificates) if certificates else None,
        timeout=int(options.number("timeout_seconds", _SECONDS, 1, 3_600)),
    )


def _folder(settings: SourceSettings, place: str) -> str:
    """The folder a record set is in: its own place, else the one of the address or of the options."""
    if place and place != settings.path:
        return place
    named = unquote(urlsplit(settings.path).path.removeprefix("/"))
    return named or settings.options.get("folder", "") or INBOX
