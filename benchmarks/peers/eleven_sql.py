"""The peer of a search through the eleven tables: statements written by hand by who knows every link, for Ana Ruiz.

DATABASE OUT: prints how many rows it found.
"""

import csv
import sqlite3
import sys
from pathlib import Path

ME = "SELECT id FROM customers WHERE lower(trim(email)) = 'ana.ruiz@example.com'"
MINE = "('ana.ruiz@example.com', 'ana.private@example.net')"
ORDERS = f"SELECT id FROM orders WHERE customer_id IN ({ME})"
STATEMENTS = (
    f"SELECT * FROM customers WHERE id IN ({ME})",
    f"SELECT * FROM orders WHERE customer_id IN ({ME})",
    f"SELECT * FROM order_items WHERE order_id IN ({ORDERS})",
    f"SELECT * FROM payment_cards WHERE customer_id IN ({ME})",
    f"SELECT * FROM payments WHERE order_id IN ({ORDERS})",
    f"SELECT * FROM logins WHERE customer_id IN ({ME})",
    f"SELECT * FROM addresses WHERE id IN (SELECT address_id FROM customers WHERE id IN ({ME})"
    f" UNION SELECT shipping_address_id FROM orders WHERE customer_id IN ({ME}))",
    f"SELECT * FROM service_requests WHERE lower(trim(email)) IN {MINE} OR message LIKE '%415-555-0100%'",
    f"SELECT * FROM reports WHERE lower(trim(email)) IN {MINE} OR replace(phone, '-', '') LIKE '%4155550100'",
)

database, out = sys.argv[1:]
found = 0
store = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
with Path(out).open("w", encoding="utf-8", newline="") as file:
    write = csv.writer(file)
    for statement in STATEMENTS:
        rows = store.execute(statement).fetchall()
        write.writerows(rows)
        found += len(rows)
print(found)
