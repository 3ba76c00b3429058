"""Sets aside the confidentiality notice that firms' mail servers put below every message.

Such a notice tells a stranger to delete the message, which nobody may take for the writer's own wish.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEAST, _MOST = 80, 5_000
# By language, beginnings of words: that it is confidential, whom it is meant for, and that it came by mistake. Last
# the words with which a person speaks of herself, as somebody who tells of a mistake does and a firm's notice never.
_FORMULAS: tuple[tuple[str, str, str, str], ...] = (
    ("confidential|privileged", "intended recipient|addressee|intended solely", "in error|by mistake", "i|i'm|my|me"),
    ("vertraulich", "adressat|empfänger", "irrtümlich|versehentlich|nicht der richtige", r"ich|mein\w*|mir|mich"),
    ("confidentiel", "destinataire", "par erreur", r"je|j['’]\w+|mon|ma|mes|moi"),
    ("confidencia", "destinatario", "por error|por equivocación", "mi|mis|yo|me"),
    ("riservat|confidenzial", "destinatari", "per errore|per sbaglio", "io|mio|mia|miei|mi"),
    ("confidencia|sigilos", "destinatário", "por engano|por erro|por lapso", "eu|meu|minha|me"),
    ("vertrouwelijk", "geadresseerde|ontvanger", "abusievelijk|ten onrechte|per vergissing", "ik|mijn|mij"),
    ("poufn", "adresat|odbiorc", "omyłk|pomyłk|przez błąd", r"ja|mój|moj\w+|mnie|mi"),
    ("důvěrn", "adresát|příjemc", "omylem", r"já|můj|moj\w+|mě|mi"),
    ("povjerljiv", "primatelj|naslovnik", "greškom|zabunom", r"ja|moj\w*|mene|mi"),
    ("εμπιστευτικ", "παραλήπτ|αποδέκτ", "λάθος|σφάλμα", "εγώ|μου|με"),
    ("konfident|sekretess|fortrolig", "mottag|modtag|mottak", "av misstag|ved en fe[ij]l", "jag|mig|min|mitt|mina|jeg"),
    ("confidențial|confidenţial", "destinatar", "din greșeală|din eroare|din greşeală", "eu|meu|mea|mele|mi"),
    ("поверител", "получател|адресат", "по погрешка|погрешно", "аз|ми|моят|моите|моята"),
    ("bizalmas", "címzett", "tévedés", "én|engem|nekem"),
    ("luottamuksel", "vastaanottaja", "vahingossa|erehdyksessä", "minä|minun|minulle"),
    ("機密|秘密", "受信者|宛先|名宛人", "誤って|誤送信", "私|僕"),
    ("机密|保密", "收件人|接收者", "误收|错误", "我(?!们|們|司)"),
)  # fmt: skip
_JOINED = frozenset("私我")
# Any of the beginnings in any language: a paragraph without one is no notice, and most have none.
_ANY = re.compile("|".join(stem for *stems, _ in _FORMULAS for stem in stems))


def without_disclaimer(text: str) -> tuple[str, str]:
    """The text without its confidentiality notices, and those."""
    paragraphs = re.split(r"\n[ \t]*\n", text)
    kept = [paragraph for paragraph in paragraphs if not _is_notice(paragraph)]
    if len(kept) == len(paragraphs):
        return text, ""
    notices = [paragraph for paragraph in paragraphs if _is_notice(paragraph)]
    return "\n\n".join(kept), "\n\n".join(notices)


def _is_notice(paragraph: str) -> bool:
    if not (_LEAST if paragraph.isascii() else _LEAST // 3) <= len(paragraph) <= _MOST:
        return False
    folded = " ".join(paragraph.casefold().split())
    if not _ANY.search(folded):
        return False
    return any(_formulas(folded, stems) >= 2 and not _own(own).search(folded) for *stems, own in _FORMULAS)


def _formulas(folded: str, stems: Sequence[str]) -> int:
    return sum(bool(re.search(stem, folded)) for stem in stems)


def _own(own: str) -> re.Pattern[str]:
    return re.compile(own if own[0] in _JOINED else rf"(?<!\w)(?:{own})(?!\w)")
