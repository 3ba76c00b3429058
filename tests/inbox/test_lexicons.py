"""The lexicons as data: every phrase can be searched, every right and kind is one the program knows."""

from __future__ import annotations

import pytest

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import InputWrong
from dsar.inbox.folding import fold
from dsar.inbox.lexicon import languages, lexicon, table
from dsar.inbox.phrases import PhraseBook

KINDS = {
    "follow_up", "complaint_copy", "withdrawal", "authorisation", "preservation", "status_update", "bounce",
    "auto_reply", "not_request", "pitch", "authority_request", "breach_question",
}  # fmt: skip
EVERY_LANGUAGE_ASKS = ("access", "portability", "edit", "delete", "objection", "restriction", "withdraw_consent")


@pytest.mark.parametrize("language", languages())
def test_a_lexicon_is_whole(language: str) -> None:
    raw = table(language)
    assert raw["language"] == language
    assert set(raw["right"]) <= set(Right)
    assert set(EVERY_LANGUAGE_ASKS) <= set(raw["right"])
    assert set(raw["unless"]) <= set(Right)
    assert set(raw["kind"]) <= KINDS
    assert set(raw["role"]) <= set(Role)
    assert {"name", "email", "customer_no", "address"} <= set(raw["labels"])
    assert raw["closings"]
    assert raw["aside"]
    assert lexicon(language).country or language == "en"
    assert len(raw.get("months", [None] * 12)) == 12


@pytest.mark.parametrize("language", languages())
def test_every_phrase_finds_its_own_plainest_words(language: str) -> None:
    raw = table(language)
    words = raw["words"]
    for right, lists in raw["right"].items():
        for strength, phrases in lists.items():
            for phrase in phrases:
                book = PhraseBook()
                book.add("found", [phrase], words)
                assert book.senses(fold(_plainest(phrase, words))) == {"found"}, (right, strength, phrase)


def _plainest(phrase: str, words: dict[str, str]) -> str:
    """The shortest text a phrase stands for: first choices, no gaps, nothing optional."""
    for name, choices in words.items():
        phrase = phrase.replace(f"<{name}>", choices)
    kept = [word for word in phrase.split() if word not in ("..", "~") and not word.startswith("?")]
    return " ".join(word.split("|")[0].rstrip("*").replace("_", " ") for word in kept)


@pytest.mark.parametrize("phrase", ["<nothing> here", "?maybe first", ".. gap first", "a| b"])
def test_a_faulty_phrase_is_told(phrase: str) -> None:
    book = PhraseBook()
    with pytest.raises(InputWrong, match="Not read"):
        book.add("x", [phrase, "|x"], {})


@pytest.mark.parametrize(
    ("phrase", "text", "found"),
    [
        ("delete my account", "please DELETE my  account now", True),
        ("delet* account", "deleting account", True),
        ("delete .. account", "delete as soon as you can my account", True),
        ("delete .. account", "delete one two three four five six seven eight account", False),
        ("not ~ delete", "do not please delete", True),
        ("not ~ delete", "do not, but delete", False),
        ("delete ?my account", "delete account", True),
        ("power_of_attorney|mandate signed", "power of attorney signed", True),
        ("账户 .. 删除", "把我的账户全部删除", True),
        ("délété", "DELETE", True),
        ("cat", "category", False),
    ],
)
def test_the_language_of_phrases(phrase: str, text: str, found: bool) -> None:
    book = PhraseBook()
    book.add("x", [phrase], {})
    assert ("x" in book.senses(fold(text))) is found


def test_folding_keeps_every_letter_in_its_place() -> None:
    for text in ("Straße Ångström ﬁn", "が 한국 Ωμέγα ς", "İstanbul ǅ"):
        assert len(fold(text)) == len(text)
