"""What is fuzzed: each target takes any bytes, ends quietly or with a sentence (DsarError), and keeps its promises.

How the bytes are made is for ``mutation``; running many of them, for ``__main__``.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from dsar.cli.main import run
from dsar.config import parse_config
from dsar.errors import DsarError
from dsar.formats.files import contained, safe_name
from dsar.formats.html import clean_html, html_to_text
from dsar.formats.mail import Mail, read_mail
from dsar.formats.mailbox import mbox_messages
from dsar.formats.plain import printable
from dsar.formats.quoting import part_reply
from dsar.inbox.arrival import Arrival, InboxSettings
from dsar.inbox.arrivals import arrivals
from dsar.law.rules import RuleBook
from dsar.letters.compose import compose, template_folders
from dsar.letters.kinds import Kind
from dsar.sources.settings import load_sources
from dsar.workflow.policies import read_policies
from tests.letters.samples import letter

ENDINGS = (
    ".eml",
    ".mbox",
    ".txt",
    ".json",
    ".csv",
    ".tsv",
    ".jsonl",
    ".html",
    ".pdf",
    ".b64",
    ".zip",
    ".xlsx",
    ".ics",
    "",
)
_SETTINGS = InboxSettings(zone=ZoneInfo("Europe/Berlin"), today=date(2026, 11, 21), country="DE")
_ALLOWED = frozenset("\n\u200c\u200d")
_ACTIVE = frozenset({
    "script", "style", "iframe", "object", "embed", "form", "input", "img", "svg", "math", "link", "meta", "base",
})  # fmt: skip
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ud800-\udfff]")


class Broken(AssertionError):
    """A promise that did not hold."""


def promise(held: object, says: str) -> None:
    """Raise Broken unless it held."""
    if not held:
        raise Broken(says)


def harmless(text: str, what: str) -> None:
    """Nothing in it is obeyed by a terminal, and it can be written as UTF-8."""
    for char in text:
        if not char.isprintable() and char not in _ALLOWED:
            promise(
                unicodedata.category(char) not in ("Cc", "Cf", "Cs") or printable(char) == char, f"{what}: {char!r}"
            )
    text.encode("utf-8")


def _mail_is_sound(mail: Mail, folder: Path) -> None:
    lines = (mail.subject, mail.message_id, mail.in_reply_to, *mail.references, *mail.defects)
    people = (mail.sender, *mail.to, *mail.cc, *([mail.reply_to] if mail.reply_to else []))
    for line in (*lines, *(person.name for person in people), *(person.email for person in people)):
        promise("\n" not in line and "\r" not in line, f"a line break in {line!r}")
        harmless(line, "header")
    for text in (mail.text, mail.quoted, mail.signature):
        harmless(text, "text")
    for attachment in mail.attachments:
        _name_stays_inside(attachment.name, folder)
        promise(attachment.size == len(attachment.data), "size of an attachment")
    for moment in (mail.date, mail.received):
        promise(moment is None or moment.tzinfo, "a date without a zone")
    for inner in mail.forwarded:
        _mail_is_sound(inner, folder)


def _name_stays_inside(name: str, folder: Path) -> None:
    path = contained(folder, name)
    promise(path.parent == folder.resolve(), f"{name!r} leaves its folder")
    promise(name.isascii() and len(name) <= 100 and not name.startswith("."), f"odd file name {name!r}")


def _arrival_is_sound(arrival: Arrival) -> None:
    harmless(arrival.subject, "subject")
    harmless(arrival.text, "text")
    for name in (attached.name for attached in arrival.attachments):
        promise("/" not in name and "\\" not in name, f"attachment {name!r}")
    promise(0 <= arrival.reading.confidence <= 1, "confidence")
    if arrival.refused:
        promise(not arrival.reading.rights, "a refused file asks for something")


def read_a_mail(data: bytes) -> None:
    """Bytes to one mail: headers, text, attachments, forwarded messages."""
    _mail_is_sound(read_mail(data), Path("/nowhere/case"))


def arrive(data: bytes) -> None:
    """Bytes from a pipe to arrivals with their readings."""
    for arrival in arrivals(data, settings=_SETTINGS):
        _arrival_is_sound(arrival)


def file(data: bytes) -> None:
    """A file of any ending: its first byte chooses the ending, the rest is what stands in it."""
    ending = ENDINGS[data[0] % len(ENDINGS)] if data else ""
    with TemporaryDirectory(prefix="dsar-fuzz-") as folder:
        path = Path(folder) / f"arrived{ending}"
        path.write_bytes(data[1:])
        for arrival in arrivals(path, settings=_SETTINGS):
            _arrival_is_sound(arrival)
        promise(sorted(os.listdir(folder)) == [path.name], "reading wrote a file")


def mailbox(data: bytes) -> None:
    """An mbox file to messages; no byte of a message is read twice."""
    with TemporaryDirectory(prefix="dsar-fuzz-") as folder:
        path = Path(folder) / "post.mbox"
        path.write_bytes(data)
        promise(sum(len(raw) for raw in mbox_messages(path)) <= len(data), "more came out than went in")


def page(data: bytes) -> None:
    """HTML to text, and to HTML that can do nothing."""
    html = data.decode("utf-8", "replace")
    harmless(html_to_text(html), "text of HTML")
    _Watch().feed(clean_html(html))


class _Watch(HTMLParser):
    """Raises Broken at a tag or attribute that could do something."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        promise(tag not in _ACTIVE, f"<{tag}> was let through")
        for name, value in attrs:
            promise(name in ("href", "rel"), f"{name} was let through")
            # RFC 3986 3.1: with any other character before the colon it is no scheme, and the link leads nowhere else
            scheme = re.match(r"\s*([a-zA-Z][a-zA-Z0-9+.-]*):", value or "")
            named = scheme[1].lower() if scheme else ""
            promise(named in ("", "http", "https", "mailto", "tel"), f"a link to {named} was let through")


def words(data: bytes) -> None:
    """Text parted into new, quoted and signature, no line lost; and made printable, twice the same."""
    text = printable(data.decode("utf-8", "replace"), keep_newlines=True)
    harmless(text, "printable")
    promise(printable(text, keep_newlines=True) == text, "printable is not stable")
    parted = part_reply(text)
    kept = "".join((parted.text + parted.quoted + parted.signature + parted.notice).split())
    promise(len(kept) <= len("".join(text.split())), "lines were doubled")


def names(data: bytes) -> None:
    """Any attachment name to a path inside the case folder."""
    folder = Path("/nowhere/case")
    name = data.decode("utf-8", "surrogateescape")
    _name_stays_inside(safe_name(name), folder)
    with contextlib.suppress(DsarError):
        promise(contained(folder, name).is_relative_to(folder), f"{name!r} leaves its folder")


def settings(data: bytes) -> None:
    """TOML that an office writes: dsar.toml, a source, a policy, a law."""
    text = data.decode("utf-8", "replace")
    with contextlib.suppress(DsarError):
        _, faults = parse_config(text)
        for fault in faults:
            str(fault).encode("utf-8")
    with TemporaryDirectory(prefix="dsar-fuzz-") as folder:
        path = Path(folder) / "xx-fuzz.toml"
        path.write_bytes(data)
        for read in (load_sources, read_policies, lambda place: list(RuleBook(place).laws())):
            try:
                read(path.parent)
            except DsarError as told:
                str(told).encode("utf-8")


def compose_letter(data: bytes) -> None:
    """A letter whose values came from outside: it is one subject line, and nothing in it is obeyed."""
    value = data.decode("utf-8", "surrogateescape")
    plain = letter(Kind.ACKNOWLEDGEMENT, "eu-gdpr")
    made = compose(Kind.ACKNOWLEDGEMENT, replace(plain, requester=value, customer=value), folders=template_folders())
    promise("\n" not in made.subject and "\r" not in made.subject, "a line break in the subject")
    harmless(made.subject, "subject")
    promise(not _CONTROL.search(made.text), "control characters in a letter")
    promise("<script" not in made.html.lower(), "script in a letter")


def command(data: bytes) -> None:
    """`dsar new --file F --dry-run`, as JSON and on a screen, with no workspace; nothing is written anywhere."""
    ending = ENDINGS[data[0] % len(ENDINGS)] if data else ""
    with TemporaryDirectory(prefix="dsar-fuzz-") as folder:
        path = Path(folder) / f"arrived{ending}"
        path.write_bytes(data[1:])
        told = _typed("new", "--file", str(path), "--dry-run", "--json", home=folder)
        promise("schema" in json.loads(told), "no JSON document")
        told.encode("utf-8")
        shown = _typed("new", "--file", str(path), "--dry-run", home=folder)
        promise(not _CONTROL.search(shown), "control characters on the screen")
        promise(sorted(os.listdir(folder)) == [path.name], "a dry run wrote a file")


def _typed(*typed: str, home: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    before = dict(os.environ)
    os.environ.update(DSAR_HOME=home, DSAR_TODAY="2026-11-21", DSAR_AS="fuzz", NO_COLOR="1")
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(typed)
    finally:
        os.environ.clear()
        os.environ.update(before)
    promise(code in (0, 2), f"exit code {code}: {err.getvalue()[-300:]}")
    promise("Traceback" not in err.getvalue(), "a traceback")
    return out.getvalue() + ("" if "--json" in typed else err.getvalue())


TARGETS: dict[str, Callable[[bytes], None]] = {
    "mail": read_a_mail,
    "arrive": arrive,
    "file": file,
    "mailbox": mailbox,
    "page": page,
    "words": words,
    "names": names,
    "settings": settings,
    "letter": compose_letter,
    "command": command,
}


def check(target: str, data: bytes) -> None:
    """Run one input through one target; a DsarError is an answer, anything else is a fault."""
    with contextlib.suppress(DsarError):
        TARGETS[target](data)
