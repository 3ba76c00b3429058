"""A law file with faults is refused with all of them at once, each with its file and rule."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.law.calendar_files import DATA
from dsar.law.rules import RuleBook

LAW = """
[law]
id = "xx-test"
name = "Test Act"
short_name = "Test"
jurisdictions = ["XX"]
"""
RULE = """
[[rule]]
term = "access"
right = "access"
name = "Access"
cite = "s. 1"
confirmed = "no"
source = "Made up."
in_force = { since = 2020-01-01 }
respond = { within = "1 month", standard = "soon" }
proof = { least = "none", level = 0, cite = "s. 2" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("words.toml", "calendars.toml"):
        (tmp_path / name).write_bytes((DATA / name).read_bytes())
    return tmp_path


def faults(folder: Path, text: str, name: str = "xx-test.toml") -> list[str]:
    (folder / name).write_text(text, encoding="utf-8")
    return [str(fault) for fault in RuleBook(folder).check()]


def test_the_plain_file_is_sound(folder: Path) -> None:
    assert faults(folder, LAW + RULE) == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (('cite = "s. 1"\n', ""), '"cite" is missing'),
        (('name = "Access"', "name = 3"), '"name" must be words'),
        (('name = "Access"', 'name = " "'), '"name" must be words'),
        (('right = "access"', 'right = "acess"'), 'Did you mean "access"?'),
        (('right = "access"', "right = 4"), '"right" must be one of'),
        (('right = "access"\n', ""), '"right" is missing'),
        (('right = "access"', 'right = "access"\nalso = ["access"]'), '"also" repeats the right'),
        (('right = "access"', 'right = "access"\nalso = ["edit", "edit"]'), "names something twice"),
        (('right = "access"', 'right = "access"\nalso = "edit"'), '"also" must be a list'),
        (('right = "access"', 'right = "access"\nfallback = "yes"'), '"fallback" must be true or false'),
        (('right = "access"', 'right = "access"\nrigth = "x"'), 'Did you mean "right"?'),
        (('confirmed = "no"', 'confirmed = "maybe"'), "yes, partly, no"),
        (("in_force = { since = 2020-01-01 }\n", ""), '"in_force" is missing'),
        (("2020-01-01", '"soon"'), '"since" must be a date'),
        (("2020-01-01", "2020-01-01T00:00:00Z"), '"since" must be a date'),
        (("since = 2020-01-01", "since = 2020-01-01, until = 2019-01-01"), "ends before it begins"),
        (('within = "1 month"', 'within = "a month"'), "must be a period such as"),
        (('within = "1 month"', "within = 30"), "must be a period such as"),
        (('within = "1 month"', 'within = "10 business days"'), "needs a calendar"),
        (("respond = { ", 'calendar = "mars"\nrespond = { '), '"calendar" must be one of'),
        (('respond = { within = "1 month", standard = "soon" }\n', ""), '"respond" is missing'),
        (("respond = { ", "respond = [3] #"), '"respond" must be a table'),
        (("respond = { ", 'acknowledge = { basis = "x" }\nrespond = { '), '"within" is missing'),
        (("respond = { ", 'acknowledge = { within = "1 day", must_state = ["reason"] }\nrespond = { '), '"reasons"'),
        (("respond = { ", 'rollover = { rule = "next_working_day" }\nrespond = { '), "needs a calendar"),
        (
            ("respond = { ", 'extension = { total = "three weeks", notice_within = "1 month" }\nrespond = { '),
            '"total" must be a period',
        ),
        (("respond = { ", 'extension = { total = "1 month" }\nrespond = { '), '"notice_within" is missing'),
        (
            ("respond = { ", 'extension = { by = "2 months", notice_within = "1 month" }\nrespond = { '),
            'must also say its "total"',
        ),
        (
            ("respond = { ", 'extension = { total = "90 days", notice_within = "1 month" }\nrespond = { '),
            "must be counted like the first one",
        ),
        (
            ("respond = { ", 'extension = { total = "0 months", notice_within = "1 month" }\nrespond = { '),
            "may not be shorter",
        ),
        (
            ("respond = { ", 'extension = { total = "3 months", notice_within = "1 month", times = 12 }\nrespond = { '),
            "whole number from 0 to 9",
        ),
        (("respond = { ", 'pause = [{ trigger = "fee", effect = "none", basis = "x" }]\nrespond = { '), '"statutory"'),
        (
            (
                "respond = { ",
                'pause = [{ trigger = "fee", effect = "restart", statutory = true, basis = "x" }]\nrespond = { ',
            ),
            "disagree on whether the period starts anew",
        ),
        (
            (
                "respond = { ",
                'pause = [{ trigger = "fee", effect = "restart_after_reflection", statutory = true, basis = "x" }]\n'
                "respond = { ",
            ),
            'needs a "reflection" in days',
        ),
        (
            (
                'respond = { within = "1 month"',
                'calendar = "kr"\n'
                'pause = [{ trigger = "identity", effect = "stop_clock", statutory = true, basis = "x" }]\n'
                'respond = { within = "10 business days"',
            ),
            "counted in days or months",
        ),
        (("respond = { ", 'pause = "none"\nrespond = { '), '"pause" must be a list of tables'),
        (("level = 0", "level = 1"), 'Level 0 and least "none" go together'),
        (('least = "none", level = 0', 'least = "trust", level = 1'), '"least" must be one of none, account_login'),
        (('least = "none", level = 0', 'least = "account_login", level = 1'), '"least" must be among "accepted"'),
        (("level = 0", 'level = 0, accepted = ["id_document"]'), 'goes beyond "ceiling"'),
        (("level = 0", 'level = 0, accepted = ["passport"]'), 'does not know "passport"'),
        (("level = 0", 'level = 0, conditions = { passport = "x" }'), '"passport" is not a word of this table'),
        (("proof = ", 'without = ["fee"]\nproof = '), 'names "fee", which [defaults] does not have'),
        (("proof = ", "refusal = { }\nproof = "), '"must_state" is missing'),
        (("proof = { ", "proof = 3 # { "), '"proof" must be a table'),
    ],
)
def test_each_fault_is_told(folder: Path, change: tuple[str, str], says: str) -> None:
    assert change[0] in RULE
    found = faults(folder, LAW + RULE.replace(*change, 1))
    assert any(says in fault for fault in found), found
    assert all(fault.startswith("xx-test.toml") for fault in found)


def test_all_faults_are_told_at_once_with_their_rule(folder: Path) -> None:
    second = RULE.replace('"access"', '"erasure"').replace("s. 1", " ")
    found = faults(folder, LAW.replace('"Test Act"', "1") + RULE.replace('"1 month"', '"soon"') + second)
    assert [fault.partition("]:")[0] for fault in found] == [
        "xx-test.toml [law",
        "xx-test.toml [rule 1: access] [respond",
        "xx-test.toml [rule 2: erasure",
        "xx-test.toml [rule 2: erasure",
    ]
    with pytest.raises(InputWrong, match="have one fault"):
        RuleBook(folder).law("xx-test")
    (folder / "xx-test.toml").write_text(LAW + RULE.replace('"1 month"', '"soon"') + second, encoding="utf-8")
    with pytest.raises(InputWrong, match="have 3 faults"):
        RuleBook(folder).rules("xx-test")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (LAW, "It has no [[rule]]"),
        (RULE, "[law]"),
        (LAW + "[extra]\n" + RULE, '"extra" is not a word'),
        ("[law", "is not valid TOML"),
        (LAW + "[[rule]\n", "is not valid TOML"),
        ("law = 3\n", '"id" is missing'),
        ("rule = 3\n" + LAW, '"rule" must be a list of tables'),
        ("rule = [3]\n" + LAW, '"rule" must be a list of tables'),
        ("defaults = 3\n" + LAW + RULE, '"defaults" must be a table'),
        (LAW.replace("xx-test", "yy-test") + RULE, "must be yy-test.toml"),
        (LAW + RULE + RULE, '"access" has two rules in force on the same day'),
        (LAW + 'authority = [{ site = "x.example" }]\n' + RULE, '"name" is missing'),
        (LAW + RULE.replace("since = 2020-01-01", "since = 2020-01-01, until = 2020-12-31") + RULE, "same day"),
    ],
)
def test_faults_of_the_whole_file(folder: Path, text: str, says: str) -> None:
    found = faults(folder, text)
    assert any(says in fault for fault in found), found


def test_two_laws_may_not_share_a_name(folder: Path) -> None:
    (folder / "xx-other.toml").write_text(
        LAW.replace("xx-test", "xx-other") + 'aliases = ["XX-Test"]\n' + RULE, encoding="utf-8"
    )
    assert faults(folder, LAW + RULE) == ['xx-test.toml: "xx-test" already names xx-other.']


def test_a_file_that_is_no_text_or_too_large_is_refused(folder: Path) -> None:
    (folder / "xx-test.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(InputWrong, match="cannot be read"):
        RuleBook(folder).laws()
    (folder / "xx-test.toml").write_bytes(b"#" * 1_000_001)
    with pytest.raises(InputWrong, match="larger than a law file"):
        RuleBook(folder).law("xx-test")


@pytest.mark.parametrize("text", ["[notice", "notice = 3", "contents = 1"])
def test_nothing_is_read_with_a_broken_word_list(folder: Path, text: str) -> None:
    (folder / "words.toml").write_text(text, encoding="utf-8")
    (folder / "xx-test.toml").write_text(LAW + RULE, encoding="utf-8")
    with pytest.raises(InputWrong, match=r"words\.toml cannot be read"):
        RuleBook(folder).rules("xx-test")


def test_a_shared_word_is_dropped_by_without_and_a_pause_is_for_its_rights(folder: Path) -> None:
    shared = """
[defaults]
notes = "Shared."

[[defaults.pause]]
trigger = "identity"
effect = "none"
statutory = true
basis = "s. 3"
only_for = ["access"]

[[defaults.pause]]
trigger = "clarification"
effect = "none"
statutory = true
basis = "s. 4"
not_for = ["delete", "access"]
"""
    second = RULE.replace('"access"', '"delete"').replace('name = "Access"', 'name = "Delete"\nwithout = ["notes"]')
    assert faults(folder, LAW + shared + RULE + second) == []
    access, delete = RuleBook(folder).rules("xx-test")
    assert ([pause.basis for pause in access.pauses], access.notes) == (["s. 3"], "Shared.")
    assert (delete.pauses, delete.notes) == ((), "")
