"""Findings: ids never move, changes are taken over, and nothing is lost silently."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case.records import Match, Record
from dsar.errors import InputWrong
from dsar.ledger import Ledger, findings
from tests.ledger import desk

BY_MAIL = Match(field="email", kind="email", value="ada@example.com", how="exact")
BY_PHONE = Match(field="phone", kind="phone", value="+14155550100", how="normal")


def record(key: str, **values: str) -> Record:
    return Record(key=key, values=values, matched=(BY_MAIL,), place=f"seats.csv:{key}")


def ids(ledger: Ledger, number: str) -> dict[str, str]:
    return {finding.record.key: finding.id for finding in ledger.findings(number)}


def test_what_is_found_comes_back_in_order(ledger: Ledger) -> None:
    number, other = desk.a_case(ledger), desk.a_case(ledger)
    records = [record("1", name="Ada"), record("2", name="Ada \ud800 \x00"), record("é\ud800", name="")]
    assert ledger.put_findings(number, "crm", "seats", iter(records)) == 3
    assert ledger.put_findings(number, "crm", "notes", [records[0]]) == 1
    assert ledger.put_findings(other, "crm", "seats", []) == 0
    found = list(ledger.findings(number))
    assert [finding.record for finding in found] == [*records, records[0]]
    assert [finding.id for finding in found] == ["F-0001", "F-0002", "F-0003", "F-0004"]
    assert {(finding.source, finding.record_set) for finding in found} == {("crm", "seats"), ("crm", "notes")}
    assert list(ledger.findings(other)) == []


def test_one_record_set_is_asked_for_alone(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(findings, "PAGE", 2)
    number, other = desk.a_case(ledger), desk.a_case(ledger)
    records = [record(str(nth), name="Ada") for nth in range(5)]
    for where in (("crm", "seats"), ("crm", "notes"), ("shop", "seats")):
        ledger.put_findings(number, *where, records)
    ledger.put_findings(other, "crm", "notes", records)
    found = list(ledger.findings_of(number, "crm", "notes"))
    assert found == [one for one in ledger.findings(number) if (one.source, one.record_set) == ("crm", "notes")]
    assert [one.id for one in found] == ["F-0006", "F-0007", "F-0008", "F-0009", "F-0010"]


@pytest.mark.parametrize("together", [0, 150, 1_000_000])
def test_records_are_the_same_however_many_are_written_together(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, together: int
) -> None:
    monkeypatch.setattr(findings, "_TOGETHER", together)
    number = desk.a_case(ledger)
    told = [record(str(nth % 7), name="Ada") for nth in range(20)]
    assert ledger.put_findings(number, "crm", "seats", told) == 7
    assert list(ids(ledger, number).items()) == [(str(nth), f"F-{nth + 1:04d}") for nth in range(7)]
    assert ledger.put_findings(number, "crm", "seats", [record(str(nth), name="Bo") for nth in range(5, 9)]) == 9
    assert [one.record.values["name"] for one in ledger.findings(number)] == ["Ada"] * 5 + ["Bo"] * 4


def test_a_second_search_adds_and_updates_and_drops_nothing(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    ledger.put_findings(number, "crm", "seats", [record("1", name="Ada"), record("2", name="Bea")])
    before = ids(ledger, number)
    assert ledger.put_findings(number, "crm", "seats", [record("3", name="C"), record("2", name="Beate")]) == 3
    after = {finding.record.key: finding for finding in ledger.findings(number)}
    assert {key: after[key].id for key in before} == before
    assert after["2"].record.values == {"name": "Beate"}
    assert after["3"].id == "F-0003"


def test_ids_are_not_used_again(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    ledger.put_findings(number, "crm", "seats", [record("1"), record("2")])
    ledger.put_findings(number, "crm", "notes", [record("9")])
    ledger.drop_findings(number, "crm", "seats")
    assert ids(ledger, number) == {"9": "F-0003"}
    ledger.put_findings(number, "crm", "seats", [record("2")])
    assert ids(ledger, number) == {"9": "F-0003", "2": "F-0004"}


def test_a_record_found_twice_is_one_with_both_reasons(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    one = record("1", name="Ada")
    assert ledger.put_findings(number, "crm", "seats", [one, replace(one, matched=(BY_PHONE, BY_MAIL))]) == 1
    (finding,) = ledger.findings(number)
    assert finding.record == replace(one, matched=(BY_MAIL, BY_PHONE))


def test_two_different_records_under_one_key_are_refused_together(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    with pytest.raises(InputWrong, match="crm / seats holds two different records under one key") as caught:
        ledger.put_findings(number, "crm", "seats", [record("0"), record("1", name="Ada"), record("1", name="Eve")])
    assert caught.value.hint == "Name more columns as its key: sources/crm.toml"
    assert "Ada" not in str(caught.value)
    assert list(ledger.findings(number)) == []


def test_a_search_that_breaks_off_leaves_nothing_half(ledger: Ledger) -> None:
    number = desk.a_case(ledger)

    def breaks() -> object:
        yield record("1")
        raise InputWrong("line 2 is torn")

    with pytest.raises(InputWrong, match="torn"):
        ledger.put_findings(number, "crm", "seats", breaks())  # type: ignore[arg-type]
    assert list(ledger.findings(number)) == []


def test_many_are_read_in_pages_and_one_too_large_is_refused(ledger: Ledger) -> None:
    number = desk.a_case(ledger)
    assert ledger.put_findings(number, "crm", "seats", (record(str(row)) for row in range(1_234))) == 1_234
    assert [finding.record.key for finding in ledger.findings(number)] == [str(row) for row in range(1_234)]
    half = ledger.findings(number)
    next(half)
    ledger.set_meta("heartbeat", "a half-read list keeps nobody from writing")
    with pytest.raises(InputWrong, match="larger than"):
        ledger.put_findings(number, "crm", "notes", [record("1", text="x" * 10_000_001)])
    with pytest.raises(InputWrong, match="is not a case number"):
        ledger.put_findings("36", "crm", "seats", [])


@settings(max_examples=15)
@given(st.lists(st.dictionaries(st.text(max_size=3), st.text(max_size=5), max_size=6), max_size=4))
def test_any_sequence_of_searches_keeps_each_id_with_its_record(
    tmp_path_factory: pytest.TempPathFactory, searches: list[dict[str, str]]
) -> None:
    path: Path = tmp_path_factory.mktemp("findings") / "dsar.db"
    known: dict[str, str] = {}
    held: dict[str, str] = {}
    with desk.create(path) as ledger:
        number = desk.a_case(ledger)
        for search in searches:
            held |= search
            found = [record(key, value=value) for key, value in search.items()]
            assert ledger.put_findings(number, "crm", "seats", found) == len(held)
            now = ids(ledger, number)
            assert known.items() <= now.items()
            known = now
        assert {finding.record.key: finding.record.values["value"] for finding in ledger.findings(number)} == held
        assert len(set(known.values())) == len(known)
