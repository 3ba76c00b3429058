"""Short ways to say what a record set is, what was found in it, and who the person is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dsar.case.identifiers import Holder, Identifier
from dsar.case.records import DataRole, Field, Finding, Match, Record, RecordSet, RolePeriod

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PLAN: dict[str, Any] = {"plan_id": "P-1", "case": "DSAR-2026-0001", "now": NOW}
OWN = (
    Identifier(kind="email", value="ana@example.com", raw="Ana@Example.com"),
    Identifier(kind="phone", value="+14155550142", raw="(415) 555-0142"),
    Identifier(kind="customer_no", value="S-2001"),
    Identifier(kind="username", value="ana_b"),
    Identifier(kind="name", value="ana bell", raw="Ana Bell"),
    # the contract is known, and not hers
    Identifier(kind="account_id", value="A-1001", holder=Holder.ORGANISATION),
)
CONTROLLER = RolePeriod(role=DataRole.CONTROLLER, purpose="service")
PROCESSOR = RolePeriod(role=DataRole.PROCESSOR, purpose="carrying texts", customer_field="customer")


def column(name: str, kind: str = "", **more: Any) -> Field:
    """A field, searched by where it has a kind that allows it."""
    return Field(name=name, meaning=name, identifies=kind, match=kind not in ("", "name", "address"), **more)


def described(*fields: Field, **more: Any) -> RecordSet:
    """A record set of the source ``crm`` with the key ``id``."""
    settings = {"name": "rows", "place": "rows", "key": ("id",), "roles": (CONTROLLER,), "country": "US", **more}
    return RecordSet(source="crm", title="Rows", fields=(Field(name="id", meaning="number"), *fields), **settings)


def finding(
    values: Mapping[str, str], *matched: str, how: str = "exact", number: int = 1, record_set: str = "rows"
) -> Finding:
    """A record found by these fields; ``email`` is told as the person's address, all else as their number."""
    known = {
        "email": ("email", "ana@example.com"),
        "phone": ("phone", "+14155550142"),
        "seat": ("customer_no", "S-2001"),
    }
    matches = tuple(
        Match(field=name, kind=known.get(name, known["email"])[0], value=known.get(name, known["email"])[1], how=how)
        for name in matched
    )
    values = {"id": str(number), **values}
    record = Record(key=values["id"], values=values, matched=matches)
    return Finding(id=f"F-{number:04d}", source="crm", record_set=record_set, record=record)
