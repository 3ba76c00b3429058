"""Bytes of mail become the words that were written, whatever the message claims."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.formats.charsets import decode

TEXTS = [
    ("cp1251", "Моля, изтрийте личните ми данни съгласно член 17"),
    ("cp1251", "Прошу удалить мои персональные данные, Иван Петров ivan@petrov.example"),
    ("koi8-r", "Прошу удалить мои персональные данные. С уважением, Иван"),
    ("cp1253", "Ζητώ τη διαγραφή των προσωπικών μου δεδομένων. Με εκτίμηση, Θεοδώρα"),
    ("shift_jis", "個人データを削除してください。山田太郎"),
    ("euc_jp", "個人データを削除してください。山田太郎"),
    ("gb18030", "根据个人信息保护法，我要求查阅我的个人信息。"),
    ("big5", "請刪除我的個人資料，謝謝"),
    ("euc_kr", "제 개인정보를 삭제해 주세요."),
    ("cp1252", "Bitte löschen Sie alle meine Daten. Grüße"),
    ("cp1252", "São José não é à toa"),
    ("iso2022_jp", "個人情報の開示を請求します。"),
]


@pytest.mark.parametrize(("charset", "text"), TEXTS)
@pytest.mark.parametrize("claimed", ["", "us-ascii", "utf-8", "no-such-set"])
def test_undeclared_and_wrongly_declared_text_is_recognised(charset: str, text: str, claimed: str) -> None:
    assert decode(text.encode(charset), claimed) == (text, False)


@pytest.mark.parametrize(("charset", "text"), TEXTS)
def test_a_claim_that_holds_is_believed(charset: str, text: str) -> None:
    assert decode(text.encode(charset), charset) == (text, True)


def test_utf_8_under_another_name_is_utf_8() -> None:
    assert decode("Löschung, Grüße".encode(), "iso-8859-1") == ("Löschung, Grüße", False)


def test_a_page_that_names_its_own_set_is_believed() -> None:
    page = '<html><meta charset="iso-8859-2"><p>Żądam usunięcia moich danych'
    assert decode(page.encode("iso-8859-2"), "") == (page, False)


@given(st.text())
def test_every_text_in_utf_8_comes_back(text: str) -> None:
    assert decode(text.encode(), "")[0] == text or "\x1b$" in text


@given(st.binary(), st.sampled_from(["", "utf-8", "gb2312", "iso-2022-jp", "x-unknown", "zlib"]))
def test_any_bytes_become_text(raw: bytes, claimed: str) -> None:
    text, _ = decode(raw, claimed)
    assert isinstance(text, str)
