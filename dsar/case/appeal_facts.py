"""The facts of an appeal: that somebody contests a decision, and that a right is open again because they were right.

The decision itself is an outcome like any other; what these facts do to a case is ``evolve``'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

from dsar.case.fact import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class AppealMade(Fact):
    """Somebody contests how these rights ended; ``claim`` is the appeal's own, claimed next. A closed case is open."""

    claim: str
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RightRevived(Fact):
    """A right that had ended is open again, because the appeal against it was upheld; it is due when the appeal is."""

    claim: str
    appeal: str
