"""Decides from the weighed signals what a message is: which right comes first, which others are asked, or that none is.

Who wrote is decided by ``role``; whether the result may open a case without a person is decided by ``reading``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.inbox.laws import given_by
from dsar.inbox.signals import Signals, Weight

# A right is asked for from this many points on; a kind that asks for nothing needs fewer.
ASKED_FROM = 2.5
CLEAR_KIND = 2.0
LIKELY_KIND = 1.0
MUCH_BUSINESS = 2.0
PITCH = 2
# What a wish gains that nothing else in the message speaks against.
_UNDISPUTED = 1.5

# Rights that seldom stand alone: with another one beside them, the other one comes first.
_SECOND = {Right.WITHDRAW_CONSENT: 2, Right.PORTABILITY: 1, Right.COMPLAINT: 3, Right.AUTOMATED_DECISION: 1}
# Only the words themselves ask for these; an article in passing or a noun does not.
_NEEDS_WORDS = frozenset(
    {Right.DELETE, Right.AUTOMATED_DECISION, Right.COMPLAINT, Right.APPEAL, Right.WITHDRAW_CONSENT}
)
# Messages about a case or about nothing of ours, in the order in which one outranks the other.
_KINDS = (
    "withdrawal", "complaint_copy", "authority_request", "preservation", "status_update", "authorisation", "follow_up",
)  # fmt: skip
# A message of these kinds never opens an erasure, whatever else it says.
NEVER_ERASES = frozenset({*_KINDS, "bounce", "auto_reply", "not_request", "empty", "invalid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the message is, what it could be instead, and how much speaks for it (points)."""

    primary: str
    second: str
    rights: tuple[Right, ...]
    points: float
    against: float


def judge(found: Signals, role: Role, age: int | None, laws: Sequence[str] = ()) -> Judgement:
    """The type of the message in the words of the case room, with its further rights in order.

    ``laws`` are those named: a few rights are only there, or only called so, where one of them gives them.
    """
    asked = [right for right in _asked(found) if not given_by(right) or given_by(right) & set(laws)]
    first = _in_order(found, asked)
    kind = _machine(found) or _pitch(found) or _kind(found, first)
    if kind:
        other = _typed(first[0], role, age) if first else "not_request"
        return Judgement(
            primary="not_request" if kind in ("auto_reply", "pitch") else kind,
            second=other,
            rights=(),
            points=found.kinds[kind].points + LIKELY_KIND,
            against=_points(found, first[:1]) / 2,
        )
    business = found.kinds.get("not_request", Weight()).points
    if not first or (business >= MUCH_BUSINESS and _points(found, first) < ASKED_FROM + business and not _cited(found)):
        second = _typed(first[0], role, age) if first else _weak(found)
        return Judgement(
            primary="not_request", second=second, rights=(), points=1 + business, against=_points(found, first[:1])
        )
    typed = tuple(dict.fromkeys(Right(_typed(_called(right, laws), role, age)) for right in first))
    return Judgement(
        primary=typed[0],
        second=typed[1] if len(typed) > 1 else ("not_request" if business else _weak(found, but=first[0])),
        rights=typed,
        points=_points(found, first[:1]) + (_UNDISPUTED if _undisputed(found, first) else 0),
        against=business / 2,
    )


def _undisputed(found: Signals, rights: Sequence[Right]) -> bool:
    """Whether the first wish is said in words and no word of the message speaks for anything else."""
    return (
        bool(found.rights[rights[0]].asked) and not found.kinds and not found.denied and "erase_if" not in found.signs
    )


def _asked(found: Signals) -> list[Right]:
    """The rights the message asks for, by their points alone."""
    exercising = "exercise" in found.signs
    asked = []
    for right, weight in found.rights.items():
        points = weight.points + (1.5 if exercising and (weight.named or weight.cited) else 0)
        words = weight.asked or (weight.named and (weight.cited or exercising) and points >= ASKED_FROM)
        if points < ASKED_FROM or (right in _NEEDS_WORDS and not words):
            continue
        if not weight.asked and not weight.named and not weight.in_subject and weight.cited < 2 and not exercising:
            continue
        if right in found.denied and not weight.asked:
            continue
        asked.append(right)
    return asked


def _in_order(found: Signals, asked: Sequence[Right]) -> list[Right]:
    """The one the letter is about first: named in the subject, then the order in the text."""

    def rank(right: Right) -> tuple[int, int, int]:
        weight = found.rights[right]
        seldom_alone = _SECOND.get(right, 0) if len(asked) > 1 else 0
        if right is Right.PORTABILITY and Right.ACCESS not in asked:
            seldom_alone = 0
        return (seldom_alone, 0 if weight.in_subject else 1, weight.first)

    ordered = sorted(asked, key=rank)
    named = [right for right in ordered if found.rights[right].in_subject]
    if named and named[0] is not ordered[0] and not found.rights[ordered[0]].in_subject:
        # "Withdrawal of consent" in the subject makes even a right that seldom stands alone the first one
        ordered.remove(named[0])
        ordered.insert(0, named[0])
    if Right.NOTICE_1798_83 in ordered:
        ordered = [Right.NOTICE_1798_83, *(right for right in ordered if right is Right.DELETE)]
    copy = next((right for right in (Right.ACCESS, Right.PORTABILITY) if right in ordered), None)
    if copy and Right.DELETE in ordered and "access_first" in found.signs:
        # a copy first and erasure then: the order must be kept, or there is nothing left to copy
        ordered.remove(copy)
        ordered.insert(0, copy)
    return ordered


def _machine(found: Signals) -> str:
    """A server's or an absent person's automatic message, if its subject line says so."""
    return next((kind for kind in ("bounce", "auto_reply") if found.kinds.get(kind, Weight()).in_subject), "")


def _pitch(found: Signals) -> str:
    """An advertisement, by several different phrases of one."""
    pitch = found.kinds.get("pitch")
    return "pitch" if pitch and pitch.different >= PITCH else ""


def _kind(found: Signals, rights: Sequence[Right]) -> str:
    """The kind that asks for nothing new, if the message is one."""
    strong = _points(found, rights[:1])
    for kind in _KINDS:
        weight = found.kinds.get(kind)
        if weight is None or weight.points < LIKELY_KIND:
            continue
        if kind == "authorisation" and rights:
            continue
        if kind == "preservation" and rights and set(rights) != {Right.DELETE} and weight.points < CLEAR_KIND:
            continue
        if kind == "status_update" and "processor" not in found.roles and weight.points < CLEAR_KIND:
            continue
        if kind in ("withdrawal", "preservation") and (not rights or rights[0] is Right.DELETE):
            return kind
        if not rights or (weight.points >= CLEAR_KIND and strong < ASKED_FROM * 2 + weight.points):
            return kind
    return ""


def _called(right: Right, laws: Sequence[str]) -> Right:
    """What the named law calls an objection to advertising."""
    marketing = right is Right.OBJECTION and given_by(Right.OPT_OUT_MARKETING) & set(laws)
    return Right.OPT_OUT_MARKETING if marketing else right


def _typed(right: Right, role: Role, age: int | None) -> str:
    """The right, or its twin for a child under thirteen."""
    about_child = role in (Role.CHILD, Role.PARENT, Role.REPORTER) and (age is None or age < 13)
    if about_child and right is Right.DELETE:
        return Right.CHILD_DELETE.value
    if about_child and right is Right.ACCESS:
        return Right.CHILD_ACCESS.value
    return right.value


def _points(found: Signals, rights: Sequence[Right]) -> float:
    return sum(found.rights[right].points for right in rights)


def _cited(found: Signals) -> bool:
    return any(weight.cited for weight in found.rights.values())


def _weak(found: Signals, but: Right | None = None) -> str:
    """The best reading among what was only named."""
    others = [(weight.points, right.value) for right, weight in found.rights.items() if right is not but]
    return max(others)[1] if others else ""
