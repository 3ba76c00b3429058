"""Files in a bucket, read over HTTP from a server of the S3 kind on this machine."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from dsar.sources.interface import Source, SourceFailed, Why
from dsar.sources.scan_files import scan_files
from tests.sources.office import Office, field, kind_of, record_set, source_file, who

pytestmark = pytest.mark.slow
s3fs = pytest.importorskip("s3fs")

ANA = who("email", "ana@example.com")
CSV = "id,email,note\n1,ana@example.com,Zo\u00eb\n2,x@x.example,d\n"
SERVER = """
import sys, time
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that keeps buckets in its memory."""
    pytest.importorskip("moto")
    environment = {**os.environ, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
    log = (tmp_path_factory.mktemp("s3") / "log").open("wb")
    with (
        log,
        subprocess.Popen(
            [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, env=environment
        ) as server,
    ):
        assert server.stdout is not None
        port = int(server.stdout.readline())
        yield f"http://127.0.0.1:{port}"
        server.communicate(timeout=30)


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("S3_KEY", "testing")
    monkeypatch.setenv("S3_SECRET", "testing")
    return Office(tmp_path)


def put(service: str, bucket: str, **objects: bytes) -> None:
    files = s3fs.S3FileSystem(key="testing", secret="testing", endpoint_url=service, skip_instance_cache=True)
    if not files.exists(bucket):
        files.mkdir(bucket)
    for name, content in objects.items():
        with files.open(f"{bucket}/{name.replace('__', '/').replace('_', '.')}", "wb") as file:
            file.write(content)


def described(office: Office, service: str, place: str, kind: str = "csv") -> Source:
    fields = field("email", *kind_of("email")), field("note", "text = true")
    more = (
        f'options = {{ endpoint = "{service}", region = "us-east-1", access_key = "env:S3_KEY", '
        'secret_key = "env:S3_SECRET" }'
    )
    office.describe("calls", source_file(record_set("calls", *fields), kind=kind, path=place, more=more))
    return office.source("calls")


def found(source: Source) -> list[tuple[str, str]]:
    return [(one.key, one.place) for one in source.find(source.settings.record_sets[0], [ANA])]


def test_objects_by_pattern_are_read_as_they_come_compressed_or_not(office: Office, service: str) -> None:
    put(
        service, "calls", y2026__a_csv=CSV.encode(), y2026__b_csv_gz=gzip.compress(CSV.encode()),
        y2026__more__c_csv=CSV.encode("utf-16"), notes_txt=b"no table",
    )  # fmt: skip
    assert found(described(office, service, "s3://calls/y2026/*.csv*")) == [
        ("1", "a.csv line 2"), ("1", "b.csv.gz line 2"),
    ]  # fmt: skip
    assert len(found(described(office, service, "s3://calls/y2026/**/*.csv"))) == 2
    assert found(described(office, service, "s3://calls/y2026/more/c.csv")) == [("1", "c.csv line 2")]
    assert described(office, service, "s3://calls/y2026/a.csv").test().rows == {"calls": 2}


def test_a_large_object_is_read_to_its_end(office: Office, service: str) -> None:
    rows = [f"{number},x{number}@x.example,{'n' * 100}" for number in range(120_000)]
    put(service, "large", big_csv="\n".join(["id,email,note", *rows, "last,ana@example.com,"]).encode())
    assert found(described(office, service, "s3://large/big.csv")) == [("last", "big.csv line 120002")]


def test_parquet_and_spreadsheets_come_from_a_bucket_too(office: Office, service: str, tmp_path: Path) -> None:
    import duckdb
    import openpyxl

    with duckdb.connect() as connection:
        select = "SELECT 1 AS id, 'ana@example.com' AS email, '' AS note"
        connection.sql(select).write_parquet(str(tmp_path / "a.parquet"))
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    for row in (["id", "email", "note"], ["7", "ana@example.com", "x"]):
        page.append(row)
    sheet = BytesIO()
    book.save(sheet)
    put(service, "kinds", a_parquet=(tmp_path / "a.parquet").read_bytes(), a_xlsx=sheet.getvalue())
    assert found(described(office, service, "s3://kinds/a.parquet", "parquet")) == [("1", "a.parquet line 1")]
    assert found(described(office, service, "s3://kinds/a.xlsx", "sheet")) == [("7", "a.xlsx line 2")]


@pytest.mark.parametrize("place", ["s3://calls/gone.csv", "s3://no-such-bucket/a.csv", "s3://calls/gone/*.csv"])
def test_what_is_not_there_is_a_failure(office: Office, service: str, place: str) -> None:
    put(service, "calls", a_csv=CSV.encode())
    with pytest.raises(SourceFailed) as failed:
        found(described(office, service, place))
    assert failed.value.why is Why.MISSING


@pytest.mark.parametrize("place", ["s3://calls/a.csv", "s3://calls/*.csv"])
def test_a_service_that_is_gone_is_a_failure(office: Office, place: str) -> None:
    with pytest.raises(SourceFailed) as failed:
        found(described(office, "http://127.0.0.1:9", place))
    assert failed.value.why in (Why.BROKEN, Why.TIMEOUT)
    assert "testing" not in failed.value.message


def test_a_scan_tells_objects_with_other_columns_apart_and_where_each_lies(office: Office, service: str) -> None:
    put(service, "scanned", in__people_csv=CSV.encode(), in__orders_csv=b"order,day,sum\n1,x,y\n")
    source = described(office, service, "s3://scanned/in/*.csv")
    tables = scan_files(source.settings, office.home).tables
    assert [(one.place, one.where) for one in tables] == [
        ("orders", "s3://scanned/in/orders.csv"), ("people", "s3://scanned/in/people.csv"),
    ]  # fmt: skip
    assert found(described(office, service, tables[1].where or "")) == [("1", "people.csv line 2")]
