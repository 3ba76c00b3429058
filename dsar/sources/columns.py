"""Names the columns a record set relies on, and the key that tells its records apart.

Whether a source has those columns, and what stands in them, is for each kind of source.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from dsar.case.records import RecordSet


def named_columns(record_set: RecordSet) -> list[str]:
    """Every column that the settings of a record set rely on."""
    names = [*record_set.key, record_set.time_field, *(role.customer_field for role in record_set.roles)]
    for field in record_set.fields:
        names += [field.name, field.since_field, field.until_field]
    return [name for name in dict.fromkeys(names) if name]


def day_columns(record_set: RecordSet) -> list[str]:
    """The columns that hold days: when the record is from, and since and until when an identifier was somebody's."""
    names = [record_set.time_field]
    for field in record_set.fields:
        names += [field.since_field, field.until_field]
    return [name for name in dict.fromkeys(names) if name]


def key_of(record_set: RecordSet, values: Mapping[str, str]) -> str:
    """What tells this record from the others: the key column, or several as a JSON list; "" if all are empty."""
    parts = [values.get(name, "") for name in record_set.key]
    if not any(parts):
        return ""
    return parts[0] if len(parts) == 1 else json.dumps(parts, ensure_ascii=False)
