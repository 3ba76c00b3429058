"""Hands an e-mail over: to a folder, or to a mail server.

Each ends in one of four ways: handed over (a receipt), not now (OutsideDown), never (AddressRefused), or
nobody knows (SendingUnsure). When to try again is for the outbox.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP as MAIL_POLICY
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from dsar.errors import InputWrong, OutsideDown, PartlyDone, Refused
from dsar.formats.files import private_folder, read_limited, safe_name, write_atomic
from dsar.letters.address import mail_address, masked

_LARGEST = 200_000_000
_PERMANENT = 500
_ACCEPTED = 250
# "log in first", and its kin: our settings are wrong, not the letter
_LOG_IN_FIRST = range(530, 540)


class AddressRefused(Refused):
    """The server will never take this letter for this recipient; trying again is of no use."""


class SendingUnsure(PartlyDone):
    """The connection broke after the letter was handed over and before the server said yes or no."""


class Security(StrEnum):
    """How the line to the mail server is protected."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


class Transport(Protocol):
    """A way out; ``send`` returns a receipt, or raises OutsideDown, AddressRefused or SendingUnsure."""

    def send(self, eml: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        """Hand one e-mail over to all recipients, or to none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderTransport:
    """Puts each letter into a folder, as a file named by its Message-ID; for offices that mail by hand."""

    folder: Path

    def send(self, eml: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        """Write the letter; the same letter again is already sent, a changed one under the same key is Refused."""
        private_folder(self.folder)
        path = self.folder / f"{_key(eml)}.eml"
        if path.exists():
            if read_limited(path, _LARGEST) != eml:
                raise Refused(
                    "Not sent: another letter with the same key has already left. That one is unchanged.",
                    hint="Look: dsar outbox list",
                )
        else:
            write_atomic(path, eml)
        return f"folder {path.name}"


def _key(eml: bytes) -> str:
    message_id = str(message_from_bytes(eml, policy=MAIL_POLICY).get("Message-ID", ""))
    local = message_id.strip().strip("<>").partition("@")[0]
    if not local:
        raise InputWrong("Not sent: the e-mail has no Message-ID, so sending it twice could not be noticed.")
    return safe_name(local)


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpTransport:
    """Sends through one mail server. The password is asked for when needed and never kept.

    ``greeting`` is the name we give the server; ``context`` replaces the system's trusted certificates.
    """

    host: str
    port: int
    security: Security
    user: str = ""
    password: Callable[[], str] | None = None
    timeout: float = 30.0
    greeting: str = "localhost"
    context: ssl.SSLContext | None = None

    def send(self, eml: bytes, *, sender: str, recipients: Sequence[str]) -> str:
        """Send to all recipients or to none; the receipt holds the server's own words."""
        if not recipients:
            raise InputWrong("Not sent: there is nobody to send the letter to.")
        # checked again here: what stands in a command must not be able to end it
        from_, to = mail_address(sender).email, [mail_address(recipient).email for recipient in recipients]
        with self._session() as server:
            self._answer(server.mail(from_, [f"size={len(eml)}"] if server.has_extn("size") else []))
            for recipient in to:
                self._answer(server.rcpt(recipient))
            code, words = self._hand_over(server, eml)
        return f"{self.host}:{self.port} {code} {masked(words)}"

    @contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise self._down(error) from error
        try:
            yield server
        except (OSError, smtplib.SMTPException) as error:
            raise self._down(error) from error
        finally:
            _leave(server)

    def _connect(self) -> smtplib.SMTP:
        if self.user and self.security is Security.NONE:
            raise Refused(
                "Not sent: the password of the mail server would travel unprotected. The letter waits in the outbox.",
                hint='Set security = "starttls" or "tls" for mail: dsar config edit',
            )
        context = self.context or ssl.create_default_context()
        server: smtplib.SMTP
        if self.security is Security.TLS:
            server = smtplib.SMTP_SSL(
                self.host, self.port, local_hostname=self.greeting, timeout=self.timeout, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, local_hostname=self.greeting, timeout=self.timeout)
        try:
            if self.security is Security.STARTTLS:
                server.ehlo_or_helo_if_needed()
                # raises if the server does not offer it: we never fall back to an open line
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if self.user:
                server.login(self.user, self.password() if self.password else "")
        except BaseException:
            server.close()
            raise
        return server

    def _hand_over(self, server: smtplib.SMTP, eml: bytes) -> tuple[int, str]:
        self._answer(server.docmd("DATA"), expected=354)
        # from here on the server may have the letter, whatever happens to the line
        try:
            server.send(_dotted(eml))
            code, words = server.getreply()
        except (OSError, smtplib.SMTPException) as error:
            raise SendingUnsure(
                f"Unsure: the letter was being handed to the mail server {self.host}:{self.port} when the line broke. "
                "It will not be sent twice by itself.",
                hint="Look in the archive box, then: dsar outbox resolve ID --sent (or --resend)",
            ) from error
        self._answer((code, words))
        return code, words.decode("utf-8", "replace")

    def _answer(self, reply: tuple[int, bytes], *, expected: int = _ACCEPTED) -> None:
        code, raw = reply
        if code == expected or (expected == _ACCEPTED and code == 251):
            return
        words = masked(raw.decode("utf-8", "replace"))
        if code in _LOG_IN_FIRST:
            raise OutsideDown(
                f'The mail server {self.host}:{self.port} wants a user name and password: {code} "{words}". '
                "Nothing has left; the letter waits in the outbox.",
                hint="Set them for mail: dsar config edit",
            )
        if code >= _PERMANENT:
            raise AddressRefused(
                f'The mail server will not take this letter: {code} "{words}". Nothing has left, and it will not '
                "be tried again.",
                hint="Call or write by post, then: dsar letter send CASE KIND --by post",
            )
        raise OutsideDown(
            f'The mail server {self.host}:{self.port} cannot take the letter now: {code} "{words}". '
            "The letter waits in the outbox; dsar remind sends it within the hour.",
            hint="Look: dsar outbox list",
        )

    def _down(self, error: OSError | smtplib.SMTPException) -> OutsideDown:
        match error:
            case smtplib.SMTPAuthenticationError():
                why = f"did not accept our user name and password ({error.smtp_code})"
            case smtplib.SMTPNotSupportedError():
                why = f"does not offer what is set for it ({self.security})"
            case ssl.SSLError():
                why = "shows a certificate that is not trusted, or speaks no TLS on this port"
            case _:
                why = "cannot be reached"
        return OutsideDown(
            f"The mail server {self.host}:{self.port} {why}. Nothing has left; the letter waits in the outbox and "
            "dsar remind sends it within the hour.",
            hint="Look: dsar outbox list",
        )


def _dotted(eml: bytes) -> bytes:
    """The e-mail as SMTP carries it: CRLF line ends, dots doubled at the start of a line, a lone dot last."""
    lines = eml.replace(b"\r\n", b"\n").removesuffix(b"\n").split(b"\n")
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def _leave(server: smtplib.SMTP) -> None:
    try:
        server.quit()
    except (OSError, smtplib.SMTPException):
        server.close()
