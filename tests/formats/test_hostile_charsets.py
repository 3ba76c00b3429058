"""Text in every character set that people's programs have used is read, named rightly, wrongly or not at all."""

from __future__ import annotations

import pytest

from dsar.formats.charsets import decode, known_charset
from dsar.formats.mail import read_mail

LATIN, EAST, GREEK = "Grüße, café", "Zażółć gęślą", "Καλημέρα σας"
CYRILLIC, JAPANESE = "Здравствуйте", "個人情報の削除"
NAMED = [
    ("iso-8859-1", LATIN), ("iso-8859-2", EAST), ("iso-8859-3", "Ġużeppi Ħal"), ("iso-8859-4", "Žēlastība"),
    ("iso-8859-5", CYRILLIC), ("iso-8859-6", "مرحبا"), ("iso-8859-7", GREEK), ("iso-8859-8", "שלום"), ("iso-8859-9",
    "Işık ğ"),
    ("iso-8859-10", "Ásgeir Þ"), ("iso-8859-11", "สวัสดี"), ("iso-8859-13", "Ačiū"), ("iso-8859-14", "Ŵyn"),
    ("iso-8859-15", "5 € Œuvre"), ("iso-8859-16", "Șerban Țara"), ("windows-1250", EAST), ("windows-1251", CYRILLIC),
    ("windows-1252", "“x” €"), ("windows-1253", GREEK), ("windows-1254", "Işık ğ"), ("windows-1255", "שלום"),
    ("windows-1256", "مرحبا"), ("windows-1257", "Ačiū"), ("windows-1258", "Hà"), ("koi8-r", CYRILLIC), ("koi8-u",
    "Їжак"),
    ("iso-2022-jp", JAPANESE), ("iso-2022-jp-1", JAPANESE), ("iso-2022-jp-2", JAPANESE), ("shift_jis", JAPANESE),
    ("euc-jp", JAPANESE), ("gb2312", "请删除我的数据"), ("gbk", "请删除我的数据"), ("gb18030", "请删除我的数据 €"),
    ("big5", "請刪除資料"),
    ("euc-kr", "삭제해 주세요"), ("iso-2022-kr", "삭제해"), ("macintosh", LATIN), ("mac-roman", LATIN), ("utf-8",
    JAPANESE),
    ("utf-16", GREEK), ("tis-620", "สวัสดี"), ("cp437", "Grüße"), ("cp850", "Grüße"), ("cp866", CYRILLIC), ("cp932",
    JAPANESE),
    ("ks_c_5601-1987", "삭제해"), ("x-sjis", JAPANESE), ("windows-31j", JAPANESE), ("x-gbk", "请删除"),
    ("unicode-1-1-utf-8", LATIN),
    ("iso-8859-8-i", "שלום"), ("x-mac-roman", LATIN), ("latin1", LATIN), ("ansi_x3.4-1968", "plain"),
]  # fmt: skip
REALLY = {"iso-8859-8-i": "iso-8859-8", "x-sjis": "cp932", "windows-31j": "cp932", "x-gbk": "gbk",
"x-mac-roman": "mac-roman",
          "unicode-1-1-utf-8": "utf-8", "macintosh": "mac-roman", "windows-1258": "cp1258"}  # fmt: skip


@pytest.mark.parametrize(("name", "text"), NAMED)
def test_a_named_character_set_is_used(name: str, text: str) -> None:
    raw = text.encode(REALLY.get(name, name))
    assert decode(raw, name) == (text, True)
    read = read_mail(
        b"From: a@x.example\nSubject: x\nContent-Type: text/plain; charset=" + name.encode() + b"\n\n" + raw
    )
    assert read.text == text


@pytest.mark.parametrize("claimed", ["iso-8859-1", "us-ascii", "windows-1252", ""])
def test_utf8_under_another_name_is_seen(claimed: str) -> None:
    assert decode("Löschung für Zoë – bitte".encode(), claimed)[0] == "Löschung für Zoë – bitte"


@pytest.mark.parametrize("claimed", ["utf-8", "us-ascii", "", "no-such-charset"])
def test_windows_letters_under_another_name_are_seen(claimed: str) -> None:
    assert decode("Löschung für Zoë – “bitte”".encode("cp1252"), claimed)[0] == "Löschung für Zoë – “bitte”"


@pytest.mark.parametrize("text", [CYRILLIC, GREEK])
def test_utf8_of_another_alphabet_under_latin_is_seen(text: str) -> None:
    assert decode(text.encode(), "iso-8859-1")[0] == text


def test_latin_that_only_looks_odd_stays_latin() -> None:
    assert decode("Ã la carte".encode("cp1252"), "iso-8859-1") == ("Ã la carte", True)
    assert decode("£ 5 © Â".encode("cp1252"), "iso-8859-1") == ("£ 5 © Â", True)


@pytest.mark.parametrize(
    "name", ["utf-7", "zlib_codec", "idna", "punycode", "unicode_escape", "rot13", "", "\x00", "a b"]
)
def test_what_is_no_character_set_is_none(name: str) -> None:
    assert known_charset(name) == ""
