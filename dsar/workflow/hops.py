"""Keeps what a search did not follow, so that a person can say yes to it without ever typing the value.

Why something is not followed is the search's; a yes makes it one of the case's own identifiers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from dsar.case.case import Case
from dsar.case.facts import NoteAdded
from dsar.case.identifiers import SEARCHABLE, Holder, Identifier
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong
from dsar.workflow.openings import identifier_from, identifier_text, identifiers_of
from dsar.workspace import Workspace

AWAITING = "hop"
# More is no choice that anybody makes one by one.
MOST = 50
_LENGTH = 8


@dataclass(frozen=True, slots=True)
class NotFollowed:
    """An identifier found and not searched by, and why; ``name`` says which, where somebody may say yes."""

    identifier: Identifier
    why: str
    name: str = ""


def named(ws: Workspace, number: str, one: Identifier) -> str:
    """The word for an identifier in lists and on a command line: its kind, and a mark that only this case knows."""
    mark = ws.ledger.digest(number, f"{one.kind}:{one.value}").rpartition(":")[2]
    return f"{one.kind}:{mark[:_LENGTH]}"


def await_yes(ws: Workspace, number: str, refused: Sequence[NotFollowed], by: Stamp) -> tuple[NotFollowed, ...]:
    """Keep those that somebody may say yes to, and name them: what an organisation or several people hold is not."""
    own = [one for one in refused if one.identifier.holder is Holder.PERSON and one.identifier.kind in SEARCHABLE]
    # what the request itself names was refused for another reason than the way it was found
    known = {one.key for one in identifiers_of(ws, number)}
    with ws.ledger.writing():
        waiting = {identifier_from(row.value.decode("utf-8")).key for row in ws.ledger.kept(number, AWAITING)}
        for one in own:
            key = one.identifier.key
            if key not in known and key not in waiting and len(waiting) < MOST:
                ws.ledger.keep(number, AWAITING, identifier_text(one.identifier), at=by.recorded_at)
                waiting.add(key)
    open_ = [one for one in own if one.identifier.key in waiting]
    names = {id(one): named(ws, number, one.identifier) for one in open_}
    return tuple(replace(one, name=names.get(id(one), "")) for one in refused)


def agree(ws: Workspace, number: str, wanted: Iterable[str], by: Stamp) -> Case:
    """Say yes to identifiers by their names in the list; from now on the case is searched by them."""
    ws.require(by, "editor")
    with ws.ledger.writing():
        case = ws.ledger.case(number)
        waiting = {}
        for row in ws.ledger.kept(number, AWAITING):
            one = identifier_from(row.value.decode("utf-8"))
            waiting[named(ws, number, one)] = (row.item, one)
        own = {named(ws, number, one) for one in identifiers_of(ws, number)}
        for name in wanted:
            if name in own:
                continue
            if name not in waiting:
                raise InputWrong(
                    f"Not done: {number} has nothing of that name to follow. Nothing was searched.",
                    hint=f"See what there is: dsar gather {number}",
                )
            item, one = waiting[name]
            ws.ledger.forget(item)
            kept = ws.ledger.keep(number, "identifier", identifier_text(one), at=by.recorded_at)
            case = ws.ledger.record(number, NoteAdded(item=kept), by=by)
            own.add(name)
    return case
