"""Source files: every fault of every file at once, in sentences that say where; and what a sound file becomes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dsar.case.identifiers import Holder
from dsar.case.records import DataRole, Disclose, OnDelete
from dsar.errors import InputWrong
from dsar.sources.interface import SourceSettings
from dsar.sources.settings import load_sources
from tests.sources.office import ROLE, field, kind_of, record_set, source_file

FULL = """
[source]
kind = "sqlite"
title = "Customer database"
owner = "luis"
path = "/srv/crm.sqlite"
country = "US"
ask = "luis"
timeout_seconds = 20
options = { password = "env:CRM_PASSWORD", pool = 3 }

[[record_set]]
name = "seats"
title = "Your user account"
key = ["seat_id"]
time = "created_at"
holder = "person"
category = "account"
basis = "contract"
retention = "as long as the account exists"
recipients = ["Harbor Hosting (hosting)"]
obtained_from = "your employer"
automated_decisions = "none"
transfers = "none"
secret = true
omit_when = [{ to_number = "+18005550199", count = 2, live = true }]
on_delete = "keep"
keep_ground = "tax law"
keep_until = "ten years"

[[record_set.role]]
role = "processor"
purpose = "carrying traffic"
until = 2024-12-31
customer = "customer_id"

[[record_set.role]]
role = "controller"
purpose = "billing"
since = 2025-01-01

[[record_set.field]]
name = "email"
meaning = "Your e-mail address"
category = "contact"
origin = "observed"
identifies = "email"
match = true
emits = true
holder = "shared"
since = "assigned_on"
until = "released_on"
disclose = "never"
show_when = [{ direction = "outbound" }]
hide_when = [{ presentation = "withheld" }]
text = true
correctable = true
codes = { A = "active", C = "closed" }
on_delete = "mask"
"""


def loaded(folder: Path, **files: str) -> list[SourceSettings]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return load_sources(folder)


def faults(folder: Path, **files: str) -> list[str]:
    with pytest.raises(InputWrong) as wrong:
        loaded(folder, **files)
    first, *lines = wrong.value.message.splitlines()
    assert first.startswith(f"{len(lines)} fault")
    return [line.strip() for line in lines]


def test_every_setting_arrives(tmp_path: Path) -> None:
    (settings,) = loaded(tmp_path, crm=FULL)
    assert (settings.name, settings.kind, settings.title, settings.owner) == (
        "crm",
        "sqlite",
        "Customer database",
        "luis",
    )
    assert (settings.path, settings.country) == ("/srv/crm.sqlite", "US")
    assert dict(settings.options) == {
        "password": "env:CRM_PASSWORD", "pool": "3", "ask": "luis", "timeout_seconds": "20"
    }  # fmt: skip
    assert settings.notes == ("/srv/crm.sqlite lies outside the workspace.",)
    one = settings.record_set("seats")
    assert one is not None
    assert settings.record_set("sofas") is None
    assert (one.source, one.place, one.key, one.time_field, one.country) == (
        "crm",
        "seats",
        ("seat_id",),
        "created_at",
        "US",
    )
    assert (one.on_delete, one.keep_ground, one.keep_until, one.secret) == (OnDelete.KEEP, "tax law", "ten years", True)
    assert (one.category, one.basis, one.retention) == ("account", "contract", "as long as the account exists")
    assert (one.obtained_from, one.automated_decisions, one.transfers) == ("your employer", "none", "none")
    assert one.recipients == ("Harbor Hosting (hosting)",)
    assert one.omit_when == ({"to_number": "+18005550199", "count": "2", "live": "true"},)
    assert [(role.role, role.since, role.until, role.customer_field) for role in one.roles] == [
        (DataRole.PROCESSOR, None, date(2024, 12, 31), "customer_id"),
        (DataRole.CONTROLLER, date(2025, 1, 1), None, ""),
    ]
    (email,) = one.fields
    assert (email.identifies, email.match, email.emits, email.text, email.correctable) == (
        "email",
        True,
        True,
        True,
        True,
    )
    assert (email.holder, email.disclose, email.on_delete) == (Holder.SHARED, Disclose.NEVER, OnDelete.MASK)
    assert (email.since_field, email.until_field) == ("assigned_on", "released_on")
    assert (email.show_when, email.hide_when) == (({"direction": "outbound"},), ({"presentation": "withheld"},))
    assert (email.codes, email.origin, email.category) == ((("A", "active"), ("C", "closed")), "observed", "contact")


def test_what_stands_on_an_organisations_record_is_the_organisations(tmp_path: Path) -> None:
    fields = field("contact", *kind_of("email")), field("own", *kind_of("email", 'holder = "person"'))
    one = record_set("accounts", *fields, more='holder = "organisation"')
    (settings,) = loaded(tmp_path, crm=source_file(one))
    assert [described.holder for described in settings.record_sets[0].fields] == [Holder.ORGANISATION, Holder.PERSON]


def test_the_place_is_the_table_or_the_sources_own_file(tmp_path: Path) -> None:
    one = record_set("calls", field("number", *kind_of("phone")))
    csv = source_file(one, kind="csv", path="data/calls.csv")
    assert [settings.record_sets[0].place for settings in loaded(tmp_path, a=csv, b=source_file(one))] == [
        "data/calls.csv",
        "calls",
    ]


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    crm = """
[source]
kind = "sqlite"
titel = "CRM"
owner = "luis"
path = "data/crm.sqlite"
country = "usa"
[[record_set]]
name = "Seats"
title = ""
key = "seat_id"
holder = "persn"
secret = "no"
[[record_set.role]]
role = "controler"
purpose = "x"
since = "2024-01-01"
[[record_set.field]]
name = "email"
identifies = "emial"
matches = true
match = "yes"
show_when = [{ a = [1] }]
[[record_set.field]]
name = "name"
meaning = "Your name"
identifies = "name"
match = true
[[record_set.field]]
meaning = "?"
"""
    kinds = (
        "account_id, address, birth_date, child, child_email, cookie, customer_no, device_id, email, ip, name, phone, "
    )
    assert faults(tmp_path, crm=crm, slip="a = b") == [
        'sources/crm.toml source: "title" is missing.',
        'sources/crm.toml source: "country" must be two capital letters, such as "US" or "DE".',
        'sources/crm.toml source: there is no setting "titel". Did you mean "title"?',
        'sources/crm.toml record_set "Seats": "name" must be made of small letters, digits, - and _.',
        'sources/crm.toml record_set "Seats": "title" must not be empty.',
        'sources/crm.toml record_set "Seats": "key" must be a list ([...]).',
        'sources/crm.toml record_set "Seats": "holder" must be one of person, organisation, shared. '
        'Did you mean "person"?',
        'sources/crm.toml record_set "Seats": "secret" must be true or false, without quotation marks.',
        'sources/crm.toml record_set "Seats", role number 1: "role" must be one of controller, processor. '
        'Did you mean "controller"?',
        'sources/crm.toml record_set "Seats", role number 1: "since" must be a date without quotation marks, '
        "such as 2026-11-21.",
        'sources/crm.toml record_set "Seats", field "email": "meaning" is missing.',
        f'sources/crm.toml record_set "Seats", field "email": "identifies" must be one of {kinds}record_id, username. '
        'Did you mean "email"?',
        'sources/crm.toml record_set "Seats", field "email": "match" must be true or false, without quotation marks.',
        'sources/crm.toml record_set "Seats", field "email", show_when number 1: "a" must be words in quotation '
        'marks ("...").',
        'sources/crm.toml record_set "Seats", field "email": there is no setting "matches". Did you mean "match"?',
        'sources/crm.toml record_set "Seats", field "name": "match" is true, but name alone is never enough to '
        "search by.",
        'sources/crm.toml record_set "Seats", field number 3: "name" is missing.',
        "sources/slip.toml: this is not TOML: Invalid value (at line 1, column 5).",
    ]


SOUND = record_set("seats", field("email", *kind_of("email")))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (SOUND, 'sources/crm.toml: "source" is missing.'),
        (source_file(SOUND, path=""), 'sources/crm.toml source: "path" is missing: where is it?'),
        (source_file(SOUND, path="a\\u0000b"), 'sources/crm.toml source: "path" is not a file name.'),
        (source_file(SOUND, kind="person"), 'the kind is person, so "ask" must say who is asked (a staff id).'),
        (source_file(SOUND, SOUND), 'record_set "seats": two record sets have this name.'),
        (
            source_file(SOUND.replace('key = ["id"]', "")),
            '"key" is missing: which columns tell one record from another?',
        ),
        (source_file(record_set("seats", field("email"))), 'no field has "match" or "text"'),
        (source_file(record_set("seats")), '"field" is missing.'),
        (source_file(SOUND.replace(ROLE, "")), '"role" is missing.'),
        (source_file(SOUND.replace(ROLE, "role = []")), '"role" needs at least one entry.'),
        (source_file(SOUND + field("email")), 'the field "email" is described twice.'),
        (source_file(record_set("s", field("x", "emits = true"))), '"emits" is true, but "identifies" does not say'),
        (
            source_file(record_set("s", field("x", "text = true", 'on_delete = "row"'))),
            '"row" belongs to the record set.',
        ),
        (
            source_file(record_set("s", field("x", "text = true", 'origin = "given"'))),
            "one of provided, observed, inferred.",
        ),
        (source_file(SOUND.replace("key", 'on_delete = "keep"\nkey')), '"keep_ground" must say on what ground.'),
        (
            source_file(SOUND.replace("purpose", "since = 2025-01-01\nuntil = 2024-01-01\npurpose")),
            'role number 1: "until" is before "since".',
        ),
        (source_file(SOUND, more='options = { api_key = "hunter2" }'), '"api_key" is a secret and stands here for all'),
        (source_file(SOUND, path="postgres://luis:hunter2@db/crm"), '"path" holds a password.'),
        (source_file(SOUND, more="timeout_seconds = 0"), '"timeout_seconds" is too small.'),
        (source_file(SOUND, more="options = { deep = { er = 1 } }"), '"deep" must be words'),
        (
            source_file(record_set("m", field("from", *kind_of("email", "emits = true"))), kind="mailbox"),
            'field "from": "emits" would take the other party of a letter for the person.',
        ),
    ],
)
def test_each_fault_has_its_sentence(tmp_path: Path, text: str, says: str) -> None:
    (fault,) = faults(tmp_path, crm=text)
    assert says in fault
    assert "hunter2" not in fault


def test_a_sound_file_is_withheld_while_another_has_faults(tmp_path: Path) -> None:
    assert len(faults(tmp_path, good=source_file(SOUND), bad=SOUND)) == 1


@pytest.mark.parametrize("name", ["CRM", "my crm", "-x", "x" * 61])
def test_a_source_has_a_plain_name(tmp_path: Path, name: str) -> None:
    (fault,) = faults(tmp_path, **{name: source_file(SOUND)})
    assert "a source is called by small letters" in fault


def test_other_files_and_a_folder_that_is_not_there_hold_no_sources(tmp_path: Path) -> None:
    (tmp_path / "README.txt").write_text("not a source", encoding="utf-8")
    assert load_sources(tmp_path) == load_sources(tmp_path / "gone") == []


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\xff\xfe[source]", "not written in UTF-8"),
        (b"a=" + b"[" * 5000, "too deep"),
        (b"#" * 3_000_000, "larger than"),
    ],
)
def test_a_hostile_file_is_a_fault(tmp_path: Path, raw: bytes, says: str) -> None:
    (tmp_path / "crm.toml").write_bytes(raw)
    (fault,) = faults(tmp_path)
    assert says in fault


@pytest.mark.parametrize(
    ("path", "outside"), [("data/crm.sqlite", False), ("../crm.sqlite", True), ("/srv/crm", True), ("~/crm", True)]
)
def test_a_path_outside_the_workspace_is_allowed_and_told(tmp_path: Path, path: str, outside: bool) -> None:
    (settings,) = loaded(tmp_path, crm=source_file(SOUND, path=path))
    assert settings.notes == ((f"{path} lies outside the workspace.",) if outside else ())


def test_a_processor_without_a_customer_column_is_told(tmp_path: Path) -> None:
    (settings,) = loaded(tmp_path, crm=source_file(SOUND.replace("controller", "processor")))
    assert settings.notes == ('Record set seats: no column says which customer it is held for ("customer").',)
