"""The kinds of letter: what each gives away, and which values it cannot be written without.

The words stand in templates/<language>/<kind>.md; what a finished letter must say is in lint.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dsar.case.gates import Content
from dsar.case.rights import ABOUT_A_CHILD, DECIDED, Right
from dsar.case.stages import Role
from dsar.letters.letter import Letter


class Kind(StrEnum):
    """One kind of letter; the value is the name of its template."""

    ACKNOWLEDGEMENT = "acknowledgement"
    IDENTITY = "identity"
    CLARIFICATION = "clarification"
    REMINDER = "reminder"
    ANSWER = "answer"
    NOTHING = "nothing"
    DONE = "done"
    NOTICE = "notice"
    RECIPIENTS = "recipients"
    DECISION = "decision"
    EXTENSION = "extension"
    REFUSAL = "refusal"
    REDIRECT = "redirect"
    CLOSING = "closing"
    ASK_COLLEAGUE = "ask_colleague"
    INSTRUCTION = "instruction"
    OLD_CHANNEL = "old_channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindRow:
    """What is fixed for a kind. Of ``one_of`` at least one value must be there, of ``needs`` all.

    ``shows_if`` names the values that make a neutral letter tell whether anything is held, ``shows_parent_if`` those
    that do so only where a parent asks about a child, ``shows_rights`` rights whose answer does. A letter that goes
    ``elsewhere`` is not for whoever wrote, who never hears of it; an ``internal`` one not for the data subject either.
    """

    content: Content
    needs: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    shows_if: tuple[str, ...] = ()
    shows_parent_if: tuple[str, ...] = ()
    shows_rights: frozenset[Right] = frozenset()
    only_rights: frozenset[Right] = frozenset()
    elsewhere: bool = False
    internal: bool = False


KINDS: dict[Kind, KindRow] = {
    Kind.ACKNOWLEDGEMENT: KindRow(content=Content.NEUTRAL, needs=("rights",)),
    Kind.IDENTITY: KindRow(content=Content.NEUTRAL, needs=("rights", "reasons"), one_of=("methods", "points")),
    Kind.CLARIFICATION: KindRow(content=Content.NEUTRAL, needs=("rights", "reasons", "questions")),
    Kind.REMINDER: KindRow(content=Content.NEUTRAL, needs=("rights",), one_of=("methods", "points", "questions")),
    Kind.ANSWER: KindRow(content=Content.PERSONAL, needs=("rights", "laws", "tables", "coverage")),
    Kind.NOTHING: KindRow(content=Content.CONFIRMS, needs=("rights", "laws", "coverage", "searched_by")),
    # An opt-out or objection carried out tells nothing about what is held; an erasure or correction does.
    Kind.DONE: KindRow(
        content=Content.NEUTRAL,
        needs=("rights", "laws"),
        shows_if=("actions", "kept"),
        shows_parent_if=("told", "checks_on", "backups_until"),
    ),
    # The statute lets this answer be the same for everybody, so it tells nothing about the one who asks.
    Kind.NOTICE: KindRow(
        content=Content.NEUTRAL, needs=("laws", "disclosure_year"), only_rights=frozenset({Right.NOTICE_1798_83})
    ),
    Kind.RECIPIENTS: KindRow(
        content=Content.CONFIRMS, needs=("rights", "laws"), only_rights=frozenset({Right.THIRD_PARTIES})
    ),
    # An appeal or complaint may come from somebody who was never proven, so its decision tells nothing of what is held.
    Kind.DECISION: KindRow(
        content=Content.NEUTRAL,
        needs=("rights", "laws", "verdict", "reasons"),
        shows_rights=frozenset({Right.AUTOMATED_DECISION}),
        only_rights=DECIDED,
    ),
    Kind.EXTENSION: KindRow(content=Content.NEUTRAL, needs=("rights", "laws", "extended_to", "extension_reason")),
    Kind.REFUSAL: KindRow(
        content=Content.NEUTRAL, needs=("rights", "laws", "reasons"), shows_if=("withheld", "tables", "coverage")
    ),
    # Naming the customer tells where the person is known.
    Kind.REDIRECT: KindRow(content=Content.NEUTRAL, needs=("rights",), shows_if=("customer",)),
    Kind.CLOSING: KindRow(content=Content.NEUTRAL, needs=("rights", "laws")),
    Kind.ASK_COLLEAGUE: KindRow(
        content=Content.NEUTRAL, needs=("places", "search_term", "reply_by"), elsewhere=True, internal=True
    ),
    Kind.INSTRUCTION: KindRow(
        content=Content.NEUTRAL,
        needs=("laws", "acts", "colleague", "places", "search_term", "reply_by"),
        elsewhere=True,
        internal=True,
    ),
    # Who holds the channel on file learns that something was asked, never what was found or what would change.
    Kind.OLD_CHANNEL: KindRow(
        content=Content.NEUTRAL,
        needs=("rights", "reply_by"),
        only_rights=frozenset({Right.ACCESS, Right.PORTABILITY, Right.EDIT, Right.DELETE} | ABOUT_A_CHILD),
        elsewhere=True,
    ),
}


# These end a right; a late one says so and why.
FINAL = frozenset(
    {
        Kind.ANSWER,
        Kind.NOTHING,
        Kind.DONE,
        Kind.NOTICE,
        Kind.RECIPIENTS,
        Kind.DECISION,
        Kind.REFUSAL,
        Kind.CLOSING,
    }
)


def writes_once(letter: Letter) -> bool:
    """Whether this goes to a child under 13, who is answered once and then no more (16 CFR 312.5(c)(3))."""
    return letter.role is Role.CHILD and any(asked.right in ABOUT_A_CHILD for asked in letter.rights)


def tells_too_much(kind: Kind, letter: Letter) -> bool:
    """Whether a letter of this kind, by being sent at all, tells somebody about a child who may not know of it.

    A reporter never hears how a report ended; a child under 13 gets the acknowledgement and nothing else.
    """
    if KINDS[kind].elsewhere:
        return False
    return (letter.role is Role.REPORTER and kind in FINAL) or (
        writes_once(letter) and kind is not Kind.ACKNOWLEDGEMENT
    )


def is_late(kind: Kind, letter: Letter) -> bool:
    """Whether this letter ends a right after its due date, so that it must say so and say why."""
    return kind in FINAL and letter.due_on is not None and letter.today > letter.due_on


def content_of(kind: Kind, letter: Letter) -> Content:
    """What this letter gives away, for the release gate."""
    row = KINDS[kind]
    shows = (*row.shows_if, *(row.shows_parent_if if letter.role is Role.PARENT else ()))
    told = any(asked.right in row.shows_rights for asked in letter.rights)
    if row.content is Content.NEUTRAL and (told or any(getattr(letter, name) for name in shows)):
        return Content.CONFIRMS
    return row.content


def missing(kind: Kind, letter: Letter) -> str:
    """The first value this kind cannot be written without and the letter lacks; "" if none."""
    row = KINDS[kind]
    for name in row.needs:
        if not getattr(letter, name):
            return name
    if row.one_of and not any(getattr(letter, name) for name in row.one_of):
        return row.one_of[0]
    return ""
