"""Whose words count in a mail, when it was received, where the answer goes, and what came along."""

from __future__ import annotations

import email
import email.policy
from datetime import date
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from dsar.inbox.arrival import Arrival, Attached, InboxSettings
from dsar.inbox.mails import mail_arrival
from dsar.inbox.reading import is_sure
from tests.inbox import pdfs

SETTINGS = InboxSettings(
    zone=ZoneInfo("America/Los_Angeles"), today=date(2026, 11, 21), our_addresses=frozenset({"privacy@harbor.example"})
)
WISH = "Please send me a copy of all my personal data."


def mail(text: str, subject: str = "Request", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = headers.pop("sender", "Nora Whitfield <nora@whitfield.example>")
    message["To"] = headers.pop("to", "privacy@harbor.example")
    message["Subject"] = subject
    message["Date"] = headers.pop("date", "Mon, 02 Nov 2026 10:00:00 -0800")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def read(message: EmailMessage | bytes) -> Arrival:
    raw = message if isinstance(message, bytes) else message.as_bytes()
    return mail_arrival(raw, "m.eml", 0, SETTINGS)


def stamped(received: str, message: EmailMessage) -> bytes:
    return f"Received: from a by b; {received}\r\n".encode() + message.as_bytes()


class TestReceipt:
    def test_the_servers_day_counts_and_a_far_one_of_the_sender_is_told(self) -> None:
        arrival = read(stamped("Mon, 09 Nov 2026 08:00:00 -0800", mail(WISH)))
        assert arrival.received_on == date(2026, 11, 9)
        assert any("written on 2026-11-02" in says and "2026-11-09" in says for says in arrival.reading.warnings)

    def test_a_day_more_or_less_is_nothing_to_tell(self) -> None:
        arrival = read(stamped("Mon, 02 Nov 2026 23:00:00 -0800", mail(WISH)))
        assert not any("written on" in says for says in arrival.reading.warnings)

    def test_the_first_receipt_of_a_forwarded_mail_counts(self) -> None:
        inner = mail(WISH, sender="Ben Ode <ben@ode.example>", date="Thu, 29 Oct 2026 09:00:00 -0700")
        outer = mail("For you, I think.", "Fwd", sender="Shop <shop@harbor.example>")
        raw = stamped("Fri, 30 Oct 2026 09:00:00 -0700", inner)
        outer.add_attachment(email.message_from_bytes(raw, policy=email.policy.default))
        arrival = read(outer)
        assert (arrival.sender, arrival.received_on) == ("ben@ode.example", date(2026, 10, 30))


class TestWhoseWords:
    def test_a_wish_above_a_forwarded_newsletter_of_ours_is_the_senders_own(self) -> None:
        news = mail("New offers! To delete a filter, click here.", "News", sender="news@harbor.example")
        outer = mail(WISH, "Fwd: News")
        outer.add_attachment(news)
        arrival = read(outer)
        assert (arrival.sender, arrival.reading.primary_type) == ("nora@whitfield.example", "access")

    def test_the_same_inline(self) -> None:
        text = (
            f"{WISH}\n\n---------- Forwarded message ---------\nFrom: News <news@harbor.example>\n"
            "Date: Thu, 29 Oct 2026 at 09:00\nSubject: News\nTo: <nora@whitfield.example>\n\nNew offers!\n"
        )
        arrival = read(mail(text, "Fwd: News"))
        assert (arrival.sender, arrival.received_on) == ("nora@whitfield.example", date(2026, 11, 2))
        assert arrival.reading.primary_type == "access"

    def test_a_colleagues_note_is_no_wish_even_if_it_sounds_like_one(self) -> None:
        inner = mail(WISH, sender="Ben Ode <ben@ode.example>")
        outer = mail("He wants his data deleted? Please delete my copy.", "Fwd", sender="Shop <shop@harbor.example>")
        outer.add_attachment(inner)
        assert read(outer).reading.primary_type == "access"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("PD: Dane", "Do wiadomości.\n\n-----Wiadomość oryginalna-----\nOd: Ben Ode <ben@ode.example>\n"
         "Wysłano: 29.10.2026 09:00\nDo: shop@harbor.example\nTemat: Dane\n\n"
         "Proszę o usunięcie moich danych osobowych.\n"),
        ("WG: Daten", "Zur Kenntnis.\n\nVon: Ben Ode <ben@ode.example>\nGesendet: Donnerstag, 29. Oktober 2026 09:00\n"
         "An: shop@harbor.example\nBetreff: Daten\n\nBitte löschen Sie alle meine Daten.\n"),
    ],
)  # fmt: skip
def test_a_colleagues_inline_forward_in_other_languages(subject: str, text: str) -> None:
    arrival = read(mail(text, subject, sender="Shop <shop@harbor.example>"))
    assert (arrival.sender, arrival.received_on) == ("ben@ode.example", date(2026, 10, 29))
    assert arrival.reading.primary_type == "delete"


class TestReplyTo:
    def test_another_address_is_told_and_not_used(self) -> None:
        arrival = read(mail(WISH, Reply_To="other@elsewhere.example"))
        assert arrival.sender == "nora@whitfield.example"
        assert any("another address than the one it came from" in says for says in arrival.reading.warnings)

    def test_behind_a_sending_service_the_person_is_answered(self) -> None:
        text = "Name: Lupe Arriaga\nEmail: lupe@inbox.example\nMessage: please delete all my data"
        arrival = read(mail(text, sender="Forms <noreply@forms.example>", Reply_To="lupe@inbox.example"))
        assert arrival.sender == "lupe@inbox.example"
        assert any("sending service" in says for says in arrival.reading.warnings)


class TestAttachments:
    def test_names_and_sizes_are_listed_and_the_mail_is_kept_whole(self) -> None:
        message = mail(WISH)
        message.add_attachment(b"x" * 3_000, maintype="image", subtype="jpeg", filename="../../passport.jpg")
        arrival = read(message)
        assert arrival.attachments == (Attached(name="passport.jpg", size=3_000),)
        assert arrival.raw == message.as_bytes()

    def test_a_letter_that_came_as_a_file_is_read_and_a_person_looks(self) -> None:
        message = mail("Please see the attached letter.", "Letter")
        lines = ["Dear Sirs,", "please send me a copy of all my personal data.", "Nora Whitfield"]
        message.add_attachment(pdfs.letter(lines), maintype="application", subtype="pdf", filename="letter.pdf")
        reading = read(message).reading
        assert reading.primary_type == "access"
        assert "stands in the attached letter.pdf" in reading.doubts[-1]
        assert not is_sure(reading)

    def test_a_wish_of_its_own_is_not_mixed_with_a_file(self) -> None:
        message = mail(WISH)
        message.add_attachment("Please delete my account.", filename="older.txt")
        arrival = read(message)
        assert [str(one.right) for one in arrival.reading.rights] == ["access"]

    def test_a_mail_with_nothing_but_a_picture_is_for_a_person(self) -> None:
        message = mail("", "")
        message.add_attachment(b"x", maintype="image", subtype="jpeg", filename="scan.jpg")
        arrival = read(message)
        assert arrival.reading.primary_type == "empty"
        assert not is_sure(arrival.reading)


@pytest.mark.parametrize(
    ("charset", "declared", "text", "kind"),
    [
        ("iso-8859-2", "iso-8859-2", "Żądam usunięcia moich danych osobowych.", "delete"),
        ("windows-1253", "windows-1253", "Ζητώ τη διαγραφή των προσωπικών μου δεδομένων.", "delete"),
        ("iso-2022-jp", "iso-2022-jp", "個人情報の開示を請求します。", "access"),
        ("gb18030", "gb18030", "请删除我的个人信息。", "delete"),
        ("utf-8", "iso-8859-1", "Bitte löschen Sie alle meine Daten. Grüße, Jörg", "delete"),
        ("windows-1251", "utf-8", "Моля, изтрийте личните ми данни съгласно член 17 от ОРЗД", "delete"),
        ("shift_jis", "us-ascii", "個人データを削除してください。", "delete"),
        ("iso-2022-jp", "us-ascii", "個人情報の開示を請求します。", "access"),
    ],
)
def test_old_character_sets_and_wrongly_named_ones(charset: str, declared: str, text: str, kind: str) -> None:
    head = (
        "From: a@b.example\r\nTo: privacy@harbor.example\r\nDate: Mon, 02 Nov 2026 10:00:00 -0800\r\nSubject: x\r\n"
        f"Content-Type: text/plain; charset={declared}\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    arrival = read(head.encode() + text.encode(charset))
    assert arrival.text.strip() == text
    assert arrival.reading.primary_type == kind
