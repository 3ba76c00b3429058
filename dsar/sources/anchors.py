"""Looks for many texts at once at the places of one sign that all of them hold and little else does.

Which texts these are is ``needles``'. Where a sign stands numpy tells several times as quickly as an automaton looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dsar.sources.wanted import WIDTH, Wanted, numbers_in

if TYPE_CHECKING:
    from dsar.sources.grid import Choice, Places, Signs

_ONE, _HIGHEST = 1, 8 * (WIDTH - 1)
_NTHS = int.from_bytes(range(WIDTH), "big")
# One of so many signs may be the one that is looked at.
_RARE = 16


class Anchors:
    """Texts by a sign that stands in each, and by the eight signs that begin so far ``ahead`` of it."""

    def __init__(self, texts: Sequence[bytes], sign: int, ahead: int) -> None:
        self._sign = sign
        self._ahead = ahead
        begun = (text.index(sign) + ahead for text in texts)
        self._wanted = Wanted(text[at : at + WIDTH] for text, at in zip(texts, begun, strict=True))

    def places(self, block: bytearray, signs: Signs) -> Places:
        """Where in a block one of the texts may stand: a place inside it; ``signs`` are those that are compared."""
        import numpy as np

        at = _places_of(signs == self._sign) + self._ahead
        # a text lies in the block as a whole
        at = at[np.searchsorted(at, 0) : np.searchsorted(at, len(block) - WIDTH, "right")]
        places: Places = at[self._wanted.among(numbers_in(block)[at])] if len(at) else at
        return places


def _places_of(holds: Choice) -> Places:
    """Where something holds, told of eight places at once where it holds of one of them at most."""
    import numpy as np

    whole = len(holds) - len(holds) % WIDTH
    eights = holds[:whole].view("<u8")
    found: Places = np.flatnonzero(eights != 0)
    which = eights[found]
    if (which & (which - _ONE)).any():
        return np.flatnonzero(holds)
    # one that stands at the nth place becomes n in the highest of the eight
    nths = ((which * _NTHS) >> _HIGHEST).view(np.intp)
    rest = np.flatnonzero(holds[whole:]) + whole
    return np.concatenate((found * WIDTH + nths, rest))


def anchors_of(texts: Sequence[bytes], block: bytes | bytearray) -> Anchors | None:
    """What looks for all of them; None where no sign that is rare in a block like this stands in each with room."""
    count = {sign: block.count(sign) for sign in set.intersection(*map(set, texts))}
    for sign in sorted(count, key=lambda one: (count[one], one)):
        if count[sign] * _RARE > len(block):
            break
        places = [text.index(sign) for text in texts]
        last = min(len(text) - WIDTH - at for text, at in zip(texts, places, strict=True))
        # the later, the more they differ
        if last >= max(-at for at in places):
            return Anchors(texts, sign, last)
    return None
