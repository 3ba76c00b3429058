"""staff list, add, set, off."""

from __future__ import annotations

from typing import Annotated

import typer

from dsar.cli.emit import Answer, Column, Table, emit
from dsar.cli.options import SETTINGS, group
from dsar.cli.session import current
from dsar.errors import InputWrong
from dsar.workflow import upkeep

app_staff = group("Who acts, who approves, who gets which mail.")

Name = Annotated[str, typer.Option("--name", help="The full name.")]
Email = Annotated[str, typer.Option("--email", help="Where reminders and questions go.")]
RoleOption = Annotated[
    list[str] | None, typer.Option("--role", help="reader, editor, approver, manager, dpo; repeatable.")
]
Login = Annotated[list[str] | None, typer.Option("--login", help="A login of this computer (default: the id).")]
Deputy = Annotated[str, typer.Option("--deputy", help="Who stands in.")]


@app_staff.command("list", context_settings=SETTINGS)
def list_() -> int:
    """The staff list.

    Example: dsar staff list
    """
    people = current().workspace.config.staff
    return emit(
        Answer(
            schema="staff-list",
            data={
                "staff": [
                    {
                        "id": one.id,
                        "name": one.name,
                        "roles": list(one.roles),
                        "logins": list(one.logins or (one.id,)),
                        "deputy": one.deputy,
                        "off": one.off,
                    }
                    for one in people
                ]
            },
            table=Table(
                (
                    Column(title="ID"),
                    Column(title="NAME", shrink=True),
                    Column(title="ROLES", shrink=True),
                    Column(title="DEPUTY", drop=1),
                    Column(title="", drop=2),
                ),
                [(one.id, one.name, ", ".join(one.roles), one.deputy, "off" if one.off else "") for one in people],
            ),
        )
    )


@app_staff.command(context_settings=SETTINGS)
def add(
    member: Annotated[str, typer.Argument(metavar="ID", help="A short name; usually the login.")],
    name: Name = "",
    email: Email = "",
    role: RoleOption = None,
    login: Login = None,
    deputy: Deputy = "",
) -> int:
    """Add somebody to the staff list.

    Example: dsar staff add sam --name "Sam Whitaker" --role editor --role approver
    """
    changes = _changes(name, email, role or ["editor"], login, deputy)
    return _write(member, {"name": member, **changes}, new=True)


@app_staff.command("set", context_settings=SETTINGS)
def set_(
    member: Annotated[str, typer.Argument(metavar="ID")],
    name: Name = "",
    email: Email = "",
    role: RoleOption = None,
    login: Login = None,
    deputy: Deputy = "",
) -> int:
    """Change what the staff list says of somebody.

    Example: dsar staff set sam --role approver
    """
    changes = _changes(name, email, role, login, deputy)
    if not changes:
        raise InputWrong("Not done: say what to change.", hint="dsar staff set --help")
    return _write(member, {**changes, "off": False}, new=False)


@app_staff.command(context_settings=SETTINGS)
def off(member: Annotated[str, typer.Argument(metavar="ID")]) -> int:
    """Somebody left, or is away for long: no more logins, mails or approvals.

    Example: dsar staff off sam
    """
    return _write(member, {"off": True}, new=False)


def _changes(name: str, email: str, role: list[str] | None, login: list[str] | None, deputy: str) -> dict[str, object]:
    given = {"name": name, "email": email, "roles": role, "logins": login, "deputy": deputy}
    return {key: value for key, value in given.items() if value}


def _write(member: str, changes: dict[str, object], *, new: bool) -> int:
    session = current()
    ws = session.workspace
    if ws.config.staff:
        ws.require(session.stamp, "manager", "dpo")
    upkeep.add_staff(ws, member, changes, new=new)
    return emit(
        Answer(
            schema="staff-set",
            data={"id": member, **changes},
            before=(f"{member}: written to dsar.toml.",),
            hint="dsar staff list",
        )
    )
