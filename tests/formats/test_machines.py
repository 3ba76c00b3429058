"""Notices of mail servers and automatic replies are told from people's letters, in many languages."""

from __future__ import annotations

import pytest

from dsar.formats.mail import read_mail

OURS = "\n\n------ This is a copy of your message ------\nMessage-ID: <sent@us.example>\nSubject: Your request\n"
PROSE = [
    ("Postfix", "MAILER-DAEMON@mx.example", "Undelivered Mail Returned to Sender",
     "This is the mail system at host mx.example.\n\n<zoe@x.example>: host mx.x.example said: 550 5.1.1 unknown user",
     "5.1.1", True),
    ("Exim", "Mailer-Daemon@mx.example", "Mail delivery failed: returning message to sender",
     "The following address failed:\n\n  zoe@x.example\n    all relevant MX records point to non-existent hosts", "",
     True),
    ("qmail", "MAILER-DAEMON@mx.example", "failure notice",
     "Hi. This is the qmail-send program.\n\n<zoe@x.example>:\nSorry, no mailbox here by that name. (#5.1.1)", "5.1.1",
     True),
    ("Exchange", "MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@us.example", "Undeliverable: Your request",
     "Delivery has failed to these recipients or groups:\n\nzoe@x.example\nThe address was not found.", "", True),
    ("Exchange de", "postmaster@us.example", "Unzustellbar: Ihre Anfrage",
     "Fehler bei der Nachrichtenzustellung an folgende Empfänger oder Gruppen:\n\nzoe@x.example\n", "", True),
    ("Gmail", "mailer-daemon@googlemail.example", "Delivery Status Notification (Failure)",
     "Address not found\nYour message wasn't delivered to zoe@x.example because the address couldn't be found.", "",
     True),
    ("Gmail delay", "mailer-daemon@googlemail.example", "Delivery Status Notification (Delay)",
     "There was a temporary problem delivering your message to zoe@x.example. 4.4.1", "4.4.1", False),
    ("Sendmail", "MAILER-DAEMON@mx.example", "Returned mail: see transcript for details",
     " --- Addresses with fatal errors ---\n<zoe@x.example>\n   (reason: 550 5.1.1 User unknown)", "5.1.1",
     True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("who", "sender", "subject", "body", "status", "permanent"), PROSE, ids=[row[0] for row in PROSE]
)
def test_servers_say_it_in_prose(who: str, sender: str, subject: str, body: str, status: str, permanent: bool) -> None:
    read = read_mail(f"From: {sender}\nTo: privacy@us.example\nSubject: {subject}\n\n{body}{OURS}".encode())
    assert read.bounce is not None, who
    assert (read.bounce.recipient, read.bounce.status, read.bounce.permanent) == ("zoe@x.example", status, permanent)
    assert read.bounce.original_message_id == "sent@us.example"


@pytest.mark.parametrize(
    "subject",
    [
        "Undeliverable: x", "Unzustellbar: x", "Non remis : x", "No se puede entregar: x", "Non recapitabile: x",
        "Onbestelbaar: x",
        "Não é possível entregar: x", "Niedostarczone: x", "Nedoručitelné: x", "Neisporučivo: x",
        "Αδυναμία παράδοσης: x",
        "Olevererbart: x", "Nelivrat: x", "Недоставено: x", "配信不能: x", "退信：x",
    ],
)  # fmt: skip
def test_a_notice_is_known_by_its_empty_return_path_and_subject(subject: str) -> None:
    raw = f"Return-Path: <>\nFrom: server@far.example\nSubject: {subject}\n\nzoe@x.example\n".encode()
    assert read_mail(raw).bounce is not None
    person = raw.replace(b"<>", b"<zoe@x.example>")
    assert read_mail(person).bounce is None


def test_a_person_who_writes_about_a_failure_is_no_server() -> None:
    raw = b"From: zoe@x.example\nSubject: Returned mail\n\nMy letter came back with 550 5.1.1. Delete my data.\n"
    assert read_mail(raw).bounce is None


@pytest.mark.parametrize(
    "subject",
    [
        "Automatic reply: x", "Out of Office: x", "Automatische Antwort: x", "Abwesenheitsnotiz",
        "Réponse automatique : x",
        "Respuesta automática: x", "Risposta automatica: x", "Automatisch antwoord: x", "Resposta automática: x",
        "Odpowiedź automatyczna: x", "Automatická odpověď: x", "Automatski odgovor: x", "Αυτόματη απάντηση: x",
        "Autosvar: x",
        "Răspuns automat: x", "Автоматичен отговор: x", "自動応答: x", "自动答复: x",
    ],
)  # fmt: skip
def test_an_automatic_reply_is_known_by_its_subject(subject: str) -> None:
    assert read_mail(f"From: z@x.example\nSubject: {subject}\n\nI am away.".encode()).auto_submitted
    assert not read_mail(f"From: z@x.example\nSubject: Your {subject}\n\nDelete my data.".encode()).auto_submitted


@pytest.mark.parametrize(
    "field", ["X-Autoreply: yes", "X-Autorespond: x", "X-Auto-Reply: 1", "Auto-Submitted: auto-replied"]
)
def test_an_automatic_reply_is_known_by_its_header(field: str) -> None:
    assert read_mail(f"From: z@x.example\n{field}\nSubject: x\n\nI am away.".encode()).auto_submitted
