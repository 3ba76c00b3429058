"""The words of the package: the same in every language, an office's own first, and told where they are broken."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dsar.disclosure.package import build_package
from dsar.disclosure.words import load_words
from dsar.errors import InputWrong
from tests.disclosure.scene import FOLDERS, content, text


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "package.zip"


def test_every_language_has_the_same_words() -> None:
    english, german = (load_words(language, FOLDERS) for language in ("en", "de"))
    assert set(english.text) == set(german.text)
    for key, words in english.text.items():
        assert sorted(_holes(words)) == sorted(_holes(german.text[key])), key


def _holes(words: str) -> list[str]:
    return [part.split(")s")[0] for part in words.split("%(")[1:]]


def test_an_office_changes_one_word_and_keeps_the_rest(tmp_path: Path, path: Path) -> None:
    own = tmp_path / "own" / "package" / "words"
    own.mkdir(parents=True)
    (own / "en.toml").write_text('title = "Your file"\n')
    build_package(path, content(), folders=(tmp_path / "own", *FOLDERS))
    assert "<h1>Your file</h1>" in text(path, "index.html")
    assert "21 November 2026" in text(path, "index.html")


@pytest.mark.parametrize("broken", ['title = "', "months = [1]\n", "\xff"])
def test_broken_words_are_told_by_file(tmp_path: Path, broken: str) -> None:
    own = tmp_path / "package" / "words"
    own.mkdir(parents=True)
    (own / "en.toml").write_bytes(broken.encode("latin-1"))
    with pytest.raises(InputWrong, match=r"en\.toml"):
        load_words("en", (tmp_path,))


def test_the_blocks_are_in_the_readers_language(path: Path) -> None:
    build_package(path, content(language="de"), folders=FOLDERS)
    row = json.loads(text(path, "data/calls/calls.json"))["rows"][1]
    assert row["from_number"] == "[entfernt: andere Person]"
    assert '<html lang="de">' in text(path, "index.html")
    assert "21. November 2026" in text(path, "README.txt")


def test_an_unknown_language_is_answered_in_english_and_says_so(path: Path) -> None:
    build_package(path, content(language="fi"), folders=FOLDERS)
    assert '<html lang="en">' in text(path, "index.html")
    assert "Language of this package: English" in text(path, "README.txt")
