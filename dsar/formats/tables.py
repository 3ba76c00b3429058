"""Reads tables from files of several kinds, every value as the text it is, every fault told by line.

Each kind has its own reader beside this one; what the columns mean is for the record sets.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from dsar.errors import InputWrong
from dsar.formats.csv_out import defuse as defuse
from dsar.formats.csv_out import write_csv as write_csv
from dsar.formats.delimited import read_delimited
from dsar.formats.json_rows import read_json_lines, read_json_list
from dsar.formats.lines import Lines
from dsar.formats.parquet import read_parquet
from dsar.formats.plain import shorten
from dsar.formats.rows import SURPLUS as SURPLUS
from dsar.formats.rows import Problem as Problem
from dsar.formats.rows import Problems, counted
from dsar.formats.rows import Row as Row
from dsar.formats.rows import Table as Table
from dsar.formats.sheets import read_sheet
from dsar.formats.streams import ending_of

DELIMITED = {".csv": None, ".tsv": "\t", ".tab": "\t"}
JSON_LINES = (".jsonl", ".ndjson")
SHEETS = (".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
PARQUET = (".parquet", ".pq")


def read_rows(
    path: Path,
    *,
    encoding: str | None = None,
    delimiter: str | None = None,
    sheet: str | None = None,
    inside: str = "",
    opened: BinaryIO | None = None,
    picked: Iterator[tuple[int, bytes]] | None = None,
    wanted: Mapping[str, Collection[str]] | None = None,
) -> Table:
    """Open a table by the ending of its name: CSV, TSV, JSONL, JSON (a list of objects), XLSX, XLS, ODS, Parquet.

    The first row names the columns. CSV, TSV and JSONL are streamed and read as UTF-8, a line that is none
    as Windows-1252, which is told; JSON and spreadsheets are held in memory. All may be compressed (``.csv.gz``,
    ``.csv.zst``) but Parquet, which is so by itself. A row too short or too long is kept and told, an unreadable
    one told. ``inside`` is the way to the list within a JSON file; ``opened`` is read instead of the path where
    the file is not on this machine; ``picked`` are the only lines to read of a CSV, TSV or JSONL file; ``wanted`` may
    leave out rows of a Parquet file with none of these texts in these columns. Raises InputWrong where nothing can be
    read.
    """
    ending = ending_of(path)
    problems = Problems(shorten(path.name, 80))
    if ending in SHEETS:
        columns, rows = read_sheet(path, sheet, problems, opened=opened)
        return Table(columns=columns, rows=counted(rows, problems, lambda: None), problems=problems.told)
    if ending == ".json":
        columns, rows = read_json_list(path, encoding, problems, inside=inside, opened=opened)
        return Table(columns=columns, rows=counted(rows, problems, lambda: None), problems=problems.told)
    if path.suffix.lower() in PARQUET:
        columns, rows = read_parquet(path, problems, opened=opened, wanted=wanted)
        return Table(columns=columns, rows=counted(rows, problems, lambda: None), problems=problems.told)
    if ending not in DELIMITED and ending not in JSON_LINES:
        kinds = ".csv, .tsv, .jsonl, .json, .xlsx, .xls, .ods and .parquet"
        raise InputWrong(f"{problems.file} is not a table I can read. I read {kinds}.")
    lines = Lines(path, encoding, problems, opened=opened, picked=picked)
    try:
        if ending in JSON_LINES:
            columns, rows = read_json_lines(lines, problems)
        else:
            columns, rows = read_delimited(lines, problems, delimiter or DELIMITED[ending])
    except BaseException:
        lines.close()
        raise
    return Table(columns=columns, rows=counted(rows, problems, lines.close), problems=problems.told)
