"""Asks the colleague who looks after a source: one mail, the least identifier, a date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from dsar.case.case import Case, LetterState, Look
from dsar.case.facts import ColleagueAsked, LetterQueued
from dsar.case.identifiers import Identifier
from dsar.case.next import short
from dsar.case.stamp import Stamp
from dsar.config import Staff
from dsar.errors import InputWrong, Refused
from dsar.letters import letter as le
from dsar.letters.address import mail_address
from dsar.letters.compose import compose
from dsar.letters.kinds import Kind
from dsar.letters.mail import message_id, to_mail
from dsar.sources.person import least
from dsar.workflow.gather import chosen, scope
from dsar.workflow.outbox import Sent, deliver
from dsar.workflow.subject import subject_of
from dsar.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who was asked for what, by when, and what became of the mail."""

    case: Case
    colleague: Staff
    due_on: date
    sent: Sent | None


def ask(ws: Workspace, number: str, source_name: str, by: Stamp) -> Asked:
    """Ask the colleague named in the source's settings; asked already, it says so and sends nothing."""
    ws.require(by, "editor")
    source = chosen(ws, (source_name,))[0]
    case = scope(ws, ws.ledger.case(number), (source,), by)
    colleague = _colleague(ws, source.settings.options.get("ask", "") or source.settings.owner, source_name)
    lines = [case.coverage[(rs.source, rs.name)] for rs in source.settings.record_sets]
    key = f"{number}:ask_colleague:{source_name}"
    asked = [line for line in lines if line.state is Look.ASKED and line.asked_due_on]
    if asked:
        assert asked[0].asked_due_on is not None
        # asked, but the computer may have stopped before the mail left
        sent = deliver(ws, number, key, by) if _waits(case, key) else None
        return Asked(case=case, colleague=colleague, due_on=asked[0].asked_due_on, sent=sent)
    due_on = by.on + timedelta(days=ws.config.desk.answer_days)
    places = [rs.title for rs in source.settings.record_sets]
    content = _mail(ws, case, colleague, places, due_on, key, by)
    facts = [
        ColleagueAsked(source=line.source, record_set=line.record_set, who=colleague.id, due_on=due_on)
        for line in lines
    ]
    queued = LetterQueued(
        key=key, kind=Kind.ASK_COLLEAGUE, digest=ws.ledger.digest(number, content), personal=True, claims=()
    )
    with ws.ledger.writing():
        item = ws.ledger.keep(number, "letter", content, at=by.recorded_at)
        ws.ledger.record(number, *facts, queued, by=by, items={key: item})
    sent = deliver(ws, number, key, by)
    return Asked(case=sent.case, colleague=colleague, due_on=due_on, sent=sent)


def _waits(case: Case, key: str) -> bool:
    line = case.letters.get(key)
    return line is not None and line.state in (LetterState.QUEUED, LetterState.SENDING)


def _colleague(ws: Workspace, staff_id: str, source: str) -> Staff:
    member = ws.config.member(staff_id)
    if member is None or not member.email:
        raise InputWrong(
            f'Not done: source "{source}" does not name a colleague with an e-mail address. Nothing was sent.',
            hint=f'Set ask = "ID" in sources/{source}.toml, and the address: dsar staff set ID --email ADDRESS',
        )
    return member


def _mail(
    ws: Workspace, case: Case, colleague: Staff, places: Sequence[str], due_on: date, key: str, by: Stamp
) -> bytes:
    term = least(subject_of(ws, case))
    if term is None:
        raise Refused(
            f"Not done: {case.number} holds nothing a colleague could search by. Nothing was sent.",
            hint=f"Add an identifier: dsar attach {short(case.number)} --identifier email=ADDRESS",
        )
    org = ws.config.organisation
    letter = le.Letter(
        case_number=case.number,
        organisation=le.Organisation(name=org.name, email=org.email, post_address=org.address, phone=org.phone),
        received_on=case.received_on,
        today=by.on,
        rights=(),
        laws=(),
        language=org.language,
        colleague=colleague.name or colleague.id,
        places=tuple(places),
        search_term=le.SearchTerm(label=_label(term), value=term.raw or term.value),
        reply_by=due_on,
        signatory=le.Signatory(name=org.signatory, title=org.signatory_title) if org.signatory else None,
    )
    composed = compose(Kind.ASK_COLLEAGUE, letter, folders=ws.templates)
    sender = mail_address(ws.sender, org.name)
    return to_mail(
        composed,
        sender=sender,
        recipient=mail_address(colleague.email, colleague.name),
        message_id=message_id(key, sender),
        date=by.recorded_at,
    )


_LABELS = {
    "email": "e-mail address",
    "phone": "phone number",
    "customer_no": "customer number",
    "account_id": "account number",
    "name": "name",
}


def _label(term: Identifier) -> str:
    return _LABELS.get(term.kind, term.kind.replace("_", " "))
