"""Exports of web forms: whatever program made them, each row is one arrival with its own result."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from dsar.inbox.arrival import Arrival, FormSettings, InboxSettings
from dsar.inbox.arrivals import arrivals
from dsar.inbox.forms import meaning_of
from dsar.inbox.lexicon import all_labels
from dsar.settings import MEANINGS

SETTINGS = InboxSettings(zone=ZoneInfo("America/Los_Angeles"), today=date(2026, 11, 21))
MAIL = "nora@whitfield.example"


def read(raw: str | object, name: str = "form.json", settings: InboxSettings = SETTINGS) -> list[Arrival]:
    text = raw if isinstance(raw, str) else json.dumps(raw)
    return list(arrivals(text.encode(), settings=settings, name=name))


QUESTIONS = [
    {"id": "q1", "title": "Your full name"},
    {"id": "q2", "title": "E-mail address"},
    {"id": "q3", "title": "Which right would you like to exercise?"},
]
EXPORTS: dict[str, object] = {
    "typeform webhook": {
        "event_type": "form_response",
        "form_response": {
            "submitted_at": "2026-11-02T20:00:00Z",
            "definition": {"title": "Privacy", "fields": QUESTIONS},
            "answers": [
                {"type": "text", "text": "Nora Whitfield", "field": {"id": "q1", "type": "short_text"}},
                {"type": "email", "email": MAIL, "field": {"id": "q2"}},
                {"type": "choice", "choice": {"label": "Delete my personal information"}, "field": {"id": "q3"}},
            ],
        },
    },
    "typeform list": {
        "total_items": 1,
        "items": [
            {
                "submitted_at": "2026-11-02T20:00:00Z",
                "answers": [
                    {"type": "text", "text": "Nora Whitfield", "field": {"id": "x1", "ref": "full_name"}},
                    {"type": "email", "email": MAIL, "field": {"id": "x2", "ref": "email"}},
                    {"type": "choices", "choices": {"labels": ["Delete my data"]}, "field": {"ref": "request_type"}},
                ],
            }
        ],
    },
    "google forms": {
        "items": [
            {"itemId": "a", "title": "Name", "questionItem": {"question": {"questionId": "id1"}}},
            {"itemId": "b", "title": "Email", "questionItem": {"question": {"questionId": "id2"}}},
            {"itemId": "c", "title": "Your request", "questionItem": {"question": {"questionId": "id3"}}},
        ],
        "responses": [
            {
                "createTime": "2026-11-02T20:00:00Z",
                "answers": {
                    "id1": {"questionId": "id1", "textAnswers": {"answers": [{"value": "Nora Whitfield"}]}},
                    "id2": {"questionId": "id2", "textAnswers": {"answers": [{"value": MAIL}]}},
                    "id3": {"questionId": "id3", "textAnswers": {"answers": [{"value": "Delete all my data"}]}},
                },
            }
        ],
    },
    "jotform": {
        "content": [
            {
                "created_at": "2026-11-02 12:00:00",
                "answers": {
                    "3": {"text": "Full Name", "answer": {"first": "Nora", "last": "Whitfield"}},
                    "4": {"text": "E-mail", "answer": MAIL},
                    "5": {"text": "Your message", "answer": "Please delete all my personal data"},
                },
            }
        ]
    },
    "wordpress": {
        "date": "2026-11-02 12:00:00",
        "fields": {
            "1": {"name": "Name", "value": "Nora Whitfield", "id": 1},
            "2": {"name": "E-Mail-Adresse", "value": MAIL, "id": 2},
            "3": {"name": "Nachricht", "value": "Bitte löschen Sie alle meine Daten.", "id": 3},
        },
    },
    "hubspot": {
        "results": [
            {
                "submittedAt": 1793649600000,
                "values": [
                    {"name": "firstname", "value": "Nora"},
                    {"name": "lastname", "value": "Whitfield"},
                    {"name": "email", "value": MAIL},
                    {"name": "message", "value": "Please delete my account and my data"},
                ],
            }
        ]
    },
    "questions alone": [
        {"question": "Date", "answer": "2026-11-02"},
        {"question": "Name", "answer": "Nora Whitfield"},
        {"question": "Email", "answer": MAIL},
        {"question": "Message", "answer": "Please delete my account and all my data"},
    ],
    "one object a line": "\n".join(
        json.dumps({"date": "2026-11-02", "name": name, "email": MAIL, "message": "Please delete my account and data"})
        for name in ("Nora Whitfield", "Nora Whitfield")
    ),
}


@pytest.mark.parametrize("shape", EXPORTS)
def test_what_form_programs_export(shape: str) -> None:
    found = read(EXPORTS[shape])
    assert len(found) == (2 if shape == "one object a line" else 1)
    for arrival in found:
        assert arrival.refused == ""
        assert arrival.received_on == date(2026, 11, 2)
        assert arrival.reading.primary_type == "delete"
        assert {("name", "Nora Whitfield"), ("email", MAIL)} <= {known.key for known in arrival.reading.identifiers}


@pytest.mark.parametrize(
    ("export", "kind", "name"),
    [
        ("Zeitstempel,E-Mail-Adresse,Name,Art der Anfrage\n14.11.2026 09:05:12,a@b.example,Jan Roth,Auskunft\n",
         "access", "Jan Roth"),
        ("Horodateur;Adresse e-mail;Nom;Prénom;Objet de la demande;Votre message\n"
         "14/11/2026 09:05;a@b.example;Petit;Luc;Accès;Je souhaite une copie de mes données\n", "access", "Luc Petit"),
        ("Marca temporal,Correo electrónico,Nombre y apellidos,Tipo de solicitud,Mensaje\n"
         "14/11/2026 9:05:12,a@b.example,Ana Gil,Supresión,Quiero que borren mis datos\n", "delete", "Ana Gil"),
        ("Timestamp,Email Address,Full name,Please describe your request\n"
         '11/14/2026 9:05:12 AM,a@b.example,Eva Kim,"I left, please erase all my data."\n', "delete", "Eva Kim"),
    ],
)  # fmt: skip
def test_tables_from_a_pipe_with_headings_in_four_languages(export: str, kind: str, name: str) -> None:
    (arrival,) = read(export, "standard input")
    assert (arrival.reading.primary_type, arrival.received_on) == (kind, date(2026, 11, 14))
    assert ("name", name) in {known.key for known in arrival.reading.identifiers}


def test_each_form_has_its_own_columns_and_date_order(tmp_path: Path) -> None:
    forms = (
        FormSettings(
            files="kontakt-*.csv", columns={"f1": "email", "f2": "message", "f3": "received"}, date_order="dmy"
        ),
        FormSettings(files="*.csv", columns={"f1": "message", "f2": "email", "f3": "received"}, date_order="mdy"),
    )
    settings = InboxSettings(zone=SETTINGS.zone, today=SETTINGS.today, forms=forms)
    found = {}
    for name, row in (("Kontakt-1.CSV", "a@b.example,delete my account,04/05/2026"),
                      ("other.csv", "delete my account,a@b.example,04/05/2026")):  # fmt: skip
        path = tmp_path / name
        path.write_text(f"f1,f2,f3\n{row}\n", encoding="utf-8")
        (found[name],) = arrivals(path, settings=settings)
    assert {name: one.received_on for name, one in found.items()} == {
        "Kontakt-1.CSV": date(2026, 5, 4),
        "other.csv": date(2026, 4, 5),
    }
    assert {one.sender for one in found.values()} == {"a@b.example"}


def test_a_row_that_cannot_be_used_hides_no_other() -> None:
    rows = [
        "Name,Email,Message,Date",
        "Tom,t@x.example,delete my account,04/05/2026",
        ",,,",
        "Bo,b@x.example,Send me my data,2026-11-01",
    ]
    first, second = read("\n".join(rows), "standard input")
    assert "can be 4 May or 5 April" in first.refused
    assert (second.reading.primary_type, second.part) == ("access", 4)


def test_prose_is_no_table() -> None:
    text = "Dear Sirs, my name is Nora Whitfield, my email is on file.\nPlease delete my account, and tell me when.\n"
    (arrival,) = read(text, "standard input")
    assert arrival.channel == "post"


def test_the_meanings_of_the_settings_are_those_of_the_lexicons() -> None:
    assert set(MEANINGS) == set(all_labels().values())


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("Completion time", "received"), ("Welches Recht möchten Sie ausüben?", "type"), ("your-email", "email"),
     ("Décrivez votre demande", "message"), ("Favourite colour", "")],
)  # fmt: skip
def test_headings_of_form_programs(heading: str, kind: str) -> None:
    assert meaning_of(heading) == kind
