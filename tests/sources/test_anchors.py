"""Every line with a text that is looked for is among those told, wherever in the block it stands."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dsar.sources import anchors, sieve
from dsar.sources.anchors import anchors_of
from dsar.sources.needles import folded
from tests.sources.judged import alike
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

NUMBERS = [f"+1202555{nth:04}" for nth in range(10)] + ["+4520123456", "+442071838750", "+2908123"]
IDS = ["ac-1234567", "ac-7654321x", "xac-0000001"]
ENDING = ["accounts-payable@", "press-department@", "customers.europe@"]
ODD = ["+", "++", "+1202555", "2025550001", "+12025550001", "20255500", "AC-1234567", "-", "c-123456", "", ",", "x" * 9]


def lines_told(texts: Sequence[str], lines: Sequence[str], *, last: bool) -> set[int]:
    """The lines in which a place was told."""
    block = bytearray("\n".join(lines).encode() + b"\n" * last)
    signs = np.frombuffer(bytes(sign | 0x20 if sign != 10 else sign for sign in block), np.uint8)
    found = anchors_of([folded(text.encode()) for text in texts], signs.tobytes())
    assert found
    return {block.count(b"\n", 0, at) for at in found.places(block, signs).tolist()}


@pytest.mark.parametrize("texts", [NUMBERS[:-1], NUMBERS[:2], IDS, ENDING])
@given(data=st.data())
def test_no_line_with_a_text_is_left_out(texts: Sequence[str], data: st.DataObject) -> None:
    pieces = st.sampled_from([*texts, *(text.upper() for text in texts), *ODD])
    lines = data.draw(st.lists(st.lists(pieces, max_size=4).map("".join), min_size=1, max_size=8))
    there = {nth for nth, line in enumerate(lines) if any(text in line.lower() for text in texts)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anchors, "_RARE", 0)
        assert there <= lines_told(texts, lines, last=data.draw(st.booleans()))


@pytest.mark.parametrize(
    "texts",
    [
        pytest.param([b"12345678", b"abcdefgh"], id="nothing in common"),
        pytest.param([b"+1202555", b"+123"], id="too short"),
        pytest.param([b"+1234567", b"1234567+"], id="no room on one side"),
    ],
)
def test_where_no_sign_serves_another_way_is_taken(texts: list[bytes]) -> None:
    assert anchors_of(texts, b"nothing of it, at all") is None


def test_a_sign_that_is_everywhere_is_no_help() -> None:
    numbers = [number.encode() for number in NUMBERS[:3]]
    assert anchors_of(numbers, b"+0215" * 4) is None
    assert anchors_of(numbers, b"a+b" + b"0123456789" * 9)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(st.sampled_from(["1", "2", ""]), *[st.sampled_from([*NUMBERS, *ODD])] * 2), max_size=20),
    odd=st.sampled_from(["", '"1",+12025550001', "1,2,3,4,5", "\u00e9,+12025550001,"]),
)
def test_many_people_are_found_as_by_reading_every_row(office: Office, rows: list[tuple[str, ...]], odd: str) -> None:
    path = office.home / "data" / "calls.csv"
    lines = ["id,from,to", *(",".join(row) for row in rows)]
    lines.insert(len(lines) // 2 + 1, odd)
    path.write_text("\n".join(lines), encoding="utf-8")
    fields = [field(name, *kind_of("phone", 'normal = "e164"')) for name in ("from", "to")]
    office.describe("calls", source_file(record_set("calls", *fields), kind="csv", path=str(path)))
    people = {number: [who("phone", number)] for number in NUMBERS}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(anchors, "_RARE", 0)
        patch.setattr(sieve.Sieve, "look", sieve.Sieve._scanned)
        alike(office, people)


def test_what_is_looked_for_may_hold_a_sign_that_nobody_sees(office: Office) -> None:
    path = office.home / "data" / "calls.csv"
    path.write_text("id,account\n1,12\t34\n2,1234\n3,12)34\n", encoding="utf-8")
    office.describe(
        "calls", source_file(record_set("calls", field("account", *kind_of("account_id"))), kind="csv", path=str(path))
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sieve.Sieve, "look", sieve.Sieve._scanned)
        (found,) = alike(office, {"ana": [who("account_id", "12\t34")]}).values()
    assert found[0].found == 1
