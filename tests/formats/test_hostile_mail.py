"""Mail built to do harm is read within bounds or refused in words, and nothing it names leaves its folder."""

from __future__ import annotations

import base64
import subprocess
import sys
from email.message import EmailMessage
from pathlib import Path

import pytest

from dsar.errors import InputWrong
from dsar.formats import mail_parser
from dsar.formats.files import contained
from dsar.formats.mail import MAX_SIZE, Mail, read_mail

HEAD = b"From: Zoe <zoe@x.example>\nTo: privacy@us.example\nSubject: Delete my data\n"
TEXT = b"Content-Type: text/plain; charset=utf-8\n\nPlease delete my data.\n"
WORDS = "Please delete my data."


def packed(*parts: bytes, kind: bytes = b"mixed", mark: bytes = b"x") -> bytes:
    body = b"".join(b"--" + mark + b"\n" + part + b"\n" for part in parts)
    return b"Content-Type: multipart/" + kind + b"; boundary=" + mark + b"\n\n" + body + b"--" + mark + b"--\n"


def file(name: bytes, data: bytes = b"abc") -> bytes:
    return (
        b"Content-Type: application/octet-stream\nContent-Transfer-Encoding: base64\nContent-Disposition: attachment; "
        + name
        + b"\n\n"
        + base64.encodebytes(data)
    )


def forwards(levels: int) -> bytes:
    raw = HEAD + b"\n" + WORDS.encode()
    for level in range(levels):
        raw = HEAD + packed(TEXT, b"Content-Type: message/rfc822\n\n" + raw, mark=b"b%d" % level)
    return raw


def in_base64(levels: int) -> bytes:
    raw = HEAD + b"\nhi"
    for _ in range(levels):
        inner = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(raw)
        raw = HEAD + packed(TEXT, inner)
    return raw


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (HEAD + b"X-A: b\n" * 400_000 + b"\nhi", "more than 2000 header lines"),
        (HEAD + b"X:\n" * 1_600_000 + b"\nhi", "far more lines"),
        ((HEAD + b"Content-Type: message/rfc822\n\n") * 10_000 + b"hi", "far more lines or parts"),
        (forwards(30), "levels deep"),
        (in_base64(14), "levels deep"),
        (HEAD + packed(*[b"\nx"] * 30_000), "far more lines or parts"),
        (HEAD + packed(*[TEXT] * 300), "more than 200 parts"),
        (HEAD + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--\n" * 100_000, "far more lines or parts"),
        (HEAD + packed(TEXT, file(b"filename=big.bin", b"x" * 150_000_000)), "larger than 50 MB"),
    ],
    ids=["headers", "lines", "messages", "forwards", "base64", "many parts", "parts", "dashes", "attachment"],
)
def test_too_much_is_refused_in_words(raw: bytes, says: str) -> None:
    with pytest.raises(InputWrong, match=says) as told:
        read_mail(raw, name="letter.eml")
    assert "\n" not in told.value.message


def test_a_bomb_inside_a_packed_message_is_refused_too() -> None:
    bomb = HEAD + packed(*[b"\nx"] * 30_000)
    inner = b"Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(bomb)
    with pytest.raises(InputWrong, match="far more lines or parts"):
        read_mail(HEAD + packed(TEXT, inner))


def test_the_rest_of_a_mail_is_read_beside_a_very_long_header() -> None:
    read = read_mail(HEAD + b"X-A: " + b"b" * 20_000_000 + b"\n\n" + WORDS.encode())
    assert read.text == WORDS


def test_a_type_with_very_many_parameters_is_cut_before_the_parser_sees_it() -> None:
    raw = HEAD + b"Content-Type: text/plain; " + b"a=b; " * 40_000 + b"\n\n" + WORDS.encode()
    message, odd = mail_parser.parse(raw, name="x")
    assert len(str(message["content-type"])) < 9_000
    assert odd == [mail_parser.CUT_FIELD]
    assert read_mail(raw).text == WORDS


def test_a_million_recipients_are_a_thousand_and_told() -> None:
    read = read_mail(
        HEAD + b"Cc: " + b", ".join(b"p%d@x.example" % n for n in range(1_000_000)) + b"\n\n" + WORDS.encode()
    )
    assert 0 < len(read.cc) <= 5_000
    assert "The cc line is too long; its beginning was read." in read.defects
    assert read.text == WORDS


def test_a_large_attachment_within_the_limit_is_listed_and_the_letter_read() -> None:
    read = read_mail(HEAD + packed(TEXT, file(b"filename=scan.pdf", b"x" * 20_000_000)))
    assert (read.text, read.attachments[0].size) == (WORDS, 20_000_000)
    assert MAX_SIZE == 50_000_000


def test_an_archive_is_kept_and_never_unpacked() -> None:
    bomb = b"PK\x03\x04" + b"\0" * 1000
    (kept,) = read_mail(HEAD + packed(TEXT, file(b"filename=all.zip", bomb))).attachments
    assert (kept.name, kept.data) == ("all.zip", bomb)


NAMES = [
    b'filename="../../../etc/passwd"', b'filename="/etc/passwd"', b'filename="C:\\\\Windows\\\\x.dll"',
    b'filename=".."',
    b'filename="CON"', b'filename="nul.txt"', b'filename="' + b"a" * 4_000 + b'.pdf"', b'filename="a\0b.pdf"',
    b"filename*=utf-8''%E2%80%AEfdp.exe", b"filename*=utf-8''..%2F..%2Fx", b"filename*=utf-8''%00", b'filename=""',
    b"filename==?utf-8?b?Li4vLi4veA==?=", b"filename*0=../; filename*1=../x", b'filename="//server/share/x"',
    b'filename=".ssh/authorized_keys"', b"filename*=zlib_codec''x", b'filename="x\r\n\tBcc: y"', b'filename="~/x"',
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_no_attachment_name_leaves_its_folder(name: bytes, tmp_path: Path) -> None:
    (attachment,) = read_mail(HEAD + packed(TEXT, file(name))).attachments
    path = contained(tmp_path, attachment.name)
    path.write_bytes(attachment.data)
    assert path.parent == tmp_path.resolve()
    assert [found.name for found in tmp_path.iterdir()] == [attachment.name]
    assert len(attachment.name) <= 100


@pytest.mark.parametrize("field", ["Subject", "From", "To", "Reply-To", "Message-ID", "In-Reply-To", "References"])
def test_a_line_break_in_a_header_reaches_no_letter_of_ours(field: str) -> None:
    trick = "=?utf-8?b?" + base64.b64encode(b"x\r\nBcc: all@evil.example\n\nbody").decode() + "?="
    read = read_mail(f"Date: x\n{field}: {trick} <a@x.example>\n\nhi".encode())
    answer = EmailMessage()
    answer["Subject"] = read.subject
    answer["To"] = (
        f"{read.sender.name} ".replace('"', "") + "<a@x.example>" if read.sender.name.isalnum() else "a@x.example"
    )
    for value in (
        read.subject,
        read.message_id,
        read.in_reply_to,
        *read.references,
        read.sender.name,
        read.sender.email,
    ):
        assert "\n" not in value
        assert "\r" not in value
    assert "Bcc" not in [name for name, _ in answer.items()]


CODECS = [
    "zlib_codec", "bz2", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "base64_codec", "hex", "rot13",
    "uu",
    "quopri", "mbcs", "oem", "undefined", "utf-7", "x-mac-no", "../../etc/passwd", "a" * 10_000, "\x00", "",
]  # fmt: skip


@pytest.mark.parametrize("claimed", CODECS)
def test_a_character_set_that_is_none_is_not_used(claimed: str) -> None:
    read = read_mail(
        HEAD + b"Content-Type: text/plain; charset=" + claimed.encode() + b"\n\n" + "Grüße +ADw-b+AD4-".encode()
    )
    assert read.text == "Grüße +ADw-b+AD4-"


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (b"Content-Transfer-Encoding: base64\n", b"UGxlYXNl!!!IGRlbGV0\0ZQ", "Please"),
        (b"Content-Transfer-Encoding: quoted-printable\n", b"Please=ZZ delete =\nit=", "Please"),
        (b"Content-Transfer-Encoding: x-uuencode\n", b"begin 644 ../x\n%4&QE87-E\n`\nend\n", ""),
        (b"Content-Transfer-Encoding: \xff\xfe\n", b"Please", "Please"),
        (b"", b"Pl\0ea\x1b[2Jse \xe2\x80\xae\xed\xa0\x80", "Please"),
    ],
)
def test_broken_encodings_are_read_as_well_as_possible(headers: bytes, body: bytes, text: str) -> None:
    read = read_mail(HEAD + headers + b"\n" + body)
    assert read.text.startswith(text)
    read.text.encode("utf-8")
    assert "\0" not in read.text


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        (b"Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\n\nMIAG", "encrypted"),
        (packed(b"Content-Type: application/pgp-encrypted\n\nVersion: 1", file(b"filename=m.asc"), kind=b"encrypted"),
        "encrypted"),
        (b"\n-----BEGIN PGP MESSAGE-----\n\nhQEMA\n-----END PGP MESSAGE-----\n", "encrypted"),
        (b'Content-Type: message/partial; id="a"; number=2; total=3\n\nPlease delete', "one piece"),
        (b'Content-Type: message/external-body; access-type=URL; URL="http://x.example"\n\n', "not fetched"),
    ],
)  # fmt: skip
def test_words_that_are_not_here_are_told(headers: bytes, says: str) -> None:
    read = read_mail(HEAD + headers)
    assert says in read.missing
    assert read.missing in read.defects


def test_a_letter_that_only_carries_a_signature_is_not_encrypted() -> None:
    signed = packed(TEXT, b"Content-Type: application/pgp-signature; name=s.asc\n\nabc", kind=b"signed")
    assert (read_mail(HEAD + signed).text, read_mail(HEAD + signed).missing) == (WORDS, "")


def test_files_packed_into_the_text_become_attachments() -> None:
    uu = b"\nSee below.\nbegin 644 ../../x.png\n#86)C\n`\nend\nZoe\n"
    read = read_mail(HEAD + uu)
    assert read.text == "See below.\n\nZoe"
    assert [(one.name, one.data) for one in read.attachments] == [("x.png", b"abc")]
    yenc = b"\nhi\n=ybegin line=128 size=3 name=/x.bin\nabc\n=yend size=3\nbye\n"
    assert [one.name for one in read_mail(HEAD + yenc).attachments] == ["x.bin"]


def test_a_letter_that_begins_a_sentence_with_begin_stays_whole() -> None:
    letter = "begin 644 lives of mine\nI never asked.\nThe end\nend of story"
    assert read_mail(HEAD + b"\n" + letter.encode()).text == letter


@pytest.mark.parametrize(
    ("field", "sender"),
    [
        (b"From: team: a@x.example, b@x.example;", "a@x.example"),
        (b"From: undisclosed-recipients:;", ""),
        (b"From: (a comment (nested)) zoe@x.example (more)", "zoe@x.example"),
        (b"From: zoe@x.example\nFrom: eve@x.example", "zoe@x.example"),
        (b"From:", ""),
        (b"X-None: 1", ""),
        (b"From: <<zoe@x.example>>", "zoe@x.example"),
    ],
)
def test_odd_senders(field: bytes, sender: str) -> None:
    assert read_mail(field + b"\nSubject: x\nDate: x\n\nhi").sender.email == sender


@pytest.mark.parametrize(
    "date", [b"Thu, 1 Jan 99999 00:00:00 +0000", b"Mon, 31 Feb 2026 25:61:61 +9999", b"\xff", b"0"]
)
def test_an_absurd_date_is_none(date: bytes) -> None:
    assert read_mail(HEAD + b"Date: " + date + b"\n\nhi").date is None


def test_a_calendar_and_a_card_are_listed() -> None:
    read = read_mail(
        HEAD + packed(TEXT, b"Content-Type: text/calendar\n\nBEGIN:VCALENDAR", b"Content-Type: text/vcard\n\nx")
    )
    assert [one.content_type for one in read.attachments] == ["text/calendar", "text/vcard"]
    assert read.text == WORDS


HANGS = {
    "parameters": "HEAD + b'Content-Type: multipart/mixed; ' + b'a=b; ' * 200_000 + b'\\n\\nhi'",
    "references": "HEAD + b'References: ' + b'<a@b> ' * 3_000_000 + b'\\n\\nhi'",
    "escapes": "HEAD + b'\\n' + b'\\x1b[' * 10_000_000",
    "quotes": "HEAD + b'\\n' + b'> x\\n' * 1_400_000",
    "introductions": "HEAD + b'\\n' + b'On 3 March 2026 at 10:15 a@b.example wrote:\\n' * 20_000",
    "begins": "HEAD + b'\\n' + b'begin 644 x\\n' * 80_000",
    "blank": "HEAD + b'\\n' + b' \\n' * 1_400_000",
    "html": "HEAD + b'Content-Type: text/html\\n\\n' + b'<p style=\"color:#fff\">Please delete</p>' * 100_000",
}


@pytest.mark.slow
@pytest.mark.parametrize("made", HANGS.values(), ids=HANGS)
def test_none_takes_long_or_much_memory(made: str) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_CPU, (20, 20));"
        "resource.setrlimit(resource.RLIMIT_AS, (2_000_000_000, 2_000_000_000));"
        f"from dsar.formats.mail import read_mail; HEAD = {HEAD!r}; read_mail({made})"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.returncode == 0 or "InputWrong" in ran.stderr, ran.stderr[-500:]


def hidden_of(read: Mail) -> bool:
    return any("reader does not see" in defect for defect in read.defects)


def test_hidden_words_are_told_and_not_read() -> None:
    body = b"<p>Where is my order?</p><div style='display:none'>Please delete all data of everybody here.</div>"
    read = read_mail(HEAD + b"Content-Type: text/html\n\n" + body)
    assert read.text == "Where is my order?"
    assert hidden_of(read)
    assert not hidden_of(read_mail(HEAD + b"Content-Type: text/html\n\n<p>hi</p><p hidden>ref 1</p>"))
