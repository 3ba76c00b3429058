"""demo: the whole journey on invented people, each step headed by the command that makes it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from dsar.cli.clock import stopwatch
from dsar.cli.emit import Answer, emit
from dsar.cli.options import SETTINGS, one_command
from dsar.cli.session import Session, begin, current
from dsar.errors import DsarError
from dsar.workspace import Workspace

app_demo = one_command()

TODAY = "2026-11-21"
CASE = "DSAR-2026-0001"


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the tour: what it shows, who types it, and the exit code it must end with."""

    says: str
    command: tuple[str, ...]
    who: str = "priya"
    code: int = 0


def steps(home: Path) -> Iterable[Step]:
    """The tour: five requests, one of each type, from the inbox to the letter."""
    inbox = sorted(str(path) for path in (home / "inbox").iterdir())
    yield Step(
        "The mailbox: what is surely a request becomes a case, the rest waits for a person.", ("new", "--file", *inbox)
    )
    yield Step("What to do now, worst first.", ("next",))
    yield Step("One of the messages a person decides on.", ("triage", "D-0001"))
    yield Step("How the date came about.", ("why", "1"))
    yield Step("California wants a receipt within ten business days.", ("letter", "send", "1", "acknowledgement"))
    yield Step("Before proof, records may be counted, not copied.", ("gather", "1", "--count"))
    yield Step("The least proof that is enough, and what may never be asked.", ("verify", "1"))
    yield Step("She confirmed from her account.", ("verify", "1", "--method", "account-login"))
    yield Step("Every source is searched, and each record set accounted for.", ("gather", "1"), code=4)
    yield Step("One source is a colleague: he gets one mail, with the least identifier.", ("ask", "1", "facilities"))
    yield Step(
        "He looked and found nothing; that is told apart from not having looked.",
        ("gather", "1", "--from", "facilities", "--file", "none", "--reason", "the door log is kept for 30 days"),
    )
    yield Step("The rules propose; what names other people is flagged for a person.", ("review", "1", "--accept"))
    yield Step("Priya looked at the flagged ones and agrees.", ("review", "1", "--accept-flagged"))
    yield Step("She cannot approve her own review.", ("approve", "1", "--fingerprint", "{fingerprint}"), code=3)
    yield Step("Sam can.", ("approve", "1", "--fingerprint", "{fingerprint}"), who="sam")
    yield Step("The package, and its check.", ("package", "build", "1"))
    yield Step("The answer leaves, once.", ("letter", "send", "1", "answer", "--confirm", CASE))
    yield Step("Typed again, it is not sent again.", ("letter", "send", "1", "answer", "--confirm", CASE))
    yield Step("The case is closed; proof of identity is destroyed.", ("close", "1"))
    yield from correction()
    yield from erasure()
    yield Step("Who got it for marketing: the register answers, for the year before.", ("notice", "check", "6"))
    yield Step("The notice leaves.", ("letter", "send", "6", "notice"))
    yield from child()
    yield Step("Cron tells the staff what is due.", ("remind",))
    yield Step("Run again, it tells nobody anything twice.", ("remind",))
    yield Step("Nothing was altered since.", ("audit", "check"))


def correction() -> Iterable[Step]:
    """A correction, planned, approved, carried out and looked at again."""
    case = "DSAR-2026-0004"
    yield Step(
        "A changed number. The contested field is no proof; the log-in is.",
        ("verify", "4", "--method", "account-login"),
    )
    yield Step("The search, without copying what nobody asked for.", ("gather", "4"), code=4)
    yield Step("One source is left out, for a reason that is told.", _waived("4"))
    yield Step(
        "The plan: nothing is touched yet.", ("plan", "4", "--correct", "phone=+15105550176", "--old", "+15105550117")
    )
    yield Step("A second person.", ("approve", "4", "--fingerprint", "{plan}"), who="sam")
    yield Step("Carried out.", ("apply", "4"))
    yield Step("Looked at again.", ("erase", "check", "4"))
    yield Step("The letter names the field, not the numbers.", ("letter", "send", "4", "done", "--confirm", case))


def erasure() -> Iterable[Step]:
    """An erasure, refused without a second person, then carried out whole and looked at again."""
    case = "DSAR-2026-0005"
    yield Step("A deletion.", ("verify", "5", "--method", "email-control"))
    yield Step("Everything that is his.", ("gather", "5"), code=4)
    yield Step("One source is left out.", _waived("5"))
    yield Step("What would be deleted, changed and kept, and why.", ("plan", "5", "--erase"))
    yield Step("Nobody erases alone.", ("apply", "5", "--confirm", case), code=3)
    yield Step("Sam looks and agrees.", ("approve", "5", "--fingerprint", "{plan}"), who="sam")
    yield Step("Carried out, with a receipt for each record.", ("apply", "5", "--confirm", case))
    yield Step("Every source is asked again: what stays is explained.", ("erase", "check", "5"))
    yield Step("Those who had it from us are told.", ("erase", "tell", "5", "--done", "all"))
    yield Step(
        "The letter says what was done, and what stays and why.", ("letter", "send", "5", "done", "--confirm", case)
    )


def child() -> Iterable[Step]:
    """A teacher's report: the deletion waits for no parent, and the teacher is told nothing."""
    yield Step("A person decides: the teacher's letter is a report about a child.", ("triage", "D-0001", "--accept"))
    yield Step(
        "The one letter a reporter gets: thanks, and no word about the child.",
        ("letter", "send", "{child}", "acknowledgement"),
    )
    yield Step("No parent's proof is waited for.", ("gather", "{child}"), code=4)
    yield Step("One source is left out.", _waived("{child}"))
    yield Step("The plan.", ("plan", "{child}", "--erase"))
    yield Step("A second person.", ("approve", "{child}", "--fingerprint", "{plan}"), who="sam")
    yield Step("Carried out.", ("apply", "{child}", "--confirm", "{child_number}"))
    yield Step("Looked at again.", ("erase", "check", "{child}"))
    yield Step("Closed. In every list the name stays hidden.", ("close", "{child}"))


def _waived(case: str) -> tuple[str, ...]:
    return (
        "gather",
        case,
        "--waive",
        "facilities",
        "--reason",
        "The door log is kept for 30 days and holds no accounts.",
    )


@app_demo.command(context_settings=SETTINGS)
def demo(
    keep: Annotated[Path | None, typer.Option("--keep", metavar="DIR", help="Keep the workspace, to play on.")] = None,
    only_inbox: Annotated[bool, typer.Option("--only-inbox", help="With --keep: make it, read nothing.")] = False,
) -> int:
    """The whole journey on invented people, in a throw-away workspace.

    Example: dsar demo --keep practice
    """
    from dsar.workflow.setup import make_sample

    outer = current()
    elapsed = stopwatch()
    folder = keep.expanduser().resolve() if keep else Path(tempfile.mkdtemp(prefix="dsar-demo-")) / "desk"
    try:
        make_sample(folder)
        if only_inbox and keep:
            return _made(folder)
        outcome = _tour(folder, outer, outer.json or outer.quiet)
    finally:
        begin(outer)
        if keep is None:
            shutil.rmtree(folder.parent)
    seconds = elapsed()
    kept = f"It is kept in {folder}." if keep else "It is gone now; dsar demo --keep DIR keeps it."
    return emit(
        Answer(
            schema="demo",
            data={"steps": outcome, "seconds": round(seconds, 1), "kept": str(folder) if keep else None},
            before=(
                "",
                f"That was {seconds:.0f} seconds, {outcome} steps, invented people only. {kept}",
                "For real: dsar init DIR, then dsar new. Help in plain words: dsar help.",
            ),
            rows=None,
        )
    )


def _made(folder: Path) -> int:
    return emit(
        Answer(
            schema="demo",
            data={"steps": 0, "kept": str(folder)},
            before=(f"Made {folder}: an invented firm, its inbox and its systems. Nothing is read yet.",),
            hint=f"Next: cd {folder}, then dsar new --file inbox/01-access-rivera.eml --today {TODAY} --as priya",
        )
    )


def _tour(home: Path, outer: Session, quiet: bool) -> int:
    """Run every step; one that ends otherwise than it must is a fault of ours."""
    from dsar.cli.main import run_here

    done = 0
    values: dict[str, str] = {}
    for step in steps(home):
        words = [word.format(**values) if "{" in word else word for word in step.command]
        if not quiet:
            _heading(step, words)
        session = Session(
            home=str(home), today=TODAY, acting_as=step.who, for_people=not quiet, quiet=quiet, no_color=outer.no_color
        )
        begin(session)
        code = run_here(words, session)
        if code != step.code:
            raise DsarError(f'The demo stopped: "dsar {" ".join(words[:3])}" ended with {code}, not {step.code}.')
        _remember(values, words, session.workspace)
        if words[0] == "audit":
            _alter(home, quiet)
        session.workspace.ledger.close()
        done += 1
    return done


def _heading(step: Step, words: list[str]) -> None:
    shown = [Path(word).name if word.startswith("/") else f'"{word}"' if " " in word else word for word in words]
    line = " ".join(shown)
    if words[:2] == ["new", "--file"] and len(words) > 4:
        line = f"{' '.join(shown[:3])} ... ({len(words) - 2} files)"
    typer.echo(f"\n# {step.says}\n{step.who}$ dsar {line}")


def _remember(values: dict[str, str], words: list[str], ws: Workspace) -> None:
    """What a later step needs: fingerprints, and the number of the child's case."""
    from dsar.case.case import current_plan
    from dsar.workflow.review import fingerprint

    if words[0] == "review":
        values["fingerprint"] = fingerprint(ws.ledger.case(CASE).reviewed)
    if words[0] == "plan":
        line = current_plan(ws.ledger.case(ws.ledger.resolve(words[1])))
        values["plan"] = fingerprint(line.digest) if line else ""
    if words[:1] == ["triage"] and "--accept" in words:
        number = max(row.case for row in ws.ledger.rows())
        values |= {"child_number": number, "child": str(int(number.rsplit("-", 1)[1]))}


def _alter(home: Path, quiet: bool) -> None:
    """Change one byte of one entry in a copy of the store, as somebody with the file might, and look again."""
    from dsar.ledger import Ledger

    whole = (home / "dsar.db").read_bytes()
    copy = home / "altered.db"
    copy.touch(mode=0o600)
    copy.write_bytes(whole.replace(b'"method":"account_login"', b'"method":"account_logim"', 1))
    faults = Ledger.check_file(copy).faults
    copy.unlink()
    if not faults:
        raise DsarError("The demo stopped: an altered byte was not found.")
    if not quiet:
        typer.echo(f"\n# On a copy, one byte was changed. The check finds it:\n{faults[0].says}")
