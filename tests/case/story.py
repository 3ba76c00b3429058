"""A plain access case told fact by fact, and random facts of every kind, for the tests of case and ledger."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

from hypothesis import strategies as st

from dsar.case import facts as f
from dsar.case.case import Case
from dsar.case.evolve import fold
from dsar.case.rights import Right
from dsar.case.stages import Outcome, Role

NUMBER = "DSAR-2026-0036"
CLAIM = "access/eu-gdpr"

OPENED = f.CaseOpened(
    received_on=date(2026, 11, 2), zone="Europe/Berlin", channel="mail", role=Role.SELF, language="en", message="aa"
)
CLAIMED = f.RightClaimed(
    right=Right.ACCESS,
    law="eu-gdpr",
    rule="eu-gdpr.access",
    rule_version="r1",
    calendar_version="c1",
    proof_level=1,
    must_acknowledge=False,
)
PROVEN = f.IdentityProven(level=1, method="account-login", evidence="e1")
SCOPED = f.RecordSetScoped(source="crm", record_set="seats", role="controller")
SEARCHED = f.RecordSetSearched(source="crm", record_set="seats", found=1, identifiers=2)
DECIDED = f.FindingsDecided(decisions=(("F-0001", f.Decision.DISCLOSE, ""),))
REVIEWED = f.ReviewFinished(digest="d1", findings=1)
APPROVED = f.Approved(what=f.Approves.REVIEW, digest="d1")
BUILT = f.PackageBuilt(digest="d1", package="p1", records=1, withheld=0)
QUEUED = f.LetterQueued(key="L-1", kind="answer", digest="l1", personal=True, claims=(CLAIM,))
HANDED = f.LetterHandedOver(key="L-1")
SENT = f.LetterSent(key="L-1", on=date(2026, 11, 20), transport="smtp")
ENDED = f.OutcomeReached(claim=CLAIM, outcome=Outcome.GRANTED)
CLOSED = f.CaseClosed(purge_on=date(2027, 11, 20))

MAKER, APPROVER = "priya", "sam"
WHOLE = (
    *(OPENED, CLAIMED, PROVEN, SCOPED, SEARCHED, DECIDED, REVIEWED, APPROVED, BUILT),
    *(QUEUED, HANDED, SENT, ENDED, CLOSED),
)


def actor_of(fact: f.Fact) -> str:
    """Who does it in this story: approvals are a second person's."""
    return APPROVER if isinstance(fact, f.Approved) else MAKER


def told(*facts: f.Fact, number: str = NUMBER) -> Case:
    """The case these facts make."""
    return fold(number, ((fact, actor_of(fact)) for fact in facts))


def until(last: f.Fact) -> Case:
    """The story up to and with this fact."""
    return told(*WHOLE[: WHOLE.index(last) + 1])


# -- random facts -----------------------------------------------------------------------------------

_DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))
_FEW: dict[str, st.SearchStrategy[object]] = {
    "claim": st.sampled_from(["", CLAIM, "delete/eu-gdpr", "opt_out_sale/us-ca-ccpa"]),
    "law": st.sampled_from(["eu-gdpr", "us-ca-ccpa"]),
    "proof_level": st.integers(0, 2),
    "level": st.integers(0, 2),
    "source": st.sampled_from(["crm", "orders"]),
    "record_set": st.sampled_from(["seats", "notes"]),
    "found": st.integers(0, 2),
    "findings": st.integers(0, 2),
    "decisions": st.lists(
        st.tuples(
            st.sampled_from(["F-0001", "F-0002"]),
            st.sampled_from(f.Decision),
            st.sampled_from(["", "art15-4"]),
        ),
        max_size=2,
    ).map(tuple),
    "digest": st.sampled_from(["d1", "d2"]),
    "key": st.sampled_from(["L-1", "L-2"]),
    "kind": st.sampled_from(["answer", "refusal", "acknowledgement", "id_requested"]),
    "claims": st.sampled_from([(), (CLAIM,), (CLAIM, "delete/eu-gdpr")]),
    "evidence": st.sampled_from(["", "e1", "e2"]),
}


def facts_of(cls: type[f.Fact], *, anything: bool = False) -> st.SearchStrategy[f.Fact]:
    """Facts of one kind, from a few values that meet each other, or from any values its types allow."""
    given = {field.name: ... for field in fields(cls)}
    if not anything:
        given |= {name: strategy for name, strategy in _FEW.items() if name in given}
        given |= {name: _DAYS for name in given if name == "on" or name.endswith("_on")}
        if cls is f.RecipientChecked:
            given["changed_on"] = st.none() | _DAYS
    return st.builds(cls, **given)


any_fact = st.one_of([facts_of(cls) for cls in f.FACTS.values()])
steps = st.tuples(any_fact, st.sampled_from([MAKER, APPROVER]))
# Random walks get further with the story as their bread and butter.
walks = st.lists(st.one_of(steps, st.sampled_from([(fact, actor_of(fact)) for fact in WHOLE])), max_size=40)
