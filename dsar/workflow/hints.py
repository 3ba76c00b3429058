"""Puts the case's number into hints of rooms that do not know which case they work for.

What the hints say is theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from dsar.case.next import short
from dsar.errors import DsarError


@contextmanager
def about(number: str) -> Iterator[None]:
    """Let no "dsar show CASE" reach a person: the command in a failure's hint names the case it is about."""
    try:
        yield
    except DsarError as fault:
        fault.hint = re.sub(r"\bCASE\b", short(number), fault.hint)
        raise
