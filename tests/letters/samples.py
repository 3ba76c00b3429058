"""Invented letters, one per kind and law, complete enough to be sent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.letters.kinds import Kind
from dsar.letters.letter import (
    ACTS,
    Act,
    Action,
    Authority,
    ClockEffect,
    CoverageLine,
    CoverageState,
    Done,
    EarlierLetter,
    Kept,
    LawCited,
    Letter,
    Organisation,
    PackageSent,
    Policy,
    RightAsked,
    SearchTerm,
    Signatory,
    TableFound,
    ThirdParty,
    Verdict,
    Withheld,
)

RECEIVED = date(2026, 10, 20)
TODAY = date(2026, 11, 12)

OFFICE = Organisation(
    name="Harbor Voice Ltd",
    email="privacy@harborvoice.example",
    post_address="The General Counsel\n4 Quay Street\nDublin 2\nIreland",
    phone="+353 1 555 0100",
)
LAWS = {
    "eu-gdpr": LawCited(
        id="eu-gdpr",
        name="General Data Protection Regulation (GDPR)",
        citations=("Article 12", "Article 15"),
        authority=Authority(
            name="Data Protection Commission", contact="6 Pembroke Row, Dublin 2, Ireland, www.dataprotection.ie"
        ),
    ),
    "uk-gdpr": LawCited(
        id="uk-gdpr",
        name="UK GDPR and Data Protection Act 2018",
        citations=("Article 12", "Article 12A", "Article 15"),
        authority=Authority(
            name="Information Commissioner's Office",
            contact="Wycliffe House, Water Lane, Wilmslow, SK9 5AF, ico.org.uk, 0303 123 1113",
        ),
        court="County Court or the High Court",
    ),
    "us-ca-ccpa": LawCited(
        id="us-ca-ccpa",
        name="California Consumer Privacy Act (CCPA)",
        citations=("Civil Code 1798.110", "Civil Code 1798.130"),
    ),
    "us-ca-stl": LawCited(id="us-ca-stl", name='California "Shine the Light" law', citations=("Civil Code 1798.83",)),
    "us-coppa": LawCited(
        id="us-coppa",
        name="Children's Online Privacy Protection Act (COPPA)",
        citations=("16 CFR 312.6",),
        authority=Authority(name="Federal Trade Commission", contact="ftc.gov"),
    ),
    "uk-dpa2018-s164A": LawCited(
        id="uk-dpa2018-s164A",
        name="Data Protection Act 2018, section 164A",
        citations=("section 164A",),
        authority=Authority(name="Information Commissioner's Office", contact="ico.org.uk, 0303 123 1113"),
    ),
    "us-or": LawCited(
        id="us-or",
        name="Oregon Consumer Privacy Act",
        citations=("ORS 646A.574",),
        appeal="a reasonable period after the decision",
        appeal_answer="45 days",
        authority=Authority(name="Attorney General of Oregon", contact="1162 Court Street NE, Salem, OR 97301"),
    ),
    "us-va": LawCited(
        id="us-va",
        name="Virginia Consumer Data Protection Act",
        citations=("Va. Code 59.1-577",),
        appeal="a reasonable period after the decision",
        appeal_answer="60 days",
        authority=Authority(name="Attorney General of Virginia", contact="202 North Ninth Street, Richmond, VA 23219"),
    ),
}
DUE = {
    "eu-gdpr": date(2026, 11, 20),
    "uk-gdpr": date(2026, 11, 20),
    "us-ca-ccpa": date(2026, 12, 4),
    "us-ca-stl": date(2026, 11, 19),
    "us-va": date(2026, 12, 4),
    "us-or": date(2026, 12, 4),
}
LATEST = {"eu-gdpr": date(2027, 1, 20), "uk-gdpr": date(2027, 1, 20), "us-ca-ccpa": date(2027, 1, 18)}
WAITING = {"eu-gdpr": ClockEffect.MAY_PAUSE, "uk-gdpr": ClockEffect.RESTARTS}
AUTHORITY_DE = Authority(
    name="Der Hessische Beauftragte für Datenschutz und Informationsfreiheit",
    contact="Postfach 3163, 65021 Wiesbaden, www.datenschutz.hessen.de",
)
SHA = "3f1c9a52d6e07b84aa51c6d20e9f4b7713c8e5d1f0a2b3946758697a8b9cadbe"

ENGLISH = {
    "reason": "You wrote from an e-mail address that we do not know.",
    "points": ("the postcode of your bill", "the month in which you opened your account", "your customer number"),
    "clarify": "You have used three of our services for nine years, and the records are very many.",
    "question": "Is there a service or a time that matters most to you?",
    "unproved": "We asked you on 22 October and again on 5 November 2026, and have no answer.",
    "places": ("Customer accounts", "Call records", "Support tickets"),
    "camera": "pictures of the shop's cameras",
    "number": "customer number",
    "longer": "Your calls are kept in four systems, and in each we must first make other people's numbers unreadable.",
    "refused": "This is your fourth request for the same data since 1 September, and nothing has changed since then.",
    "privilege": "advice from our lawyers, which the law protects",
    "letters": "Letters from our lawyers",
    "person": "a copy of another person's message",
    "never": ("the protected form of your password", "the key your phone logs in with"),
    "by": ("the e-mail address you wrote from", "the phone number in your letter"),
    "failed": "The archive did not answer on three days. We search it again and write to you by 30 November 2026.",
    "excluded": "We hold these calls for our customers, who decide about them.",
    "tax": "tax law: invoices must be kept for seven years",
    "open": "The password comes to you by text message.",
    "sorry": "We sent your copy nine days late, because nobody looked into that mailbox. Two people look into it now.",
    "computer": "The system refused the loan because three bills of last year were paid late. I read all twelve bills "
    "and what you wrote about your illness; one of the three was our mistake, and two are enough for the refusal.",
}
GERMAN = {
    "reason": "Sie haben von einer E-Mail-Adresse geschrieben, die wir nicht kennen.",
    "points": (
        "die Postleitzahl auf Ihrer Rechnung",
        "der Monat, in dem Sie Ihr Konto eröffnet haben",
        "Ihre Kundennummer",
    ),
    "clarify": "Sie nutzen seit neun Jahren drei unserer Dienste, und es sind sehr viele Einträge.",
    "question": "Gibt es einen Dienst oder eine Zeit, die Ihnen am wichtigsten ist?",
    "unproved": "Wir haben Sie am 22. Oktober und am 5. November 2026 gefragt und keine Antwort bekommen.",
    "places": ("Kundenkonten", "Anrufe", "Anfragen beim Kundendienst"),
    "camera": "Bilder der Kameras im Laden",
    "number": "Kundennummer",
    "longer": "Ihre Anrufe liegen in vier Systemen, und in jedem müssen wir zuerst fremde Nummern unkenntlich machen.",
    "refused": "Das ist Ihre vierte Anfrage nach denselben Daten seit dem 1. September, und seither ist nichts neu.",
    "privilege": "Rat unserer Anwälte, den das Gesetz schützt",
    "letters": "Briefe unserer Anwälte",
    "person": "eine Kopie der Nachricht einer anderen Person",
    "never": ("die geschützte Form Ihres Passworts", "der Schlüssel, mit dem sich Ihr Telefon anmeldet"),
    "by": ("die E-Mail-Adresse, von der Sie geschrieben haben", "die Telefonnummer in Ihrem Brief"),
    "failed": "Das Archiv hat an drei Tagen nicht geantwortet. Wir schreiben Ihnen bis zum 30. November 2026.",
    "excluded": "Diese Anrufe haben wir für unsere Kunden, und sie entscheiden darüber.",
    "tax": "Steuerrecht: Rechnungen müssen acht Jahre lang aufbewahrt werden",
    "open": "Das Passwort bekommen Sie per SMS.",
    "sorry": "Ihre Kopie kam neun Tage zu spät, weil niemand in dieses Postfach gesehen hat. Jetzt tun es zwei.",
    "computer": "Das System hat den Kredit abgelehnt, weil drei Rechnungen zu spät bezahlt waren. Ich habe alle zwölf "
    "gelesen und auch, was Sie über Ihre Krankheit schreiben; eine war unser Fehler, und zwei genügen.",
}


def letter(kind: Kind, law: str, language: str = "en") -> Letter:
    """A complete letter of this kind under this law."""
    words = ENGLISH if language == "en" else GERMAN
    cited = LAWS[law]
    if language == "de" and law == "eu-gdpr":
        cited = replace(cited, authority=AUTHORITY_DE, citations=("Artikel 12", "Artikel 15"))
    if kind is Kind.DECISION:
        # the law of an appeal gives no second appeal
        cited = replace(cited, appeal="", appeal_answer="", must_state=("reasons", "attorney_general_contact"))
        cited = cited if law == "us-va" else replace(cited, must_state=())
    base = Letter(
        case_number="DSAR-2026-0036",
        organisation=OFFICE,
        received_on=RECEIVED,
        today=TODAY,
        rights=_rights(kind, law),
        laws=(cited,),
        language=language,
        requester="Maria Rivera",
        role=Role.PARENT if law == "us-coppa" else Role.SELF,
        signatory=Signatory(name="Priya Nair", title="Privacy analyst" if language == "en" else "Datenschutz"),
    )
    return replace(base, **_parts(kind, law, words))  # type: ignore[arg-type]


def _rights(kind: Kind, law: str) -> tuple[RightAsked, ...]:
    if law == "us-coppa" and kind is Kind.DONE:
        return (RightAsked(right=Right.CHILD_DELETE, standard="promptly"),)
    if law == "us-coppa":
        return (RightAsked(right=Right.CHILD_ACCESS, standard="promptly"),)
    if law == "us-ca-stl":
        return (RightAsked(right=Right.NOTICE_1798_83, due_on=DUE[law]),)
    if law == "uk-dpa2018-s164A":
        return (RightAsked(right=Right.COMPLAINT, standard="without undue delay"),)
    if kind is Kind.DECISION:
        right = Right.APPEAL if law == "us-va" else Right.AUTOMATED_DECISION
        return (RightAsked(right=right, due_on=DUE[law]),)
    if kind is Kind.RECIPIENTS:
        return (RightAsked(right=Right.THIRD_PARTIES, due_on=DUE[law]),)
    if kind in (Kind.DONE, Kind.INSTRUCTION):
        return (RightAsked(right=Right.DELETE, due_on=DUE[law]),)
    if kind is Kind.OLD_CHANNEL:
        return (RightAsked(right=Right.EDIT, due_on=DUE[law]), RightAsked(right=Right.ACCESS, due_on=DUE[law]))
    return (RightAsked(right=Right.ACCESS, due_on=DUE[law]),)


def _parts(kind: Kind, law: str, words: dict[str, object]) -> dict[str, object]:
    match kind:
        case Kind.IDENTITY:
            parent = law == "us-coppa"
            return {
                "reasons": (words["reason"],),
                "methods": ("parent_signed_form", "parent_call") if parent else ("account_login", "email_control"),
                "points": () if parent else words["points"],
                "points_needed": 0 if parent else 2,
                "clock_effect": WAITING.get(law, ClockEffect.NONE),
            }
        case Kind.REMINDER:
            return {"points": words["points"], "points_needed": 2, "clock_effect": WAITING.get(law, ClockEffect.NONE)}
        case Kind.CLARIFICATION:
            effect = {**WAITING, "uk-gdpr": ClockEffect.PAUSES}.get(law, ClockEffect.NONE)
            return {"reasons": (words["clarify"],), "questions": (words["question"],), "clock_effect": effect}
        case Kind.ANSWER if law == "us-coppa":
            return {
                "tables": (CHILD_ACCOUNT,),
                "coverage": (CoverageLine(title=CHILD_ACCOUNT.title, state=CoverageState.FOUND, found=1),),
            }
        case Kind.ANSWER:
            return _answer(law, words)
        case Kind.NOTHING:
            return {
                "coverage": tuple(_searched(title) for title in words["places"]),  # type: ignore[attr-defined]
                "searched_by": words["by"],
            }
        case Kind.DONE if law == "us-coppa":
            return {
                "actions": (Action(title=CHILD_ACCOUNT.title, done=Done.DELETED, count=1),),
                "kept": (Kept(title="Parents' signed forms", count=1, ground="proof that a parent agreed"),),
                "backups_until": date(2026, 12, 12),
                "checks_on": (date(2026, 11, 19), date(2026, 12, 12)),
            }
        case Kind.DONE:
            return _done(words)
        case Kind.NOTICE:
            return {"disclosure_year": 2025, "third_parties": (HARBOR_TRAVEL,)}
        case Kind.RECIPIENTS:
            return {"third_parties": (HARBOR_TRAVEL, HARBOR_HOSTING)}
        case Kind.DECISION:
            return _decided(law, words)
        case Kind.EXTENSION:
            return {
                "extended_to": LATEST[law],
                "extension_limit_on": LATEST[law],
                "extension_notice_by": DUE[law],
                "extension_reason": words["longer"],
            }
        case Kind.REFUSAL:
            return {"reasons": (words["refused"],), "sells_or_shares": True}
        case Kind.REDIRECT:
            return {"forwarded_on": date(2026, 10, 21)}
        case Kind.CLOSING:
            return {"reasons": (words["unproved"],), "sells_or_shares": True}
        case Kind.ASK_COLLEAGUE:
            return {
                "colleague": "Luis",
                "places": (words["camera"],),
                "search_term": SearchTerm(label=str(words["number"]), value="48291"),
                "reply_by": date(2026, 11, 16),
                "requester": "",
            }
        case Kind.INSTRUCTION:
            return {
                "colleague": "Atlantic Carrier SA",
                "places": words["places"],
                "acts": (ACTS[Right.DELETE], Act.STOP_SALE) if law == "us-ca-ccpa" else (ACTS[Right.DELETE],),
                "search_term": SearchTerm(label=str(words["number"]), value="48291"),
                "reply_by": date(2026, 11, 18),
                "requester": "",
            }
        case Kind.OLD_CHANNEL:
            return {"reply_by": date(2026, 11, 18), "channel_changed_on": date(2026, 10, 3)}
        case _:
            return {}


CHILD_ACCOUNT = TableFound(
    title="Player account",
    count=1,
    purposes=("letting the child play and keep the score",),
    categories=("nickname, age and score",),
    recipients=("nobody outside our company",),
    retention="until the account is deleted, at most one year after the last game",
)
HARBOR_TRAVEL = ThirdParty(
    name="Seaside Travel Inc.",
    address="200 Ocean Avenue\nMonterey, CA 93940",
    categories=("name and address", "e-mail address"),
    examples="package holidays and ferry tickets",
)


HARBOR_HOSTING = ThirdParty(name="Harbor Hosting Ltd", address="", categories=("everything in the customer database",))


def _decided(law: str, words: dict[str, object]) -> dict[str, object]:
    """An appeal denied, a complaint upheld, or a computer's decision that stays."""
    if law == "us-va":
        asked = (RightAsked(right=Right.ACCESS, due_on=DUE[law]),)
        told = {"verdict": Verdict.DENIED, "reasons": (words["refused"],)}
        return {**told, "appealed": asked, "first_received_on": date(2026, 9, 2)}
    complaint = law == "uk-dpa2018-s164A"
    reasons = (words["sorry" if complaint else "computer"],)
    return {"verdict": Verdict.UPHELD if complaint else Verdict.DENIED, "reasons": reasons}


def _searched(title: str) -> CoverageLine:
    return CoverageLine(title=title, state=CoverageState.NOTHING)


def _answer(law: str, words: dict[str, object]) -> dict[str, object]:
    german = words is GERMAN
    calls = TableFound(
        title="Anrufe" if german else "Calls you made",
        count=118,
        purposes=("Telefonie und Rechnung",) if german else ("connecting your calls", "billing"),
        categories=("Rufnummern, Zeit und Dauer",) if german else ("numbers, time and length of calls",),
        recipients=("Atlantic Carrier SA, Lissabon",) if german else ("Atlantic Carrier SA, Lisbon",),
        retention="18 Monate nach dem Anruf" if german else "18 months after the call",
        transfers=(
            "in die USA, geschützt durch Standardvertragsklauseln; eine Kopie schicken wir Ihnen gern"
            if german
            else "to the USA, protected by standard contractual clauses; we send you a copy if you ask"
        ),
    )
    account = TableFound(
        title="Ihr Konto" if german else "Your account",
        count=1,
        purposes=("den Dienst bereitstellen",) if german else ("providing the service you signed up for",),
        categories=("Kontakt", "Zahlung") if german else ("contact", "payment"),
        recipients=("Harbor Hosting GmbH (Rechenzentrum)",) if german else ("Harbor Hosting Ltd (data centre)",),
        retention="solange das Konto besteht" if german else "as long as the account exists",
        obtained_from="von Ihrem Arbeitgeber, der das Konto eröffnet hat" if german else "your employer, who opened it",
        sold_or_shared_to=("Seaside Travel Inc.",) if law == "us-ca-ccpa" else (),
    )
    return {
        "tables": (account, calls),
        "coverage": (
            CoverageLine(title=account.title, state=CoverageState.FOUND, found=1),
            CoverageLine(title=calls.title, state=CoverageState.FOUND, found=118),
            CoverageLine(title="Newsletter", state=CoverageState.NOTHING),
            CoverageLine(title="Archiv" if german else "Archive", state=CoverageState.FAILED, why=str(words["failed"])),
            CoverageLine(
                title="Kundenanrufe" if german else "Customers' calls",
                state=CoverageState.EXCLUDED,
                why=str(words["excluded"]),
            ),
        ),
        "withheld": (Withheld(what=str(words["letters"]), count=2, ground=str(words["privilege"])),),
        "never_disclosed": words["never"],
        "lookback": "the 12 months before receipt" if law == "us-ca-ccpa" else "",
        "package": PackageSent(
            file_name="DSAR-2026-0036.zip", sha256=SHA, how_to_open=str(words["open"]), expires_on=date(2026, 11, 26)
        ),
        "policy": Policy(
            title="Datenschutzerklärung" if german else "Harbor Voice privacy policy", in_force_from=date(2025, 3, 1)
        ),
        "earlier_letters": (EarlierLetter(kind="acknowledgement", sent_on=date(2026, 10, 21)),),
    }


def _done(words: dict[str, object]) -> dict[str, object]:
    german = words is GERMAN
    return {
        "actions": (
            Action(title="Ihr Konto" if german else "Your account", done=Done.DELETED, count=1),
            Action(title="Name in Anfragen" if german else "Name in support tickets", done=Done.MASKED, count=3),
        ),
        "kept": (
            Kept(
                title="Rechnungen" if german else "Invoices",
                count=7,
                ground=str(words["tax"]),
                until=date(2033, 12, 31),
            ),
        ),
        "told": ("Harbor Hosting",),
        "backups_until": date(2026, 12, 12),
        "checks_on": (date(2026, 11, 19), date(2026, 12, 12), date(2027, 2, 10)),
    }
