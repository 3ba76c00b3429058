"""Tells which of many runs of eight signs are among those looked for, capitals and small letters alike.

Which runs these are is ``joining``'s and ``anchors``'. The engine is numpy: eight signs are one number.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from dsar.sources.needles import SMALL

if TYPE_CHECKING:
    import numpy as np

    from dsar.sources.grid import Places

    Keys = np.ndarray[Any, np.dtype[np.uint64]]

WIDTH = 8
FOLD = int.from_bytes(bytes([SMALL]) * WIDTH, "little")
# A table of so many bits says quickly of most runs that nobody looks for them.
_LEAST_BITS, _MOST_BITS = 18, 22
_SPREAD = 0x9E3779B97F4A7C15


class Wanted:
    """Up to eight signs each of what is looked for, as numbers among which others are found in a few steps."""

    def __init__(self, ends: Iterable[bytes]) -> None:
        import numpy as np

        whole = b"".join([end.rjust(WIDTH, b"\0") for end in ends])
        self._keys = np.unique(np.frombuffer(whole, "<u8").astype(np.uint64) | np.uint64(FOLD))
        self._shift = np.uint64(64 - min(max(len(self._keys).bit_length() + 5, _LEAST_BITS), _MOST_BITS))
        self._table = np.zeros(1 << (64 - int(self._shift)), np.bool_)
        self._table[self._slots(self._keys)] = True

    def likely(self, keys: Keys) -> Places:
        """Which of these may be wanted, by their places: all that are, and few others."""
        import numpy as np

        found: Places = np.flatnonzero(self._table.take(self._slots(keys | np.uint64(FOLD))))
        return found

    def among(self, keys: Keys) -> Places:
        """Which of these are wanted, by their places; capital and small letters are alike."""
        import numpy as np

        likely = self.likely(keys)
        some = keys[likely] | np.uint64(FOLD)
        at = np.searchsorted(self._keys, some)
        sure: Places = likely[self._keys[np.minimum(at, len(self._keys) - 1)] == some]
        return sure

    def _slots(self, keys: Keys) -> Places:
        import numpy as np

        slots: Places = ((keys * np.uint64(_SPREAD)) >> self._shift).view(np.intp)
        return slots


def numbers_in(block: bytearray | bytes) -> Keys:
    """Every eight bytes as a number, wherever they begin."""
    import numpy as np

    return np.ndarray(len(block) - WIDTH + 1, "<u8", block, strides=(1,))
