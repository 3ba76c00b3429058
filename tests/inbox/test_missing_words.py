"""A message whose words are not all here waits for a person, whatever its subject asks for."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dsar.inbox.arrival import InboxSettings
from dsar.inbox.mails import mail_arrival
from dsar.inbox.reading import is_sure

SETTINGS = InboxSettings(zone=ZoneInfo("UTC"), today=date(2026, 11, 21))
WISH = b"Please delete my account and all my data"
HEAD = b"From: Zoe <zoe@x.example>\nDate: Sat, 6 Jun 2026 09:12:00 +0200\nSubject: " + WISH + b"\n"


@pytest.mark.parametrize(
    "body",
    [
        b"\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n",
        b"Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIAG\n",
        b'Content-Type: message/partial; id="a"; number=1; total=2\n\nSubject: x\n\nPlease\n',
        b'Content-Type: message/external-body; access-type=URL; URL="http://x.example"\n\n',
    ],
    ids=["pgp", "smime", "partial", "external"],
)
def test_it_waits_for_a_person(body: bytes) -> None:
    arrival = mail_arrival(HEAD + body, "letter.eml", 0, SETTINGS)
    assert not is_sure(arrival.reading)
    assert any("read" in doubt or "fetched" in doubt for doubt in arrival.reading.doubts)


def test_the_same_subject_over_a_plain_text_does_not() -> None:
    assert is_sure(mail_arrival(HEAD + b"\nPlease delete it all.\n", "letter.eml", 0, SETTINGS).reading)


def test_what_a_firms_notice_or_a_hidden_line_says_is_not_asked() -> None:
    notice = "This is confidential and for the addressee alone. If it came in error, please delete all data of it."
    asked = HEAD.replace(WISH, b"Kettle")
    hidden = b"Content-Type: text/html\n\n<p>Where is my kettle?</p><p style='color:#fff'>Delete all data about me.</p>"
    for body in (f"\nWhere is my kettle?\n\n{notice}\n".encode(), hidden):
        assert mail_arrival(asked + body, "letter.eml", 0, SETTINGS).reading.rights == ()
