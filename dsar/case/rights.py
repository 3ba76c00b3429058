"""The rights people exercise: their titles, the words typed for them, and the path each takes.

The words themselves, and what each law calls them ("rectification", "shine the light"), are the law room's.
"""

from __future__ import annotations

from difflib import get_close_matches

from dsar.case.changes import PlanKind
from dsar.case.stages import Stage
from dsar.errors import InputWrong
from dsar.law.words import Right as Right

TITLES: dict[Right, str] = {
    Right.ACCESS: "access",
    Right.PORTABILITY: "portable copy",
    Right.EDIT: "correct",
    Right.DELETE: "delete",
    Right.OBJECTION: "objection",
    Right.RESTRICTION: "restrict",
    Right.WITHDRAW_CONSENT: "withdraw consent",
    Right.OPT_OUT_SALE: "opt out of sale",
    Right.OPT_OUT_MARKETING: "stop marketing",
    Right.NOTICE_1798_83: "1798.83 notice",
    Right.CHILD_DELETE: "delete, under 13",
    Right.CHILD_ACCESS: "access, under 13",
    Right.COMPLAINT: "complaint",
    Right.APPEAL: "appeal",
    Right.LIMIT_SPI: "limit sensitive use",
    Right.THIRD_PARTIES: "list of third parties",
    Right.AUTOMATED_DECISION: "automated decision",
    Right.PROCESSOR_RECEIVED: "customer's end user",
}

ALIASES: dict[str, Right] = {
    "notice": Right.NOTICE_1798_83,
    "1798.83": Right.NOTICE_1798_83,
    "child": Right.CHILD_DELETE,
    "correct": Right.EDIT,
    "correction": Right.EDIT,
    "rectification": Right.EDIT,
    "erase": Right.DELETE,
    "erasure": Right.DELETE,
    "deletion": Right.DELETE,
    "know": Right.ACCESS,
    "know_specific": Right.ACCESS,
    "know_categories": Right.ACCESS,
    "object": Right.OBJECTION,
    "restrict": Right.RESTRICTION,
    "revoke_consent": Right.WITHDRAW_CONSENT,
    "shine_the_light": Right.NOTICE_1798_83,
    "unsubscribe": Right.OPT_OUT_MARKETING,
}

_WHOLE = (Stage.INTAKE, Stage.VERIFY, Stage.GATHER, Stage.REVIEW, Stage.ACT, Stage.RESPOND, Stage.CLOSE)
# The plan itself is what a second person looks at: each of its steps is a decision on a finding.
_CHANGED = (Stage.INTAKE, Stage.VERIFY, Stage.GATHER, Stage.ACT, Stage.RESPOND, Stage.CLOSE)
_CARRIED_OUT = (Stage.INTAKE, Stage.ACT, Stage.RESPOND, Stage.CLOSE)
_ANSWERED = (Stage.INTAKE, Stage.RESPOND, Stage.CLOSE)

# An opt-out never waits for proof; a child's erasure never waits for a parent (practice.md, tier 1).
PATHS: dict[Right, tuple[Stage, ...]] = {
    Right.ACCESS: _WHOLE,
    Right.PORTABILITY: _WHOLE,
    Right.CHILD_ACCESS: _WHOLE,
    Right.EDIT: _CHANGED,
    Right.DELETE: _CHANGED,
    Right.CHILD_DELETE: (Stage.INTAKE, Stage.GATHER, Stage.ACT, Stage.RESPOND, Stage.CLOSE),
    Right.RESTRICTION: (Stage.INTAKE, Stage.VERIFY, Stage.ACT, Stage.RESPOND, Stage.CLOSE),
    Right.OBJECTION: _CARRIED_OUT,
    Right.WITHDRAW_CONSENT: _CARRIED_OUT,
    Right.OPT_OUT_SALE: _CARRIED_OUT,
    Right.OPT_OUT_MARKETING: _CARRIED_OUT,
    Right.LIMIT_SPI: _CARRIED_OUT,
    Right.NOTICE_1798_83: _ANSWERED,
    Right.AUTOMATED_DECISION: (Stage.INTAKE, Stage.VERIFY, Stage.RESPOND, Stage.CLOSE),
    Right.THIRD_PARTIES: (Stage.INTAKE, Stage.VERIFY, Stage.RESPOND, Stage.CLOSE),
    Right.COMPLAINT: _ANSWERED,
    Right.APPEAL: _ANSWERED,
    Right.PROCESSOR_RECEIVED: _ANSWERED,
}

# Which kind of plan carries a right out.
CARRIED_OUT_BY: dict[Right, tuple[PlanKind, ...]] = {
    Right.EDIT: (PlanKind.CORRECT,),
    Right.DELETE: (PlanKind.ERASE,),
    Right.CHILD_DELETE: (PlanKind.ERASE,),
    Right.RESTRICTION: (PlanKind.RESTRICT,),
    Right.OPT_OUT_SALE: (PlanKind.SUPPRESS, PlanKind.STOP_PURPOSE),
    Right.OPT_OUT_MARKETING: (PlanKind.SUPPRESS, PlanKind.STOP_PURPOSE),
    Right.OBJECTION: (PlanKind.STOP_PURPOSE, PlanKind.SUPPRESS),
    Right.WITHDRAW_CONSENT: (PlanKind.STOP_PURPOSE, PlanKind.SUPPRESS),
    Right.LIMIT_SPI: (PlanKind.RESTRICT, PlanKind.STOP_PURPOSE),
}

# Plans that may come first without carrying the right out: a child's data stops being used before it is erased.
HELPED_BY: dict[Right, tuple[PlanKind, ...]] = {
    Right.CHILD_DELETE: (PlanKind.SUPPRESS, PlanKind.STOP_PURPOSE),
    Right.DELETE: (PlanKind.SUPPRESS, PlanKind.STOP_PURPOSE),
}

# These end in a copy of the person's records.
GIVES_A_COPY = frozenset({Right.ACCESS, Right.PORTABILITY, Right.CHILD_ACCESS})
# These end in a decision that a person makes and explains (dsar decide).
DECIDED = frozenset({Right.APPEAL, Right.COMPLAINT, Right.AUTOMATED_DECISION})
ABOUT_A_CHILD = frozenset({Right.CHILD_ACCESS, Right.CHILD_DELETE})


def right_named(word: str) -> Right:
    """The right a typed word means: ours, an everyday one, or a law's own term.

    Raises InputWrong for a word that means several, naming them, and for an unknown one with the nearest known.
    """
    folded = word.strip().casefold().replace(" ", "_").replace("-", "_")
    if folded in ALIASES:
        return ALIASES[folded]
    if folded in set(Right):
        return Right(folded)
    # The common words are above: only another one makes us open law files.
    from dsar.law.terms import rights_called

    meant = rights_called(folded)
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise InputWrong(
            f'Not done: "{word}" can mean {" or ".join(TITLES[right] for right in meant)}. Nothing was changed.',
            hint=f"Name the one it is: {', '.join(meant)}.",
        )
    near = get_close_matches(folded, [*Right, *ALIASES], n=1)
    nearest = f'Did you mean "{near[0]}"? ' if near else ""
    raise InputWrong(
        f'Not done: "{word}" is not a kind of request I know. {nearest}Nothing was changed.',
        hint=f"The kinds are: {', '.join(Right)}.",
    )
