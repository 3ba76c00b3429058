"""The desk everything is tried at: Larkspur Connect on 21 November 2026, and how Maria Rivera's case goes there."""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from dsar.case.identifiers import Identifier, identifier
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.case.stamp import Stamp
from dsar.workflow import gather, openings, outbox, package, review, verify
from dsar.workflow.openings import Opening
from dsar.workspace import Workspace

SAMPLE = Path(__file__).parents[2] / "sample_data"
TODAY = date(2026, 11, 21)
NOON = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)
RIVERA = "DSAR-2026-0001"
EMAIL = "maria.rivera@goldengateflorists.example"


def by(actor: str = "priya", on: date = TODAY, *, moved: bool = False) -> Stamp:
    """Who does it, on which day; the wall clock stands still."""
    return Stamp(actor=actor, on=on, recorded_at=NOON, place="desk", moved=moved)


@cache
def expected() -> dict[str, Any]:
    """What a careful person finds, shows and keeps back."""
    return tomllib.loads((SAMPLE / "expected.toml").read_text(encoding="utf-8"))


def identifiers(country: str = "US") -> tuple[Identifier, ...]:
    """What Maria's letter tells about her."""
    told = [identifier(one["kind"], one["raw"], country=country) for one in expected()["subject"]["identifier"]]
    return tuple(one for one in told if one)


def opening(**changes: Any) -> Opening:
    """Maria's request, as somebody at the desk would type it."""
    values: dict[str, Any] = {
        "received_on": date(2026, 11, 10),
        "channel": "email",
        "role": Role.SELF,
        "language": "en",
        "rights": (Right.ACCESS,),
        "laws": ("us-ca-ccpa",),
        "name": "Maria Rivera",
        "identifiers": identifiers(),
        "reply_to": EMAIL,
        "subject": "My data",
        "text": "Please send me everything you hold about me.",
        "sha256": "ab" * 32,
    }
    return Opening(**{**values, **changes})


def somebody(name: str, email: str, **changes: Any) -> Opening:
    """A request of another person."""
    found = identifier("email", email)
    assert found is not None
    return opening(**{"name": name, "reply_to": email, "identifiers": (found,), "sha256": "", **changes})


def opened(ws: Workspace) -> None:
    """Maria's case is open."""
    assert openings.typed(ws, opening(), by()) == RIVERA


def proven(ws: Workspace) -> None:
    """She confirmed from her account."""
    verify.confirm(ws, RIVERA, verify.Shown(method=verify.method_named("account-login")), by())


def gathered(ws: Workspace) -> None:
    """Every source was searched, and Luis found nothing in the door log."""
    gather.gather(ws, RIVERA, by())
    gather.file_answer(ws, RIVERA, "facilities", None, "kept 30 days only", by())


def reviewed(ws: Workspace) -> None:
    """Priya looked at everything and finished the review."""
    found = review.accept(ws, review.load(ws, RIVERA), by(), flagged_too=True)
    review.finish(ws, found, by())


def approved(ws: Workspace) -> None:
    """Sam agreed."""
    review.approve(ws, RIVERA, by("sam"))


def packaged(ws: Workspace) -> None:
    """The package is built and clean."""
    assert package.build(ws, RIVERA, by()).faults == ()


def answered(ws: Workspace) -> None:
    """The answer has left."""
    outbox.send(ws, RIVERA, "answer", by())


# In this order; each snapshot begins where the one before ended.
STEPS = (opened, proven, gathered, reviewed, approved, packaged, answered)


def facts_count(ws: Workspace) -> int:
    """How many facts the store holds: a refusal must leave it as it was."""
    return ws.ledger.entries_count()


def crowd(home: Path) -> None:
    """Beside Maria's: a late case, an opt-out, a child's case, an unsure message, and a letter that waits."""
    from dsar.workflow import intake, keeping
    from dsar.workflow.drafts import draft

    ws = Workspace(home)
    late = somebody("Petra Ames", "p.ames@gone.example", received_on=date(2026, 10, 2), laws=("gdpr",))
    openings.typed(ws, late, by())
    openings.typed(ws, somebody("Carmen Delacroix", "c@coastmail.example", rights=(Right.OPT_OUT_SALE,)), by())
    child = {"rights": (Right.CHILD_DELETE,), "laws": ("coppa",), "role": Role.PARENT}
    openings.typed(ws, somebody("Caio Duarte", "renata@duarte.example", **child), by())
    keeping.assign(ws, "DSAR-2026-0003", "sam", by())
    list(intake.take_in(ws, [home / "inbox" / "18-spam.eml"], by(), dry_run=False))
    made = draft(ws, RIVERA, "acknowledgement", by())
    outbox.queue(ws, RIVERA, f"{RIVERA}:acknowledgement", made, by(), by_post=False)
    ws.ledger.close()


def keeping_note(ws: Workspace, stamp: Stamp) -> None:
    """The smallest change there is."""
    from dsar.workflow import keeping

    keeping.note(ws, RIVERA, "noted", stamp)
