"""The few sentences that a 1798.83 notice takes from the workflow, in every language letters are written in.

Everything else a notice says stands in its template.
"""

from __future__ import annotations

FALLBACK = "en"

SENTENCES: dict[str, dict[str, str]] = {
    "alternative_opt_in": {
        "en": "Our published privacy policy says that we give personal information to other companies for their own "
        "direct marketing only after the person has said yes. In that case Civil Code section 1798.83(c)(2) allows us "
        "to tell you, instead of a list, that you can prevent it, and how, free of charge.",
        "de": "In unserer veröffentlichten Datenschutzerklärung steht, dass wir anderen Unternehmen Daten für deren "
        "eigene Werbung nur geben, wenn die Person vorher Ja gesagt hat. Dann erlaubt uns Civil Code 1798.83(c)(2), "
        "Ihnen statt einer Liste zu sagen, dass Sie es verhindern können, und wie, kostenlos.",
    },
    "alternative_opt_out": {
        "en": "Our published privacy policy says that we give no personal information to other companies for their own "
        "direct marketing once the person has said no. In that case Civil Code section 1798.83(c)(2) allows us to tell "
        "you, instead of a list, that you can prevent it, and how, free of charge.",
        "de": "In unserer veröffentlichten Datenschutzerklärung steht, dass wir anderen Unternehmen keine Daten für "
        "deren eigene Werbung geben, sobald die Person Nein gesagt hat. Dann erlaubt uns Civil Code 1798.83(c)(2), "
        "Ihnen statt einer Liste zu sagen, dass Sie es verhindern können, und wie, kostenlos.",
    },
    "already_answered": {
        "en": "We have already answered this request for the calendar year {year} (our reference {case}). The law "
        "gives one answer in each calendar year; you can ask again from 1 January {next}. If you no longer have our "
        "answer, tell us, and we send it once more, free of charge.",
        "de": "Wir haben diese Anfrage für das Kalenderjahr {year} bereits beantwortet (unser Zeichen {case}). Das "
        "Gesetz sieht eine Antwort in jedem Kalenderjahr vor; ab dem 1. Januar {next} können Sie wieder fragen. Wenn "
        "Sie unsere Antwort nicht mehr haben, sagen Sie es uns: Wir schicken sie noch einmal, kostenlos.",
    },
    "derived": {"en": "{category} (a list made from it)", "de": "{category} (eine daraus gemachte Liste)"},
}


def sentence(code: str, language: str) -> str:
    """The sentence for a code in a language, in English where it has none."""
    return SENTENCES[code].get(language, SENTENCES[code][FALLBACK])
