"""The quick way of folding plain letters gives what the table gives."""

from __future__ import annotations

from dsar.inbox import folding


def test_every_plain_letter_is_folded_as_by_the_table() -> None:
    plain = "".join(map(chr, range(128)))
    assert folding.fold(plain) == plain.translate(folding._TABLE)
