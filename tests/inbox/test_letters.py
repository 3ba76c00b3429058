"""Letters on paper: PDFs by their text, scans, and what somebody wrote down on the telephone."""

from __future__ import annotations

import zlib
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from dsar.errors import InputWrong
from dsar.formats.pdf import MAX_SIZE, read_pdf
from dsar.inbox.arrival import Arrival, InboxSettings
from dsar.inbox.arrivals import arrivals
from dsar.inbox.reading import is_sure
from tests.inbox import pdfs

TODAY = date(2026, 11, 21)
SETTINGS = InboxSettings(zone=ZoneInfo("Europe/London"), today=TODAY, country="US")


def one(raw: bytes, name: str = "letter.pdf", settings: InboxSettings = SETTINGS) -> Arrival:
    (found,) = arrivals(raw, settings=settings, name=name)
    return found


LETTER = [
    "Ada Byron", "12 Mill Lane", "Leeds LS1 4AB", "ada.byron@example.com", "", "Harbor Mobile Ltd", "Privacy Team", "",
    "5 October 2026", "", "Dear Sirs,", "under the UK GDPR please send me a copy of all the per-",
    "sonal data you hold about me. My cus-", "tomer number is BW-204417.", "", "Yours faithfully", "Ada Byron",
]  # fmt: skip


def test_a_pdf_letter_is_read_like_one_on_paper() -> None:
    arrival = one(pdfs.letter(LETTER))
    assert (arrival.channel, arrival.received_on, arrival.refused) == ("post", date(2026, 10, 5), "")
    assert arrival.reading.primary_type == "access"
    assert {("name", "Ada Byron"), ("address", "12 Mill Lane, Leeds LS1 4AB")} <= {
        known.key for known in arrival.reading.identifiers
    }
    assert arrival.raw.startswith(b"%PDF"), "the original is kept, not its text"


def test_words_broken_at_the_end_of_a_line_are_whole_again() -> None:
    text = read_pdf(pdfs.letter(LETTER)).text
    assert "all the personal data" in text
    assert "customer number is BW-204417" in text
    assert "E-Mail von Frau Müller-Schmidt" in read_pdf(pdfs.letter(["E-Mail von Frau Müller-", "Schmidt"])).text


@pytest.mark.parametrize(
    ("lines", "language", "kind", "name"),
    [
        (
            ["Θεοδώρα Παπακωνσταντίνου", "Οδός Ερμού 58, 105 63 Αθήνα", "", "28 Φεβρουαρίου 2026", "",
             "Σύμφωνα με το άρθρο 15 του ΓΚΠΔ ζητώ πρόσβαση στα προσωπικά δεδομένα", "που τηρείτε για εμένα."],
            "el", "access", "Θεοδώρα Παπακωνσταντίνου",
        ),
        (
            ["2026年11月2日", "山田太郎", "個人情報保護法に基づき、保有個人データの開示を請求します。"],
            "ja", "access", "山田太郎",
        ),
    ],
)  # fmt: skip
def test_a_letter_in_another_script(lines: list[str], language: str, kind: str, name: str) -> None:
    reading = one(pdfs.letter(lines)).reading
    assert (reading.language, reading.primary_type, reading.name) == (language, kind, name)


def test_two_columns_are_read_one_after_the_other() -> None:
    left = [
        (60, 700 - 16 * row, text) for row, text in enumerate(["Please send me a copy", "of all my personal data."])
    ]
    right = [(320, 700 - 16 * row, text) for row, text in enumerate(["My customer number", "is BW-204417."])]
    arrival = one(pdfs.pdf([[*left, *right]]))
    assert "a copy of all my personal data.\nMy customer number is BW-204417." in arrival.text
    assert arrival.reading.primary_type == "access"


def test_a_scan_is_kept_and_waits_for_somebody_to_read_it() -> None:
    arrival = one(pdfs.letter([], []))
    assert arrival.refused == ""
    assert not is_sure(arrival.reading)
    assert "It is a scan: 2 pages of pictures without text." in arrival.reading.doubts[0]


def test_a_letter_with_very_many_pages_says_how_many_were_read() -> None:
    arrival = one(pdfs.letter(["Please delete my account and all my data."], *[[f"Page {n}"] for n in range(60)]))
    assert "Only the first 40 of its 61 pages were read." in arrival.reading.doubts
    assert not is_sure(arrival.reading)


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (pdfs.locked(), "locked with a password"),
        (b"%PDF-1.7 nothing", "damaged PDF"),
        (pdfs.letter(["Please delete my account."])[:300], "damaged PDF"),
        (b"%PDF-1.7" + b" " * MAX_SIZE, "larger than 30 MB"),
    ],
)
def test_what_cannot_be_read_is_refused_in_words(raw: bytes, words: str) -> None:
    arrival = one(raw, "x.pdf")
    assert words in arrival.refused
    assert arrival.refused.startswith("x.pdf is ")
    assert "Nothing was opened." in arrival.refused


@pytest.mark.parametrize(
    "raw",
    [
        pdfs.packed_page(zlib.compress(b"BT /F1 9 Tf (a) Tj ET " * 3_000_000, 9)),
        pdfs.packed_page(zlib.compress(zlib.compress(bytes(300_000_000), 9), 9), b"[/FlateDecode /FlateDecode]"),
    ],
    ids=["endless page", "packed twice"],
)
def test_a_pdf_made_to_keep_a_program_busy_is_given_up(raw: bytes) -> None:
    with pytest.raises(InputWrong, match=r"far more time or memory|damaged"):
        read_pdf(raw)


NOTE = """Phone note
Date: 20 November 2026, 10:15
Taken by: Priya Nair
Caller: Nora Whitfield
Called from: (415) 555-0132
Customer number: BW-204417
Said: She wants a copy of everything we hold about her.
She also says we must stop selling her data.
"""


def test_a_note_of_a_call_names_the_caller_the_number_the_day_and_the_wish() -> None:
    arrival = one(NOTE.encode(), "note.txt")
    assert (arrival.channel, arrival.received_on) == ("phone", date(2026, 11, 20))
    assert [str(read.right) for read in arrival.reading.rights] == ["access", "opt_out_sale"]
    keys = {known.key for known in arrival.reading.identifiers}
    assert {("name", "Nora Whitfield"), ("phone", "+14155550132")} <= keys
    assert "Priya Nair" not in {known.value for known in arrival.reading.identifiers}


def test_the_language_of_a_note_is_not_the_callers() -> None:
    assert any("which language the caller spoke" in says for says in one(NOTE.encode(), "n.txt").reading.warnings)
    spoken = one(NOTE.replace("Caller:", "Language: Spanish\nCaller:").encode(), "n.txt").reading
    assert spoken.language == "es"
    assert not any("which language" in says for says in spoken.warnings)


def test_a_note_in_german() -> None:
    lines = ["Datum: 19.11.2026 14:30", "Anrufer: Jan Roth", "Rückruf: 030 1234567"]
    text = "\n".join(["TELEFONNOTIZ", "", *lines, "Anliegen: Er möchte eine Kopie seiner Daten."])
    arrival = one(text.encode(), "notiz.txt", InboxSettings(zone=ZoneInfo("Europe/Berlin"), today=TODAY, country="DE"))
    assert (arrival.channel, arrival.received_on) == ("phone", date(2026, 11, 19))
    assert (arrival.reading.primary_type, arrival.reading.name) == ("access", "Jan Roth")
    assert "+49301234567" in {known.value for known in arrival.reading.identifiers}


def test_a_letter_that_speaks_of_a_phone_call_is_no_note() -> None:
    text = "Dear Sirs,\nafter our phone call I ask you to delete my account.\nYours, Nora Whitfield\n"
    assert one(text.encode(), "letter.txt").channel == "post"
