"""Guesses what a column holds from its name and from a few of its values, and shows values only masked.

A guess is a question to a person, never a rule: what is proposed of it is ``scan_proposing``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise

from dsar.case.identifiers import normal_phone
from dsar.sources.matching import emails_in
from dsar.sources.scan_tables import Column, Look

# So many of the values have to look alike.
_MOST = 0.8
# A column that is called a telephone number holds at least so many digits a value.
_LEAST_DIGITS = 5
_WORD = re.compile(r"[^\W\d_]+|\d+")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IP = re.compile(r"(\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4}(:[0-9a-f]{0,4}){3,7}", re.IGNORECASE)
_HASH = re.compile(
    r"\$(2[aby]|argon2\w*|pbkdf2[\w-]*|scrypt|5|6|1)\$.+|\{S?SHA\d*\}.+|[0-9a-f]{40}|[0-9a-f]{64,128}", re.I
)
_KEY = re.compile(r"(sk|pk|ghp|xox[abp]|AKIA|eyJ)[-_A-Za-z0-9.]{16,}")
_DIGITS = re.compile(r"\d[\d -]{11,21}\d")
_PHONE = re.compile(r"\+?[\d\s()./-]{7,20}( ?(x|ext\.?) ?\d{1,5})?", re.IGNORECASE)


_DAY = re.compile(r"\d{4}-\d\d-\d\d|\d\d[./-]\d\d[./-]\d{4}")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EMAIL_WORDS = _words("email mail emailaddress correo courriel")
_PHONE_WORDS = _words("phone tel telephone telefon mobile cell msisdn fax handy telefono phonenumber mobil")
# What tells two numbers or addresses of one person apart.
_SAME_PARTY = (
    _EMAIL_WORDS | _PHONE_WORDS | _words("home work private business office other number no address primary second")
)
_SECRET_WORDS = _words("password passwd pwd passwort secret token salt otp pin credential credentials apikey totp")
_NAME_WORDS = _words(
    "firstname lastname surname fullname forename familyname givenname "
    "vorname nachname prenom apellido apellidos nombre"
)
_STREET_WORDS = _words("street address addr strasse straße rue calle addressline")
_PLACE_WORDS = _words("city town zip zipcode postcode postal plz county country region province ville ciudad pays")
_BIRTH_WORDS = _words("dob birth birthday birthdate dateofbirth geburtsdatum geburtstag born naissance nacimiento")
_TEXT_WORDS = _words("note notes comment comments body message text description remark remarks transcript subject bio")
_USER_WORDS = _words("username login handle nickname screenname loginname")
_DEVICE_WORDS = _words("idfa gaid aaid imei udid")
_CARD_WORDS = _words("iban ccn pan cvv cvc cardnumber accountnumber")
_STATE_WORDS = _words("ssn passport nino taxid driverlicense driverslicense nationalid socialsecurity")
_EVENT_WORDS = _words("created updated modified opened closed time timestamp date at on month year")


def words_of(name: str) -> list[str]:
    """The words that a column or table name is made of: ``billingAddress_2`` has billing, address and 2."""
    return [word.lower() for word in _WORD.findall(_CAMEL.sub("_", name))]


def party_of(name: str) -> frozenset[str]:
    """What a column name says beside which of somebody's numbers or addresses it is: of caller_phone it is caller."""
    return frozenset(word for word in words_of(name) if not word.isdecimal()) - _SAME_PARTY


def look_of(column: Column, *, country: str, people: bool) -> Look:
    """What the column looks like; ``people`` says whether its table has a person's e-mail or number beside it."""
    if column.look:
        return column.look
    words = words_of(column.name)
    told = frozenset([*words, *map("".join, pairwise(words)), "".join(words)])
    values = [value.strip() for value in column.samples if value.strip()]
    number = words[-1:] in (["id"], ["key"], ["uuid"])
    found = _secret(told, values) or _identifier(told, values, country, number=number)
    return found or (Look() if number else _other(told, values, people))


def _secret(told: frozenset[str], values: Sequence[str]) -> Look | None:
    if told & _SECRET_WORDS or ("hash" in told and told & _words("pass pw password")) or "apikey" in told:
        return Look(kind="secret", category="security", why="its name", never=True)
    if told & _CARD_WORDS or {"card", "code"} <= told:
        return Look(kind="secret", category="payment", why="its name: an account or card number", never=True)
    if told & _STATE_WORDS:
        return Look(kind="secret", category="identifier", why="its name: a number of the state", never=True)
    if _most(values, lambda value: bool(_HASH.fullmatch(value) or _KEY.fullmatch(value))):
        return Look(
            kind="secret", category="security", why="its values look like hashes or keys", never=True, sure=False
        )
    if _most(values, _luhn):
        return Look(kind="secret", category="payment", why="its values check as card numbers", never=True, sure=False)
    return None


def _identifier(told: frozenset[str], values: Sequence[str], country: str, *, number: bool) -> Look | None:
    if _most(values, lambda value: len(value) < 200 and len(emails_in(value)) == 1 and " " not in value):
        return Look(kind="email", category="contact", why="its values")
    if told & _EMAIL_WORDS and not number and not told & _words("count sent opt status at verified body subject"):
        return Look(kind="email", category="contact", why="its name", sure=not values)
    if told & _PHONE_WORDS and not number and (not values or _most(values, _dialled)):
        known = not values or _most(values, lambda value: bool(normal_phone(value, country=country or "US")))
        why = "its name" if known else f"its name, but many are no whole numbers of {country or 'US'}"
        return Look(kind="phone", category="contact", why=why, sure=known)
    if _most(values, lambda value: _is_phone(value, country)):
        return Look(kind="phone", category="contact", why="its values", sure=False)
    if _most(values, lambda value: bool(_IP.fullmatch(value))) or ("ip" in told and "ipaddress" in told):
        return Look(kind="ip", category="network", why="its values or name", sure=False)
    if told & _USER_WORDS and not number and not told & _words("at time count last"):
        return Look(kind="username", category="identifier", why="its name")
    if told & _DEVICE_WORDS or "deviceid" in told:
        return Look(kind="device_id", category="identifier", why="its name")
    if "cookie" in told:
        return Look(kind="cookie", category="identifier", why="its name")
    if told & _words("customerno customernumber customernr kundennummer"):
        return Look(kind="customer_no", category="identifier", why="its name")
    if told & _words("accountid accountno"):
        return Look(kind="account_id", category="identifier", why="its name", sure=False)
    return None


def _other(told: frozenset[str], values: Sequence[str], people: bool) -> Look:
    if told & _BIRTH_WORDS:
        return Look(kind="birth_date", category="age", why="its name")
    if told & _NAME_WORDS or ("name" in told and people and not told & _words("file product company table host")):
        return Look(kind="name", category="contact", why="its name", sure=bool(told & _NAME_WORDS))
    if told & _STREET_WORDS:
        return Look(kind="address", category="contact", why="its name")
    if told & _PLACE_WORDS and "status" not in told:
        return Look(kind="place", category="location", why="its name")
    if told & _TEXT_WORDS or _most(values, lambda value: len(value) > 40 and value.count(" ") >= 6):
        return Look(kind="text", category="content", why="its name" if told & _TEXT_WORDS else "its values")
    if told & _EVENT_WORDS:
        return Look(kind="time")
    return Look()


def _most(values: Sequence[str], fits: Callable[[str], bool]) -> bool:
    return bool(values) and sum(map(fits, values)) >= _MOST * len(values)


def _is_phone(value: str, country: str) -> bool:
    """A number with signs of its own: digits alone could be any number."""
    if not _PHONE.fullmatch(value) or not re.search(r"[+() -]", value) or _DAY.match(value):
        return False
    return bool(normal_phone(value, country=country or "US"))


def _dialled(value: str) -> bool:
    """Digits as people dial them, perhaps of another country or without what stands before them."""
    return bool(_PHONE.fullmatch(value)) and sum(map(str.isdigit, value)) >= _LEAST_DIGITS


def _luhn(value: str) -> bool:
    digits = [int(char) for char in value if char.isdigit()]
    if not _DIGITS.fullmatch(value) or not 13 <= len(digits) <= 19:
        return False
    doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def masked(look: Look, samples: Sequence[str], *, country: str = "") -> str:
    """One value as it may be shown: ``a***@e***.com``, ``+1 415 ***``; "" for what is not shown at all."""
    value = next((one.strip() for one in samples if one.strip()), "")
    if look.kind == "email" and len(found := emails_in(value)) == 1:
        local, _, domain = found[0].rpartition("@")
        ending = domain.rpartition(".")[2] if "." in domain else ""
        return f"{local[:1]}***@{domain[:1]}***{'.' if ending else ''}{ending[:3]}"
    if look.kind == "phone" and look.why.startswith("its name,") and not value.startswith("+"):
        # of which country it is cannot be told
        return f"{value[:3]}***" if value else ""
    if look.kind == "phone":
        return _masked_phone(normal_phone(value, country=country or "US"))
    if look.kind == "ip" and "." in value:
        return f"{value.partition('.')[0]}.***"
    return ""


def _masked_phone(number: str) -> str:
    if not number:
        return ""
    import phonenumbers

    parsed = phonenumbers.parse(number)
    return f"+{parsed.country_code} {str(parsed.national_number)[:3]} ***"
