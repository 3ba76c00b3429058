"""The few sentences that the workflow itself puts into letters, in every language letters are written in."""

from __future__ import annotations

FALLBACK = "en"

PHRASES: dict[str, dict[str, str]] = {
    "doubt": {
        "en": "We have only your message so far, and must be sure to give the data to nobody else.",
        "de": "Bisher kennen wir nur Ihre Nachricht, und wir müssen sicher sein, dass niemand sonst die Daten bekommt.",
    },
    "doubt_failed": {
        "en": "What we received did not match what we have on file.",
        "de": "Was wir bekommen haben, passt nicht zu dem, was uns vorliegt.",
    },
    "unclear": {
        "en": "We hold a large amount of data, and cannot tell from your message what you are looking for.",
        "de": "Wir haben sehr viele Daten und können Ihrer Nachricht nicht entnehmen, was Sie suchen.",
    },
    "no_identifier": {
        "en": "We know nothing of you that these records could be searched by.",
        "de": "Wir kennen nichts von Ihnen, wonach sich diese Daten durchsuchen ließen.",
    },
    "manifestly_unfounded": {
        "en": "The request is manifestly unfounded.",
        "de": "Der Antrag ist offenkundig unbegründet.",
    },
    "excessive": {
        "en": "The request is excessive, in particular because it repeats an earlier one.",
        "de": "Der Antrag ist exzessiv, insbesondere weil er einen früheren wiederholt.",
    },
    "not_covered": {
        "en": "The law you name does not cover what you ask for.",
        "de": "Das Gesetz, das Sie nennen, umfasst nicht, worum Sie bitten.",
    },
    "already_answered": {
        "en": "We have already answered the same request.",
        "de": "Wir haben denselben Antrag bereits beantwortet.",
    },
    "not_identifiable": {
        "en": "We cannot tell which records are yours, and what we asked for has not come.",
        "de": "Wir können nicht erkennen, welche Daten zu Ihnen gehören, und unsere Frage blieb ohne Antwort.",
    },
    "rights_of_others": {
        "en": "Answering would harm the rights of other people.",
        "de": "Eine Antwort würde die Rechte anderer Menschen verletzen.",
    },
    "not_edited": {
        "en": "It is part of a record that is not changed afterwards.",
        "de": "Es gehört zu Unterlagen, die nachträglich nicht geändert werden.",
    },
    "shared": {
        "en": "It is shared with other people, and the change is not yours alone to ask for.",
        "de": "Es gehört auch anderen Menschen, und die Änderung können nicht Sie allein verlangen.",
    },
    "held_for_customer": {
        "en": "We hold it for another organisation, which decides about it.",
        "de": "Wir halten es für eine andere Organisation, die darüber entscheidet.",
    },
    "not_held": {
        "en": "We do not hold what you ask about.",
        "de": "Wir haben nicht, wonach Sie fragen.",
    },
}

# What a refusal may rest on; whether it holds is a person's judgement.
REFUSALS = (
    "manifestly_unfounded",
    "excessive",
    "not_covered",
    "already_answered",
    "not_identifiable",
    "rights_of_others",
    "not_held",
)


def phrase(code: str, language: str) -> str:
    """The sentence for a code in a language, in English where it has none; an unknown code stays as it is."""
    sentences = PHRASES.get(code)
    if sentences is None:
        return code
    return sentences.get(language, sentences[FALLBACK])
