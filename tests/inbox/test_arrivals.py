"""Files of every kind that can be handed over, and what becomes of each."""

from __future__ import annotations

import base64
import json
import mailbox
from datetime import date
from email.message import EmailMessage
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import InputWrong
from dsar.inbox.arrival import Arrival, InboxSettings, digest
from dsar.inbox.arrivals import arrivals
from dsar.inbox.attach import case_in
from dsar.inbox.reading import is_sure

TODAY = date(2026, 11, 21)
SETTINGS = InboxSettings(zone=ZoneInfo("America/Los_Angeles"), today=TODAY, our_addresses=frozenset({"harbor.example"}))


def _mail(text: str, *, subject: str = "Request", **headers: str) -> bytes:
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Nora Whitfield <nora@whitfield.example>")
    message["To"] = headers.pop("to", "privacy@harbor.example")
    message["Subject"] = subject
    message["Date"] = headers.pop("date", "Mon, 02 Nov 2026 10:00:00 -0800")
    message["Message-ID"] = headers.pop("message_id", "<a1@whitfield.example>")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message.as_bytes()


def _one(source: Path | bytes, name: str = "", settings: InboxSettings = SETTINGS) -> Arrival:
    found = list(arrivals(source, settings=settings, name=name))
    assert len(found) == 1
    return found[0]


def _written(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_mail_is_read_and_kept_as_it_came(tmp_path: Path) -> None:
    raw = _mail("Please send me a copy of all my personal data.")
    arrival = _one(_written(tmp_path, "a.eml", raw))
    assert (arrival.raw, arrival.sha256, arrival.message_id) == (raw, digest(raw), "a1@whitfield.example")
    assert (arrival.channel, arrival.received_on) == ("email", date(2026, 11, 2))
    assert arrival.reading.primary_type == "access"


def test_the_day_of_receipt_is_the_office_day_of_the_last_server(tmp_path: Path) -> None:
    raw = b"Received: from a by b; Tue, 03 Nov 2026 04:30:00 +0000\r\n" + _mail("Delete my account please.")
    assert _one(_written(tmp_path, "a.eml", raw)).received_on == date(2026, 11, 2)


def test_a_mail_without_a_date_takes_today_and_says_so() -> None:
    raw = b"From: a@b.example\nSubject: x\n\nPlease delete my account.\n"
    arrival = _one(raw)
    assert arrival.received_on == TODAY
    assert any("no date" in warning for warning in arrival.reading.warnings)


def test_a_reply_names_its_case_in_the_subject_or_the_thread() -> None:
    assert _one(_mail("Thank you.", subject="Re: [DSAR-2026-0036] your letter")).case == "DSAR-2026-0036"
    threaded = _mail("Thank you.", subject="Re: your letter", in_reply_to="<dsar-2026-0036.1@harbor.example>")
    assert _one(threaded).case == "DSAR-2026-0036"
    assert _one(_mail("Thank you.", subject="Re: your letter")).case == ""


def test_a_configured_prefix_is_used() -> None:
    assert case_in(["Our file pr-2026-0007"], prefix="PR") == "PR-2026-0007"
    assert case_in(["XDSAR-2026-00361"]) == ""


def test_a_bounce_and_an_automatic_reply_are_never_a_request() -> None:
    bounce = _mail(
        "Your message to nora@whitfield.example was not delivered: 550 5.1.1 no such user. Delete my account.",
        sender="MAILER-DAEMON@mx.example",
        subject="Undelivered Mail Returned to Sender",
        X_Failed_Recipients="nora@whitfield.example",
    )
    assert _one(bounce).reading.primary_type == "bounce"
    automatic = _mail("I am away. Please delete my account.", Auto_Submitted="auto-replied")
    arrival = _one(automatic)
    assert (arrival.reading.primary_type, arrival.automatic) == ("not_request", True)
    assert not is_sure(arrival.reading)


def test_an_empty_mail_is_empty() -> None:
    assert _one(_mail("", subject="")).reading.primary_type == "empty"


def test_a_forwarded_mail_counts_as_its_first_writer_and_day() -> None:
    inner = EmailMessage()
    inner["From"] = "Ben Ode <ben@ode.example>"
    inner["To"] = "shop@harbor.example"
    inner["Subject"] = "my data"
    inner["Date"] = "Thu, 29 Oct 2026 09:00:00 -0700"
    inner.set_content("Please send me a copy of my data.")
    outer = EmailMessage()
    outer["From"] = "Shop <shop@harbor.example>"
    outer["To"] = "privacy@harbor.example"
    outer["Subject"] = "Fwd: my data"
    outer["Date"] = "Mon, 02 Nov 2026 10:00:00 -0800"
    outer.set_content("For you, I think.")
    outer.add_attachment(inner)
    arrival = _one(outer.as_bytes())
    assert arrival.sender == "ben@ode.example"
    assert arrival.received_on == date(2026, 10, 29)
    assert ("name", "Ben Ode") in {known.key for known in arrival.reading.identifiers}


def test_a_mail_forwarded_inline_counts_as_its_first_writer_and_day() -> None:
    text = (
        "FYI\n\n---------- Forwarded message ---------\nFrom: Ben Ode <ben@ode.example>\n"
        "Date: Thu, 29 Oct 2026 at 09:00\nSubject: please delete\nTo: <shop@harbor.example>\n\n"
        "Please delete my account and all my data.\nBen\n"
    )
    arrival = _one(_mail(text, subject="Fwd: please delete", sender="Shop <shop@harbor.example>"))
    assert (arrival.sender, arrival.received_on) == ("ben@ode.example", date(2026, 10, 29))
    assert arrival.reading.primary_type == "delete"
    assert {known.value for known in arrival.reading.identifiers if known.kind == "email"} == {"ben@ode.example"}


def test_quoted_older_words_are_not_read_as_new_wishes() -> None:
    text = "Thank you, all is well.\n\nOn 1 Oct 2026, Nora wrote:\n> Please delete my account and all my data.\n"
    rights = {right.right for right in _one(_mail(text, subject="Re: hello")).reading.rights}
    assert Right.DELETE not in rights


def test_a_copy_of_a_letter_to_somebody_else_needs_a_person() -> None:
    raw = _mail("Please delete my account and my data.", to="other@company.example", Cc="privacy@harbor.example")
    reading = _one(raw).reading
    assert "It is addressed to somebody else; we are in copy." in reading.doubts
    assert not is_sure(reading)


def test_every_message_of_a_mailbox_and_a_maildir(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "in.mbox")
    folder = mailbox.Maildir(tmp_path / "maildir")
    for text in ("Please delete my account.", "Please send me a copy of my data."):
        box.add(mailbox.mboxMessage(_mail(text)))
        folder.add(_mail(text))
    box.close()
    for source in (tmp_path / "in.mbox", tmp_path / "maildir"):
        found = list(arrivals(source, settings=SETTINGS))
        assert sorted(known.reading.primary_type for known in found) == ["access", "delete"]
        assert [known.part for known in found] == [1, 2]


def test_a_postal_letter_takes_its_own_date_and_warns(tmp_path: Path) -> None:
    letter = (
        "Ada Byron\n12 Mill Lane\nLeeds LS1 4AB\n\n5 October 2026\n\nDear Sirs,\n\n"
        "please send me a copy of the personal data you hold about me.\n\nYours faithfully\nAda Byron\n"
    )
    arrival = _one(_written(tmp_path, "letter.txt", letter))
    assert (arrival.channel, arrival.received_on) == ("post", date(2026, 10, 5))
    keys = {known.key for known in arrival.reading.identifiers}
    assert {("name", "Ada Byron"), ("address", "12 Mill Lane, Leeds LS1 4AB")} <= keys
    assert any("stamp" in warning for warning in arrival.reading.warnings)


def test_a_form_export_as_json(tmp_path: Path) -> None:
    entries = [
        {
            "submittedAt": "2026-11-01T23:30:00-07:00",
            "firstName": "Lena",
            "lastName": "Ott",
            "email": "lena@ott.example",
            "requestType": "Delete my data",
            "details": "Please remove my account.",
        },
        {
            "submittedAt": "2026-11-02",
            "name": "Max Berg",
            "E-Mail": "max@berg.example",
            "message": "What data do you hold about me?",
        },
    ]
    found = list(arrivals(_written(tmp_path, "form.json", json.dumps(entries)), settings=SETTINGS))
    assert [known.reading.primary_type for known in found] == ["delete", "access"]
    assert found[0].received_on == date(2026, 11, 1)
    assert ("name", "Lena Ott") in {known.key for known in found[0].reading.identifiers}
    assert found[0].sha256 != found[1].sha256


def test_a_form_with_a_column_mapping_and_nested_answers(tmp_path: Path) -> None:
    mapped = InboxSettings(zone=SETTINGS.zone, today=TODAY, columns={"q7": "message", "q2": "email"})
    answers = [{"question": "q2", "answer": "kim@x.example"}, {"question": "q7", "answer": "delete my account"}]
    entry = {"answers": answers}
    reading = _one(_written(tmp_path, "f.json", json.dumps(entry)), settings=mapped).reading
    assert reading.primary_type == "delete"
    assert ("email", "kim@x.example") in {known.key for known in reading.identifiers}


def test_the_backlog_sheet_refuses_only_the_row_whose_date_is_two_days(tmp_path: Path) -> None:
    sheet = (
        "Eingang;Name;E-Mail;Art;Nachricht\n"
        "28.10.2026;Jan Roth;jan@roth.example;Auskunft;\n"
        "03.04.2026;Pia Wolf;pia@wolf.example;Löschung;Bitte löschen Sie mein Konto\n"
        "29.10.2026;Uwe Kern;uwe@kern.example;Berichtigung;Mein Nachname ist falsch geschrieben\n"
    )
    found = list(arrivals(_written(tmp_path, "backlog.csv", sheet), settings=SETTINGS))
    assert [known.reading.primary_type for known in found] == ["access", "invalid", "edit"]
    assert "can be 3 April or 4 March" in found[1].refused
    assert found[0].received_on == date(2026, 10, 28)


def test_a_table_without_known_columns_is_refused_in_words(tmp_path: Path) -> None:
    assert "no columns I know" in _one(_written(tmp_path, "x.csv", "a,b\n1,2\n")).refused


def _exercise(**changes: str) -> dict[str, str]:
    return {
        "agent-id": "AGENT",
        "business-id": "US",
        "issued-at": "2026-11-20T16:00:00Z",
        "expires-at": "2026-11-20T16:10:00Z",
        "exercise": "deletion",
        "regime": "ccpa",
        "name": "Ruiz, Miguel",
        "email": "M.Ruiz@Inbox.example",
    } | changes


def test_a_protocol_request_is_a_draft_that_says_so(tmp_path: Path) -> None:
    arrival = _one(_written(tmp_path, "drp.json", json.dumps(_exercise())))
    assert (arrival.reading.primary_type, arrival.reading.requester_role) == ("delete", Role.AGENT)
    assert arrival.unsigned
    assert not is_sure(arrival.reading)
    keys = {known.key for known in arrival.reading.identifiers}
    assert {("name", "Miguel Ruiz"), ("email", "m.ruiz@inbox.example"), ("agent", "AGENT")} <= keys


def test_a_signed_request_is_unwrapped_and_stays_a_draft(tmp_path: Path) -> None:
    signed = base64.b64encode(b"\0" * 64 + json.dumps(_exercise(exercise="sale:opt_out")).encode())
    arrival = _one(_written(tmp_path, "drp.b64", signed))
    assert arrival.reading.primary_type == "opt_out_sale"
    assert arrival.unsigned
    assert not is_sure(arrival.reading)


def test_a_request_that_expired_long_ago_is_refused(tmp_path: Path) -> None:
    old = _exercise(**{"issued-at": "2024-01-01T00:00:00Z", "expires-at": "2024-01-01T00:10:00Z"})
    arrival = _one(_written(tmp_path, "drp.json", json.dumps(old)))
    assert arrival.reading.primary_type == "invalid"
    assert "expired" in arrival.refused


@pytest.mark.parametrize(
    ("message", "kind", "role"),
    [
        ({"subject_request_id": "1", "subject_request_type": "portability"}, "portability", Role.CONTROLLER),
        ({"subject_request_type": "erasure", "regulation": "gdpr"}, "delete", Role.CONTROLLER),
        ({"subject_request_id": "1", "request_status": "completed"}, "status_update", Role.PROCESSOR),
        ({"reason": "changed my mind"}, "withdrawal", Role.AGENT),
        ({"subject_request_id": "1", "subject_request_type": "dance"}, "invalid", Role.SELF),
    ],
)
def test_open_dsr_messages(message: dict[str, str], kind: str, role: Role) -> None:
    arrival = _one(json.dumps(message).encode(), "m.json")
    assert (arrival.reading.primary_type, arrival.reading.requester_role) == (kind, role)
    assert not is_sure(arrival.reading)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("scan.pdf", b"%PDF-1.7 x", "PDF"),
        ("scan.eml", b"%PDF-1.7 x", "PDF"),
        ("drop.zip", b"PK\x03\x04xx", "ZIP"),
        ("x.json", b"{broken", "JSON"),
        ("x.json", b"[" * 200, "JSON"),
        ("x.b64", b"not base64!", "base64"),
        ("x.txt", b"", "empty"),
        ("x.bin", b"\x00\x01\x02\x03", "binary"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(tmp_path: Path, name: str, content: bytes, words: str) -> None:
    arrival = _one(_written(tmp_path, name, content))
    assert words in arrival.refused
    assert arrival.reading.primary_type == "invalid"
    assert not is_sure(arrival.reading)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputWrong, match="could not be read"):
        list(arrivals(tmp_path / "nothing.eml", settings=SETTINGS))


@given(st.binary(max_size=400), st.sampled_from(["a.eml", "a.txt", "a.json", "a.b64", "a"]))
def test_any_bytes_become_arrivals(content: bytes, name: str) -> None:
    for arrival in arrivals(content, settings=SETTINGS, name=name):
        assert arrival.reading.primary_type
        assert arrival.refused or not is_sure(arrival.reading) or arrival.reading.rights
