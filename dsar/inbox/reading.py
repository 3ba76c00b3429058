"""The reading of one message: what it asks for, under which law, by whom, about whom, and the words that say so.

A reading decides nothing: what it is not sure of becomes a draft that a person settles.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from dsar.case.identifiers import Identifier
from dsar.case.rights import Right
from dsar.case.stages import Role

# From this confidence on a reading may open a case by itself; an erasure needs more.
SURE = 0.6
SURE_OF_ERASURE = 0.75
_ERASES = frozenset({Right.DELETE, Right.CHILD_DELETE})
_OPENS = frozenset(right.value for right in Right)


@dataclass(frozen=True, slots=True, kw_only=True)
class RightRead:
    """One right asked for, the words that ask for it, and why they are read so."""

    right: Right
    words: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One thing the reading rests on: what it says, and the words or header it is taken from."""

    says: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a message is, in the words of the case room, with the reasons.

    ``primary_type`` is a right or one of the other words of a message's kind (``follow_up``,
    ``not_request``, …); ``second_type`` the next best. ``identifiers`` hold new values asked for under
    kinds ``correct.…``. ``doubts`` are the reasons why a person should look, whatever the confidence.
    """

    primary_type: str
    second_type: str = ""
    rights: tuple[RightRead, ...] = ()
    laws: tuple[str, ...] = ()
    language: str = "und"
    requester_role: Role = Role.SELF
    name: str = ""
    agent: str = ""
    identifiers: tuple[Identifier, ...] = ()
    scope: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    confidence: float = 0.0
    evidence: tuple[Evidence, ...] = ()
    warnings: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    @property
    def corrections(self) -> tuple[Identifier, ...]:
        """The new values asked for."""
        return tuple(known for known in self.identifiers if known.kind.startswith("correct."))

    def warned(self, *warnings: str) -> Reading:
        """The same reading with further warnings."""
        return replace(self, warnings=(*self.warnings, *(words for words in warnings if words)))

    def doubted(self, *doubts: str) -> Reading:
        """The same reading with further reasons why a person should look."""
        return replace(self, doubts=(*self.doubts, *(words for words in doubts if words)))


def is_sure(reading: Reading) -> bool:
    """Whether a case may be opened from the reading without a person looking first.

    Never for what asks for nothing new, with a doubt (negation, mixed roles, unknown language, an agent
    for nobody named), or with less confidence than SURE; an erasure needs SURE_OF_ERASURE.
    """
    if reading.primary_type not in _OPENS or reading.doubts or not reading.rights:
        return False
    erases = any(read.right in _ERASES for read in reading.rights)
    return reading.confidence >= (SURE_OF_ERASURE if erases else SURE)


def plain(primary_type: str, *, why: str, language: str = "und", confidence: float = 0.9) -> Reading:
    """A reading that needs no words to be weighed: an empty message, a bounce, a refused file."""
    return Reading(
        primary_type=primary_type,
        language=language,
        confidence=confidence,
        evidence=(Evidence(says=f"read as {primary_type}", why=why),),
    )
