"""Each thing a regulator would miss is found when it is taken out of a good letter."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.letters.compose import Composed, compose
from dsar.letters.kinds import Kind
from dsar.letters.letter import Authority, CoverageLine, CoverageState, RightAsked, Withheld
from dsar.letters.lint import lint
from tests.letters.samples import DUE, LAWS, letter


def composed(kind: Kind, law: str, folders: tuple[Path, ...], language: str = "en") -> Composed:
    return compose(kind, letter(kind, law, language), folders=folders)


def without(made: Composed, *phrases: str) -> Composed:
    """The letter with these words taken out, as if an office's own template had left them out."""
    text = " ".join(made.text.split())
    for phrase in phrases:
        assert phrase in text, phrase
        text = text.replace(phrase, "")
    return replace(made, text=text)


TAKEN_OUT = [
    (Kind.ACKNOWLEDGEMENT, "eu-gdpr", ("20 November 2026",), "does not say when we answer (access)"),
    (Kind.ACKNOWLEDGEMENT, "us-ca-ccpa", ("check who",), "how identity is checked"),
    (Kind.ACKNOWLEDGEMENT, "us-coppa", ("promptly",), "neither a date nor the law's own words"),
    (Kind.ACKNOWLEDGEMENT, "eu-gdpr", ("20 October 2026",), "when the request reached us"),
    (Kind.ACKNOWLEDGEMENT, "eu-gdpr", ("12 November 2026",), "not dated"),
    (Kind.ACKNOWLEDGEMENT, "eu-gdpr", ("Harbor Voice Ltd",), "name the organisation"),
    (Kind.ACKNOWLEDGEMENT, "eu-gdpr", ("DSAR-2026-0036",), "case number"),
    (
        Kind.ACKNOWLEDGEMENT,
        "eu-gdpr",
        ("privacy@harborvoice.example", "+353 1 555 0100", "The General Counsel 4 Quay Street"),
        "no way to reach us",
    ),
    (Kind.IDENTITY, "eu-gdpr", ("cover",), "blacked out"),
    (Kind.IDENTITY, "eu-gdpr", ("delete",), "deleted after the check"),
    (Kind.IDENTITY, "eu-gdpr", ("another way",), "other ways"),
    (Kind.IDENTITY, "uk-gdpr", ("our date", "time we have"), "does to the date"),
    (Kind.IDENTITY, "eu-gdpr", ("You wrote from an e-mail address that we do not know.",), "A reason is on file"),
    (Kind.CLARIFICATION, "eu-gdpr", ("a service or a time",), "A question is on file"),
    (Kind.ANSWER, "eu-gdpr", ("Atlantic Carrier SA, Lisbon",), "who received the data"),
    (Kind.ANSWER, "eu-gdpr", ("18 months after the call",), "how long we keep the data"),
    (Kind.ANSWER, "eu-gdpr", ("connecting your calls",), "why we use the data"),
    (Kind.ANSWER, "eu-gdpr", ("numbers, time and length",), "what kinds of data"),
    (Kind.ANSWER, "eu-gdpr", ("your employer, who opened it",), "leaves out something about"),
    (Kind.ANSWER, "eu-gdpr", ("Where we got it",), "where the data came from"),
    (Kind.ANSWER, "eu-gdpr", ("computer",), "whether a computer alone"),
    (Kind.ANSWER, "eu-gdpr", ("court",), "go to court"),
    (Kind.ANSWER, "eu-gdpr", ("complain",), "complain to an authority"),
    (Kind.ANSWER, "eu-gdpr", ("object to",), "restricted, or object"),
    (Kind.ANSWER, "eu-gdpr", ("Data Protection Commission",), "name Data Protection Commission"),
    (Kind.ANSWER, "eu-gdpr", ("advice from our lawyers",), "on what ground"),
    (Kind.ANSWER, "eu-gdpr", ("the protected form of your password",), "which is never sent"),
    (Kind.ANSWER, "eu-gdpr", ("Newsletter",), 'account for "Newsletter"'),
    (Kind.ANSWER, "eu-gdpr", ("The archive did not answer",), 'why "Archive" is not in the answer'),
    (Kind.ANSWER, "eu-gdpr", ("free of charge",), "free of charge"),
    (Kind.ANSWER, "eu-gdpr", ("3f1c9a52d6e07b84",), "checksum"),
    (Kind.ANSWER, "uk-gdpr", ("complain to us",), "section 164A"),
    (Kind.ANSWER, "us-ca-ccpa", ("sold", "Sold"), "sold or shared"),
    (Kind.ANSWER, "us-ca-ccpa", ("period",), "which period"),
    (Kind.ANSWER, "us-ca-ccpa", ("Seaside Travel Inc.",), "leaves out something about"),
    (Kind.ANSWER, "us-va", ("a reasonable period after the decision",), "how to appeal"),
    (Kind.NOTHING, "eu-gdpr", ("the phone number in your letter",), "by what we searched"),
    (Kind.EXTENSION, "eu-gdpr", ("20 January 2027",), "new date"),
    (Kind.EXTENSION, "eu-gdpr", ("counted from",), "counted from the day"),
    (Kind.REFUSAL, "uk-gdpr", ("court", "Court"), "go to court"),
    (Kind.REFUSAL, "us-ca-ccpa", ("not to sell",), "opt out of sale"),
    (Kind.CLOSING, "us-ca-ccpa", ("kinds of",), "kinds of information"),
    (Kind.DONE, "eu-gdpr", ("tax law",), "on what ground"),
    (Kind.DONE, "eu-gdpr", ("31 December 2033",), "until when"),
    (Kind.DONE, "eu-gdpr", ("Name in support tickets",), "what was done"),
    (Kind.DONE, "eu-gdpr", ("Harbor Hosting",), "recipient that was told"),
    (Kind.DONE, "eu-gdpr", ("keep a note",), "record of the request"),
    (Kind.DONE, "eu-gdpr", ("court",), "go to court about what we keep"),
    (Kind.NOTICE, "us-ca-stl", ("200 Ocean Avenue",), "part of the entry for Seaside"),
]


@pytest.mark.parametrize(("kind", "law", "phrases", "says"), TAKEN_OUT)
def test_what_is_taken_out_is_missed(
    kind: Kind, law: str, phrases: tuple[str, ...], says: str, folders: tuple[Path, ...]
) -> None:
    made = composed(kind, law, folders)
    assert lint(kind, letter(kind, law), made) == []
    assert any(says in problem for problem in lint(kind, letter(kind, law), without(made, *phrases)))


PUT_IN = [
    (Kind.ACKNOWLEDGEMENT, "en", "Please submit your request through our privacy portal.", "portal"),
    (Kind.IDENTITY, "en", "You can only use our online form.", "portal"),
    (Kind.REFUSAL, "en", "We must refuse your request.", "must refuse"),
    (Kind.ANSWER, "en", "We share data with selected partners.", "general words"),
    (Kind.ANSWER, "en", "Transfers are covered by Safe Harbor.", "Safe Harbor"),
    (Kind.ACKNOWLEDGEMENT, "en", "Send us a copy of your passport.", "without need"),
    (Kind.ACKNOWLEDGEMENT, "de", "Bitte nutzen Sie unser Portal.", "portal"),
    (Kind.REFUSAL, "de", "Wir müssen Ihre Anfrage leider ablehnen.", "must refuse"),
    (Kind.ACKNOWLEDGEMENT, "de", "Schicken Sie uns eine Kopie Ihres Ausweises.", "without need"),
]


@pytest.mark.parametrize(("kind", "language", "sentence", "says"), PUT_IN)
def test_what_must_not_be_said_is_found(
    kind: Kind, language: str, sentence: str, says: str, folders: tuple[Path, ...]
) -> None:
    value = letter(kind, "eu-gdpr", language)
    made = composed(kind, "eu-gdpr", folders, language)
    assert lint(kind, value, made) == []
    problems = lint(kind, value, replace(made, text=f"{made.text}\n{sentence}\n"))
    assert len(problems) == 1
    assert says in problems[0]


WRONG_VALUES = [
    (Kind.EXTENSION, {"today": date(2026, 11, 21)}, "too late"),
    (Kind.EXTENSION, {"extended_to": date(2027, 1, 21)}, "later than the law allows"),
    (Kind.EXTENSION, {"extended_to": date(2026, 11, 20)}, "not later than the first"),
    (Kind.EXTENSION, {"extension_limit_on": None}, "knows no extension"),
    (Kind.IDENTITY, {"points_needed": 9}, "asks for 9 facts and lists 3"),
    (Kind.IDENTITY, {"methods": ("id_document",), "points": (), "points_needed": 0}, "only way offered"),
    (Kind.IDENTITY, {"methods": ("parent_call", "agent_authority"), "points": (), "points_needed": 0}, "names no way"),
    (Kind.ANSWER, {"today": date(2026, 11, 30)}, "does not say why"),
    (Kind.ANSWER, {"today": date(2026, 10, 1)}, "before the request"),
    (Kind.ANSWER, {"laws": (replace(LAWS["eu-gdpr"], authority=None),)}, "No authority for complaints"),
    (
        Kind.ANSWER,
        {"laws": (replace(LAWS["eu-gdpr"], authority=Authority(name="Authority")),)},
        "how to reach Authority",
    ),
    (Kind.ANSWER, {"withheld": (Withheld(what="Notes", count=1, ground=""),)}, 'on what ground "Notes"'),
    (
        Kind.NOTHING,
        {"coverage": (CoverageLine(title="Calls", state=CoverageState.FOUND, found=3),)},
        "holds something",
    ),
    (Kind.NOTHING, {"coverage": (CoverageLine(title="Calls", state=CoverageState.WAITING),)}, 'why "Calls"'),
]


@pytest.mark.parametrize(("kind", "changes", "says"), WRONG_VALUES)
def test_a_wrong_value_is_found(kind: Kind, changes: dict[str, object], says: str, folders: tuple[Path, ...]) -> None:
    value = replace(letter(kind, "eu-gdpr"), **changes)  # type: ignore[arg-type]
    assert any(says in problem for problem in lint(kind, value, compose(kind, value, folders=folders)))


@pytest.mark.parametrize("right", [Right.OPT_OUT_SALE, Right.LIMIT_SPI, Right.OBJECTION, Right.CHILD_DELETE])
def test_no_proof_is_asked_for_what_needs_none(right: Right, folders: tuple[Path, ...]) -> None:
    asked = (RightAsked(right=right, due_on=DUE["us-ca-ccpa"]),)
    for kind, says in ((Kind.IDENTITY, "nothing that was asked for needs proof"), (Kind.CLOSING, "that needs none")):
        value = replace(letter(kind, "us-ca-ccpa"), rights=asked)
        assert any(says in problem for problem in lint(kind, value, compose(kind, value, folders=folders)))


@pytest.mark.parametrize("field", ["purposes", "categories", "recipients", "retention"])
def test_a_record_set_that_says_too_little_is_named(field: str, folders: tuple[Path, ...]) -> None:
    value = letter(Kind.ANSWER, "eu-gdpr")
    blank = replace(value.tables[1], **{field: "" if field == "retention" else ()})
    value = replace(value, tables=(value.tables[0], blank))
    problems = lint(Kind.ANSWER, value, compose(Kind.ANSWER, value, folders=folders))
    assert len(problems) == 1
    assert 'for "Calls you made"; fill it in with the source' in problems[0]


def test_retention_is_not_asked_for_in_california(folders: tuple[Path, ...]) -> None:
    value = letter(Kind.ANSWER, "us-ca-ccpa")
    value = replace(value, tables=tuple(replace(table, retention="") for table in value.tables))
    assert lint(Kind.ANSWER, value, compose(Kind.ANSWER, value, folders=folders)) == []


def test_a_subject_tells_the_case_and_no_name(folders: tuple[Path, ...]) -> None:
    made = composed(Kind.ANSWER, "eu-gdpr", folders)
    problems = lint(Kind.ANSWER, letter(Kind.ANSWER, "eu-gdpr"), replace(made, subject="Maria Rivera's data"))
    assert "The subject does not give the case number." in problems
    assert any("names the person" in problem for problem in problems)


@pytest.mark.parametrize("name", ["We", "O", "ques"])
def test_a_short_name_is_not_seen_in_other_words(name: str, folders: tuple[Path, ...]) -> None:
    value = replace(letter(Kind.CLARIFICATION, "eu-gdpr"), requester=name)
    assert lint(Kind.CLARIFICATION, value, compose(Kind.CLARIFICATION, value, folders=folders)) == []


def test_another_language_needs_its_reason(folders: tuple[Path, ...]) -> None:
    value = replace(letter(Kind.REDIRECT, "eu-gdpr"), language="fr")
    made = compose(Kind.REDIRECT, value, folders=folders)
    assert lint(Kind.REDIRECT, value, made) == []
    english = compose(Kind.REDIRECT, replace(value, language="en"), folders=folders)
    assert any("another language" in problem for problem in lint(Kind.REDIRECT, value, english))


def test_a_colleague_is_not_told_who_asked(folders: tuple[Path, ...]) -> None:
    value = letter(Kind.ASK_COLLEAGUE, "eu-gdpr")
    named = replace(value, requester="Maria Rivera", places=("the file of maria rivera",))
    assert lint(Kind.ASK_COLLEAGUE, value, compose(Kind.ASK_COLLEAGUE, value, folders=folders)) == []
    problems = lint(Kind.ASK_COLLEAGUE, named, compose(Kind.ASK_COLLEAGUE, named, folders=folders))
    assert problems == ["The letter tells who asked; the least identifier is enough."]


@pytest.mark.parametrize("role", [Role.REPORTER, Role.CHILD])
def test_reporters_and_children_are_promised_no_date(role: Role, folders: tuple[Path, ...]) -> None:
    value = replace(letter(Kind.ACKNOWLEDGEMENT, "us-coppa"), role=role)
    made = compose(Kind.ACKNOWLEDGEMENT, value, folders=folders)
    assert lint(Kind.ACKNOWLEDGEMENT, value, made) == []
    assert "promptly" not in made.text


def test_the_list_is_about_last_year_and_complete(folders: tuple[Path, ...]) -> None:
    value = letter(Kind.NOTICE, "us-ca-stl")
    party = replace(value.third_parties[0], address="", categories=())
    value = replace(value, disclosure_year=2024, third_parties=(party,))
    problems = lint(Kind.NOTICE, value, compose(Kind.NOTICE, value, folders=folders))
    for says in ("calendar year before", "no address", "what Seaside Travel Inc. received"):
        assert any(says in problem for problem in problems)
    assert len(problems) == 3


def test_a_problem_is_told_once(folders: tuple[Path, ...]) -> None:
    value = letter(Kind.DONE, "eu-gdpr")
    value = replace(value, told=("A", "B"))
    made = replace(compose(Kind.DONE, value, folders=folders), text="")
    problems = lint(Kind.DONE, value, made)
    assert len(problems) == len(set(problems))
    assert all(problem.endswith(".") for problem in problems)
