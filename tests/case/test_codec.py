"""Facts survive being written down, and what cannot be read is told as damage."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case import facts as f
from dsar.case.changes import Result
from dsar.case.codec import from_text, to_text, written
from dsar.errors import StoreDamaged
from tests.case import story as s


@pytest.mark.parametrize("cls", f.FACTS.values(), ids=f.FACTS)
def test_every_kind_survives(cls: type[f.Fact]) -> None:
    @given(s.facts_of(cls, anything=True))
    def survives(fact: f.Fact) -> None:
        text = to_text(fact)
        assert from_text(cls.__name__, text) == fact
        assert to_text(from_text(cls.__name__, text)) == text
        assert written(fact) == text

    survives()


def test_the_text_is_canonical() -> None:
    assert to_text(s.CLOSED) == '{"purge_on":"2027-11-20"}'
    assert (
        to_text(f.FindingsDecided(decisions=(("F-0001", f.Decision.REDACT, "é"),)))
        == '{"decisions":[["F-0001","redact","é"]]}'
    )


def test_a_plan_written_before_people_could_say_what_they_did_is_read() -> None:
    body = '{"changes":1,"claims":["delete/eu-gdpr"],"digest":"p1","expires_at":"2026-11-24T09:00:00+00:00",'
    plan = from_text("PlanMade", body + '"kind":"erase","needs_approval":true,"plan":"P-36-1","steps":2}')
    assert isinstance(plan, f.PlanMade)
    assert plan.by_hand == ()
    assert from_text("StepsDone", '{"plan":"P-36-1","results":[["S-0001","done"]]}') == f.StepsDone(
        plan="P-36-1", results=(("S-0001", Result.DONE),)
    )


def test_a_fact_from_the_future_is_told() -> None:
    with pytest.raises(StoreDamaged, match="does not know") as caught:
        from_text("MoonLanded", "{}")
    assert "update dsar" in caught.value.hint


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("CaseClosed", "{"),
        ("CaseClosed", "[]"),
        ("CaseClosed", "null"),
        ("CaseClosed", "[" * 100_000),
        ("CaseClosed", "{}"),
        ("CaseClosed", '{"purge_on":"never"}'),
        ("CaseClosed", '{"purge_on":7}'),
        ("CaseClosed", '{"purge_on":"2027-11-20","more":1}'),
        ("CaseAssigned", '{"owner":7}'),
        ("ReviewFinished", '{"digest":"d1","findings":true}'),
        ("ReviewFinished", '{"digest":"d1","findings":"1"}'),
        ("OutcomeReached", '{"claim":"a/b","outcome":"eaten","ground":""}'),
        ("FindingsDecided", '{"decisions":[["F-0001","disclose"]]}'),
        ("FindingsDecided", '{"decisions":7}'),
        ("LetterQueued", '{"key":"a","kind":"b","digest":"c","personal":1,"claims":[]}'),
    ],
)
def test_a_body_that_is_none_is_told(kind: str, body: str) -> None:
    with pytest.raises(StoreDamaged, match="cannot be read"):
        from_text(kind, body)


@given(st.sampled_from(sorted(f.FACTS)), st.text(max_size=60))
def test_no_text_does_worse(kind: str, body: str) -> None:
    try:
        from_text(kind, body)
    except StoreDamaged:
        return


class Day(date):
    """A date that is not exactly one."""


class Word(str):
    """A text that is not exactly one."""


ODD: list[tuple[f.Fact, str]] = [
    (f.CaseAssigned(owner=7), "another type"),  # type: ignore[arg-type]
    (f.CaseAssigned(owner=None), "another type"),  # type: ignore[arg-type]
    (f.ReviewFinished(digest="d1", findings=True), "another type"),
    (f.ReviewFinished(digest="d1", findings=1.0), "another type"),  # type: ignore[arg-type]
    (f.LetterQueued(key="a", kind="b", digest="c", personal=1), "another type"),  # type: ignore[arg-type]
    (f.CaseClosed(purge_on="2027-11-20"), "survive"),  # type: ignore[arg-type]
    (f.OutcomeReached(claim="a/b", outcome="eaten"), "another type"),  # type: ignore[arg-type]
    (f.FindingsDecided(decisions=(("F-0001", f.Decision.DISCLOSE),)), "another type"),  # type: ignore[arg-type]
    (f.FindingsDecided(decisions=[("F-0001", f.Decision.DISCLOSE, "")]), "survive"),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("fact", "says"), ODD)
def test_a_fact_that_would_be_read_as_another_is_not_written(fact: f.Fact, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        written(fact)


@pytest.mark.parametrize(
    "fact",
    [
        f.CaseClosed(purge_on=Day(2027, 11, 20)),
        f.CaseAssigned(owner=Word("ann")),
        f.OutcomeReached(claim="a/b", outcome="granted"),  # type: ignore[arg-type]
        f.LetterQueued(key="a", kind="b", digest="c", personal=False, claims=(Word("a/b"),)),
    ],
)
def test_what_only_reading_can_tell_is_read_again_and_written_alike(fact: f.Fact) -> None:
    assert written(fact) == to_text(fact)
    assert from_text(type(fact).__name__, written(fact)) == fact


@given(st.text())
def test_every_text_is_quoted_as_json_does_it(text: str) -> None:
    fact = f.CaseAssigned(owner=text)
    assert written(fact) == to_text(fact)
