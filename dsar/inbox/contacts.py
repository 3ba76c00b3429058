"""Finds the e-mail addresses, phone numbers, account numbers and references in running text.

Labelled lines are read by ``fields``; whose each of them is, is put together by ``identify``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from dsar.case.identifiers import normal_email, normal_phone
from dsar.inbox.folding import fold

_EMAIL = re.compile(r"[\w.+%'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}")
_PHONE = re.compile(r"(?<![\w@./-])(?:\+|00|\(|0|\d(?=\d\d[-.\s)]))[\d\s().\-/–]{5,22}\d(?![\w@]|[.,/-]\d)")
_US_SHAPE = re.compile(r"\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}$")
_DATE_SHAPE = re.compile(r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}")
_CODE = re.compile(r"(?<![\w/-])(?:[A-Z]{1,4}-\d{4,10}|[A-Z]{2,4}\d{5,10})(?![\w-]|/\d)")
_VALUE = re.compile(
    r"\s*(?:\(|is|ist|lautet|est|es|is:|è|to|jest|je|er|είναι|är|este|nr|no|n°|nº|number|nummer|:|：|#|\.|=|は|为|為|是)*"
    r"\s*#?\(?([A-Za-z]{0,5}[-/ ]?\d[\w/-]{2,20})"
)
_REFERENCE = re.compile(r"\s*(?:[:：#]|is|ist|est|es|no\.?|number)\s*([A-Za-z0-9][\w/.-]{3,30})")
_USERNAME = re.compile(
    r"[\s:：\"'„“«(]*(?:is|ist|est|es|was|:|on there is|there is)?\s*[\"'„“«(]*([A-Za-z][\w.-]{2,30})"
)
_ORDER = re.compile(
    r"(?:order|bestell\w*|commande|pedido|ordine|zamowieni\w*|objednavk\w*|invoice|rechnung\w*|facture|factura|fattura|"
    r"ticket|ref\w*)\W*(?:no|nr|number|nummer|id|n)?\W*$"
)
_IN_BRACKETS = re.compile(
    r"(?:account|konto|compte|cuenta|profil\w*|conta|účet|račun|acount|アカウント)\s*[(\"„“«']\s*([A-Za-z][\w.-]{2,30})",
    re.I,
)
_BRACKETS = re.compile(r"[\[(（]\s*(?:ref(?:erence)?[.:]?\s*|az[.:]?\s*)?([A-Za-z0-9][\w./-]{3,30})\s*[\])）]")
_CARD = re.compile(r"(?<![\w+.-])[3-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\w-])")
_SOCIAL = re.compile(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-\d{2}-\d{4}(?![\w-])")
_IBAN = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?(?!\w)")
_PHONE_NEAR = 40
_AFTER_LABEL = 40
# How numbers without a country code begin and how long they are; elsewhere a leading zero is enough.
_NATIONAL_DIGITS = range(9, 13)


def emails_in(text: str) -> list[str]:
    """Every e-mail address in a text, in normal form, in order, each once."""
    found = (normal_email(match.group().strip("'.")) for match in _EMAIL.finditer(text))
    return list(dict.fromkeys(email for email in found if email))


def is_american(raw: str) -> bool:
    """Whether a number is written as in North America: three, three and four digits."""
    return bool(_US_SHAPE.fullmatch(raw.strip(" .,;")))


def holds_a_secret_number(text: str) -> bool:
    """Whether a bank card, account or US social security number stands in a text: more than anybody asked for."""
    if _SOCIAL.search(text) or _IBAN.search(text):
        return True
    return any(_passes_luhn(re.sub(r"\D", "", card.group())) for card in _CARD.finditer(text))


def _passes_luhn(digits: str) -> bool:
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (sum(doubled) + sum(int(digit) for digit in digits[-1::-2])) % 10 == 0


def phones_in(text: str, *, country: str, skip: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """Phone numbers in a text as (E.164, as written); dates, sums and account numbers are passed over."""
    for match in _PHONE.finditer(text):
        raw = match.group().strip(" -./")
        digits = re.sub(r"\D", "", raw)
        if _DATE_SHAPE.fullmatch(raw) or any(digits in re.sub(r"\D", "", other) for other in skip if other):
            continue
        before = fold(text[max(0, match.start() - _PHONE_NEAR) : match.start()])
        if _ORDER.search(before):
            continue
        abroad = raw.startswith(("+", "00"))
        american = bool(_US_SHAPE.fullmatch(raw))
        national = raw.startswith(("0", "(0")) and len(digits) in _NATIONAL_DIGITS
        if not (abroad or american or national):
            continue
        normal = normal_phone(raw, country="US" if american and country not in ("US", "CA") else country)
        if normal:
            yield normal, raw


@cache
def _label_pattern(labels: tuple[str, ...]) -> re.Pattern[str]:
    words = sorted((re.escape(label) for label in labels if len(label) > 2), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(words) + r")(?!\w)")


def customer_number_in(text: str, labels: Mapping[str, str]) -> str:
    """The account or customer number written after its label in running text, or one that has the shape of one."""
    folded = fold(text)
    names = tuple(sorted(label for label, kind in labels.items() if kind == "customer_no"))
    if names:
        for label in _label_pattern(names).finditer(folded):
            value = _VALUE.match(text, label.end())
            if value and not _EMAIL.match(text, value.start(1)) and not _DATE_SHAPE.fullmatch(value[1]):
                return value[1].strip(" .-/")
    for code in _CODE.finditer(text):
        if not _ORDER.search(folded[max(0, code.start() - 30) : code.start()]):
            return code.group()
    return ""


def reference_in(text: str, labels: Mapping[str, str]) -> str:
    """The sender's own reference written after its label in running text: "our reference: PR/2026/118"."""
    names = tuple(sorted(label for label, kind in labels.items() if kind == "reference" and len(label) > 4))
    if not names:
        return ""
    for label in _label_pattern(names).finditer(fold(text)):
        value = _REFERENCE.match(text, label.end())
        if value and any(char.isdigit() for char in value[1]):
            return value[1].strip(" .-/")
    return ""


def labelled_in(text: str, labels: Mapping[str, str], kind: str) -> str:
    """What stands in running text after a label of this kind: "geboren am 3. Mai 1971"."""
    names = tuple(sorted(label for label, known in labels.items() if known == kind and len(label) > 4))
    found = _label_pattern(names).search(fold(text)) if names else None
    return text[found.end() : found.end() + _AFTER_LABEL].strip(" :：.,") if found else ""


def username_in(text: str, labels: Mapping[str, str]) -> str:
    """The user name written after its label in running text; words that are no name are passed over."""
    folded = fold(text)
    names = tuple(sorted(label for label, kind in labels.items() if kind == "username" and len(label) > 4))
    if not names:
        return ""
    for label in _label_pattern(names).finditer(folded):
        value = _USERNAME.match(text, label.end())
        if value and _looks_made_up(value[1]):
            return value[1].strip(".-")
    return ""


def account_in_brackets(text: str) -> str:
    """A user name in brackets right after a word for account: "my account (marcusb15)"."""
    match = _IN_BRACKETS.search(text)
    return match[1] if match else ""


def _looks_made_up(word: str) -> bool:
    return any(char.isdigit() or char in "_." for char in word.rstrip(".")) or bool(re.search(r"[a-z][A-Z]", word))


def references_in(subject: str) -> list[str]:
    """References in brackets of a subject line: they hold a digit and more than an article's number."""
    return [match[1] for match in _BRACKETS.finditer(subject) if any(char.isdigit() for char in match[1])]
