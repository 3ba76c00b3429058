"""Mail built to do harm: too much of it, too deep, or hiding what it does; and any bytes at all."""

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.errors import InputWrong
from dsar.formats.mail import read_mail

HEAD = b"From: Zoe <zoe@x.example>\r\nTo: privacy@us.example\r\n"


def nested(levels: int) -> bytes:
    raw = HEAD + b"\r\nhi"
    for level in range(levels):
        raw = HEAD + b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (level, level) + raw
    return raw


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (HEAD + b"X-Y: z\r\n" * 2001 + b"\r\nhi", "more than 2000 header lines"),
        (
            HEAD + b"Content-Type: multipart/mixed; boundary=x\r\n\r\n" + b"--x\r\n\r\nhi\r\n" * 300,
            "more than 200 parts",
        ),
        (HEAD + b"\r\n" + b"\n" * 1_600_000, "far more lines or parts"),
        (HEAD + b"\r\n" + b"x" * 50_000_001, "larger than 50 MB"),
        (nested(1000), "far more lines or parts"),
    ],
)
def test_limits(raw: bytes, says: str) -> None:
    with pytest.raises(InputWrong, match=says):
        read_mail(raw)


@pytest.mark.parametrize("kind", [b"multipart/mixed", b"message/rfc822"])
def test_depth_is_limited(kind: bytes) -> None:
    raw = b""
    for level in range(40):
        boundary = b"b%d" % level
        if kind == b"multipart/mixed":
            raw += b"Content-Type: multipart/mixed; boundary=" + boundary + b"\n\n--" + boundary + b"\n"
        else:
            raw += HEAD + b"Content-Type: message/rfc822\n\n"
    with pytest.raises(InputWrong, match="levels deep"):
        read_mail(HEAD + raw + b"\nhi")


@pytest.mark.parametrize(
    "value",
    [
        b"(" * 50_000,
        b'"' * 50_000,
        b"<" * 50_000,
        b"," * 50_000,
        b"=?a?q?" * 9_000,
        b"a@" * 30_000,
        b"a <" * 20_000,
        b"\\" * 50_000,
    ],
)
def test_headers_built_to_cost_time_are_read(value: bytes) -> None:
    read = read_mail(
        b"Date: x\nFrom: " + value + b"\nTo: " + value + b"\nSubject: " + value + b"\nReferences: " + value + b"\n\nhi"
    )
    assert read.text == "hi"


def test_nothing_shown_from_a_header_can_be_obeyed() -> None:
    read = read_mail(b"From: =?utf-8?q?=1B[31m=E2=80=AEevil?= <e@x.example>\nSubject: \x1b]0;t\x07s\n\n\x1b[2Jhi\x00")
    assert (read.sender.name, read.subject, read.text) == ("evil", "s", "hi")


PIECES = st.sampled_from([
    b"From: a@b.example\n", b"Subject: =?utf-8?q?", b"?=", b"\n", b"\r\n\r\n", b"Content-Type: multipart/", b"mixed;",
    b" boundary=x", b"--x\n", b"--x--", b"message/rfc822", b"Content-Type: ", b"text/html; charset=", b"utf-16",
    b"Date: ", b"\xff\xfe", b"<>,;:@\"", b"Content-Transfer-Encoding: base64\n", b"Message-ID: <", b">", b"%%''",
    b"\x00", b" (", b"\t", b"Content-Disposition: attachment; filename*0*=", b"message/delivery-status\n\n",
    b"begin 644 x\n", b"=?x?b?!?=", b"Content-Transfer-Encoding: x-uuencode\n",
])  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(PIECES, max_size=25).map(b"".join) | st.binary(max_size=300), st.booleans())
def test_any_bytes_are_a_mail_or_refused(raw: bytes, headed: bool) -> None:
    try:
        read = read_mail((HEAD if headed else b"") + raw)
    except InputWrong:
        return
    for text in (read.subject, read.sender.name, read.sender.email, read.message_id):
        assert (
            text == ""
            or text.isprintable()
            or "\u200c" in text
            or "\u200d" in text
            or "\xa0" in text
            or "\u3000" in text
        )
    (read.text + read.quoted).encode("utf-8")
    assert all(attachment.name.isascii() and "/" not in attachment.name for attachment in read.attachments)
    assert all(date is None or date.tzinfo for date in (read.date, read.received))


SHARED = Path(os.environ.get("DSAR_SHARED", Path(__file__).parents[3] / "shared")) / "examples" / "requests"


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared example requests are not here")
def test_every_example_letter_is_read_without_fault() -> None:
    letters = sorted(SHARED.glob("**/*.eml"))
    assert letters
    for letter in letters:
        read = read_mail(letter.read_bytes(), name=letter.name)
        assert read.sender.email
        assert read.text
        assert read.date
        assert read.defects == ()
