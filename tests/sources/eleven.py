"""The shop in eleven tables: its statements, what a scan's proposal still needs, and which rows are whose."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from dsar.case.identifiers import Identifier
from dsar.sources.answers import SearchResult, State
from dsar.sources.interface import Source
from dsar.sources.search import search
from tests.sources.office import who

HERE = Path(__file__).parent
SQL = (HERE / "eleven_tables.sql").read_text(encoding="utf-8")
YAML = HERE / "eleven.fides.yml"

ANA = "addresses 1, addresses 3, customers 1, logins 1, logins 3, order_items 1|1, order_items 1|3, order_items 2|2, " \
    "orders 1, orders 2, payment_cards 1, payments 1, payments 2, reports 1, reports 3, service_requests 1, " \
    "service_requests 2"  # fmt: skip
CORA = "addresses 1, addresses 2, customers 2, logins 2, order_items 3|1, orders 3, payment_cards 2, payments 3, " \
    "reports 2, service_requests 2"  # fmt: skip
BEN = "addresses 1, employees 1, reports 4"
# Ways to ask, and the rows that are the person's.
WHOSE = [
    ([who("email", "ana.ruiz@example.com")], ANA),
    ([who("email", " ANA.Ruiz@EXAMPLE.com ")], ANA),
    ([who("phone", "1-415-555-0100")], ANA),
    ([who("phone", "+1 (415) 555 01 00")], ANA),
    ([who("email", "ana.private@example.net")], ANA),
    ([who("email", "Cora@Example.org")], CORA),
    ([who("phone", "212.555.0199")], CORA),
    ([who("email", "ben@shop.example.com")], BEN),
    ([who("email", "nobody@example.com")], ""),
]


def statements() -> list[str]:
    """The statements one by one, for servers that take no more at once."""
    plain = re.sub(r"(?m)^--.*$", "", SQL)
    return [one.strip() for one in plain.split(";\n") if one.strip()]


def write_sqlite(path: Path) -> None:
    """The shop as a SQLite file."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(SQL)


def finished(text: str) -> str:
    """The proposal with its open words said and nothing else changed: what it is, who keeps it, and why."""
    text = text.replace('title = "?"', 'title = "Shop"').replace('owner = "?"', 'owner = "sam"')
    return text.replace('purpose = "?"', 'purpose = "selling"')


def edited(text: str) -> str:
    """What a person adds to a proposal: who keeps it, why, and that both e-mails of a request are the asker's.

    The number of the colleague who dealt with a request stays unfollowed, as proposed.
    """
    head, mark, requests = finished(text).partition("# --- service_requests ---")
    assert mark
    for name in ("email", "alt_email"):
        described = f'name = "{name}"\n'
        before, found, after = requests.partition(described)
        assert found
        requests = before + described + after.replace("match = true\n", "match = true\nemits = true\n", 1)
    return head + mark + requests


def rows(result: SearchResult) -> str:
    """The rows found, by table and key."""
    assert {one.state for one in result.answers} <= {State.SEARCHED, State.EXCLUDED}, result.answers
    keys = (
        (one, "|".join(record.values[name] for name in one.record_set.key))
        for one in result.answers
        for record in one.records
    )
    return ", ".join(sorted(f"{one.record_set.place} {key}" for one, key in keys))


def found(source: Source, identifiers: Iterable[Identifier]) -> str:
    """Which rows of the shop a search brings."""
    return rows(search([source], list(identifiers)))
