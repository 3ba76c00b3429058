"""Searches an mbox file, a Maildir or an IMAP folder: one record per message, its parties and signature as fields.

Reading mail safely is ``formats.mail``, asking a server ``imap``; what counts as a match is ``matching``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import Record, RecordSet
from dsar.errors import InputWrong, did_you_mean
from dsar.formats.mail import Address, Mail, read_mail
from dsar.formats.mailbox import maildir_messages, mbox_messages
from dsar.formats.plain import printable, shorten
from dsar.sources.columns import key_of, named_columns
from dsar.sources.files import files_of
from dsar.sources.imap import messages, on_server
from dsar.sources.interface import Problem, SourceFailed, SourceSettings, Tested, Why
from dsar.sources.matching import Matcher
from dsar.sources.read_once import KeepsWhatItRead

FIELDS = (
    "message_id", "date", "from", "reply_to", "to", "cc", "subject", "body", "quoted", "forwarded", "signature",
    "signature_phone", "signature_company", "attachments", "sha256",
)  # fmt: skip
_FORMS = (
    r"GmbH|mbH|AG|KG|OHG|UG|Inc|LLC|L\.L\.C|Ltd|Limited|PLC|LLP|Corp|Corporation|Company|S\.?A\.?S?|S\.?A\.?R\.?L"
    r"|S\.?r\.?l|S\.?p\.?A|B\.?V|N\.?V|A/S|ApS|AB|Oy|Sp\. z o\.o|Pty|Pvt|K\.K|e\.V"
)
_COMPANY = re.compile(rf"\b(?:{_FORMS})(?:\b|\.)")
_LONGEST_SIGNATURE = 4_000


class MailboxSource(KeepsWhatItRead):
    """A mailbox; a record set is an mbox file, a pattern of them, or a Maildir or IMAP folder with its subfolders."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._home = home

    def test(self) -> Tested:
        """Count the messages of each record set, reading every one."""
        before = len(self.problems)
        rows = {one.name: sum(1 for _ in self._mails(one)) for one in self.settings.record_sets}
        return Tested(source=self.settings.name, rows=rows, problems=tuple(dict.fromkeys(self.problems[before:])))

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One pass over the messages: sender and addressees compared exactly, prose searched."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        for wanted in named_columns(record_set):
            if wanted not in FIELDS:
                says = f'{self.settings.name}: a message has no "{shorten(printable(wanted), 60)}".'
                raise SourceFailed(Why.BROKEN, says + did_you_mean(wanted, FIELDS))
        read = ((place, values_of(mail, self.settings.country)) for place, mail in self._mails(record_set))
        for place, values in self._kept(record_set.name, read):
            if matched := matcher.match(values):
                key = key_of(record_set, values) or f"sha256:{values['sha256']}"
                yield Record(key=key, values=values, matched=matched, place=place)

    def speaks_for(self, record_set: RecordSet, record: Record) -> bool:
        """A letter's signature is its sender's: it tells of the person only where the person wrote it."""
        return any(match.field == "from" and match.how != "text" for match in record.matched)

    def _mails(self, record_set: RecordSet) -> Iterator[tuple[str, Mail]]:
        if on_server(self.settings.path, self.settings.options):
            found = messages(self.settings, self._home, record_set.place, self.problems)
        else:
            found = self._on_disk(record_set)
        for box, number, raw in found:
            if mail := self._read(raw, box, number):
                yield f"{box} message {number}", mail

    def _on_disk(self, record_set: RecordSet) -> Iterator[tuple[str, int, bytes]]:
        for path in files_of(self._home, record_set.place or self.settings.path, self.settings.name):
            for box in _boxes(path):
                name = shorten(printable(box.name), 80)
                try:
                    held = maildir_messages(box) if box.is_dir() else mbox_messages(box)
                    for number, raw in enumerate(held, start=1):
                        yield name, number, raw
                except InputWrong as error:
                    raise SourceFailed(Why.UNREADABLE, f"{self.settings.name}: {error.message}") from error

    def _read(self, raw: bytes, name: str, number: int) -> Mail | None:
        try:
            mail = read_mail(raw, name=f"Message {number}")
        except InputWrong as error:
            self.problems.append(Problem(file=name, line=number, says=error.message))
            return None
        self.problems.extend(Problem(file=name, line=number, says=defect) for defect in mail.defects)
        return mail


def _boxes(path: Path) -> list[Path]:
    """A mailbox with its subfolders, each of which is a Maildir of its own."""
    if not path.is_dir():
        return [path]
    inner = sorted(below.parent for name in ("cur", "new") for below in path.glob(f"**/{name}") if below.is_dir())
    return list(dict.fromkeys(inner)) or [path]


def values_of(mail: Mail, country: str) -> dict[str, str]:
    """A message as the fields of a record; addresses as written, several of them parted by commas."""
    when = mail.date or mail.received
    signature = mail.signature[:_LONGEST_SIGNATURE]
    return {
        "message_id": mail.message_id,
        "date": when.isoformat() if when else "",
        "from": _written(mail.sender),
        "reply_to": _written(mail.reply_to) if mail.reply_to else "",
        "to": ", ".join(map(_written, mail.to)),
        "cc": ", ".join(map(_written, mail.cc)),
        "subject": mail.subject,
        "body": mail.text,
        "quoted": mail.quoted,
        "forwarded": "\n\n".join(_forwarded(mail)),
        "signature": mail.signature,
        "signature_phone": ", ".join(_phones(signature, country)),
        "signature_company": _company(signature),
        "attachments": ", ".join(attachment.name for attachment in mail.attachments),
        "sha256": mail.sha256,
    }


def _written(address: Address) -> str:
    return f"{address.name} <{address.email}>" if address.name and address.email else address.email or address.name


def _forwarded(mail: Mail) -> Iterator[str]:
    """The messages inside a message as text, with those inside them."""
    for inner in mail.forwarded:
        parties = (inner.sender, *inner.to, *inner.cc)
        head = f"{inner.subject}\n{', '.join(map(_written, parties))}"
        yield "\n\n".join(part for part in (head, inner.text, inner.quoted, inner.signature) if part)
        yield from _forwarded(inner)


def _phones(signature: str, country: str) -> list[str]:
    import phonenumbers

    lenient = phonenumbers.Leniency.POSSIBLE
    found = phonenumbers.PhoneNumberMatcher(signature, country.upper() or "ZZ", leniency=lenient)
    return list(dict.fromkeys(one.raw_string for one in found))


def _company(signature: str) -> str:
    """The first line of a signature that names a company by its legal form."""
    return next((line.strip() for line in signature.splitlines() if _COMPANY.search(line)), "")
