"""Reads the tables of a rule about the answer itself: appeal, refusal, proof, fee, reach, frequency, records.

The rest of a rule is left to ``parse`` and ``parse_clock``.
"""

from __future__ import annotations

from dsar.law.fields import Fields
from dsar.law.model import Appeal, Fee, Frequency, Lookback, Proof, Records, Refusal
from dsar.law.vocabulary import Vocabulary
from dsar.law.words import Method

_NO_PROOF = Proof(least="none", level=0, cite="")


def appeal(fields: Fields | None) -> Appeal | None:
    """Where a refusal can be taken."""
    if fields is None:
        return None
    found = Appeal(
        available=fields.flag("available", required=True),
        to=fields.text("to"),
        window=fields.text("window"),
        respond=fields.period("respond"),
        extension=fields.period("extension"),
        on_denial=fields.text("on_denial"),
    )
    fields.finish()
    return found


def refusal(fields: Fields | None, words: Vocabulary) -> Refusal | None:
    """What a refusal must say."""
    if fields is None:
        return None
    notice = list(words.notice)
    found = Refusal(
        within=fields.period("within"),
        must_state=fields.texts("must_state", allowed=notice, required=True),
        one_of=fields.texts("one_of", allowed=notice),
        also=fields.texts("also", allowed=notice),
        fallback=fields.text("fallback"),
        basis=fields.text("basis"),
    )
    fields.finish()
    return found


def proof(fields: Fields | None, words: Vocabulary) -> Proof:
    """What proves identity, and the most that may be asked."""
    if fields is None:
        return _NO_PROOF
    methods = ["none", *(method.value for method in Method)]
    least = fields.text("least", required=True)
    if least and least not in methods:
        fields.fault(f'"least" must be one of {", ".join(methods)}.')
    found = Proof(
        least=least,
        level=fields.count("level", most=2, required=True) or 0,
        cite=fields.text("cite", required=True),
        points=fields.count("points", most=9) or 0,
        declaration=fields.flag("declaration"),
        login_again=fields.flag("login_again"),
        sensitive_level=fields.count("sensitive_level", most=2),
        sensitive_points=fields.count("sensitive_points", most=9),
        accepted=fields.choices("accepted", Method),
        ceiling=fields.choices("ceiling", Method),
        never=fields.texts("never", allowed=list(words.never_ask)),
        conditions=fields.words("conditions", allowed=[method.value for method in Method]),
        note=fields.text("note"),
    )
    fields.finish()
    if (found.level == 0) != (found.least == "none"):
        fields.fault('Level 0 and least "none" go together.')
    if found.level and found.least not in found.accepted:
        fields.fault('"least" must be among "accepted".')
    if not set(found.accepted) <= set(found.ceiling):
        fields.fault('"accepted" goes beyond "ceiling".')
    return found


def fee(fields: Fields | None) -> Fee | None:
    """Whether the answer may cost anything."""
    if fields is None:
        return None
    found = Fee(
        default=fields.text("default", required=True),
        chargeable_if=fields.texts("chargeable_if"),
        free_count=fields.text("free_count"),
        amount=fields.text("amount"),
        cap=fields.text("cap"),
        alternative=fields.text("alternative"),
        burden=fields.text("burden"),
        never=fields.text("never"),
        needs=fields.texts("needs"),
        tell_first=fields.flag("tell_first"),
        withdrawn_after=fields.period("withdrawn_after"),
        basis=fields.text("basis"),
    )
    fields.finish()
    return found


def lookback(fields: Fields | None) -> Lookback | None:
    """How far back the answer reaches."""
    if fields is None:
        return None
    found = Lookback(
        default=fields.text("default", required=True), beyond=fields.text("beyond"), basis=fields.text("basis")
    )
    fields.finish()
    return found


def frequency(fields: Fields | None) -> Frequency | None:
    """How often a person may ask."""
    if fields is None:
        return None
    found = Frequency(
        says=fields.text("says", required=True), times=fields.count("times", most=99), per=fields.text("per")
    )
    fields.finish()
    return found


def records(fields: Fields | None) -> Records | None:
    """How long the request file is kept."""
    if fields is None:
        return None
    found = Records(
        says=fields.text("says", required=True),
        keep=fields.period("keep"),
        basis=fields.text("basis"),
        fields=fields.texts("fields"),
    )
    fields.finish()
    return found
