"""Puts the question to the release gate: collects, from the case and its files, everything the gate looks at."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from dsar.case.case import Case, Claim, needs_authority, proven
from dsar.case.facts import Approves
from dsar.case.gates import Content, Recipient, ReleaseQuestion, Verdict, may_release
from dsar.case.rights import PATHS
from dsar.case.stages import Stage
from dsar.case.stamp import Stamp
from dsar.workflow import package as pack
from dsar.workflow.review import digest_of, load
from dsar.workflow.subject import reply_address
from dsar.workspace import Workspace


def ask_gate(
    ws: Workspace,
    case: Case,
    claims: Sequence[Claim],
    content: Content,
    *,
    lint_clean: bool,
    by: Stamp,
    by_post: bool = False,
) -> Verdict:
    """The gate's verdict on a letter of this content about these rights.

    What a right needs no proof for (an opt-out) is told to whoever asked; what it needs no search for waits for none.
    A letter for the post goes to the postal address on file, which a person writes on the envelope.
    """
    personal = content is Content.PERSONAL
    searched = any(Stage.GATHER in PATHS[claim.right] for claim in claims)
    guarded = searched or any(Stage.VERIFY in PATHS[claim.right] and claim.proof_level for claim in claims)
    return may_release(
        ReleaseQuestion(
            content=content,
            identity_proven=all(proven(case, claim) for claim in claims),
            authority_shown=not guarded or not needs_authority(case) or case.authority is not None,
            coverage_explained=not searched or (bool(case.coverage) and not case.unexplained),
            review_finished=_reviewed(ws, case, personal),
            second_person=bool(case.reviewed) and case.approved(Approves.REVIEW, case.reviewed),
            package_clean=pack.clean(ws, case) if personal else True,
            lint_clean=lint_clean,
            recipient=recipient_state(ws, case, by) if guarded and not by_post else Recipient.ON_FILE,
            clock_moved_on_live=by.moved and not ws.config.desk.rehearsal,
        )
    )


def _reviewed(ws: Workspace, case: Case, personal: bool) -> bool:
    """Whether the review is finished and, where records leave, whether they are still the ones it was about."""
    if not case.reviewed or not personal:
        return bool(case.reviewed)
    return digest_of(ws, load(ws, case.number)) == case.reviewed


def recipient_state(ws: Workspace, case: Case, by: Stamp) -> Recipient:
    """Whether the address an answer would go to is a channel on file that was not changed lately.

    A request by post is answered to the postal address on file, which a person writes on the envelope.
    """
    address = reply_address(ws, case.number)
    if not address:
        return Recipient.ON_FILE if case.channel == "post" else Recipient.UNKNOWN
    known = case.recipients.get(ws.ledger.digest(case.number, address))
    if known is None or not known.on_file:
        return Recipient.UNKNOWN
    age = timedelta(days=ws.config.release.channel_age_days)
    if known.changed_on is not None and by.on - known.changed_on < age:
        return Recipient.CHANGED_LATELY
    return Recipient.ON_FILE
