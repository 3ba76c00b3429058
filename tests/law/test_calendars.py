"""Working days per place, and the file that puts the library right."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.law.calendar_files import DATA, read_calendars
from dsar.law.calendars import Calendar, calendar, calendar_for, knows_region, pinned, regions


def place(calendar_id: str, region: str | None = None) -> Calendar:
    return calendar(calendar_id, region, first_year=2024, last_year=2030)


@pytest.mark.parametrize(
    ("calendar_id", "region", "day", "name"),
    [
        ("uk-nation", "GB-ENG", date(2026, 12, 28), "Boxing Day (observed)"),
        ("uk-nation", "GB-SCT", date(2027, 1, 4), "New Year Holiday (observed)"),
        ("uk-nation", "GB-ENG", date(2027, 1, 4), ""),
        ("uk-nation", "GB-NIR", date(2026, 3, 17), "Saint Patrick's Day"),
        ("uk-nation", "GB-WLS", date(2026, 3, 17), ""),
        ("uk-nation", "GB-SCT", date(2026, 4, 6), ""),
        ("uk-nation", None, date(2026, 4, 6), "Easter Monday"),
        ("eu-member-state", "DE", date(2026, 4, 3), "Good Friday"),
        ("eu-member-state", "IE", date(2026, 4, 3), ""),
        ("eu-member-state", "FR", date(2026, 7, 14), "National Day"),
        ("eu-member-state", "DE", date(2026, 12, 28), ""),
        ("eu-member-state", "DE", date(2026, 6, 4), ""),
        ("eu-member-state", "DE-BY", date(2026, 6, 4), "Corpus Christi"),
        ("eu-member-state", None, date(2026, 12, 25), "Christmas Day"),
        ("eu-member-state", None, date(2026, 4, 6), ""),
        ("ch-canton", "CH-ZH", date(2026, 5, 1), "Labor Day"),
        ("ch-canton", None, date(2026, 5, 1), ""),
        ("us-ca-business", None, date(2026, 11, 27), ""),
        ("us-ca-business", None, date(2026, 11, 26), "Thanksgiving Day"),
        ("us-ca-business", None, date(2028, 11, 10), "Veterans Day (observed)"),
        ("us-ca-business", None, date(2028, 11, 11), "Veterans Day"),
        ("us-ca-business", None, date(2027, 12, 24), ""),
        ("us-ca-business", None, date(2027, 7, 5), "Independence Day (observed)"),
        ("us-ca-business", None, date(2026, 7, 3), ""),
        ("us-ca-business", None, date(2026, 10, 12), ""),
        ("us-ca-business", None, date(2026, 6, 19), ""),
        ("us-ca-business", None, date(2027, 5, 31), "Memorial Day"),
        ("ca-federal", None, date(2026, 4, 3), "Good Friday"),
        ("ca-federal", None, date(2026, 4, 6), "Easter Monday"),
        ("ca-federal", None, date(2026, 5, 18), "Victoria Day"),
        ("ca-federal", None, date(2026, 4, 4), ""),
        ("ca-federal", None, date(2026, 4, 5), "Sunday"),
        ("za", None, date(2026, 3, 21), "Human Rights Day"),
        ("za", None, date(2026, 3, 28), ""),
        ("kr", None, date(2026, 2, 17), "Korean New Year"),
        ("ca-federal", None, date(2029, 7, 2), "Canada Day (observed)"),
        ("ca-federal", None, date(2028, 7, 3), ""),
        ("us-federal", None, date(2026, 6, 19), "Juneteenth"),
        ("us-federal", None, date(2026, 7, 3), "Independence Day (observed)"),
        ("us-federal", None, date(2027, 12, 31), "New Year's Day (observed)"),
        ("us-federal", None, date(2030, 12, 31), ""),
        ("us-federal", None, date(2026, 11, 27), ""),
        ("uk-nation", "GB-SCT", date(2026, 6, 15), "Scotland's participation in the FIFA World Cup final"),
        ("uk-nation", "GB-ENG", date(2026, 6, 15), ""),
        ("uk-nation", "GB-SCT", date(2028, 1, 4), "New Year Holiday (observed)"),
        ("uk-nation", "GB-NIR", date(2026, 7, 13), "Battle of the Boyne (observed)"),
        ("eu-member-state", "IE", date(2026, 2, 2), "Saint Brigid's Day"),
        ("eu-member-state", "IE", date(2030, 2, 1), "Saint Brigid's Day"),
        ("eu-member-state", "PL", date(2025, 12, 24), "Christmas Eve"),
        ("eu-member-state", "DK", date(2024, 4, 26), ""),
        ("eu-member-state", "DE-BE", date(2027, 3, 8), "Women's Day"),
        ("za", None, date(2028, 9, 25), "Heritage Day (observed)"),
    ],
)
def test_a_day_and_its_name(calendar_id: str, region: str | None, day: date, name: str) -> None:
    found = place(calendar_id, region)
    assert found.name_of(day) == name
    assert found.is_working(day) == (not name)


@pytest.mark.parametrize("calendar_id", sorted(read_calendars()))
def test_every_place_of_every_calendar_can_be_built(calendar_id: str) -> None:
    for region in regions(calendar_id):
        found = place(calendar_id, region)
        assert found.region == region
        assert len(found.days) >= 2 * 7, "at least New Year and Christmas in seven years"
        assert knows_region(calendar_id, region)


@pytest.mark.parametrize(
    ("calendar_id", "typed", "region"),
    [
        ("uk-nation", "gb-sct", "GB-SCT"),
        ("uk-nation", "UK", "GB-ENG"),
        ("uk-nation", "NIR", "GB-NIR"),
        ("eu-member-state", "el", "GR"),
        ("eu-member-state", " de_by ", "DE-BY"),
        ("ch-canton", "ch-zh", "CH-ZH"),
        ("us-ca-business", "US-CA", "US-CA"),
        ("uk-nation", "E&W", "GB-ENG"),
        ("uk-nation", "Scotland", "GB-SCT"),
        ("ch-canton", "zh", "CH-ZH"),
        ("ca-federal", "CA-QC", "CA"),
        ("us-federal", "US-NV", "US"),
        ("za", "ZA-GP", "ZA"),
    ],
)
def test_regions_are_known_as_people_write_them(calendar_id: str, typed: str, region: str) -> None:
    assert place(calendar_id, typed).region == region


def test_a_place_of_another_calendar_is_refused() -> None:
    assert not knows_region("uk-nation", "DE")
    assert not knows_region("eu-member-state", "DE-XX")
    assert not knows_region("us-ca-business", "GB-ENG")
    with pytest.raises(InputWrong, match='Did you mean "GB-SCT"') as refused:
        place("uk-nation", "GB-SCO")
    assert "GB-NIR" in refused.value.hint
    with pytest.raises(InputWrong, match="no such calendar"):
        place("moon")


def test_only_a_default_place_explains_itself() -> None:
    assert place("eu-member-state").chosen
    assert place("eu-member-state", "EU").chosen == ""


def test_years_outside_are_refused_not_guessed() -> None:
    for ask in (Calendar.is_working, Calendar.name_of):
        with pytest.raises(InputWrong, match="covers 2024 to 2030, not 2031"):
            ask(place("uk-nation"), date(2031, 1, 1))


def test_a_calendar_is_wide_enough_for_its_days() -> None:
    found = calendar_for("uk-nation", [date(2026, 6, 1), date(2024, 1, 1)], "GB-ENG")
    assert (found.first_year, found.last_year) == (2024, 2028)


def test_a_pinned_calendar_comes_back_the_same() -> None:
    for found in (place("eu-member-state"), place("uk-nation", "GB-SCT"), place("us-ca-business")):
        again = pinned(json.loads(json.dumps(found.pin())))
        assert again == found
        assert again.version == found.version


def test_a_version_tells_calendars_apart() -> None:
    versions = {place("uk-nation", region).version for region in ("GB-ENG", "GB-SCT", "GB-NIR")}
    assert len(versions) == 3
    # whether a place was named or taken by default is part of what a case pins
    assert place("uk-nation", "GB-ENG").version != place("uk-nation").version
    assert place("uk-nation", "GB-ENG").days == place("uk-nation").days


@pytest.mark.parametrize(
    "kept",
    [
        {},
        {"weekend": 3, "years": [2026, 2027], "days": {}},
        {"id": "x", "region": "x", "name": "x", "weekend": [5], "years": [2026], "days": {}},
        {"id": "x", "region": "x", "name": "x", "weekend": [5], "years": [2026, 2027], "days": {"soon": "x"}},
    ],
)
def test_a_pinned_calendar_that_cannot_be_read_is_refused(kept: dict[str, object]) -> None:
    with pytest.raises(InputWrong, match="kept with the case"):
        pinned(kept)


CHANGES = """
[[uk-nation.change]]
place = "GB"
add = 2026-06-15
name = "Jubilee"
why = "A royal proclamation the library does not have yet."

[[uk-nation.change]]
place = "GB-ENG"
remove = 2026-05-25
why = "Moved."

[[uk-nation.change]]
place = "GB-ENG"
remove = 2026-05-26
why = "Was never there."
"""


def test_days_are_added_and_removed_by_the_file(tmp_path: Path) -> None:
    text = (DATA / "calendars.toml").read_text(encoding="utf-8")
    (tmp_path / "calendars.toml").write_text(text + CHANGES, encoding="utf-8")
    england = calendar("uk-nation", "GB-ENG", first_year=2026, last_year=2026, data=tmp_path)
    wales = calendar("uk-nation", "GB-WLS", first_year=2026, last_year=2026, data=tmp_path)
    assert england.name_of(date(2026, 6, 15)) == wales.name_of(date(2026, 6, 15)) == "Jubilee"
    assert england.is_working(date(2026, 5, 25))
    assert not wales.is_working(date(2026, 5, 25))
    later = calendar("uk-nation", "GB-ENG", first_year=2027, last_year=2027, data=tmp_path)
    assert date(2026, 6, 15) not in later.days


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ('[[uk-nation.change]]\nplace = "GB"\nwhy = "x"\n', 'either "add" or "remove"'),
        ('[[uk-nation.change]]\nplace = "GB"\nadd = 2026-01-01\nwhy = "x"\n', '"name" is missing'),
        ('[x]\nname = "x"\nweekend = ["Sunday"]\ndefault = "X"\n', '"default" is a place without days'),
        ('[x]\nname = "x"\nweekend = ["Sonntag"]\ndefault = "X"\n', 'does not know "Sonntag"'),
        ('[[kr.holiday]]\nplace = "X"\nname = "x"\nday = "some day"\n', "is not a yearly day"),
        ('[[kr.holiday]]\nplace = "X"\nname = "x"\nday = "31 February"\n', "is not a yearly day"),
        ('[[kr.holiday]]\nplace = "X"\nname = "x"\nday = "1 May"\nsunday_moves_to = "Tuesday"\n', "Friday or Monday"),
        ("[kr", "cannot be read as TOML"),
    ],
)
def test_faults_of_the_calendar_file_are_told(tmp_path: Path, added: str, says: str) -> None:
    text = (DATA / "calendars.toml").read_text(encoding="utf-8")
    (tmp_path / "calendars.toml").write_text(text + added, encoding="utf-8")
    with pytest.raises(InputWrong) as refused:
        calendar("kr", first_year=2026, last_year=2026, data=tmp_path)
    assert says in str(refused.value)


def test_a_calendar_file_of_no_tables_is_refused(tmp_path: Path) -> None:
    (tmp_path / "calendars.toml").write_text('x = "y"\n', encoding="utf-8")
    with pytest.raises(InputWrong, match="must be a table"):
        read_calendars(tmp_path)
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "calendars.toml").write_text("x = [", encoding="utf-8")
    with pytest.raises(InputWrong, match="cannot be read"):
        read_calendars(broken)
