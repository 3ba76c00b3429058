"""Tells who received personal data from us, for those whose law gives them the list: by name, from the register.

Reading the register is left to ``notice_register``; who received data for their own marketing, to ``notice``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from dsar.disclosure.register import Register
from dsar.disclosure.register_rows import same_words
from dsar.letters import letter as le
from dsar.workflow.notice_register import whole_register
from dsar.workspace import Workspace


def recipient_values(ws: Workspace, on: date) -> dict[str, Any]:
    """The letter value: everybody who received data up to this day; CheckFailed where the register is not whole."""
    return {"third_parties": received(whole_register(ws), on)}


def received(register: Register, on: date) -> tuple[le.ThirdParty, ...]:
    """Everybody outside who received any person's data by this day, by name, with what they received.

    Rows of one recipient (same name and address) are one entry. A period that has ended counts: it was disclosed.
    """
    found: dict[tuple[str, str], le.ThirdParty] = {}
    for entry in register.entries:
        if entry.since is not None and entry.since > on:
            continue
        key = (same_words(entry.recipient), same_words(entry.address))
        known = found.get(key) or le.ThirdParty(name=entry.recipient, address=entry.address, categories=())
        what = (entry.what,) if entry.what else tuple(category.words for category in entry.categories)
        examples = dict.fromkeys(text for text in (*known.examples.split("; "), entry.products) if text)
        found[key] = le.ThirdParty(
            name=known.name,
            address=known.address,
            categories=tuple(dict.fromkeys((*known.categories, *what))),
            examples="; ".join(examples),
        )
    return tuple(found[key] for key in sorted(found))
