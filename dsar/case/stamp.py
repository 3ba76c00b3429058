"""Who does something, when by law and when by the wall clock: an argument of every workflow function."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """``on`` is the legal date (movable in rehearsal); ``recorded_at`` an aware UTC instant that is never moved.

    ``moved`` says that the legal date was set by hand, which the gates refuse on a live workspace.
    """

    actor: str
    on: date
    recorded_at: datetime
    place: str = ""
    moved: bool = False
