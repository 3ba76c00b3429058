"""The worked examples in docs/examples are whole source files, and find what services of their shape hold."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from dsar.sources.search import search
from tests.sources.desks import Desk, say
from tests.sources.office import Office, who

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
ANA = who("email", "Ana@Example.com")


def example(office: Office, desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[str, list[str]]]:
    """What a search finds with an example as it is, but for the address: per record set the state and the keys."""
    for variable in ("DESK_TOKEN", "PAYMENTS_KEY", "NEWSLETTER_KEY"):
        monkeypatch.setenv(variable, "s3cret")
    text = (EXAMPLES / f"{name}.toml").read_text(encoding="utf-8")
    (address,) = [line.split('"')[1] for line in text.splitlines() if line.startswith("path = ")]
    assert address.startswith("https://")
    office.describe(name, text.replace(address, desk.address + urlsplit(address).path))
    answers = search(office.sources(), [ANA]).answers
    return {one.record_set.name: (one.state.value, [record.key for record in one.records]) for one in answers}


def asked(call: Any) -> tuple[str, dict[str, str]]:
    parts = urlsplit(call.path)
    return parts.path, {name: values[0] for name, values in parse_qs(parts.query).items()}


def helpdesk(address: str, call: Any) -> None:
    path, query = asked(call)
    people = [
        {"id": 4001, "email": "ana@example.com", "phone": "+14155550100", "name": "Ana", "notes": None},
        {"id": 4002, "email": "banana@example.com", "phone": None, "name": "Banana", "notes": "ana@example.com?"},
    ]
    # somebody else's record in whose notes she is mentioned is found too, and leads nowhere
    tickets = [
        {"id": number, "requester_id": 4001, "subject": "Bill", "description": "\u2026", "created_at": "2026-01-02",
         "via": {"channel": "email", "source": {"from": {"address": "ana@example.com"}}}}
        for number in (71, 72, 73)
    ]  # fmt: skip
    page = int(query.get("page", 1))
    following = f"{address}{path}?page={page + 1}"
    match path:
        case "/api/v2/users/search.json":
            say(call, {"users": people, "next_page": None, "count": 2})
        case "/api/v2/users/4001/tickets/requested.json":
            say(call, {"tickets": tickets[page - 1 : page], "next_page": following if page < 3 else None})
        case _:
            say(call, {"error": "RecordNotFound"}, 404)


def payments(address: str, call: Any) -> None:
    path, query = asked(call)
    customers = [
        {"id": "cus_1", "object": "customer", "email": "ana@example.com", "phone": None, "address": {"city": "Oakland"}}
    ]
    charges = [
        {"id": f"ch_{number}", "object": "charge", "customer": "cus_1", "amount": 1900, "currency": "usd",
         "payment_method_details": {"card": {"last4": "4242"}}}
        for number in range(5)
    ]  # fmt: skip
    rows = customers if path == "/v1/customers" and query["email"] == "ana@example.com" else []
    if path == "/v1/charges" and query["customer"] == "cus_1":
        rows = charges
    first = next((place for place, one in enumerate(rows, 1) if one["id"] == query.get("starting_after")), 0)
    data = rows[first : first + 2]
    say(call, {"object": "list", "data": data, "has_more": first + 2 < len(rows), "url": path})


def newsletter(address: str, call: Any) -> None:
    path, query = asked(call)
    member = {
        "id": "62eeb292",
        "email_address": "ana@example.com",
        "status": "subscribed",
        "location": {"country_code": "US"},
    }
    activity = [{"activity_type": "open", "created_at_timestamp": f"2026-01-02T03:{n:02}:00+00:00"} for n in range(60)]
    if path == "/3.0/search-members":
        exact = [member] if query["query"] == "ana@example.com" else []
        say(
            call, {"exact_matches": {"members": exact, "total_items": len(exact)}, "full_search": {"members": [member]}}
        )
    elif path == "/3.0/lists/main/members/62eeb292/activity-feed":
        first = int(query["offset"])
        say(call, {"activity": activity[first : first + 50], "email_id": "62eeb292"})
    else:
        say(call, {"title": "Resource Not Found", "status": 404}, 404, "application/problem+json")


@pytest.mark.parametrize(
    ("name", "service", "held"),
    [
        ("helpdesk", helpdesk, {"people": ["4001", "4002"], "tickets": ["71", "72", "73"]}),
        ("payments", payments, {"customers": ["cus_1"], "charges": [f"ch_{number}" for number in range(5)]}),
        ("newsletter", newsletter, {"subscribers": ["62eeb292"], "activity": 60}),
    ],
)
def test_an_example_finds_all_that_is_held_of_a_person(
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    service: Callable[[str, Any], None],
    held: dict[str, object],
) -> None:
    desk = Desk(office)
    desk.answer = lambda call: service(desk.address, call)
    answers = example(office, desk, name, monkeypatch)
    assert {state for state, _ in answers.values()} == {"searched"}
    assert {one: len(keys) if held[one] == 60 else keys for one, (_, keys) in answers.items()} == held
    assert all("s3cret" not in path for path in desk.asked)
    assert all("authorization" in headers for headers in desk.headers)


def test_one_endpoint_that_fails_is_one_line_of_the_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(office)
    refuse = json.dumps({"error": "no"}).encode()
    desk.answer = lambda call: say(call, refuse, 403) if "tickets" in call.path else helpdesk(desk.address, call)
    assert example(office, desk, "helpdesk", monkeypatch) == {
        "people": ("searched", ["4001", "4002"]),
        "tickets": ("failed", []),
    }
