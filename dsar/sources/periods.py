"""Reads the day a record speaks of, and compares the days two things were somebody's.

Which field holds the day is said in the settings; what follows from it is for matching and search.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"(\d{4})([-/.]?)(\d{2})\2(\d{2})(?!\d)")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)")
_EPOCH = re.compile(r"(\d{9,10}|\d{13})(?:\.\d+)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """Days from ``since`` to ``until``, both included; None is open."""

    since: date | None = None
    until: date | None = None

    def overlaps(self, other: Span) -> bool:
        """Whether the two have a day in common."""
        return not (
            (self.since and other.until and other.until < self.since)
            or (self.until and other.since and other.since > self.until)
        )

    def holds(self, other: Span) -> bool:
        """Whether every day of the other is one of this span."""
        since = self.since is None or (other.since is not None and other.since >= self.since)
        until = self.until is None or (other.until is not None and other.until <= self.until)
        return since and until


def day_of(text: str) -> date | None:
    """The day a stored time falls on, or None where it cannot be told for certain.

    Read are ISO dates and times (the date as written), ``31.12.2026``, seconds or milliseconds since 1970
    (in UTC), and the dates of e-mails. ``03/04/2026`` is not read: it could be two different days.
    """
    text = text.strip()[:64]
    if not text:
        return None
    try:
        if whole := _EPOCH.fullmatch(text):
            seconds = int(whole[1]) // (1000 if len(whole[1]) == 13 else 1)
            return datetime.fromtimestamp(seconds, UTC).date()
        if iso := _ISO.match(text):
            return date(int(iso[1]), int(iso[3]), int(iso[4]))
        if dotted := _DOTTED.match(text):
            return date(int(dotted[3]), int(dotted[2]), int(dotted[1]))
        return parsedate_to_datetime(text).date() if text[0].isalpha() or " " in text else None
    except (ValueError, OverflowError, OSError):
        return None
