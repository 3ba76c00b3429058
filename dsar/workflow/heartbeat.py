"""When the reminders last ran well: what a monitor asks, and the daily screen warns of."""

from __future__ import annotations

from datetime import datetime, timedelta

from dsar.ledger.failures import age_words
from dsar.workspace import Workspace

LAST = "remind.last"
HEARTBEAT = timedelta(hours=26)
_NEVER = "Reminders have never run here"


def last_run(ws: Workspace) -> datetime | None:
    """When the reminders last ran well; None if never."""
    noted = ws.lists.meta(LAST)
    return datetime.fromisoformat(noted) if noted else None


def heartbeat_warning(ws: Workspace, now: datetime, *, busy: bool) -> str:
    """A sentence for interactive screens when reminders have not run well for 26 hours; "" while all is well.

    ``now`` is the true instant. A rehearsal, and a desk without open cases (not ``busy``), is not nagged.
    """
    last = last_run(ws)
    if (last is not None and now - last <= HEARTBEAT) or ws.config.desk.rehearsal or not busy:
        return ""
    if last is None:
        return f"{_NEVER}, so nobody is told of due dates. Set them up: dsar remind --show-setup cron"
    return f"Reminders last ran {age_words(last, now)} ago. Look at cron, or run them now: dsar remind"


def check(ws: Workspace, now: datetime) -> tuple[bool, str]:
    """Whether reminders ran well in the last 26 hours, and the sentence for a monitor."""
    last = last_run(ws)
    if last is None:
        return False, f"{_NEVER}. Set them up: dsar remind --show-setup cron"
    says = f"The last good run of reminders was {age_words(last, now)} ago."
    if now - last > HEARTBEAT:
        return False, f"{says} Nobody is told of due dates meanwhile. Look at cron, or run them now: dsar remind"
    return True, says
