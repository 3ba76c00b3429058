"""MariaDB hands over its candidates many at once: the same ones as record by record, and what is no text is told."""

from __future__ import annotations

import random
import resource
from collections.abc import Generator
from contextlib import closing

import pytest

from dsar.sources import mysql_select
from dsar.sources.batches import Batch
from dsar.sources.database import SqlSource
from dsar.sources.matching import Matcher
from dsar.sources.mysql_select import select
from tests.slow.database_office import ANA, describe_tables, described, search
from tests.slow.servers import PASSWORD, Server
from tests.sources.judged import EMAILS, NUMBERS, alike
from tests.sources.office import Office, field, kind_of, record_set, who
from tests.sources.spellings import ODD

pytestmark = pytest.mark.slow
CREATE = "CREATE TABLE people (id INT PRIMARY KEY, email TEXT, phone TEXT, shape MULTIPOINT) CHARACTER SET utf8mb4"
# Its bytes are no text, and it is none of the kinds that are told by their size.
SHAPED = "UPDATE people SET shape = ST_GeomFromText('MULTIPOINT(1.1 2.2, -3.3 4.4)') WHERE "
FIELDS = (field("email", *kind_of("email")), field("phone", *kind_of("phone")))


@pytest.fixture(autouse=True)
def _secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DSAR_TEST_PASSWORD", PASSWORD)


@pytest.fixture
def server(mariadb_server: Server) -> Server:
    """MariaDB without any table."""
    mariadb_server.empty()
    return mariadb_server


@pytest.mark.parametrize("normal", [False, True])
def test_both_ways_find_and_tell_the_same(office: Office, server: Server, normal: bool) -> None:
    dice = random.Random(20_261_122)
    odd = [(cell, "") if kind == "email" else ("", cell) for kind, cell in ODD if kind != "note"]
    rows = [*odd, *((dice.choice(EMAILS), dice.choice(NUMBERS)) for _ in range(1_500))]
    server.run(CREATE)
    server.fill("people", ["id", "email", "phone"], [(nth, *row) for nth, row in enumerate(rows)])
    server.run(SHAPED + "id % 200 = 7")
    kept = ["normal = true"] if normal else []
    fields = (field("email", *kind_of("email", *kept)), field("phone", *kind_of("phone", *kept)))
    describe_tables(office, server, record_set("people", *fields))
    people = {
        "ana": [ANA, who("phone", "+1 202 555 0100"), who("phone", "+1 415 555 0100")],
        "ben": [who("email", "ben@example.com"), who("phone", "+1 202 555 0101"), who("phone", "+44 20 7946 0018")],
        "nobody": [who("email", "nobody@example.com")],
    }
    found = alike(office, people)
    assert found["ana"][0].found > 100
    assert found["ana"][0].problems


@pytest.mark.parametrize("normal", [False, True])
@pytest.mark.parametrize("columns", ["utf8mb4", "latin1", "utf8mb3"])
def test_however_many_are_looked_for_no_row_is_compared_with_each(
    office: Office, server: Server, normal: bool, columns: str
) -> None:
    server.run(f"CREATE TABLE people (id INT PRIMARY KEY, email TEXT, phone VARCHAR(60)) CHARACTER SET {columns}")
    server.run("INSERT INTO people SELECT seq, concat(seq, '@x.example'), seq FROM seq_1_to_2000")
    kept = ["normal = true"] if normal else []
    fields = (field("email", *kind_of("email", *kept)), field("phone", *kind_of("phone", *kept)))
    describe_tables(office, server, record_set("people", *fields))
    source = office.source("crm")
    assert isinstance(source, SqlSource)
    one = source.settings.record_sets[0]
    emails = [who("email", f"{nth}@x.example") for nth in range(20_000)]
    phones = [who("phone", f"+1415{nth:07}") for nth in range(20_000)]
    text, lists = select(source._table(one), Matcher(one, [*emails, *phones]))
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {text}", lists)
        steps = {row[1] for row in cursor.fetchall()}
        cursor.execute(text, lists)
        assert len(cursor.fetchall()) == 2_000
        cursor.execute("SHOW SESSION STATUS LIKE 'Created_tmp_disk_tables'")
        ((_, on_disk),) = cursor.fetchall()
    assert "MATERIALIZED" in steps
    assert "DEPENDENT SUBQUERY" not in steps
    assert int(on_disk) == 0


def test_what_is_no_text_comes_in_batches_of_its_own_and_in_its_order(office: Office, server: Server) -> None:
    server.run(CREATE)
    server.fill("people", ["id", "email"], [(nth, "ana@example.com") for nth in range(9)])
    server.run(SHAPED + "id IN (3, 4)")
    describe_tables(office, server, record_set("people", *FIELDS))
    source = office.source("crm")
    one = source.settings.record_sets[0]
    batches = list(source.batches(one, Matcher(one, [ANA])))  # type: ignore[attr-defined]
    assert all(isinstance(batch, Batch) for batch in batches)
    assert [(batch.odd, batch.column(0)) for batch in batches] == [
        (False, ["0", "1", "2"]),
        (True, ["3", "4"]),
        (False, ["5", "6", "7", "8"]),
    ]
    assert batches[1].column(3)[0].startswith("\0\0\0\0")
    assert "\\x9a\\x99" in batches[1].column(3)[0]
    assert [problem.says[:12] for problem in source.problems] == ["The record 3", "The record 4"]


def test_memory_stays_bounded_and_a_search_may_be_left(office: Office, server: Server) -> None:
    server.run("CREATE TABLE people (id INT PRIMARY KEY, email TEXT, phone TEXT, note TEXT)")
    server.run("INSERT INTO people SELECT seq, 'ana@example.com', '', repeat('x', 1000) FROM seq_1_to_60000")
    describe_tables(office, server, described("people", normal=True))
    source = office.source("crm")
    one = source.settings.record_sets[0]
    left = source.batches(one, Matcher(one, [ANA]))  # type: ignore[attr-defined]
    assert isinstance(left, Generator)
    next(left)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    every = source.batches(one, Matcher(one, [ANA]))  # type: ignore[attr-defined]
    assert sum(len(batch.column(0)) for batch in every) == 60_000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 16 * 1024
    left.close()
    assert len(search(source)) == 60_000


# Nothing breaks its promise so that it would be found only by chance, in a row that is looked at for something else.
WRITTEN = [
    "ana@example.com", "ben@example.com", "an\u00e4@example.com", "ana@example.co", "a7", "A7", "a7 ", "7", "07", "-7",
    "1541815603606036480", "18446744073709551615", "z\u00fc", "\U0001f600", "", "+14155550100", "0014155550100",
    "14155550100", "x" * 60,
]  # fmt: skip
# How text is compared, each with an index of its own; one whose letters are told apart, and one with few signs.
COMPARED = ["utf8mb4_general_ci", "utf8mb4_bin", "utf8mb4_unicode_520_ci", "latin1_swedish_ci", "ascii_bin"]


@pytest.mark.parametrize("collation", COMPARED)
def test_an_index_finds_what_reading_every_row_finds(office: Office, server: Server, collation: str) -> None:
    charset = collation.partition("_")[0]
    text = f"VARCHAR(80) CHARACTER SET {charset} COLLATE {collation}"
    server.run(
        f"CREATE TABLE people (id INT PRIMARY KEY, email {text}, phone {text}, v {text}, w BIGINT, u BIGINT UNSIGNED)",
        *(f"CREATE INDEX by_{one} ON people ({one})" for one in ("email", "phone", "v", "w", "u")),
    )
    dice = random.Random(20_261_122)
    texts = [one for one in WRITTEN if charset == "utf8mb4" or one.encode(charset, "ignore").decode(charset) == one]
    whole = [one for one in WRITTEN if one.lstrip("-").isdecimal() and abs(int(one)) < 1 << 63]
    rows = [
        (nth, *(dice.choice([*texts, None]) for _ in range(3)), dice.choice([*whole, None]), dice.choice(["7", None]))
        for nth in range(400)
    ]
    server.fill("people", ["id", "email", "phone", "v", "w", "u"], rows)
    server.run("UPDATE people SET u = 18446744073709551615 WHERE id % 5 = 0", "ANALYZE TABLE people")
    fields = [
        field("email", *kind_of("email", "normal = true")), field("phone", *kind_of("phone", "normal = true")),
        *(field(name, *kind_of("account_id", "normal = true")) for name in ("v", "w", "u")),
    ]  # fmt: skip
    describe_tables(office, server, record_set("people", *fields))
    source = office.source("crm")
    assert isinstance(source, SqlSource)
    one = source.settings.record_sets[0]
    asked = [
        [who("email", "ana@example.com")], [who("phone", "+1 415 555 0100")],
        *([who("account_id", name)] for name in WRITTEN if name and "@" not in name),
        [who("email", "ana@example.com"), who("phone", "+1 415 555 0100"), who("account_id", "a7")],
    ]  # fmt: skip
    for wanted in asked:
        matcher = Matcher(one, wanted)
        table = source._table(one)
        found = []
        for few in (0, 10**9):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(mysql_select, "_FEW", few)
                assert ("STRAIGHT_JOIN" in select(table, matcher)[0]) == (few > 0)
                keys = [record.key for record in source.find(one, wanted)]
            assert len(keys) == len(set(keys))
            found.append(sorted(keys))
        assert found[0] == found[1], wanted


def test_an_index_is_asked_where_little_is_looked_for_and_no_other_row_is_read(office: Office, server: Server) -> None:
    server.run(
        "CREATE TABLE people (id INT PRIMARY KEY, email VARCHAR(80), phone VARCHAR(30))",
        "INSERT INTO people SELECT seq, concat(seq, '@x.example'), concat('+1415', 5000000 + seq) FROM seq_1_to_20000",
        "CREATE INDEX by_email ON people (email)",
        "CREATE INDEX by_phone ON people (phone)",
        "ANALYZE TABLE people",
    )
    fields = (field("email", *kind_of("email", "normal = true")), field("phone", *kind_of("phone", "normal = true")))
    describe_tables(office, server, record_set("people", *fields))
    source = office.source("crm")
    assert isinstance(source, SqlSource)
    one = source.settings.record_sets[0]
    emails = [who("email", f"{nth}@x.example") for nth in range(1, 101)]
    phones = [who("phone", f"+1415{5_000_000 + nth}") for nth in range(51, 151)]
    text, lists = select(source._table(one), Matcher(one, [*emails, *phones]))
    with closing(server.connect()) as connection, connection.cursor() as cursor:
        cursor.execute(text, lists)
        assert len(cursor.fetchall()) == 150
        cursor.execute("SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_next', 'Handler_read_rnd_next')")
        assert sum(int(count) for _, count in cursor.fetchall()) < 3_000
    assert len(search(source, *emails, *phones)) == 150
    # of most of the table the whole is read
    many = Matcher(one, [who("email", f"{nth}@x.example") for nth in range(2_000)])
    assert "STRAIGHT_JOIN" not in select(source._table(one), many)[0]
    # what is longer than a list's values may be is looked for in every row
    long = Matcher(one, [who("email", "x" * 60 + "@" + ".".join(["x" * 60] * 4))])
    assert "STRAIGHT_JOIN" not in select(source._table(one), long)[0]
