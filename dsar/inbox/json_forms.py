"""Finds the submissions in a web form's JSON export, and the questions and answers of each, whatever nests them.

Known shapes: flat objects; lists of question and answer (label, title, name … with value, answer, text …);
answers that name their question by id, with the questions beside them; answers kept by the question's key.
What the questions mean is for ``forms``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dsar.inbox.protocols import is_protocol

_DEPTH = 60
_MOST_BRACKETS = 100_000
_NESTED = 8
_MOST_CELLS = 400
_LISTS = ("responses", "submissions", "entries", "requests", "results", "items", "records", "content", "data", "rows")
_QUESTION = ("label", "question", "title", "heading", "caption", "name", "field", "text", "key")
_ANSWER = (
    "value", "answer", "answers", "response", "prettyFormat", "textAnswers", "choice", "choices", "email",
    "phone_number", "date", "number", "boolean", "url", "text",
)  # fmt: skip
# kinds of answer that are only one where the object says that it is an answer: they are also fields of a person
_TYPED = frozenset({"email", "phone_number", "date", "number", "boolean", "url", "text"})
_IDS = ("id", "ref", "questionId", "question_id")
_INSIDE = ("prettyFormat", "value", "answer", "label", "labels", "text", "other", "answers", "choices")
_NAMES = ("prefix", "first", "firstName", "middle", "last", "lastName", "suffix")

Cells = dict[str, str]


def parsed(text: str) -> object:
    """The JSON a text holds; None for what is none, is nested to break a reader, or holds far too much."""
    if text.count("[") + text.count("{") > _MOST_BRACKETS or _too_deep(text):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def json_lines(text: str) -> list[object] | None:
    """The objects of a text that holds one per line; None for anything else."""
    lines = [line for line in text.split("\n") if line.strip()]
    if len(lines) < 2:
        return None
    found = [parsed(line) for line in lines]
    return found if all(isinstance(one, Mapping) for one in found) else None


def _too_deep(text: str) -> bool:
    depth = 0
    for char in text:
        depth += (char in "[{") - (char in "]}")
        if depth > _DEPTH:
            return True
    return False


def submissions(data: object) -> list[Any]:
    """The single submissions of an export: the entries of its list, or the object itself."""
    if isinstance(data, list):
        return [{"answers": data}] if _all_objects(data) and _are_answers(data) else data
    if not isinstance(data, Mapping):
        return []
    if is_protocol(data) or _is_whole(data):
        return [data]
    lists = {key: value for key, value in data.items() if _all_objects(value)}
    named = next((key for key in _LISTS if key in lists), "") or (next(iter(lists)) if len(lists) == 1 else "")
    if not named or _are_answers(lists[named]):
        return [data]
    questions = _questions(data)
    return [{**entry, _ASKED: questions} if questions else entry for entry in lists[named]]


_ASKED = "\0questions"


def _all_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, Mapping) for one in value)


def _is_whole(data: Mapping[str, Any]) -> bool:
    """Whether an object itself carries the answers, so that a list inside belongs to it."""
    keys = {str(key).casefold() for key in data}
    return bool(keys & {"answers", "fields", "email", "e-mail", "form_response"})


def _are_answers(entries: list[Mapping[str, Any]]) -> bool:
    """Whether the entries of a list are one person's answers: each a question with its answer, and no more."""
    return all(_pair(entry, {}) is not None and len(entry) <= 6 for entry in entries)


def cells_of(entry: Mapping[str, Any]) -> Cells:
    """The questions and answers of one submission as flat cells; the first answer to a question counts."""
    kept = entry.get(_ASKED)
    questions = {**(kept if isinstance(kept, Mapping) else {}), **_questions(entry)}
    cells: Cells = {}
    for name, value in _cells(entry, questions, 0):
        if value and len(cells) < _MOST_CELLS:
            cells.setdefault(name, value)
    return cells


def _questions(data: object, title: str = "", depth: int = 0) -> dict[str, str]:
    """What each question's id stands for, where an export keeps the questions apart from the answers."""
    found: dict[str, str] = {}
    if depth > _NESTED:
        return found
    if isinstance(data, Mapping):
        title = next((data[key] for key in ("title", "question", "label", "heading") if _is_text(data.get(key))), title)
        for key in _IDS:
            if title and isinstance(data.get(key), str | int):
                found[str(data[key])] = title
    for value in data.values() if isinstance(data, Mapping) else data if isinstance(data, list) else ():
        if isinstance(value, Mapping | list):
            found |= _questions(value, title, depth + 1)
    return found


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _cells(entry: Mapping[str, Any], questions: Mapping[str, str], depth: int) -> Iterator[tuple[str, str]]:
    pair = _pair(entry, questions)
    if pair is not None:
        yield pair
        return
    for key, value in entry.items():
        name = questions.get(str(key), str(key))
        if key == _ASKED or depth > _NESTED:
            continue
        if isinstance(value, Mapping):
            if key in ("definition", "hidden", "metadata", "calculated"):
                continue
            answers = name != str(key) or set(value) <= {*_NAMES, *_INSIDE}
            if answers and _pair(value, questions) is None and (whole := _answer_of(value)):
                yield name, whole
            else:
                yield from _cells(value, questions, depth + 1)
        elif isinstance(value, list):
            if plain := ", ".join(_plain(one) for one in value if _plain(one)):
                yield name, plain
            for one in value:
                if isinstance(one, Mapping):
                    yield from _cells(one, questions, depth + 1)
        elif plain := _plain(value):
            yield name, plain


def _pair(entry: Mapping[str, Any], questions: Mapping[str, str]) -> tuple[str, str] | None:
    """One question with its answer, where the object is that; None where it is something else."""
    asked, used = _question_of(entry, questions)
    if not asked:
        return None
    typed = bool({"type", "field", "answer"} & set(entry)) or isinstance(entry.get("question"), Mapping)
    for key in _ANSWER:
        if key in entry and key != used and (typed or key not in _TYPED):
            answer = _plain(entry[key]) or _answer_of(entry[key])
            if answer:
                return asked, answer
            if entry[key] is None or entry[key] in ("", []):
                return asked, ""
    return None


def _question_of(entry: Mapping[str, Any], questions: Mapping[str, str]) -> tuple[str, str]:
    """The question of an answer, and the key it stands under."""
    inner = entry.get("field") or entry.get("question")
    for holder in (inner, entry):
        if isinstance(holder, Mapping):
            for key in _IDS:
                if str(holder.get(key, "")) in questions:
                    return questions[str(holder[key])], ""
            told = next((holder[key] for key in ("title", "label", "ref") if _is_text(holder.get(key))), "")
            if told and holder is inner:
                return str(told), ""
    for key in _QUESTION:
        # {"text": …, "answer": …} asks in "text"; {"name": …, "email": …} is a person, not a question
        if _is_text(entry.get(key)) and (key not in ("name", "text", "key") or "value" in entry or "answer" in entry):
            return str(entry[key]), key
    return "", ""


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else ""
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _answer_of(value: object, depth: int = 0) -> str:
    """The words of an answer that is itself nested: choices, parts of a name, a list of texts."""
    if depth > _NESTED:
        return ""
    if isinstance(value, list):
        return ", ".join(said for one in value if (said := _plain(one) or _answer_of(one, depth + 1)))
    if not isinstance(value, Mapping):
        return _plain(value)
    if parts := [_plain(value[key]) for key in _NAMES if _plain(value.get(key))]:
        return " ".join(parts)
    for key in _INSIDE:
        if key in value and (said := _plain(value[key]) or _answer_of(value[key], depth + 1)):
            return said
    inner = value.get("textAnswers")
    return _answer_of(inner, depth + 1) if inner is not None else ""
