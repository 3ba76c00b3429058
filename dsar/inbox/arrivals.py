"""Opens whatever was handed over (mail, mailbox, letter, form, sheet, protocol message) as a series of Arrivals.

Nothing is skipped: what cannot be used is an Arrival that says so. Opening cases is left to the workflow.
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any, cast

from dsar.errors import InputWrong
from dsar.formats.files import read_limited, sniff
from dsar.formats.mail import MAX_SIZE
from dsar.formats.mailbox import maildir_messages, mbox_messages
from dsar.formats.plain import printable, shorten
from dsar.formats.rows import Row
from dsar.formats.sniffing import kind_words
from dsar.formats.tables import SHEETS, read_rows
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.attach import case_in
from dsar.inbox.dates import dates_in
from dsar.inbox.forms import form_arrival, is_form
from dsar.inbox.language import language_of
from dsar.inbox.lexicon import lexicon
from dsar.inbox.mails import mail_arrival, refused_arrival
from dsar.inbox.protocols import is_protocol, protocol_reading
from dsar.inbox.reader import read

_TABLES = (".csv", ".tsv", ".jsonl", *SHEETS)
_HEAD_LINES = 25
_SIGNATURE = 64
_DEPTH = 60
_NO_COLUMNS = "has no columns I know (name, e-mail, message …). Nothing was opened. Map them: dsar config edit"
_NOTE = ("phone", "call", "telefon", "anruf")


def arrivals(source: Path | bytes, *, settings: InboxSettings, name: str = "") -> Iterator[Arrival]:
    """Every message, row or request of a file, folder or of bytes from a pipe, in order.

    Raises InputWrong only where the file itself cannot be opened; a file of an unusable kind is one
    refused Arrival.
    """
    if isinstance(source, bytes):
        yield from _from_bytes(source, name or "standard input", settings)
        return
    shown = name or source.name
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
    if ending == ".b64":
        yield _signed(raw, name, settings)
    elif ending == ".eml" or kind in ("mail", "mbox"):
        yield mail_arrival(raw, name, 0, settings)
    elif kind == "json" or ending == ".json":
        yield from _from_json(raw, name, settings)
    elif kind == "text":
        yield _letter(raw, name, settings)
    elif kind == "empty":
        yield refused_arrival(raw, name, 0, settings, f"{shorten(name, 60)} is empty. Nothing was opened.")
    else:
        yield refused_arrival(raw, name, 0, settings, _unusable(name, kind))


def _unusable(name: str, kind: str) -> str:
    shown = shorten(name, 60)
    if kind == "pdf":
        return f"{shown} is a PDF, which is not read yet. Nothing was opened. Type it in: dsar new"
    if kind == "zip":
        return f"{shown} is a ZIP archive, which is not opened here. Nothing was opened. Hand over the files in it."
    return f"{shown} is not a message I can read (it looks like {kind_words(kind)}). Nothing was opened."


def _letter(raw: bytes, name: str, settings: InboxSettings) -> Arrival:
    """A letter or typed note as plain text; its own date is taken where its head names one."""
    text = printable(_decoded(raw), keep_newlines=True)
    reading = read(text, country=settings.country, order=settings.date_order)
    order = settings.date_order or (lexicon(reading.language).date_order if language_of(text).known else "")
    written = _letter_date(text, order or ("mdy" if settings.country == "US" else "dmy"), settings.today)
    warning = "The day it was received is not known; the date of the letter is taken. Check the stamp."
    if written is None:
        warning = "It carries no date; today is taken as the day it was received. Check that."
    head = text[:200].casefold()
    return Arrival(
        file=name,
        raw=raw,
        sha256=digest(raw),
        channel="phone" if any(word in head for word in _NOTE) and ":" in head else "post",
        received_on=written or settings.today,
        text=text,
        reading=reading.warned(warning),
        case=case_in((text[:2_000],), prefix=settings.prefix),
    )


def _letter_date(text: str, order: str, today: date) -> date | None:
    for line in text.split("\n")[:_HEAD_LINES]:
        if len(line) > 60:
            continue
        for found in dates_in(line.strip(), order=order):
            if 0 <= (today - found).days <= 3_660 or found > today:
                return found if found <= today else None
    return None


def _decoded(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", errors="replace")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _signed(raw: bytes, name: str, settings: InboxSettings) -> Arrival:
    """A signed protocol message: 64 bytes of signature, then JSON, all in base64. The signature is not checked."""
    try:
        decoded = base64.b64decode(b"".join(raw.split()), validate=True)
    except (binascii.Error, ValueError):
        sentence = f"{shorten(name, 60)} is not base64, so it is no signed message. Nothing was opened."
        return refused_arrival(raw, name, 0, settings, sentence)
    parsed = _parsed(decoded[_SIGNATURE:])
    if not isinstance(parsed, Mapping) or not is_protocol(parsed):
        sentence = f"{shorten(name, 60)} holds no request of a protocol I know. Nothing was opened."
        return refused_arrival(raw, name, 0, settings, sentence)
    return _protocol(parsed, raw, name, 0, settings)


def _from_json(raw: bytes, name: str, settings: InboxSettings) -> Iterator[Arrival]:
    parsed = _parsed(raw)
    if parsed is None:
        yield refused_arrival(raw, name, 0, settings, f"{shorten(name, 60)} is not sound JSON. Nothing was opened.")
        return
    entries = parsed if isinstance(parsed, list) else _inner_list(parsed)
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
            yield _form(_flat(entry), part_raw, name, number, settings, "form")


def _inner_list(parsed: object) -> list[Any]:
    """The list an export wraps its submissions in ({"responses": […]}), or the object itself."""
    if isinstance(parsed, Mapping):
        lists = [value for value in parsed.values() if isinstance(value, list) and _all_objects(value)]
        if len(lists) == 1 and not is_protocol(parsed) and not _is_whole_form(parsed):
            return lists[0]
        return [parsed]
    return []


def _all_objects(values: list[Any]) -> bool:
    return bool(values) and all(isinstance(value, Mapping) for value in values)


def _is_whole_form(parsed: Mapping[str, Any]) -> bool:
    """Whether an object itself carries the answers, so that a list inside belongs to it."""
    return "fields" in parsed or "answers" in parsed or "email" in {str(key).casefold() for key in parsed}


def _flat(entry: Mapping[str, Any], depth: int = 0) -> dict[str, str]:
    """The cells of a nested form: inner objects by their own keys, question and answer pairs as such, lists joined."""
    cells: dict[str, str] = {}
    label = entry.get("label", entry.get("question", entry.get("field")))
    value = entry.get("value", entry.get("answer"))
    if isinstance(label, str) and isinstance(value, str | int | float):
        return {label: str(value)}
    for key, inner in entry.items():
        if isinstance(inner, Mapping) and depth < 6:
            cells.update(_flat(inner, depth + 1))
        elif isinstance(inner, list) and depth < 6:
            plain = [str(value) for value in inner if isinstance(value, str | int | float)]
            if plain:
                cells[str(key)] = ", ".join(plain)
            for value in inner:
                if isinstance(value, Mapping):
                    cells.update(_flat(value, depth + 1))
        elif isinstance(inner, str | int | float) and not isinstance(inner, bool):
            cells.setdefault(str(key), str(inner))
    return cells


def _parsed(raw: bytes) -> object:
    try:
        text = _decoded(raw)
        if text.count("[") + text.count("{") > 100_000 or _too_deep(text):
            return None
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _too_deep(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in "[{") - (char in "]}")
        if depth > _DEPTH:
            return True
    return False


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
