"""``dsar law due`` as people and scripts run it: the tables of examples, and input that is hard to read."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dsar.cli.main import run
from dsar.law.clocks import Obligation

EXAMPLES = sorted((Path(__file__).parent / "examples").glob("*.csv"))
REGIONS = {"E&W": "GB-ENG", "Scotland": "GB-SCT", "DE": "DE", "FR": "FR", "IE": "IE"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def asked(law: str, right: str, received: str, *more: str) -> list[str]:
    return ["law", "due", "--law", law, "--right", right, "--received", received, *more, "--json"]


def answer(said: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(said)
    assert document["schema"] == "dsar.law-due/1"
    return document


def dues(document: dict[str, Any]) -> dict[str, str]:
    """The date of each duty, empty where there is none; one clock per duty, each with its reasons."""
    found = {}
    for clock in document["clocks"]:
        assert clock["obligation"] not in found
        assert clock["steps"]
        assert clock["cite"]
        assert clock["confirmed"] in ("yes", "partly", "no")
        assert clock["due_on"] or clock["standard"]
        found[clock["obligation"]] = clock["due_on"] or ""
    return found


def due(capsys: pytest.CaptureFixture[str], law: str, right: str, received: str, *more: str) -> dict[str, str]:
    assert run(asked(law, right, received, *more)) == 0, capsys.readouterr().err
    return dues(answer(capsys.readouterr().out))


def refused(capsys: pytest.CaptureFixture[str], law: str, right: str, received: str, *more: str) -> str:
    assert run(asked(law, right, received, *more)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    return err


@pytest.mark.parametrize(
    "row",
    [row for path in EXAMPLES for row in rows(path)],
    ids=lambda row: f"{row['law']}-{row['right']}-{row['received']}-{row['says'][:30]}",
)
def test_our_examples_through_the_command(row: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    region = ["--region", row["region"]] if row["region"] else []
    facts = [word for fact in row["facts"].split() for word in ("--fact", fact)]
    assert run(asked(row["law"], row["right"], row["received"], *region, *facts)) == 0
    document = answer(capsys.readouterr().out)
    found = dues(document)
    for duty in Obligation:
        assert found.get(duty.value, "") == row[duty.value], duty
    suspended = {clock["obligation"]: clock["suspended_on"] or "" for clock in document["clocks"]}
    assert suspended["respond"] == row["suspended"]


TOLD = {
    "id_requested": r"ID (?:requested|asked) (\d{4}-\d\d-\d\d)",
    "id_received": r"ID .*?received (\d{4}-\d\d-\d\d)",
    "clarification_asked": r"clarification asked (\d{4}-\d\d-\d\d)",
    "clarification_answered": r"clarification .*?answered (\d{4}-\d\d-\d\d)",
    "fee_charged": r"cost share .*?announced (\d{4}-\d\d-\d\d)",
    "fee_confirmed": r"person confirms (\d{4}-\d\d-\d\d)",
    "forwarded": r"forwarded .*?on (\d{4}-\d\d-\d\d)",
}


def words_of(row: dict[str, str]) -> list[str]:
    """A row of the shared table as the words of one command."""
    notes = row["event_notes"]
    instant = re.search(r"arrives (\S+Z)", notes)
    words = asked(row["law"], row["request_type"], instant[1] if instant else row["received"])
    words += ["--zone", "Europe/London"] if instant else []
    words += [word for name, region in REGIONS.items() if f"{name} calendar" in notes for word in ("--region", region)]
    words += ["--not-designated"] if "undesignated" in notes else []
    facts = {kind: re.search(pattern, notes) for kind, pattern in TOLD.items()}
    return words + [word for kind, hit in facts.items() if hit for word in ("--fact", f"{kind}={hit[1]}")]


def test_the_shared_table_through_the_command(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = shared / "examples" / "deadlines.csv"
    if not table.is_file():
        pytest.skip("the shared folder has no table of deadlines")
    wrong = []
    for row in rows(table):
        assert run(words_of(row)) == 0, (row, capsys.readouterr().err)
        found = dues(answer(capsys.readouterr().out))
        expected = {
            "acknowledge": row["expected_ack_due"],
            "respond": row["expected_response_due"],
            "extended": row["extended_due"],
        }
        if {duty: found.get(duty, "") for duty in expected} != expected:
            wrong.append((row["law"], row["received"], expected, found))
    assert wrong == []


def test_the_command_runs_by_itself_and_needs_no_workspace(tmp_path: Path) -> None:
    words = asked("uk-gdpr", "access", "2026-11-25", "--region", "GB-ENG")
    done = subprocess.run(
        [sys.executable, "-m", "dsar", *words], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert dues(answer(done.stdout))["respond"] == "2026-12-29"


@pytest.mark.parametrize(
    ("law", "right", "respond"),
    [
        ("us-ca-ccpa", "know_categories", "2026-04-16"),
        ("US-CA-CCPA", "opt_out_sale_share", "2026-03-23"),
        ("us-ca-stl", "shine_the_light", "2026-04-01"),
        ("us-coppa", "parental_delete", ""),
        ("us-coppa", "third_party_report", ""),
        ("ccpa", "limit_spi", "2026-03-23"),
        ("ccpa", "adm_access", ""),
        ("ca-qc-p39.1", "deindex", "2026-04-01"),
        ("in-dpdp", "grievance", ""),
        ("us-ok", "all", ""),
        ("us-la", "erasure", ""),
        ("us-al", "access", ""),
        ("Uk-Dpa2018-S164a", "complaint", ""),
        ("uk-dpa2018-s164A", "uk-dpa2018-s164A.complaint", ""),
        ("sg-pdpa", "correct", "2026-04-01"),
        ("ca-pipeda", "edit", "2026-04-01"),
        ("kr-pipa", "delete", "2026-03-12"),
        ("jp-appi", "cease_use_erase", ""),
        ("virginia", "Opt Out", "2026-04-16"),
        ("gdpr", "third_parties", "2026-04-02"),
        ("us-mn", "list of third parties", "2026-04-16"),
        ("uk", "unsubscribe", "2026-04-02"),
        ("us-or", "withdraw_consent", "2026-03-17"),
    ],
)
def test_each_way_to_name_a_law_and_a_right(
    law: str, right: str, respond: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert due(capsys, law, right, "2026-03-02")["respond"] == respond


@pytest.mark.parametrize(
    ("law", "region"),
    [
        ("uk-gdpr", "GB"),
        ("uk-gdpr", "gb-wls"),
        ("uk-gdpr", "E&W"),
        ("uk-gdpr", "Scotland"),
        ("eu-gdpr", "DE-BY"),
        ("eu-gdpr", "FR-57"),
        ("eu-gdpr", "es_md"),
        ("eu-gdpr", "EL"),
        ("ch-fadp", "CH-ZH"),
        ("ch-fadp", "ZH"),
        ("us-ca-ccpa", "US-CA"),
        ("us-ca-ccpa", "US"),
        ("us-can-spam", "US-CA"),
        ("us-va", "US-VA"),
        ("ca-pipeda", "CA"),
        ("ca-pipeda", "CA-QC"),
        ("ca-qc-p39.1", "CA-QC"),
        ("kr-pipa", "KR"),
        ("za-popia", "ZA-GP"),
        ("br-lgpd", "BR"),
    ],
)
def test_each_kind_of_region_is_taken(law: str, region: str, capsys: pytest.CaptureFixture[str]) -> None:
    right = "opt_out" if law == "us-can-spam" else "access"
    assert due(capsys, law, right, "2026-03-02", "--region", region)["respond"]


@pytest.mark.parametrize(
    ("law", "received", "zone", "respond"),
    [
        # half past midnight of the next day in London and Berlin, the evening before in California
        ("uk-gdpr", "2026-03-31T23:30:00Z", "Europe/London", "2026-05-01"),
        ("uk-gdpr", "2026-03-31T23:30:00Z", "UTC", "2026-04-30"),
        ("eu-gdpr", "2026-06-30T22:30:00+00:00", "Europe/Berlin", "2026-08-03"),
        ("us-ca-ccpa", "2026-03-02T03:00:00Z", "America/Los_Angeles", "2026-04-15"),
        ("us-ca-ccpa", "2026-03-01T19:00:00-08:00", "America/Los_Angeles", "2026-04-15"),
        ("us-ca-ccpa", "2026-03-02T03:00:00Z", "UTC", "2026-04-16"),
    ],
)
def test_the_local_day_counts(
    law: str, received: str, zone: str, respond: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert due(capsys, law, "access", received, "--zone", zone)["respond"] == respond


def facts(*told: str) -> list[str]:
    return [word for fact in told for word in ("--fact", fact)]


def test_facts_in_any_order_and_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    told = ["id_requested=2026-06-02", "id_received=2026-06-08", "forwarded=2026-06-09"]
    once = due(capsys, "uk-gdpr", "access", "2026-06-01", *facts(*told))
    assert once == due(capsys, "uk-gdpr", "access", "2026-06-01", *facts(*told[::-1], *told))
    assert once["respond"] == "2026-07-08"


def test_what_else_can_happen(capsys: pytest.CaptureFixture[str]) -> None:
    paid = facts("fee_charged=2026-06-03", "fee_paid=2026-06-10")
    assert due(capsys, "uk-gdpr", "erasure", "2026-06-01", *paid)["respond"] == "2026-07-10"
    sent = due(capsys, "uk-gdpr", "access", "2026-06-01", *facts("extended=2026-06-20"))
    assert (sent["respond"], sent["extended"]) == ("2026-07-01", "2026-09-01")
    dated = due(capsys, "ca-pipeda", "access", "2026-03-02", *facts("dated=2026-02-25"))
    assert (dated["respond"], dated["extension_notice"]) == ("2026-04-01", "2026-03-27")
    elsewhere = facts("forwarded=2026-04-20")
    assert due(capsys, "us-ca-stl", "notice", "2026-04-01", "--not-designated", *elsewhere)["respond"] == "2026-08-29"


@pytest.mark.parametrize(
    "how",
    [
        ["2026-06-20"],
        ["2026-06-20", "--fact", "appeal_received=2026-06-20"],
        ["2026-03-02", "--fact", "appeal_received=2026-06-20"],
    ],
)
def test_an_appeal_counts_from_its_own_receipt(how: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert due(capsys, "us-va", "appeal", how[0], *how[1:])["respond"] == "2026-08-19"


def test_an_appeal_moves_no_date_of_the_request_itself(capsys: pytest.CaptureFixture[str]) -> None:
    plain = due(capsys, "us-va", "access", "2026-03-02")
    assert due(capsys, "us-va", "access", "2026-03-02", *facts("appeal_received=2026-06-20")) == plain


@pytest.mark.parametrize(
    ("law", "right", "received", "more", "says"),
    [
        ("uk-gdpr", "access", "2026-06-01", facts("id_received=2026-06-08"), "no id_requested came before it"),
        (
            "uk-gdpr",
            "access",
            "2026-06-01",
            facts("clarification_answered=2026-06-03", "clarification_asked=2026-06-05"),
            "no clarification_asked came before it",
        ),
        ("uk-gdpr", "access", "2026-06-01", facts("id_requested=2026-05-31"), "before the request was received"),
        ("uk-gdpr", "access", "2026-06-01", facts("id_asked=2026-06-02"), "no such fact"),
        ("uk-gdpr", "access", "2026-06-01", facts("id_requested"), "not a fact with a date"),
        ("uk-gdpr", "access", "2026-06-01", facts("id_requested=soon"), "not a date"),
        ("ca-pipeda", "access", "2026-06-01", facts("dated=2026-06-02"), "after it was received"),
        ("uk-gdpr", "access", "01/06/2026", [], "not a date or a timestamp"),
        ("uk-gdpr", "access", "2026-02-30", [], "not a date or a timestamp"),
        ("uk-gdpr", "access", "2026-06-01T10:00:00", [], "no offset"),
        ("uk-gdpr", "access", "2026-06-01", ["--zone", "Europe/Nowhere"], "time zone is not known"),
        ("uk-gdpr", "access", "2026-06-01", ["--region", "GB-SCO"], "GB-SCT"),
        ("eu-gdpr", "access", "2026-06-01", ["--region", "US-CA"], "no such region"),
        ("uk-gdpr", "acess", "2026-06-01", [], "access"),
        ("eu-gdpd", "access", "2026-06-01", [], "eu-gdpr"),
        ("us-ia", "correct", "2026-06-01", [], "no such right"),
        ("us-ut", "appeal", "2026-06-01", [], "no such right"),
    ],
)
def test_what_cannot_be_meant_is_told_in_words(
    law: str, right: str, received: str, more: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert says in refused(capsys, law, right, received, *more)


@pytest.mark.parametrize(
    ("law", "right", "received", "since"),
    [
        ("us-ok", "delete", "2026-11-21", "2027-01-01"),
        ("us-la", "delete", "2026-11-21", "2027-01-01"),
        ("us-al", "delete", "2026-11-21", "2027-05-01"),
        ("in-dpdp", "access", "2026-11-21", "2027-05-13"),
        ("us-ca-ccpa", "adm_access", "2026-12-31", "2027-01-01"),
        ("us-ut", "edit", "2026-06-30", "2026-07-01"),
        ("uk-dpa2018-s164A", "complaint", "2026-06-18", "2026-06-19"),
    ],
)
def test_a_law_not_in_force_is_known_and_not_applied(
    law: str, right: str, received: str, since: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(asked(law, right, received)) == 0
    clocks = answer(capsys.readouterr().out)["clocks"]
    assert clocks
    for clock in clocks:
        assert (clock["due_on"], clock["in_force"], clock["in_force_since"]) == (None, False, since)


class Screen(io.StringIO):
    """A terminal that somebody reads."""

    def isatty(self) -> bool:
        return True


def test_what_was_not_confirmed_says_so_on_the_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stdout", screen)
    monkeypatch.setenv("COLUMNS", "80")
    assert run(["law", "due", "--law", "us-nh", "--right", "revoke_consent", "--received", "2026-03-02"]) == 0
    shown = screen.getvalue()
    assert "(rule unconfirmed)" in shown
    assert "from memory, check before relying on it" in " ".join(shown.split())
    assert run(["law", "show", "us-nh", "revoke_consent"]) == 0
    assert "this rule is unconfirmed" in screen.getvalue()
    assert max(len(line) for line in re.sub(r"\x1b\[\d*m", "", screen.getvalue()).splitlines()) <= 80
