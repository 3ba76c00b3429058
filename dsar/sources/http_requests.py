"""Makes the requests of a record set from its ``place``, with identifiers bound into it and encoded.

A place is ``/users.json?email={email}``, ``/customers/{customer_no}/orders`` or, with ``method = "POST"`` and
``body = '{"email": "{email}"}'``, a path alone. What stands in braces is a kind of identifier, or several
(``{email|phone}``), and is always a whole step of the path, a whole value of the query or a whole text of the body:
no identifier can become part of the service's own language. A place without braces is read whole.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode

from dsar.case.identifiers import SEARCHABLE, Identifier
from dsar.formats.plain import printable, shorten
from dsar.sources.http_calls import Call
from dsar.sources.matching import family
from dsar.sources.options import Options

OPTIONS = frozenset({"method", "body"})
_SLOT = re.compile(r"\{([a-z_]+(?:\|[a-z_]+)*)\}")
_LONGEST = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One call with the identifier it asks for; None where it reads everything."""

    call: Call
    identifier: Identifier | None


class Requests:
    """What a record set asks of a service."""

    def __init__(self, base: str, place: str, options: Options) -> None:
        self._base = base.rstrip("/")
        self._options = options
        self._method = options.word("method", "GET", "POST")
        path, _, query = place.partition("?")
        self._steps = path.strip("/").split("/") if path.strip("/") else []
        try:
            self._query = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
            self._body = json.loads(options.text("body")) if options.text("body") else None
        except ValueError:
            raise options.wrong('"place" or "body" is not written as it should be.') from None
        self.shown = f"{self._method} {shorten(printable(place), 80) or '/'}"
        in_path = set(self._kinds(self._steps))
        elsewhere = set(self._kinds([*(value for _, value in self._query), *_texts(self._body)]))
        self.in_path = bool(in_path)
        # what stands in the path is needed for every request, so it alone says what can be asked for
        self.kinds = frozenset(in_path or elsewhere)

    def _kinds(self, texts: Sequence[str]) -> Iterator[str]:
        for text in texts:
            slot = _SLOT.fullmatch(text)
            if not slot and ("{" in text or "}" in text):
                raise self._options.wrong(
                    f'"{shorten(printable(text), 60)}": braces hold a kind of identifier and stand for a whole step '
                    "of the path, a whole value of the query or a whole text of the body."
                )
            for kind in slot[1].split("|") if slot else ():
                if kind not in SEARCHABLE:
                    raise self._options.wrong(f'there is no kind of identifier "{kind}" to search by.')
                yield family(kind)

    def asked(self, identifiers: Sequence[Identifier]) -> Iterator[Request]:
        """One request for each identifier that it can be asked for; a place without braces once."""
        if not self.kinds:
            yield Request(call=self._call(None), identifier=None)
            return
        asked: dict[tuple[str, str], Identifier] = {}
        for one in identifiers:
            if family(one.kind) in self.kinds and self._fits(one.value):
                asked.setdefault((family(one.kind), one.value), one)
        for one in asked.values():
            yield Request(call=self._call(one), identifier=one)

    def _fits(self, value: str) -> bool:
        """A value that would be a way up, or is no identifier, is asked for nowhere: nobody has it."""
        return value not in (".", "..") and len(value) <= _LONGEST and value.isprintable()

    def _call(self, one: Identifier | None) -> Call:
        def bound(text: str) -> str:
            slot = _SLOT.fullmatch(text)
            if not slot:
                return text
            kinds = [family(kind) for kind in slot[1].split("|")]
            return one.value if one and family(one.kind) in kinds else ""

        steps = [quote(bound(step), safe="" if _SLOT.fullmatch(step) else "%:@!$&'()*+,;=~") for step in self._steps]
        # a value for another kind of identifier is left out, so that one request asks for one thing
        pairs = [(name, bound(value)) for name, value in self._query if bound(value) or not _SLOT.fullmatch(value)]
        query = urlencode(pairs, quote_via=quote)
        url = "/".join([self._base, *steps]) + (f"?{query}" if query else "")
        body = None if self._body is None else json.dumps(_bound(self._body, bound)).encode()
        headers = {"Content-Type": "application/json"} if body is not None else {}
        return Call(method=self._method, url=url, shown=self.shown, headers=headers, body=body)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


def _bound(value: object, bound: object) -> object:
    if isinstance(value, str) and callable(bound):
        return bound(value)
    if isinstance(value, dict):
        return {name: _bound(inner, bound) for name, inner in value.items()}
    return [_bound(inner, bound) for inner in value] if isinstance(value, list) else value
