"""What a reading must never say, and what makes it unsure."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.inbox.folding import fold
from dsar.inbox.identify import Sender
from dsar.inbox.language import language_of
from dsar.inbox.reader import MAX_TEXT, read
from dsar.inbox.reading import Reading, RightRead, is_sure

ERASES = {Right.DELETE, Right.CHILD_DELETE}


def _rights(text: str, subject: str = "") -> set[Right]:
    return {right.right for right in read(text, subject=subject).rights}


@pytest.mark.parametrize(
    "text",
    [
        "Please do not delete my data.",
        "I never asked you to delete my account.",
        "Please delete my order 4471, I chose the wrong size.",
        "You accidentally deleted my account, please restore it.",
        "How do I delete my account?",
        "Send me a copy of my data instead of deleting my account.",
        "Bitte löschen Sie meine Daten nicht.",
        "Bitte löschen Sie meine Bestellung.",
        "Mein Konto wurde versehentlich gelöscht.",
        "Ne supprimez pas mes données.",
        "No borren mis datos, por favor.",
        "Non cancellate i miei dati.",
        "Verwijder mijn gegevens niet.",
        "Não apaguem os meus dados.",
        "Proszę nie usuwać moich danych.",
        "Prosím nemažte moje údaje.",
        "Nemojte brisati moje podatke.",
        "Μην διαγράψετε τα δεδομένα μου.",
        "Radera inte mina uppgifter.",
        "Nu ștergeți datele mele.",
        "Не изтривайте данните ми.",
        "私のデータを削除しないでください。",
        "请不要删除我的数据。",
        "I reserve the right to ask you to delete my account.",
        "Please tell me in advance if this leads to the deletion of my account.",
    ],
)
def test_negation_and_other_objects_never_delete(text: str) -> None:
    reading = read(text)
    assert not (is_sure(reading) and ERASES & {right.right for right in reading.rights}), reading
    if "verwijder" not in fold(text):
        assert not ERASES & {right.right for right in reading.rights}, reading


@pytest.mark.parametrize(
    "text",
    [
        "I forgot my password and cannot get into my account.",
        "Ich habe mein Passwort vergessen und komme nicht in mein Konto.",
        "J'ai oublié le mot de passe de mon compte.",
        "Ho dimenticato la password del mio account.",
        "Esqueci a senha da minha conta.",
        "Zapomniałem hasła do mojego konta.",
        "Zapomněl jsem heslo ke svému účtu.",
        "Zaboravio sam lozinku za svoj račun.",
        "Ξέχασα τον κωδικό του λογαριασμού μου.",
        "Jag har glömt lösenordet till mitt konto.",
        "Am uitat parola contului meu.",
        "Забравих паролата за акаунта си.",
        "アカウントのパスワードを忘れました。",
        "我忘记了账户密码。",
    ],
)
def test_a_forgotten_password_asks_for_nothing(text: str) -> None:
    reading = read(text)
    assert reading.primary_type == "not_request", reading
    assert not is_sure(reading)


def test_an_automatic_message_told_by_its_subject_asks_for_nothing() -> None:
    away = read("I am away. You wrote: please delete my account and all my data.", subject="Automatic reply: hello")
    returned = read("Please delete my account and all my data.", subject="Undeliverable: your request")
    assert (away.primary_type, returned.primary_type) == ("not_request", "bounce")
    assert not away.rights
    assert not returned.rights


def test_a_breach_is_told_to_whoever_handles_incidents() -> None:
    reading = read("I read about your data breach. Please send me a copy of my data.")
    assert reading.primary_type == "access"
    assert "breach" in reading.urgency


def test_delete_beside_a_negation_needs_a_person() -> None:
    reading = read("Please delete my account. Do not delete my invoices, I need them.")
    assert {reading.primary_type, reading.second_type} == {"preservation", "delete"}
    assert not is_sure(reading)


def test_what_is_deleted_is_not_thereby_asked_for() -> None:
    assert _rights("Delete all the personal data you hold about me.") == {Right.DELETE}
    assert _rights("Send me a copy of my data and delete my account.") == {Right.ACCESS, Right.DELETE}


def test_an_agent_for_nobody_named_is_never_sure() -> None:
    reading = read("On behalf of my client I request access to the personal data you hold.", subject="Access request")
    assert reading.requester_role is Role.AGENT
    assert not is_sure(reading)


def test_an_unknown_language_is_named_and_never_sure() -> None:
    reading = read("Kişisel verilerimin silinmesini talep ediyorum, lütfen bu konuda bana bilgi verin.")
    assert reading.language == "tr"
    assert any("Turkish" in warning for warning in reading.warnings)
    assert not is_sure(reading)


def test_the_second_best_reading_is_kept() -> None:
    reading = read("Please delete my account and send me my data.")
    assert {reading.primary_type, reading.second_type} == {"delete", "access"}


def test_sensitive_data_volunteered_is_flagged() -> None:
    reading = read("Please send me a copy of my data. My diagnosis is cancer and my passport number is X1.")
    assert "sensitive" in reading.urgency
    assert any("keep only what is needed" in warning for warning in reading.warnings)


def test_the_person_behind_a_sending_service_is_the_one_in_reply_to() -> None:
    sender = Sender(name="Form robot", email="noreply@senders.example", reply_to="eva@eva.example")
    reading = read("I request access to my personal data.\nFirst name: Eva\nLast name: Maas", sender=sender)
    keys = {known.key for known in reading.identifiers}
    assert ("email", "eva@eva.example") in keys
    assert ("email", "noreply@senders.example") not in keys
    assert reading.name == "Eva Maas"


def test_our_own_address_is_nobodys_identifier() -> None:
    sender = Sender(email="eva@eva.example", ours=frozenset({"harbor.example"}))
    reading = read("I wrote to privacy@harbor.example: please delete my account.", sender=sender)
    assert {known.value for known in reading.identifiers if known.kind == "email"} == {"eva@eva.example"}


def test_a_birthdate_is_read_in_the_order_of_the_letters_country() -> None:
    german = read("Bitte senden Sie mir eine Kopie meiner Daten.\nGeburtsdatum: 05.06.1980")
    american = read("Please send me a copy of my data.\nDate of birth: 05/06/1980", country="US")
    assert ("birthdate", "1980-06-05") in {known.key for known in german.identifiers}
    assert ("birthdate", "1980-05-06") in {known.key for known in american.identifiers}


def test_new_values_do_not_identify_the_person() -> None:
    text = "Please change my phone number to +44 7700 900123. My phone is +44 7700 900999."
    known = {(kept.kind, kept.value) for kept in read(text).identifiers}
    assert ("correct.phone", "+447700900123") in known
    assert ("phone", "+447700900123") not in known
    assert ("phone", "+447700900999") in known


def test_only_sure_readings_may_open_a_case() -> None:
    right = RightRead(right=Right.DELETE, words="delete", why="asked")
    sure = Reading(primary_type="delete", rights=(right,), confidence=0.8)
    assert is_sure(sure)
    assert not is_sure(sure.doubted("Something is odd."))
    assert not is_sure(Reading(primary_type="delete", rights=(right,), confidence=0.7))
    assert not is_sure(Reading(primary_type="follow_up", confidence=1.0))


def test_a_very_long_message_is_cut_and_told() -> None:
    reading = read("Please delete my account. " * (MAX_TEXT // 20))
    assert any("was not read" in warning for warning in reading.warnings)


SHORT = [
    ("I would like to see my data please, it is about me.", "en"),
    ("Ich möchte bitte meine Daten sehen.", "de"),
    ("Je voudrais voir mes données, merci.", "fr"),
    ("Quiero ver mis datos, gracias.", "es"),
    ("Vorrei vedere i miei dati, grazie.", "it"),
    ("Ik wil graag mijn gegevens zien.", "nl"),
    ("Gostaria de ver os meus dados, obrigado.", "pt"),
    ("Chcę zobaczyć moje dane, proszę.", "pl"),
    ("Chtěl bych vidět své údaje, děkuji.", "cs"),
    ("Želim vidjeti svoje podatke, hvala.", "hr"),
    ("Θέλω να δω τα δεδομένα μου.", "el"),
    ("Jag vill se mina uppgifter, tack.", "sv"),
    ("Vreau să văd datele mele, mulțumesc.", "ro"),
    ("Искам да видя моите данни, благодаря.", "bg"),
    ("私のデータを見せてください。", "ja"),
    ("请让我看看我的数据。", "zh"),
    ("Прошу удалить мои персональные данные", "ru"),
    ("제 개인정보를 삭제해 주세요", "ko"),
    ("أرجو حذف بياناتي الشخصية", "ar"),
    ("1234 5678", "und"),
]


@pytest.mark.parametrize(("text", "code"), SHORT)
def test_short_messages_in_each_language(text: str, code: str) -> None:
    assert language_of(text).code == code


_DELETION_FREE = st.text(
    alphabet=st.sampled_from("please send my data account the you of GDPR Art. 15 17 copy\n.,: 0123@"), max_size=300
)


@settings(max_examples=60)
@given(_DELETION_FREE)
def test_no_sure_deletion_without_a_word_for_it(text: str) -> None:
    folded = fold(text)
    reading = read(text)
    if is_sure(reading) and ERASES & {right.right for right in reading.rights}:
        assert any(stem in folded for stem in ("delet", "eras", "remov", "wip", "purg", "forg", "gone", "gon"))


@settings(max_examples=80)
@given(st.text(max_size=500), st.text(max_size=60))
def test_any_text_can_be_read(text: str, subject: str) -> None:
    reading = read(text, subject=subject)
    assert reading.primary_type
    assert 0 <= reading.confidence <= 1


_WORDS = [
    "delete",
    "not",
    "my",
    "data",
    "account",
    "do",
    "please",
    "copy",
    "Art. 17",
    "GDPR",
    "order",
    "削除",
    ",",
    "не",
]


@settings(max_examples=40)
@given(st.lists(st.sampled_from(_WORDS), max_size=30))
def test_words_in_any_order_are_read_without_a_fault(words: list[str]) -> None:
    assert read(" ".join(words)).primary_type
