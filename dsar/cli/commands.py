"""The table of commands: where each lives, in which group the help shows it, and its one line.

Nothing is imported here; ``main`` loads a command's file only when it is typed.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One word after ``dsar``; ``module`` holds a Typer app called ``app_<name>``.

    What is not needed ``daily`` is only named at the end of the top help, so that it stays one screen.
    """

    name: str
    module: str
    group: str
    says: str
    daily: bool = True

    @property
    def attribute(self) -> str:
        """The name of its Typer app in the module."""
        return f"app_{self.name}"


DAY, WORK, ANSWER, OFFICE, PROOF = "Look", "Work on a case", "Answer", "The office", "Law and proof"

COMMANDS: tuple[Command, ...] = (
    Command("next", "overview", DAY, "what to do now, worst first (also: dsar alone)"),
    Command("due", "overview", DAY, "open obligations by date; --within 14d, --check for monitors"),
    Command("list", "overview", DAY, "cases by any filter"),
    Command("show", "overview", DAY, "one case: who, law, clock, done, open, waiting on whom"),
    Command("why", "overview", DAY, "how each due date came about, step by step"),
    Command("ahead", "ahead", DAY, "the weeks to come: what falls due when, on which closed days, on whom"),
    Command("calendar", "calendar", DAY, "the due dates as a calendar file: --out due.ics, --mine", daily=False),
    Command("new", "intake", WORK, "open a case by questions, or read files: --file letter.eml"),
    Command("intake", "mailboxes", WORK, "read the mailboxes into cases and drafts; for cron: --quiet"),
    Command("triage", "triage", WORK, "decide on messages the reading was unsure of"),
    Command("verify", "identity", WORK, "record how identity or authority was proven; shows the least proof"),
    Command("clarify", "waiting", WORK, "ask what is meant; the clock stops only where the law lets it"),
    Command("pause", "waiting", WORK, "asked by telephone or post: what that does to each date", daily=False),
    Command("resume", "waiting", WORK, "what was asked for has come", daily=False),
    Command("fee", "waiting", WORK, "a fee announced, agreed to or paid, where one may be charged", daily=False),
    Command("set", "amend", WORK, "put right the day of receipt, or note what became known", daily=False),
    Command("classify", "amend", WORK, "add or drop a right or its law", daily=False),
    Command("gather", "gather", WORK, "search every source; --retry only what failed; --from files an answer"),
    Command("ask", "gather", WORK, "ask the colleague who keeps a source"),
    Command("review", "review", WORK, "decide what is disclosed, redacted, withheld"),
    Command("approve", "review", WORK, "a second person's yes or no to exactly this version"),
    Command("plan", "change", WORK, "every change that would be made: --erase, --correct, --suppress, --restrict"),
    Command("apply", "change", WORK, "carry out the approved plan; goes on where it stopped"),
    Command("erase", "erase", WORK, "erase check: ask every source again"),
    Command("hold", "hold", WORK, "legal hold: add, lift, list"),
    Command("child", "child", WORK, "under 13: deletion waits for no parent, the reporter is told nothing"),
    Command("note", "keeping", WORK, "write to the file"),
    Command("attach", "keeping", WORK, "put a message or paper into a case", daily=False),
    Command("link", "keeping", WORK, "two cases about one person or wish", daily=False),
    Command("assign", "keeping", WORK, "give a case to a colleague"),
    Command("package", "package", ANSWER, "build and check the answer's package"),
    Command("letter", "letter", ANSWER, "preview, list and send letters"),
    Command("notice", "notice", ANSWER, "1798.83: the register of recipients, and the notice that tells it"),
    Command("outbox", "outbox", ANSWER, "letters on their way: list, retry, resolve"),
    Command("extend", "ending", ANSWER, "draft the extension notice; the new date counts once it is sent"),
    Command("refuse", "ending", ANSWER, "end a right with a ground"),
    Command("appeal", "appeal", ANSWER, "take in an appeal against a decision; its own clock starts"),
    Command("decide", "appeal", ANSWER, "an appeal, a complaint, a computer's decision: --uphold, --partly, --deny"),
    Command("close", "ending", ANSWER, "close an answered case; says what is still missing"),
    Command("reopen", "ending", ANSWER, "bring a closed case back to work", daily=False),
    Command("init", "desk", OFFICE, "make a workspace"),
    Command("doctor", "desk", OFFICE, "check the workspace; --rebuild remakes its lists from the facts"),
    Command("config", "desk", OFFICE, "check or show the settings", daily=False),
    Command("staff", "staff", OFFICE, "who acts, who approves"),
    Command("source", "source", OFFICE, "where data lives: list, test, scan, add, import-fides"),
    Command("remind", "remind", OFFICE, "tell staff what is due; for cron: --quiet, --check, --show-setup"),
    Command("purge", "purge", OFFICE, "forget closed cases: --plan, --approve, --confirm; no undo"),
    Command("backup", "desk", OFFICE, "a safe copy while in use"),
    Command("restore", "desk", OFFICE, "bring a backup back, beside the store, never over it", daily=False),
    Command("demo", "demo", OFFICE, "the whole journey on invented people, thrown away afterwards"),
    Command("law", "law", PROOF, "the rules: list, show, due (the sum for one date)"),
    Command("audit", "audit", PROOF, "who did what: log, check, head"),
    Command("help", "help", PROOF, "help in plain words: dsar help new, dsar help dates"),
    Command("version", "help", PROOF, "the version", daily=False),
    Command("completion", "help", PROOF, "a script that completes commands in bash, zsh or fish", daily=False),
)

BY_NAME = {command.name: command for command in COMMANDS}

EVERYWHERE = "Anywhere: --json --csv --plain --quiet --no-color --no-input --names --home DIR --today DATE; -h for more"


def overview_text(*, whole: bool = False) -> str:
    """The top help: examples first, commands by job, one screen; the ``whole`` of it has every command."""
    lines = [
        "dsar keeps a company's privacy promises on time, and proves it.",
        "",
        "  dsar                        what to do now",
        "  dsar new --file letter.eml  read a request into a case",
        "  dsar demo                   see the whole journey on invented people",
    ]
    shown = [command for command in COMMANDS if command.daily or whole]
    for group in dict.fromkeys(command.group for command in shown):
        lines += ["", group]
        lines += [f"  {command.name:<10}  {command.says}" for command in shown if command.group == group]
    if not whole:
        more = ", ".join(command.name for command in COMMANDS if not command.daily)
        lines += ["", f"Also: {more}", "All of them: dsar help commands"]
    return "\n".join([*lines, "", EVERYWHERE])
