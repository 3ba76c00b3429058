"""Goes from page to page of an answer, in the way the service has, and never in a circle.

Options: ``paging`` = none; ``page`` (a number, ``page_parameter``, from ``first_page``); ``offset`` (of the first
record, ``page_parameter``); ``cursor`` (``cursor`` is the dotted way to it in the answer, ``page_parameter`` takes it);
``last`` (``cursor`` is the field of the last record that ``page_parameter`` takes); ``next`` (``cursor`` is the way to
the address of the next page); ``link`` (that address stands in the Link header). ``more`` is the dotted way to a true
or false that says whether a page follows; ``page_size`` only tells a last page that is not full.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from dsar.formats.json_rows import value_at
from dsar.sources.http_calls import Call, Caller, Reply
from dsar.sources.interface import Why
from dsar.sources.options import Options

OPTIONS = frozenset({"paging", "page_parameter", "first_page", "page_size", "cursor", "more", "most_pages"})
_PARAMETERS = {"page": "page", "offset": "offset", "cursor": "cursor", "last": "starting_after"}
_LINK = re.compile(r'<([^<>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]*))*)')
_NEXT = re.compile(r';\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next\b)', re.IGNORECASE)


class Pages:
    """The pages of one request."""

    def __init__(self, caller: Caller, options: Options) -> None:
        self._caller = caller
        self._options = options
        self._way = options.word("paging", "none", "page", "offset", "cursor", "last", "next", "link")
        self._parameter = options.text("page_parameter", _PARAMETERS.get(self._way, ""))
        self._number = int(options.number("first_page", 1, 0, 1))
        self._size = int(options.number("page_size", 0, 0, 100_000))
        self._most = int(options.number("most_pages", 10_000, 1, 1_000_000))
        self._cursor = options.text("cursor")
        if self._way in ("cursor", "last", "next") and not self._cursor:
            raise options.wrong(f'"paging" is {self._way}, so "cursor" must say where it stands.')
        self._count = self._records = 0
        self._seen: set[bytes] = set()

    def first(self, call: Call) -> Call:
        """The call for the first page."""
        if self._way == "page":
            return _with(call, self._parameter, str(self._number))
        return _with(call, self._parameter, "0") if self._way == "offset" else call

    def after(self, call: Call, reply: Reply, answer: object, records: Sequence[object]) -> Call | None:
        """The call for the page after this one; None if it was the last.

        Raises SourceFailed where the pages have no end or come again.
        """
        self._count += 1
        self._records += len(records)
        following = self._following(call, reply, answer, records)
        if following is None:
            return None
        marks = [following.url.encode()] if following.url != call.url else [reply.body]
        # pages told by their number: a service that does not know the number gives the same records for ever
        if records and self._way in ("page", "offset"):
            marks.append(json.dumps(records).encode())
        for mark in marks:
            known = hashlib.sha256(mark).digest()
            if known in self._seen:
                raise self._caller.failed(Why.BROKEN, call, "it gives the same page again and again")
            self._seen.add(known)
        if self._count >= self._most:
            raise self._caller.failed(Why.BROKEN, call, f"it has more than {self._most:,} pages")
        return following

    def _following(self, call: Call, reply: Reply, answer: object, records: Sequence[object]) -> Call | None:
        more = self._options.text("more")
        if self._way == "none" or (more and value_at(answer, more) is False):
            return None
        match self._way:
            case "page" | "offset":
                if not records or len(records) < self._size:
                    return None
                self._number += 1
                return _with(call, self._parameter, str(self._number if self._way == "page" else self._records))
            case "next" | "link":
                found = _linked(reply) if self._way == "link" else value_at(answer, self._cursor)
                return replace(call, url=self._caller.inside(call, found)) if isinstance(found, str) and found else None
            case _:
                found = value_at(answer, self._cursor) if self._way == "cursor" else None
                if self._way == "last" and records:
                    found = value_at(records[-1], self._cursor)
                    if found is None:
                        raise self._caller.failed(Why.BROKEN, call, f'its last record has no "{self._cursor}"')
                known = isinstance(found, str | int) and not isinstance(found, bool) and found != ""
                return _with(call, self._parameter, str(found)) if known else None


def _with(call: Call, name: str, value: str) -> Call:
    """The call with one value of its query set anew."""
    parts = urlsplit(call.url)
    pairs = [(key, old) for key, old in parse_qsl(parts.query, keep_blank_values=True) if key != name]
    return replace(call, url=urlunsplit(parts._replace(query=urlencode([*pairs, (name, value)], quote_via=quote))))


def _linked(reply: Reply) -> str:
    """The address that the Link header calls the next."""
    for address, told in _LINK.findall(reply.headers.get("link", "")[:20_000]):
        if _NEXT.search(told):
            return str(address)
    return ""
