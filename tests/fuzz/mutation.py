"""Changes an input by its structure: header lines, parts, encodings and the words that readers look for.

Choosing which changed input to keep is for the fuzzer.
"""

from __future__ import annotations

import base64
import quopri
from random import Random

TOKENS = (
    b"From: a@b.example\n", b"Subject: =?utf-8?q?", b"=?utf-8?b?", b"?=", b"\n\n", b"\r\n", b"\r\n\r\n", b"\x00",
    b"\xff\xfe", b"Content-Type: multipart/mixed; boundary=x\n", b"Content-Type: multipart/alternative; boundary=x\n",
    b"--x\n", b"--x--\n", b"Content-Type: message/rfc822\n\n", b"Content-Type: text/html; charset=",
    b"Content-Type: text/calendar\n\n", b"Content-Type: message/partial; id=1; number=2\n",
    b"Content-Type: message/external-body; access-type=url\n",
    b"Content-Type: application/ms-tnef; name=winmail.dat\n", b"Content-Type: application/pkcs7-mime\n",
    b"Content-Transfer-Encoding: base64\n", b"Content-Transfer-Encoding: quoted-printable\n",
    b"Content-Transfer-Encoding: x-uuencode\n", b"begin 644 ../../x\n", b"=ybegin line=128 size=1 name=../x\r\n",
    b"Content-Disposition: attachment; filename*0*=utf-8''..%2F", b'filename="../../etc/passwd"', b"filename=CON",
    b"Date: Thu, 1 Jan 99999 00:00:00 +9999\n", b"Date: Mon, 31 Feb 2026 25:61:61 -0000\n",
    b"Auto-Submitted: auto-replied\n", b"zlib_codec", b"idna", b"punycode", b"unicode_escape", b"base64_codec",
    b"utf-7", b"utf-16", b"iso-2022-jp", b"hz", b"undisclosed-recipients:;", b'<>,;:@"', b"(((", b"\xe2\x80\xae",
    b"\xe2\x81\xa6", b"\xed\xa0\x80", b"\x1b[31m", b"\x1b]0;x\x07",
    b"On 3 March 2026 at 10:15, A <a@b.example> wrote:\n> ", b"-----Original Message-----\n", b"-- \n", b"> > > ",
    b"Please delete my account and all my data.\n", b"<div style='display:none'>", b"<!--", b"</blockquote>",
    b"<script>", b"&#0;", b"From x@y.example Sat Jun  6 10:00:00 2026\n", b">From ", b'{"email": "', b'"message": [',
    b"]}", b"[law]\n", b"[[rule]]\n", b"id = ", b"= 99999999999999999999", b"= 9999-99-99\n", b"{{ 7*7 }}",
    b"{% for x in y %}", b"%PDF-1.7\n", b"PK\x03\x04", b'"""',
)  # fmt: skip
_LONGEST = 20_000


def mutated(data: bytes, other: bytes, chance: Random) -> bytes:
    """The data after one to four changes; ``other`` is a second input to take pieces from."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        data = chance.choice(_CHANGES)(data, other, chance)[:_LONGEST]
    return data


def _place(data: bytes, chance: Random) -> int:
    return chance.randint(0, len(data))


def _token(data: bytes, other: bytes, chance: Random) -> bytes:
    at = _place(data, chance)
    return data[:at] + chance.choice(TOKENS) * chance.choice((1, 1, 1, 2, 30)) + data[at:]


def _flip(data: bytes, other: bytes, chance: Random) -> bytes:
    if not data:
        return b"\xff"
    at = chance.randrange(len(data))
    return (
        data[:at]
        + bytes([chance.choice((0, 10, 13, 34, 58, 60, 61, 128, 255, data[at] ^ (1 << chance.randrange(8))))])
        + data[at + 1 :]
    )


def _cut(data: bytes, other: bytes, chance: Random) -> bytes:
    one, two = sorted((_place(data, chance), _place(data, chance)))
    return data[:one] + data[two:]


def _repeat(data: bytes, other: bytes, chance: Random) -> bytes:
    one = _place(data, chance)
    piece = data[one : one + chance.choice((1, 4, 40, 400))]
    return data[:one] + piece * chance.choice((2, 3, 20, 200)) + data[one:]


def _splice(data: bytes, other: bytes, chance: Random) -> bytes:
    return data[: _place(data, chance)] + other[_place(other, chance) :]


def _lines(data: bytes, other: bytes, chance: Random) -> bytes:
    lines = data.split(b"\n")
    chosen = chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            lines.insert(chance.randrange(len(lines)), lines[chosen])
        case 1:
            del lines[chosen]
        case 2:
            lines.insert(chosen, chance.choice(other.split(b"\n")))
        case _:
            name, colon, _ = lines[chosen].partition(b":")
            lines[chosen] = name + colon + b" " + chance.choice(TOKENS).strip()
    return b"\n".join(lines)


def _pack(data: bytes, other: bytes, chance: Random) -> bytes:
    """The message inside another one, or beside another one."""
    kind = chance.choice(
        (b"mixed", b"alternative", b"report; report-type=delivery-status", b"digest", b"signed", b"related")
    )
    inner = chance.choice((b"Content-Type: message/rfc822\n\n", b"Content-Type: message/delivery-status\n\n", b""))
    mark = b"b%d" % chance.randrange(99)
    parts = b"".join(b"--" + mark + b"\n" + inner + part + b"\n" for part in (data, other)[: chance.choice((1, 2))])
    end = chance.choice((b"--" + mark + b"--\n", b""))
    return b"From: a@b.example\nContent-Type: multipart/" + kind + b"; boundary=" + mark + b"\n\n" + parts + end


def _encode(data: bytes, other: bytes, chance: Random) -> bytes:
    """The body in another encoding, told or not."""
    head, gap, body = data.partition(b"\n\n")
    name, code = chance.choice(((b"base64", base64.encodebytes), (b"quoted-printable", quopri.encodestring)))
    told = b"\nContent-Transfer-Encoding: " + name if chance.random() < 0.8 else b""
    return head + told + (gap or b"\n\n") + code(body)


_CHANGES = (_token, _token, _flip, _cut, _repeat, _splice, _lines, _lines, _pack, _encode)
