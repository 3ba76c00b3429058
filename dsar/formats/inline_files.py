"""Takes files out of the plain text of a letter, where old programs put them (uuencode and yEnc).

They are kept as attachments and never opened; MIME's own parts are for ``mail_parts``.
"""

from __future__ import annotations

import binascii
import re

from dsar.formats.files import safe_name
from dsar.formats.message import Attachment

_UU = re.compile(r"(?m)^begin [0-7]{3,4} ([^\n]{1,400})\n((?:[!-`][^\n]{0,90}\n)*)[` ]?\n?end[ \t]*$")
_YENC = re.compile(r"(?m)^=ybegin [^\n]{0,400}?name=([^\n]{1,400})\n((?:(?!=yend)[^\n]*\n)*)=yend[^\n]*$")


def take_files(text: str) -> tuple[str, list[Attachment]]:
    """The text without the files packed into it, and those files; yEnc is kept as it came, since text spoils it."""
    if "begin " not in text:
        return text, []
    found: list[Attachment] = []

    def uu(match: re.Match[str]) -> str:
        found.append(_file(match[1], b"".join(_line(line) for line in match[2].splitlines())))
        return ""

    def yenc(match: re.Match[str]) -> str:
        found.append(_file(match[1], match[2].encode("utf-8", "replace")))
        return ""

    return _YENC.sub(yenc, _UU.sub(uu, text)), found


def _file(name: str, data: bytes) -> Attachment:
    return Attachment(name=safe_name(name), content_type="application/octet-stream", size=len(data), data=data)


def _line(line: str) -> bytes:
    try:
        return binascii.a2b_uu(line.encode("ascii", "replace"))
    except (binascii.Error, ValueError):
        return b""
