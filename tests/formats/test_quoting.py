"""New text, older text and signature are told apart, and no line is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.formats.quoting import part_reply

INTRODUCTIONS = [
    "On Tue, 3 Mar 2026 at 10:15, Ada Example <ada@x.example> wrote:",
    "On Tue, 3 Mar 2026 at 10:15, Ada Example with a long name\n<ada.example@x.example>\nwrote:",
    "Am 03.03.2026 um 10:15 schrieb Ada Example <ada@x.example>:",
    "Am Di., 3. März 2026 um 10:15 Uhr schrieb Ada Example <\nada@x.example>:",
    "Le mar. 3 mars 2026 à 10:15, Ada Example <ada@x.example> a écrit :",
    "El mar, 3 mar 2026 a las 10:15, Ada (<ada@x.example>) escribió:",
    "Il giorno mar 3 mar 2026 alle ore 10:15 Ada <ada@x.example> ha scritto:",
    "Em ter., 3 de mar. de 2026 às 10:15, Ada <ada@x.example> escreveu:",
    "Op di 3 mrt 2026 om 10:15 schreef Ada <ada@x.example>:",
    "W dniu 3.03.2026 o 10:15, Ada pisze:",
    "wt., 3 mar 2026 o 10:15 Ada <ada@x.example> napisał(a):",
    "út 3. 3. 2026 v 10:15 odesílatel Ada <ada@x.example> napsal:",
    "uto, 3. ožu 2026. u 10:15 Ada <ada@x.example> napisao je:",
    "În mar., 3 mar. 2026 la 10:15, Ada <ada@x.example> a scris:",
    "Στις Τρί 3 Μαρ 2026 στις 10:15 π.μ., ο χρήστης Ada <ada@x.example> έγραψε:",
    "Den tis 3 mars 2026 kl 10:15 skrev Ada <ada@x.example>:",
    "ti 3. maalisk. 2026 klo 10.15 Ada (ada@x.example) kirjoitti:",
    "Ada <ada@x.example> ezt írta (időpont: 2026. márc. 3., K, 10:15):",
    "На вт, 3.03.2026 г. в 10:15 Ada <ada@x.example> написа:",
    "-----Original Message-----",
    "-----Ursprüngliche Nachricht-----",
    "__________\nVon: Ada <ada@x.example>\nGesendet: Dienstag, 3. März 2026 10:15\nAn: x\nBetreff: y",
    "From: Ada <ada@x.example>\nSent: Tuesday, March 3, 2026 10:15\nTo: x\nSubject: y",
    "*De :* Ada\n*Envoyé :* mardi 3 mars 2026\n*À :* x\n*Objet :* y",
    "---------- Forwarded message ---------",
    "Anfang der weitergeleiteten Nachricht:",
]


@pytest.mark.parametrize("introduction", INTRODUCTIONS)
@pytest.mark.parametrize("mark", ["> ", ""])
def test_older_text_is_kept_apart(introduction: str, mark: str) -> None:
    body = f"Please delete my data.\n\n{introduction}\n\n{mark}the older question\n{mark}and its end\n"
    parted = part_reply(body)
    assert parted.text == "Please delete my data."
    assert "the older question" in parted.quoted
    assert introduction.splitlines()[-1] in parted.quoted
    assert parted.signature == ""


def test_answers_below_and_between_quotes_are_new_text() -> None:
    body = "On 3 March 2026, Ada wrote:\n> May we?\nYes.\n> And this?\nNo.\n\nZoe"
    parted = part_reply(body)
    assert parted.text == "Yes.\nNo.\n\nZoe"
    assert parted.quoted == "On 3 March 2026, Ada wrote:\n> May we?\n> And this?"


@pytest.mark.parametrize(
    "letter",
    [
        "On 3 March 2026 you wrote:\n\nWe cannot delete. I disagree. Delete it.",
        "I wrote on 3 March and ask again: please answer.",
        "From: the beginning\nI was unhappy. Delete my data.",
        "My details:\nName: Zoe\nDate of birth: 1983-10-07\nSubject: deletion",
        "Original message\nwas never answered.",
        "a -- b",
        "--\n" + "line\n" * 40,
    ],
)
def test_a_persons_own_words_are_never_cut(letter: str) -> None:
    assert part_reply(letter).text == letter.strip()


def test_an_inline_forward_is_all_older_text() -> None:
    body = "---------- Forwarded message ---------\nFrom: Zoe <zoe@x.example>\nDate: today\n\nDelete my data."
    parted = part_reply(body)
    assert (parted.text, parted.quoted) == ("", body)


@pytest.mark.parametrize("mark", ["-- ", "--", "—"])
def test_a_signature_is_kept_apart(mark: str) -> None:
    parted = part_reply(
        f"Delete it.\n\n{mark}\nZoe Example\nExample Ltd\n\nOn 3 Mar 2026, Ada <a@x.example> wrote:\n> old"
    )
    assert (parted.text, parted.signature) == ("Delete it.", "Zoe Example\nExample Ltd")
    assert parted.quoted.endswith("> old")


def test_a_telephone_signs_for_itself() -> None:
    assert part_reply("Bitte löschen.\n\nVon meinem iPhone gesendet").signature == "Von meinem iPhone gesendet"
    assert part_reply("Delete.\nSent from my Galaxy").text == "Delete."


LINES = st.sampled_from(
    [
        "",
        "new",
        "> old",
        "--",
        "On 3 Mar 2026, Ada <a@x.example> wrote:",
        "From: Ada",
        "Sent: now",
        "Subject: x",
        "more",
    ]
)


@given(st.lists(LINES, max_size=12))
def test_no_line_is_lost(lines: list[str]) -> None:
    parted = part_reply("\n".join(lines))
    kept = "\n".join([parted.text, parted.quoted, parted.signature, parted.notice]).split("\n")
    wanted = sorted(line for line in lines if line not in ("", "--"))
    assert sorted(line for line in kept if line not in ("", "--")) == wanted
