"""PostgreSQL hands over its candidates many at once: the same ones, as they are stored, in parallel, and unnamed."""

from __future__ import annotations

import random
import re
import resource
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from dsar.case.identifiers import Identifier
from dsar.sources import asking
from dsar.sources.answers import Answer
from dsar.sources.batches import Aside, Rows
from dsar.sources.database import SqlSource
from dsar.sources.matching import Matcher
from dsar.sources.pending import Pending
from dsar.sources.postgres_select import Select, select
from dsar.sources.search import Subject, search_many
from tests.slow.database_office import ANA, SECRET, describe_tables, described, search, write_people
from tests.slow.servers import PASSWORD, READER, Server
from tests.sources.office import Office, field, kind_of, record_set, source_file, who
from tests.sources.spellings import ODD

pytestmark = pytest.mark.slow
PHONE = who("phone", "+1 415 555 0100")
COLUMNS = ("id", "email", "phone", "note")
CREATE = "CREATE TABLE people (id bigint PRIMARY KEY, email text, phone text, note text)"


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)


@pytest.fixture
def server(postgres_server: Server) -> Server:
    """PostgreSQL without any table."""
    postgres_server.empty()
    return postgres_server


def sql_source(office: Office) -> SqlSource:
    source = office.source("crm")
    assert isinstance(source, SqlSource)
    return source


def batches_of(source: SqlSource, *wanted: Identifier) -> Iterator[Rows]:
    """All batches, as they come."""
    one = source.settings.record_sets[0]
    batches = source.batches(one, Matcher(one, wanted))
    assert batches is not None
    return (batch for batch in batches if not isinstance(batch, Aside))


def candidates(source: SqlSource, *wanted: Identifier) -> list[dict[str, str]]:
    """The rows of all batches."""
    return [
        dict(zip(batch.columns, batch.cells(nth), strict=True))
        for batch in batches_of(source, *wanted)
        for nth, _ in enumerate(batch.column(0))
    ]


def found(source: SqlSource, *wanted: Identifier) -> list[dict[str, str]]:
    """Those of them that are somebody's."""
    matcher = Matcher(source.settings.record_sets[0], wanted)
    return [row for row in candidates(source, *wanted) if matcher.match(row)]


def spelled(dice: random.Random, kind: str) -> str:
    """A value as nobody would write it, often one of those looked for."""
    if kind == "email":
        text = dice.choice(["ana@example.com", "ana@example.co", "xana@example.com", "b@x.example", "ana", "@", ""])
        signs = " \t\n,;<>()!'\"\\.A\u00e9\uff41\uff20\U0001f600"
    else:
        text = dice.choice(["+14155550100", "4155550100", "0014155550100", "5550100", "+442079460018", "12", ""])
        signs = " \t\n,;/+-.()x\\\u0664\uff14\u2011\u00a0#"
    for _ in range(dice.choice([0, 0, 1, 2, 4])):
        at = dice.randint(0, len(text))
        text = text[:at] + dice.choice(signs) * dice.choice([1, 1, 2]) + text[at:]
    return dice.choice([text, text.upper(), f"{text}, {text}", f"tel {text}"]) if dice.random() < 0.3 else text


@pytest.mark.parametrize("count", [1, 80])
def test_batches_lose_no_spelling_and_tell_what_records_tell(office: Office, server: Server, count: int) -> None:
    dice = random.Random(count)
    rows = [(n, spelled(dice, "email"), spelled(dice, "phone"), "") for n in range(4_000)]
    rows += [(n + 4_000, *(cell if kind == name else "" for name in COLUMNS[1:])) for n, (kind, cell) in enumerate(ODD)]
    server.run(CREATE)
    with server.connect() as connection, connection.cursor().copy("COPY people FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    describe_tables(office, server, described("people"))
    source = sql_source(office)
    others = [Identifier(kind="email", value=f"p{n}@x.example") for n in range(1, count)]
    others += [Identifier(kind="phone", value=f"+1415556{n:04}") for n in range(1, count)]
    wanted = [ANA, PHONE, *others]
    matcher = Matcher(source.settings.record_sets[0], wanted)
    meant = [str(row[0]) for row in rows if matcher.match(dict(zip(COLUMNS, map(str, row), strict=True)))]
    assert len(meant) > 500
    ours = found(source, *wanted)
    assert sorted(int(row["id"]) for row in ours) == sorted(map(int, meant))
    records = {record.key: dict(record.values) for record in search(source, *wanted)}
    assert records == {row["id"]: row for row in ours}


STORED = [
    "tab\there", "two\nlines", "back\\slash", "\\N", "\\.", "", "unit\x1fseparator", "\U0001f600\uffff", "\r\n\b\f\v",
    "{a,\"b\"}", "NULL", "caf\u00e9", "plain",
]  # fmt: skip


def test_every_text_comes_as_it_is_stored_and_nothing_as_nothing(office: Office, server: Server) -> None:
    server.run(CREATE)
    server.fill("people", COLUMNS, [(n, "ana@example.com", None, text) for n, text in enumerate(STORED)])
    describe_tables(office, server, described("people"))
    source = sql_source(office)
    told = {row["id"]: row for row in candidates(source, ANA)}
    assert [told[str(n)]["note"] for n, _ in enumerate(STORED)] == STORED
    assert {row["phone"] for row in told.values()} == {""}
    for batch in batches_of(source, ANA):
        assert (batch.columns, batch.name, list(batch.lines)) == (COLUMNS, "people", [])
        assert [batch.cells(nth)[3] for nth, _ in enumerate(STORED)] == [STORED[int(key)] for key in batch.column(0)]


def test_a_list_arrives_as_it_is(office: Office, server: Server) -> None:
    write_people(office, server)
    source = office.source("people")
    assert isinstance(source, SqlSource)
    reader: Any = source._reader()
    values = [*STORED, "a,b", '"', "\\\"'", "{", "}", " x ", "\x01", "%", "' OR 1=1"]
    with reader._session() as connection:
        reader._send(connection, Select(columns=(), text="", lists={0: values, 1: [], 2: ["with\0nothing"]}))
        for number, meant in enumerate([values, [], []]):
            listed = f"SELECT value FROM unnest(current_setting('dsar.wanted{number}')::text[]) AS w (value)"
            assert [value for (value,) in connection.execute(listed)] == meant
        assert connection.execute("SELECT count(*) FROM pg_temp.dsar_wanted").fetchone() == (0,)
    with reader._session() as connection:
        # what was looked for ends with its transaction
        assert connection.execute("SELECT current_setting('dsar.wanted0', true)").fetchone() in ((None,), ("",))


@contextmanager
def talkative(server: Server) -> Iterator[None]:
    """A server that logs every plan and every duration, and finds no table too small for several processes."""
    settings = {
        "session_preload_libraries": "'auto_explain'", "auto_explain.log_min_duration": "0",
        "auto_explain.log_analyze": "on", "auto_explain.log_verbose": "on", "log_min_duration_statement": "0",
        "log_parameter_max_length": "-1", "min_parallel_table_scan_size": "0", "parallel_setup_cost": "0",
    }  # fmt: skip
    server.run("LOAD 'auto_explain'", *(f"ALTER DATABASE office SET {name} = {one}" for name, one in settings.items()))
    try:
        yield
    finally:
        server.run("ALTER DATABASE office RESET ALL")


@pytest.mark.parametrize("how", ["by index", "normal", "as they are"])
@pytest.mark.parametrize("count", [1, 20_000])
def test_several_processes_search_and_the_log_names_nobody(
    office: Office, server: Server, how: str, count: int
) -> None:
    server.run(CREATE)
    rows = "SELECT n, 'p' || n || '@secret.example', '+1415' || 5000000 + n, '' FROM generate_series(1, 60000) n"
    server.run(f"INSERT INTO people {rows}")
    if how == "by index":
        server.run("CREATE INDEX by_mail ON people (email)", "CREATE INDEX by_phone ON people (phone)")
    server.run("VACUUM ANALYZE people")
    describe_tables(office, server, described("people", normal=how != "as they are"))
    source = sql_source(office)
    wanted = [Identifier(kind="phone", value=f"+1415{5_000_000 + n}") for n in range(1, count + 1)]
    wanted += [Identifier(kind="email", value=f"p{n}@secret.example") for n in range(1, count + 1)]
    with talkative(server):
        begun = len(server.log)
        assert len(found(source, *wanted)) == count
        source._reader().close()
        written = server.log[begun:]
    if how == "by index":
        # each index once with its whole list, and the table in its order
        assert "BitmapOr" in written
        assert not re.search("Seq Scan on (public.)?people", written), written
    else:
        assert re.search(r"Workers Launched: [1-9]", written), written
    assert "secret.example" not in written
    assert not re.search(r"(?<!\d)\+?1?4155\d{6}", written)
    asked = re.findall(r"(?m)(?:statement: |execute [^:]*: )(.+)", written)
    searching = [one for one in asked if "dsar.wanted" in one or one.startswith("COPY")]
    assert [one.split()[0] for one in searching] == ["COPY", "SELECT"], searching
    assert len(max(asked, key=len)) < 10_000


MANY = [who("email", "ana@example.com"), *(Identifier(kind="email", value=f"p{n}@x.example") for n in range(5_000))]
# What makes an index no help for a whole list, or help for a part of the rows only.
NO_HELP = {
    "inherited": [CREATE, "CREATE INDEX ON people (email)", "CREATE TABLE more () INHERITS (people)"],
    "partitioned": [
        CREATE.replace(" PRIMARY KEY", "") + " PARTITION BY RANGE (id)",
        "CREATE TABLE low PARTITION OF people FOR VALUES FROM (0) TO (9)",
        "CREATE TABLE high PARTITION OF people FOR VALUES FROM (9) TO (99)",
        "CREATE INDEX ON people (email)",
    ],
    "partial": [CREATE, "CREATE INDEX ON people (email) WHERE id > 3"],
    "of another order": [CREATE, 'CREATE INDEX ON people (email COLLATE "C")'],
    "of another kind": [CREATE, "CREATE INDEX ON people USING brin (email)"],
    "for patterns": [CREATE, "CREATE INDEX ON people (email text_pattern_ops)"],
    "behind a view": [
        CREATE.replace("people", "persons"), "CREATE INDEX ON persons (email)", "CREATE VIEW people AS TABLE persons",
    ],
    "of another type": [CREATE.replace("email text", "email char(40)"), "CREATE INDEX ON people (email)"],
}  # fmt: skip


@pytest.mark.parametrize("why", NO_HELP)
def test_what_an_index_cannot_be_asked_for_at_once_is_found_otherwise(office: Office, server: Server, why: str) -> None:
    server.run(*NO_HELP[why])
    table = "persons" if "view" in why else "people"
    server.run(f"INSERT INTO {table} SELECT n, 'ana@example.com', '', '' FROM generate_series(1, 20) n")
    if why == "inherited":
        server.run("INSERT INTO more SELECT n, 'ana@example.com', '', '' FROM generate_series(21, 30) n")
    server.run("ANALYZE")
    one = record_set("people", field("email", *kind_of("email", "normal = true")))
    describe_tables(office, server, one)
    source = sql_source(office)
    assert len(found(source, *MANY)) == (30 if why == "inherited" else 20)
    asked = select(source._table(source.settings.record_sets[0]), Matcher(source.settings.record_sets[0], MANY))
    assert not asked.settings
    assert "ANY" not in asked.text


def test_an_index_is_asked_also_where_many_rows_are_alike(office: Office, server: Server) -> None:
    server.run(CREATE, "CREATE INDEX by_mail ON people (email)")
    server.run("INSERT INTO people SELECT n, 'p' || n % 3 || '@x.example', '', '' FROM generate_series(1, 90000) n")
    server.run("VACUUM ANALYZE people")
    describe_tables(office, server, record_set("people", field("email", *kind_of("email", "normal = true"))))
    source = sql_source(office)
    one = source.settings.record_sets[0]
    asked = select(source._table(one), Matcher(one, MANY))
    reader: Any = source._reader()
    with reader._session() as connection:
        reader._send(connection, asked)
        plan = "\n".join(line for (line,) in connection.execute(f"EXPLAIN {asked.text}"))
    assert "by_mail" in plan
    assert "Seq Scan on people" not in plan
    with reader._session() as connection:
        # of the next search nothing is forbidden
        assert connection.execute("SHOW enable_seqscan").fetchone() == ("on",)
    assert len(found(source, *MANY)) == 90_000


def test_memory_stays_bounded_however_much_is_found(office: Office, server: Server) -> None:
    server.run(CREATE)
    server.run(
        "INSERT INTO people SELECT n, 'ana@example.com', '', repeat('x', 1000) FROM generate_series(1, 100000) n"
    )
    describe_tables(office, server, described("people"))
    source = sql_source(office)
    first = batches_of(source, ANA)
    next(first)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert sum(len(batch.column(0)) for batch in batches_of(source, ANA)) == 100_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_a_search_left_or_beside_another_disturbs_none(office: Office, server: Server) -> None:
    server.run(CREATE)
    server.run("INSERT INTO people SELECT n, 'ana@example.com', '', 'x' FROM generate_series(1, 5000) n")
    describe_tables(office, server, described("people"))
    source = sql_source(office)
    left = batches_of(source, ANA)
    next(left)
    assert len(candidates(source, ANA)) == 5_000
    del left
    assert len(candidates(source, ANA)) == 5_000
    source._reader().close()
    open_ones = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{READER}'"
    assert server.run("SELECT pg_sleep(0.2)", open_ones) == [(0,)]
    assert len(search(source)) == 5_000


def test_a_search_left_before_its_first_row_is_ended_at_the_server(office: Office, server: Server) -> None:
    sleep = "SELECT 1 AS id, 'ana@example.com' AS email, pg_sleep(600)::text AS phone, '' AS note"
    server.run(f"CREATE VIEW people AS {sleep}")
    describe_tables(office, server, described("people"))
    source = sql_source(office)
    one = source.settings.record_sets[0]
    batches = source.batches(one, Matcher(one, [ANA]))
    assert isinstance(batches, Generator)
    waits = next(batches)
    assert isinstance(waits, Pending)
    assert not waits.arrived()
    batches.close()
    assert waits.arrived()
    asked = f"SELECT count(*) FROM pg_stat_activity WHERE usename = '{READER}' AND query LIKE '%pg_sleep%'"
    assert server.run(asked) == [(0,)]


def test_without_temporary_tables_the_batches_are_the_same(office: Office, server: Server) -> None:
    server.run("REVOKE TEMPORARY ON DATABASE office FROM PUBLIC", CREATE)
    try:
        server.fill("people", COLUMNS, [(1, "ANA@example.com", "", ""), (2, "b@x.example", "415-555-0100", "")])
        describe_tables(office, server, described("people"))
        source = sql_source(office)
        assert [row["id"] for row in found(source, ANA, PHONE)] == ["1", "2"]
    finally:
        server.run("GRANT TEMPORARY ON DATABASE office TO PUBLIC")


def test_a_database_whose_text_is_in_doubt_gives_no_batches(office: Office, server: Server) -> None:
    server.run("DROP DATABASE IF EXISTS doubtful", database="postgres")
    server.run("CREATE DATABASE doubtful ENCODING SQL_ASCII LOCALE 'C' TEMPLATE template0", database="postgres")
    server.run(CREATE, f"GRANT SELECT ON people TO {READER}", database="doubtful")
    options = f"[source.options]\n{SECRET}"
    tables = record_set("people", field("email", *kind_of("email")))
    address = server.address(database="doubtful")
    office.describe("crm", source_file(tables, kind="sql", path=address, more=options))
    source = sql_source(office)
    one = source.settings.record_sets[0]
    assert source.batches(one, Matcher(one, [ANA])) is None


def told(office: Office) -> tuple[int, list[dict[str, str]]]:
    """What a search for Ana keeps, through the spool."""
    kept: list[dict[str, str]] = []
    counted = 0

    def settled(found: Mapping[str, Answer]) -> None:
        nonlocal counted
        counted += found["ana"].found
        kept.extend(dict(one.record.values) for one in found["ana"].written())

    subjects = {"ana": Subject(identifiers=[ANA]), "other": Subject(identifiers=[PHONE])}
    search_many(office.sources(), subjects, settled=settled, keep_records=False)
    return counted, sorted(kept, key=lambda row: row["id"])


@pytest.mark.parametrize("odd", [[], [4_321], [0, 4_321, 5_999]])
def test_a_text_that_holds_what_parts_cells_loses_and_doubles_nothing(
    office: Office, server: Server, odd: list[int]
) -> None:
    server.run(CREATE)
    notes = {n: STORED[n % len(STORED)].replace("\x1f", "") for n in range(6_000)} | dict.fromkeys(odd, "unit\x1fsign")
    server.fill("people", COLUMNS, [(n, "ana@example.com", None, note) for n, note in notes.items()])
    describe_tables(office, server, described("people", normal=True))
    counted, kept = told(office)
    assert counted == len(kept) == 6_000
    assert {int(row["id"]): row["note"] for row in kept} == notes
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(asking, "fits", lambda _one: False)
        assert told(office) == (counted, kept)


def test_a_table_may_have_more_columns_than_a_call_has_arguments(office: Office, server: Server) -> None:
    more = [f"c{n}" for n in range(250)]
    server.run(f"CREATE TABLE people (id bigint, email text, phone text, {', '.join(f'{one} text' for one in more)})")
    values = {"id": "1", "email": "ana@example.com", "phone": "", **{one: one.upper() for one in more}}
    server.fill("people", tuple(values), [tuple(values.values())])
    describe_tables(office, server, described("people", normal=True))
    assert candidates(sql_source(office), ANA) == [values]


def test_texts_of_a_megabyte_arrive_whole(office: Office, server: Server) -> None:
    server.run(
        CREATE,
        "INSERT INTO people SELECT n, 'ana@example.com', '', repeat(n::text, 300000) FROM generate_series(1, 30) n",
    )
    describe_tables(office, server, described("people", normal=True))
    rows = candidates(sql_source(office), ANA)
    assert sorted(int(row["id"]) for row in rows) == list(range(1, 31))
    assert all(row["note"] == row["id"] * 300_000 for row in rows)
