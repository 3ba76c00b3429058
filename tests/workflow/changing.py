"""Cases that end in a change of the sources, each as far as a plan can be made; and what then stands in the sources."""

from __future__ import annotations

import csv
import hashlib
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

from dsar.case.changes import PlanKind
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.workflow import apply as work
from dsar.workflow import change, gather, intake, openings, triage, verify
from dsar.workflow.change import Planned
from dsar.workflow.openings import Opening
from dsar.workspace import Workspace
from tests.workflow.office import by, somebody

NUMBER = "DSAR-2026-0001"
TAN, OKAFOR = "wesley.tan@harbormail.example", "denise.okafor@maplemail.example"
OLD, NEW = "+15105550117", "+15105550176"


def later(hours: float, actor: str = "priya") -> Stamp:
    """The same desk so many hours later by the wall clock."""
    stamp = by(actor)
    now = stamp.recorded_at + timedelta(hours=hours)
    return replace(stamp, recorded_at=now, on=stamp.on + (now.date() - stamp.recorded_at.date()))


def arrived(ws: Workspace, file: str) -> str:
    """The case of a message of the sample inbox; a person accepts what the reading is unsure of."""
    (taken,) = intake.take_in(ws, [ws.home / "inbox" / f"{file}.eml"], by(), dry_run=False)
    if taken.state is intake.State.OPENED:
        return taken.case
    return triage.accept(ws, ws.ledger.drafts()[-1].id, triage.Correction(), by()).number


def shown(ws: Workspace, number: str, method: str) -> None:
    """Who asks has proven it."""
    verify.confirm(ws, number, verify.Shown(method=verify.method_named(method)), by())


def searched(ws: Workspace, number: str) -> None:
    """Every source was searched, and the door log left out."""
    gather.gather(ws, number, by())
    gather.waive(ws, number, "facilities", "", "kept 30 days only", by())


def tan(ws: Workspace) -> str:
    """Wesley Tan, who wants to be erased, found everywhere."""
    number = arrived(ws, "05-delete-tan")
    shown(ws, number, "email-control")
    searched(ws, number)
    return number


def okafor(ws: Workspace) -> str:
    """Denise Okafor, who has a new number, found everywhere."""
    number = arrived(ws, "04-edit-okafor")
    shown(ws, number, "account-login")
    searched(ws, number)
    return number


def reporter(ws: Workspace) -> str:
    """A teacher told of a pupil; everything of the child is found."""
    number = arrived(ws, "08-child-teacher")
    searched(ws, number)
    return number


def opt_out(ws: Workspace) -> str:
    """Carmen Delacroix wants no sale; she proves nothing."""
    return arrived(ws, "13-opt-out-of-sale")


def of_tan(**changes: object) -> Opening:
    """Wesley's request, typed with other rights or another role."""
    return somebody("Wesley Tan", TAN, **changes)


def typed(ws: Workspace, opening: Opening, method: str = "account-login") -> str:
    """A typed request, proven and found everywhere."""
    number = openings.typed(ws, opening, by())
    shown(ws, number, method)
    searched(ws, number)
    return number


def child_wrote(ws: Workspace) -> str:
    """The child itself wrote, from the address of its account."""
    from dsar.case.rights import Right

    wish = somebody(
        "skatefox11", "skatefox11@kidmail.example", rights=(Right.CHILD_DELETE,), laws=("us-coppa",), role=Role.CHILD
    )
    number = openings.typed(ws, wish, by())
    searched(ws, number)
    return number


def agreed(ws: Workspace, planned: Planned) -> Planned:
    """Sam approved exactly this plan."""
    change.approve_plan(ws, planned.case.number, planned.line, by("sam"), typed=planned.fingerprint)
    return planned


def erased(ws: Workspace, number: str) -> work.Applied:
    """Planned, approved and carried out."""
    agreed(ws, change.plan_erasure(ws, number, by()))
    return work.apply(ws, number, by())


def corrected(ws: Workspace, number: str) -> work.Applied:
    """Denise's number, planned, approved and carried out."""
    agreed(ws, change.plan_correction(ws, number, "phone", NEW, by(), old=OLD))
    return work.apply(ws, number, by())


def marked(ws: Workspace, number: str, kind: PlanKind) -> work.Applied:
    """Marks need nobody else."""
    change.plan_marking(ws, number, kind, by())
    return work.apply(ws, number, by())


def sources(ws: Workspace) -> dict[str, str]:
    """A hash of every file of the sources: equal means that nothing was touched."""
    folder = ws.home / "data"
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def crm(ws: Workspace, query: str, *values: str) -> list[tuple[object, ...]]:
    """What stands in the customer database; a statement that writes is kept."""
    with closing(sqlite3.connect(ws.home / "data" / "crm.sqlite")) as connection:
        found = connection.execute(query, values).fetchall()
        connection.commit()
    return found


def subscribers(ws: Workspace) -> dict[str, str]:
    """The newsletter list: address -> status."""
    with (ws.home / "data" / "newsletter.csv").open(newline="", encoding="utf-8") as file:
        return {row["email"]: row["status"] for row in csv.DictReader(file)}


def facts_of(ws: Workspace, number: str, *kinds: str) -> list[str]:
    """The kinds of a case's facts in order, these only."""
    return [entry.kind for entry in ws.ledger.history(number) if not kinds or entry.kind in kinds]
