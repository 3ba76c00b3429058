"""Turns a form's cells (a web form's export, a row of the office's backlog sheet) into an Arrival.

Which column means what comes from the office's own mapping, then from the lexicons' labels.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from dsar.case.rights import Right, right_named
from dsar.case.stages import Role
from dsar.errors import InputWrong
from dsar.formats.plain import printable
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.attach import case_in
from dsar.inbox.dates import read_date
from dsar.inbox.fields import Fields, kind_of_label
from dsar.inbox.folding import fold
from dsar.inbox.identify import Sender
from dsar.inbox.lexicon import all_labels, languages, lexicon
from dsar.inbox.mails import refused_arrival
from dsar.inbox.reader import read
from dsar.inbox.reading import Evidence, Reading, RightRead

_CAMEL = re.compile(r"(?<=[a-zà-ÿ0-9])(?=[A-Z])")
_ROLES = {
    "self": Role.SELF, "myself": Role.SELF, "agent": Role.AGENT, "parent": Role.PARENT, "guardian": Role.PARENT,
    "authorized agent": Role.AGENT, "authorised agent": Role.AGENT, "executor": Role.EXECUTOR, "child": Role.CHILD,
    "elternteil": Role.PARENT, "bevollmachtigter": Role.AGENT, "vertreter": Role.AGENT,
}  # fmt: skip
_SURE_TYPE = 0.9
_MOST_CELLS = 400
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?(?:\.0)?")
_CLOCK = re.compile(
    r"[ ,]+(?:at |um |à )?\d{1,2}:\d{2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?"
    r"(?: ?(?:UTC|GMT|[A-Z]{3,4}))?(?: ?[+-]\d{1,2}(?::?\d{2})?)?$"
)
_TIMESTAMP = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}")


def form_arrival(
    cells: Mapping[str, str], raw: bytes, name: str, part: int, settings: InboxSettings, *, channel: str
) -> Arrival:
    """The Arrival of one filled-in form; one whose date can be two days is refused with the two dates named."""
    known = _known_cells(cells, settings)
    try:
        received, guessed = _received(known.get("received", ""), settings)
    except InputWrong as wrong:
        row = f"Row {part}: " if part else ""
        return refused_arrival(raw, name, part, settings, row + wrong.message)
    reading = _reading(known, cells, settings)
    if guessed:
        reading = reading.warned("The form says no date; today is taken as the day it was received. Check that.")
    text = known.get("message", "")
    return Arrival(
        file=name,
        part=part,
        raw=raw,
        sha256=digest(raw),
        channel=channel,
        received_on=received,
        sender=known.get("email", ""),
        subject=printable(known.get("type", "")),
        text=text,
        reading=reading,
        case=case_in((known.get("reference", ""), text), prefix=settings.prefix),
    )


def is_form(cells: Mapping[str, str], settings: InboxSettings) -> bool:
    """Whether the columns can be a form's: somebody to answer and something said, or at least two of the labels."""
    known = _known_cells(dict.fromkeys(cells, "x"), settings)
    return len(known) >= 2 or "message" in known


def _known_cells(cells: Mapping[str, str], settings: InboxSettings) -> dict[str, str]:
    mapped = {fold(column): kind for column, kind in settings.columns.items()}
    known: dict[str, str] = {}
    for column, value in list(cells.items())[:_MOST_CELLS]:
        spaced = _CAMEL.sub(" ", column)
        label = mapped.get(fold(column)) or meaning_of(column) or meaning_of(spaced)
        text = printable(value, keep_newlines=True).strip()
        if label and text:
            known[label] = known[label] if label in known and label != "message" else text
    if "first_name" in known and "last_name" not in known and known["first_name"] not in known.get("name", ""):
        # "Nom" beside "Prénom" is the family name only
        known["last_name"] = known.pop("name", "")
    return {label: text for label, text in known.items() if text}


def meaning_of(column: str) -> str:
    """What a column of an export is, by its heading or by the words of its question; "" for none of ours."""
    kind = kind_of_label(column, all_labels()) or kind_of_label(column, _headings())
    if kind:
        return kind
    asked = fold(column)
    if " " not in asked:
        return ""
    return next((meaning for meaning, words in _questions().items() if any(word in asked for word in words)), "")


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("dsar.inbox").joinpath("headings.toml").read_text(encoding="utf-8"))


@cache
def _headings() -> dict[str, str]:
    return {heading: meaning for meaning, headings in _table()["is"].items() for heading in headings}


def _questions() -> dict[str, list[str]]:
    return _table()["asks"]


def _received(text: str, settings: InboxSettings) -> tuple[date, bool]:
    if not text:
        return settings.today, True
    if _EPOCH.fullmatch(text):
        # seconds or thousandths of a second since 1970, as programs write instants
        seconds = int(text[:10])
        return datetime.fromtimestamp(seconds, tz=settings.zone).date(), False
    if _TIMESTAMP.match(text):
        try:
            moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
        except ValueError:
            return read_date(text, order=settings.date_order), False
        return (moment.astimezone(settings.zone).date() if moment.tzinfo else moment.date()), False
    return read_date(_CLOCK.sub("", text), order=settings.date_order), False


def _reading(known: Mapping[str, str], cells: Mapping[str, str], settings: InboxSettings) -> Reading:
    fields = Fields(values={kind: value for kind, value in known.items() if kind not in ("type", "message", "role")})
    text = known.get("message", "") or "\n".join(f"{column}: {value}" for column, value in cells.items() if value)
    sender = Sender(name=_shown_name(known), email=known.get("email", ""), ours=settings.our_addresses)
    asked = known.get("type", "")
    reading = read(
        text,
        subject=asked,
        sender=sender,
        fields=fields,
        country=settings.country,
        order=settings.date_order,
    )
    right = _chosen(asked)
    if right is not None:
        reading = _with_choice(reading, right, asked)
    law = fold(known.get("law", ""))
    if law and not reading.laws:
        reading = replace(reading, laws=(law,))
    role = _ROLES.get(fold(known.get("role", "")))
    return replace(reading, requester_role=role) if role and reading.requester_role is Role.SELF else reading


def _shown_name(known: Mapping[str, str]) -> str:
    return known.get("name", "") or " ".join(filter(None, (known.get("first_name"), known.get("last_name"))))


def _chosen(asked: str) -> Right | None:
    """The right a form's own field names: one of our words, or the longest phrase of any language's lexicon."""
    if not asked or len(asked) > 120:
        return None
    try:
        return right_named(asked)
    except InputWrong:
        folded = fold(asked)
    hits = [hit for code in ("en", *languages()) for hit in lexicon(code).book.find(folded)]
    if any(hit.sense.startswith("unless.") for hit in hits):
        return None
    named = [hit for hit in hits if hit.sense.startswith("right.")]
    if not named:
        return None
    longest = max(named, key=lambda hit: (hit.end - hit.start, -hit.start))
    return Right(longest.sense.split(".", 2)[2])


def _with_choice(reading: Reading, right: Right, asked: str) -> Reading:
    """The reading with the right the person chose in the form put first."""
    if reading.rights and reading.rights[0].right is right:
        return replace(reading, confidence=max(reading.confidence, _SURE_TYPE))
    chosen = RightRead(right=right, words=asked, why="the form's own field says so")
    others = tuple(other for other in reading.rights if other.right is not right)
    doubt = ""
    if others:
        doubt = f'The form says "{right}" and the message asks for {others[0].right}.'
    elif reading.primary_type not in ("not_request", right.value):
        doubt = f'The form says "{right}" and the message reads as {reading.primary_type}.'
    changed = replace(
        reading,
        primary_type=right.value,
        second_type=reading.primary_type if reading.primary_type != right.value else reading.second_type,
        rights=(chosen, *others),
        confidence=_SURE_TYPE,
        evidence=(Evidence(says=f"{right}: {asked}", why=chosen.why), *reading.evidence),
    )
    return changed.doubted(doubt).warned(doubt)
