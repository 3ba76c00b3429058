"""Finds what a requester, a lawyer or a regulator would miss in a finished letter.

It reads the finished text, so it also holds an office's own templates to what the law asks. Which words
count as saying a thing stands in data/lint.toml; repairing the letter is for whoever wrote it.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from typing import Any

from dsar.case.stages import Role
from dsar.letters import lint_others, lint_refusals
from dsar.letters.compose import Composed
from dsar.letters.kinds import KINDS, Kind, is_late, tells_too_much
from dsar.letters.letter import NOT_SEARCHED, CoverageState, Letter, TableFound
from dsar.letters.reading import flat, names, says
from dsar.letters.view import ways_shown
from dsar.letters.words import language_note, words

_EUROPE = {"eu-gdpr", "uk-gdpr"}
_EXPLAINED = NOT_SEARCHED | {CoverageState.EXCLUDED}
LATE = "The letter is late and does not say why."
# They are told that we act, not what or by when.
_OUTSIDERS = {Role.REPORTER, Role.CHILD}


@lru_cache(maxsize=1)
def _rules() -> dict[str, Any]:
    return tomllib.loads(files("dsar.letters").joinpath("data", "lint.toml").read_text(encoding="utf-8"))


def lint(kind: Kind | str, letter: Letter, composed: Composed) -> list[str]:
    """What is missing or wrong in the letter, one sentence each; an empty list is a clean letter."""
    kind = Kind(kind)
    text = flat(composed.text)
    found = [
        *_reader(kind, letter),
        *_frame(kind, letter, composed, text),
        *_elements(kind, letter, composed, text),
        *_forbidden(kind, letter, composed, text),
    ]
    if not KINDS[kind].internal:
        found += [*_dates(kind, letter, composed, text), *_proof(kind, letter, text)]
    if kind is Kind.ANSWER:
        found += _tables(letter, text)
    if kind in (Kind.ANSWER, Kind.NOTHING):
        found += _coverage(kind, letter, composed, text)
    if kind is Kind.DONE:
        found += _carried_out(letter, composed, text)
    if kind is Kind.NOTICE:
        found += _third_parties(letter, text)
    if kind is Kind.RECIPIENTS:
        found += lint_refusals.recipients(letter, text)
    if kind is Kind.DECISION:
        found += lint_refusals.decision(letter, composed, text)
    if lint_refusals.refuses(kind, letter):
        found += lint_refusals.stated(letter, composed, text, _rules()["must_state"])
    if kind is Kind.EXTENSION:
        found += _extension(letter)
    if kind is Kind.INSTRUCTION:
        found += lint_others.instruction(letter, composed, text)
    if kind is Kind.OLD_CHANNEL:
        found += lint_others.old_channel(letter, composed, text)
    return list(dict.fromkeys(found))


def _reader(kind: Kind, letter: Letter) -> Iterator[str]:
    if tells_too_much(kind, letter):
        yield f"A letter like this must not go to a {letter.role}: it tells something about a child."


def _frame(kind: Kind, letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    day = words(composed.language).day
    if letter.case_number not in composed.subject:
        yield "The subject does not give the case number."
    if letter.requester and names(composed.subject, letter.requester):
        yield "The subject names the person; mail subjects are read by others."
    if letter.case_number not in text:
        yield "The letter does not give the case number."
    if not says(text, day(letter.today)):
        yield "The letter is not dated."
    if KINDS[kind].internal:
        if letter.requester and names(text, letter.requester):
            yield "The letter tells who asked; the least identifier is enough."
        return
    if not says(text, letter.organisation.name):
        yield "The letter does not name the organisation."
    us = letter.organisation
    if not any(contact and says(text, contact) for contact in (us.email, us.post_address, us.phone)):
        yield "The letter gives no way to reach us (e-mail, post or phone)."
    if not says(text, day(letter.received_on)):
        yield "The letter does not say when the request reached us."
    if composed.language != letter.language and not says(text, language_note(letter.language)):
        yield "The letter is in another language than the request and does not say why."


def _elements(kind: Kind, letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    is_so = {
        "kinds": {kind.value},
        "laws": {law.id for law in letter.laws},
        "rights": {asked.right.value for asked in letter.rights},
        "acts": {act.value for act in letter.acts},
        "roles": {letter.role.value},
        "content": {composed.content.value},
    }
    for element in _rules()["element"]:
        if any(name in element and not values & set(_list(element, name)) for name, values in is_so.items()):
            continue
        if "if" in element and not getattr(letter, str(element["if"])):
            continue
        if not _any(element, composed.language, text):
            yield f"The letter does not say {element['says']}."
    if kind in (Kind.ANSWER, Kind.NOTHING, Kind.RECIPIENTS, Kind.DECISION, Kind.REFUSAL, Kind.CLOSING):
        for law in letter.laws:
            if law.authority is None:
                if law.id in _EUROPE:
                    yield f"No authority for complaints is named under {law.name}."
            elif law.id in _EUROPE and not law.authority.contact:
                yield f"The letter does not say how to reach {law.authority.name}."
            elif not (says(text, law.authority.name) and says(text, law.authority.contact)):
                yield f"The letter does not name {law.authority.name} and how to reach it."
            if law.appeal and not says(text, words(composed.language).of_the_law(law.appeal)):
                yield f"The letter does not say how to appeal under {law.name}."


def _forbidden(kind: Kind, letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    for phrase in _rules()["forbidden"]:
        if "kinds" in phrase and kind.value not in _list(phrase, "kinds"):
            continue
        if _any(phrase, composed.language, text):
            yield str(phrase["says"])


def _list(row: dict[str, object], name: str) -> list[str]:
    return [str(item) for item in row[name]]  # type: ignore[attr-defined]


def _any(row: dict[str, object], language: str, text: str) -> bool:
    by_language: dict[str, list[str]] = row["words"]  # type: ignore[assignment]
    return any(re.search(rf"(?i)\b{word}", text) for word in by_language[language])


def _dates(kind: Kind, letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    day = words(composed.language).day
    waits = kind in (Kind.ACKNOWLEDGEMENT, Kind.IDENTITY, Kind.CLARIFICATION, Kind.REMINDER)
    for asked in letter.rights if waits and letter.role not in _OUTSIDERS else ():
        if asked.due_on and not says(text, day(asked.due_on)):
            yield f"The letter does not say when we answer ({asked.right})."
        standard = words(composed.language).of_the_law(asked.standard)
        if not asked.due_on and not (standard and says(text, standard)):
            yield f"The letter gives neither a date nor the law's own words on time ({asked.right})."
    if kind is Kind.EXTENSION and letter.extended_to and not says(text, day(letter.extended_to)):
        yield "The letter does not give the new date."
    if is_late(kind, letter):
        if letter.due_on and not says(text, day(letter.due_on)):
            yield "The letter is late and does not say when it was due."
        if not letter.late_reason or not says(text, letter.late_reason):
            yield LATE
    if letter.today < letter.received_on:
        yield "The letter is dated before the request reached us."


def _proof(kind: Kind, letter: Letter, text: str) -> Iterator[str]:
    if kind in (Kind.IDENTITY, Kind.REMINDER) and (letter.methods or letter.points) and not letter.needs_proof:
        yield "The letter asks for proof of identity, and nothing that was asked for needs proof."
    if kind is Kind.CLOSING:
        for asked in letter.rights:
            if not asked.needs_proof:
                yield f"The letter closes a request for want of proof that needs none ({asked.right})."
    if kind is Kind.IDENTITY and not letter.points and not ways_shown(letter):
        yield "The letter asks for proof and names no way to give it."
    if kind is Kind.IDENTITY and ways_shown(letter) == ["id_document"] and not letter.points:
        yield "An official document is the only way offered; offer one that tells less."
    if letter.points and letter.points_needed > len(letter.points):
        yield f"The letter asks for {letter.points_needed} facts and lists {len(letter.points)}."
    for reason in letter.reasons:
        if not says(text, reason):
            yield "A reason is on file and does not stand in the letter."
    for question in letter.questions:
        if kind in (Kind.CLARIFICATION, Kind.REMINDER) and not says(text, question):
            yield "A question is on file and does not stand in the letter."


def _tables(letter: Letter, text: str) -> Iterator[str]:
    laws = {law.id for law in letter.laws}
    for table in letter.tables:
        title = f'"{table.title}"'
        if not says(text, table.title):
            yield f"The letter leaves out {title}."
        for values, what in _required(table, laws):
            if not any(values):
                yield f"The letter does not say {what} for {title}; fill it in with the source."
            elif not all(says(text, value) for value in values):
                yield f"The letter leaves out {what} for {title}, which is on file."
        for value in (table.obtained_from, table.automated_decisions, table.transfers, *table.sold_or_shared_to):
            if value and not says(text, value):
                yield f"The letter leaves out something about {title} that is on file."


def _required(table: TableFound, laws: set[str]) -> Iterator[tuple[tuple[str, ...], str]]:
    yield table.purposes, "why we use the data"
    yield table.categories, "what kinds of data these are"
    yield table.recipients, 'who received the data (write "nobody" if nobody did)'
    if laws & _EUROPE:
        yield (table.retention,), "how long we keep the data"


def _coverage(kind: Kind, letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    for line in letter.coverage:
        if not says(text, line.title):
            yield f'The letter does not account for "{line.title}".'
        if line.state in _EXPLAINED and not (line.why and says(text, line.why)):
            yield f'The letter does not say why "{line.title}" is not in the answer.'
        if kind is Kind.NOTHING and line.found:
            yield f'The letter says that we hold nothing, and "{line.title}" holds something.'
    for held in letter.withheld:
        if not held.ground or not says(text, held.ground):
            yield f'The letter does not say on what ground "{held.what}" is left out.'
    for held_kind in letter.never_disclosed:
        if not says(text, held_kind):
            yield f'The letter does not say that we hold "{held_kind}", which is never sent.'
    for term in letter.searched_by if kind is Kind.NOTHING else ():
        if not says(text, words(composed.language).identifiers.get(term, term)):
            yield "The letter does not say by what we searched."
    package = letter.package
    if kind is Kind.ANSWER and package and not (says(text, package.file_name) and package.sha256 in text):
        yield "The letter does not name the enclosed file and its checksum."


def _carried_out(letter: Letter, composed: Composed, text: str) -> Iterator[str]:
    day = words(composed.language).day
    for action in letter.actions:
        if not says(text, action.title):
            yield f'The letter does not say what was done to "{action.title}".'
    for item in letter.kept:
        if not item.ground or not says(text, item.ground):
            yield f'The letter does not say on what ground "{item.title}" is kept.'
        if item.until and not says(text, day(item.until)):
            yield f'The letter does not say until when "{item.title}" is kept.'
    for name in letter.told:
        if not says(text, name):
            yield "The letter leaves out a recipient that was told."


def _third_parties(letter: Letter, text: str) -> Iterator[str]:
    if letter.disclosure_year != letter.received_on.year - 1:
        yield "The list is not about the calendar year before the request."
    for party in letter.third_parties:
        if not party.address:
            yield f"The letter gives no address for {party.name}."
        if not party.categories:
            yield f"The letter does not say what {party.name} received."
        if not all(says(text, value) for value in (party.name, party.address, *party.categories)):
            yield f"The letter leaves out part of the entry for {party.name}."


def _extension(letter: Letter) -> Iterator[str]:
    if letter.extension_limit_on is None:
        yield "The law of this request knows no extension."
    elif letter.extended_to and letter.extended_to > letter.extension_limit_on:
        yield (
            f"The new date is later than the law allows, counted from the day the request reached us: "
            f"{letter.extension_limit_on.isoformat()} is the last."
        )
    by = letter.extension_notice_by
    if by and letter.today > by:
        yield f"The notice is too late: it had to leave by {by.isoformat()}, so the first date stands."
    if letter.extended_to and letter.due_on and letter.extended_to <= letter.due_on:
        yield "The new date is not later than the first one."
