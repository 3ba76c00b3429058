"""The peer of one search through a file: bare DuckDB on all cores, every column as text, rows written as CSV.

FILE NUMBERS OUT: few numbers are compared by IN, many by a semi-join, whichever form is DuckDB's quicker one.
Prints how many rows it found.
"""

import sys
from pathlib import Path

import duckdb

MOST_LITERALS = 200
NAMES = (
    "call_id", "account_id", "from_number", "to_number", "direction", "status", "start_time", "duration_s", "price",
    "route",
)  # fmt: skip
TEXTS = "{" + ", ".join(f"'{name}': 'VARCHAR'" for name in NAMES) + "}"
READ = {
    ".csv": f"read_csv('%s', header = true, delim = ',', auto_detect = false, columns = {TEXTS})",
    ".jsonl": f"read_json('%s', format = 'newline_delimited', columns = {TEXTS})",
    ".parquet": "read_parquet('%s')",
}

file, numbers, out = sys.argv[1:]
wanted = Path(numbers).read_text(encoding="ascii").split()
engine = duckdb.connect()
if len(wanted) <= MOST_LITERALS:
    listed = f"({', '.join(repr(number) for number in wanted)})"
else:
    engine.execute(
        f"CREATE TABLE wanted AS SELECT column0 AS v FROM read_csv('{numbers}', header = false, all_varchar = true)"
    )
    listed = "(SELECT v FROM wanted)"
rows = READ[Path(file).suffix] % file
found = f"SELECT * FROM {rows} WHERE from_number IN {listed} OR to_number IN {listed}"
print(engine.execute(f"COPY ({found}) TO '{out}' (FORMAT CSV, HEADER)").fetchall()[0][0])
