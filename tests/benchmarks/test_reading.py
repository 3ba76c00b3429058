"""The post that the benchmark invents is like real mail, the same each time, and both sides read all of it."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.mails import mail, mails
from benchmarks.reading import one_round, parse, read_one, shares, write
from dsar.formats.mail import read_mail


def test_the_same_message_comes_each_time_and_no_two_are_alike() -> None:
    made = list(mails(60))
    assert made == [mail(nth) for nth in range(60)]
    assert len(set(made)) == 60


def test_the_post_is_mixed_and_sound() -> None:
    read = [read_mail(raw) for raw in mails(300)]
    assert all(one.sender.email and one.subject and one.date and one.received for one in read)
    assert [one.defects for one in read if one.defects] == []
    assert {bool(one.attachments) for one in read} == {bool(one.quoted) for one in read} == {True, False}
    assert {bool(one.bounce) for one in read} == {bool(one.forwarded) for one in read} == {True, False}


def test_most_of_it_is_read_as_what_it_is() -> None:
    kinds = Counter(read_one(raw) for raw in mails(120))
    assert kinds["access"] + kinds["delete"] > 50
    assert kinds["bounce"] > 0
    assert kinds["not_request"] > 0


def test_both_sides_read_every_message_and_memory_is_told(tmp_path: Path) -> None:
    assert write(tmp_path / "post", 30) == sum(map(len, mails(30)))
    found = one_round(tmp_path / "post")
    assert found["dsar"] > 0
    assert found["email"] > 0
    assert found["memory_end"] >= found["memory_settled"] > 0
    assert all(parse(raw) for raw in mails(30))


def test_the_shares_of_the_stages_make_a_whole() -> None:
    told = shares()
    assert abs(sum(share for _, share in told) - 1) < 1e-9
    assert [share for _, share in told] == sorted((share for _, share in told), reverse=True)
    assert len(told) > 5
