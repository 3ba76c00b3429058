"""Opening a case: which law, what is pinned, who is the same person, and nothing personal in the facts."""

from __future__ import annotations

import json
from datetime import date

import pytest

from dsar.case.codec import to_text
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import InputWrong, Refused
from dsar.workflow import openings
from dsar.workspace import Workspace
from tests.workflow.office import EMAIL, RIVERA, by, facts_count, opening, somebody


def laws_of(ws: Workspace, number: str) -> list[str]:
    return [claim.name for claim in ws.ledger.case(number).claims.values()]


class TestLaw:
    def test_the_law_that_was_named(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(laws=("gdpr",)), by())
        assert laws_of(desk, number) == ["access/eu-gdpr"]

    def test_two_laws_are_two_clocks(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(laws=("gdpr", "uk-gdpr")), by())
        assert laws_of(desk, number) == ["access/eu-gdpr", "access/uk-gdpr"]

    def test_none_named_takes_the_strictest_that_is_plausible(self, desk: Workspace) -> None:
        held = openings.hold(desk, opening(laws=()))
        assert [one.rule.law for one in held] == ["eu-gdpr"]
        assert "strictest" in held[0].why

    def test_the_strictest_is_the_earliest_of_all_that_know_the_right(self, desk: Workspace) -> None:
        from dsar.law.clocks import clocks

        (held,) = openings.hold(desk, opening(laws=(), rights=(Right.DELETE,)))
        received = date(2026, 11, 10)
        due = {}
        for law in desk.laws:
            try:
                rule = desk.rules.find(law, Right.DELETE, on=received)
            except InputWrong:
                continue
            made = clocks(rule, received, (), calendar=desk.calendar(rule, received))
            due[law] = next(one.due_on for one in made if one.obligation == "respond")
        assert due[held.rule.law] == min(
            one for law, one in due.items() if one and law not in ("us-coppa", "us-ca-stl")
        )

    def test_a_named_law_without_that_right_does_not_lose_the_request(self, desk: Workspace) -> None:
        (held,) = openings.hold(desk, opening(laws=("coppa",)))
        assert held.rule.law != "us-coppa"
        assert held.why

    def test_a_right_that_only_one_law_knows_is_held_to_it(self, desk: Workspace) -> None:
        number = openings.typed(desk, opening(laws=(), rights=(Right.NOTICE_1798_83,)), by())
        assert laws_of(desk, number) == ["notice_1798_83/us-ca-stl"]

    def test_a_child_is_held_to_coppa_beside_the_law_named(self, desk: Workspace) -> None:
        held = openings.hold(desk, opening(laws=("ccpa",), rights=(Right.CHILD_DELETE,), role=Role.PARENT))
        assert held[0].rule.law == "us-coppa"

    def test_an_undesignated_address_has_the_longer_time(self, desk: Workspace) -> None:
        rights = (Right.NOTICE_1798_83,)
        (near,) = openings.hold(desk, opening(laws=(), rights=rights))
        (far,) = openings.hold(desk, opening(laws=(), rights=rights, designated=False))
        assert near.rule.id != far.rule.id

    def test_no_law_of_this_desk_knows_the_right(self, desk: Workspace) -> None:
        settings = desk.home / "dsar.toml"
        text = settings.read_text(encoding="utf-8")
        line = 'laws = ["eu-gdpr", "uk-gdpr", "us-ca-ccpa", "us-ca-stl", "us-coppa"]'
        assert line in text
        settings.write_text(text.replace(line, 'laws = ["us-ca-stl"]'), encoding="utf-8")
        fresh = Workspace(desk.home)
        with pytest.raises(InputWrong, match='none of this workspace\'s laws knows the right "access"'):
            openings.typed(fresh, opening(laws=()), by())
        assert facts_count(fresh) == 0
        fresh.ledger.close()


class TestPins:
    def test_rule_and_calendar_are_kept_as_they_were(self, rivera: Workspace) -> None:
        (claim,) = rivera.ledger.case(RIVERA).claims.values()
        rule = rivera.rules.find("us-ca-ccpa", Right.ACCESS, on=date(2026, 11, 10))
        assert rivera.ledger.pinned("rule", claim.rule_version) == rule.content
        assert claim.calendar_version
        assert json.loads(rivera.ledger.pinned("calendar", claim.calendar_version))

    def test_the_chain_is_sound_afterwards(self, rivera: Workspace) -> None:
        assert rivera.ledger.audit() == []

    def test_no_fact_holds_anything_personal(self, rivera: Workspace) -> None:
        for entry in rivera.ledger.history(RIVERA):
            text = to_text(entry.fact).casefold()
            assert not any(word in text for word in ("rivera", "maria", "goldengate", "5550142", "everything you hold"))

    def test_the_vault_holds_what_was_said(self, rivera: Workspace) -> None:
        kept = {one.kind: one.value.decode() for one in rivera.ledger.kept(RIVERA)}
        assert kept["name"] == "Maria Rivera"
        assert kept["reply_to"] == EMAIL
        assert kept["text"].startswith("Please send")

    def test_identifiers_come_back_as_they_went_in(self, rivera: Workspace) -> None:
        kept = openings.identifiers_of(rivera, RIVERA)
        assert tuple(one for one in kept if one.kind != "name") == opening().identifiers
        for one in kept:
            assert openings.identifier_from(openings.identifier_text(one)) == one


class TestSamePerson:
    def test_the_same_wish_is_refused(self, rivera: Workspace) -> None:
        facts = facts_count(rivera)
        with pytest.raises(Refused, match=f"already has {RIVERA}") as refused:
            openings.typed(rivera, opening(), by())
        assert f"--not-same-as {RIVERA}" in refused.value.hint
        assert "Rivera" not in refused.value.message
        assert facts_count(rivera) == facts

    def test_unless_it_is_said_to_be_a_new_one(self, rivera: Workspace) -> None:
        number = openings.typed(rivera, opening(), by(), not_same_as="1", reason="asks for 2027 as well")
        assert number == "DSAR-2026-0002"

    def test_saying_so_needs_a_reason(self, rivera: Workspace) -> None:
        with pytest.raises(Refused):
            openings.typed(rivera, opening(), by(), not_same_as="1", reason=" ")

    def test_another_wish_is_opened_and_linked_both_ways(self, rivera: Workspace) -> None:
        number = openings.typed(rivera, opening(rights=(Right.DELETE,)), by())
        assert rivera.ledger.case(number).linked == (RIVERA,)
        assert rivera.ledger.case(RIVERA).linked == (number,)

    def test_the_same_number_in_another_spelling_is_the_same_person(self, rivera: Workspace) -> None:
        from dsar.case.identifiers import identifier

        spelt = identifier("phone", "+1-415-555-0142", country="US")
        assert spelt is not None
        assert openings.same_person(rivera, [spelt]) == [RIVERA]

    def test_a_name_alone_makes_nobody_the_same(self, rivera: Workspace) -> None:
        from dsar.case.identifiers import identifier

        named = identifier("name", "Maria Rivera")
        assert named is not None
        assert openings.same_person(rivera, [named]) == []

    def test_somebody_else_is_somebody_else(self, rivera: Workspace) -> None:
        number = openings.typed(rivera, somebody("Ana Lindqvist", "ana@elsewhere.example"), by())
        assert rivera.ledger.case(number).linked == ()


class TestRefused:
    def test_nothing_to_know_the_person_by(self, desk: Workspace) -> None:
        with pytest.raises(InputWrong, match="needs a name"):
            openings.typed(desk, opening(identifiers=(), name=""), by())
        assert facts_count(desk) == 0

    def test_a_reader_may_not(self, desk: Workspace) -> None:
        with pytest.raises(Refused, match="needs the role editor"):
            openings.typed(desk, opening(), by("luis"))
        assert facts_count(desk) == 0

    def test_nor_somebody_unknown(self, desk: Workspace) -> None:
        with pytest.raises(Refused, match="You may look but not change"):
            openings.typed(desk, opening(), by("stranger"))

    def test_a_moved_date_changes_no_live_desk(self, desk: Workspace) -> None:
        settings = desk.home / "dsar.toml"
        settings.write_text(
            settings.read_text(encoding="utf-8").replace("rehearsal = true", "rehearsal = false"), encoding="utf-8"
        )
        live = Workspace(desk.home)
        with pytest.raises(Refused, match="live workspace"):
            openings.typed(live, opening(), by(moved=True))
        assert openings.typed(live, opening(), by()) == RIVERA
        live.ledger.close()

    def test_numbers_follow_the_year_and_leave_no_gap_after_a_refusal(self, desk: Workspace) -> None:
        with pytest.raises(InputWrong):
            openings.typed(desk, opening(rights=(Right.APPEAL,), laws=("us-coppa",)), by())
        assert openings.typed(desk, opening(), by()) == RIVERA
        later = openings.typed(desk, somebody("A B", "a@b.example"), by(on=date(2027, 1, 4)))
        assert later == "DSAR-2027-0001"


@pytest.mark.parametrize(
    ("law", "right"), [("eu-gdpr", Right.ACCESS), ("us-ca-ccpa", Right.ACCESS), ("us-or", Right.THIRD_PARTIES)]
)
def test_who_got_the_data_is_asked_as_access_where_the_law_gives_no_list(
    every_law: Workspace, law: str, right: Right
) -> None:
    (held,) = openings.hold(every_law, opening(rights=(Right.THIRD_PARTIES,), laws=(law,)))
    assert (held.right, held.rule.law) == (right, law)
