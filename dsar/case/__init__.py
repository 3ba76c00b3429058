"""What a case is: its facts, rights, findings and decisions, as pure values and pure functions.

No file, clock, database or screen is touched here; the ledger keeps facts and the workflow makes them.
"""
