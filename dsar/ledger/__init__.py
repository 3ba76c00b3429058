"""What happened: the append-only facts, the vault beside them, and the lists computed from both.

All SQL of the case store is in this room; what a fact means is the case room's business.
"""

from dsar.ledger.audit import Fault
from dsar.ledger.chain import Entry
from dsar.ledger.inflow import Draft
from dsar.ledger.ledger import Checked, Ledger
from dsar.ledger.projection import CaseRow, DueRow, OutboxRow
from dsar.ledger.vault import Kept

__all__ = ["CaseRow", "Checked", "Draft", "DueRow", "Entry", "Fault", "Kept", "Ledger", "OutboxRow"]
