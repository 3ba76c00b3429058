"""Invents call-detail records, the accounts behind them and tickets about them: the same bytes on every machine.

Everything is whole-number arithmetic on the row's number, written as SQL and run by DuckDB; no engine's own hash or
random numbers are used. The true telephone number of every cell is known, so that a search can be checked. A file that
is there already is not written again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COLUMNS = (
    "call_id", "account_id", "from_number", "to_number", "direction", "status", "start_time", "duration_s", "price",
    "route",
)  # fmt: skip
ROWS_PER_ACCOUNT = 40
# Of a thousand rows so many are of one account: 260,000 of 20 million.
HEAVY_PER_MILLE = 13
# Beside the accounts' own numbers there are so many of outsiders for each account; half of all calls go to them.
OUTSIDERS = 10

FIRST = (
    "Ana", "Ben", "Cora", "Dev", "Eve", "Finn", "Gita", "Hugo", "Ines", "Jon", "Kaya", "Liam", "Mara", "Nils", "Olga",
    "Piet", "Quin", "Rosa", "Sven", "Tara",
)  # fmt: skip
LAST = (
    "Abbot", "Blum", "Castro", "Dahl", "Evans", "Frey", "Gupta", "Holm", "Ito", "Jansen", "Kern", "Lopez", "Meyer",
    "Novak", "Okafor", "Park", "Reed", "Silva",
)  # fmt: skip
SENTENCES = (
    "The call was cut off after a few seconds and nobody rang me again.",
    "My last invoice shows minutes that I do not remember at all.",
    "Please look at the line, since there is a loud noise on it every evening.",
    "I have moved to another town and would like to keep the number.",
    "Since the update the app asks for the password each time it is opened.",
    "A colleague of yours promised an answer by Monday, and none has come.",
    "I was charged twice for the same month, so one of them should be paid back.",
)
# Ways to write the number +1 AAA BBB CCCC; sixty cells in a hundred are written in one of these, all equally often.
SHAPES = (
    "'(' || {a} || ') ' || {b} || '-' || {c}",
    "{a} || '-' || {b} || '-' || {c}",
    "'001' || {a} || {b} || {c}",
    "'1-' || {a} || '-' || {b} || '-' || {c}",
    "{a} || '.' || {b} || '.' || {c}",
    "'+1 ' || {a} || ' ' || {b} || ' ' || {c}",
    "{a} || {b} || {c}",
    "'1' || {a} || {b} || {c}",
    "'+1 (' || {a} || ') ' || {b} || '-' || {c}",
    "'+1-' || {a} || '-' || {b} || '-' || {c}",
    "'(' || {a} || ')' || {b} || '-' || {c}",
    "'+1 ' || {a} || ' ' || {b} || ' ' || {c}[1:2] || ' ' || {c}[3:4]",
)
_SHAPED_PER_CENT = 60

_PRIME = 2_147_483_647
_NUMBERS = 7_999_999_999
_SPREAD = 2_654_435_761
_MACROS = (
    # two rounds of multiply and shift below 2^62, so that nothing overflows
    f"CREATE MACRO first_round(x, salt) AS ((x + salt * 1000003) * 1103515245 + 12345) % {_PRIME}",
    f"CREATE MACRO second_round(v) AS (xor(v, v >> 13) * 48271) % {_PRIME}",
    "CREATE MACRO mixed(x, salt) AS second_round(first_round(x, salt))",
    f"CREATE MACRO phone(k) AS '+1' || (2000000000 + (k * {_SPREAD} + 1234567) % {_NUMBERS})",
    # the product of two even draws: low accounts call most
    f"CREATE MACRO skewed(x, salt, many) AS mixed(x, salt) * mixed(x, salt + 1) // {_PRIME} * many // {_PRIME}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account: what a search may begin with."""

    account: int
    name: str
    email: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What a search has to find: so many rows, and so many findings (a call between two subjects is one for each)."""

    rows: int
    findings: int


def accounts_of(rows: int) -> int:
    """How many accounts share these rows; one more has a large part of them for itself."""
    return max(1, rows // ROWS_PER_ACCOUNT)


def number(k: int) -> str:
    """The k-th telephone number, as E.164."""
    return f"+1{2_000_000_000 + (k * _SPREAD + 1_234_567) % _NUMBERS}"


def person(account: int) -> Person:
    """Who has this account."""
    first, last = FIRST[account % len(FIRST)], LAST[account // len(FIRST) % len(LAST)]
    return Person(
        account=account,
        name=f"{first} {last}",
        email=f"{first}.{last}{account}@example.com".lower(),
        numbers=(number(2 * account), number(2 * account + 1)),
    )


def sampled(rows: int, many: int) -> list[Person]:
    """So many people, evenly from all accounts."""
    accounts = accounts_of(rows)
    return [person((2 * nth + 1) * accounts // (2 * many)) for nth in range(many)]


def heavy(rows: int) -> Person:
    """The one who has more rows than anybody else."""
    return person(accounts_of(rows))


def write_calls(path: Path, rows: int, *, messy: bool = False) -> None:
    """The calls as CSV, JSON lines or Parquet, by the ending of the file."""
    _write(path, _calls(rows, messy=messy))


def write_tickets(path: Path, rows: int) -> None:
    """Letters to a help desk; four in five hold an e-mail address or a telephone number of the account's."""
    _write(path, _tickets(rows))


def write_links(folder: Path, rows: int) -> None:
    """accounts.csv (account_id, email, name) and numbers.csv (number, account_id)."""
    accounts = accounts_of(rows) + 1
    named = f"{_account('k')} AS account_id, {_email('k')} AS email, {_name('k')} AS name"
    _write(folder / "accounts.csv", f"SELECT {named} FROM range({accounts}) t(k)")
    owned = f"phone(k) AS number, {_account('k // 2')} AS account_id"
    _write(folder / "numbers.csv", f"SELECT {owned} FROM range({2 * accounts}) t(k)")


def truths(rows: int, groups: Mapping[str, Iterable[Person]]) -> dict[str, Truth]:
    """What each group of people has in so many calls, told by the generator and not by any file."""
    with _engine() as engine:
        _put_wanted(engine, groups)
        counted = engine.execute(
            f"SELECT who, count(DISTINCT i), count(*) FROM ({_hits(rows)}) GROUP BY who"
        ).fetchall()
    found = {who: Truth(rows=calls, findings=findings) for who, calls, findings in counted}
    return {who: found.get(who, Truth(rows=0, findings=0)) for who in groups}


def owned(rows: int, people: Sequence[Person]) -> set[tuple[str, str]]:
    """Every call of these people, as (account, call_id)."""
    with _engine() as engine:
        _put_wanted(engine, {"": people})
        return set(engine.execute(f"SELECT account::VARCHAR, {_call('i')} FROM ({_hits(rows)})").fetchall())


def ticket_truth(rows: int, people: Sequence[Person]) -> Truth:
    """How many tickets hold an address or number of these people."""
    listed = ", ".join(str(one.account) for one in people)
    with _engine() as engine:
        query = f"SELECT count(*) FROM ({_ticket_facts(rows)}) WHERE told < 4 AND account IN ({listed})"
        found = engine.execute(query).fetchall()[0][0]
    return Truth(rows=found, findings=found)


def _engine() -> DuckDBPyConnection:
    import duckdb

    engine = duckdb.connect()
    for macro in _MACROS:
        engine.execute(macro)
    return engine


def _write(path: Path, query: str) -> None:
    if path.exists():
        return
    form = {".csv": "FORMAT CSV, HEADER", ".jsonl": "FORMAT JSON", ".parquet": "FORMAT PARQUET"}[path.suffix]
    with _engine() as engine:
        engine.execute(f"COPY ({query}) TO '{path}' ({form})")


def _put_wanted(engine: DuckDBPyConnection, groups: Mapping[str, Iterable[Person]]) -> None:
    engine.execute("CREATE TABLE wanted (who VARCHAR, account BIGINT, k BIGINT)")
    for who, people in groups.items():
        listed = ", ".join(map(str, sorted({one.account for one in people})))
        engine.execute(
            f"INSERT INTO wanted SELECT '{who}', a, 2 * a + n FROM (SELECT unnest([{listed}]) AS a), range(2) r(n)"
        )


def _hits(rows: int) -> str:
    ends = f"SELECT i, unnest([from_k, to_k]) AS k FROM ({_facts(rows)})"
    return f"SELECT DISTINCT who, account, i FROM ({ends}) JOIN wanted USING (k)"


def _facts(rows: int) -> str:
    """Each call as whole numbers: whose it is, and between which numbers it was."""
    accounts = accounts_of(rows)
    heavy_one = f"(i * 7919) % 1000 < {HEAVY_PER_MILLE}"
    caller = f"CASE WHEN {heavy_one} THEN {accounts} ELSE skewed(i, 1, {accounts}) END"
    outsider = f"{2 * accounts + 2} + mixed(i, 3) % {OUTSIDERS * accounts}"
    other = f"CASE WHEN mixed(i, 4) % 2 = 0 THEN 2 * skewed(i, 5, {accounts}) + mixed(i, 7) % 2 ELSE {outsider} END"
    whose = f"SELECT i, {caller} AS account, {other} AS to_k FROM range({rows}) t(i)"
    return f"SELECT i, account, 2 * account + mixed(i, 8) % 2 AS from_k, to_k FROM ({whose})"


def _calls(rows: int, *, messy: bool) -> str:
    caller, called = "phone(from_k)", "phone(to_k)"
    if messy:
        caller, called = _shaped(caller, "mixed(i, 9)"), _shaped(called, "mixed(i, 10)")
    columns = (
        _call("i"),
        _account("account"),
        caller,
        called,
        "CASE WHEN mixed(i, 11) % 2 = 0 THEN 'outbound' ELSE 'inbound' END",
        "CASE WHEN mixed(i, 12) % 9 = 0 THEN 'no-answer' ELSE 'completed' END",
        "strftime(TIMESTAMP '2025-01-01' + to_seconds(mixed(i, 13) % 40000000), '%Y-%m-%dT%H:%M:%SZ')",
        "mixed(i, 14) % 3600",
        "'0.' || lpad((mixed(i, 15) % 10000)::VARCHAR, 4, '0')",
        "'carrier-' || mixed(i, 16) % 40 || '/t-' || mixed(i, 17) % 400",
    )
    named = ", ".join(f"{what} AS {name}" for what, name in zip(columns, COLUMNS, strict=True))
    return f"SELECT {named} FROM ({_facts(rows)})"


def _shaped(e164: str, draw: str) -> str:
    """A telephone number as people write it, in sixty cases of a hundred."""
    parts = {"a": f"({e164})[3:5]", "b": f"({e164})[6:8]", "c": f"({e164})[9:12]"}
    each = _SHAPED_PER_CENT // len(SHAPES)
    cases = " ".join(f"WHEN {nth} THEN {shape.format(**parts)}" for nth, shape in enumerate(SHAPES))
    return f"CASE ({draw} % 100) // {each} {cases} ELSE {e164} END"


def _ticket_facts(rows: int) -> str:
    """Each ticket as whole numbers; ``told`` is what of the account's it holds, 4 nothing but a name."""
    accounts = accounts_of(rows)
    drawn = f"skewed(i, 21, {accounts}) AS account, mixed(i, 23) % 5 AS told"
    return f"SELECT i, {drawn} FROM range({rows}) t(i)"


def _tickets(rows: int) -> str:
    email, sentences = _email("account"), _list(SENTENCES)
    written = _shaped("phone(2 * account + mixed(i, 24) % 2)", "mixed(i, 25)")
    told = (
        f"WHEN 0 THEN 'Write to ' || {email} || ', please.'",
        f"WHEN 1 THEN 'You can call me on ' || {written} || ' in the evening.'",
        f"WHEN 2 THEN 'Mail ' || upper({email}) || ' or ring ' || {written} || '.'",
        f"WHEN 3 THEN 'It is about the line ' || {written} || ', as I said.'",
        "ELSE 'You know how to reach me.'",
    )
    said = [f"{sentences}[1 + mixed(i, {salt}) % {len(SENTENCES)}]" for salt in (26, 27, 28)]
    body = " || ' ' || ".join(
        [f"'Hello, this is ' || {_name('account')} || '.'", said[0], f"CASE told {' '.join(told)} END", *said[1:]]
    )
    opened = "strftime(TIMESTAMP '2025-01-01' + to_seconds(mixed(i, 29) % 40000000), '%Y-%m-%d')"
    columns = f"'T' || lpad(i::VARCHAR, 9, '0') AS ticket_id, {opened} AS opened_on, {body} AS body"
    return f"SELECT {columns} FROM ({_ticket_facts(rows)})"


def _call(i: str) -> str:
    return f"'CA' || lpad(({i})::VARCHAR, 12, '0')"


def _account(k: str) -> str:
    return f"'AC' || lpad(({k})::VARCHAR, 9, '0')"


def _name(k: str) -> str:
    first, last = f"{_list(FIRST)}[1 + ({k}) % {len(FIRST)}]", f"{_list(LAST)}[1 + ({k}) // {len(FIRST)} % {len(LAST)}]"
    return f"({first} || ' ' || {last})"


def _email(k: str) -> str:
    return f"(replace(lower({_name(k)}), ' ', '.') || ({k}) || '@example.com')"


def _list(texts: Sequence[str]) -> str:
    return f"[{', '.join(repr(text) for text in texts)}]"
