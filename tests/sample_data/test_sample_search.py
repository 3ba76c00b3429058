"""The real search, over the sample workspace, finds Maria Rivera's records and nobody else's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dsar.case.facts import Decision
from dsar.case.identifiers import Identifier, identifier
from dsar.case.records import Finding, Proposal, RecordSet
from dsar.disclosure.proposals import propose, settle
from dsar.sources.answers import SearchResult
from dsar.sources.registry import open_source
from dsar.sources.search import search
from dsar.sources.settings import load_sources


@pytest.fixture(scope="session")
def own(expected: dict[str, Any]) -> list[Identifier]:
    """What her letter tells about her, in normal form."""
    told = [identifier(one["kind"], one["raw"], country="US") for one in expected["subject"]["identifier"]]
    assert [one.value for one in told if one] == [one["value"] for one in expected["subject"]["identifier"]]
    return [one for one in told if one]


def searched(home: Path, identifiers: list[Identifier]) -> SearchResult:
    return search([open_source(one, home) for one in load_sources(home / "sources")], identifiers)


@pytest.fixture(scope="session")
def result(workspace: Path, own: list[Identifier]) -> SearchResult:
    return searched(workspace, own)


@pytest.fixture(scope="session")
def proposals(
    result: SearchResult, own: list[Identifier], expected: dict[str, Any]
) -> list[tuple[RecordSet, Proposal]]:
    """What the rules alone would hand over, before anybody has looked; secret record sets never get that far."""
    name = identifier("name", expected["subject"]["name"])
    assert name is not None
    mine = [*own, *result.followed, name]
    found = [
        (
            answer.record_set,
            Finding(id=record.key, source=answer.source, record_set=answer.record_set.name, record=record),
        )
        for answer in result.answers
        if not answer.record_set.secret
        for record in answer.records
    ]
    return [(record_set, propose(finding, record_set, mine)) for record_set, finding in found]


def counts(result: SearchResult) -> dict[str, tuple[str, int, int, list[str]]]:
    return {
        f"{one.source}.{one.record_set.name}": (str(one.state), one.found, one.excluded, sorted(one.customers))
        for one in result.answers
    }


def expected_counts(expected: dict[str, Any]) -> dict[str, tuple[str, int, int, list[str]]]:
    return {
        f"{one['source']}.{one['name']}": (one["state"], one["found"], one.get("excluded", 0), one.get("customers", []))
        for one in expected["record_set"]
    }


def test_the_sources_load_without_a_remark(workspace: Path) -> None:
    settings = load_sources(workspace / "sources")
    assert [one.name for one in settings] == ["calls", "crm", "facilities", "feedback", "newsletter", "tickets"]
    assert {one.name: one.notes for one in settings if one.notes} == {}


def test_every_source_opens_and_counts_its_rows(workspace: Path) -> None:
    rows: dict[str, int] = {}
    for settings in load_sources(workspace / "sources"):
        if settings.kind != "person":
            tested = open_source(settings, workspace).test()
            assert tested.problems == ()
            rows |= {f"{settings.name}.{name}": count for name, count in tested.rows.items()}
    assert rows["calls.calls"] == 300
    assert rows["tickets.tickets"] == 40
    assert rows["feedback.feedback"] == 12
    assert rows["crm.seats"] == 15
    assert min(rows.values()) >= 2


def test_finds_exactly_what_is_hers(result: SearchResult, expected: dict[str, Any]) -> None:
    assert counts(result) == expected_counts(expected)
    assert [answer.source for answer in result.answers if answer.problems] == []


@pytest.mark.parametrize("nth", range(3))
def test_any_one_identifier_leads_to_the_same(
    workspace: Path, own: list[Identifier], expected: dict[str, Any], nth: int
) -> None:
    assert counts(searched(workspace, [own[nth]])) == expected_counts(expected)


def test_her_former_number_told_without_dates_counts_for_her_time(
    workspace: Path, own: list[Identifier], expected: dict[str, Any]
) -> None:
    former = identifier("phone", "415-555-0167", country="US")
    assert former is not None
    assert counts(searched(workspace, [*own, former])) == expected_counts(expected)


def test_follows_her_own_and_stops_at_the_shop(result: SearchResult, expected: dict[str, Any]) -> None:
    followed = {(one.kind, one.value, one.since, one.until) for one in result.followed}
    assert followed == {(one["kind"], one["value"], one.get("since"), one.get("until")) for one in expected["followed"]}
    left = {(one.kind, one.value) for one, _ in result.not_followed}
    assert left == {(one["kind"], one["value"]) for one in expected["not_followed"]}


def test_finds_no_colleague(result: SearchResult) -> None:
    answers = {f"{answer.source}.{answer.record_set.name}": answer for answer in result.answers}
    assert [record.values["full_name"] for record in answers["crm.seats"].records] == ["Maria Rivera"]
    assert {record.values["seat_id"] for record in answers["crm.number_assignments"].records} == {"S-2001"}
    assert "Chloe Tran" not in {record.values["requester_name"] for record in answers["tickets.tickets"].records}


def test_calls_on_the_number_she_gave_back_end_with_her_time(result: SearchResult) -> None:
    (calls,) = (answer for answer in result.answers if answer.source == "calls")
    former = [
        one.values for one in calls.records if "+14155550167" in (one.values["from_number"], one.values["to_number"])
    ]
    assert len(former) == 6
    assert max(values["started_at"] for values in former) < "2026-04"


def test_no_content_of_a_customer_s_text_is_fetched(result: SearchResult) -> None:
    (texts,) = (answer for answer in result.answers if answer.record_set.name == "messages")
    assert texts.records == ()


def test_her_package_needs_no_more_than_the_rules(
    proposals: list[tuple[RecordSet, Proposal]], expected: dict[str, Any]
) -> None:
    """Nothing that must not leave is in what the rules propose, in any spelling of a number."""
    shown = [value for _, proposal in proposals if proposal.decision is not Decision.WITHHOLD
             for value in proposal.shown.values()]  # fmt: skip
    for group in expected["must_not"]:
        for text in group["strings"]:
            assert not [value for value in shown if holds(value, text)], f"{group['group']}: {text}"


def holds(value: str, text: str) -> bool:
    """Whether a value holds a text; a number also in another spelling."""
    if text.lower() in value.lower():
        return True
    digits = re.sub(r"\D", "", text)[-10:]
    return len(digits) == 10 and digits in re.sub(r"\D", "", value)


def test_a_number_is_seen_in_any_spelling() -> None:
    assert holds("call (707) 555-0111 now", "+17075550111")
    assert not holds("call (707) 555-0112 now", "+17075550111")


def test_she_gets_what_is_hers(proposals: list[tuple[RecordSet, Proposal]], expected: dict[str, Any]) -> None:
    for one in expected["record_set"]:
        shown = "\n".join(
            dict(field.codes).get(proposal.shown.get(field.name, ""), proposal.shown.get(field.name, ""))
            for record_set, proposal in proposals
            if (record_set.source, record_set.name) == (one["source"], one["name"])
            and proposal.decision is not Decision.WITHHOLD
            for field in record_set.fields
        )
        assert [text for text in one["must_appear"] if text not in shown] == [], one["name"]


def test_the_helpline_is_not_itemised(proposals: list[tuple[RecordSet, Proposal]]) -> None:
    left_out = [proposal for record_set, proposal in proposals if proposal.decision is Decision.WITHHOLD]
    assert [proposal.ground for proposal in left_out] == ["helpline"]


def test_not_even_a_reviewer_s_whole_shows_a_withheld_caller(
    result: SearchResult, own: list[Identifier], expected: dict[str, Any]
) -> None:
    """What no decision may let out stays in: callers who withheld their number, passwords, keys and tokens."""
    mine = [*own, *result.followed]
    never = [text for group in expected["must_not"] if group["group"] in ("withheld_callers", "never_disclosed")
             for text in group["strings"]]  # fmt: skip
    for answer in result.answers:
        for record in answer.records:
            finding = Finding(id=record.key, source=answer.source, record_set=answer.record_set.name, record=record)
            whole = settle(
                propose(finding, answer.record_set, mine),
                Decision.DISCLOSE,
                finding=finding,
                record_set=answer.record_set,
                own=mine,
            )
            for value in whole.shown.values():
                assert not [text for text in never if holds(value, text)], record.key


def test_only_cut_texts_need_a_second_look(proposals: list[tuple[RecordSet, Proposal]]) -> None:
    """Every flag is about a text somebody else stands in: the settings leave no column undescribed."""
    flagged = {proposal.finding for _, proposal in proposals if proposal.flagged}
    assert flagged == {"T-4007", "T-4028", "fb03.2026@baybridgecafe.example"}
