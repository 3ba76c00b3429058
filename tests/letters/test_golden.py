"""Every letter under every law it is meant for, word by word: what a lawyer reviews is tests/letters/golden."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from dsar.case.rights import Right
from dsar.case.stages import Role
from dsar.letters.compose import compose
from dsar.letters.kinds import KINDS, Kind
from dsar.letters.letter import Act, Action, Done, FieldValue, Letter, RightAsked, Verdict
from dsar.letters.lint import lint
from tests.letters.samples import DUE, LAWS, letter

GOLDEN = Path(__file__).parent / "golden"
MAIN_LAWS = ("eu-gdpr", "uk-gdpr", "us-ca-ccpa")
EVERYWHERE = [kind for kind in Kind if kind not in (Kind.NOTICE, Kind.RECIPIENTS)]
ALSO_HTML = {("en", "eu-gdpr", "answer"), ("en", "us-ca-ccpa", "identity"), ("de", "eu-gdpr", "acknowledgement")}


def variant(name: str, language: str = "en") -> Letter:
    """Letters that differ by who wrote or by what was asked."""
    ccpa = letter(Kind.ACKNOWLEDGEMENT, "us-ca-ccpa", language)
    child = (RightAsked(right=Right.CHILD_DELETE, standard="promptly"),)
    opt_out = (RightAsked(right=Right.OPT_OUT_SALE, due_on=DUE["us-ca-ccpa"]),)
    match name:
        case "acknowledgement-agent":
            return replace(ccpa, role=Role.AGENT, requester="Swift Agents LLC")
        case "acknowledgement-opt-out":
            return replace(ccpa, rights=opt_out)
        case "done-opt-out":
            return replace(ccpa, rights=opt_out, told=("Seaside Travel Inc.",))
        case "acknowledgement-reporter":
            return replace(letter(Kind.ACKNOWLEDGEMENT, "us-coppa", language), role=Role.REPORTER, rights=child)
        case "acknowledgement-child":
            return replace(letter(Kind.ACKNOWLEDGEMENT, "us-coppa", language), role=Role.CHILD, rights=child)
        case "done-parent-unproven":
            value = letter(Kind.DONE, "us-coppa", language)
            return replace(value, actions=(), kept=(), checks_on=(), backups_until=None)
        case "instruction-child":
            return replace(letter(Kind.INSTRUCTION, "eu-gdpr", language), laws=(LAWS["us-coppa"],), rights=child)
        case "instruction-correct":
            values = (FieldValue(label="e-mail address", value="maria.r@harbor.example"),)
            return replace(letter(Kind.INSTRUCTION, "us-ca-ccpa", language), acts=(Act.CORRECT,), new_values=values)
        case "instruction-every-act":
            return replace(letter(Kind.INSTRUCTION, "us-ca-ccpa", language), acts=tuple(Act))
        case "old_channel-deletion":
            value = replace(letter(Kind.OLD_CHANNEL, "eu-gdpr", language), rights=child, laws=(LAWS["us-coppa"],))
            return replace(value, channel_changed_on=None, role=Role.REPORTER)
        case "redirect-named":
            return replace(letter(Kind.REDIRECT, "eu-gdpr", language), customer="Bright Parcel GmbH, Hamburg")
        case "recipients-none":
            return replace(letter(Kind.RECIPIENTS, "us-or", language), third_parties=())
        case "decision-upheld" | "decision-partly":
            verdict = Verdict(name.partition("-")[2])
            value = letter(Kind.DECISION, "us-va", language)
            asked = RightAsked(right=Right.DELETE, due_on=DUE["us-va"])
            both = (*value.appealed, asked) if verdict is Verdict.PARTLY else value.appealed
            return replace(value, verdict=verdict, appealed=both, again=value.appealed)
        case "decision-denied":
            return replace(letter(Kind.DECISION, "uk-dpa2018-s164A", language), verdict=Verdict.DENIED)
        case "extension-appeal":
            appeal = (RightAsked(right=Right.APPEAL, due_on=DUE["us-va"]),)
            return replace(letter(Kind.EXTENSION, "us-ca-ccpa", language), rights=appeal, laws=(LAWS["us-va"],))
        case "done-limit":
            limit = (RightAsked(right=Right.LIMIT_SPI, due_on=DUE["us-ca-ccpa"]),)
            return replace(ccpa, rights=limit, actions=(Action(title="Health", done=Done.RESTRICTED, count=2),))
        case "done-marketing":
            stop = (RightAsked(right=Right.OPT_OUT_MARKETING, standard="at once"),)
            return replace(ccpa, rights=stop, actions=(Action(title="Newsletter", done=Done.STOPPED, count=1),))
        case "answer-two-laws":
            return replace(
                letter(Kind.ANSWER, "us-ca-ccpa", language),
                laws=(LAWS["eu-gdpr"], LAWS["us-ca-ccpa"]),
                rights=(
                    RightAsked(right=Right.ACCESS, due_on=DUE["eu-gdpr"]),
                    RightAsked(right=Right.PORTABILITY, due_on=DUE["us-ca-ccpa"]),
                ),
            )
        case "notice-none":
            return replace(
                letter(Kind.NOTICE, "us-ca-stl", language),
                third_parties=(),
                marketing_choice="We give nothing to others for their marketing unless you have said yes first. "
                "You can take back a yes at any time, free of charge, by a message to us.",
            )
        case _:
            raise ValueError(name)


CASES: list[tuple[str, str, str]] = [
    *(("en", law, kind.value) for law in MAIN_LAWS for kind in EVERYWHERE),
    *(("de", "eu-gdpr", kind.value) for kind in EVERYWHERE),
    *(("de", law, "answer") for law in ("uk-gdpr", "us-ca-ccpa")),
    ("de", "us-ca-ccpa", "acknowledgement"),
    ("de", "us-ca-ccpa", "closing"),
    *((language, "us-ca-stl", kind) for language in ("en", "de") for kind in ("acknowledgement", "notice")),
    ("en", "us-ca-stl", "notice-none"),
    *((language, "us-coppa", kind) for language in ("en", "de") for kind in ("acknowledgement", "identity")),
    *(("en", "us-coppa", kind) for kind in ("answer", "closing", "acknowledgement-reporter", "acknowledgement-child")),
    *(("de", "us-coppa", kind) for kind in ("acknowledgement-reporter", "acknowledgement-child")),
    *(("en", "us-ca-ccpa", kind) for kind in ("acknowledgement-agent", "acknowledgement-opt-out", "done-opt-out")),
    ("en", "eu-gdpr", "answer-two-laws"),
    *((language, "us-coppa", "done") for language in ("en", "de")),
    *((language, "us-coppa", "done-parent-unproven") for language in ("en", "de")),
    *((language, "us-coppa", "instruction-child") for language in ("en", "de")),
    *((language, "us-coppa", "old_channel-deletion") for language in ("en", "de")),
    ("en", "us-ca-ccpa", "instruction-correct"),
    *((language, "us-ca-ccpa", "instruction-every-act") for language in ("en", "de")),
    *((language, "us-va", f"decision{end}") for language in ("en", "de") for end in ("", "-upheld", "-partly")),
    *((language, "us-va", "extension-appeal") for language in ("en", "de")),
    *((language, "uk-dpa2018-s164A", "acknowledgement") for language in ("en", "de")),
    *((language, "uk-dpa2018-s164A", f"decision{end}") for language in ("en", "de") for end in ("", "-denied")),
    *((language, "us-or", f"recipients{end}") for language in ("en", "de") for end in ("", "-none")),
    *((language, "us-ca-ccpa", f"done-{what}") for language in ("en", "de") for what in ("limit", "marketing")),
    ("en", "us-va", "instruction"),
    ("en", "us-va", "refusal"),
    ("en", "us-va", "answer"),
    ("en", "eu-gdpr", "redirect-named"),
]


def sample(language: str, law: str, name: str) -> tuple[Kind, Letter]:
    """The kind and value behind a golden file."""
    kind = Kind(name.partition("-")[0])
    return kind, letter(kind, law, language) if kind.value == name else variant(name, language)


@pytest.mark.parametrize(("language", "law", "name"), CASES)
def test_the_letter_reads_as_it_was_reviewed(
    language: str, law: str, name: str, folders: tuple[Path, ...], update_golden: bool
) -> None:
    kind, value = sample(language, law, name)
    made = compose(kind, value, folders=folders)
    wanted = {".txt": f"Subject: {made.subject}\n\n{made.text}"}
    if (language, law, name) in ALSO_HTML:
        wanted[".html"] = made.html
    for ending, text in wanted.items():
        file = GOLDEN / language / law / f"{name}{ending}"
        if update_golden:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "law", "name"), CASES)
def test_the_reviewed_letter_lacks_nothing(language: str, law: str, name: str, folders: tuple[Path, ...]) -> None:
    kind, value = sample(language, law, name)
    assert lint(kind, value, compose(kind, value, folders=folders)) == []


def test_every_golden_file_belongs_to_a_letter() -> None:
    wanted = {f"{language}/{law}/{name}.txt" for language, law, name in CASES}
    wanted |= {f"{language}/{law}/{name}.html" for language, law, name in ALSO_HTML}
    assert {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.*")} == wanted


def test_every_kind_has_a_template_in_every_language(folders: tuple[Path, ...]) -> None:
    assert set(KINDS) == set(Kind)
    ours = folders[-1]
    for language in ("en", "de"):
        assert {path.stem for path in (ours / language).glob("*.md")} == {kind.value for kind in Kind}


def test_both_languages_have_the_same_parts(folders: tuple[Path, ...]) -> None:
    english, german = (
        {path.relative_to(folders[-1] / language) for path in (folders[-1] / language).rglob("*.md")}
        for language in ("en", "de")
    )
    assert english == german
