"""What ``dsar intake`` and ``dsar new --note`` print: one line for cron's mail, nothing with --quiet."""

from __future__ import annotations

import mailbox
from collections.abc import Callable
from pathlib import Path

from tests.cli.typing import Terminal
from tests.workflow.test_mailboxes import HOSTILE, MAILS

Sit = Callable[..., Terminal]


def boxed(folder: Path, *mails: bytes) -> str:
    box = mailbox.mbox(folder / "in.mbox")
    for raw in mails:
        box.add(mailbox.mboxMessage(raw))
    box.close()
    return str(folder / "in.mbox")


def test_one_line_says_what_came(typed: Sit, tmp_path: Path) -> None:
    dsar = typed()
    box = boxed(tmp_path, *MAILS)
    said = dsar("intake", "--mbox", box)
    assert (said.code, said.out) == (0, "3 mails: 1 request, 1 reply, 1 other\n")
    assert dsar("intake", "--mbox", box).out == "No new mail, 3 already here\n"


def test_quiet_is_silent_until_somebody_must_act(typed: Sit, tmp_path: Path) -> None:
    dsar = typed()
    said = dsar("intake", "--quiet", "--mbox", boxed(tmp_path, *MAILS))
    assert (said.code, said.out, said.err) == (0, "", "")
    said = dsar("intake", "--quiet", "--mbox", boxed(tmp_path, HOSTILE))
    assert (said.code, said.out) == (4, "")
    assert said.err == "1 mail could not be read and wait for you: dsar triage\n"


def test_a_terminal_shows_each_mail_and_the_next_step(typed: Sit, tmp_path: Path) -> None:
    said = typed()("intake", "--mbox", boxed(tmp_path, *MAILS), width=80)
    assert "filed to" in said.out
    assert "dsar triage" in said.out
    assert all(len(line) <= 80 for line in said.out.splitlines())


def test_json_counts_and_lists(typed: Sit, tmp_path: Path) -> None:
    told = typed()("intake", "--json", "--mbox", boxed(tmp_path, *MAILS)).json
    assert told["schema"] == "dsar.intake/1"
    assert [told[name] for name in ("mails", "requests", "replies", "other", "known", "drafts")] == [3, 1, 1, 1, 0, 1]
    assert [one["state"] for one in told["results"]] == ["opened", "attached", "draft"]


def test_without_a_mailbox_the_hint_can_be_typed(typed: Sit) -> None:
    dsar = typed()
    said = dsar("intake")
    assert said.code == 2
    assert "no mailbox is set up" in said.err
    assert dsar("help", "mailbox").code == 0


def test_a_call_is_noted_by_options(typed: Sit) -> None:
    said = typed()(
        "new", "--note", "--name", "Ida Berg", "--phone", "+1 415 555 0199", "--received", "2026-11-19",
        "--text", "She asks for a copy of all her personal data.", "--json",
    )  # fmt: skip
    (one,) = said.json["results"]
    assert (one["state"], one["channel"], one["received_on"]) == ("opened", "phone", "2026-11-19")
    assert {"kind": "phone", "value": "+14155550199", "raw": "+1 415 555 0199"} in one["identifiers"]


def test_two_calls_in_the_same_words_are_two_notes_but_one_person(typed: Sit) -> None:
    dsar = typed()
    words = ("new", "--note", "--name", "Ida Berg", "--phone", "+1 415 555 0199", "--text", "Please delete my account.")
    first = dsar(*words, "--received", "2026-11-18", "--json").json["results"][0]
    second = dsar(*words, "--received", "2026-11-19", "--json").json["results"][0]
    assert second["state"] == "opened"
    assert any(first["case"] in says for says in second["warnings"])


def test_a_note_without_words_is_refused_with_what_to_type(typed: Sit) -> None:
    dsar = typed()
    before = dsar.facts()
    said = dsar("new", "--note", "--name", "Ida Berg")
    assert said.code == 2
    assert "needs what was said" in said.err
    assert dsar.facts() == before


def test_every_file_tells_its_attachments(typed: Sit, tmp_path: Path) -> None:
    dsar = typed()
    told = dsar("new", "--file", str(dsar.home / "inbox" / "10-agent-with-papers.eml"), "--dry-run", "--json").json
    assert all(set(one) == {"name", "bytes"} for one in told["results"][0]["attachments"])
