"""The sample data is whole, readable with the standard library, and about nobody who exists."""

from __future__ import annotations

import csv
import json
import mailbox
import re
import sqlite3
import tomllib
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import phonenumbers
import pytest
from phonenumbers import Leniency, PhoneNumberFormat, PhoneNumberMatcher

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.config import Config, parse_config

SAMPLE = Path(__file__).parents[2] / "sample_data"
HOME = SAMPLE / "workspace"
INBOX = SAMPLE / "inbox"
MAILS = sorted(INBOX.glob("*.eml"))
FILES = sorted(path for path in SAMPLE.rglob("*") if path.is_file())
POLICIES = sorted((HOME / "policies").glob("*.toml"))
BIGGEST = 400_000
MESSAGES = 16

# Ranges kept free for fiction and tests: North America, London, Berlin.
RESERVED = re.compile(r"\+1[2-9]\d{2}55501\d{2}|\+442079460\d{3}|\+493023125\d{3}")
ADDRESS = re.compile(r"[\w.+-]+@([\w.-]+\w)")
LINK = re.compile(r"(?:https?://|www\.|\bby |\bfrom )((?:[\w-]+\.)+[a-z]{2,})\b")
# Figures that are no telephone numbers: the range as the README writes it, instants, dates, internet addresses,
# card and check figures, prices.
OTHER_FIGURES = re.compile(
    r"030 23125 XXX|\d{4}-\d{2}-\d{2}(?:[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?"
    r"|\d{1,3}(?:\.\d{1,3}){3}|\d{2}:\d{2}:\d{2} [+-]\d{4}"
    r"|\*{4} \d{4}|pbkdf2\$\S+|<[^<>@\s]+@[^<>\s]+>|\d+\.\d{4}\b"
)


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def body_of(path: Path) -> str:
    """The file as a reader sees it: mails with their bodies decoded, anything else as it is."""
    if path.suffix != ".eml":
        return text_of(path)
    mail = mail_of(path)
    parts = [str(part.get_content()) for part in mail.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*mail.values(), *parts])


def mail_of(path: Path) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    assert isinstance(mail, EmailMessage)
    return mail


def config() -> Config:
    settings, faults = parse_config(text_of(HOME / "dsar.toml"))
    assert faults == []
    return settings


def tables(database: sqlite3.Connection) -> dict[str, set[str]]:
    names = [row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: {row[1] for row in database.execute("SELECT * FROM pragma_table_info(?)", (name,))} for name in names}


@pytest.fixture
def crm() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(text_of(HOME / "data" / "crm.sql"))
        yield database


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a CSV file, none of them ragged."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, restkey="too many", restval=None, strict=True)
        found = list(reader)
    assert all("too many" not in row and None not in row.values() for row in found), path.name
    return found


class TestFiles:
    def test_are_small_and_text(self) -> None:
        assert sum(path.stat().st_size for path in FILES) < BIGGEST
        for path in FILES:
            assert "\0" not in text_of(path), path.name
            assert path.suffix not in (".py", ".sqlite", ".db"), path.name

    @pytest.mark.parametrize("path", [path for path in FILES if path.suffix == ".toml"], ids=lambda path: path.name)
    def test_toml_parses(self, path: Path) -> None:
        assert tomllib.loads(text_of(path))

    def test_the_readme_names_every_message(self) -> None:
        readme = text_of(SAMPLE / "README.md")
        assert [path.name for path in sorted(INBOX.iterdir()) if f"`{path.name}`" not in readme] == []


class TestNobodyReal:
    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    def test_every_domain_ends_in_example(self, path: Path) -> None:
        text = body_of(path)
        domains = [*ADDRESS.findall(text), *LINK.findall(text)]
        assert [domain for domain in domains if not domain.lower().endswith(".example")] == []

    @pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
    def test_every_phone_number_is_in_a_range_kept_free(self, path: Path) -> None:
        text = OTHER_FIGURES.sub(" | ", body_of(path))
        for region in ("US", "GB", "DE"):
            for match in PhoneNumberMatcher(text, region, leniency=Leniency.VALID):
                assert RESERVED.fullmatch(international(match.raw_string)), match.raw_string

    def test_the_columns_of_numbers_hold_nothing_else(self, crm: sqlite3.Connection) -> None:
        values = [value for row in crm.execute("SELECT direct_phone, switchboard FROM seats") for value in row if value]
        for statement in ("SELECT number FROM number_assignments", "SELECT number FROM lookups",
                          "SELECT to_number FROM messages", "SELECT number FROM fraud_notes"):  # fmt: skip
            values += [row[0] for row in crm.execute(statement)]
        for path in (HOME / "data" / "calls").glob("*.csv"):
            values += [row[side] for row in rows(path) for side in ("from_number", "to_number")]
        assert len(values) > 600
        assert [value for value in values if not RESERVED.fullmatch(international(value))] == []

    @pytest.mark.parametrize("number", ["+1 415 555 2671", "(415) 867-5309", "+49 30 901820", "020 7946 1958"])
    def test_a_number_of_somebody_would_be_seen(self, number: str) -> None:
        assert not RESERVED.fullmatch(international(number))


def international(raw: str) -> str:
    """The number as +49…, read where it would be dialled; as written where it is no number."""
    plain = re.sub(r"^00", "+", raw.strip().replace("\u2011", "-").replace("\xa0", " "))
    region = "DE" if plain.startswith("030") else "GB" if plain.startswith("020") else "US"
    try:
        return phonenumbers.format_number(phonenumbers.parse(plain, region), PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return raw


class TestWorkspace:
    def test_is_a_rehearsal_with_all_roles(self) -> None:
        settings = config()
        assert settings.desk.rehearsal
        assert len(settings.laws) == 5
        assert {role for member in settings.staff for role in member.roles} == {
            "reader", "editor", "approver", "manager", "dpo"
        }  # fmt: skip
        assert all(member.email.endswith("@larkspurconnect.example") for member in settings.staff)

    def test_an_editor_never_has_to_approve_alone(self) -> None:
        approvers = {member.id for member in config().staff if "approver" in member.roles}
        assert len(approvers) >= 2

    def test_can_be_reached_by_mail_and_post_for_the_notice(self) -> None:
        designated = config().organisation.designated
        assert any("@" in address for address in designated)
        assert any(address.startswith("General Counsel") for address in designated)

    def test_every_source_has_an_owner_on_the_staff_list(self) -> None:
        staff = {member.id for member in config().staff}
        for path in (HOME / "sources").glob("*.toml"):
            source = tomllib.loads(text_of(path))["source"]
            assert source["owner"] in staff
            assert source.get("ask", source["owner"]) in staff


class TestData:
    def test_the_database_is_described_whole(self, crm: sqlite3.Connection) -> None:
        described = {
            one["place"]: {field["name"] for field in one["field"]}
            for one in tomllib.loads(text_of(HOME / "sources" / "crm.toml"))["record_set"]
        }
        assert described == tables(crm)

    @pytest.mark.parametrize(
        ("source", "files"), [("calls", "calls/*.csv"), ("newsletter", "newsletter.csv"), ("tickets", "tickets.jsonl")]
    )
    def test_the_files_are_described_whole(self, source: str, files: str) -> None:
        (described,) = tomllib.loads(text_of(HOME / "sources" / f"{source}.toml"))["record_set"]
        fields = [field["name"] for field in described["field"]]
        for path in sorted((HOME / "data").glob(files)):
            records = rows(path) if path.suffix == ".csv" else jsonl(path)
            assert records
            assert all(list(record) == fields for record in records)
            keys = [tuple(record[column] for column in described["key"]) for record in records]
            assert len(set(keys)) == len(keys)

    def test_is_as_much_as_intended(self, crm: sqlite3.Connection, workspace: Path) -> None:
        calls = [row for path in (HOME / "data" / "calls").glob("2026-*.csv") for row in rows(path)]
        assert len(calls) == 300
        assert {row["started_at"][:4] for row in calls} == {"2026"}
        assert len(jsonl(HOME / "data" / "tickets.jsonl")) == 40
        # a copy: the standard library opens mailboxes for writing
        with closing(mailbox.mbox(workspace / "data" / "feedback.mbox", create=False)) as box:
            assert len(box) == 12
        assert crm.execute("SELECT count(*) FROM seats WHERE account_id = 'A-1001'").fetchone() == (5,)

    def test_withheld_callers_are_in_the_table(self) -> None:
        calls = [row for path in (HOME / "data" / "calls").glob("2026-*.csv") for row in rows(path)]
        withheld = [row for row in calls if row["presentation"] == "withheld"]
        assert withheld
        assert all(row["from_number"].startswith("+") for row in withheld)

    def test_a_number_has_one_holder_a_day(self, crm: sqlite3.Connection) -> None:
        overlap = crm.execute(
            "SELECT count(*) FROM number_assignments a JOIN number_assignments b ON a.number = b.number"
            " AND a.assignment_id < b.assignment_id AND a.assigned_on <= coalesce(b.released_on, '9999')"
            " AND b.assigned_on <= coalesce(a.released_on, '9999')"
        )
        assert overlap.fetchone() == (0,)


def jsonl(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in text_of(path).splitlines()]


class TestRegister:
    def test_rows_are_whole(self) -> None:
        record_sets = {
            f"{path.stem}.{one['name']}"
            for path in (HOME / "sources").glob("*.toml")
            for one in tomllib.loads(text_of(path))["record_set"]
        }
        for row in rows(HOME / "recipients.csv"):
            assert 1 <= int(row["category"]) <= 27
            assert all(row[column] for column in ("what", "why", "recipient", "address"))
            assert row["direct_marketing"] in ("yes", "no")
            until = date.fromisoformat(row["until"]) if row["until"] else date.max
            assert date.fromisoformat(row["since"]) <= until
            assert set(row["record_sets"].split(";")) <= record_sets

    def test_the_year_before_has_some_and_not_all(self) -> None:
        """A notice of 2026 is about 2025: there is something to tell, something older and something newer."""
        marketing = [row for row in rows(HOME / "recipients.csv") if row["direct_marketing"] == "yes"]
        in_2025 = [row for row in marketing if row["since"] < "2026" and (row["until"] or "9999") >= "2025"]
        assert 0 < len(in_2025) < len(marketing)
        assert all(row["products"] for row in marketing)


class TestPolicies:
    def test_follow_each_other_without_a_gap(self) -> None:
        first, second = (tomllib.loads(text_of(path))["policy"] for path in POLICIES)
        assert first["in_force_from"] == date(2015, 3, 12)
        assert second["in_force_from"] == date(2024, 7, 1)
        assert (second["in_force_from"] - first["in_force_until"]).days == 1
        assert "in_force_until" not in second
        assert first["governs"] == second["governs"] == "used"

    @pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
    def test_name_columns_that_exist_and_say_why_not(self, path: Path) -> None:
        columns = {
            f"{source.stem}.{one['name']}.{field['name']}": field
            for source in (HOME / "sources").glob("*.toml")
            for one in tomllib.loads(text_of(source))["record_set"]
            for field in one["field"]
        }
        described = tomllib.loads(text_of(path))
        assert described["policy"]["version"] == path.stem
        for field in described["field"]:
            assert set(field["where"]) <= set(columns), field["name"]
            assert all(field[may] for may in ("view", "edit", "delete")) or field["why"]
            if not field["view"]:
                assert all(columns[where].get("disclose") == "never" for where in field["where"])


def requests_in(path: Path) -> int:
    """How many messages a file of the inbox holds."""
    if path.suffix == ".csv":
        return len(rows(path))
    return len(json.loads(text_of(path))) if path.suffix == ".json" else 1


class TestInbox:
    def test_is_big_enough(self) -> None:
        assert len(MAILS) + len(list(INBOX.glob("*.txt"))) >= MESSAGES

    @pytest.mark.parametrize("path", MAILS, ids=lambda path: path.stem)
    def test_a_mail_is_sound(self, path: Path) -> None:
        mail = mail_of(path)
        assert not mail.defects
        assert all(not part.defects for part in mail.walk())
        assert mail["From"].addresses
        assert mail["To"].addresses[0].domain == "larkspurconnect.example"
        assert mail["Message-ID"]
        assert mail["Subject"]
        assert "+" not in str(mail["Subject"])
        sent = mail["Date"].datetime
        assert sent.strftime("%a") == str(mail["Date"])[:3], "the weekday belongs to the date"

    def test_no_message_id_stands_twice(self) -> None:
        ids = [str(mail_of(path)["Message-ID"]) for path in MAILS]
        assert len(set(ids)) == len(ids)

    def test_every_message_is_expected(self, expected: dict[str, Any]) -> None:
        told = [(message["file"], message.get("row", 1)) for message in expected["message"]]
        assert len(set(told)) == len(told)
        for path in sorted(INBOX.iterdir()):
            assert [row for file, row in told if file == path.name] == list(range(1, requests_in(path) + 1)), path.name

    def test_expectations_use_our_words(self, expected: dict[str, Any]) -> None:
        laws = set(config().laws)
        for message in expected["message"]:
            assert {Right(right) for right in message["rights"]} or not message["opens"]
            assert Role(message["requester_role"])
            assert set(message["laws"]) <= laws
            assert not message["opens"] or message["primary_type"] in message["rights"]

    def test_received_days_are_the_office_s(self, expected: dict[str, Any]) -> None:
        zone = ZoneInfo(config().organisation.zone)
        days = {}
        for path in MAILS:
            received = str(mail_of(path)["Received"]).rpartition(";")[2].strip()
            days[path.name] = datetime.strptime(received, "%a, %d %b %Y %H:%M:%S %z").astimezone(zone).date()
        told = {one["file"]: one["received_on"] for one in expected["message"] if one["file"].endswith(".eml")}
        assert days == {file: date.fromisoformat(str(day)) for file, day in told.items()}
        assert min(days.values()) == date(2026, 11, 2)
        assert max(days.values()) == date(2026, 11, 20)


class TestExpectations:
    def test_what_must_not_leave_is_in_the_data(self, expected: dict[str, Any]) -> None:
        """Otherwise the test that none of it leaks would mean nothing."""
        data = "\n".join(text_of(path) for path in sorted((HOME / "data").rglob("*")) if path.is_file())
        assert len(expected["must_not"]) >= 8
        for group in expected["must_not"]:
            assert group["why"]
            assert [text for text in group["strings"] if text not in data] == [], group["group"]

    def test_what_must_appear_is_in_the_data(self, expected: dict[str, Any]) -> None:
        raw = "\n".join(text_of(path) for path in sorted(HOME.rglob("*")) if path.is_file())
        for one in expected["record_set"]:
            assert [text for text in one["must_appear"] if text not in raw] == [], one["name"]

    def test_nothing_both_must_and_must_not(self, expected: dict[str, Any]) -> None:
        must = [text for one in expected["record_set"] for text in one["must_appear"]]
        never = [text for group in expected["must_not"] for text in group["strings"]]
        assert [text for text in must if any(hidden in text for hidden in never)] == []

    def test_every_record_set_is_expected(self, expected: dict[str, Any]) -> None:
        configured = {
            (path.stem, one["name"], one.get("secret", False))
            for path in (HOME / "sources").glob("*.toml")
            for one in tomllib.loads(text_of(path))["record_set"]
        }
        assert {(one["source"], one["name"], one.get("secret", False)) for one in expected["record_set"]} == configured
