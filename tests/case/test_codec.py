"""Facts survive being written down, and what cannot be read is told as damage."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case import facts as f
from dsar.case.codec import from_text, to_text
from dsar.errors import StoreDamaged
from tests.case import story as s


@pytest.mark.parametrize("cls", f.FACTS.values(), ids=f.FACTS)
def test_every_kind_survives(cls: type[f.Fact]) -> None:
    @given(s.facts_of(cls, anything=True))
    def survives(fact: f.Fact) -> None:
        text = to_text(fact)
        assert from_text(cls.__name__, text) == fact
        assert to_text(from_text(cls.__name__, text)) == text

    survives()


def test_the_text_is_canonical() -> None:
    assert to_text(s.CLOSED) == '{"purge_on":"2027-11-20"}'
    assert (
        to_text(f.FindingsDecided(decisions=(("F-0001", f.Decision.REDACT, "é"),)))
        == '{"decisions":[["F-0001","redact","é"]]}'
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
