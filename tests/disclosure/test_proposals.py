"""What is proposed for a finding: nobody else's data, nothing that opens a door, nothing nobody described."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case.facts import Decision
from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import DataRole, Disclose, Field, Mark, Proposal, RecordSet, RolePeriod
from dsar.disclosure.cutting import NEVER, REMOVED, TOO_LONG
from dsar.disclosure.proposals import propose, settle
from dsar.errors import InputWrong
from tests.disclosure import scene
from tests.disclosure.scene import CALLS, OWN, SEATS, call, finding, seat


def with_fields(*fields: Field, **more: object) -> RecordSet:
    return replace(SEATS, fields=fields, **more)  # type: ignore[arg-type]


def settled(record_set: RecordSet, number: int, decision: Decision, ground: str = "", **values: str) -> Proposal:
    one = finding(record_set, number, **values)
    return settle(propose(one, record_set, OWN), decision, ground, finding=one, record_set=record_set, own=OWN)


def test_a_record_of_ones_own_is_disclosed_whole() -> None:
    own_fields = with_fields(*(field for field in SEATS.fields if field.disclose is Disclose.YES))
    values = {name: value for name, value in seat().record.values.items() if name != "password_hash"}
    made = propose(finding(own_fields, **values), own_fields, OWN)
    assert (made.decision, made.ground, made.flagged) == (Decision.DISCLOSE, "", "")
    assert dict(made.shown) == values


def test_a_password_hash_is_said_to_be_held_and_never_shown() -> None:
    made = propose(seat(), SEATS, OWN)
    assert made.shown["password_hash"] == NEVER
    assert made.marks["password_hash"] is Mark.NEVER
    assert (made.decision, made.ground) == (Decision.REDACT, "never_disclosed")
    assert scene.HASH not in str(made)


def test_what_is_not_held_is_not_said_to_be() -> None:
    assert propose(seat(password_hash=""), SEATS, OWN).shown["password_hash"] == ""


def test_a_secret_column_that_the_settings_would_show_is_kept_back_and_flagged() -> None:
    careless = with_fields(Field(name="api_key", meaning="Key"), Field(name="misc", meaning="Other"))
    made = propose(finding(careless, api_key="k-123", misc=f"x {scene.HASH}"), careless, OWN)
    assert made.shown == {"api_key": NEVER, "misc": f"x {NEVER}"}
    assert made.flagged.count("Looks like a password or key") == 2


def test_a_dialled_number_is_shown() -> None:
    assert propose(call(1, "outbound", scene.DIALLED), CALLS, OWN).shown["to_number"] == scene.DIALLED


def test_a_withheld_caller_is_removed_and_a_presented_one_shown() -> None:
    hidden = propose(call(1, "inbound", scene.WITHHELD_CALLER, "withheld"), CALLS, OWN)
    shown = propose(call(2, "inbound", scene.DIALLED), CALLS, OWN)
    assert hidden.shown["from_number"] == REMOVED
    assert scene.WITHHELD_CALLER not in str(hidden)
    assert hidden.ground == "third_party"
    assert shown.shown["from_number"] == scene.DIALLED


def test_hiding_wins_over_showing_and_over_capitals() -> None:
    both = call(1, "inbound", scene.DIALLED, "WITHHELD")
    assert propose(both, CALLS, OWN).shown["from_number"] == REMOVED


def test_a_missing_column_that_decides_hides_and_asks() -> None:
    values = dict(call(1, "inbound", scene.DIALLED).record.values)
    del values["presentation"]
    made = propose(finding(CALLS, **values), CALLS, OWN)
    assert made.shown["from_number"] == REMOVED
    assert "decides what is hidden is missing: from_number" in made.flagged


def test_there_is_no_stable_pseudonym() -> None:
    one, two = (propose(call(n, "inbound", f"+1415555017{n}", "withheld"), CALLS, OWN) for n in (1, 2))
    assert one.shown["from_number"] == two.shown["from_number"]


def test_ones_own_number_counts_in_any_spelling() -> None:
    made = propose(finding(CALLS, from_number="(415) 555-0142", presentation="shown"), CALLS, OWN)
    assert made.shown["from_number"] == "(415) 555-0142"


@pytest.mark.parametrize(
    "value",
    [
        "maria.rivera@example.com, ben@x.example",
        "Ben <ben@x.example>",
        "maria.rivera@example.com (+1 415 555 0199)",
        "+1 415 555 0142 Ben",
        "Maria Rivera and Ben",
    ],
)
def test_a_value_with_somebody_beside_the_person_is_hidden(value: str) -> None:
    others = with_fields(Field(name="to", meaning="To", disclose=Disclose.OTHER_PERSON))
    assert propose(finding(others, to=value), others, OWN).shown["to"] == REMOVED


def test_an_organisations_number_does_not_open_a_field_about_others() -> None:
    shared = (*OWN, Identifier(kind="phone", value=scene.DIALLED, holder=Holder.ORGANISATION))
    made = propose(finding(CALLS, from_number=scene.DIALLED, presentation="shown"), CALLS, shared)
    assert made.shown["from_number"] == REMOVED


def test_a_number_counts_as_ones_own_only_for_its_days() -> None:
    lost = (Identifier(kind="phone", value="+14155550188", until=date(2026, 3, 31)),)
    before, after = (
        propose(finding(CALLS, at=day, from_number="+14155550188", presentation="shown"), CALLS, lost)
        for day in ("2026-03-31T23:00:00Z", "2026-04-01T01:00:00Z")
    )
    assert before.shown["from_number"] == "+14155550188"
    assert after.shown["from_number"] == REMOVED


def test_a_helpline_call_is_withheld_however_its_number_is_written() -> None:
    for number in (scene.HELPLINE, "1 (800) 555-0199", " +1 800 555 0199 ", "800-555-0199 x12"):
        made = propose(call(1, "outbound", number), CALLS, OWN)
        assert (made.decision, made.ground, dict(made.shown)) == (Decision.WITHHOLD, "helpline", {})


def test_secret_and_processor_records_are_withheld() -> None:
    secret = replace(SEATS, secret=True)
    processor = replace(SEATS, roles=(RolePeriod(role=DataRole.PROCESSOR, purpose="for customers"),))
    assert propose(seat(), secret, OWN).ground == "legal_process"
    assert propose(seat(), processor, OWN).ground == "processor"
    assert propose(seat(), processor, OWN, instructed=True).decision is not Decision.WITHHOLD
    assert propose(seat(), secret, OWN, instructed=True).ground == "legal_process"


def test_the_role_follows_the_day_of_the_record() -> None:
    roles = (
        RolePeriod(role=DataRole.CONTROLLER, purpose="billing", since=date(2025, 1, 1)),
        RolePeriod(role=DataRole.PROCESSOR, purpose="for a customer", until=date(2024, 12, 31)),
    )
    both = replace(SEATS, roles=roles)
    assert propose(seat(created_at="2024-06-01"), both, OWN).ground == "processor"
    assert propose(seat(created_at="2025-06-01"), both, OWN).decision is not Decision.WITHHOLD
    assert propose(seat(created_at="some day"), both, OWN).ground == "processor"


def test_a_column_nobody_described_stays_out_and_asks() -> None:
    made = propose(seat(password_hash="", ssn="078-05-1120"), SEATS, OWN)
    assert "078-05-1120" not in str(made)
    assert "A column nobody described: ssn." in made.flagged
    assert (made.decision, made.ground) == (Decision.REDACT, "undescribed")


def test_prose_loses_other_people_and_keeps_the_person() -> None:
    note = (
        "Dear Ben,\nMaria Rivera (maria.rivera@example.com, 415-555-0142) wants Ben Ode\n"
        "<ben.ode@elsewhere.example> to ring (415) 555-0199."
    )
    made = propose(seat(note=note), SEATS, OWN)
    assert made.shown["note"] == (
        f"Dear {REMOVED},\nMaria Rivera (maria.rivera@example.com, 415-555-0142) wants {REMOVED}\n"
        f"{REMOVED} to ring {REMOVED}."
    )
    assert made.marks["note"] is Mark.CUT
    assert "Something was cut out of a text." in made.flagged


def test_prose_loses_the_values_of_hidden_fields_of_its_record() -> None:
    fields = (
        Field(name="agent", meaning="Who spoke", identifies="name", disclose=Disclose.OTHER_PERSON),
        Field(name="summary", meaning="What was said", text=True),
        Field(name="channel", meaning="Line"),
    )
    record_set = with_fields(*fields)
    made = propose(
        finding(
            record_set, agent="Ana Belén Soto", summary="Soto called. Thanks, Ana", channel="line of Ana Belén Soto"
        ),
        record_set,
        OWN,
    )
    assert made.shown["summary"] == f"{REMOVED} called. Thanks, {REMOVED}"
    assert made.shown["channel"] == f"line of {REMOVED}"


def test_invisible_characters_do_not_save_an_address() -> None:
    made = propose(seat(note="ask ben\u200b.ode@else\u202ewhere.example"), SEATS, OWN)
    assert made.shown["note"] == f"ask {REMOVED}"


def test_prose_too_long_to_check_is_left_out() -> None:
    assert propose(seat(note="x" * 200_001), SEATS, OWN).shown["note"] == TOO_LONG


def test_privilege_shared_records_and_strangers_in_plain_fields_are_flagged() -> None:
    made = propose(
        seat(note="See the legal advice.", status="ben@x.example"), replace(SEATS, holder=Holder.SHARED), OWN
    )
    assert "Words of legal privilege." in made.flagged
    assert "A record of several people." in made.flagged
    assert "Somebody else's address or number in a field not described so: status." in made.flagged


def test_a_person_may_disclose_whole_but_not_what_is_never_shown() -> None:
    note = "Ben Ode <ben.ode@elsewhere.example> said yes"
    whole = settled(SEATS, 1, Decision.DISCLOSE, **(dict(seat().record.values) | {"note": note, "odd": "9"}))
    assert whole.shown["note"] == note
    assert whole.shown["password_hash"] == NEVER
    assert "odd" not in whole.shown
    hidden = dict(call(1, "inbound", scene.WITHHELD_CALLER, "withheld").record.values)
    assert settled(CALLS, 1, Decision.DISCLOSE, **hidden).shown["from_number"] == REMOVED


def test_a_hidden_number_is_cut_from_prose_even_when_all_is_disclosed() -> None:
    fields = (*CALLS.fields, Field(name="log", meaning="Log", text=True))
    logged = replace(CALLS, fields=fields)
    values = dict(call(1, "inbound", scene.WITHHELD_CALLER, "withheld").record.values) | {"log": "from (415) 555-0177"}
    assert settled(logged, 1, Decision.DISCLOSE, **values).shown["log"] == f"from {REMOVED}"


def test_withholding_shows_nothing_and_redacting_what_was_proposed() -> None:
    values = dict(seat().record.values)
    nothing = settled(SEATS, 1, Decision.WITHHOLD, "privileged", **values)
    assert (dict(nothing.shown), nothing.ground) == ({}, "privileged")
    redacted = settled(SEATS, 1, Decision.REDACT, "security", **values)
    assert redacted.shown == propose(seat(), SEATS, OWN).shown
    assert redacted.ground == "security"


def test_what_the_rules_withhold_nobody_lets_out() -> None:
    values = dict(call(1, "outbound", scene.HELPLINE).record.values)
    assert settled(CALLS, 1, Decision.DISCLOSE, **values).ground == "helpline"


def test_a_decision_needs_a_ground_that_exists() -> None:
    plain = with_fields(Field(name="seat_id", meaning="Seat"))
    with pytest.raises(InputWrong, match="A ground is needed"):
        settled(plain, 1, Decision.WITHHOLD, seat_id="1")
    with pytest.raises(InputWrong, match="no such ground"):
        settled(plain, 1, Decision.WITHHOLD, "whim", seat_id="1")


HOSTILE = st.text(max_size=60) | st.sampled_from(
    ["", "<", "@", "a@b", "+1", scene.HASH, "x@y.example, z@y.example", "From: A <a@b.example>", "\x00", "\u202e"]
)


@settings(max_examples=60)
@given(values=st.dictionaries(st.sampled_from([*(field.name for field in CALLS.fields), "other"]), HOSTILE))
def test_whatever_a_record_holds_a_hidden_number_never_shows(values: dict[str, str]) -> None:
    held = values | {"from_number": scene.WITHHELD_CALLER, "presentation": "withheld"}
    for decision in (Decision.DISCLOSE, Decision.REDACT):
        made = settled(CALLS, 1, decision, "third_party", **held)
        assert scene.WITHHELD_CALLER not in "".join(made.shown.values())
