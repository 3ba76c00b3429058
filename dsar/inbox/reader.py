"""Reads the text of one message into a Reading: language, laws, rights, role, people, and how sure all that is.

Opening files and mails is left to ``arrivals``; what follows from a reading, to the workflow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.inbox.addresses import country_of
from dsar.inbox.contacts import holds_a_secret_number
from dsar.inbox.corrections import corrections
from dsar.inbox.fields import Fields, labels_of
from dsar.inbox.folding import composed
from dsar.inbox.identify import (
    Letter,
    People,
    Sender,
    fields_without_corrections,
    identify,
    sent_from_elsewhere,
)
from dsar.inbox.judgement import NEVER_ERASES, Judgement, judge
from dsar.inbox.language import Language, language_of, read_like, title
from dsar.inbox.laws import Misnamed, laws_implied, laws_named, misnamed
from dsar.inbox.laws import title as law_title
from dsar.inbox.lexicon import Lexicon, lexicon, table
from dsar.inbox.reading import Evidence, Reading, RightRead, plain
from dsar.inbox.role import RoleRead, role_of
from dsar.inbox.sentences import sentences
from dsar.inbox.signals import Signals, signals

MAX_TEXT = 100_000
_MOST_RIGHTS = 8
# Confidence is points / (points + HALF), less what speaks against; ten points are as sure as it gets.
_HALF = 1.4
_MOST = 0.98
_URGENT = ("child", "threat", "deadline", "safety", "sensitive", "breach")
_TOLD = frozenset({"safety", "sensitive", "threat", "breach"})
_URGENT_SAYS = {
    "child": "a child is spoken of",
    "threat": "a complaint or legal step is announced",
    "deadline": "a deadline is named",
    "safety": "the person's safety may be at stake",
    "sensitive": "sensitive data is volunteered: keep only what is needed",
    "breach": "a data breach is spoken of: tell whoever handles incidents",
}


def read(
    text: str,
    *,
    subject: str = "",
    sender: Sender | None = None,
    fields: Fields | None = None,
    country: str = "",
    order: str = "",
) -> Reading:
    """The reading of a message's text and subject.

    ``country`` (ISO 3166) is the office's, for numbers without a country code where the letter names none;
    ``order`` settles dates like 03/04/1980. Text beyond 100,000 characters is not read, and told.
    """
    sender = sender or Sender()
    subject, body = composed(subject)[:1_000], composed(text)[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    if not body.strip() and not subject.strip():
        return plain("empty", why="there is no text")
    language = language_of(f"{subject}\n{body}")
    lexicons = _lexicons(language)
    found = sentences(subject, body)
    laws = laws_named(found)
    heard = signals(found, lexicons, laws)
    role = role_of(heard)
    verdict = judge(heard, role.role, role.age, laws)
    labels = labels_of(lexicons)
    own_order = order or lexicons[0].date_order or ("mdy" if country == "US" else "dmy")
    changed = corrections(body.split("\n"), heard, labels, country=country or lexicons[0].country, order=own_order)
    letter = Letter(
        subject=subject,
        text=body,
        sender=sender,
        found=heard,
        lexicons=lexicons,
        labels=labels,
        fields=fields or fields_without_corrections(body, labels, changed),
        role=role.role,
        age=role.age,
        corrections=changed,
        country=country,
        order=own_order,
    )
    people = identify(letter)
    elsewhere = role.role is Role.SELF and sent_from_elsewhere(letter)
    if holds_a_secret_number(body):
        heard.signs.setdefault("sensitive", "")
    implied = laws_implied(found, laws)
    wrong = misnamed(laws, implied, _lives_in(people, lexicons[0].country))
    pointed = _pointed_to(laws or implied, wrong, verdict)
    told = _told(_situations(heard, verdict, role), wrong, len(text))
    return _reading(heard, verdict, role, people, language, pointed, elsewhere, told)


def _lexicons(language: Language) -> list[Lexicon]:
    """The message's own lexicon first, or that of a language like it, then the English one, mixed in everywhere."""
    code = language.code if language.known else read_like(language.code)
    return [lexicon(each) for each in dict.fromkeys([code, "en"]) if each]


def _lives_in(people: People, language_country: str) -> str:
    """The country of the address the letter gives; "" where it gives none."""
    address = next((known.value for known in people.identifiers if known.kind == "address"), "")
    return country_of(address, language_country) if address else ""


def _pointed_to(laws: Sequence[str], wrong: Sequence[Misnamed], verdict: Judgement) -> list[str]:
    """The laws named, and those the facts point to: a young child's request to COPPA."""
    pointed = list(laws)
    for each in wrong:
        if table("laws")[each.law].get("now"):
            pointed[pointed.index(each.law)] = each.points_to
        elif each.points_to:
            pointed.append(each.points_to)
    pointed = list(dict.fromkeys(pointed))
    if verdict.primary in (Right.CHILD_DELETE, Right.CHILD_ACCESS) and not pointed:
        pointed.append("coppa")
    if verdict.primary == Right.NOTICE_1798_83 and "ca-1798.83" not in pointed:
        pointed.append("ca-1798.83")
    return pointed


def _reading(
    heard: Signals,
    verdict: Judgement,
    role: RoleRead,
    people: People,
    language: Language,
    laws: Sequence[str],
    elsewhere: bool,
    told: Sequence[str],
) -> Reading:
    rights = tuple(_right_read(heard, right) for right in verdict.rights[:_MOST_RIGHTS])
    doubts = tuple(_doubts(heard, verdict, role, people, language, elsewhere))
    signs = {*heard.signs, *(["breach"] if "breach_question" in heard.kinds else [])}
    urgency = tuple(sign for sign in _URGENT if sign in signs)
    return Reading(
        primary_type=verdict.primary,
        second_type=verdict.second,
        rights=rights,
        laws=tuple(laws),
        language=language.code,
        requester_role=role.role,
        name=people.name,
        agent=people.agent,
        identifiers=tuple(people.identifiers),
        scope=tuple(heard.scope.values()),
        urgency=urgency,
        confidence=_confidence(verdict, language, len(doubts)),
        evidence=tuple(_evidence(heard, verdict, rights, role, laws, language)),
        warnings=(*(f"Note: {_URGENT_SAYS[sign]}." for sign in urgency if sign in _TOLD), *told, *doubts),
        doubts=doubts,
    )


def _right_read(heard: Signals, right: Right) -> RightRead:
    twins = {
        Right.CHILD_DELETE: Right.DELETE,
        Right.CHILD_ACCESS: Right.ACCESS,
        Right.OPT_OUT_MARKETING: Right.OBJECTION,
    }
    weight = heard.rights[right if right in heard.rights else twins.get(right, right)]
    return RightRead(right=right, words=weight.words, why=weight.why)


def _confidence(verdict: Judgement, language: Language, doubts: int) -> float:
    points = max(0.1, verdict.points - verdict.against)
    sure = points / (points + _HALF) * (1.0 if language.known else 0.4)
    return round(min(_MOST, sure * 0.85**doubts), 2)


def _doubts(
    heard: Signals, verdict: Judgement, role: RoleRead, people: People, language: Language, elsewhere: bool
) -> Iterable[str]:
    if not language.known:
        named = title(language.code)
        yield f"It is written in {named}, which is not read here." if named != "und" else "Its language is not clear."
    erases = {Right.DELETE, Right.CHILD_DELETE} & set(verdict.rights)
    if erases and Right.DELETE in heard.denied:
        yield f"It also says what is not to be deleted: {heard.denied[Right.DELETE]}"
    if erases and any(kind in heard.kinds for kind in ("preservation", "withdrawal")):
        yield "It asks for deletion and speaks of keeping or withdrawing."
    if erases and not heard.rights[Right.DELETE].asked:
        yield "Deletion is named but not clearly asked for."
    if erases and elsewhere:
        yield "It was sent from another address than the one it is about."
    if role.several:
        yield "It speaks for more than one kind of person."
    if role.role is Role.AGENT and not people.name:
        yield "Somebody writes for another person and does not say for whom."
    if erases and "erase_if" in heard.signs:
        yield f"Deletion is asked for only if something else is not done: {heard.signs['erase_if']}"
    if role.role in (Role.CONTROLLER, Role.REPORTER):
        yield f"It comes from the {role.role}; a person decides how to answer."
    yield from (_advice(name) for name in _situations(heard, verdict, role) if _settled_by_a_person(name))


def _told(about: Sequence[str], wrong: Sequence[Misnamed], length: int) -> list[str]:
    """What is to be known about a message and is no reason to doubt it."""
    told = [each.says for each in wrong]
    told += [_advice(name) for name in about if not _settled_by_a_person(name)]
    if length > MAX_TEXT:
        told.append(f"The message is longer than {MAX_TEXT:,} characters; what comes after was not read.")
    return told


def _situations(heard: Signals, verdict: Judgement, role: RoleRead) -> list[str]:
    """What a message is about besides a right, as the situations file knows it: a breach, an heir."""
    seen = {*heard.situations, *({"breach_question"} & set(heard.kinds)), verdict.primary, role.role}
    return [name for name in table("situations") if name in seen]


def _advice(situation: str) -> str:
    return str(table("situations")[situation]["advice"])


def _settled_by_a_person(situation: str) -> bool:
    return bool(table("situations")[situation]["person"])


def _evidence(
    heard: Signals,
    verdict: Judgement,
    rights: Sequence[RightRead],
    role: RoleRead,
    laws: Sequence[str],
    language: Language,
) -> Iterable[Evidence]:
    kind = heard.kinds.get(verdict.primary)
    if kind and verdict.primary in NEVER_ERASES:
        yield Evidence(says=f"{verdict.primary}: {kind.words}", why="the words of such a message")
    elif verdict.primary == "not_request":
        yield Evidence(says="not_request", why="no sentence asks for anything a privacy law gives")
    for read_right in rights:
        yield Evidence(says=f"{read_right.right}: {read_right.words}", why=read_right.why)
    for law in laws:
        yield Evidence(says=f"law: {law}", why=f"{law_title(law)} is named or pointed to")
    for name in _situations(heard, verdict, role):
        words = heard.situations.get(name) or (heard.kinds.get(name) or heard.roles[name]).words
        yield Evidence(says=f"situation: {name.replace('_', ' ')}", why=words)
    if role.words:
        yield Evidence(says=f"written by: {role.role}", why=role.words)
    if language.code != "und":
        yield Evidence(says=f"language: {title(language.code)}", why="its script and small words")
