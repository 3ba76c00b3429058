"""Makes one letter, as text and as HTML, from one Markdown template and one Letter value.

What the letter must say is checked in lint.py; whether it may leave is for the release gate.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import dsar
from dsar.case.gates import Content
from dsar.errors import InputWrong, Refused
from dsar.formats.markdown import markdown_to_html, markdown_to_text
from dsar.formats.plain import printable
from dsar.formats.templates import environment, render
from dsar.letters.kinds import KINDS, Kind, content_of, missing, tells_too_much
from dsar.letters.letter import Letter
from dsar.letters.page import letter_page
from dsar.letters.view import template_values
from dsar.letters.words import FALLBACK, words, written_languages

# Stands between subject, letterhead and body in what a template renders; no value can hold it.
CUT = "\f"
_WIDTH = 78
_UNWRAPPED = 10_000
_LONGEST_SUBJECT = 150


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A finished letter; ``language`` is the one it is written in, ``content`` what it gives away."""

    kind: Kind
    language: str
    subject: str
    text: str
    html: str
    content: Content


def own_templates() -> Path:
    """The templates that come with the program: beside the package when installed, else the checkout's."""
    installed = Path(dsar.__file__).parent / "templates"
    return installed if installed.is_dir() else installed.parents[1] / "templates"


def template_folders(*offices: Path) -> tuple[Path, ...]:
    """Where templates are looked for: the office's own folders first, ours last."""
    return (*(folder for folder in offices if folder.is_dir()), own_templates())


def compose(kind: Kind | str, letter: Letter, *, folders: Sequence[Path]) -> Composed:
    """The letter of this kind. Refused if the case lacks a value it needs; InputWrong for an unknown kind.

    The language is the request's; where no template is written in it, English, and the letter says so.
    """
    kind = kind_named(kind)
    _check(kind, letter)
    language = language_for(kind, letter.language, folders)
    written = words(language)
    rendered = render(
        environment(folders, autoescape=False),
        f"{language}/{kind}.md",
        {**template_values(kind, letter, written), "cut": CUT},
    )
    subject, head, body = _parts(rendered, f"{language}/{kind}.md")
    subject = printable(markdown_to_text(subject, _UNWRAPPED)).strip()
    if not subject or len(subject) > _LONGEST_SUBJECT:
        raise InputWrong(f"The template {language}/{kind}.md makes no subject of 1 to {_LONGEST_SUBJECT} characters.")
    return Composed(
        kind=kind,
        language=language,
        subject=subject,
        text=f"{markdown_to_text(head, _WIDTH)}\n{markdown_to_text(body, _WIDTH)}",
        html=letter_page(language=language, title=subject, head=markdown_to_html(head), body=markdown_to_html(body)),
        content=content_of(kind, letter),
    )


def kind_named(word: str) -> Kind:
    """The letter kind a typed word means; InputWrong with the known ones."""
    try:
        return Kind(word.strip().casefold().replace("-", "_"))
    except ValueError:
        raise InputWrong(
            "Not written: there is no such kind of letter. Nothing was changed.",
            hint=f"The kinds are: {', '.join(Kind)}.",
        ) from None


def language_for(kind: Kind, asked: str, folders: Sequence[Path]) -> str:
    """The language the letter can be written in: the one asked for, else English."""
    if asked in written_languages() and any((folder / asked / f"{kind}.md").is_file() for folder in folders):
        return asked
    return FALLBACK


def _check(kind: Kind, letter: Letter) -> None:
    if tells_too_much(kind, letter):
        raise Refused(
            f'Not sent: the letter "{kind}" would tell a {letter.role} how this ended, and only a proven parent may '
            "hear that. Nothing was changed.",
            hint="The acknowledgement is the only answer: dsar letter preview CASE acknowledgement",
        )
    name = missing(kind, letter)
    if name:
        raise Refused(
            f'Not sent: the letter "{kind}" needs {{{{{name}}}}} and the case has none. Nothing was changed.',
            hint="Look what the case holds: dsar show CASE",
        )
    only = KINDS[kind].only_rights
    if only and not any(asked.right in only for asked in letter.rights):
        raise Refused(
            f'Not sent: the letter "{kind}" answers {", ".join(sorted(only))}, and the case does not ask for that.',
            hint="Look what the case asks for: dsar show CASE",
        )


def _parts(rendered: str, template: str) -> tuple[str, str, str]:
    parts = rendered.split(CUT)
    if len(parts) != 3:
        raise InputWrong(
            f"The template {template} does not stand on _parts/letter.md, so subject and letter cannot be told apart.",
            hint='Its first line must be: {% extends "LANGUAGE/_parts/letter.md" %}',
        )
    return parts[0], parts[1], parts[2]
