"""The peer of a search in PostgreSQL: one SELECT with the numbers bound as arrays, rows fetched and written as CSV.

ADDRESS NUMBERS OUT: prints how many rows it found.
"""

import csv
import sys
from pathlib import Path

import psycopg

address, numbers, out = sys.argv[1:]
wanted = Path(numbers).read_text(encoding="ascii").split()
with psycopg.connect(address) as connection, Path(out).open("w", encoding="utf-8", newline="") as file:
    found = connection.execute(
        "SELECT * FROM calls WHERE from_number = ANY(%s) OR to_number = ANY(%s)", [wanted, wanted]
    )
    write = csv.writer(file)
    write.writerow(column.name for column in found.description or ())
    write.writerows(found)
    print(found.rowcount)
