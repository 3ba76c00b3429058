"""An office's own law files stand beside ours, take the place of one of ours, and outlive a renamed word."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.law.calendar_files import DATA, read_calendars
from dsar.law.calendars import calendar
from dsar.law.examples import Example, faults_of, read_examples
from dsar.law.rules import load, pinned_rule
from dsar.law.vocabulary import read_vocabulary
from tests.law.test_faults import LAW, RULE

TODAY = date(2026, 11, 21)


def own(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f"{name.replace('_', '-')}.toml").write_text(text, encoding="utf-8")
    return folder


def test_a_new_law_stands_beside_ours(tmp_path: Path) -> None:
    book = load(own=own(tmp_path, xx_test=LAW + RULE))
    assert {law.id for law in book.laws()} == {law.id for law in load().laws()} | {"xx-test"}
    assert book.find("xx-test", "access", on=TODAY).cite == "s. 1"
    assert book.find("gdpr", "access", on=TODAY).law == "eu-gdpr"
    assert book.is_own("xx-test")
    assert not book.is_own("eu-gdpr")
    assert book.check() == ()


def test_a_file_named_like_ours_takes_its_place_whole(tmp_path: Path) -> None:
    ours = (DATA / "sg-pdpa.toml").read_text(encoding="utf-8")
    book = load(own=own(tmp_path, sg_pdpa=ours.replace('within = "30 days"', 'within = "20 days"')))
    assert str(book.find("sg-pdpa", "access", on=TODAY).respond.within) == "20 days"
    assert str(load().find("sg-pdpa", "access", on=TODAY).respond.within) == "30 days"
    assert len(book.laws()) == len(load().laws())
    assert book.is_own("sg-pdpa")


def test_an_alias_of_ours_cannot_be_taken(tmp_path: Path) -> None:
    book = load(own=own(tmp_path, xx_test=LAW + 'aliases = ["gdpr"]\n' + RULE))
    assert [fault.says for fault in book.check()] == ['"gdpr" already names eu-gdpr.']


def test_own_words_and_calendars_add_to_ours(tmp_path: Path) -> None:
    words = '[notice]\nseal_of_the_office = "the seal of the office"\n'
    days = '[moon]\nname = "Moon days"\nweekend = ["Sunday"]\ndefault = "M"\n'
    days += '[[moon.holiday]]\nplace = "M"\nname = "Landing"\nday = "20 July"\n'
    days += '[[uk-nation.change]]\nplace = "GB-ENG"\nadd = 2026-07-20\nname = "Jubilee"\nwhy = "proclaimed"\n'
    rule = RULE.replace("respond =", 'calendar = "moon"\nrefusal = { must_state = ["seal_of_the_office"] }\nrespond =')
    book = load(own=own(tmp_path, xx_test=LAW + rule, words=words, calendars=days))
    assert book.check() == ()
    assert book.find("xx-test", "access", on=TODAY).calendar == "moon"
    assert set(read_vocabulary(tmp_path).notice) == {*read_vocabulary(DATA).notice, "seal_of_the_office"}
    england = calendar("uk-nation", "GB-ENG", first_year=2026, last_year=2026, data=tmp_path)
    assert england.name_of(date(2026, 7, 20)) == "Jubilee"
    assert england.name_of(date(2026, 12, 28))
    scotland = calendar("uk-nation", "GB-SCT", first_year=2026, last_year=2026, data=tmp_path)
    assert scotland.is_working(date(2026, 7, 20))
    assert "moon" not in read_calendars()


def test_a_rule_kept_with_a_case_outlives_its_words(tmp_path: Path) -> None:
    words = '[notice]\nseal_of_the_office = "the seal of the office"\n'
    rule = RULE.replace("respond =", 'refusal = { must_state = ["seal_of_the_office"] }\nrespond =')
    kept = load(own=own(tmp_path, xx_test=LAW + rule, words=words)).find("xx-test", "access", on=TODAY)
    again = pinned_rule(kept.content)
    assert again == kept
    with pytest.raises(InputWrong, match=r"cannot be read|fault"):
        pinned_rule('{"law": "xx-test"}')


def table(folder: Path, text: str) -> tuple[Example, ...]:
    path = folder / "t.csv"
    path.write_text(text, encoding="utf-8")
    return read_examples(path)


def test_examples_say_what_differs_and_only_that(tmp_path: Path) -> None:
    rows = table(
        tmp_path,
        "law,right,received,zone,region,designated,facts,respond,extended,suspended\n"
        "gdpr,access,2026-03-31T23:30:00Z,Europe/London,DE,,,2026-05-04,2026-07-01,\n"
        "gdpr,access,2026-03-02,,DE,,id_requested=2026-03-03; id_received=2026-03-13,2026-04-02,2026-06-02,2026-04-13\n"
        "1798.83,notice,2026-04-01,,,no,,2026-08-29,,\n"
        "us-ok,access,2026-04-01,,,,,2026-05-16,,\n"
        "gdpr,acess,2026-04-01,,,,,,,\n",
    )
    said = [[(fault.where, fault.says) for fault in faults_of(row, load())] for row in rows]
    assert said[:3] == [[], [], []]
    assert "respond should be 2026-05-16 and is no date" in said[3][0][1]
    assert said[4][0][0] == "t.csv line 6"
    assert 'Did you mean "access"' in said[4][0][1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("law,right\n", "lacks the column"),
        ("law,right\na,b\n", "lacks the column received"),
        ("law,right,received,due\na,b,c,d\n", 'a column "due" that is not known'),
        ('law,right,received\n"a,b,c\n', "cannot be read as a CSV"),
    ],
)
def test_a_table_that_is_none_is_named(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(InputWrong, match=says):
        table(tmp_path, text)
