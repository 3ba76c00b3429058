"""What happened: the append-only facts, the vault beside them, and the lists computed from both.

All SQL of the case store is in this room; what a fact means is the case room's business. Names are loaded when first
used: a list needs only ``Lists``, without any fact.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dsar.ledger.audit import Fault
    from dsar.ledger.chain import Entry
    from dsar.ledger.inflow import Draft
    from dsar.ledger.ledger import Checked, Ledger
    from dsar.ledger.lists import Lists
    from dsar.ledger.rows import CaseRow, DueRow, OutboxRow
    from dsar.ledger.vault import Kept

__all__ = ["CaseRow", "Checked", "Draft", "DueRow", "Entry", "Fault", "Kept", "Ledger", "Lists", "OutboxRow"]

_PLACES = {
    "CaseRow": "rows",
    "Checked": "ledger",
    "Draft": "inflow",
    "DueRow": "rows",
    "Entry": "chain",
    "Fault": "audit",
    "Kept": "vault",
    "Ledger": "ledger",
    "Lists": "lists",
    "OutboxRow": "rows",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"dsar.ledger.{_PLACES[name]}"), name)
