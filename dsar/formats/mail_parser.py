"""Parses the bytes of a message with the standard library's parser, within limits that keep it quick.

What the parsed message says is for ``mail_headers`` and ``mail_parts``.
"""

from __future__ import annotations

import re
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser

from dsar.errors import InputWrong

MAX_PARTS = 200
MAX_DEPTH = 10
MAX_LINES = 1_500_000
MAX_HEADERS = 2_000
# Lines that begin with two dashes: each may open a part, and the parser tries every one of them.
MAX_DASHED = 20_000
_PARAMETERS = 8_000
_CONTAINER = re.compile(rb"(?im)^content-type:\s*(?:multipart|message)/")
# The parser takes their parameters apart in a time that grows with the square of their number.
_LONG_FIELD = re.compile(rb"(?im)^(content-(?:type|disposition):(?:[^\n]|\n[ \t]){%d})(?:[^\n]|\n[ \t])+" % _PARAMETERS)
TOO_MUCH = "has far more lines or parts than a letter has. It was not read."
CUT_FIELD = "A header line is far too long; its beginning was read."
# What the library raises on a part that is damaged, when it is read as well as when it is written again.
BROKEN = (ValueError, TypeError, LookupError, AttributeError, AssertionError, MessageError)
DAMAGED = "The structure of the message is damaged; what could be read was read."


def parse(raw: bytes, *, name: str) -> tuple[Message, list[str]]:
    """The parsed message and what is odd about it; InputWrong, with ``name`` in the sentence, beyond the limits.

    Where the parser gives up, it is the headers with everything below them as plain text.
    """
    if raw.count(b"\n") > MAX_LINES or len(_CONTAINER.findall(raw)) > 2 * MAX_PARTS:
        raise InputWrong(f"{name} {TOO_MUCH}")
    if raw.count(b"\n--") > MAX_DASHED and _CONTAINER.search(raw):
        raise InputWrong(f"{name} {TOO_MUCH}")
    raw, cut = _LONG_FIELD.subn(rb"\1", raw)
    odd = [CUT_FIELD] if cut else []
    try:
        message: Message = message_from_bytes(raw)
    except RecursionError:
        raise InputWrong(f"{name} is packed more than {MAX_DEPTH} levels deep. Nothing was read.") from None
    except BROKEN:
        message, odd = BytesHeaderParser().parsebytes(raw), [*odd, DAMAGED]
    if len(message.keys()) > MAX_HEADERS:
        raise InputWrong(f"{name} has more than {MAX_HEADERS} header lines. It was not read.")
    return message, odd
