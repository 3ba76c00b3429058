"""Looks for many texts at once at the places of one sign that all of them hold and little else does.

Which texts these are is ``needles``'. Where a sign stands numpy tells several times as quickly as an automaton looks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dsar.sources.wanted import WIDTH, Wanted, numbers_in

if TYPE_CHECKING:
    from dsar.sources.grid import Places, Signs
    from dsar.sources.wanted import Keys

# A block is seen as places by fours: to tell each place of the sign would take longer than to compare what follows it.
_FOUR = 4
# So few signs that all texts have beside theirs say too little.
_LEAST = 4
_HALF, _WHOLE = 32, (1 << 32) - 1
# One of so many signs may be the one that is looked at.
_RARE = 16


class Anchors:
    """Texts by a sign that stands in each, as ``anchors_of`` chooses it.

    Of the eight signs that end with the four which lie so many ``fours`` ahead of the sign's four, the last ``known``
    are in every text, at whichever of its four places the sign stands. Where these do not tell as much as eight, those
    that begin so far ``ahead`` of the sign are compared after them.
    """

    def __init__(self, texts: Sequence[bytes], sign: int, *, fours: int, known: int, ahead: int) -> None:
        import numpy as np

        at = [text.index(sign) for text in texts]
        self._sign = sign
        self._fours = fours
        self._ahead = ahead
        self._known = np.uint32(-1 << 8 * (WIDTH - known) & _WHOLE)
        ends = range(_FOUR * fours + 1, _FOUR * fours + _FOUR + 1)
        self._near = Wanted(
            text[place + end - known : place + end] for text, place in zip(texts, at, strict=True) for end in ends
        )
        sure = (text[place + ahead : place + ahead + WIDTH] for text, place in zip(texts, at, strict=True))
        self._sure = Wanted(sure) if known < WIDTH else None

    def places(self, block: bytearray, signs: Signs) -> Places:
        """Where in a block one of the texts may stand: a place inside it; ``signs`` are those that are compared."""
        import numpy as np

        if len(block) < WIDTH:
            return np.empty(0, np.intp)
        holds = signs == self._sign
        fours = holds[: len(holds) - len(holds) % _FOUR].view("<u4")
        found = np.flatnonzero(fours != 0)
        before = found + (self._fours - 1)
        near = self._near.among(self._eights(block, before))
        rest = len(fours) * _FOUR
        last = np.flatnonzero(holds[rest:]) + rest
        if self._sure is None:
            return np.append((before[near] + 1) * _FOUR, last)
        found = found[near]
        nths = np.flatnonzero(fours[found].view(np.bool_))
        at = np.append(found[nths // _FOUR] * _FOUR + nths % _FOUR, last) + self._ahead
        # a text lies in the block as a whole
        at = at[(at >= 0) & (at <= len(block) - WIDTH)]
        sure: Places = at[self._sure.among(numbers_in(block)[at])]
        return sure

    def _eights(self, block: bytearray, fours: Places) -> Keys:
        """What begins with each of these fours, without the signs that are not known; anything beyond the block."""
        import numpy as np

        signs = np.ndarray(len(block) // _FOUR, "<u4", block)
        first = signs.take(fours, mode="clip")
        first &= self._known
        last = signs[1:].take(fours, mode="clip").astype(np.uint64)
        eights: Keys = last << _HALF | first
        return eights


def anchors_of(texts: Sequence[bytes], block: bytes | bytearray) -> Anchors | None:
    """What looks for all of them; None where no sign that is rare in a block like this stands in each with room."""
    count = {sign: block.count(sign) for sign in set.intersection(*map(set, texts))}
    for sign in sorted(count, key=lambda one: (count[one], one)):
        if count[sign] * _RARE > len(block):
            break
        before = min(text.index(sign) for text in texts)
        behind = min(len(text) - text.index(sign) for text in texts)
        # the later, the more they differ
        fours = behind // _FOUR - 1
        known = min(before + _FOUR * fours + 1, WIDTH)
        ahead = behind - WIDTH
        if known >= _LEAST and before + ahead >= 0:
            return Anchors(texts, sign, fours=fours, known=known, ahead=ahead)
    return None
