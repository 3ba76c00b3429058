"""Programs that search for us: what they are told, what they may answer, and how every fault of theirs is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from dsar.case.identifiers import Identifier
from dsar.case.records import Record
from dsar.sources import command, programs
from dsar.sources.interface import Source, SourceFailed, Why
from dsar.sources.search import search
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

ANA = who("email", "Ana@Example.com")
ROW = {"id": 1, "email": "ana@example.com", "note": ""}


def program(office: Office, body: str, *, options: str = "timeout_seconds = 20") -> Source:
    """A source that asks a program of this body."""
    path = office.home / "tools" / "find"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!{sys.executable}\nimport json, os, sys, time\n{textwrap.dedent(body)}\n", encoding="utf-8")
    path.chmod(0o700)
    fields = field("email", *kind_of("email")), field("note", "text = true")
    more = f"options = {{ {options} }}"
    office.describe("crm", source_file(record_set("people", *fields), kind="command", path="tools/find", more=more))
    return office.source("crm")


def found(source: Source, *identifiers: Identifier) -> list[Record]:
    return list(source.find(source.settings.record_sets[0], identifiers or [ANA]))


def failure(source: Source) -> SourceFailed:
    with pytest.raises(SourceFailed) as failed:
        found(source)
    return failed.value


def test_the_program_is_told_what_to_look_for_and_nothing_more(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFICE_SECRET", "hunter2")
    monkeypatch.setenv("CRM_KEY", "s3cret")
    body = """
    seen = {"told": json.load(sys.stdin), "words": sys.argv[1:], "here": os.getcwd(), "env": sorted(os.environ)}
    seen["key"] = os.environ["CRM_TOKEN"]
    json.dump(seen, open("seen.json", "w"))
    """
    options = 'arguments = "--db \'main db\' ; rm -rf $HOME", CRM_TOKEN = "env:CRM_KEY", CRM_URL = "https://crm"'
    assert found(program(office, body, options=options)) == []
    seen = json.loads((office.home / "seen.json").read_text(encoding="utf-8"))
    assert seen["told"] == {
        "schema": "dsar.find/1", "do": "find", "source": "crm", "record_set": "people", "place": "tools/find",
        "fields": ["email", "note"],
        "identifiers": [
            {"kind": "email", "value": "ana@example.com", "raw": "Ana@Example.com", "since": None, "until": None}
        ],
    }  # fmt: skip
    assert seen["words"] == ["--db", "main db", ";", "rm", "-rf", "$HOME"]
    assert (seen["here"], seen["key"]) == (str(office.home), "s3cret")
    assert {"OFFICE_SECRET", "CRM_KEY"} & set(seen["env"]) == set()
    assert "CRM_URL" in seen["env"]


def test_records_are_compared_exactly_or_say_whose_they_are(office: Office) -> None:
    rows = [ROW, {"id": 2, "email": "banana@example.com"}, {"id": 3, "_identifier": "ana@example.com", "what": "call"}]
    records = found(program(office, f"print({chr(10).join(map(json.dumps, rows))!r})"))
    assert [(record.key, record.matched[0].how, record.place) for record in records] == [
        ("1", "exact", "crm answer 1"),
        ("3", "exact", "crm answer 3"),
    ]
    assert "_identifier" not in records[1].values


def test_a_record_for_somebody_not_asked_about_is_a_fault(office: Office) -> None:
    failed = failure(program(office, """print('{"id": 1, "_identifier": "eve@example.com"}')"""))
    assert (failed.why, "eve" in failed.message) == (Why.BROKEN, False)


@pytest.mark.parametrize(
    ("code", "why", "says"),
    [
        (1, Why.BROKEN, "broke off"), (2, Why.BROKEN, "settings are wrong"), (3, Why.REFUSED, "may not tell us"),
        (4, Why.BROKEN, "only a part"), (75, Why.TIMEOUT, "try again later"), (99, Why.BROKEN, "broke off"),
    ],
)  # fmt: skip
def test_every_code_but_nought_voids_the_answer_and_says_why(office: Office, code: int, why: Why, says: str) -> None:
    source = program(office, f"print({json.dumps(ROW)!r}); sys.stderr.write('ana@example.com'); sys.exit({code})")
    (answer,) = search([source], [ANA]).answers
    assert (answer.state, answer.why, answer.records) == ("failed", why.value, ())
    assert says in answer.says
    assert "ana@" not in answer.says


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("print('nonsense')", "line 1 of its answer is not one JSON object"),
        ("print('[1, 2]')", "line 1 of its answer is not one JSON object"),
        ("""print('{"id": 1}'); print('{"id": 2')""", "line 2 of its answer"),
        ('sys.stdout.buffer.write(b\'{"id": "\\xff"}\')', "not UTF-8"),
        ("print('[' * 200000)", "line 1"),
        ("print('{\"a\":' * 500 + '1' + '}' * 500)", "line 1"),
        ("""print('{"id": 1}'); sys.stdout.flush(); os.kill(os.getpid(), 9)""", "broke off (code -9)"),
        ("""print('{"other": 1}')""", "none of the fields described"),
    ],
)
def test_nonsense_is_a_failure_and_never_an_empty_answer(office: Office, body: str, says: str) -> None:
    failed = failure(program(office, body))
    assert failed.why is Why.BROKEN
    assert says in failed.message


def test_a_failed_search_is_whole_when_it_is_run_again(office: Office) -> None:
    source = program(office, f"sys.exit(75) if not os.path.exists('up') else print({json.dumps(ROW)!r})")
    assert failure(source).why is Why.TIMEOUT
    (office.home / "up").touch()
    assert [record.key for record in found(source)] == ["1"]


def test_signs_of_every_script_come_through(office: Office) -> None:
    row = ROW | {"note": "Zo\u00eb \u5c71\u7530 \u202e \U0001f600 \u0000"}
    body = f"sys.stdout.buffer.write(json.dumps({row!r}, ensure_ascii=False).encode())"
    (record,) = found(program(office, body))
    assert record.values["note"] == row["note"]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # one that ended and was not yet looked after by its parent counts as gone
    return "(zombie)" not in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")


def gone(pid: int) -> bool:
    for _ in range(500):
        if not alive(pid):
            return True
        time.sleep(0.02)
    return False


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks at processes where Linux shows them")
@pytest.mark.parametrize(
    "body",
    [
        "time.sleep(600)",
        # what it started keeps the pipe open
        "os.fork() and sys.exit(0); open('child', 'w').write(str(os.getpid())); time.sleep(600)",
        "sys.stdout.close(); os.close(1); time.sleep(600)",
        "import signal; [signal.signal(one, signal.SIG_IGN) for one in (2, 15)]; time.sleep(600)",
    ],
)
def test_a_program_that_hangs_is_ended_with_all_it_started(office: Office, body: str) -> None:
    source = program(office, f"open('pid', 'w').write(str(os.getpid()))\n{body}", options="timeout_seconds = 1")
    failed = failure(source)
    assert (failed.why, "did not end within 1 s" in failed.message) == (Why.TIMEOUT, True)
    pids = [office.home / name for name in ("pid", "child") if (office.home / name).exists()]
    assert all(gone(int(path.read_text(encoding="utf-8"))) for path in pids)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("while True: print('{\"id\": 1}')", "more than 1,000,000 bytes"),
        ("while True: sys.stdout.write('x' * 100000)", "has no end"),
    ],
)
def test_a_flood_is_stopped(office: Office, monkeypatch: pytest.MonkeyPatch, body: str, says: str) -> None:
    if "bytes" in says:
        monkeypatch.setattr(command, "MAX_OUTPUT", 1_000_000)
    monkeypatch.setattr(programs, "MAX_LINE", 200_000)
    failed = failure(program(office, body))
    assert (failed.why, says in failed.message) == (Why.BROKEN, True)


def test_a_program_that_never_reads_and_says_much_does_not_lock_up(office: Office) -> None:
    many = [who("email", f"someone-with-a-long-name-{number}@example.com") for number in range(5_000)]
    source = program(office, "[print(json.dumps({'id': n, 'email': 'x@x.example'})) for n in range(20000)]")
    assert found(source, *many) == []


def test_who_stops_listening_leaves_nothing_running(office: Office) -> None:
    body = f"open('pid', 'w').write(str(os.getpid()))\nprint({json.dumps(ROW)!r}, flush=True)\ntime.sleep(600)"
    source = program(office, body)
    records = source.find(source.settings.record_sets[0], [ANA])
    assert next(records).key == "1"
    records.close()  # type: ignore[attr-defined]
    assert gone(int((office.home / "pid").read_text(encoding="utf-8")))


def test_a_trial_counts_what_the_program_counts(office: Office) -> None:
    assert program(office, """print('{"rows": 7}')""").test().rows == {"people": 7}
    assert program(office, "").test().rows == {}
    with pytest.raises(SourceFailed, match="its count is not an object"):
        program(office, """print('{"rows": "many"}')""").test()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ('argumnets = "x"', 'no option "argumnets". Did you mean "arguments"'),
        ('arguments = "\'"', "quotation marks"),
        ("timeout_seconds = 0", "must be a number from 1"),
        ('CRM_TOKEN = "env:NOT_THERE"', "the secret env:NOT_THERE is not to be found"),
        ('CRM_TOKEN = "file:gone"', "the secret file:gone is not to be found"),
    ],
)
def test_a_wrong_setting_is_a_sentence(office: Office, options: str, says: str) -> None:
    assert says in failure(program(office, "", options=options)).message


def test_a_program_that_may_not_be_run_is_told(office: Office) -> None:
    source = program(office, "")
    (office.home / "tools" / "find").chmod(0o600)
    assert failure(source).why is Why.REFUSED


def test_a_secret_may_stand_in_a_file(office: Office) -> None:
    (office.home / "key").write_text("s3cret\n", encoding="utf-8")
    body = "print(json.dumps({'id': 1, 'email': 'ana@example.com', 'note': os.environ['CRM_TOKEN']}))"
    (record,) = found(program(office, body, options='CRM_TOKEN = "file:key"'))
    assert record.values["note"] == "s3cret"


def test_a_program_of_the_search_path_is_found_by_its_name(office: Office) -> None:
    text = source_file(record_set("people", field("email", *kind_of("email"))), kind="command", path="true")
    office.describe("crm", text)
    assert subprocess.run(["true"], check=False).returncode == 0
    assert found(office.source("crm")) == []
