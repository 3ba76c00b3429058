"""Puts together who the message is from and about: name, e-mails, numbers, address, in normal form beside the words.

Names and addresses keep the form they are written in: they are shown, and never searched by alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dsar.case.identifiers import Identifier, normal_email
from dsar.case.stages import Role
from dsar.inbox.addresses import address_in, country_of
from dsar.inbox.contacts import (
    account_in_brackets,
    customer_number_in,
    emails_in,
    labelled_in,
    phones_in,
    reference_in,
    references_in,
    username_in,
)
from dsar.inbox.corrections import Corrections, value_of
from dsar.inbox.dates import dates_in
from dsar.inbox.fields import Fields, joined_address, read_fields
from dsar.inbox.folding import fold
from dsar.inbox.lexicon import Lexicon
from dsar.inbox.names import closer, is_machine, is_person, person_in, related_name, signed_name, tidy
from dsar.inbox.signals import Signals

_KEPT_KINDS = (
    "customer_no", "username", "zip", "device_id", "ip", "child_email", "child_age", "age", "reference",
)  # fmt: skip
_FOR_OTHERS = frozenset({Role.AGENT, Role.EXECUTOR, Role.CONTROLLER, Role.PROCESSOR})
_CHILD_ROLES = frozenset({Role.PARENT, Role.REPORTER})


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who a message says it is from, and where answers should go."""

    name: str = ""
    email: str = ""
    reply_to: str = ""
    ours: frozenset[str] = frozenset()


@dataclass(slots=True)
class People:
    """The names and identifiers of a message, in the order found."""

    name: str = ""
    agent: str = ""
    identifiers: list[Identifier] = field(default_factory=list)
    country: str = ""

    def add(self, kind: str, value: str, raw: str = "") -> None:
        """Keeps an identifier once."""
        if value and all((kind, value) != known.key for known in self.identifiers):
            self.identifiers.append(Identifier(kind=kind, value=value, raw=raw or value))


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What identification works on: the text with its signature, and everything already read from it."""

    subject: str
    text: str
    sender: Sender
    found: Signals
    lexicons: Sequence[Lexicon]
    labels: Mapping[str, str]
    fields: Fields
    role: Role
    age: int | None
    corrections: Corrections
    country: str
    order: str


def identify(letter: Letter) -> People:
    """Everybody and everything in the letter that says whom it is about."""
    people = People()
    lines = letter.text.split("\n")
    _names(people, letter, lines)
    _address(people, letter, lines)
    _emails(people, letter)
    _numbers(people, letter)
    for kind in _KEPT_KINDS:
        if letter.fields.get(kind):
            people.add(kind, letter.fields.get(kind).strip(" .,;"))
    _birthdate(people, letter)
    if not letter.fields.get("reference"):
        people.add("reference", reference_in(letter.text, letter.labels))
    for reference in references_in(letter.subject):
        people.add("reference", reference)
    if letter.age is not None:
        people.add("child_age" if letter.role in _CHILD_ROLES or letter.age < 13 else "age", str(letter.age))
    people.identifiers.extend(letter.corrections.found)
    return people


def fields_without_corrections(text: str, labels: Mapping[str, str], corrections: Corrections) -> Fields:
    """The labelled lines of a letter, those that give a new value left out."""
    lines = ["" if place in corrections.lines else line for place, line in enumerate(text.split("\n"))]
    return read_fields("\n".join(lines), labels)


def _names(people: People, letter: Letter, lines: Sequence[str]) -> None:
    labelled = _labelled_name(letter.fields)
    signed = signed_name(lines, letter.lexicons)
    shown = tidy(letter.sender.name) if is_person(letter.sender.name) and not is_machine(letter.sender.email) else ""
    writer = closer(shown, signed) if letter.role is not Role.CHILD else signed or shown
    head = person_in(lines[0]) if lines and not letter.sender.email and is_person(lines[0]) else ""
    if letter.role in _FOR_OTHERS:
        people.agent = tidy(letter.fields.get("agent")) or (
            letter.sender.name.strip() if letter.sender.name and not shown else writer
        )
        people.name = labelled or related_name(letter.found, "client_name")
        people.add("agent", people.agent)
    elif letter.role is Role.CHILD:
        people.name = labelled or writer
        child = people.name.split()[0] if people.name and not labelled else people.name
        people.add("child", child[:1].upper() + child[1:])
    else:
        people.name = labelled or writer or head
    if letter.role in _CHILD_ROLES:
        people.add("child", tidy(letter.fields.get("child")) or related_name(letter.found, "child_name"))
    people.add("name", people.name)


def _labelled_name(fields: Fields) -> str:
    if fields.get("first_name") and fields.get("last_name"):
        return tidy(f"{fields.get('first_name')} {fields.get('last_name')}")
    name = fields.get("name")
    return tidy(name) if name and is_person(name) else tidy(fields.get("last_name"))


def _address(people: People, letter: Letter, lines: Sequence[str]) -> None:
    taken = letter.fields.lines | letter.corrections.lines
    names = [fold(people.name)] if people.name else []
    address = joined_address(letter.fields) or address_in(lines, taken, names)
    new = {fold(known.value) for known in letter.corrections.found if known.kind == "correct.address"}
    if address and fold(address) not in new and not any(fold(address) in value for value in new):
        people.add("address", address.strip(" .,;"))
    language_country = letter.lexicons[0].country if letter.lexicons else ""
    people.country = country_of(address, language_country or letter.country) if address else language_country
    people.country = people.country or letter.country


def _emails(people: People, letter: Letter) -> None:
    new = {known.value for known in letter.corrections.found if known.kind == "correct.email"}
    sender = normal_email(letter.sender.email) if letter.sender.email else ""
    reply_to = normal_email(letter.sender.reply_to) if letter.sender.reply_to else ""
    labelled = normal_email(letter.fields.get("old_email") or letter.fields.get("email"))
    found: list[str] = [labelled] if labelled else []
    if letter.role in _FOR_OTHERS:
        for email in (sender, reply_to):
            if email and not is_machine(email) and email != labelled:
                people.add("agent_email", email)
    else:
        found += [email for email in (reply_to, sender) if email and not is_machine(email)]
    agents = {known.value for known in people.identifiers if known.kind == "agent_email"}
    written = [email for email in emails_in(letter.text) if email not in agents and not is_machine(email)]
    for email in dict.fromkeys([*found, *written]):
        if email not in new and email not in letter.sender.ours and email.partition("@")[2] not in letter.sender.ours:
            people.add("child_email" if letter.role is Role.CHILD else "email", email)


def sent_from_elsewhere(letter: Letter) -> bool:
    """Whether the letter is about an e-mail address that it was not sent from."""
    own = {normal_email(address) for address in (letter.sender.email, letter.sender.reply_to) if address}
    ours = letter.sender.ours
    written = {email for email in emails_in(letter.text) if email not in ours and email.partition("@")[2] not in ours}
    return bool(own and written) and not own & written


def _numbers(people: People, letter: Letter) -> None:
    customer = letter.fields.get("customer_no") or customer_number_in(letter.text, letter.labels)
    customer = customer or customer_number_in(letter.subject, letter.labels)
    new = {known.value for known in letter.corrections.found if known.kind == "correct.phone"}
    labelled = letter.fields.get("phone")
    if labelled:
        normal = value_of("phone", labelled, country=people.country, order=letter.order)
        if normal.startswith("+") and normal not in new:
            people.add("phone", normal, labelled)
    references = [*references_in(letter.subject), letter.fields.get("reference"), letter.fields.get("order")]
    for normal, raw in phones_in(letter.text, country=people.country, skip=[customer, *references]):
        if normal not in new:
            people.add("phone", normal, raw)
    if customer and normal_email(customer) != customer.casefold():
        people.add("customer_no", customer.strip(" .,;"))
    username = letter.fields.get("username") or username_in(letter.text, letter.labels)
    people.add("username", username or account_in_brackets(letter.text))


def _birthdate(people: People, letter: Letter) -> None:
    written = letter.fields.get("birthdate")
    if not written and all(known.kind != "correct.birthdate" for known in letter.corrections.found):
        written = labelled_in(letter.text, letter.labels, "birthdate")
        written = written if dates_in(written, order=letter.order) else ""
    if written:
        people.add("birthdate", value_of("birthdate", written, country=people.country, order=letter.order), written)
