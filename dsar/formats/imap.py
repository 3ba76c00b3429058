"""Reads the mails of an IMAP server's folders, and changes nothing there: no flag is set, nothing is moved or deleted.

imap-tools carries the bytes; what they say is for the guarded reader of ``mail``. Which folders are read, and how
far one was read already, is for others to know.
"""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsar.errors import InputWrong, OutsideDown
from dsar.formats.mail import MAX_SIZE
from dsar.formats.plain import printable, shorten

if TYPE_CHECKING:
    from imap_tools import BaseMailBox, FolderInfo

_SIZES_AT_ONCE = 200
_MAILS_AT_ONCE = 25
_BYTES_AT_ONCE = 4_000_000
_MOST_HEADER = 65_536
_NO_MAILS = {"\\noselect", "\\nonexistent"}
_UID = re.compile(rb"\bUID (\d+)")
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LISTED_AT_ONCE = 5_000
PORTS = {"tls": 993, "starttls": 143, "none": 143}
# Why a mailbox was not read, as the one word programs go by.
MISSING, REFUSED, TIMEOUT, BROKEN, PLUGIN = "missing", "refused", "timeout", "broken", "plugin"


class MailboxDown(OutsideDown):
    """A server that cannot be read just now: ``why`` in one word, ``message`` without user or password."""

    def __init__(self, account: Account, why: str, says: str) -> None:
        super().__init__(f"The mailbox {account.place} {says}.")
        self.why = why


class MailboxWrong(InputWrong):
    """What is said of a mailbox cannot be right, or what reads it is not installed: ``why`` in one word."""

    def __init__(self, why: str, says: str, *, hint: str = "") -> None:
        super().__init__(says, hint=hint)
        self.why = why


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
    """The folders behind an account; MailboxDown wherever the line fails."""
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
            raise _broke_off(self._account, error) from error
        except MailboxFolderSelectError:
            raise MailboxWrong(
                MISSING,
                f'The mailbox {self._account.place} has no folder "{shorten(printable(folder), 60)}" that may be read.',
            ) from None
        told = self._box.client.response("UIDVALIDITY")[1]
        return int(told[0]) if told and told[0] else 0

    def below(self, folder: str) -> list[str]:
        """The folder and those inside it that hold mails, in the server's order; the folder itself in any case."""
        (mark,) = {one.delim for one in self._listed(folder) if one.name == folder} or {""}
        inside = self._listed(f"{folder}{mark}*") if mark not in ("", "NIL") else []
        # a name may hold what the list takes for a pattern
        names = [one.name for one in inside if one.name.startswith(folder + mark) and not _NO_MAILS & _flags(one)]
        return list(dict.fromkeys((folder, *names)))

    def _listed(self, pattern: str) -> list[FolderInfo]:
        from imap_tools.errors import ImapToolsError

        try:
            return self._box.folder.list("", pattern)
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            raise _broke_off(self._account, error) from error

    def every(self) -> Iterator[int]:
        """The UIDs of the open folder in order, in memory a number each.

        Asked for by place and not by a search, whose one line of answer is bounded. Places cannot slip meanwhile:
        a server tells of nothing expunged while it carries out such a FETCH (RFC 3501, 7.4.1).
        """
        count = int((self._box.client.response("EXISTS")[1] or [0])[-1] or 0)
        uids = array("L")
        for first in range(1, count + 1, _LISTED_AT_ONCE):
            last = min(first + _LISTED_AT_ONCE - 1, count)
            told = self._told("FETCH", self._box.client.fetch, f"{first}:{last}", "(UID)")
            uids.extend(int(uid[1]) for line in told if isinstance(line, bytes) and (uid := _UID.search(line)))
        if len(uids) < count:
            raise MailboxDown(self._account, BROKEN, "did not list all its mails")
        yield from uids

    def newer(self, last: int, since: date | None) -> list[int]:
        """The UIDs after ``last``, in order; ``since`` leaves out what the server received before that day."""
        criteria = f"UID {last + 1}:*"
        if since is not None:
            criteria += f" SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        found = self._ask("SEARCH", criteria)
        # "n:*" always names the newest, even where it is older than n
        uids = {int(uid) for line in found if isinstance(line, bytes) for uid in line.split()}
        return sorted(uid for uid in uids if uid > last)

    def mails(self, uids: Iterable[int]) -> Iterator[list[Fetched]]:
        """The mails of these UIDs in batches small enough for the memory; one expunged meanwhile is left out."""
        wanted = iter(uids)
        while some := list(islice(wanted, _SIZES_AT_ONCE)):
            yield from self._batches(some)

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
        return self._told(command, self._box.client.uid, command, *words)

    def _told(self, command: str, asks: Callable[..., tuple[str, list[Any]]], *words: str) -> list[Any]:
        try:
            state, told = asks(*words)
        except (OSError, imaplib.IMAP4.error) as error:
            raise _broke_off(self._account, error) from error
        if state != "OK":
            raise MailboxDown(self._account, BROKEN, f"did not carry out {command}")
        return told


def _set(uids: Sequence[int]) -> str:
    return ",".join(map(str, uids))


def _logged_in(account: Account) -> BaseMailBox:
    try:
        from imap_tools.errors import ImapToolsError
    except ImportError:
        raise MailboxWrong(
            PLUGIN,
            "Reading a mailbox on a server needs a part that is not installed. Nothing was read.",
            hint="pipx inject dsar-cli imap-tools",
        ) from None
    secret = account.secret()
    if any(ord(char) < 32 or ord(char) == 127 for char in account.user + secret):
        raise MailboxWrong(
            BROKEN,
            f"The user name or the secret of the mailbox {account.place} holds a line break or another control "
            "character. Nothing was read.",
        )
    try:
        box = _connect(account)
    except (OSError, ValueError, imaplib.IMAP4.error, ImapToolsError) as error:
        raise MailboxDown(account, *_why(error, account)) from error
    try:
        _log_in(box, account, secret)
    except (imaplib.IMAP4.error, ImapToolsError, OSError) as error:
        with suppress(Exception):
            box.client.shutdown()
        # the error itself may quote what was sent
        if isinstance(error, OSError | imaplib.IMAP4.abort):
            raise _broke_off(account, error) from None
        what = "OAuth token" if account.oauth else "password"
        raise MailboxDown(account, REFUSED, f"did not accept our user name and {what}") from None
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


def _why(error: Exception, account: Account) -> tuple[str, str]:
    match error:
        case ssl.SSLCertVerificationError():
            return REFUSED, "shows a certificate that this computer does not trust"
        case ssl.SSLError():
            return BROKEN, "speaks no TLS on this port"
        case socket.gaierror():
            return BROKEN, "is not to be found under this name"
        case TimeoutError():
            return TIMEOUT, f"did not answer within {account.timeout} seconds"
        case FileNotFoundError():
            return BROKEN, "cannot be checked: its file of certificates is not there"
        case imaplib.IMAP4.error() if account.security == "starttls":
            return REFUSED, "does not offer STARTTLS"
    return BROKEN, "cannot be reached"


def _broke_off(account: Account, error: Exception) -> MailboxDown:
    if isinstance(error, TimeoutError):
        return MailboxDown(account, TIMEOUT, f"did not answer within {account.timeout} seconds")
    return MailboxDown(account, BROKEN, "broke off")


def _flags(folder: FolderInfo) -> set[str]:
    return {flag.casefold() for flag in folder.flags}
