"""Tells the data subject from whoever wrote: by whose identifiers a case is searched, and where its answer goes."""

from __future__ import annotations

from dsar.case.case import Case
from dsar.case.identifiers import Identifier, normal_email
from dsar.case.stages import Role
from dsar.workflow.openings import identifiers_of
from dsar.workspace import Workspace


def reply_address(ws: Workspace, number: str) -> str:
    """The address an answer would go to, in normal form; "" where the request came by post."""
    kept = ws.ledger.kept(number, "reply_to")
    return normal_email(kept[-1].value.decode("utf-8")) if kept else ""


def writers_address(ws: Workspace, case: Case) -> str:
    """The address of a writer who is not the data subject and has proven nothing; "" for everybody else."""
    about_another = case.role is Role.REPORTER or (case.role is Role.PARENT and case.authority is None)
    return reply_address(ws, case.number) if about_another else ""


def subject_of(ws: Workspace, case: Case) -> tuple[Identifier, ...]:
    """The identifiers of the data subject: the address of a mere reporter is not among them."""
    address = writers_address(ws, case)
    return tuple(one for one in identifiers_of(ws, case.number) if not (address and one.value == address))
