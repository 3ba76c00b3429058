"""Invents the post of a privacy mailbox: the same ten thousand messages each time, of the kinds and sizes of real mail.

The sentences are in ``letters.toml``; how long it takes to read them is measured in ``reading``.
"""

from __future__ import annotations

import base64
import quopri
import tomllib
from collections.abc import Iterator
from email.header import Header
from pathlib import Path
from random import Random
from typing import Any

_LETTERS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("letters.toml").read_text(encoding="utf-8"))
# Three letters in ten are English, two German, the rest in the other languages alike.
_LANGUAGES = ["en"] * 9 + ["de"] * 6 + [language for language in _LETTERS if language not in ("en", "de")]
_NAMES = (
    "Ada Example", "Jürgen Öztürk", "Zoë Muster", "Łukasz Przykład", "Νίκος Παράδειγμα", "Мария Примерова", "山田花子",
    "Maria del Mar Ejemplo", "Åsa Exempel", "Jan Novák",
)  # fmt: skip
_OLD = {
    "de": "iso-8859-1",
    "fr": "windows-1252",
    "pl": "iso-8859-2",
    "ja": "iso-2022-jp",
    "zh": "gb18030",
    "bg": "windows-1251",
}
_KINDS = (
    ("plain", 26), ("alternative", 30), ("html", 5), ("reply", 10), ("attached", 8), ("forwarded", 5), ("bounce", 4),
    ("automatic", 3), ("newsletter", 5), ("other", 4),
)  # fmt: skip
_BAG = [kind for kind, share in _KINDS for _ in range(share)]


def mails(count: int) -> Iterator[bytes]:
    """That many messages one at a time, each depending on its number alone."""
    for nth in range(count):
        yield mail(nth)


def mail(nth: int) -> bytes:
    """The message with this number, as it came over the wire."""
    chance = Random(nth)
    kind = chance.choice(_BAG)
    language = chance.choice(_LANGUAGES)
    return _Mail(nth, chance, language).build(kind)


class _Mail:
    """One message being put together."""

    def __init__(self, nth: int, chance: Random, language: str) -> None:
        self.nth, self.chance, self.language = nth, chance, language
        self.words = _LETTERS[language]
        self.name = chance.choice(_NAMES)
        self.boundary = f"b{nth:08x}{chance.getrandbits(64):016x}"

    def build(self, kind: str) -> bytes:
        request = self._letter("other" if kind == "other" else "asks")
        match kind:
            case "alternative":
                return self._message(self._alternative(request))
            case "html":
                return self._message(self._text(_formatted(request), "html"))
            case "reply":
                return self._message(self._text(request + self._quoted()), subject="Re: ")
            case "attached":
                return self._message(self._together("mixed", self._text(request), self._file()))
            case "forwarded":
                inner = self._message(self._text(request))
                note = self._text("For you to answer.\n")
                return self._message(self._together("mixed", note, b"Content-Type: message/rfc822\r\n\r\n" + inner))
            case "bounce":
                return self._bounce()
            case "automatic":
                return self._message(self._text(request), extra="Auto-Submitted: auto-replied\r\n")
            case "newsletter":
                return self._message(
                    self._alternative(self._letter("other") * 4, stories=40), extra="Precedence: bulk\r\n"
                )
            case _:
                return self._message(self._text(request))

    def _letter(self, what: str) -> str:
        more = list(self.words["more"])
        self.chance.shuffle(more)
        told = [self.chance.choice(self.words[what]), *more[: self.chance.randint(1, len(more))]]
        # some people tell the whole story
        told += self.chance.choices(self.words["more"] + self.words["other"], k=self.chance.choice((0, 0, 0, 4, 12)))
        paragraphs = "\n\n".join(" ".join(told[start : start + 3]) for start in range(0, len(told), 3))
        signed = f"{self.words['bye']}\n{self.name}\nperson{self.nth}@example.com\n"
        return f"{self.words['hello']}\n\n{paragraphs}\n\n{signed}"

    def _quoted(self) -> str:
        older = "".join(f"> {line}\n" for line in (self._letter("more") * self.chance.randint(1, 4)).split("\n"))
        return f"\n{self.words['wrote']}\n{older}"

    def _text(self, text: str, kind: str = "plain") -> bytes:
        charset = self.chance.choice(("utf-8", "utf-8", "utf-8", _OLD.get(self.language, "utf-8")))
        try:
            raw = text.encode(charset)
        except UnicodeError:
            charset, raw = "utf-8", text.encode()
        head = f"Content-Type: text/{kind}; charset={charset}\r\nContent-Transfer-Encoding: "
        if self.chance.random() < 0.4:
            return head.encode() + b"base64\r\n\r\n" + base64.encodebytes(raw)
        return head.encode() + b"quoted-printable\r\n\r\n" + quopri.encodestring(raw)

    def _alternative(self, text: str, stories: int = 0) -> bytes:
        return self._together("alternative", self._text(text), self._text(_formatted(text, stories), "html"))

    def _file(self) -> bytes:
        name = self.chance.choice(("scan.pdf", "Ausweis.jpg", "passport copy.png"))
        data = base64.encodebytes(self.chance.randbytes(self.chance.choice((8_000, 30_000, 120_000))))
        return (
            f'Content-Type: application/octet-stream; name="{name}"\r\nContent-Transfer-Encoding: base64\r\n'
            f'Content-Disposition: attachment; filename="{name}"\r\n\r\n'
        ).encode() + data

    def _together(self, kind: str, *parts: bytes) -> bytes:
        self.boundary += "x"
        mark = f"--{self.boundary}".encode()
        head = f'Content-Type: multipart/{kind}; boundary="{self.boundary}"\r\n\r\n'.encode()
        return head + b"".join(mark + b"\r\n" + part + b"\r\n" for part in parts) + mark + b"--\r\n"

    def _bounce(self) -> bytes:
        prose = self._text("Your message could not be delivered to one or more recipients.\n")
        status = (
            b"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.com\r\n\r\n"
            b"Final-Recipient: rfc822; person%d@example.com\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            b"Diagnostic-Code: smtp; 550 5.1.1 no such user\r\n" % self.nth
        )
        returned = b"Content-Type: text/rfc822-headers\r\n\r\nMessage-ID: <out%d@shop.example>\r\n" % self.nth
        return self._message(self._together("report; report-type=delivery-status", prose, status, returned))

    def _message(self, body: bytes, *, subject: str = "", extra: str = "") -> bytes:
        words = self.words["asks"][0].split()[:6] if self.language not in ("ja", "zh") else [self.words["asks"][0][:14]]
        titled = Header(subject + " ".join(words), "utf-8").encode(linesep="\r\n")
        clock = (
            f"{self.chance.randint(1, 28)} Nov 2026 {self.chance.randint(0, 23):02}:{self.chance.randint(0, 59):02}:07"
        )
        hops = "".join(
            f"Received: from mx{hop}.example.com (mx{hop}.example.com [192.0.2.{hop + 1}])\r\n\t"
            f"by mail{hop}.shop.example with ESMTPS id {self.nth:x}{hop}\r\n"
            f"\tfor <privacy@shop.example>; {clock} +0000\r\n"
            for hop in range(self.chance.randint(1, 4))
        )
        seal = base64.encodebytes(self.chance.randbytes(256)).decode().strip().replace("\n", "\r\n\t")
        return (
            f"Return-Path: <person{self.nth}@example.com>\r\n{hops}"
            f"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=k1;\r\n\tb={seal}\r\n"
            f"Authentication-Results: mx.shop.example; dkim=pass header.d=example.com; spf=pass\r\n{extra}"
            f"From: {Header(self.name, 'utf-8').encode()} <person{self.nth}@example.com>\r\n"
            f"To: Privacy Desk <privacy@shop.example>\r\nSubject: {titled}\r\nDate: {clock} +0000\r\n"
            f"Message-ID: <{self.nth}.{self.boundary[:12]}@example.com>\r\nMIME-Version: 1.0\r\n"
        ).encode() + body


_STORY = (
    '<table width="600" cellpadding="0" cellspacing="0" style="border-collapse:collapse"><tr><td align="left" '
    'style="font-family:Arial,sans-serif;font-size:14px;color:#333333;padding:12px 24px"><a href="https://shop.example/'
    'story/{0}?from=mail" style="color:#0055aa">Story {0}</a><br><img src="https://shop.example/i/{0}.png" width="560" '
    'height="180" alt="">Our new autumn range is here, and for a week everything in it costs less.</td></tr></table>\n'
)


def _formatted(text: str, stories: int = 0) -> str:
    """The text as mail programs write it in HTML."""
    paragraphs = "".join(
        f'<p class="MsoNormal" style="margin:0cm 0cm 8pt"><span style="font-size:11.0pt;font-family:Calibri">'
        f"{line or '&nbsp;'}</span></p>\n"
        for line in text.split("\n")
    )
    styles = "".join(
        f"p.c{nth} {{margin:0cm; font-size:{nth}.0pt; font-family:Calibri,sans-serif;}}\n" for nth in range(8, 20)
    )
    told = "".join(_STORY.format(nth) for nth in range(stories))
    return f"<html><head><meta charset='utf-8'><style>{styles}</style></head><body>{told}{paragraphs}</body></html>"
