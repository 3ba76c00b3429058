"""Searches one file for several people in both ways and holds what they find against each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import strategies as st

from dsar.case.identifiers import Identifier
from dsar.sources import asking, beside, files, prefilter
from dsar.sources.answers import Answer
from dsar.sources.search import Subject, search_many
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

NUMBERS = [
    "+12025550100", "12025550100", "0012025550100", "(202) 555-0100", "202.555.0100", "1-202-555-0100 x12",
    "2025550100", "+1 202 555 0101", "202-555-0101; 202-555-0100", "1-202-555-CALL", "202\uff15\uff15\uff150100",
    "20255501001", "911", "", "2025550100\x1f",
    "+442079460018", "020 (0) 79460018", "1,202,555,0100", "+5493435551212", "0343 15 555 1212", "tel:+1-202-555-0100",
]  # fmt: skip
EMAILS = ["ana@example.com", " ANA@Example.com", "ben@example.com", "ana @example.com", "z\u00fc@x.example", "x", ""]
KEYS = ["1", "2", "", "\u00e9", "3"]
DAYS = ["2024-05-01", "2024-05-01T10:00:00Z", "01/02/2024", "2024-02-30", "", "2024-05-31", "2024-05-312"]
PEOPLE: dict[str, list[Identifier]] = {
    "ana": [who("email", "ana@example.com"), who("phone", "+1 202 555 0100")],
    "ben": [who("email", "ben@example.com"), who("phone", "+1 202 555 0101"), who("phone", "+44 20 7946 0018")],
    "call": [who("phone", "+1 202 555 2255"), who("phone", "+54 9 343 555 1212")],
    "nobody": [who("email", "nobody@example.com")],
    "same": [who("phone", "(202) 555-0100")],
}
ROWS = st.lists(
    st.tuples(
        st.sampled_from(KEYS), st.sampled_from(NUMBERS), st.sampled_from(NUMBERS), st.sampled_from(EMAILS),
        st.sampled_from(DAYS),
    ),
    max_size=14,
)  # fmt: skip
COLUMNS = ("id", "from", "to", "email", "at")


def described(office: Office, path: Path, *, kind: str, more: str = "", place: str = "") -> None:
    fields = (
        field("from", *kind_of("phone")), field("to", *kind_of("phone")), field("email", *kind_of("email")),
    )  # fmt: skip
    text = source_file(record_set("calls", *fields, more='time = "at"\n' + more), kind=kind, path=place or str(path))
    office.describe("calls", text)


def answers(office: Office, people: Mapping[str, Sequence[Identifier]]) -> dict[str, tuple[Answer, list[object]]]:
    """Every person's answer, with the records as text."""
    subjects = {name: Subject(identifiers=own) for name, own in people.items()}
    told: dict[str, tuple[Answer, list[object]]] = {}

    def settled(found: Mapping[str, Answer]) -> None:
        told.update({name: (one, list(one.written())) for name, one in found.items()})

    search_many(office.sources(), subjects, settled=settled, keep_records=False)
    return told


def alike(
    office: Office, people: Mapping[str, Sequence[Identifier]] = PEOPLE
) -> dict[str, tuple[Answer, list[object]]]:
    """What both ways find, which must be one, however the file is read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "fits", lambda _one: False)
        patch.setattr(files, "LEAST", 10**12)
        one_by_one = answers(office, people)
    for least, first in ((10**12, 2), (0, 1), (0, 3)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(files, "LEAST", least)
            patch.setattr(prefilter, "FIRST_LINES", first)
            patch.setattr(prefilter, "BLOCK", 100)
            at_once = answers(office, people)
        for name, (answer, records) in one_by_one.items():
            other, found = at_once[name]
            assert found == records
            assert (other.state, other.found, other.asked, other.why) == (
                answer.state,
                answer.found,
                answer.asked,
                answer.why,
            )
            # of rows that are nobody's, not every fault is told
            assert set(other.problems) <= set(answer.problems)
    return one_by_one


def in_two_halves(office: Office, people: Mapping[str, Sequence[Identifier]] = PEOPLE) -> None:
    """The same with a second process that reads the second half of the file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(files, "LEAST", 0)
        patch.setattr(prefilter, "FIRST_LINES", 2)
        patch.setattr(prefilter, "BLOCK", 300)
        alone = answers(office, people)
        started = []
        patch.setattr(files, "SPLIT", 0)
        patch.setattr(files, "may_work_beside", lambda: True)
        start = beside.Beside.start
        patch.setattr(beside.Beside, "start", lambda self, judged: (started.append(self), start(self, judged)))
        both = answers(office, people)
    assert started
    for name, (answer, records) in alone.items():
        assert both[name][1] == records
        assert both[name][0].found == answer.found
        assert set(both[name][0].problems) == set(answer.problems)
