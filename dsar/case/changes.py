"""What a plan is: every change to be made in the sources, step by step, before anything is touched.

How steps are chosen from findings is the changes room's business; who approves and when, the workflow's.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any


class PlanKind(StrEnum):
    """What a plan is for."""

    ERASE = "erase"
    CORRECT = "correct"
    SUPPRESS = "suppress"
    RESTRICT = "restrict"
    STOP_PURPOSE = "stop_purpose"


# Carrying these out destroys nothing and needs neither proof nor a second person (practice.md, 13 and 17).
UNDOABLE = frozenset({PlanKind.SUPPRESS, PlanKind.RESTRICT, PlanKind.STOP_PURPOSE})


class Action(StrEnum):
    """What one step does to one record; KEEP changes nothing and says why.

    HAND is for a whole record set that no program can change: somebody does it there, and says so.
    """

    DELETE = "delete"
    CHANGE = "change"
    KEEP = "keep"
    HAND = "hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One record and what becomes of it.

    ``place`` is the record set's place in its source, ``key`` the record's key by column, ``before`` the record as
    it was when the plan was made, ``after`` the fields that change with their new values (None = empty).
    ``ground`` and ``until`` say why and how long a kept record stays, in the record set's words.
    """

    id: str
    finding: str
    source: str
    record_set: str
    place: str
    key: Mapping[str, str]
    action: Action
    before: Mapping[str, str]
    after: Mapping[str, str | None]
    ground: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Every step of one plan; its digest is what a second person approves, once, for 72 hours."""

    id: str
    case: str
    kind: PlanKind
    made_at: datetime
    expires_at: datetime
    steps: tuple[Step, ...]

    @property
    def digest(self) -> str:
        """SHA-256 over everything the plan would do."""
        return hashlib.sha256(to_text(self).encode("utf-8")).hexdigest()

    def count(self, action: Action) -> int:
        """How many steps do this."""
        return sum(1 for step in self.steps if step.action is action)


class Result(StrEnum):
    """What became of one step: MOVED means the record is not what the plan saw, so it was not touched.

    BY_HAND is somebody's word that it was done, where no program can do it.
    """

    DONE = "done"
    ALREADY = "already"
    KEPT = "kept"
    BY_HAND = "by_hand"
    MOVED = "moved"
    FAILED = "failed"


# What is left of a step after these is nothing.
DONE_WELL = frozenset({Result.DONE, Result.ALREADY, Result.KEPT, Result.BY_HAND})


def to_text(plan: Plan) -> str:
    """The plan as canonical JSON: what the vault keeps and the digest covers."""
    body: dict[str, Any] = {
        "id": plan.id,
        "case": plan.case,
        "kind": plan.kind,
        "made_at": plan.made_at.isoformat(),
        "expires_at": plan.expires_at.isoformat(),
        "steps": [
            {
                "id": step.id,
                "finding": step.finding,
                "source": step.source,
                "record_set": step.record_set,
                "place": step.place,
                "key": dict(step.key),
                "action": step.action,
                "before": dict(step.before),
                "after": dict(step.after),
                "ground": step.ground,
                "until": step.until,
            }
            for step in plan.steps
        ],
    }
    return json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Plan:
    """The plan that ``to_text`` put away."""
    body = json.loads(text)
    return Plan(
        id=body["id"],
        case=body["case"],
        kind=PlanKind(body["kind"]),
        made_at=datetime.fromisoformat(body["made_at"]),
        expires_at=datetime.fromisoformat(body["expires_at"]),
        steps=tuple(Step(**{**step, "action": Action(step["action"])}) for step in body["steps"]),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What the search after a change found: records that remain, and which of them the plan explains."""

    on: date
    remaining: int
    explained: int

    @property
    def clean(self) -> bool:
        """Whether nothing remains that the plan does not explain."""
        return self.remaining == self.explained
