"""Turns a letter into what a template sees: words and dates of its language, every value made harmless.

A value from outside is escaped, so that a name like ``{{7*7}}`` or ``<b>`` is shown as it was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.formats.markdown import escape_markdown
from dsar.formats.plain import printable
from dsar.law.words import Method
from dsar.letters.kinds import KINDS, Kind, content_of, is_late, writes_once
from dsar.letters.letter import NOT_SEARCHED, Letter, RightAsked
from dsar.letters.words import Words, language_note

_MAX_VALUE = 20_000
# Codes of ours (checked by Letter): compared in templates and used in file names, so they stay as they are.
_CODES = {
    ("LawCited", "id"),
    ("LawCited", "must_state"),
    ("Letter", "case_number"),
    ("Letter", "language"),
    ("PackageSent", "sha256"),
}
_FOR_ANOTHER = {Role.AGENT, Role.PARENT, Role.EXECUTOR}
_SEVERAL_LINES = {
    "post_address",
    "address",
    "reasons",
    "extension_reason",
    "late_reason",
    "questions",
    "marketing_choice",
}


def template_values(kind: Kind, letter: Letter, words: Words) -> dict[str, object]:
    """Every value a template may name, in the language of ``words``."""
    values = _values(letter, words)
    asked = _asked(letter.rights, letter, words)
    laws = [
        {
            **_values(law, words),
            "name": escape_markdown(words.laws.get(law.id, printable(law.name))),
            "appeal": escape_markdown(printable(words.of_the_law(law.appeal))),
            "appeal_answer": escape_markdown(printable(words.of_the_law(law.appeal_answer))),
            "authority": {"lines": _lines(law.authority, ("name", "contact"), words)} if law.authority else "",
        }
        for law in letter.laws
    ]
    american = bool(letter.laws) and all(law.id.startswith("us-") for law in letter.laws)
    return {
        **values,
        "kind": kind.value,
        "language": words.language,
        "language_note": escape_markdown(language_note(letter.language)) if letter.language != words.language else "",
        "rights": asked,
        "appealed": _asked(letter.appealed, letter, words),
        "again": _asked(letter.again, letter, words),
        "matter": _matter(letter),
        "right_codes": [item["code"] for item in asked],
        "laws": laws,
        "law_ids": [law.id for law in letter.laws],
        "data": words.data_us if american else words.data,
        "due_on": _safe("", "due_on", letter.due_on, words),
        "needs_proof": letter.needs_proof,
        "methods": [escape_markdown(words.methods.get(way, printable(way))) for way in ways_shown(letter)],
        "declaration": Method.SIGNED_DECLARATION in letter.methods and _facts_asked(letter),
        "statement_kept": Method.SIGNED_DECLARATION in letter.methods,
        "searched_by": [escape_markdown(words.identifiers.get(by, printable(by))) for by in letter.searched_by],
        "earlier_letters": [
            {"title": escape_markdown(words.kinds.get(item.kind, item.kind)), "sent_on": words.day(item.sent_on)}
            for item in letter.earlier_letters
            # whoever wrote is not told whom else we wrote to, least of all the channel on file
            if not (item.kind in KINDS and KINDS[Kind(item.kind)].elsewhere)
        ],
        "not_searched": any(line.state in NOT_SEARCHED for line in letter.coverage),
        "late": is_late(kind, letter),
        "content": content_of(kind, letter).value,
        "writes_once": writes_once(letter),
        "records_found": sum(table.count for table in letter.tables),
        "letterhead": _lines(letter.organisation, ("name", "post_address", "email", "phone"), words),
        "ways_to_us": _lines(letter.organisation, ("phone", "email"), words)
        or _lines(letter.organisation, ("post_address",), words),
        "signature": [
            *(_lines(letter.signatory, ("name", "title"), words) if letter.signatory else []),
            escape_markdown(printable(letter.organisation.name)),
        ],
    }


def _asked(rights: Sequence[RightAsked], letter: Letter, words: Words) -> list[dict[str, object]]:
    return [
        {
            "title": escape_markdown(words.right(item.right, of_another=letter.role in _FOR_ANOTHER)),
            "code": item.right.value,
            "due_on": _safe("", "due_on", item.due_on, words),
            "standard": escape_markdown(words.of_the_law(item.standard)),
        }
        for item in rights
    ]


def _matter(letter: Letter) -> str:
    """What the letter calls what was written to us: an appeal or a complaint where it is nothing else."""
    own = {Right.APPEAL: "appeal", Right.COMPLAINT: "complaint"}
    called = {own.get(item.right, "request") for item in letter.rights}
    return called.pop() if len(called) == 1 else "request"


def _facts_asked(letter: Letter) -> bool:
    return bool(letter.points) or Method.MATCHING_POINTS in letter.methods


def ways_shown(letter: Letter) -> list[str]:
    """The ways of proof that are a choice for whoever wrote."""
    never = set()
    if letter.role not in (Role.AGENT, Role.EXECUTOR):
        never |= {Method.AGENT_AUTHORITY, Method.POWER_OF_ATTORNEY}
    if letter.role is not Role.PARENT:
        never |= {method for method in Method if method.startswith("parent_")}
    if letter.points:
        # the facts are listed themselves
        never.add(Method.MATCHING_POINTS)
    if _facts_asked(letter):
        # it confirms the facts and is no way of its own
        never.add(Method.SIGNED_DECLARATION)
    return [way for way in letter.methods if way not in never]


def _lines(thing: object, names: tuple[str, ...], words: Words) -> list[str]:
    values = _values(thing, words)
    return [str(values[name]) for name in names if values[name]]


def _values(thing: object, words: Words) -> dict[str, object]:
    owner = type(thing).__name__
    return {
        field.name: _safe(owner, field.name, getattr(thing, field.name), words)
        for field in fields(thing)  # type: ignore[arg-type]
    }


def _safe(owner: str, name: str, value: object, words: Words) -> object:
    match value:
        case Enum():
            return value.value
        case bool() | int():
            return value
        case None:
            return ""
        case date():
            return escape_markdown(words.day(value))
        case str():
            if (owner, name) in _CODES:
                return value
            return escape_markdown(printable(value[:_MAX_VALUE], keep_newlines=name in _SEVERAL_LINES))
        case tuple():
            return [_safe(owner, name, item, words) for item in value]
        case _ if is_dataclass(value):
            return _values(value, words)
        case _:
            raise TypeError(f"{owner}.{name} is of a type no template can show")
