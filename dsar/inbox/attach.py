"""Finds the case a message says it belongs to, by the case's number in its subject, text or thread.

Whether that case exists, and whether the sender may write about it, is left to the workflow.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache


@cache
def _number(prefix: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![A-Za-z0-9-]){re.escape(prefix)}[-\s]?(\d{{4}})[-\s]?(\d{{4,6}})(?!\d)", re.IGNORECASE)


def case_in(texts: Sequence[str], *, prefix: str = "DSAR") -> str:
    """The first case number found in the texts, in its usual form (DSAR-2026-0036), or ""."""
    for text in texts:
        found = _number(prefix).search(text)
        if found:
            return f"{prefix.upper()}-{found[1]}-{found[2]}"
    return ""


def case_of_mail(subject: str, text: str, in_reply_to: str, references: Sequence[str], *, prefix: str = "DSAR") -> str:
    """The case a mail belongs to: subject first, then the thread's ids, then the first lines of the text."""
    return case_in((subject, in_reply_to, *references, text[:2_000]), prefix=prefix)
