"""Killed at any moment, the journey loses nothing and sends nothing twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from dsar.case.case import LetterState
from dsar.ledger import Ledger
from tests.slow.desk import CASE, Desk, Ended, Step, journey, watches

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

JOURNEYS = 4
KILLS_PER_JOURNEY = 13  # 4 x 13 = 52
TRIES = 12


@dataclass(slots=True)
class Watched:
    """A desk of which every kill is followed by a look at what was there before it."""

    desk: Desk
    kills: int = 0
    entries: list[str] = field(default_factory=list)
    mail: dict[str, tuple[int, int, bytes]] = field(default_factory=dict)

    def look(self) -> None:
        """What was there is there; what has left was not written again. New things may have come."""
        checked = self.desk.type("audit", "check")
        assert checked.code == 0, checked.says
        entries, mail = self.desk.hashes(), self.desk.mail()
        assert entries[: len(self.entries)] == self.entries
        assert {name: mail.get(name) for name in self.mail} == self.mail
        self.entries, self.mail = entries, mail

    def step(self, step: Step, chance: random.Random) -> None:
        """Type a command until one kill has hit it, look, and type it again until it says that it is done."""
        for watch, _ in zip(watches(self.desk, step, chance), range(TRIES), strict=False):
            ended = self.desk.run(self.desk.filled(step), step.who, watch)
            if ended.killed:
                self.kills += 1
                self.look()
                break
            assert ended.code in step.done, _told(step, ended)
        ended = self.desk.run(self.desk.filled(step), step.who)
        assert ended.code in step.done, _told(step, ended)
        self.look()


def _told(step: Step, ended: Ended) -> str:
    return f"dsar {' '.join(step.words)} ended with {ended.code}: {ended.says}"


@pytest.fixture(scope="module", params=range(1, JOURNEYS + 1), ids=lambda seed: f"journey-{seed}")
def killed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, undisturbed: Desk) -> Watched:
    """A desk whose one case went all the way although every single command was killed once."""
    chance = random.Random(request.param)
    watched = Watched(desk=Desk.sample(tmp_path_factory.mktemp("killed") / "desk"))
    watched.desk.seconds.update(undisturbed.seconds)
    for step in journey(watched.desk.home):
        watched.step(step, chance)
    return watched


def test_a_journey_killed_at_every_step_ends_like_one_that_was_left_alone(killed: Watched, undisturbed: Desk) -> None:
    assert killed.kills >= KILLS_PER_JOURNEY
    desk = killed.desk
    assert desk.type("package", "check", "1").code == 0
    assert desk.type("audit", "check").code == 0
    assert desk.message_ids() == undisturbed.message_ids()
    assert outcome(desk) == outcome(undisturbed)


def test_nothing_half_written_stays_behind(killed: Watched) -> None:
    assert leftovers(killed.desk.home) == []


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a journey came to, without the times at which it happened."""

    closed: bool
    letters: dict[str, tuple[LetterState, str]]
    coverage: dict[tuple[str, str], tuple[str, int]]
    findings: Counter[tuple[str, str, str]]
    decisions: Counter[tuple[str, str, str, str]]
    outcomes: dict[str, str]
    records: int
    withheld: int
    kinds: dict[str, int]


def outcome(desk: Desk) -> Outcome:
    """Read a desk's one case; every letter's sending counted from the facts themselves."""
    built = desk.json("package", "check", "1")
    with Ledger.open(desk.home / "dsar.db", readonly=True) as ledger:
        case = ledger.case(CASE)
        findings = list(ledger.findings(CASE))
        place = {one.id: (one.source, one.record_set, one.record.key) for one in findings}
        facts = Counter(entry.kind for entry in ledger.history(CASE))
    return Outcome(
        closed=case.closed,
        letters={key: (line.state, line.kind) for key, line in case.letters.items()},
        coverage={place: (line.state, line.found) for place, line in case.coverage.items()},
        findings=Counter(place.values()),
        decisions=Counter((*place[name], decision) for name, (decision, _) in case.decisions.items()),
        outcomes={name: str(claim.outcome) for name, claim in case.claims.items()},
        records=built["records"],
        withheld=built["withheld"],
        kinds={
            kind: facts[kind] for kind in ("CaseOpened", "RightClaimed", "LetterQueued", "LetterSent", "CaseClosed")
        },
    )


def leftovers(home: Path) -> list[str]:
    """Half-written files and journals that nobody would ever look at again."""
    return sorted(
        str(path.relative_to(home)) for path in _files(home) if path.suffix == ".tmp" or "-journal" in path.name
    )


def _files(home: Path) -> Iterator[Path]:
    return (path for path in home.rglob("*") if path.is_file())
