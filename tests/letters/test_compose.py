"""One source becomes text and HTML; what is hostile is shown, what is missing is told."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.case.gates import Content
from dsar.case.identifiers import SEARCHABLE
from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.errors import InputWrong, Refused
from dsar.law.words import Method
from dsar.letters.compose import compose, language_for, template_folders
from dsar.letters.kinds import KINDS, Kind, content_of, missing
from dsar.letters.letter import Authority, Letter, RightAsked
from dsar.letters.lint import lint
from dsar.letters.view import template_values
from dsar.letters.words import words, written_languages
from tests.letters.samples import LAWS, RECEIVED, letter

HOSTILE = [
    "{{7*7}}",
    "{% include 'en/answer.md' %}",
    "<script>alert(1)</script>",
    "<b>Bold</b> & *starred* _under_ `code`",
    "[click](https://evil.example) ![x](https://evil.example/i.png)",
    "1. first\n2. second\n# heading",
    "Ana\r\nBcc: all@example.com",
    "\u202eevil\u202c \x1b[31mred\x1b[0m",
    "cut\fhere\fand there",
    "| a | b |\n|---|---|",
]


class Tags(HTMLParser):
    """Collects the tags and the text of an HTML page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_shown_and_does_nothing(name: str, folders: tuple[Path, ...]) -> None:
    plain = letter(Kind.ACKNOWLEDGEMENT, "eu-gdpr")
    calm, made = (
        compose(Kind.ACKNOWLEDGEMENT, value, folders=folders) for value in (plain, replace(plain, requester=name))
    )
    shown = " ".join(
        name.replace("\u202e", "").replace("\u202c", "").replace("\x1b[31m", "").replace("\x1b[0m", "").split()
    )
    assert f"Dear {shown}," in " ".join(made.text.split())
    assert f"Dear {shown}," in " ".join(Tags(made.html).words.split())
    assert [tag for tag, _ in Tags(made.html).tags] == [tag for tag, _ in Tags(calm.html).tags]
    assert made.subject == calm.subject
    assert "49" not in made.text


@given(name=st.text(max_size=60))
@settings(max_examples=40)
def test_no_name_opens_a_tag_or_adds_a_line_of_its_own(name: str) -> None:
    value = replace(letter(Kind.REDIRECT, "eu-gdpr"), requester=name, customer=name)
    made = compose(Kind.REDIRECT, value, folders=template_folders())
    allowed = {"html", "head", "meta", "title", "body", "div", "header", "main", "h1", "p", "br", "ul", "li"}
    assert {tag for tag, _ in Tags(made.html).tags} <= allowed
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", made.text + made.subject)
    assert "\n" not in made.subject


@pytest.mark.parametrize("field", ["requester", "salutation", "extension_reason"])
def test_a_value_is_never_read_as_a_template(field: str, folders: tuple[Path, ...]) -> None:
    value = replace(letter(Kind.EXTENSION, "eu-gdpr"), **{field: "{{ organisation.name }}"})  # type: ignore[arg-type]
    assert "{{ organisation.name }}" in compose(Kind.EXTENSION, value, folders=folders).text


def test_the_page_loads_nothing_and_says_its_language(folders: tuple[Path, ...]) -> None:
    page = compose(Kind.ANSWER, letter(Kind.ANSWER, "eu-gdpr", "de"), folders=folders).html
    found = Tags(page)
    assert ("html", {"lang": "de"}) in found.tags
    assert {tag for tag, _ in found.tags}.isdisjoint({"script", "img", "link", "style", "iframe", "form", "object"})
    assert not [attrs for _, attrs in found.tags if attrs.keys() & {"src", "href", "background", "onload"}]
    assert "url(" not in page
    assert sum(tag == "h1" for tag, _ in found.tags) == 1
    assert all("style" in attrs for tag, attrs in found.tags if tag in {"p", "h1", "h2", "h3", "ul", "li"})


def test_text_and_page_say_the_same(folders: tuple[Path, ...]) -> None:
    made = compose(Kind.ANSWER, letter(Kind.ANSWER, "us-ca-ccpa"), folders=folders)
    shown = Tags(made.html).words.replace(made.subject, "", 1)
    dashes = re.compile(r"(?m)^\s*- ")
    assert " ".join(dashes.sub("", made.text).split()) == " ".join(shown.split())


def test_lines_are_short_enough_for_any_reader(folders: tuple[Path, ...]) -> None:
    text = compose(Kind.ANSWER, letter(Kind.ANSWER, "eu-gdpr"), folders=folders).text
    assert max(len(line) for line in text.splitlines()) <= 78
    assert text.endswith("\n")
    assert not text.endswith("\n\n")


@pytest.mark.parametrize(
    ("kind", "field", "named"),
    [
        (Kind.EXTENSION, {"extension_reason": ""}, "extension_reason"),
        (Kind.EXTENSION, {"extended_to": None}, "extended_to"),
        (Kind.IDENTITY, {"methods": (), "points": ()}, "methods"),
        (Kind.CLARIFICATION, {"questions": ()}, "questions"),
        (Kind.ANSWER, {"tables": ()}, "tables"),
        (Kind.NOTHING, {"searched_by": ()}, "searched_by"),
        (Kind.REFUSAL, {"reasons": ()}, "reasons"),
        (Kind.ASK_COLLEAGUE, {"search_term": None}, "search_term"),
        (Kind.ACKNOWLEDGEMENT, {"rights": ()}, "rights"),
    ],
)
def test_what_is_missing_is_named(kind: Kind, field: dict[str, object], named: str, folders: tuple[Path, ...]) -> None:
    value = replace(letter(kind, "eu-gdpr"), **field)  # type: ignore[arg-type]
    with pytest.raises(Refused, match=rf'the letter "{kind}" needs \{{\{{{named}\}}\}} and the case has none'):
        compose(kind, value, folders=folders)
    assert missing(kind, value) == named


def test_a_notice_is_only_for_who_asked_for_one(folders: tuple[Path, ...]) -> None:
    value = replace(letter(Kind.NOTICE, "us-ca-stl"), rights=(RightAsked(right=Right.ACCESS),))
    with pytest.raises(Refused, match="notice_1798_83"):
        compose(Kind.NOTICE, value, folders=folders)


def test_an_unknown_kind_lists_the_known_ones(folders: tuple[Path, ...]) -> None:
    with pytest.raises(InputWrong) as caught:
        compose("invoice", letter(Kind.ANSWER, "eu-gdpr"), folders=folders)
    assert "ask_colleague" in caught.value.hint


def test_a_kind_may_be_typed_with_dashes(folders: tuple[Path, ...]) -> None:
    value = letter(Kind.ASK_COLLEAGUE, "eu-gdpr")
    assert compose("Ask-Colleague", value, folders=folders).kind is Kind.ASK_COLLEAGUE


@pytest.mark.parametrize("code", ["../etc", "DSAR 1", "", "a\nb"])
def test_codes_that_end_up_in_file_names_are_plain(code: str) -> None:
    with pytest.raises(InputWrong):
        replace(letter(Kind.ANSWER, "eu-gdpr"), case_number=code)
    with pytest.raises(InputWrong):
        replace(letter(Kind.ANSWER, "eu-gdpr"), language=code)


class TestLanguages:
    """A letter is written in the request's language, or says why not."""

    @pytest.mark.parametrize(
        ("asked", "note"), [("fr", "Nous vous écrivons en anglais"), ("xx", "We are writing in English")]
    )
    def test_english_where_we_cannot(self, asked: str, note: str, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.ACKNOWLEDGEMENT, "eu-gdpr"), language=asked)
        made = compose(Kind.ACKNOWLEDGEMENT, value, folders=folders)
        assert made.language == "en"
        assert note in " ".join(made.text.split())

    def test_german_needs_no_note(self, folders: tuple[Path, ...]) -> None:
        made = compose(Kind.ACKNOWLEDGEMENT, letter(Kind.ACKNOWLEDGEMENT, "eu-gdpr", "de"), folders=folders)
        assert made.language == "de"
        assert "Englisch" not in made.text

    def test_a_language_without_words_is_not_used_even_with_a_template(self, tmp_path: Path) -> None:
        (tmp_path / "fr").mkdir()
        (tmp_path / "fr" / "answer.md").write_text("Bonjour")
        assert language_for(Kind.ANSWER, "fr", (tmp_path,)) == "en"

    @pytest.mark.parametrize("language", sorted(written_languages()))
    def test_every_code_has_its_words(self, language: str) -> None:
        known = words(language)
        assert set(known.rights) == set(Right)
        assert set(known.rights_of_another) <= set(Right)
        assert set(known.kinds) == set(Kind)
        assert set(known.methods) == set(Method)
        assert set(known.identifiers) >= SEARCHABLE
        assert len(known.months) == len(set(known.months)) == 12

    def test_dates_are_words(self) -> None:
        assert words("en").day(date(2026, 3, 4)) == "4 March 2026"
        assert words("de").day(date(2026, 3, 4)) == "4. März 2026"


class TestOfficeTemplates:
    """The office's own templates come first and run in the sandbox."""

    def write(self, folder: Path, text: str) -> tuple[Path, ...]:
        (folder / "en").mkdir(exist_ok=True)
        (folder / "en" / "redirect.md").write_text(text, encoding="utf-8")
        return template_folders(folder)

    def test_they_win(self, tmp_path: Path) -> None:
        folders = self.write(
            tmp_path,
            '{% extends "en/_parts/letter.md" %}{% block subject %}Ours, {{ case_number }}{% endblock %}'
            "{% block body %}Our own words.{% endblock %}",
        )
        made = compose(Kind.REDIRECT, letter(Kind.REDIRECT, "eu-gdpr"), folders=folders)
        assert made.subject == "Ours, DSAR-2026-0036"
        assert "Our own words." in made.text
        assert "Harbor Voice Ltd" in made.text

    def test_a_value_there_is_not_is_named(self, tmp_path: Path) -> None:
        folders = self.write(
            tmp_path,
            '{% extends "en/_parts/letter.md" %}{% block subject %}S{% endblock %}'
            "{% block body %}{{ favourite_colour }}{% endblock %}",
        )
        with pytest.raises(Refused, match="favourite_colour"):
            compose(Kind.REDIRECT, letter(Kind.REDIRECT, "eu-gdpr"), folders=folders)

    def test_one_that_stands_on_nothing_is_told_so(self, tmp_path: Path) -> None:
        folders = self.write(tmp_path, "Just a text")
        with pytest.raises(InputWrong, match="does not stand on _parts/letter") as caught:
            compose(Kind.REDIRECT, letter(Kind.REDIRECT, "eu-gdpr"), folders=folders)
        assert "extends" in caught.value.hint

    @pytest.mark.parametrize("subject", ["", "x" * 200])
    def test_a_subject_must_be_one(self, subject: str, tmp_path: Path) -> None:
        folders = self.write(
            tmp_path, f'{{% extends "en/_parts/letter.md" %}}{{% block subject %}}{subject}{{% endblock %}}'
        )
        with pytest.raises(InputWrong, match="subject"):
            compose(Kind.REDIRECT, letter(Kind.REDIRECT, "eu-gdpr"), folders=folders)

    def test_it_reaches_nothing_outside(self, tmp_path: Path) -> None:
        folders = self.write(
            tmp_path,
            '{% extends "en/_parts/letter.md" %}{% block subject %}S{% endblock %}'
            "{% block body %}{{ requester.__class__.__mro__ }}{% endblock %}",
        )
        with pytest.raises(Refused):
            compose(Kind.REDIRECT, letter(Kind.REDIRECT, "eu-gdpr"), folders=folders)

    def test_a_folder_that_is_not_there_is_no_fault(self, tmp_path: Path) -> None:
        assert template_folders(tmp_path / "none") == template_folders()


class TestContent:
    """What a letter gives away decides what the release gate asks."""

    @pytest.mark.parametrize(
        ("kind", "changes", "content"),
        [
            (Kind.ACKNOWLEDGEMENT, {}, Content.NEUTRAL),
            (Kind.ANSWER, {}, Content.PERSONAL),
            (Kind.NOTHING, {}, Content.CONFIRMS),
            (Kind.REFUSAL, {}, Content.NEUTRAL),
            (Kind.REFUSAL, {"coverage": letter(Kind.ANSWER, "eu-gdpr").coverage}, Content.CONFIRMS),
            (Kind.REDIRECT, {}, Content.NEUTRAL),
            (Kind.REDIRECT, {"customer": "Bright Parcel"}, Content.CONFIRMS),
            (Kind.DONE, {}, Content.CONFIRMS),
            (Kind.DONE, {"actions": (), "kept": ()}, Content.NEUTRAL),
            (Kind.NOTICE, {}, Content.NEUTRAL),
        ],
    )
    def test_each(self, kind: Kind, changes: dict[str, object], content: Content) -> None:
        law = "us-ca-stl" if kind is Kind.NOTICE else "eu-gdpr"
        assert content_of(kind, replace(letter(kind, law), **changes)) is content  # type: ignore[arg-type]

    @pytest.mark.parametrize("kind", [kind for kind in Kind if KINDS[kind].content is Content.NEUTRAL])
    def test_a_neutral_letter_tells_nothing_of_what_was_found(self, kind: Kind, folders: tuple[Path, ...]) -> None:
        law = "us-ca-stl" if kind is Kind.NOTICE else "eu-gdpr"
        found = letter(Kind.ANSWER, "eu-gdpr")
        value = replace(
            letter(kind, law), tables=found.tables, coverage=found.coverage, never_disclosed=("a password",)
        )
        if content_of(kind, value) is Content.NEUTRAL:
            text = compose(kind, value, folders=folders).text
            assert not [table.title for table in found.tables if table.title in text]
            assert "118" not in text


class TestProof:
    """The ways of proof a letter offers are ways for the one who reads it."""

    def asked(self, role: Role, folders: tuple[Path, ...], **more: object) -> str:
        methods = ("account_login", "matching_points", "signed_declaration", "agent_authority", "parent_call")
        value = replace(letter(Kind.IDENTITY, "us-ca-ccpa"), role=role, methods=methods, **more)  # type: ignore[arg-type]
        return " ".join(compose(Kind.IDENTITY, value, folders=folders).text.split())

    def test_the_person_is_not_asked_for_a_permission_or_a_parent(self, folders: tuple[Path, ...]) -> None:
        text = self.asked(Role.SELF, folders)
        assert "Log in to your account" in text
        assert "signed permission" not in text
        assert "Call us" not in text

    def test_an_agent_and_a_parent_are(self, folders: tuple[Path, ...]) -> None:
        assert "signed permission" in self.asked(Role.AGENT, folders)
        assert "Call us free of charge" in self.asked(Role.PARENT, folders)

    def test_a_statement_goes_with_the_facts(self, folders: tuple[Path, ...]) -> None:
        text = self.asked(Role.SELF, folders, points_needed=3)
        assert "Or tell us these facts" in text
        assert "If you choose the facts, please also sign a short statement" in text
        assert "Only the signed statement stays on file" in text
        assert "- Sign a short statement" not in text

    def test_a_statement_can_be_a_way_of_its_own(self, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.IDENTITY, "us-va"), methods=("signed_declaration",), points=())
        text = " ".join(compose(Kind.IDENTITY, value, folders=folders).text.split())
        assert "- Sign a short statement" in text
        assert "If you choose the facts" not in text
        assert "Only the signed statement stays on file" in text

    def test_facts_that_are_not_listed_stay_a_way(self, folders: tuple[Path, ...]) -> None:
        text = self.asked(Role.SELF, folders, points=(), points_needed=3)
        assert "Tell us a few facts" in text
        assert "Or tell us" not in text


def test_what_was_searched_by_is_said_in_words(folders: tuple[Path, ...]) -> None:
    value = replace(letter(Kind.NOTHING, "eu-gdpr", "de"), searched_by=("email", "phone", "Ihr Kennzeichen"))
    made = compose(Kind.NOTHING, value, folders=folders)
    assert "- E-Mail-Adresse\n- Telefonnummer\n- Ihr Kennzeichen\n" in made.text
    assert lint(Kind.NOTHING, value, made) == []


def test_an_authority_of_which_only_the_name_is_known(folders: tuple[Path, ...]) -> None:
    law = replace(LAWS["us-va"], authority=Authority(name="Attorney General of Virginia"))
    text = compose(Kind.REFUSAL, replace(letter(Kind.REFUSAL, "us-va"), laws=(law,)), folders=folders).text
    assert "Attorney General of Virginia\n" in text


def test_a_redirect_that_names_nobody_tells_nothing_was_forwarded(folders: tuple[Path, ...]) -> None:
    value = letter(Kind.REDIRECT, "eu-gdpr")
    assert value.forwarded_on
    assert "passed on" not in compose(Kind.REDIRECT, value, folders=folders).text


def test_a_firm_that_sells_never_says_that_it_does_not(folders: tuple[Path, ...]) -> None:
    value = letter(Kind.ANSWER, "us-ca-ccpa")
    value = replace(value, tables=tuple(replace(table, sold_or_shared_to=()) for table in value.tables))
    for sells, says in ((True, "We do sell some personal information"), (False, "none of this was sold")):
        made = compose(Kind.ANSWER, replace(value, sells_or_shares=sells), folders=folders)
        assert says in " ".join(made.text.split())
        assert ("You can tell us at any time not to sell" in " ".join(made.text.split())) is sells
        assert lint(Kind.ANSWER, replace(value, sells_or_shares=sells), made) == []


def test_a_late_answer_says_so(folders: tuple[Path, ...]) -> None:
    value = replace(letter(Kind.ANSWER, "eu-gdpr"), today=date(2026, 11, 24), late_reason="A colleague was ill.")
    text = " ".join(compose(Kind.ANSWER, value, folders=folders).text.split())
    assert "This letter is late. You should have had it by 20 November 2026. We are sorry. A colleague was ill." in text


def test_the_same_letter_twice_is_the_same(folders: tuple[Path, ...]) -> None:
    value = letter(Kind.ANSWER, "uk-gdpr")
    assert compose(Kind.ANSWER, value, folders=folders) == compose(Kind.ANSWER, value, folders=folders)


def test_a_template_sees_every_value_of_the_letter_and_no_object() -> None:
    seen = template_values(Kind.ANSWER, letter(Kind.ANSWER, "eu-gdpr"), words("en"))
    assert {field.name for field in fields(Letter)} <= seen.keys()

    def plain(value: object) -> bool:
        if isinstance(value, list):
            return all(map(plain, value))
        if isinstance(value, dict):
            return all(map(plain, value.values()))
        return type(value) in (str, int, bool)

    assert [name for name, value in seen.items() if not plain(value)] == []


def test_the_earliest_date_counts() -> None:
    value = letter(Kind.ACKNOWLEDGEMENT, "eu-gdpr")
    rights = (
        RightAsked(right=Right.DELETE, due_on=date(2026, 12, 4)),
        RightAsked(right=Right.OPT_OUT_SALE, due_on=date(2026, 11, 10)),
        RightAsked(right=Right.CHILD_ACCESS, standard="promptly"),
    )
    assert replace(value, rights=rights).due_on == date(2026, 11, 10)
    assert replace(value, rights=rights[2:]).due_on is None
    assert not replace(value, rights=rights[1:2]).needs_proof
    assert replace(value, role=Role.AGENT, rights=rights).received_on == RECEIVED
