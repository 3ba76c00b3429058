"""One run of the command line: the options that go anywhere, the workspace, and who is at the keyboard.

What is printed, and how, is left to ``emit``.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dsar.errors import InputWrong, Refused

if TYPE_CHECKING:
    from dsar.case.stamp import Stamp
    from dsar.cli.clock import Moment
    from dsar.workspace import Workspace


@dataclass(slots=True, kw_only=True)
class Session:
    """The options every command takes, before or after the verb."""

    json: bool = False
    csv: bool = False
    plain: bool = False
    quiet: bool = False
    verbose: bool = False
    no_color: bool = False
    no_input: bool = False
    names: bool = False
    for_people: bool = False
    home: str = ""
    today: str = ""
    now: str = ""
    acting_as: str = ""
    _workspace: Workspace | None = field(default=None, repr=False)

    @property
    def terminal(self) -> bool:
        """Whether a person reads standard output directly (the demo is always written for people)."""
        return sys.stdout.isatty() or self.for_people

    @property
    def colour(self) -> bool:
        """Whether colours may be used (they never carry meaning alone)."""
        dumb = os.environ.get("TERM") == "dumb" or "NO_COLOR" in os.environ
        return sys.stdout.isatty() and not (self.no_color or self.plain or dumb)

    @property
    def interactive(self) -> bool:
        """Whether there is somebody to ask."""
        return sys.stdin.isatty() and not self.no_input and not self.json

    @property
    def width(self) -> int:
        """Columns of the terminal; 80 in a pipe."""
        return shutil.get_terminal_size((80, 24)).columns

    @property
    def workspace(self) -> Workspace:
        """The workspace this run works in; found once."""
        if self._workspace is None:
            from dsar.workspace import Workspace, find_home

            self._workspace = Workspace(find_home(self.home or os.environ.get("DSAR_HOME", "")))
        return self._workspace

    @property
    def moment(self) -> Moment:
        """When this run happens, by law and by the clock."""
        return self.moment_in(self.workspace.config.organisation.zone)

    def moment_in(self, zone: str) -> Moment:
        """When this run happens, for an office in this time zone."""
        from dsar.cli.clock import moment

        return moment(zone, today=self.today or os.environ.get("DSAR_TODAY", ""), now=self.now)

    @property
    def stamp(self) -> Stamp:
        """Who acts, when and where: what every changing command hands to the workflow."""
        import socket

        from dsar.case.stamp import Stamp

        when = self.moment
        return Stamp(
            actor=self.actor(), on=when.on, recorded_at=when.recorded_at, place=socket.gethostname(), moved=when.moved
        )

    @property
    def reader(self) -> Stamp:
        """A stamp for looking only: it needs no place in the staff list."""
        from dsar.case.stamp import Stamp

        when = self.moment
        return Stamp(actor="reader", on=when.on, recorded_at=when.recorded_at, moved=when.moved)

    def actor(self) -> str:
        """The member of staff at the keyboard: the login (through sudo, the caller's), looked up in the staff list."""
        desk = self.workspace.config.desk
        wanted = self.acting_as or os.environ.get("DSAR_AS", "")
        if wanted:
            if not (desk.rehearsal or desk.shared_login):
                raise Refused(
                    "Not done: --as is for rehearsal workspaces and shared logins; here your own login says who you "
                    "are. Nothing was changed."
                )
            if self.workspace.config.member(wanted) is None:
                known = ", ".join(member.id for member in self.workspace.config.staff)
                raise InputWrong(f'Not done: "{wanted}" is not in the staff list ({known}).', hint="dsar staff list")
            return wanted
        login = os_login()
        member = self.workspace.config.by_login(login)
        if member is None:
            raise Refused(
                f'You may look but not change: your account "{login}" is not in the staff list. Nothing was changed.',
                hint=f"Ask whoever keeps it: dsar staff add {login}",
            )
        return member.id


def os_login() -> str:
    """The login of the person at the keyboard; through sudo, whoever called it."""
    import getpass

    return os.environ.get("SUDO_USER") or getpass.getuser()


_current: ContextVar[Session] = ContextVar("session")


def current() -> Session:
    """The session of this run."""
    return _current.get()


def begin(session: Session) -> None:
    """Make this the session of the run."""
    _current.set(session)


FLAGS = {
    "--json": "json",
    "--csv": "csv",
    "--plain": "plain",
    "--quiet": "quiet",
    "-q": "quiet",
    "--verbose": "verbose",
    "-v": "verbose",
    "--no-color": "no_color",
    "--no-input": "no_input",
    "--names": "names",
}
VALUES = {"--home": "home", "--today": "today", "--now": "now", "--as": "acting_as"}


def hoist(arguments: list[str]) -> tuple[Session, list[str]]:
    """The options that go anywhere, taken out of the arguments; after ``--`` nothing is looked at."""
    session = Session()
    rest: list[str] = []
    waiting = iter(arguments)
    for word in waiting:
        if word == "--":
            rest += [word, *waiting]
            break
        name, eq, value = word.partition("=")
        if word in FLAGS:
            setattr(session, FLAGS[word], True)
        elif name in VALUES:
            given = value if eq else next(waiting, None)
            if not given:
                raise InputWrong(f"Not done: {name} needs a value.", hint="dsar --help")
            setattr(session, VALUES[name], given)
        else:
            rest.append(word)
    return session, rest
