"""The rule book as shipped: every law loads, and every right leads to the right rule."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.law.calendar_files import DATA
from dsar.law.model import Rule
from dsar.law.rules import RuleBook, load, pinned_rule
from dsar.law.vocabulary import in_words
from dsar.law.words import Method, Right

TODAY = date(2026, 11, 21)
NO_PROOF = {
    Right.OPT_OUT_SALE,
    Right.OPT_OUT_MARKETING,
    Right.LIMIT_SPI,
    Right.WITHDRAW_CONSENT,
    Right.PROCESSOR_RECEIVED,
}
RULES = [rule for law in load().laws() for rule in load().rules(law.id)]


def find(law: str, right: str, *, on: date = TODAY, designated: bool = True) -> Rule:
    return load().find(law, right, on=on, designated=designated)


def test_no_law_file_has_a_fault() -> None:
    assert load().check() == ()


def test_every_law_is_here_with_every_rule() -> None:
    assert len(load().laws()) == 46
    assert len(RULES) == 214
    assert len({rule.id for rule in RULES}) == 214
    assert {law.id for law in load().laws()} >= {"eu-gdpr", "uk-gdpr", "us-ca-ccpa", "us-ca-stl", "us-coppa"}


def test_our_words_are_all_answered_somewhere() -> None:
    assert {right for rule in RULES for right in (rule.right, *rule.also)} == set(Right)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_is_found_by_its_id_its_term_and_our_word(rule: Rule) -> None:
    on = rule.in_force.until or max(rule.in_force.since, TODAY)
    designated = rule.designated is not False
    assert find(rule.law, rule.id, on=on, designated=designated) == rule
    assert find(rule.law, rule.term, on=on, designated=designated) == rule
    ours = find(rule.law, rule.right, on=on, designated=designated)
    assert rule.right in (ours.right, *ours.also)
    for word in rule.words:
        assert find(rule.law, word, on=on, designated=designated) == rule


@pytest.mark.parametrize(
    ("law", "right", "rule"),
    [
        ("gdpr", "edit", "eu-gdpr.rectification"),
        ("GDPR", "Erasure", "eu-gdpr.erasure"),
        ("uk", "correct", "uk-gdpr.rectification"),
        ("ccpa", "access", "us-ca-ccpa.know_specific"),
        ("ccpa", "know", "us-ca-ccpa.know_specific"),
        ("ccpa", "know_categories", "us-ca-ccpa.know_categories"),
        ("ccpa", "portability", "us-ca-ccpa.know_specific"),
        ("ccpa", "opt_out", "us-ca-ccpa.opt_out_sale_share"),
        ("cpra", "rectification", "us-ca-ccpa.correct"),
        ("1798.83", "notice", "us-ca-stl.shine_the_light.designated_address"),
        ("Shine the Light", "notice_1798_83", "us-ca-stl.shine_the_light.designated_address"),
        ("coppa", "child", "us-coppa.parental_delete"),
        ("coppa", "child_delete", "us-coppa.parental_delete"),
        ("coppa", "third_party_report", "us-coppa.third_party_report"),
        ("coppa", "child_access", "us-coppa.parental_access"),
        ("virginia", "opt out", "us-va.opt_out"),
        ("us-ok", "delete", "us-ok.all"),
        ("lgpd", "access", "br-lgpd.access_full"),
        ("kr-pipa", "delete", "kr-pipa.correct_erase"),
        ("quebec", "delete", "ca-qc-p39.1.deindex"),
        ("uk-dpa2018-s164a", "complaint", "uk-dpa2018-s164A.complaint"),
        ("gdpr", "third_parties", "eu-gdpr.access"),
        ("gdpr", "opt_out_marketing", "eu-gdpr.objection_marketing"),
        ("gdpr", "objection", "eu-gdpr.objection"),
        ("ccpa", "third_parties", "us-ca-ccpa.know_categories"),
        ("oregon", "third_parties", "us-or.third_parties"),
        ("maryland", "withdraw_consent", "us-md.revoke_consent"),
        ("minnesota", "automated_decision", "us-mn.question_profiling"),
        ("nevada", "opt_out", "us-nv.opt_out_sale"),
        ("can-spam", "opt_out_marketing", "us-can-spam.opt_out"),
        ("tcpa", "opt_out_marketing", "us-tcpa.do_not_call"),
        ("tcpa", "withdraw_consent", "us-tcpa.revoke_consent"),
        ("pecr", "opt_out_marketing", "uk-pecr.object_electronic_mail"),
        ("pecr", "do_not_call", "uk-pecr.object_live_calls"),
        ("mhmda", "third_parties", "us-wa-mhmda.access"),
        ("spdi", "complaint", "in-spdi.grievance"),
        ("pipeda", "erasure", "ca-pipeda.dispose"),
        ("drop", "delete", "us-ca-delete-act.drop_delete"),
    ],
)
def test_words_lead_to_rules(law: str, right: str, rule: str) -> None:
    assert find(law, right).id == rule


def test_the_address_decides_between_the_two_shine_the_light_rules() -> None:
    assert find("us-ca-stl", "shine_the_light").respond.within != (
        find("us-ca-stl", "shine_the_light", designated=False).respond.within
    )
    assert find("us-ca-stl", "notice", designated=False).id == "us-ca-stl.shine_the_light.other_address"


def test_an_unknown_law_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputWrong, match='Did you mean "eu-gdpr"') as refused:
        load().law("eu-gdrp")
    assert refused.value.hint == "List them with: dsar law list"
    for odd in ("", "words", "calendars", "../calendars", "us-ca-ccpa\0", "x" * 100_000):
        with pytest.raises(InputWrong):
            RuleBook(DATA).law(odd)
        with pytest.raises(InputWrong):
            find("gdpr", odd)


def test_an_unknown_right_is_refused_with_the_nearest_and_where_it_is() -> None:
    with pytest.raises(InputWrong, match='Did you mean "rectification"'):
        find("eu-gdpr", "rectificaton")
    with pytest.raises(InputWrong, match="uk-dpa2018-s164A") as refused:
        find("uk-gdpr", "complaint")
    assert "restriction" in refused.value.hint
    with pytest.raises(InputWrong):
        find("us-ia", "correct")


def test_a_law_is_known_by_id_alias_and_short_name() -> None:
    fresh = RuleBook(DATA)
    assert fresh.law("US-CA-CCPA").short_name == "CCPA"
    assert fresh.law("ccpa") == fresh.law("us-ca-ccpa") == fresh.law("Ccpa ")
    assert fresh.law("uk-dpa2018-s164A").id == "uk-dpa2018-s164A"


def test_what_california_never_discloses() -> None:
    ccpa = load().law("ccpa")
    assert {"social_security_number", "account_password", "biometric_data"} <= set(ccpa.never_disclose)
    assert ccpa.never_disclose_cite == "11 CCR 7024(d)"
    assert len(load().law("1798.83").categories) == 27


def test_proof_asks_for_no_more_than_each_law_allows() -> None:
    for rule in RULES:
        proof = rule.proof
        if rule.right in NO_PROOF:
            assert proof.least == "none", rule.id
            assert Method.ID_DOCUMENT not in proof.ceiling, rule.id
        if rule.law.startswith("us-"):
            assert Method.ID_DOCUMENT not in proof.ceiling, rule.id
        assert set(proof.accepted) <= set(proof.ceiling), rule.id
        assert proof.cite, rule.id
    specific, categories = find("ccpa", "know_specific").proof, find("ccpa", "know_categories").proof
    assert (specific.level, specific.points, specific.declaration, specific.login_again) == (2, 3, True, True)
    assert (categories.level, categories.points, categories.declaration) == (1, 2, False)
    assert "contested_item" in find("ccpa", "correct").proof.never
    parent = find("coppa", "child_access").proof
    assert set(parent.conditions) == {method for method in Method if method.startswith("parent_")}
    assert find("coppa", "third_party_report").proof.level == 0


def test_a_version_is_the_content_and_a_pinned_rule_is_the_rule() -> None:
    versions = {rule.version for rule in RULES}
    assert len(versions) == len(RULES)
    for rule in RULES:
        assert pinned_rule(rule.content) == rule
    changed = json.loads(find("eu-gdpr", "access").content)
    changed["respond"]["within"] = "2 months"
    assert pinned_rule(json.dumps(changed)).version != find("eu-gdpr", "access").version


@pytest.mark.parametrize("kept", ["", "[]", "{}", '{"law":"eu-gdpr"}', "null"])
def test_a_pinned_rule_that_cannot_be_read_is_refused(kept: str) -> None:
    with pytest.raises(InputWrong):
        pinned_rule(kept)


def test_words_of_the_files_have_a_meaning() -> None:
    assert in_words("complaint_to_ICO") == "the right to complain to the Information Commissioner"
    assert in_words("not_a_word") == "not a word"
    for rule in RULES:
        for word in (*rule.response_contents, *(rule.refusal.must_state if rule.refusal else ()), *rule.proof.never):
            assert in_words(word) != word


def test_of_two_versions_the_one_in_force_that_day_is_found(tmp_path: Path) -> None:
    for name in ("words.toml", "calendars.toml"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    text = (DATA / "us-va.toml").read_text(encoding="utf-8")
    rules = text.split("\n[[rule]]")
    newer = "\n[[rule]]" + rules[1].replace('name = "Access"', 'name = "Access"\nin_force = { since = 2027-03-01 }')
    older = "\n[[rule]]" + rules[1].replace(
        'name = "Access"', 'name = "Access"\nin_force = { since = 2023-01-01, until = 2027-02-28 }'
    )
    (tmp_path / "us-va.toml").write_text(rules[0] + older + newer, encoding="utf-8")
    book = load(tmp_path)
    assert book.check() == ()
    assert book.find("us-va", "access", on=date(2027, 2, 28)).in_force.until == date(2027, 2, 28)
    assert book.find("us-va", "access", on=date(2027, 3, 1)).in_force.since == date(2027, 3, 1)
    assert book.find("us-va", "access", on=date(2020, 1, 1)).in_force.since == date(2023, 1, 1)


def test_a_rule_that_ended_is_still_found(tmp_path: Path) -> None:
    for name in ("words.toml", "calendars.toml"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    text = (DATA / "us-ok.toml").read_text(encoding="utf-8")
    ended = text.replace("since = 2027-01-01", "since = 2020-01-01, until = 2021-01-01")
    assert ended != text
    (tmp_path / "us-ok.toml").write_text(ended, encoding="utf-8")
    assert load(tmp_path).find("us-ok", "delete", on=TODAY).in_force.until == date(2021, 1, 1)


def test_a_rule_of_its_own_comes_before_one_that_answers_beside(tmp_path: Path) -> None:
    for name in ("words.toml", "calendars.toml"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    text = (DATA / "us-va.toml").read_text(encoding="utf-8")
    text = text.replace('right = "access"\n', 'right = "access"\nalso = ["delete"]\n', 1)
    (tmp_path / "us-va.toml").write_text(text, encoding="utf-8")
    book = load(tmp_path)
    assert book.rules("us-va")[0].also == (Right.DELETE,)
    assert book.find("us-va", "erasure", on=TODAY).id == "us-va.delete"
