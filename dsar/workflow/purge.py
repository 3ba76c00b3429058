"""Purges our own closed cases when their time has come: a list, a second person's yes, then everything personal goes.

Facts stay and still check. What was purged is written beside the backups, so that a restored copy forgets it again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

from dateutil.relativedelta import relativedelta

from dsar.case.stamp import Stamp
from dsar.errors import DsarError, InputWrong, Refused
from dsar.formats.files import private_folder, read_limited, write_atomic
from dsar.ledger import Ledger
from dsar.letters.address import mail_address
from dsar.letters.mail import message_id
from dsar.workspace import STORE, Workspace

PLAN = "purge.plan"
LOG = "purged.txt"
GOOD_FOR = timedelta(hours=72)
MOST = 2_000
_LARGEST_LOG = 50_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Which cases are to be forgotten; its fingerprint is what a second person approves, once, for 72 hours."""

    cases: tuple[str, ...]
    maker: str
    made_at: str
    approver: str = ""
    begun: bool = False
    used: bool = False

    @property
    def fingerprint(self) -> str:
        """Ten digits over the list, its maker and its time."""
        text = json.dumps([self.cases, self.maker, self.made_at])
        return hashlib.sha256(text.encode("utf-8")).hexdigest()[:10]

    def expired(self, now: datetime) -> bool:
        """Whether its 72 hours are over; what was begun may always be finished."""
        return not self.begun and now > datetime.fromisoformat(self.made_at) + GOOD_FOR


@dataclass(frozen=True, slots=True, kw_only=True)
class Ripe:
    """A closed case whose purge date has come."""

    case: str
    closed_on: date | None
    purge_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What a purge did, and which copies of the store still hold what it removed."""

    cases: tuple[str, ...]
    files: int
    copies: tuple[str, ...]
    already: bool = False


def ripe(ws: Workspace, today: date, *, months: int = 0) -> tuple[Ripe, ...]:
    """The closed cases to forget; ``months`` leaves out those that were closed later than so many months ago."""
    latest = today - relativedelta(months=months)
    rows = [row for row in ws.ledger.to_purge(today) if not ws.ledger.is_purged(row.case)]
    fit = [row for row in rows if row.closed_on is not None and row.closed_on <= latest]
    return tuple(Ripe(case=row.case, closed_on=row.closed_on, purge_on=row.purge_on) for row in fit)


def current_plan(ws: Workspace) -> Plan | None:
    """The saved plan, whatever became of it; None if there never was one."""
    noted = ws.ledger.meta(PLAN)
    if not noted:
        return None
    body = json.loads(noted)
    return Plan(**{**body, "cases": tuple(body["cases"])})


def make_plan(ws: Workspace, by: Stamp, *, months: int = 0) -> Plan:
    """Save the list of what would go; nothing is deleted. A plan that is being carried out is not replaced."""
    ws.require(by, "editor", "manager", "dpo")
    before = current_plan(ws)
    if before is not None and before.begun and not before.used:
        raise Refused(
            "Not done: a purge was begun and not finished. Nothing was planned.",
            hint=f"Finish it first: dsar purge --confirm {len(before.cases)}",
        )
    found = ripe(ws, by.on, months=months)[:MOST]
    if not found:
        raise InputWrong("Nothing to purge: no closed case has reached its purge date.", hint="dsar list --closed")
    plan = Plan(cases=tuple(one.case for one in found), maker=by.actor, made_at=by.recorded_at.isoformat())
    _save(ws, plan)
    return plan


def _save(ws: Workspace, plan: Plan) -> None:
    ws.ledger.set_meta(PLAN, json.dumps(asdict(plan)))


def approve(ws: Workspace, fingerprint: str, by: Stamp) -> Plan:
    """A second person agrees to exactly this list; approving twice changes nothing."""
    ws.require(by, "approver", "dpo")
    with ws.ledger.writing(by, "purge --approve"):
        plan = _usable(ws, by.recorded_at)
        if plan.fingerprint != fingerprint.strip().casefold():
            raise Refused(
                f"Not done: the saved plan is {plan.fingerprint}, not that one. Nothing was approved.",
                hint="Look at it: dsar purge",
            )
        if plan.maker == by.actor:
            able = ", ".join(one.name or one.id for one in ws.able(("approver", "dpo"), but=by.actor)) or "nobody yet"
            raise Refused(
                "Not done: you made this plan, so somebody else must approve it. Nothing was approved.",
                hint=f"Who can ({able}): dsar purge --approve {plan.fingerprint}",
            )
        approved = plan if plan.approver else replace(plan, approver=by.actor)
        _save(ws, approved)
        return approved


def _usable(ws: Workspace, now: datetime) -> Plan:
    plan = current_plan(ws)
    if plan is None or plan.used:
        raise InputWrong("Not done: there is no purge plan. Nothing was changed.", hint="Make one: dsar purge --plan")
    if plan.expired(now):
        raise Refused(
            "Not done: the purge plan is older than 72 hours. Nothing was changed.",
            hint="Make a new one; it needs a new approval: dsar purge --plan",
        )
    return plan


def carry_out(ws: Workspace, confirmed: int, by: Stamp) -> Purged:
    """Forget the cases of the approved plan; a run that was cut short is finished by the same command.

    Refused unless a second person agreed, every case is still closed and due, and the number typed is the plan's.
    """
    ws.require(by, "editor", "manager", "dpo")
    done = current_plan(ws)
    if done is not None and done.used and confirmed == len(done.cases):
        # the run that forgot them may have been cut short before the file was written anew
        ws.ledger.tidy()
        return Purged(cases=done.cases, files=0, copies=copies_that_hold(ws, done.cases), already=True)
    with ws.ledger.writing(by, "purge"):
        plan = _usable(ws, by.recorded_at)
        plan = replace(plan, cases=_checked(ws, plan, confirmed, by))
        _save(ws, replace(plan, begun=True))
    # first the list beside the backups: a copy restored after a crash must forget these as well
    log(ws, plan.cases, by.on)
    files = sum(_delete_files(ws, number) for number in plan.cases)
    with ws.ledger.writing(by, "purge"):
        for number in plan.cases:
            if not ws.ledger.is_purged(number):
                ws.ledger.purge_case(number)
        _save(ws, replace(plan, begun=True, used=True))
    ws.ledger.tidy()
    return Purged(cases=plan.cases, files=files, copies=copies_that_hold(ws, plan.cases))


def _checked(ws: Workspace, plan: Plan, confirmed: int, by: Stamp) -> tuple[str, ...]:
    """The cases to forget now; of a purge that was begun, what was brought back to work since stays."""
    if not plan.approver:
        raise Refused(
            "Not done: nobody has approved this purge yet. Nothing was deleted.",
            hint=f"A second person types: dsar purge --approve {plan.fingerprint}",
        )
    if confirmed != len(plan.cases):
        raise Refused(
            f"Not done: you confirmed {confirmed}, and the number of cases in the plan is {len(plan.cases)}. "
            "Nothing was deleted.",
            hint=f"There is no undo. If you mean it: dsar purge --confirm {len(plan.cases)}",
        )
    still = {row.case for row in ws.ledger.to_purge(by.on)}
    moved = [number for number in plan.cases if number not in still]
    if moved and not plan.begun:
        raise Refused(
            f"Not done: {', '.join(moved[:5])} is open again or not due any more. Nothing was deleted.",
            hint="Make a new plan; it needs a new approval: dsar purge --plan",
        )
    return tuple(number for number in plan.cases if number in still)


def _delete_files(ws: Workspace, number: str) -> int:
    """The case's own folder and its letters in the outbox folder; returns how many files went."""
    gone = 0
    folder = ws.home / "cases" / number
    if folder.is_symlink():
        raise Refused(f"Not done: the folder of {number} is a link. Nothing of it was deleted.", hint="dsar doctor")
    if folder.is_dir():
        gone += sum(1 for path in folder.rglob("*") if path.is_file())
        shutil.rmtree(folder)
    for name in _letter_files(ws, number):
        path = ws.home / "outbox" / name
        if path.is_file():
            path.unlink()
            gone += 1
    return gone


def _letter_files(ws: Workspace, number: str) -> Iterator[str]:
    """The names of a case's letters in the outbox folder, made from their keys as they were when they left."""
    for key in ws.ledger.case(number).letters:
        # the name is made from the part before the @, which no sender changes
        local = message_id(key, mail_address("any@example.com")).strip("<>").partition("@")[0]
        yield f"{local}.eml"


# -- what was purged, beside the backups ------------------------------------------------------------


def log(ws: Workspace, cases: Iterable[str], on: date) -> Path:
    """Write down which cases were purged: number, day, and the hash of the entry that opened them; nothing personal."""
    path = private_folder(ws.home / "backups") / LOG
    lines = read_log(path)
    known = {(number, opening) for number, opening, _ in lines}
    for number in cases:
        opening = _opening(ws.ledger, number)
        if (number, opening) not in known:
            lines.append((number, opening, on.isoformat()))
    write_atomic(path, "".join(f"{' '.join(line)}\n" for line in lines))
    return path


def read_log(path: Path) -> list[tuple[str, str, str]]:
    """(case, hash of its opening entry, day) of everything that was ever purged here; empty if there is no list."""
    if not path.is_file():
        return []
    text = read_limited(path, _LARGEST_LOG).decode("utf-8")
    rows = [line.split(" ") for line in text.splitlines() if line.strip()]
    if any(len(row) != 3 for row in rows):
        raise InputWrong(
            f"{path.name} beside the backups cannot be read, so it is not known what must stay forgotten. "
            "Nothing was changed.",
            hint=f"Put right or remove the broken line of {path}",
        )
    return [(row[0], row[1], row[2]) for row in rows]


def _opening(ledger: Ledger, number: str) -> str:
    return next(iter(ledger.history(number))).hash


def replay(ws: Workspace, store: Path) -> tuple[str, ...]:
    """Forget again, in a restored copy of the store, every case that was purged since; gives their numbers.

    A number stands for the same case only where its opening entry is the same. Harmless to repeat.
    """
    forgotten: list[str] = []
    with Ledger.open(store) as ledger:
        known = {row.case for row in ledger.rows(open_only=False)}
        with ledger.writing():
            for number, opening, _ in read_log(ws.home / "backups" / LOG):
                if number in known and _opening(ledger, number) == opening and not ledger.is_purged(number):
                    ledger.purge_case(number, again=True)
                    forgotten.append(number)
        ledger.tidy()
    return tuple(forgotten)


def copies_that_hold(ws: Workspace, cases: Iterable[str]) -> tuple[str, ...]:
    """The copies of the store here that still hold the personal data of one of these cases.

    A copy that cannot be looked into counts as holding it: backups made elsewhere are not seen at all.
    """
    wanted = tuple(cases)
    places = [
        *(ws.home / "backups").glob("*.db"),
        *ws.home.glob(f"{STORE}.before-step-*"),
        *ws.home.glob("restored-*.db"),
    ]
    return tuple(str(path.relative_to(ws.home)) for path in sorted(places) if _holds(path, wanted))


def _holds(path: Path, cases: tuple[str, ...]) -> bool:
    try:
        with Ledger.open(path, readonly=True) as ledger:
            return any(ledger.kept(number) and not ledger.is_purged(number) for number in cases)
    except DsarError:
        return True
