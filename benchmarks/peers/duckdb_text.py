"""The peer of a search in prose: bare DuckDB, one pattern of a person's address and numbers in any notation.

FILE OUT EMAIL NUMBER ...: prints how many letters it found.
"""

import re
import sys

import duckdb

file, out, email, *numbers = sys.argv[1:]
notations = [r"[\s().-]*".join(number.removeprefix("+1")) for number in numbers]
pattern = "|".join([re.escape(email), *notations])
engine = duckdb.connect()
texts = "{'ticket_id': 'VARCHAR', 'opened_on': 'VARCHAR', 'body': 'VARCHAR'}"
rows = f"read_json('{file}', format = 'newline_delimited', columns = {texts})"
found = f"SELECT * FROM {rows} WHERE regexp_matches(body, '{pattern}', 'i')"
print(engine.execute(f"COPY ({found}) TO '{out}' (FORMAT CSV, HEADER)").fetchall()[0][0])
