"""Searches a service through its HTTP interface, as a source file describes it; the answers are JSON.

``path`` is the address that all places begin with; a record set's ``place`` is what is asked (``http_requests``).
Who we are is said as in ``http_auth``, pages as in ``http_paging``. Further options, for all or for one record set:
``rows`` (the dotted way to the records, "" where the answer itself is the list or the one record);
``exact`` (true: the service compares exactly, so whatever it returns for an identifier is that person's; else only
records that carry the identifier are taken); ``not_found`` (``nothing``: an answer 404 means that nothing is held,
as it always does where the identifier stands in the path; ``failure``); ``requests_per_minute`` (600);
``timeout_seconds`` for one answer (60); ``pause_seconds`` before another try (1, then twice as long);
``private_network`` (true allows an address of the inner network).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.case.records import Match, Record, RecordSet
from dsar.errors import InputWrong
from dsar.formats.json_rows import json_objects, row_of
from dsar.formats.rows import Problem, Problems, Row
from dsar.sources import http_auth, http_paging, http_requests
from dsar.sources.columns import key_of
from dsar.sources.files import flattened
from dsar.sources.http_auth import Auth
from dsar.sources.http_calls import Call, Caller, Reply
from dsar.sources.http_paging import Pages
from dsar.sources.http_requests import Request, Requests
from dsar.sources.interface import NothingToAsk, SourceFailed, SourceSettings, Tested, Why
from dsar.sources.matching import Matcher, family
from dsar.sources.options import Options

_OPTIONS = {
    "rows", "exact", "not_found", "requests_per_minute", "timeout_seconds", "pause_seconds", "private_network",
    "read_only", *http_auth.OPTIONS, *http_paging.OPTIONS, *http_requests.OPTIONS,
}  # fmt: skip
# Asked for in a trial; nobody has them.
_NOBODY = {"email": "nobody@example.invalid", "phone": "+10000000000"}


class HttpSource:
    """A service on the network; a record set is one kind of question to it."""

    def __init__(self, settings: SourceSettings, home: Path) -> None:
        self.settings = settings
        self.problems: list[Problem] = []
        self._home = home

    def test(self) -> Tested:
        """Ask each question once: one that needs an identifier for somebody who is nobody, and uncounted."""
        rows = {}
        before = len(self.problems)
        for record_set in self.settings.record_sets:
            asking = self._asking(record_set)
            nobody = [Identifier(kind=kind, value=_NOBODY.get(kind, "0")) for kind in sorted(asking.requests.kinds)]
            count = sum(1 for _ in asking.rows(nobody[:1]))
            if not asking.requests.kinds:
                rows[record_set.name] = count
        return Tested(source=self.settings.name, rows=rows, problems=tuple(dict.fromkeys(self.problems[before:])))

    def find(self, record_set: RecordSet, identifiers: Sequence[Identifier]) -> Iterator[Record]:
        """One question for each identifier, or one for all where everything is read; records compared exactly."""
        matcher = Matcher(record_set, identifiers)
        if not matcher.usable:
            return
        asking = self._asking(record_set)
        wanted = [one for several in matcher.wanted.values() for ones in several.values() for one in ones]
        nested = [field.name for field in record_set.fields if "." in field.name]
        if asking.requests.kinds and not matcher.fields:
            # known is only what prose could hold, and nothing here can be searched for prose
            raise NothingToAsk(f"{self.settings.name}: {record_set.name} is asked for by what is not known.")
        self._tell_unasked(record_set, asking, wanted)
        fitted = 0
        number = 0
        for number, (row, request) in enumerate(asking.rows(wanted), start=1):
            values = flattened(row, nested) if nested else row.values
            fitted += any(field.name in values for field in record_set.fields)
            matched = matcher.match(values)
            if not matched and request.identifier and asking.exact:
                one = request.identifier
                matched = (Match(field="(asked)", kind=one.kind, value=one.value, how="exact"),)
            if matched:
                key = key_of(record_set, values)
                place = f"{self.settings.name} {record_set.name} record {number}"
                yield Record(key=key, values=values, matched=matched, place=place)
        if number and not fitted:
            says = f"{self.settings.name}: the records of {record_set.name} have none of the fields described."
            raise SourceFailed(Why.BROKEN, says)

    def _asking(self, record_set: RecordSet) -> _Asking:
        options = Options(self.settings.name, {**self.settings.options, **record_set.options})
        options.known(_OPTIONS)
        place = record_set.place if record_set.place != self.settings.path else ""
        return _Asking(self.settings, place, options, self._home, self.problems)

    def _tell_unasked(self, record_set: RecordSet, asking: _Asking, wanted: Sequence[Identifier]) -> None:
        """What is known of the person but cannot be asked for here must not look as if it had been."""
        kinds = asking.requests.kinds
        known = {family(one.kind) for one in wanted} & {
            family(field.identifies) for field in record_set.fields if field.match
        }
        for kind in sorted(known - kinds if kinds else ()):
            says = f"The service is not asked by {kind}: its place has no {{{kind}}}."
            self.problems.append(Problem(file=f"{self.settings.name} {record_set.name}", line=0, says=says))


class _Asking:
    """One record set's questions, with all that the settings say of them."""

    def __init__(
        self, settings: SourceSettings, place: str, options: Options, home: Path, problems: list[Problem]
    ) -> None:
        self.requests = Requests(settings.path, place, options)
        self.exact = options.yes("exact")
        self._name = settings.name
        self._options = options
        self._way = options.text("rows")
        by_default = "nothing" if self.requests.in_path else "failure"
        self._not_found = options.word("not_found", by_default, "nothing", "failure")
        self._auth = Auth(options, home)
        self._base = settings.path
        self._problems = problems

    def rows(self, wanted: Sequence[Identifier]) -> Iterator[tuple[Row, Request]]:
        """Every record of every page of every question, with the question it answers."""
        number = 0
        with closing(Caller(self._name, self._base, self._options)) as caller:
            for request in self.requests.asked(wanted):
                for found in self._records(caller, request):
                    number += 1
                    yield row_of(number, found), request

    def _records(self, caller: Caller, request: Request) -> Iterator[dict[str, object]]:
        pages = Pages(caller, self._options)
        following: Call | None = pages.first(request.call)
        while following:
            call = following
            reply = self._reply(caller, call)
            if reply.status == 404 or reply.status == 204:
                return
            answer, records = self._read(caller, call, reply)
            yield from records
            following = pages.after(call, reply, answer, records)

    def _reply(self, caller: Caller, call: Call) -> Reply:
        reply = caller.ask(replace(call, headers={**call.headers, **self._auth.headers()}))
        if reply.status == 401 and self._auth.renewable:
            reply = caller.ask(replace(call, headers={**call.headers, **self._auth.headers(anew=True)}))
        if reply.status in (200, 203, 204) or (reply.status == 404 and self._is_nothing(reply)):
            return reply
        match reply.status:
            case 401:
                raise caller.failed(Why.REFUSED, call, "it does not accept who we say we are (401): see the secret")
            case 403:
                raise caller.failed(Why.REFUSED, call, "we may not read this there (403): ask for the permission")
            case 404 | 410:
                raise caller.failed(Why.MISSING, call, f"it has nothing at this address ({reply.status})")
            case _:
                raise caller.failed(Why.BROKEN, call, f"it does not understand the question ({reply.status})")

    def _is_nothing(self, reply: Reply) -> bool:
        """Whether "not found" is about the person: a page for people to look at is about the address."""
        return self._not_found == "nothing" and (not reply.body.strip() or _is_json(reply))

    def _read(self, caller: Caller, call: Call, reply: Reply) -> tuple[object, list[dict[str, object]]]:
        if not _is_json(reply):
            what = "a web page" if "html" in reply.kind else "something else"
            raise caller.failed(Why.UNREADABLE, call, f"it gave {what} where records in JSON should be")
        problems = Problems(call.shown)
        try:
            text = reply.body.decode("utf-8-sig")
            records = [found for _, found in json_objects(text, self._way, problems)]
            answer = json.loads(text)
        except UnicodeDecodeError:
            raise caller.failed(Why.UNREADABLE, call, "its answer is not UTF-8") from None
        except InputWrong:
            what = f'has nothing at "{self._way}"' if self._holds(reply) else "is not sound JSON, or is cut off"
            raise caller.failed(Why.BROKEN, call, f"its answer {what}") from None
        if problems.told:
            raise caller.failed(Why.BROKEN, call, "some of its records are not objects with names and values")
        return answer, records

    def _holds(self, reply: Reply) -> bool:
        try:
            json.loads(reply.body)
        except (ValueError, RecursionError):
            return False
        return True


def _is_json(reply: Reply) -> bool:
    return reply.kind == "application/json" or reply.kind.endswith("+json") or reply.kind == "text/json"
