"""What is to be done next: for every stage the words for a list and the command to type."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from dsar.case import facts as f
from dsar.case.case import Case
from dsar.case.evolve import evolve
from dsar.case.next import next_step, short
from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role
from tests.case import story as s

WHERE = {"source": "crm", "record_set": "seats"}
ASKED = f.ColleagueAsked(**WHERE, who="luis", due_on=date(2026, 11, 9))
OTHER_SET = replace(s.SCOPED, record_set="notes", asks=True)
IDENTITY_LETTER = replace(s.QUEUED, kind="identity", claims=())


def says(case: Case, claim: str = s.CLAIM) -> tuple[str, str]:
    step = next_step(case, case.claims[claim])
    return step.says, step.command


def ended(outcome: Outcome) -> Case:
    return s.told(s.OPENED, s.CLAIMED, replace(s.ENDED, outcome=outcome))


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        (
            s.told(s.OPENED, replace(s.CLAIMED, must_acknowledge=True)),
            ("acknowledge", "dsar letter send 36 acknowledgement"),
        ),
        (s.until(s.CLAIMED), ("verify", "dsar verify 36")),
        (s.told(s.OPENED, s.CLAIMED, IDENTITY_LETTER, s.HANDED, s.SENT), ("wait: proof", "dsar verify 36")),
        (s.told(replace(s.OPENED, role=Role.AGENT), s.CLAIMED), ("check agent", "dsar verify 36 --agent")),
        (s.told(replace(s.OPENED, role=Role.PARENT), s.CLAIMED), ("verify parent", "dsar verify 36 --parent")),
        (s.told(replace(s.OPENED, role=Role.EXECUTOR), s.CLAIMED), ("check executor", "dsar verify 36 --agent")),
        (s.until(s.PROVEN), ("gather", "dsar gather 36")),
        (s.until(s.SCOPED), ("gather", "dsar gather 36")),
        (evolve(s.until(s.PROVEN), replace(s.SCOPED, asks=True)), ("ask colleague", "dsar ask 36 crm")),
        (evolve(s.until(s.SCOPED), replace(s.SEARCHED, found=0)), ("send nothing", "dsar letter send 36 nothing")),
        (evolve(s.until(s.SCOPED), f.RecordSetFailed(**WHERE, why="down")), ("gather again", "dsar gather 36 --retry")),
        (evolve(s.until(s.SCOPED), ASKED), ("wait: luis", "dsar gather 36 --from crm --file FILE")),
        (evolve(evolve(s.until(s.SCOPED), ASKED), OTHER_SET), ("ask colleague", "dsar ask 36 crm")),
        (s.until(s.SEARCHED), ("review", "dsar review 36")),
        (s.until(s.REVIEWED), ("wait: approval", "dsar approve 36")),
        (s.until(s.APPROVED), ("build package", "dsar package build 36")),
        (s.until(s.BUILT), ("send answer", "dsar letter send 36 answer")),
        (s.until(s.QUEUED), ("send from outbox", "dsar outbox retry")),
        (s.until(s.HANDED), ("unsure: was it sent?", "dsar outbox list")),
        (ended(Outcome.REFUSED), ("send refusal", "dsar letter send 36 refusal")),
        (ended(Outcome.NOT_VERIFIED), ("send closing", "dsar letter send 36 closing")),
        (ended(Outcome.REDIRECTED), ("send redirect", "dsar letter send 36 redirect")),
        (ended(Outcome.NOTHING_HELD), ("send nothing", "dsar letter send 36 nothing")),
        (ended(Outcome.WITHDRAWN), ("close", "dsar close 36")),
        (s.until(s.ENDED), ("close", "dsar close 36")),
        (s.until(s.CLOSED), ("closed", "dsar show 36")),
    ],
)
def test_the_next_step(case: Case, expected: tuple[str, str]) -> None:
    assert says(case) == expected


def test_rights_that_end_in_no_copy_have_their_own_words() -> None:
    case = s.told(
        s.OPENED,
        replace(s.CLAIMED, right=Right.OPT_OUT_SALE, law="us-ca-ccpa"),
        replace(s.CLAIMED, right=Right.NOTICE_1798_83, law="us-ca-stl"),
    )
    assert says(case, "opt_out_sale/us-ca-ccpa") == ("plan", "dsar plan 36 --suppress")
    assert says(case, "notice_1798_83/us-ca-stl") == ("send notice", "dsar letter send 36 notice")


def test_a_number_as_people_type_it() -> None:
    assert [short(number) for number in ("DSAR-2026-0036", "DSAR-2026-10000")] == ["36", "10000"]
