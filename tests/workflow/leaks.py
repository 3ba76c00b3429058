"""Whether a string stands in a file in any spelling: capitals, blanks, marks between, figures grouped otherwise."""

from __future__ import annotations

import html
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default as modern


def folded(text: str) -> str:
    """Text as it is compared: entities and escapes undone, no accents, small letters."""
    plain = html.unescape(text)
    plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), plain)
    plain = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return plain.casefold()


def pattern(secret: str) -> re.Pattern[str]:
    """What finds a string in folded text in any spelling."""
    digits = re.sub(r"\D", "", secret)
    if re.fullmatch(r"[+\d() .-]+", secret) and len(digits) >= 10:
        return re.compile(r"(?<!\d)\+?1?[ ().\-/]*" + r"[ ().\-/\u00a0]*".join(digits[-10:]) + r"(?!\d)")
    words = [re.escape(word) for word in re.findall(r"[a-z0-9]+", folded(secret))]
    return re.compile(r"(?<![a-z0-9])" + r"[\W_]*".join(words) + r"(?![a-z0-9])")


def texts(name: str, data: bytes) -> Iterator[tuple[str, str]]:
    """Every text inside a file with its place: parts of an e-mail, members of a zip."""
    if name.endswith(".eml"):
        message = message_from_bytes(data, policy=modern)
        yield name, " ".join(f"{key}: {value}" for key, value in message.items())
        for part in message.walk():
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield from texts(part.get_filename() or name.removesuffix(".eml"), payload)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(io.BytesIO(data)) as opened:
            yield name, " ".join([*opened.namelist(), opened.comment.decode("latin-1")])
            for inner in opened.namelist():
                yield from texts(inner, opened.read(inner))
    else:
        yield name, data.decode("utf-8")


def found_in(name: str, data: bytes, secrets: list[str]) -> list[tuple[str, str]]:
    """(secret, place) for every secret that stands somewhere in the file."""
    places = [(place, folded(text)) for place, text in texts(name, data)]
    return [
        (secret, place)
        for secret in secrets
        for look in [pattern(secret)]
        for place, text in places
        if look.search(text)
    ]
