"""The tree of errors: each is a sentence for a person and an exit code for a script.

    DsarError            1  unexpected
    ├── InputWrong       2  what was typed or handed over is wrong
    ├── Refused          3  a rule or gate says no, on purpose
    ├── PartlyDone       4  some of it is done; the same command goes on
    ├── OutsideDown      5  an outside system is down, nothing is lost
    ├── CheckFailed      6  a check found problems
    ├── StoreDamaged     7  the store is damaged or newer than this program
    └── Busy            75  a colleague is writing, or changed it meanwhile

A message says, in this order: what happened, why, what is unchanged, and what to type. It never
holds personal data, because messages are also written to logs.
"""

from __future__ import annotations

from collections.abc import Sequence


class DsarError(Exception):
    """A failure told as sentences: ``message`` first, ``hint`` (what to type) last."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class InputWrong(DsarError):
    """What was typed, or the file handed over, cannot be used as it is."""

    exit_code = 2


class Refused(DsarError):
    """A rule, a gate or the person at the keyboard said no; nothing was changed."""

    exit_code = 3


class PartlyDone(DsarError):
    """Part of the work is done and stays done; running the command again goes on."""

    exit_code = 4


class OutsideDown(DsarError):
    """A mail server or source does not answer; nothing is lost."""

    exit_code = 5


class CheckFailed(DsarError):
    """A check ran and found problems."""

    exit_code = 6


class StoreDamaged(DsarError):
    """The case store is damaged, or was written by a newer version."""

    exit_code = 7


class Busy(DsarError):
    """Somebody else is writing, or changed the case meanwhile; try again."""

    exit_code = 75


EXIT_CODES = {
    0: "done, or already so",
    1: "unexpected: a fault in dsar itself",
    2: "what was typed or handed over is wrong",
    3: "refused on purpose by a rule or gate, or you said no",
    4: "partly done: run it again",
    5: "an outside system is down; nothing is lost",
    6: "a check found problems",
    7: "the store is damaged, or newer than this dsar",
    75: "busy, or changed by a colleague meanwhile: try again",
    130: "stopped by Ctrl-C",
}


def did_you_mean(typed: str, known: Sequence[str]) -> str:
    """`` Did you mean "x"?`` when one known word is close, else nothing."""
    # Only a mistake pays for this import.
    from difflib import get_close_matches

    close = get_close_matches(typed, known, n=1, cutoff=0.6)
    return f' Did you mean "{close[0]}"?' if close else ""
