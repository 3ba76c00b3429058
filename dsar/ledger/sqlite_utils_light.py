"""Imports sqlite-utils without the data-science libraries it would take in where they happen to be installed.

What is done with it is the schema's business; commands that only read never come here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_HEAVY = ("pandas", "numpy")


@contextmanager
def _hidden(names: tuple[str, ...]) -> Iterator[None]:
    # None in sys.modules makes an import fail at once; what is already loaded stays as it is.
    absent = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]
    try:
        yield
    finally:
        for name in absent:
            sys.modules.pop(name, None)


def load() -> ModuleType:
    """The sqlite_utils module; pandas alone would add 400 ms to the first import."""
    with _hidden(_HEAVY):
        import sqlite_utils
    return sqlite_utils
