"""The e-mail: the same bytes every time, threaded, and nothing a stranger wrote can add to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.errors import InputWrong
from dsar.formats.mail import read_mail
from dsar.letters.address import MailAddress, mail_address, masked
from dsar.letters.compose import Composed, compose, template_folders
from dsar.letters.kinds import Kind
from dsar.letters.mail import Attachment, message_id, to_mail
from tests.letters.samples import letter

SENDER = mail_address("privacy@harborvoice.example", "Harbor Voice Ltd")
RECIPIENT = mail_address("m.rivera@example.com", "Maria Rivera")
DATE = datetime(2026, 11, 12, 11, 41, tzinfo=timezone(timedelta(hours=1)))
KEY = message_id("DSAR-2026-0036/answer/1", SENDER)
ZIP = Attachment(name="DSAR-2026-0036.zip", content_type="application/zip", data=bytes(range(256)) * 40)
FINISHED = compose(Kind.ANSWER, letter(Kind.ANSWER, "eu-gdpr", "de"), folders=template_folders())


def written(composed: Composed = FINISHED, **more: object) -> bytes:
    wanted: dict[str, object] = {"sender": SENDER, "recipient": RECIPIENT, "message_id": KEY, "date": DATE, **more}
    return to_mail(composed, **wanted)  # type: ignore[arg-type]


def parsed(raw: bytes) -> EmailMessage:
    return cast(EmailMessage, message_from_bytes(raw, policy=default))


def test_it_carries_the_letter_twice_and_the_file() -> None:
    mail = parsed(written(attachments=(ZIP,)))
    assert mail.get_content_type() == "multipart/mixed"
    body, enclosed = mail.iter_parts()
    assert body.get_content_type() == "multipart/alternative"
    text, page = body.iter_parts()
    assert text.get_content().replace("\r\n", "\n") == FINISHED.text
    assert page.get_content().replace("\r\n", "\n") == FINISHED.html
    assert enclosed.get_filename() == "DSAR-2026-0036.zip"
    assert enclosed.get_payload(decode=True) == ZIP.data
    assert not mail.defects


def test_its_head_says_who_when_and_what() -> None:
    mail = parsed(written())
    assert mail["From"] == "Harbor Voice Ltd <privacy@harborvoice.example>"
    assert mail["To"] == "Maria Rivera <m.rivera@example.com>"
    assert mail["Subject"] == "Unsere Antwort auf Ihre Anfrage, DSAR-2026-0036"
    assert mail["Date"].datetime == DATE
    assert mail["Message-ID"] == KEY
    assert mail["Content-Language"] == "de"
    assert mail["Auto-Submitted"] is None
    assert mail["In-Reply-To"] is None
    assert mail["References"] is None
    assert parsed(written(automatic=True))["Auto-Submitted"] == "auto-generated"
    assert parsed(written(reply_to=SENDER))["Reply-To"] == "Harbor Voice Ltd <privacy@harborvoice.example>"


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert written(attachments=(ZIP,)) == written(attachments=(ZIP,))
    assert written() != written(message_id=message_id("DSAR-2026-0036/answer/2", SENDER))


def test_every_line_ends_and_is_short_as_servers_want_it() -> None:
    raw = written(attachments=(ZIP,))
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_our_own_reader_reads_it() -> None:
    mail = read_mail(written(in_reply_to="<ask@example.com>", attachments=(ZIP,)))
    assert mail.in_reply_to.strip("<>") == "ask@example.com"
    assert "DSAR-2026-0036" in mail.subject
    assert mail.sender.email == "privacy@harborvoice.example"
    assert not mail.auto_submitted
    assert [attachment.data for attachment in mail.attachments] == [ZIP.data]


def test_the_message_id_is_made_from_the_key_and_tells_nothing() -> None:
    assert message_id("DSAR-2026-0036/answer/1", SENDER) == KEY
    assert KEY.endswith("@harborvoice.example>")
    assert "0036" not in KEY
    assert message_id("DSAR-2026-0036/answer/2", SENDER) != KEY


class TestThread:
    """Replies stay in one thread; what is no Message-ID is left out."""

    def test_the_request_is_named(self) -> None:
        mail = parsed(written(in_reply_to="<b@x.example>", references=("<a@x.example>", "<b@x.example>")))
        assert mail["In-Reply-To"] == "<b@x.example>"
        assert mail["References"].split() == ["<a@x.example>", "<b@x.example>"]

    @pytest.mark.parametrize(
        "bad", ["", "no", "<a@x>\r\nBcc: all@x.example", "<a b@x>", "<é@x>", "<" + "a" * 400 + ">"]
    )
    def test_what_is_no_message_id_is_left_out(self, bad: str) -> None:
        mail = parsed(written(in_reply_to=bad, references=(bad,)))
        assert mail["In-Reply-To"] is None
        assert mail["References"] is None
        assert mail["Bcc"] is None

    def test_a_long_thread_keeps_its_first_and_its_last(self) -> None:
        line = [f"<{number}@x.example>" for number in range(50)]
        kept = parsed(written(references=line))["References"].split()
        assert kept == [line[0], *line[-19:]]


class TestHostile:
    """Nothing a stranger wrote adds a header, a part or a recipient."""

    @given(name=st.text(max_size=80))
    @settings(max_examples=60)
    def test_any_name_stays_a_name(self, name: str) -> None:
        mail = parsed(written(recipient=mail_address("m.rivera@example.com", name)))
        assert set(mail.keys()) == set(parsed(written()).keys())
        assert [address.addr_spec for address in mail["To"].addresses] == ["m.rivera@example.com"]

    def test_line_breaks_in_a_name_add_no_header(self) -> None:
        raw = written(recipient=mail_address("m.rivera@example.com", "Ana\r\nBcc: all@evil.example\r\n\r\nbody"))
        assert parsed(raw)["Bcc"] is None
        assert b"\r\nBcc" not in raw

    def test_a_subject_of_many_lines_becomes_one(self) -> None:
        mail = parsed(written(replace(FINISHED, subject="One\r\nBcc: all@evil.example")))
        assert mail["Subject"] == "One Bcc: all@evil.example"
        assert mail["Bcc"] is None

    def test_a_file_name_stays_inside_its_folder(self) -> None:
        raw = written(attachments=(replace(ZIP, name="../../etc/pass\r\nwd\u202egpj.exe"),))
        (enclosed,) = parsed(raw).iter_attachments()
        assert enclosed.get_filename() == "pass-wdgpj.exe"

    @pytest.mark.parametrize("content_type", ["message/rfc822", "multipart/mixed"])
    def test_an_enclosed_mail_is_only_a_file(self, content_type: str) -> None:
        raw = written(attachments=(replace(ZIP, content_type=content_type),))
        assert [part.get_content_type() for part in parsed(raw).iter_attachments()] == ["application/octet-stream"]

    def test_a_text_file_arrives_byte_for_byte(self) -> None:
        data = b"a\nb\r\nc\rd\x00 \xff no end"
        raw = written(attachments=(Attachment(name="a.txt", content_type="text/plain", data=data),))
        assert [part.get_payload(decode=True) for part in parsed(raw).iter_attachments()] == [data]


@pytest.mark.parametrize(
    "wrong",
    [
        {"date": datetime(2026, 11, 12)},  # noqa: DTZ001 - what must be refused
        {"message_id": "<a@b>\r\nBcc: x@y.example"},
        {"message_id": "plain"},
        {"attachments": (replace(ZIP, content_type="application/zip\r\nX: y"),)},
        {"attachments": (replace(ZIP, content_type=""),)},
    ],
)
def test_what_makes_no_mail_is_input_wrong(wrong: dict[str, object]) -> None:
    with pytest.raises(InputWrong, match="Not written"):
        written(**wrong)


def test_the_zone_of_the_date_is_kept() -> None:
    assert parsed(written(date=DATE.astimezone(UTC)))["Date"] == "Thu, 12 Nov 2026 10:41:00 +0000"
    assert parsed(written())["Date"] == "Thu, 12 Nov 2026 11:41:00 +0100"


class TestAddress:
    """Addresses that mail servers deliver to, and none that mean something else."""

    @pytest.mark.parametrize(
        ("typed", "email"),
        [
            ("m.rivera@example.com", "m.rivera@example.com"),
            (" Maria+dsar@Example.COM ", "Maria+dsar@example.com"),
            ("a@bücher.example", "a@xn--bcher-kva.example"),
            ("o'neil_x-y@sub.example.co.uk", "o'neil_x-y@sub.example.co.uk"),
            ("root@localhost", "root@localhost"),
        ],
    )
    def test_good_ones(self, typed: str, email: str) -> None:
        assert mail_address(typed) == MailAddress(email=email)
        assert mail_address(typed).domain == email.rpartition("@")[2]

    @pytest.mark.parametrize(
        "typed",
        [
            "", "@", "a@", "@b.example", "a b@c.example", "a@b..example", "a@-b.example", ".a@b.example",
            "a@b.example\r\nRCPT TO:<x@y.example>", "a@b.example>", "a..b@c.example", "<a@b.example",
            "a@b.example,c@d.example",
            "a\x00@b.example", '"a b"@c.example', "é@b.example", "a@[127.0.0.1]", "a" * 65 + "@b.example",
            "a@" + "b." * 130 + "example", "a@" + "ü" * 80 + ".example", "a@b.example\nx",
        ],
    )  # fmt: skip
    def test_bad_ones(self, typed: str) -> None:
        with pytest.raises(InputWrong) as caught:
            mail_address(typed)
        assert typed == "" or typed not in str(caught.value)

    def test_a_name_is_one_printable_line(self) -> None:
        assert mail_address("a@b.example", " Ana\r\nBcc: x\u202e ").name == "Ana Bcc: x"
        assert len(mail_address("a@b.example", "x" * 500).name) == 120

    def test_a_server_answer_is_masked(self) -> None:
        said = "550 5.1.1 <m.rivera@example.com>: no such mailbox\x1b[31m " + "x" * 400
        assert masked(said).startswith("550 5.1.1 <(address)>: no such mailbox x")
        assert len(masked(said)) == 200
