"""Sixty days with fourteen runs a day, with crashes, downtime, clock changes, extensions and closings: none missing,
none twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest

from dsar.case.facts import ClockMoved, Fact, OutcomeReached
from dsar.case.stages import Outcome
from dsar.ledger.notices import NoticeState
from dsar.letters.address import mail_address
from dsar.letters.mail import message_id
from dsar.workflow import remind
from dsar.workspace import Workspace
from tests.remind import desk, oracle
from tests.remind.desk import ZONE, by, local, opened

HOURS = range(6, 20)
STAFF = ("olga", "dee", "mick", "dora")


class World:
    """The desk, what happened to it, and which runs went through."""

    def __init__(self, home: Path, reopen: Callable[[], Workspace], box: desk.Box, seed: int) -> None:
        self.home, self.reopen, self.box = home, reopen, box
        self.ws = reopen()
        self.luck = random.Random(seed)
        self.bounds: list[oracle.Bound] = []
        self.good: list[datetime] = []
        self.crashes = 0
        self.resent: Counter[str] = Counter()

    def run(self, now: datetime, *, may_crash: bool) -> None:
        """One run; some stop at a boundary, and the next one begins as a new process."""
        self.box.before = self.box.after = lambda: None
        if may_crash and self.luck.random() < 0.6:
            spot = self.luck.choice(("before", "after"))
            left = self.luck.randrange(3)
            setattr(self.box, spot, self._stop_after(left, counts=spot == "after"))
        try:
            remind.remind(self.ws, by(now), now)
        except desk.Crash:
            self.crashes += 1
            self.ws = self.reopen()
        else:
            self.good.append(now.astimezone(ZONE))

    def _stop_after(self, left: int, *, counts: bool) -> Callable[[], None]:
        spare = [left]

        def stop() -> None:
            if spare[0] == 0:
                if counts:
                    self.resent[desk.read(self.box.arrived[-1])["Message-ID"]] += 1
                raise desk.Crash
            spare[0] -= 1

        return stop

    def bind(self, case: str, now: datetime) -> None:
        """Note for the oracle what binds a new case, from what the ledger's list shows."""
        for row in self.ws.ledger.clock_rows():
            if row.case == case:
                assert row.due_on
                self._note(case, row.obligation, row.due_on, now)

    def _note(self, case: str, obligation: str, due_on: date, now: datetime) -> None:
        self.bounds.append(
            oracle.Bound(case=case, obligation=obligation, due_on=due_on, since=now.astimezone(ZONE), until=None)
        )

    def ends(self, case: str, now: datetime, obligation: str | None = None) -> None:
        """From now on this binds no more."""
        at = now.astimezone(ZONE)
        self.bounds = [
            oracle.Bound(case=b.case, obligation=b.obligation, due_on=b.due_on, since=b.since, until=at)
            if b.case == case and b.until is None and obligation in (None, b.obligation)
            else b
            for b in self.bounds
        ]

    def tell(self, case: str, fact: Fact, now: datetime) -> None:
        self.ws.ledger.record(case, fact, by=by(now))


def story(world: World, first: date, *, down: range) -> None:
    """Five cases over sixty days: one answered, one extended, one left to become late, two opened on the way."""
    cases: dict[str, str] = {}
    for nth in range(60):
        day = first + timedelta(days=nth)
        midnight = local(day, 5)
        for at, name in ((0, "ann"), (0, "bob"), (0, "cyd"), (20, "dan"), (33, "eve")):
            if at == nth:
                # received a while ago, so that its dates fall into these sixty days
                cases[name] = opened(world.ws, midnight - timedelta(days=40 if at == 0 else 20), name)
                world.bind(cases[name], midnight)
        if nth == 3:
            claim = f"access/{world.ws.ledger.case(cases['bob']).claims['access/us-ca-ccpa'].law}"
            world.tell(cases["bob"], ClockMoved(kind="extended", on=day, claim=claim), midnight)
            world.ends(cases["bob"], midnight, "respond")
            extended = {row.obligation: row.due_on for row in world.ws.ledger.clock_rows() if row.case == cases["bob"]}
            due_on = extended["extended"]
            assert due_on
            world._note(cases["bob"], "extended", due_on, midnight)
        if nth == 27:
            ended = OutcomeReached(claim="access/us-ca-ccpa", outcome=Outcome.OPENED_IN_ERROR)
            world.tell(cases["dan"], ended, midnight)
            world.ends(cases["dan"], midnight)
        if nth in down:
            continue
        hours = [*HOURS]
        if nth in (10, 41):
            hours.insert(6, 10)  # the clock is set back an hour
        for hour in hours:
            # the last run before nine and the last of a day go through: until then any crash is made good
            world.run(local(day, hour), may_crash=hour not in (8, 19))


@pytest.mark.parametrize(
    ("first", "seed"),
    [(date(2026, 10, 5), 1), (date(2027, 2, 1), 2)],
    ids=["clocks go back on 1 November", "clocks go forward on 14 March"],
)
def test_sixty_days(home: Path, reopen: Callable[[], Workspace], box: desk.Box, first: date, seed: int) -> None:
    world = World(home, reopen, box, seed)
    story(world, first, down=range(44, 56))
    assert world.crashes > 5
    last = first + timedelta(days=59)

    want = {
        (bound.case, bound.obligation, bound.due_on, rung, person)
        for bound, person in product(world.bounds, STAFF)
        for rung in oracle.told(bound, person, world.good, last)
    }
    rows = [one for one in world.ws.ledger.notices.all() if one.kind == "due"]
    sent = [
        (one.case, one.about.rsplit(":", 2)[1], one.due_on, one.rung, one.person)
        for one in rows
        if one.state is NoticeState.SENT
    ]
    assert len(sent) == len(set(sent))
    assert set(sent) - want == set()
    assert want - set(sent) == set()

    # each notice that says "sent" arrived in exactly one mail, which names its case and went to its person
    sender = mail_address(world.ws.sender)
    arrived: dict[str, list[bytes]] = {}
    for eml in box.arrived:
        arrived.setdefault(desk.read(eml)["Message-ID"], []).append(eml)
    for one in rows:
        if one.state is NoticeState.SENT:
            copies = arrived[message_id(one.mail, sender)]
            mail = desk.read(copies[0])
            assert desk.to(mail) == one.person
            assert one.case in desk.body(mail)
    # a mail came twice only where the computer stopped between the hand-over and the receipt
    for key, copies in arrived.items():
        assert len(copies) <= 1 + world.resent[key], key

    # one digest a person and day; whatever else came on that day could not wait
    kept = world.ws.ledger.notices.mails()
    assert len({mail.key for mail in kept}) == len(kept)
    for mail in kept:
        carried = world.ws.ledger.notices.of_mail(mail.key)
        if mail.key.count(":") == 3 and mail.state is NoticeState.SENT:
            assert all(one.rung == "1d" or one.rung.startswith(("plan", "due", "late")) for one in carried)
    assert world.ws.ledger.audit() == []


def test_the_oracle_can_fail() -> None:
    """It tells a missing rung from one that was overtaken."""
    bound = oracle.Bound(
        case="c", obligation="respond", due_on=date(2026, 11, 30), since=datetime(2026, 11, 1, tzinfo=UTC), until=None
    )
    every = [datetime(2026, 11, day, 9, tzinfo=UTC) for day in range(1, 31)]
    assert oracle.told(bound, "olga", every, date(2026, 11, 30)) == {"14d", "7d", "3d", "1d", "due"}
    assert oracle.told(bound, "olga", every[:10] + every[28:29], date(2026, 11, 30)) == {"1d"}
    assert oracle.told(bound, "carl", every, date(2026, 11, 30)) == set()
