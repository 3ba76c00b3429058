"""Services asked over HTTP: questions bound, pages followed to their end, every fault a sentence, no token let go."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dsar.case.identifiers import Identifier
from dsar.sources.interface import Source, Why
from dsar.sources.search import search
from tests.sources.desks import ANA, QUICK, ROW, Desk, failure, found, say
from tests.sources.office import Office, field, kind_of, record_set, source_file, who


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


def test_an_identifier_is_bound_and_encoded(desk: Desk) -> None:
    odd = "a&b=c/../x?y#z%41+\u00e9@example.com"
    found(desk.source("/people/{email}/all?x=1&email={email}"), Identifier(kind="email", value=odd))
    (asked,) = desk.asked
    path, _, query = asked.partition("?")
    assert path == "/v2/people/a%26b%3Dc%2F..%2Fx%3Fy%23z%2541%2B%C3%A9%40example.com/all"
    assert parse_qs(query) == {"x": ["1"], "email": [odd]}


def test_a_body_is_filled_in_as_values(desk: Desk) -> None:
    own = """method = "POST", body = '{"filter": [{"email": "{email}"}], "n": 1}'"""
    assert len(found(desk.source("/search", own=own), Identifier(kind="email", value='x", "n": 2@y'))) == 0
    assert json.loads(desk.bodies[0]) == {"filter": [{"email": 'x", "n": 2@y'}], "n": 1}


def test_one_question_for_each_identifier_and_only_exact_records_are_taken(desk: Desk) -> None:
    desk.answer = lambda call: say(call, [ROW, {"id": 2, "email": "banana@example.com"}])
    records = found(desk.source(), ANA, who("email", "zoe@example.com"))
    assert len(desk.asked) == 2
    assert {record.key for record in records} == {"1"}


def test_what_cannot_be_asked_for_is_told(desk: Desk) -> None:
    fields = field("email", *kind_of("email")), field("phone", *kind_of("phone"))
    one = record_set("people", *fields, more='place = "/people?email={email}"')
    desk.office.describe("desk", source_file(one, kind="http", path=desk.address, more=f"options = {{ {QUICK} }}"))
    source = desk.office.source("desk")
    assert found(source, who("phone", "+1 415 555 0100")) == []
    assert (desk.asked, [problem.says for problem in source.problems]) == (
        [], ["The service is not asked by phone: its place has no {phone}."],
    )  # fmt: skip


def test_a_question_that_cannot_be_put_is_no_search(desk: Desk) -> None:
    fields = field("owner", *kind_of("account_id")), field("note", "text = true")
    one = record_set("people", *fields, more='place = "/people/{account_id}"')
    desk.office.describe("desk", source_file(one, kind="http", path=desk.address, more=f"options = {{ {QUICK} }}"))
    (answer,) = search([desk.office.source("desk")], [ANA]).answers
    assert (answer.state, answer.why, answer.asked) == ("excluded", "no_identifier", 0)
    assert answer.says == "It is looked up by account_id, and none is known."
    assert desk.asked == []


@pytest.mark.parametrize("value", [".", "..", "a\nb", "x" * 600])
def test_a_value_that_is_no_identifier_is_not_asked_for(desk: Desk, value: str) -> None:
    assert found(desk.source("/people/{email}"), Identifier(kind="email", value=value)) == []
    assert desk.asked == []


@pytest.mark.parametrize(
    ("options", "header"),
    [
        ('auth = "bearer", token = "env:DESK"', "Bearer s3cret"),
        ('auth = "basic", user = "us", password = "env:DESK"', "Basic " + base64.b64encode(b"us:s3cret").decode()),
        ('auth = "header", header = "X-Key", token = "env:DESK"', "s3cret"),
    ],
)
def test_who_we_are_is_said_by_reference(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, options: str, header: str
) -> None:
    monkeypatch.setenv("DESK", "s3cret")
    assert len(found(desk.source(options=options))) == 1
    sent = desk.headers[0]
    assert sent.get("authorization", sent.get("x-key")) == header


def test_a_token_is_fetched_and_fetched_anew_when_it_is_too_old(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DESK", "s3cret")
    given = iter(["old", "new"])

    def answer(call: Any) -> None:
        if call.path == "/token":
            say(call, {"access_token": next(given), "token_type": "bearer"})
        else:
            accepted = call.headers["Authorization"] == "Bearer new"
            say(call, [ROW] if accepted else {}, 200 if accepted else 401)

    desk.answer = answer
    options = f'auth = "oauth", oauth_address = "{desk.address}/token", client_id = "us", client_secret = "env:DESK"'
    assert len(found(desk.source(options=options))) == 1
    assert desk.bodies[0] == b"grant_type=client_credentials"
    assert desk.asked == ["/token", "/v2/people?email=ana%40example.com"] * 2


def numbered(count: int) -> list[dict[str, object]]:
    return [{"id": number, "email": "ana@example.com"} for number in range(1, count + 1)]


def pages(way: str, call: Any) -> None:
    """Seven records, three a page, in every way that services have."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(call.path).query).items()}
    first = {
        "page": 3 * (int(asked.get("page", 1)) - 1), "offset": int(asked.get("offset", 0)),
        "cursor": int(asked.get("cursor", 0)), "last": int(asked.get("starting_after", 0)),
    }.get(way, int(asked.get("from", 0)))  # fmt: skip
    rows = numbered(7)[first : first + 3]
    more = first + 3 < 7
    following = f"{call.path.partition('&from')[0]}&from={first + 3}"
    answer = {"rows": rows, "more": more, "next": (following if way == "next" else first + 3) if more else None}
    link = f'<http://x/>; rel="prev first", <{following}>; title="a, b"; rel="last next"' if more else ""
    say(call, answer, **({"Link": link} if way == "link" and link else {}))


@pytest.mark.parametrize(
    ("way", "options"),
    [
        ("page", ""), ("page", "page_size = 3"), ("offset", ""), ("cursor", 'cursor = "next"'),
        ("last", 'cursor = "id", more = "more"'), ("next", 'cursor = "next"'), ("link", ""),
    ],
)  # fmt: skip
def test_every_page_is_read_in_every_way_there_is(desk: Desk, way: str, options: str) -> None:
    desk.answer = lambda call: pages(way, call)
    own = ", ".join(filter(None, ['rows = "rows"', f'paging = "{way}"', options]))
    records = found(desk.source(own=own))
    assert [record.key for record in records] == ["1", "2", "3", "4", "5", "6", "7"]
    assert len(desk.asked) <= 4


@pytest.mark.parametrize("way", ["page", "offset", 'cursor", cursor = "next', 'next", cursor = "same'])
def test_pages_that_never_end_are_a_failure(desk: Desk, way: str) -> None:
    desk.answer = lambda call: say(call, {"rows": [ROW], "next": "abc", "same": call.path})
    failed = failure(desk.source(own=f'rows = "rows", paging = "{way}"'))
    assert (failed.why, "the same page again and again" in failed.message) == (Why.BROKEN, True)
    assert len(desk.asked) <= 3


def test_pages_that_are_always_new_end_too(desk: Desk) -> None:
    desk.answer = lambda call: say(call, {"rows": [ROW], "next": str(len(desk.asked))})
    own = 'rows = "rows", paging = "cursor", cursor = "next", most_pages = 20'
    assert "more than 20 pages" in failure(desk.source(own=own)).message


def described(office: Office, path: str, options: str = "", place: str = "/p?e={email}") -> Source:
    one = record_set("people", field("email", *kind_of("email")), more=f"place = '{place}'")
    more = f"options = {{ {', '.join(filter(None, [QUICK, options]))} }}"
    office.describe("desk", source_file(one, kind="http", path=path, more=more))
    return office.source("desk")


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("http://desk.example/v2", "must begin with https://"),
        ("ftp://desk.example", "must be the address of the service"),
        ("https://desk.example?key=1", "must be the address of the service"),
        ("https://[::1", "is no address"),
    ],
)
def test_an_unsafe_address_is_refused(office: Office, path: str, says: str) -> None:
    assert says in failure(described(office, path)).message


def test_an_address_of_the_inner_network_is_refused_unless_allowed(desk: Desk) -> None:
    # a name that leads to this machine, as one that leads to a router or a cloud's own service would
    port = desk.address.rpartition(":")[2]
    failed = failure(described(desk.office, f"https://localhost.localdomain:{port}"))
    assert failed.why in (Why.REFUSED, Why.MISSING)


@pytest.mark.parametrize(
    ("options", "place", "says"),
    [
        ('rowss = "x"', "/p?e={email}", 'no option "rowss". Did you mean "rows"'),
        ('auth = "basik"', "/p?e={email}", '"auth" is one of none, bearer, basic, header, oauth'),
        ('auth = "bearer"', "/p?e={email}", '"auth" is bearer, so "token" is needed'),
        ('paging = "cursor"', "/p?e={email}", 'so "cursor" must say where it stands'),
        ("", "/p?q=email:{email}", "braces hold a kind of identifier and stand for a whole"),
        ("", "/p/{name}", 'no kind of identifier "name" to search by'),
        ('body = "{"', "/p", "not written as it should be"),
        ("timeout_seconds = 0", "/p", "must be a number from 1"),
    ],
)
def test_a_wrong_setting_is_a_sentence(desk: Desk, options: str, place: str, says: str) -> None:
    assert says in failure(described(desk.office, desk.address, options, place)).message
    assert desk.asked == []


def test_a_trial_asks_for_nobody(desk: Desk) -> None:
    desk.answer = lambda call: say(call, [])
    assert desk.source().test().rows == {}
    assert desk.asked == ["/v2/people?email=nobody%40example.invalid"]
    desk.answer = lambda call: say(call, [ROW, ROW])
    assert desk.source("/people").test().rows == {"people": 2}
