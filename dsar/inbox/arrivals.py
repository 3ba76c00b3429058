"""Opens whatever was handed over (mail, mailbox, letter, form, sheet, protocol message) as a series of Arrivals.

Nothing is skipped: what cannot be used is an Arrival that says so. Opening cases is left to the workflow.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import re
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

from dsar.errors import InputWrong
from dsar.formats.files import read_limited, sniff
from dsar.formats.mail import MAX_SIZE
from dsar.formats.mailbox import maildir_messages, mbox_messages
from dsar.formats.plain import shorten
from dsar.formats.rows import Row
from dsar.formats.sniffing import kind_words
from dsar.formats.tables import SHEETS, read_rows
from dsar.inbox.archives import archive
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.forms import form_arrival, is_form
from dsar.inbox.json_forms import cells_of, json_lines, parsed, submissions
from dsar.inbox.letters import decoded, letter, pdf_letter
from dsar.inbox.mails import mail_arrival, refused_arrival
from dsar.inbox.protocols import is_protocol, protocol_reading

_TABLES = (".csv", ".tsv", ".jsonl", *SHEETS)
_SIGNATURE = 64
_LOOK = 8_000
_BASE64 = re.compile(rb"[A-Za-z0-9+/=\s]+")
_NO_COLUMNS = "has no columns I know (name, e-mail, message …). Nothing was opened. Map them: dsar config edit"


def arrivals(source: Path | bytes, *, settings: InboxSettings, name: str = "") -> Iterator[Arrival]:
    """Every message, row or request of a file, folder or of bytes from a pipe, in order.

    Raises InputWrong only where the file itself cannot be opened; a file of an unusable kind is one
    refused Arrival.
    """
    shown = name or ("standard input" if isinstance(source, bytes) else source.name)
    settings = settings.for_file(shown)
    if isinstance(source, bytes):
        yield from _from_bytes(source, shown, settings)
        return
    if source.is_dir():
        for part, raw in enumerate(maildir_messages(source), 1):
            yield mail_arrival(raw, shown, part, settings)
        return
    ending = source.suffix.lower()
    if ending in _TABLES:
        yield from _from_table(source, shown, settings)
        return
    head = _head(source)
    if ending == ".mbox" or (ending != ".eml" and sniff(head) == "mbox"):
        for part, raw in enumerate(mbox_messages(source), 1):
            yield mail_arrival(raw, shown, part, settings)
        return
    try:
        raw = read_limited(source, MAX_SIZE)
    except InputWrong as wrong:
        yield refused_arrival(b"", shown, 0, settings, wrong.message)
        return
    yield from _from_bytes(raw, shown, settings, ending=ending)


def _head(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(65_536)
    except OSError as error:
        shown = shorten(path.name, 80)
        raise InputWrong(f"{shown} could not be read ({error.strerror}). Nothing was opened.") from error


def _from_bytes(raw: bytes, name: str, settings: InboxSettings, *, ending: str = "") -> Iterator[Arrival]:
    kind = sniff(raw)
    if ending == ".b64" or (kind == "text" and not ending and _is_signed(raw)):
        yield _signed(raw, name, settings)
    elif ending == ".eml" or kind in ("mail", "mbox"):
        yield mail_arrival(raw, name, 0, settings)
    elif kind == "json" or ending == ".json":
        yield from _from_json(raw, name, settings)
    elif kind == "pdf":
        yield pdf_letter(raw, name, settings)
    elif kind == "zip":
        yield archive(raw, name, settings)
    elif kind == "xlsx" or (kind == "text" and ending != ".txt" and _is_table(raw, settings)):
        yield from _from_piped_table(raw, name, settings, ".xlsx" if kind == "xlsx" else ".csv")
    elif kind == "text":
        yield letter(raw, name, settings)
    elif kind == "empty":
        yield refused_arrival(raw, name, 0, settings, f"{shorten(name, 60)} is empty. Nothing was opened.")
    else:
        yield refused_arrival(raw, name, 0, settings, _unusable(name, kind))


def _is_table(raw: bytes, settings: InboxSettings) -> bool:
    """Whether text without a telling name is a form's export: its first line is the headings of one."""
    first, _, rest = decoded(raw[:_LOOK]).partition("\n")
    if not rest.strip():
        return False
    for separator in ",;\t":
        headings = [cell.strip(" \"'\r") for cell in first.split(separator)]
        if len(headings) > 1 and all(len(cell) < 80 for cell in headings):
            return is_form(dict.fromkeys(headings, ""), settings)
    return False


def _from_piped_table(raw: bytes, name: str, settings: InboxSettings, ending: str) -> Iterator[Arrival]:
    """A table that came without a file of its own; its readers want one."""
    with TemporaryDirectory(prefix="dsar-") as folder:
        path = Path(folder) / f"table{ending}"
        path.write_bytes(raw)
        yield from _from_table(path, name, settings)


def _unusable(name: str, kind: str) -> str:
    shown = shorten(name, 60)
    return f"{shown} is not a message I can read (it looks like {kind_words(kind)}). Nothing was opened."


def _is_signed(raw: bytes) -> bool:
    """Whether text is a signed message: base64 and nothing else, with JSON behind the signature."""
    if len(raw) < 2 * _SIGNATURE or not _BASE64.fullmatch(raw[:4_000]):
        return False
    try:
        head = base64.b64decode(b"".join(raw[:4_000].split())[:400])
    except (binascii.Error, ValueError):
        return False
    return head[_SIGNATURE:].lstrip().startswith(b"{")


def _signed(raw: bytes, name: str, settings: InboxSettings) -> Arrival:
    """A signed protocol message: 64 bytes of signature, then JSON, all in base64. The signature is not checked."""
    try:
        signed = base64.b64decode(b"".join(raw.split()), validate=True)
    except (binascii.Error, ValueError):
        sentence = f"{shorten(name, 60)} is not base64, so it is no signed message. Nothing was opened."
        return refused_arrival(raw, name, 0, settings, sentence)
    message = parsed(decoded(signed[_SIGNATURE:]))
    if not isinstance(message, Mapping) or not is_protocol(message):
        sentence = f"{shorten(name, 60)} holds no request of a protocol I know. Nothing was opened."
        return refused_arrival(raw, name, 0, settings, sentence)
    return _protocol(message, raw, name, 0, settings)


def _from_json(raw: bytes, name: str, settings: InboxSettings) -> Iterator[Arrival]:
    found = parsed(decoded(raw)) or json_lines(decoded(raw))
    if found is None:
        yield refused_arrival(raw, name, 0, settings, f"{shorten(name, 60)} is not sound JSON. Nothing was opened.")
        return
    entries = submissions(found)
    if not entries:
        yield refused_arrival(raw, name, 0, settings, f"{shorten(name, 60)} holds no request. Nothing was opened.")
    many = len(entries) > 1
    for part, entry in enumerate(entries, 1):
        part_raw = json.dumps(entry, ensure_ascii=False, sort_keys=True).encode() if many else raw
        number = part if many else 0
        if not isinstance(entry, Mapping):
            sentence = f"Entry {part} of {shorten(name, 60)} is not a form. Nothing was opened."
            yield refused_arrival(part_raw, name, number, settings, sentence)
        elif is_protocol(entry):
            yield _protocol(entry, part_raw, name, number, settings)
        else:
            yield _form(cells_of(entry), part_raw, name, number, settings, "form")


def _protocol(entry: Mapping[str, Any], raw: bytes, name: str, part: int, settings: InboxSettings) -> Arrival:
    reading, refused, sent = protocol_reading(entry, today=settings.today)
    received = settings.today
    try:
        moment = datetime.fromisoformat(sent.replace("Z", "+00:00"))
        received = moment.astimezone(settings.zone).date() if moment.tzinfo else moment.date()
    except ValueError:
        reading = reading.warned("It carries no date; today is taken as the day it was received. Check that.")
    return Arrival(
        file=name,
        part=part,
        raw=raw,
        sha256=digest(raw),
        channel="protocol",
        received_on=received,
        reading=reading,
        unsigned=True,
        refused=refused,
    )


def _from_table(path: Path, name: str, settings: InboxSettings) -> Iterator[Arrival]:
    channel = "sheet" if path.suffix.lower() in SHEETS else "form"
    told = 0
    table = read_rows(path)
    known = is_form(dict.fromkeys(table.columns, ""), settings)
    # started even where nothing is known, because only a reader that was started closes its file
    with closing(cast("Generator[Row, None, None]", table.rows)) as rows:
        for row in rows:
            if not known:
                break
            if not any(value.strip() for value in row.values.values()):
                continue
            arrival = _form(row.values, _row_bytes(row.values), name, row.number, settings, channel)
            new = tuple(problem.says for problem in table.problems[told:])
            told = len(table.problems)
            yield replace(arrival, problems=new) if new else arrival
    if not known:
        yield refused_arrival(b"", name, 0, settings, f"{shorten(name, 60)} {_NO_COLUMNS}")
        return
    for problem in table.problems[told:]:
        yield refused_arrival(b"", name, problem.line, settings, problem.says)


def _form(cells: Mapping[str, str], raw: bytes, name: str, part: int, settings: InboxSettings, channel: str) -> Arrival:
    if not is_form(cells, settings):
        sentence = f"{shorten(name, 60)} has no fields I know (name, e-mail, message …). Nothing was opened."
        return refused_arrival(raw, name, part, settings, sentence)
    return form_arrival(cells, raw, name, part, settings, channel=channel)


def _row_bytes(values: Mapping[str, str]) -> bytes:
    """One row as the bytes that are kept and hashed: column names and values as CSV."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(values.keys())
    writer.writerow(values.values())
    return written.getvalue().encode()
