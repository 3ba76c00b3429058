"""Every fault of a service asked over HTTP is a sentence, never an empty answer; no token goes to another address."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from dsar.sources.interface import Why
from dsar.sources.search import search
from tests.sources.desks import ANA, QUICK, ROW, Desk, failure, found, say
from tests.sources.office import Office, field, kind_of, record_set, source_file


@pytest.fixture
def desk(office: Office) -> Desk:
    return Desk(office)


@pytest.mark.parametrize(
    ("status", "why", "says"),
    [
        (401, Why.REFUSED, "does not accept who we say we are"), (403, Why.REFUSED, "we may not read this there"),
        (404, Why.MISSING, "nothing at this address"), (400, Why.BROKEN, "does not understand the question"),
        (500, Why.BROKEN, "a fault of its own (500)"), (503, Why.TIMEOUT, "not available (503)"),
        (429, Why.TIMEOUT, "too many requests (429)"),
    ],
)  # fmt: skip
def test_a_refusal_is_a_sentence(desk: Desk, status: int, why: Why, says: str) -> None:
    desk.answer = lambda call: say(call, {"error": "ana@example.com"}, status)
    failed = failure(desk.source())
    assert failed.why is why
    assert says in failed.message
    assert len(desk.asked) == (5 if status in (429, 500, 503) else 1)


def test_not_found_is_nothing_held_where_the_address_asks_for_the_person(desk: Desk) -> None:
    desk.answer = lambda call: say(call, {"error": "not found"}, 404)
    assert found(desk.source("/people/{email}")) == []
    assert found(desk.source(own='not_found = "nothing"')) == []
    desk.answer = lambda call: say(call, b"<html>no such page</html>", 404, "text/html")
    assert failure(desk.source("/people/{email}")).why is Why.MISSING


def test_one_endpoint_that_is_forbidden_leaves_the_others_done(desk: Desk) -> None:
    desk.answer = lambda call: say(call, [ROW], 403 if "/secret" in call.path else 200)
    sets = [
        record_set(name, field("email", *kind_of("email")), more=f'place = "/{name}?e={{email}}"')
        for name in ("open", "secret")
    ]
    desk.office.describe("desk", source_file(*sets, kind="http", path=desk.address, more=f"options = {{ {QUICK} }}"))
    answers = search([desk.office.source("desk")], [ANA]).answers
    assert [(answer.state, answer.why, answer.found) for answer in answers] == [
        ("searched", "", 1), ("failed", "refused", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "kind", "why", "says"),
    [
        (b"<html>Please log in</html>", "text/html; charset=utf-8", Why.UNREADABLE, "a web page where records in JSON"),
        (b"id,email", "text/csv", Why.UNREADABLE, "something else"),
        (b'{"rows": [{"id": 1', "application/json", Why.BROKEN, "not sound JSON, or is cut off"),
        (b"[" * 100_000, "application/json", Why.BROKEN, "not sound JSON"),
        (b'{"data": []}', "application/json", Why.BROKEN, 'has nothing at "rows"'),
        (b'{"rows": [1, 2]}', "application/vnd.api+json", Why.BROKEN, "not objects with names and values"),
        (b'{"rows": [{"other": 1}]}', "application/json", Why.BROKEN, "none of the fields described"),
        (b'{"rows": "\xff"}', "application/json", Why.UNREADABLE, "not UTF-8"),
    ],
)
def test_an_answer_of_another_shape_is_a_failure(desk: Desk, content: bytes, kind: str, why: Why, says: str) -> None:
    desk.answer = lambda call: say(call, content, 200, kind)
    failed = failure(desk.source(own='rows = "rows"'))
    assert failed.why is why
    assert says in failed.message


@pytest.mark.parametrize("content", [b'{"rows": []}', b'{"rows": null}'])
def test_an_empty_answer_is_nothing_held(desk: Desk, content: bytes) -> None:
    desk.answer = lambda call: say(call, content)
    assert found(desk.source(own='rows = "rows"')) == []


def test_a_busy_service_is_asked_again_when_it_says_so(desk: Desk) -> None:
    def answer(call: Any) -> None:
        if len(desk.asked) == 1:
            say(call, {}, 429, Retry_After="0")
        elif len(desk.asked) == 2:
            headers = {"Retry_After": "Fri, 02 Jan 2026 03:04:05 GMT", "Date": "Fri, 02 Jan 2026 03:04:05 GMT"}
            say(call, {}, 503, **headers)
        else:
            say(call, [ROW])

    desk.answer = answer
    assert len(found(desk.source())) == 1
    assert len(desk.asked) == 3


def test_a_service_that_wants_an_hour_gets_it_another_time(desk: Desk) -> None:
    desk.answer = lambda call: say(call, {}, 429, Retry_After="3600")
    failed = failure(desk.source())
    assert (failed.why, "asks us to wait for 3,600 s; try again later" in failed.message) == (Why.TIMEOUT, True)
    assert len(desk.asked) == 1


def test_too_many_requests_and_then_nonsense_fails_and_a_retry_finishes(desk: Desk) -> None:
    desk.answer = lambda call: say(call, {}, 429) if len(desk.asked) < 3 else say(call, b"<<<", 200, "text/html")
    source = desk.source()
    assert failure(source).why is Why.UNREADABLE
    desk.answer = lambda call: say(call, [ROW])
    assert len(found(source)) == 1


def cut_off(call: Any) -> None:
    call.send_response(200)
    call.send_header("Content-Type", "application/json")
    call.send_header("Content-Length", "1000")
    call.end_headers()
    call.wfile.write(b'[{"id": 1}')
    call.close_connection = True


def test_an_answer_that_breaks_off_is_tried_again_and_never_taken(desk: Desk) -> None:
    desk.answer = cut_off
    failed = failure(desk.source())
    assert (failed.why, "broke off" in failed.message, len(desk.asked)) == (Why.BROKEN, True, 5)
    desk.answer = lambda call: cut_off(call) if len(desk.asked) < 7 else say(call, [ROW])
    assert len(found(desk.source())) == 1


def test_an_answer_that_drips_is_given_up(desk: Desk) -> None:
    over = threading.Event()

    def drip(call: Any) -> None:
        call.send_response(200)
        call.send_header("Content-Type", "application/json")
        call.end_headers()
        while not over.wait(0.1):
            call.wfile.write(b" ")

    desk.answer = drip
    try:
        failed = failure(desk.source(options="timeout_seconds = 1"))
    finally:
        over.set()
    assert (failed.why, "did not finish within 1 s" in failed.message) == (Why.TIMEOUT, True)


def test_nothing_at_the_address_is_a_failure(desk: Desk) -> None:
    source = desk.source()
    desk.office.close()
    assert failure(source).why is Why.BROKEN


@pytest.mark.parametrize("target", ["http://127.0.0.1:9/elsewhere", "https://{host}/v2", "//evil.example/v2"])
def test_no_token_travels_to_another_address(desk: Desk, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    monkeypatch.setenv("DESK", "s3cret")
    location = target.replace("{host}", desk.address.removeprefix("http://"))
    options = 'auth = "bearer", token = "env:DESK"'
    desk.answer = lambda call: say(call, {}, 302, Location=location)
    failed = failure(desk.source(options=options))
    assert (failed.why, "another address" in failed.message) == (Why.REFUSED, True)
    desk.answer = lambda call: say(call, {"rows": [ROW], "next": location})
    own = 'rows = "rows", paging = "next", cursor = "next"'
    assert failure(desk.source(options=options, own=own)).why is Why.REFUSED
    assert len(desk.asked) == 2


def test_a_redirect_within_the_service_is_followed_and_never_for_ever(desk: Desk) -> None:
    desk.answer = lambda call: say(call, [ROW]) if "/v3" in call.path else say(call, {}, 308, Location="/v3/people")
    assert len(found(desk.source())) == 1
    desk.answer = lambda call: say(call, {}, 302, Location=f"{call.path}0")
    assert failure(desk.source()).why is Why.REFUSED


def test_an_answer_beyond_measure_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dsar.sources.http_calls.MAX_ANSWER", 1_000)
    desk.answer = lambda call: say(call, [ROW] * 1_000)
    assert "larger than 1,000 bytes" in failure(desk.source()).message
