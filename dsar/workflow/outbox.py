"""Sends letters: intent, effect, receipt, each a fact, so that a crash at any line sends nothing twice.

What a letter says is filled in ``letters``; whether it may leave is the gate's answer in ``release``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default as modern
from pathlib import Path

from dsar.case.case import Case, LetterLine, LetterState, told_once
from dsar.case.changes import Result
from dsar.case.facts import (
    ClockMoved,
    Fact,
    LetterBounced,
    LetterFailed,
    LetterHandedOver,
    LetterQueued,
    LetterSent,
    OutcomeReached,
)
from dsar.case.gates import Content
from dsar.case.moves import MOVED_BY
from dsar.case.next import short
from dsar.case.stages import Outcome, Role
from dsar.case.stamp import Stamp
from dsar.errors import InputWrong, OutsideDown, PartlyDone, Refused
from dsar.formats.files import read_limited, write_atomic
from dsar.law.waits import FactKind
from dsar.letters.address import mail_address
from dsar.letters.kinds import KINDS, Kind
from dsar.letters.lint import LATE
from dsar.letters.mail import Attachment, message_id, to_mail
from dsar.letters.transport import AddressRefused, FolderTransport, SendingUnsure
from dsar.workflow.answer import kept_text, package_path
from dsar.workflow.drafts import Draft, draft
from dsar.workflow.letters import Details, claims_for
from dsar.workflow.old_channel import old_channel
from dsar.workflow.plans import VIEW_ONLY
from dsar.workflow.subject import reply_address
from dsar.workspace import Workspace

LARGEST_PACKAGE = 40 * 1024 * 1024
POST = "post"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What became of one letter; ``already`` when it had left before."""

    key: str
    kind: str
    case: Case
    state: LetterState
    to: str
    transport: str
    already: bool = False


def send(
    ws: Workspace,
    number: str,
    word: str,
    by: Stamp,
    details: Details | None = None,
    *,
    by_post: bool = False,
    again: str = "",
) -> Sent:
    """Compose, ask the gate, queue and hand over one letter of a case, at most once.

    Raises Refused with every reason against it; OutsideDown leaves it queued; an unsure sending is PartlyDone.
    A second letter of the same kind needs ``again``, a reason.
    """
    ws.require(by, "editor", "approver")
    case = ws.ledger.case(number)
    key = _key(case, word, again=bool(again))
    line = case.letters.get(key)
    if line is not None and line.state is LetterState.SENT:
        return _told(ws, case, line, already=True)
    if line is None or line.state in (LetterState.FAILED, LetterState.BOUNCED):
        if line is not None:
            key = _key(case, word, again=True)
        by_post = by_post or case.channel == POST
        made = draft(ws, number, word, by, details, by_post=by_post)
        _refuse(made, number)
        queue(ws, number, key, made, by, by_post=by_post)
        if again:
            ws.ledger.keep(number, "reason", again, at=by.recorded_at)
    return deliver(ws, number, key, by)


def _key(case: Case, word: str, *, again: bool) -> str:
    kind = word.strip().casefold().replace("-", "_")
    same = [key for key in case.letters if key.split(":")[1] == kind]
    if same and not again and not answers_more(case, kind):
        return same[-1]
    return f"{case.number}:{kind}" + (f":{len(same) + 1}" if same else "")


def answers_more(case: Case, word: str) -> bool:
    """Whether a right waits for a letter of this kind that none of those sent was about: it is open again, or newer."""
    kind = word.strip().casefold().replace("-", "_")
    lines = [line for line in case.letters.values() if line.kind == kind]
    if (
        kind not in set(Kind)
        or KINDS[Kind(kind)].elsewhere
        or any(line.state is not LetterState.SENT for line in lines)
    ):
        return False
    about = {name for line in lines for name in line.claims}
    return bool({claim.name for claim in claims_for(case, Kind(kind))} - about)


def _refuse(made: Draft, number: str) -> None:
    reasons = [reason.says for reason in made.verdict.reasons if reason.code != "lint"] + list(made.problems)
    if not reasons:
        return
    late = 'dsar letter send CASE KIND --because "why it is late"'
    first = next((reason.hint for reason in made.verdict.reasons if reason.hint), "")
    first = late if LATE in made.problems and len(reasons) == 1 else first
    hint = first.replace("CASE", short(number)).replace("KIND", made.kind)
    raise Refused(f'Not sent: the letter "{made.kind}" stays here. {" ".join(reasons)}', hint=hint)


def queue(ws: Workspace, number: str, key: str, made: Draft, by: Stamp, *, by_post: bool) -> Case:
    """Put a letter into the outbox: the intent, with the whole e-mail in the vault."""
    ledger = ws.ledger
    content = _postal(made) if by_post else _mail(ws, number, key, made, by)
    fact = LetterQueued(
        key=key,
        kind=made.kind,
        digest=ledger.digest(number, made.composed.text),
        personal=made.composed.content is not Content.NEUTRAL,
        claims=made.claims,
    )
    with ledger.writing():
        item = ledger.keep(number, "letter_post" if by_post else "letter", content, at=by.recorded_at)
        if not by_post:
            # a reply to this letter finds its case by the thread, whatever its subject says
            ledger.remember_message(number, message_id(key, mail_address(ws.sender)).strip("<>"), "")
        return ledger.record(number, fact, *_named(made), by=by, items={key: item})


def _named(made: Draft) -> list[Fact]:
    """The date that an extension's notice names, for each of its rights: once the notice has left, it binds."""
    until = made.letter.extended_to if made.kind is Kind.EXTENSION else None
    return [ClockMoved(kind=FactKind.EXTENDED_TO, on=until, claim=claim) for claim in made.claims] if until else []


def _mail(ws: Workspace, number: str, key: str, made: Draft, by: Stamp) -> bytes:
    elsewhere = made.kind is Kind.OLD_CHANNEL
    address = old_channel(ws, ws.ledger.case(number)) if elsewhere else reply_address(ws, number)
    if elsewhere and not address:
        raise Refused(
            f"Not sent: no e-mail address was replaced in {number}, so there is no old one to tell. Nothing has left."
        )
    if not address:
        raise InputWrong(
            f"Not sent: {number} has no e-mail address to answer to. Nothing has left.",
            hint=f"dsar letter send {short(number)} {made.kind} --by post",
        )
    if not ws.sender:
        raise InputWrong(
            "Not sent: this workspace has no sender address.",
            hint='Set email = "..." under [organisation] in dsar.toml',
        )
    sender = mail_address(ws.sender, ws.config.organisation.name)
    request = "" if elsewhere else kept_text(ws, number, "message_id")
    return to_mail(
        made.composed,
        sender=sender,
        recipient=mail_address(address, "" if elsewhere else kept_text(ws, number, "name")),
        message_id=message_id(key, sender),
        date=by.recorded_at,
        attachments=_enclosed(ws, number, made),
        in_reply_to=request,
        references=(request,) if request else (),
    )


def _enclosed(ws: Workspace, number: str, made: Draft) -> Sequence[Attachment]:
    if made.kind is not Kind.ANSWER or made.letter.package is None:
        return ()
    path = package_path(ws, number)
    data = read_limited(path, LARGEST_PACKAGE)
    return (Attachment(name=path.name, data=data, content_type="application/zip"),)


def _postal(made: Draft) -> bytes:
    return made.composed.html.encode("utf-8")


def deliver(ws: Workspace, number: str, key: str, by: Stamp) -> Sent:
    """Hand one queued letter over and record the receipt; one found half-handed is never sent again by itself."""
    ledger = ws.ledger
    case = ledger.case(number)
    line = case.letters[key]
    row = next(row for row in ledger.outbox() if row.key == key)
    kept = ledger.item(row.item)
    by_post = kept.kind == "letter_post"
    if line.state is LetterState.SENT:
        return _told(ws, case, line, already=True)
    if line.state is LetterState.SENDING and not (by_post or isinstance(ws.transport, FolderTransport)):
        raise PartlyDone(
            f'Unsure: the letter "{line.kind}" for {number} was handed to the mail server, then this computer stopped. '
            "I will not send it twice.",
            hint=f"Look in the sent mail, then: dsar outbox resolve {key} --sent (or --resend)",
        )
    if line.state is not LetterState.SENDING:
        case = ledger.record(number, LetterHandedOver(key=key), by=by)
    transport = _hand_over(ws, number, line, kept.value, by_post, by)
    return _sent(ws, number, line, transport, by)


def _hand_over(ws: Workspace, number: str, line: LetterLine, content: bytes, by_post: bool, by: Stamp) -> str:
    """The effect itself; on failure the fact that says so is recorded before the error goes up."""
    if by_post:
        folder = ws.case_folder(number, "post")
        write_atomic(folder / f"{line.key.replace(':', '-')}.html", content)
        return POST
    try:
        ws.transport.send(content, sender=ws.sender, recipients=_recipients(content))
    except AddressRefused as refused:
        ws.ledger.record(number, LetterFailed(key=line.key, why="refused", final=True), by=by)
        raise AddressRefused(
            f'The letter "{line.kind}" for {number} was refused: {refused.message} It will not be tried again.',
            hint=f"Call or write by post, then: dsar letter send {short(number)} {line.kind} --by post",
        ) from None
    except SendingUnsure:
        raise PartlyDone(
            f'Unsure: the letter "{line.kind}" for {number} was handed over and the mail server did not say yes or no. '
            "I will not send it twice.",
            hint=f"Look in the sent mail, then: dsar outbox resolve {line.key} --sent (or --resend)",
        ) from None
    except OutsideDown as down:
        ws.ledger.record(number, LetterFailed(key=line.key, why="down", final=False), by=by)
        raise OutsideDown(
            f"{down.message} The letter is approved and waits in the outbox.", hint="Try again: dsar outbox retry"
        ) from None
    except (Refused, InputWrong):
        # our own settings (a secret that is missing, a password without TLS): nothing left, so it can be tried again
        ws.ledger.record(number, LetterFailed(key=line.key, why="settings", final=False), by=by)
        raise
    return ws.config.mail.transport


def _recipients(eml: bytes) -> list[str]:
    message = message_from_bytes(eml, policy=modern)
    return [address.addr_spec for address in message["To"].addresses]


def _sent(ws: Workspace, number: str, line: LetterLine, transport: str, by: Stamp) -> Sent:
    """The receipt, with what follows from it, in one transaction."""
    with ws.ledger.writing():
        case = ws.ledger.case(number)
        facts: list[Fact] = [LetterSent(key=line.key, on=by.on, transport=transport)]
        if line.kind in MOVED_BY:
            facts += [ClockMoved(kind=MOVED_BY[line.kind], on=by.on, claim=claim) for claim in line.claims]
        facts += _outcomes(ws, case, line)
        if told_once(case) and case.role is Role.CHILD and line.claims:
            # the child's letter promises it: the address is not kept once the one reply has left
            for kept in ws.ledger.kept(number, "reply_to"):
                ws.ledger.forget(kept.item)
        if case.closed:
            facts = facts[:1]
        case = ws.ledger.record(number, *facts, by=by)
    return _told(ws, case, case.letters[line.key])


def _outcomes(ws: Workspace, case: Case, line: LetterLine) -> list[Fact]:
    """What an answering letter makes of the rights it is about."""
    if line.kind not in (Kind.ANSWER, Kind.NOTHING, Kind.NOTICE, Kind.RECIPIENTS, Kind.DONE, Kind.REDIRECT):
        return []
    outcome = {
        Kind.ANSWER: Outcome.GRANTED_IN_PART if _withheld(case) else Outcome.GRANTED,
        Kind.NOTHING: Outcome.NOTHING_HELD,
        Kind.NOTICE: Outcome.GRANTED,
        Kind.RECIPIENTS: Outcome.GRANTED,
        Kind.DONE: Outcome.GRANTED_IN_PART if _kept(ws, case, line) else Outcome.GRANTED,
        Kind.REDIRECT: Outcome.REDIRECTED,
    }[Kind(line.kind)]
    return [OutcomeReached(claim=name, outcome=outcome) for name in line.claims if case.claims[name].outcome is None]


def _withheld(case: Case) -> bool:
    return any(decision != "disclose" for decision, _ in case.decisions.values())


def _kept(ws: Workspace, case: Case, line: LetterLine) -> bool:
    """Whether a plan behind the letter left records, or fields that may only be seen, as they are."""
    plans = [plan for plan in case.plans.values() if plan.finished and set(plan.claims) & set(line.claims)]
    seen_only = {json.loads(item.value)["plan"] for item in ws.ledger.kept(case.number, VIEW_ONLY)}
    return any(plan.id in seen_only or Result.KEPT in plan.results.values() for plan in plans)


def _told(ws: Workspace, case: Case, line: LetterLine, *, already: bool = False) -> Sent:
    return Sent(
        key=line.key,
        kind=line.kind,
        case=case,
        state=line.state,
        to=reply_address(ws, case.number),
        transport=ws.config.mail.transport,
        already=already,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What a run over the outbox did."""

    sent: int
    failed: tuple[str, ...]
    unsure: tuple[str, ...]


def retry(ws: Workspace, by: Stamp) -> Retried:
    """Hand over every letter that waits; the unsure ones wait for a person."""
    ws.require(by, "editor", "approver")
    sent, failed, unsure = 0, [], []
    waiting = [row for row in ws.ledger.outbox() if row.state in (LetterState.QUEUED, LetterState.SENDING)]
    for row in waiting:
        try:
            deliver(ws, row.case, row.key, by)
            sent += 1
        except PartlyDone:
            unsure.append(row.key)
        except (Refused, OutsideDown) as fault:
            failed.append(f"{row.key}: {fault.message}")
            if isinstance(fault, OutsideDown):
                break
    return Retried(sent=sent, failed=tuple(failed), unsure=tuple(unsure))


def resolve(ws: Workspace, key: str, by: Stamp, *, was_sent: bool) -> Sent:
    """A person's word on an unsure letter: it left, or it did not and is sent again."""
    ws.require(by, "editor", "approver")
    row = next((row for row in ws.ledger.outbox() if row.key == key), None)
    if row is None:
        raise InputWrong(f'There is no letter "{key}" in the outbox.', hint="dsar outbox list")
    case = ws.ledger.case(row.case)
    line = case.letters[key]
    if line.state is not LetterState.SENDING:
        raise Refused(f'Not done: the letter "{key}" is {line.state}, not unsure. Nothing was changed.')
    if was_sent:
        return _sent(ws, row.case, line, ws.config.mail.transport, by)
    ws.ledger.record(row.case, LetterFailed(key=key, why="unsure", final=False), by=by)
    return deliver(ws, row.case, key, by)


def cancel(ws: Workspace, key: str, by: Stamp) -> Case:
    """Take a waiting letter out of the outbox for good."""
    ws.require(by, "editor", "approver")
    row = next((row for row in ws.ledger.outbox() if row.key == key), None)
    if row is None or row.state is not LetterState.QUEUED:
        raise InputWrong(f'There is no waiting letter "{key}" in the outbox.', hint="dsar outbox list")
    return ws.ledger.record(row.case, LetterFailed(key=key, why="cancelled", final=True), by=by)


def bounced(ws: Workspace, original_message_id: str, by: Stamp) -> str:
    """Record that a letter of ours came back; gives its case, or "" where the Message-ID is none of ours."""
    if not original_message_id:
        return ""
    sender = mail_address(ws.sender) if ws.sender else None
    wanted = original_message_id.strip().strip("<>")
    for row in ws.ledger.outbox():
        if sender is not None and message_id(row.key, sender).strip("<>") == wanted:
            if row.state is LetterState.SENT:
                ws.ledger.record(row.case, LetterBounced(key=row.key), by=by)
            return row.case
    return ""


def letter_file(ws: Workspace, number: str, key: str) -> Path:
    """Where a letter for the post was written."""
    return ws.case_folder(number, "post") / f"{key.replace(':', '-')}.html"
