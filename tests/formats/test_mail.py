"""Whatever a stranger sends is read as well as it can be, or refused in a sentence."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta, timezone

import pytest

from dsar.errors import InputWrong
from dsar.formats.mail import Address, Bounce, Mail, read_mail

HEAD = b"From: Zoe <zoe@x.example>\r\nTo: privacy@us.example\r\n"


def mail(headers: bytes = b"", body: bytes = b"Delete my data.\r\n") -> Mail:
    return read_mail(HEAD + headers + b"\r\n" + body)


def test_a_plain_letter() -> None:
    raw = (
        b"Received: by mx.us.example; Sat, 6 Jun 2026 10:00:00 +0000\n"
        b"Received: by relay.example; Sat, 6 Jun 2026 09:00:00 +0000\n"
        b"From: Annelie =?utf-8?q?Kr=C3=B6gerhof?= <A.K@post.example>\n"
        b'To: "Privacy, Team" <privacy@us.example>, other@us.example\nCc: =?iso-8859-1?q?J=FCrgen?= <j@x.example>\n'
        b"Reply-To: annelie@home.example\nSubject: Antrag =?utf-8?q?gem=C3=A4?=\n =?utf-8?q?=C3=9F?= Art. 15\n"
        b"Date: Sat, 06 Jun 2026 09:12:00 +0200\nMessage-ID: <one@post.example>\n"
        b"In-Reply-To: <zero@us.example>\nReferences: <a@us.example>\n <zero@us.example> <a@us.example>\n"
        b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
        b"Ich m=F6chte Auskunft.\n\n-- \nAnnelie\n\nAm 1.6.2026 um 10:00 schrieb Us:\n> Womit\n> helfen?\n"
    )
    read = read_mail(raw)
    assert read == Mail(
        message_id="one@post.example",
        in_reply_to="zero@us.example",
        references=("a@us.example", "zero@us.example"),
        sender=Address(name="Annelie Krögerhof", email="A.K@post.example"),
        reply_to=Address(name="", email="annelie@home.example"),
        to=(Address(name="Privacy, Team", email="privacy@us.example"), Address(name="", email="other@us.example")),
        cc=(Address(name="Jürgen", email="j@x.example"),),
        subject="Antrag gemäß Art. 15",
        date=datetime(2026, 6, 6, 9, 12, tzinfo=timezone(timedelta(hours=2))),
        received=datetime(2026, 6, 6, 10, tzinfo=UTC),
        text="Ich möchte Auskunft.",
        quoted="Am 1.6.2026 um 10:00 schrieb Us:\n> Womit\n> helfen?",
        signature="Annelie",
        auto_submitted=False,
        bounce=None,
        forwarded=(),
        attachments=(),
        defects=(),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


@pytest.mark.parametrize(
    ("claimed", "body", "text", "sound"),
    [
        (b"utf-8", "Zoë €", "Zoë €", True),
        (b"iso-8859-15", "Zoë €", "Zoë €", True),
        (b"windows-1251", "Зоя", "Зоя", True),
        (b"iso-2022-jp", "山田", "山田", True),
        (b"gb2312", "张伟", "张伟", True),
        (b"koi8-r", "Зоя", "Зоя", True),
        (b"no-such-charset", "Zoë", "Zoë", False),
        (b"zip", "Zoë", "Zoë", False),
        (b"us-ascii", "Zoë", "Zoë", True),
    ],
)
def test_old_and_false_character_sets(claimed: bytes, body: str, text: str, sound: bool) -> None:
    real = claimed.decode() if claimed not in (b"no-such-charset", b"zip", b"us-ascii") else "utf-8"
    read = mail(b"Content-Type: text/plain; charset=" + claimed + b"\r\n", body.encode(real))
    assert read.text == text
    assert (read.defects == ()) is sound


def test_windows_text_under_false_names_keeps_its_characters() -> None:
    for claimed in (b"utf-8", b"iso-8859-1", b"us-ascii"):
        read = mail(b"Content-Type: text/plain; charset=" + claimed + b"\r\n", "Hallö “x” €".encode("cp1252"))
        assert read.text == "Hallö “x” €"


# Each trap made some reader fail, lose a letter or invent an address.
def test_trap_a_comma_in_a_name_invents_no_address() -> None:
    read = read_mail(b"From: Zoe, privacy <z@x.example>\nSubject: x\n\nhi")
    assert read.sender == Address(name="Zoe, privacy", email="z@x.example")


def test_trap_a_broken_message_id() -> None:
    assert mail(b"Message-ID: <[x]>\r\n").message_id == "[x]"
    assert mail(b"Message-ID: bare@x.example\r\n").message_id == "bare@x.example"
    assert mail(b"Message-ID: <>\r\n").message_id == ""
    assert mail(b"Message-ID:\r\n <folded@x.example>\r\n").message_id == "folded@x.example"


def test_trap_a_line_break_hidden_in_the_subject() -> None:
    read = mail(b"Subject: =?utf-8?b?" + base64.b64encode(b"Hi\r\nBcc: all@x.example\x1b[2J") + b"?=\r\n")
    assert read.subject == "Hi Bcc: all@x.example"


def test_trap_eight_bit_headers() -> None:
    assert mail("Subject: Löschung\r\n".encode()).subject == "Löschung"
    assert mail("Subject: Löschung\r\n".encode("cp1252")).subject == "Löschung"


def test_trap_encoded_words_that_are_not() -> None:
    assert mail(b"Subject: =?utf-8?b?abc?= x\r\n").defects != ()
    assert mail(b"Subject: =?no-such?q?abc?=\r\n").subject == "abc"
    assert mail(b"Subject: =?utf-8?q?Z=F6e?=\r\n").subject == "Zöe"
    assert mail(b"Subject: =?utf-8?q?split_=C3?= =?utf-8?q?=B6?=\r\n").subject == "split ö"


@pytest.mark.parametrize(
    "value", [b"", b"yesterday", b"99 Foo 2026 99:99", b"Mon, 1 Jan 1900 00:00:00 +0000", b"9" * 300]
)
def test_trap_no_date_is_no_date(value: bytes) -> None:
    read = mail(b"Date: " + value + b"\r\nReceived: nonsense\r\n")
    assert read.date is None
    assert read.received is None


def test_a_date_without_zone_is_utc() -> None:
    assert mail(b"Date: Sat, 6 Jun 2026 09:12:00\r\n").date == datetime(2026, 6, 6, 9, 12, tzinfo=UTC)
    assert mail(b"Date: Sat, 6 Jun 2026 09:12:00 -0000\r\n").date == datetime(2026, 6, 6, 9, 12, tzinfo=UTC)


def test_trap_no_sender_or_an_unreadable_one() -> None:
    read = read_mail(b"Subject: x\nDate: x\n\nhi")
    assert read.sender == Address(name="", email="")
    assert "The message does not say who sent it." in read.defects
    assert read_mail(b"From: Zoe Example\nSubject: x\n\nhi").sender == Address(name="Zoe Example", email="")
    assert read_mail(b"From: undisclosed:;\nSender: s@x.example\nSubject: x\n\nhi").sender.email in ("", "s@x.example")
    assert read_mail(b"From: <a@x.example\0>\nSubject: x\n\nhi").sender.email == "a@x.example"


def test_trap_two_senders_are_told() -> None:
    read = mail(b"From: other@x.example\r\n")
    assert read.sender.email == "zoe@x.example"
    assert "There are 2 from lines; the first was read." in read.defects


def test_trap_a_boundary_that_never_comes() -> None:
    read = mail(b"Content-Type: multipart/mixed; boundary=xyz\r\n", b"Delete my data.\r\n")
    assert read.text == "Delete my data."
    assert read.defects
    assert mail(b"Content-Type: multipart/mixed\r\n").text == "Delete my data."


def test_trap_a_letter_cut_off_in_the_middle() -> None:
    body = b"--x\r\nContent-Type: text/plain\r\n\r\nDelete my data.\r\n--x\r\nContent-Type: image/png\r\n\r\nabc"
    read = mail(b"Content-Type: multipart/mixed; boundary=x\r\n", body)
    assert read.text == "Delete my data."
    assert "The message ends before its last part does; it may be cut off." in read.defects


def test_trap_broken_transfer_encodings() -> None:
    for encoding, body in (
        (b"base64", b"RGVsZXRlIGl0Lg="),
        (b"quoted-printable", b"Delete it.=Z"),
        (b"x-odd", b"Delete it."),
    ):
        assert mail(b"Content-Transfer-Encoding: " + encoding + b"\r\n", body).text.startswith("Delete it.")


def test_trap_a_broken_content_type() -> None:
    for value in (
        b"text",
        b"/",
        b"text/plain; charset*=x''%zz",
        b"text/plain; charset=\xff\xfe",
        b'text/plain; name="',
    ):
        assert mail(b"Content-Type: " + value + b"\r\n").text == "Delete my data."


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        (b'attachment; filename="../../etc/passwd"', "passwd"),
        (b'attachment; filename="C:\\\\x\\\\scan.pdf"', "scan.pdf"),
        (b"attachment; filename*=utf-8''%C3%BCber.pdf", "uber.pdf"),
        (b"attachment; filename==?utf-8?q?=C3=BCber.pdf?=", "uber.pdf"),
        (b"attachment; filename*0=lo; filename*1=ng.pdf", "long.pdf"),
        (b'attachment; filename=".bashrc"', "file.bashrc"),
        (b"attachment", "attachment-1.pdf"),
    ],
)
def test_trap_attachment_names(disposition: bytes, name: str) -> None:
    body = (
        b"--x\n\nsee attached\n--x\nContent-Type: application/pdf\nContent-Disposition: "
        + disposition
        + b"\nContent-Transfer-Encoding: base64\n\n"
        + base64.b64encode(b"%PDF-1.7")
        + b"\n--x--\n"
    )
    read = mail(b"Content-Type: multipart/mixed; boundary=x\n", body)
    (attachment,) = read.attachments
    assert (attachment.name, attachment.content_type, attachment.size) == (name, "application/pdf", 8)
    assert attachment.data == b"%PDF-1.7"
    assert read.text == "see attached"


ALTERNATIVE = b"Content-Type: multipart/alternative; boundary=x\n"


def two(plain: bytes, html: bytes) -> Mail:
    return mail(ALTERNATIVE, b"--x\n\n" + plain + b"\n--x\nContent-Type: text/html\n\n" + html + b"\n--x--\n")


def test_of_two_forms_the_plain_one_is_read_unless_it_is_a_note() -> None:
    assert two(b"Delete it.", b"<p>Delete <b>it</b>.</p>").text == "Delete it."
    assert two(b" ", b"<p>Delete it.</p>").text == "Delete it."
    read = two(b"Your reader shows no HTML.", b"<p>" + b"Delete it. " * 100 + b"</p>")
    assert read.text.startswith("Delete it. Delete")
    assert read.defects == ("The plain and the formatted form of the text differ; the formatted one was read.",)


def test_html_only_with_a_hidden_line() -> None:
    read = mail(b"Content-Type: text/html\n", b"<p>Delete it.</p><p style='display:none'>ref 8812</p>")
    assert read.text == "Delete it."


def test_attachments_packed_by_outlook_are_told() -> None:
    body = b"--x\n\nhi\n--x\nContent-Type: application/ms-tnef; name=winmail.dat\n\nabc\n--x--\n"
    read = mail(b"Content-Type: multipart/mixed; boundary=x\n", body)
    assert [attachment.name for attachment in read.attachments] == ["winmail.dat"]
    assert read.defects == ("The attachments are packed in winmail.dat, which only Outlook opens.",)


def test_a_letter_longer_than_any_is_cut_and_told() -> None:
    read = mail(body=b"word " * 300_000)
    assert len(read.text) == 999_999
    assert read.defects == ("The text is very long; only its beginning was read.",)


def test_a_sealed_message_is_told() -> None:
    read = mail(b"Content-Type: application/pkcs7-mime; name=smime.p7m\n", b"abc")
    assert any("encrypted or sealed" in defect for defect in read.defects)


def test_a_forwarded_message_is_opened() -> None:
    inner = b"From: child@x.example\nSubject: pls delete\nMessage-ID: <in@x.example>\n\nDelete my data.\n"
    plain = b"--x\n\nFor you\n--x\nContent-Type: message/rfc822\n\n" + inner + b"\n--x--\n"
    packed = (
        b"--x\n\nFor you\n--x\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
        + base64.encodebytes(inner)
        + b"\n--x--\n"
    )
    for body in (plain, packed):
        read = mail(b"Content-Type: multipart/mixed; boundary=x\n", body)
        assert read.text == "For you"
        (forwarded,) = read.forwarded
        assert (forwarded.sender.email, forwarded.text) == ("child@x.example", "Delete my data.")
        assert len(forwarded.sha256) == 64


DSN = (
    b"From: MAILER-DAEMON@us.example\nTo: privacy@us.example\nAuto-Submitted: auto-replied\n"
    b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\n\n"
    b"--x\n\nSorry.\n--x\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; us.example\n\n"
    b"Final-Recipient: rfc822; zoe@x.example\nAction: %s\nStatus: %s\n\n"
    b"--x\nContent-Type: text/rfc822-headers\n\nFrom: privacy@us.example\nMessage-ID: <sent@us.example>\n\n--x--\n"
)


def test_a_bounce_and_a_delay_and_a_success() -> None:
    assert read_mail(DSN % (b"failed", b"5.1.1")).bounce == Bounce(
        recipient="zoe@x.example", status="5.1.1", original_message_id="sent@us.example", permanent=True
    )
    delayed = read_mail(DSN % (b"delayed", b"4.4.1"))
    assert delayed.bounce is not None
    assert not delayed.bounce.permanent
    assert delayed.auto_submitted
    assert read_mail(DSN % (b"delivered", b"2.0.0")).bounce is None


def test_a_bounce_in_prose() -> None:
    read = read_mail(
        b"From: Mail Delivery <postmaster@us.example>\nSubject: Undelivered\n\n"
        b"<zoe@x.example>: 550 no such mailbox\n\nMessage-ID: <sent@us.example>\n"
    )
    assert read.bounce == Bounce(
        recipient="zoe@x.example", status="550", original_message_id="sent@us.example", permanent=True
    )
    exim = mail(b"X-Failed-Recipients: zoe@x.example\n", b"gone")
    assert exim.bounce is not None
    assert exim.bounce.recipient == "zoe@x.example"
    assert mail(body=b"Error 550 is what I saw, please delete zoe@x.example").bounce is None


@pytest.mark.parametrize(
    ("header", "automatic"),
    [
        (b"Auto-Submitted: auto-generated\n", True),
        (b"Auto-Submitted: no\n", False),
        (b"X-Autoreply: yes\n", True),
        (b"Precedence: auto_reply\n", True),
        (b"Precedence: bulk\n", False),
    ],
)
def test_machines_that_answer(header: bytes, automatic: bool) -> None:
    assert mail(header).auto_submitted is automatic


@pytest.mark.parametrize(
    ("raw", "looks"),
    [
        (b"", "(empty)"),
        (b"%PDF-1.7\nFrom: x\n", "(it looks like a PDF)"),
        (b"PK\x03\x04", "(it looks like a ZIP archive)"),
        (b'{"a": 1}', "(it looks like JSON data)"),
        (b"Dear team, delete my data", "(it looks like plain text)"),
        (bytes(range(256)), "(it looks like a binary file)"),
    ],
)
def test_what_is_no_mail_is_refused_by_name(raw: bytes, looks: str) -> None:
    with pytest.raises(InputWrong) as told:
        read_mail(raw, name="scan7.eml")
    assert told.value.message == f"scan7.eml is not an e-mail {looks}. It was not read."


def test_a_mailbox_line_before_one_message_is_forgiven_before_two_it_is_a_mailbox() -> None:
    one = b"From z@x.example Sat Jun  6 10:00:00 2026\n" + HEAD.replace(b"\r", b"") + b"\nhi\n"
    assert read_mail(one).text == "hi"
    with pytest.raises(InputWrong, match="several e-mails"):
        read_mail(one + b"\n" + one)
