"""An appeal under Virginia's law told fact by fact: refused, told, closed, contested, upheld, open again."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dsar.case import facts as f
from dsar.case.case import Case
from dsar.case.evolve import fold
from dsar.case.rights import Right
from dsar.case.stages import Outcome
from tests.case import story as s

CONTESTED = "access/us-va"
APPEAL = "appeal/us-va"

CLAIMED = replace(s.CLAIMED, law="us-va", rule="us-va.access")
REFUSED = f.OutcomeReached(claim=CONTESTED, outcome=Outcome.REFUSED, ground="excessive")
QUEUED = replace(s.QUEUED, kind="refusal", claims=(CONTESTED,))
SHUT = s.CLOSED
MADE = f.AppealMade(claim=APPEAL, against=(CONTESTED,))
APPEALED = replace(s.CLAIMED, right=Right.APPEAL, law="us-va", rule="us-va.appeal", proof_level=0)
CAME = f.ClockMoved(kind="appeal_received", on=date(2026, 12, 1), claim=APPEAL)
UPHELD = f.OutcomeReached(claim=APPEAL, outcome=Outcome.GRANTED, ground="V-9")
WON = f.RightRevived(claim=CONTESTED, appeal=APPEAL)

REFUSER, JUDGE = "priya", "sam"
WHOLE = (s.OPENED, CLAIMED, REFUSED, QUEUED, s.HANDED, s.SENT, SHUT, MADE, APPEALED, CAME, UPHELD, WON)


def until(last: f.Fact) -> Case:
    """The story up to and with this fact; the appeal is decided by somebody else."""
    facts = WHOLE[: WHOLE.index(last) + 1]
    return fold(s.NUMBER, ((fact, JUDGE if fact in (UPHELD, WON) else REFUSER) for fact in facts))
