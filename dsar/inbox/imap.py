"""Reads the mails of an IMAP server's folders, and changes nothing there: no flag is set, nothing is moved or deleted.

imap-tools carries the bytes; what they say is for the guarded reader of ``formats.mail``. How far a folder was
read is for the workflow to remember.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.errors import InputWrong, OutsideDown
from dsar.formats.mail import MAX_SIZE
from dsar.formats.plain import shorten

if TYPE_CHECKING:
    from imap_tools import BaseMailBox

_SIZES_AT_ONCE = 200
_MAILS_AT_ONCE = 25
_BYTES_AT_ONCE = 4_000_000
_MOST_HEADER = 65_536
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LOST = "Nothing is lost: what was read is kept, the rest waits in the mailbox."
_AGAIN = "Run it again: dsar intake"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Where a mailbox is and how to get in; ``secret`` gives the password (or OAuth token) when it is needed.

    ``security`` is tls, starttls or none; ``certificates`` a file of certificates trusted beside the system's.
    """

    host: str
    port: int
    security: str
    user: str
    secret: Callable[[], str] = field(repr=False)
    oauth: bool = False
    certificates: Path | None = None
    timeout: int = 30

    @property
    def place(self) -> str:
        """The server as sentences name it."""
        return f"{self.host}:{self.port}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One mail: its bytes as the server holds them, or of one beyond the limit only its header."""

    uid: int
    size: int
    raw: bytes = field(repr=False)
    whole: bool = True


@contextmanager
def connected(account: Account) -> Iterator[Folders]:
    """The folders behind an account; OutsideDown, in words without user or password, wherever the line fails."""
    box = _logged_in(account)
    try:
        yield Folders(box, account)
    finally:
        with suppress(Exception):
            box.logout()
        # where the line is broken, saying good-bye fails before it is closed
        with suppress(OSError):
            box.client.shutdown()


class Folders:
    """The folders of one open mailbox, each opened for reading only."""

    def __init__(self, box: BaseMailBox, account: Account) -> None:
        self._box = box
        self._account = account

    def open(self, folder: str) -> int:
        """Open a folder with EXAMINE and give its UIDVALIDITY (0 where the server has none)."""
        from imap_tools.errors import MailboxFolderSelectError

        try:
            self._box.folder.set(folder, readonly=True)
        except (OSError, imaplib.IMAP4.error) as error:
            raise _down(self._account, "broke off") from error
        except MailboxFolderSelectError:
            raise InputWrong(
                f'The mailbox {self._account.place} has no folder "{shorten(folder, 60)}" that may be read.',
                hint="Its folders are named in dsar.toml: dsar config edit",
            ) from None
        told = self._box.client.response("UIDVALIDITY")[1]
        return int(told[0]) if told and told[0] else 0

    def newer(self, last: int, since: date | None) -> list[int]:
        """The UIDs after ``last``, in order; ``since`` leaves out what the server received before that day."""
        criteria = f"UID {last + 1}:*"
        if since is not None:
            criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        found = self._ask("SEARCH", criteria)
        # "n:*" always names the newest, even where it is older than n
        uids = {int(uid) for line in found if isinstance(line, bytes) for uid in line.split()}
        return sorted(uid for uid in uids if uid > last)

    def mails(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        """The mails of these UIDs in batches small enough for the memory; one expunged meanwhile is left out."""
        for start in range(0, len(uids), _SIZES_AT_ONCE):
            yield from self._batches(uids[start : start + _SIZES_AT_ONCE])

    def _batches(self, uids: Sequence[int]) -> Iterator[list[Fetched]]:
        sizes = self._sizes(uids)
        batch: list[int] = []
        for uid in (one for one in uids if one in sizes):
            if sizes[uid] > MAX_SIZE:
                if batch:
                    yield self._whole(batch, sizes)
                batch = []
                yield [self._header(uid, sizes[uid])]
                continue
            if batch and sum(sizes[one] for one in batch) + sizes[uid] > _BYTES_AT_ONCE:
                yield self._whole(batch, sizes)
                batch = []
            batch.append(uid)
            if len(batch) == _MAILS_AT_ONCE:
                yield self._whole(batch, sizes)
                batch = []
        if batch:
            yield self._whole(batch, sizes)

    def _sizes(self, uids: Sequence[int]) -> dict[int, int]:
        sizes: dict[int, int] = {}
        for line in self._ask("FETCH", _set(uids), "(UID RFC822.SIZE)"):
            text = line[0] if isinstance(line, tuple) else line or b""
            uid, size = _UID.search(text), _SIZE.search(text)
            if uid:
                sizes[int(uid[1])] = int(size[1]) if size else 0
        return sizes

    def _whole(self, uids: Sequence[int], sizes: dict[int, int]) -> list[Fetched]:
        # the range bounds what comes, whatever size the server said
        found = dict(self._literals(uids, f"BODY.PEEK[]<0.{MAX_SIZE + 1}>"))
        return [Fetched(uid=uid, size=sizes[uid], raw=found[uid]) for uid in uids if uid in found]

    def _header(self, uid: int, size: int) -> Fetched:
        found = dict(self._literals([uid], f"BODY.PEEK[HEADER]<0.{_MOST_HEADER}>"))
        return Fetched(uid=uid, size=size, raw=found.get(uid, b""), whole=False)

    def _literals(self, uids: Sequence[int], part: str) -> Iterator[tuple[int, bytes]]:
        told = self._ask("FETCH", _set(uids), f"(UID {part})")
        for place, line in enumerate(told):
            if not isinstance(line, tuple):
                continue
            # the UID may stand before the mail or behind it
            after = told[place + 1] if place + 1 < len(told) else b""
            uid = _UID.search(line[0]) or _UID.search(after if isinstance(after, bytes) else b"")
            if uid:
                yield int(uid[1]), line[1]

    def _ask(self, command: str, *words: str) -> list[Any]:
        try:
            state, told = self._box.client.uid(command, *words)
        except (OSError, imaplib.IMAP4.error) as error:
            raise _down(self._account, "broke off") from error
        if state != "OK":
            raise _down(self._account, f"did not carry out {command}")
        return told


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _logged_in(account: Account) -> BaseMailBox:
    try:
        from imap_tools.errors import ImapToolsError
    except ImportError:
        raise InputWrong(
            "Reading a mailbox on a server needs a part that is not installed. Nothing was read.",
            hint="pipx inject dsar-cli imap-tools",
        ) from None
    secret = account.secret()
    if any(ord(char) < 32 or ord(char) == 127 for char in account.user + secret):
        raise InputWrong(
            f"The user name or the secret of the mailbox {account.place} holds a line break or another control "
            "character. Nothing was read."
        )
    try:
        box = _connect(account)
    except (OSError, ValueError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise _down(account, _why(error, account)) from error
    try:
        _log_in(box, account, secret)
    except (imaplib.IMAP4.error, ImapToolsError, OSError) as error:
        with suppress(Exception):
            box.client.shutdown()
        # the error itself may quote what was sent
        lost = isinstance(error, OSError | imaplib.IMAP4.abort)
        what = "OAuth token" if account.oauth else "password"
        raise _down(account, "broke off" if lost else f"did not accept our user name and {what}") from None
    return box


def _connect(account: Account) -> BaseMailBox:
    from imap_tools import MailBox, MailBoxStartTls, MailBoxUnencrypted

    if account.security == "none":
        return MailBoxUnencrypted(account.host, account.port, timeout=account.timeout)
    # without a context of ours the library would take any certificate
    context = ssl.create_default_context()
    if account.certificates is not None:
        context.load_verify_locations(account.certificates)
    if account.security == "starttls":
        return MailBoxStartTls(account.host, account.port, timeout=account.timeout, ssl_context=context)
    return MailBox(account.host, account.port, timeout=account.timeout, ssl_context=context)


def _log_in(box: BaseMailBox, account: Account, secret: str) -> None:
    if account.oauth:
        box.xoauth2(account.user, secret, initial_folder=None)
    elif (account.user + secret).isascii():
        box.login(account.user, secret, initial_folder=None)
    else:
        box.login_utf8(account.user, secret, initial_folder=None)


def _why(error: Exception, account: Account) -> str:
    match error:
        case ssl.SSLCertVerificationError():
            return "shows a certificate that this computer does not trust"
        case ssl.SSLError():
            return "speaks no TLS on this port"
        case socket.gaierror():
            return "is not to be found under this name"
        case TimeoutError():
            return f"did not answer within {account.timeout} seconds"
        case FileNotFoundError():
            return "cannot be checked: its file of certificates is not there"
        case imaplib.IMAP4.error() if account.security == "starttls":
            return "does not offer STARTTLS"
    return "cannot be reached"


def _down(account: Account, why: str) -> OutsideDown:
    return OutsideDown(f"The mailbox {account.place} {why}. {_LOST}", hint=_AGAIN)
