"""The stages of a right and the ways it can end.

A stage says what is to be done next. Paused, extended, on hold and overdue are not stages.
"""

from __future__ import annotations

from enum import StrEnum


class Stage(StrEnum):
    """What a right waits for, in the order of work."""

    INTAKE = "intake"
    VERIFY = "verify"
    GATHER = "gather"
    REVIEW = "review"
    ACT = "act"
    RESPOND = "respond"
    CLOSE = "close"
    CLOSED = "closed"


ORDER = tuple(Stage)


class Outcome(StrEnum):
    """How one right ended."""

    GRANTED = "granted"
    GRANTED_IN_PART = "granted_in_part"
    NOTHING_HELD = "nothing_held"
    REFUSED = "refused"
    NOT_VERIFIED = "not_verified"
    WITHDRAWN = "withdrawn"
    REDIRECTED = "redirected"
    OPENED_IN_ERROR = "opened_in_error"


# Outcomes that a person decides; the others follow from the answer that is sent.
ENDS_EARLY = frozenset({Outcome.REFUSED, Outcome.NOT_VERIFIED, Outcome.WITHDRAWN, Outcome.REDIRECTED})
# How an appeal, a complaint or the review of a computer's decision ends: upheld, partly, denied.
DECISIONS = frozenset({Outcome.GRANTED, Outcome.GRANTED_IN_PART, Outcome.REFUSED})
NEEDS_NO_LETTER = frozenset({Outcome.WITHDRAWN, Outcome.OPENED_IN_ERROR})


class Role(StrEnum):
    """Who wrote, seen from the data subject."""

    SELF = "self"
    AGENT = "agent"
    PARENT = "parent"
    CHILD = "child"
    REPORTER = "reporter"
    EXECUTOR = "executor"
    CONTROLLER = "controller"
    PROCESSOR = "processor"


class Chosen(StrEnum):
    """How the law of a right was found."""

    NAMED = ""
    RESIDENCE = "residence"
    STRICTEST = "strictest"
    BESIDE = "beside"


class LetterState(StrEnum):
    """Where a letter is; "sending" with no live run means nobody knows."""

    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
