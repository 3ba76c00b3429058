"""Every writer keeps the same promises: what the step names and nothing else, once, or not at all."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from dsar.case.changes import Action, Result
from dsar.errors import Refused
from dsar.sources.interface import SourceFailed, SourceSettings
from dsar.sources.writing import edits, writer
from tests.sources.office import Office, field, kind_of, record_set, source_file
from tests.sources.rewriting import FILES, carry_out, held, steps, write

EDITED = [kind for kind in FILES if kind != "mailbox"]


@pytest.fixture(params=list(FILES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_deleting_takes_the_records_and_leaves_the_others(office: Office, kind: str) -> None:
    path = write(office, kind)
    before = held(path)
    results, made = carry_out(office, steps(office.source("people")))
    assert (results, made.why) == ([Result.DONE, Result.DONE], {})
    assert held(path) == {key: row for key, row in before.items() if key not in ("1", "3")}
    assert sorted(one.name for one in path.parent.iterdir()) == [path.name]


@pytest.mark.parametrize("kind", EDITED)
def test_changing_writes_the_field_and_leaves_the_rest(office: Office, kind: str) -> None:
    path = write(office, kind)
    before = held(path)
    todo = steps(office.source("people"), Action.CHANGE, {"email": None, "note": 'new "note", é\nhere'})
    assert carry_out(office, todo)[0] == [Result.DONE, Result.DONE]
    after = held(path)
    assert {key for key in before if after[key] != before[key]} == {"1", "3"}
    assert [(row[0], row[1] or "", row[2]) for key, row in after.items() if key in ("1", "3")] == [
        ("1", "", 'new "note", é\nhere'), ("3", "", 'new "note", é\nhere')
    ]  # fmt: skip


def test_doing_it_again_changes_no_byte(office: Office, kind: str) -> None:
    path = write(office, kind)
    todo = steps(office.source("people"))
    carry_out(office, todo)
    once = path.read_bytes()
    assert carry_out(office, todo)[0] == [Result.ALREADY, Result.ALREADY]
    assert path.read_bytes() == once


@pytest.mark.parametrize("kind", EDITED)
def test_a_change_done_is_already_so(office: Office, kind: str) -> None:
    path = write(office, kind)
    todo = steps(office.source("people"), Action.CHANGE, {"email": "new@example.com"})
    carry_out(office, todo)
    once = path.read_bytes()
    assert carry_out(office, todo)[0] == [Result.ALREADY, Result.ALREADY]
    assert path.read_bytes() == once


@pytest.mark.parametrize("action", [Action.DELETE, Action.CHANGE])
def test_a_record_that_moved_on_is_not_touched(office: Office, kind: str, action: Action) -> None:
    path = write(office, kind)
    first, second = steps(office.source("people"), action, {"email": "new@example.com"})
    name = next(name for name, value in first.before.items() if "ana@" in value)
    moved = replace(first, before={**first.before, name: "older@example.com", "sha256": "0"})
    before = held(path)
    results, made = carry_out(office, [moved, second])
    if kind == "mailbox" and action is Action.CHANGE:
        assert results == [Result.FAILED, Result.FAILED]
        return
    assert results == [Result.MOVED, Result.DONE]
    assert "no longer what the plan saw" in made.why[moved.id]
    assert held(path)["1"] == before["1"]


def test_what_is_kept_is_said_and_not_opened(office: Office, kind: str) -> None:
    path = write(office, kind)
    todo = steps(office.source("people"), Action.KEEP)
    path.unlink()
    assert carry_out(office, todo)[0] == [Result.KEPT, Result.KEPT]


def test_a_missing_file_is_a_failure_not_a_deletion(office: Office, kind: str) -> None:
    path = write(office, kind)
    todo = steps(office.source("people"))
    path.unlink()
    with pytest.raises(SourceFailed, match="there is no file"):
        carry_out(office, todo)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664])
def test_a_file_keeps_its_permissions(office: Office, kind: str, mode: int) -> None:
    path = write(office, kind)
    path.chmod(mode)
    carry_out(office, steps(office.source("people")))
    assert stat.S_IMODE(path.stat().st_mode) == mode


def test_a_source_set_read_only_is_refused(office: Office, kind: str) -> None:
    write(office, kind)
    described = office.home / "sources" / "people.toml"
    described.write_text(described.read_text().replace("[source]", "[source]\nread_only = true"), encoding="utf-8")
    with pytest.raises(Refused, match="read-only"):
        writer(office.source("people").settings, office.home)


@pytest.mark.parametrize("forbidden", ["file", "folder"])
def test_what_may_not_be_written_is_refused(
    office: Office, kind: str, forbidden: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(office, kind)
    # by answer and not by chmod: root, as in a container, may write everywhere
    monkeypatch.setattr(os, "access", lambda asked, mode: asked != (path if forbidden == "file" else path.parent))
    with pytest.raises(Refused, match="permissions"):
        writer(office.source("people").settings, office.home)


def test_a_kind_nothing_here_can_write_is_refused(tmp_path: Path) -> None:
    settings = SourceSettings(name="lake", kind="parquet", title="Lake", owner="luis", path="x", record_sets=())
    with pytest.raises(Refused, match="parquet"):
        writer(settings, tmp_path)
    assert not edits(settings)


def test_where_only_a_person_looks_a_person_must_do_it(office: Office) -> None:
    write(office, "csv")
    todo = steps(office.source("people"))
    office.describe(
        "people",
        source_file(record_set("people", field("email", *kind_of("email"))), kind="person", more='ask = "luis"'),
    )
    results, made = carry_out(office, [todo[0], replace(todo[1], action=Action.KEEP)])
    assert results == [Result.FAILED, Result.KEPT]
    assert made.why == {todo[0].id: "A colleague must do it: luis."}


def test_which_kinds_can_be_edited(office: Office) -> None:
    for kind in FILES:
        write(office, kind)
        assert edits(office.source("people").settings) == (kind != "mailbox")


def test_a_hostile_key_reaches_no_other_record(office: Office, kind: str) -> None:
    path = write(office, kind)
    first, *_ = steps(office.source("people"))
    before = held(path)
    for number, text in enumerate(["' OR '1'='1", '"; DROP TABLE people; --', "%", "*", "\x00", ""]):
        name = next(iter(first.key))
        step = replace(first, id=f"S-{number}", key={name: text}, before={**first.before, name: text, "sha256": ""})
        assert carry_out(office, [step])[0] == [Result.ALREADY]
    assert held(path) == before
