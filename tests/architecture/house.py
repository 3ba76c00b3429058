"""The house rules as tables: which room may know which, and what no room may do.

It reads the source text of a dsar/ folder and says what breaks a rule; the tests beside it apply it to ours.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LONGEST_FILE = 400
CUPBOARDS = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "common", "misc"}

# errors <- law <- case <- formats <- {side by side} <- workspace <- workflow <- cli; config knows errors and law.
BELOW = {"errors", "law", "case", "formats", "config"}
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "law": {"errors"},
    # the table of settings alone, so that config can stay short
    "settings": set(),
    "config": {"errors", "law", "settings"},
    "case": {"errors", "law"},
    "formats": {"errors", "law", "case"},
    # Side by side: these speak in values of `case` and not with each other, but for changes -> sources.
    "ledger": BELOW,
    "inbox": BELOW,
    "sources": BELOW,
    "changes": BELOW | {"sources"},
    "disclosure": BELOW,
    "letters": BELOW,
    "reports": BELOW,
}
MAY_IMPORT["workspace"] = set(MAY_IMPORT)
MAY_IMPORT["workflow"] = MAY_IMPORT["workspace"] | {"workspace"}
MAY_IMPORT["cli"] = MAY_IMPORT["workflow"] | {"workflow"}
MAY_IMPORT["__main__"] = {"cli"}
MAY_IMPORT["__init__"] = set()

CLOCK = "dsar.cli.clock"
WALL_CLOCK = {
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime", "time.ctime", "time.asctime", "time.strftime",
    "email.utils.localtime", "email.utils.formatdate",
}  # fmt: skip
SQL_CLOCK = re.compile(
    r"\bcurrent_(timestamp|date|time)\b|\b(date|time|datetime|julianday|unixepoch|strftime)\s*\([^)]*'now'", re.I
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ban:
    """Libraries that are kept out of some rooms, or with `only_in` out of all others, and why."""

    libraries: frozenset[str]
    why: str
    in_rooms: frozenset[str] = frozenset()
    only_in: frozenset[str] = frozenset()

    def covers(self, room: str) -> bool:
        return room in self.in_rooms if self.in_rooms else room not in self.only_in


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


BANS = (
    Ban(libraries=_words("click"), why="Typer carries its own copy"),
    Ban(libraries=_words("typer"), only_in=_words("cli"), why="only cli speaks with a terminal"),
    Ban(libraries=_words("rich"), only_in=_words("cli"), why="only cli speaks with a terminal"),
    Ban(libraries=_words("sqlite_utils"), only_in=_words("ledger"), why="the SQL of the case store is in ledger"),
    Ban(libraries=_words("sqlite3"), only_in=_words("ledger sources"), why="the SQL of the case store is in ledger"),
    Ban(
        libraries=_words(
            "os io pathlib shutil tempfile glob subprocess socket ssl http urllib smtplib imaplib mailbox"
        ),
        in_rooms=_words("case"),
        why="case is pure",
    ),
    Ban(libraries=_words("logging"), in_rooms=_words("law case"), why="law and case return, they do not log"),
)


@dataclass(frozen=True)
class Module:
    """One parsed file of dsar/, with its dotted name."""

    name: str
    path: Path
    tree: ast.Module
    lines: int

    @property
    def room(self) -> str:
        """The first part below dsar: a folder, or a single file such as errors; __init__ is the package's own."""
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 else "__init__"

    @cached_property
    def imports(self) -> tuple[tuple[str, int], ...]:
        """Every dotted name this file imports, at any depth, with its line; `from a import b` tells `a.b`."""
        return tuple(_imports(self))

    @cached_property
    def bound(self) -> dict[str, str]:
        """What each imported local name stands for: `d` for datetime.date after `from datetime import date as d`."""
        names: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    first = alias.name.split(".")[0]
                    names[alias.asname or first] = alias.name if alias.asname else first
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        return names

    def says(self, line: int, text: str) -> str:
        return f"{self.name}:{line} {text}"


def read(folder: Path) -> dict[str, Module]:
    """Parse every Python file below a package folder, by dotted name."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        parts = (folder.name, *path.relative_to(folder).with_suffix("").parts)
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found[name] = Module(name, path, ast.parse(text, filename=str(path)), len(text.splitlines()))
    return found


def _imports(module: Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                yield from ((alias.name, node.lineno) for alias in names)
            case ast.ImportFrom(names=names):
                start = _absolute(module, node)
                yield from ((f"{start}.{alias.name}", node.lineno) for alias in names)
            case ast.Call(func=func, args=[ast.Constant(value=str(name)), *_]) if _last_name(func) in {
                "import_module",
                "__import__",
            }:
                yield (f"{module.name}{name}" if name.startswith(".") else name), node.lineno


def _absolute(module: Module, node: ast.ImportFrom) -> str:
    """The dotted package an import starts from, with leading dots worked out as Python does."""
    if not node.level:
        return node.module or ""
    parts = module.name.split(".")
    if module.path.name != "__init__.py":
        parts = parts[:-1]
    kept = parts[: max(0, len(parts) - (node.level - 1))]
    return ".".join([*(kept or ["beyond the package"]), *([node.module] if node.module else [])])


def _last_name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


def _is_room(modules: dict[str, Module], name: str) -> bool:
    return name in modules or any(other.startswith(f"{name}.") for other in modules)


def wrong_imports(modules: dict[str, Module]) -> list[str]:
    """Imports against the arrows of MAY_IMPORT, and files that are in no room of it."""
    faults = []
    for module in modules.values():
        if module.room not in MAY_IMPORT:
            faults.append(module.says(1, f"{module.room} is no room of the house"))
            continue
        for name, line in module.imports:
            top, *rest = name.split(".")
            if top == "beyond the package":
                faults.append(module.says(line, "a relative import leaves the package"))
            if top != "dsar" or not rest or not _is_room(modules, f"dsar.{rest[0]}"):
                continue
            if rest[0] != module.room and rest[0] not in MAY_IMPORT[module.room]:
                faults.append(module.says(line, f"{module.room} may not import {rest[0]}"))
    return faults


def cycles(modules: dict[str, Module]) -> list[str]:
    """Groups of modules that import each other, directly or round a corner."""
    graph = {name: _targets(module, modules) for name, module in modules.items()}
    reach = {name: _reachable(graph, name) for name in graph}
    groups = {tuple(sorted(b for b in reach[a] if a in reach[b])) for a in graph if a in reach[a]}
    return sorted(" <-> ".join(group) for group in groups)


def _targets(module: Module, modules: dict[str, Module]) -> set[str]:
    """The dsar modules a module imports: the submodule where there is one, else the module that holds the name."""
    targets = set()
    for name, _ in module.imports:
        holder = name if name in modules else name.rpartition(".")[0]
        if holder in modules:
            targets.add(holder)
    return targets


def _reachable(graph: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        name = ahead.pop()
        if name not in seen:
            seen.add(name)
            ahead.extend(graph[name])
    return seen


def banned_libraries(modules: dict[str, Module]) -> list[str]:
    """Imports of libraries that a row of BANS keeps out of the room."""
    return [
        module.says(line, f"{module.room} may not import {name.split('.')[0]}: {ban.why}")
        for module in modules.values()
        for ban in BANS
        if ban.covers(module.room)
        for name, line in module.imports
        if name.split(".")[0] in ban.libraries
    ]


def wall_clock_reads(modules: dict[str, Module]) -> list[str]:
    """Places that learn the time from the machine or from SQL, outside the one module that may."""
    faults = []
    for module in modules.values():
        if module.name == CLOCK:
            continue
        prose = _docstrings(module.tree)
        for node in ast.walk(module.tree):
            match node:
                case ast.Attribute() | ast.Name() if (name := _full_name(node, module.bound)) in WALL_CLOCK:
                    faults.append(module.says(node.lineno, f"reads the wall clock: {name}"))
                case ast.Constant(value=str(text)) if id(node) not in prose and SQL_CLOCK.search(text):
                    faults.append(module.says(node.lineno, "reads the wall clock in SQL"))
    return faults


def _full_name(node: ast.expr, bound: dict[str, str]) -> str:
    """The dotted name an expression stands for, imports worked out; empty for anything else."""
    if isinstance(node, ast.Name):
        return bound.get(node.id, "")
    if isinstance(node, ast.Attribute) and (owner := _full_name(node.value, bound)):
        return f"{owner}.{node.attr}"
    return ""


def _docstrings(tree: ast.Module) -> set[int]:
    holders = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    first = (node.body[0] for node in ast.walk(tree) if isinstance(node, holders) and node.body)
    return {id(one.value) for one in first if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)}


def bare_calls(modules: dict[str, Module], function: str, *, rooms: set[str]) -> list[str]:
    """Calls of a builtin such as print or open in the rooms given."""
    return [
        module.says(node.lineno, f"{module.room} may not call {function}")
        for module in modules.values()
        if module.room in rooms
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function
    ]


def untold(modules: dict[str, Module]) -> list[str]:
    """Modules that do not say in a docstring what they are for."""
    return [module.says(1, "has no docstring") for module in modules.values() if not ast.get_docstring(module.tree)]


def cupboards(modules: dict[str, Module]) -> list[str]:
    """Modules named for no question in particular."""
    return [
        module.says(1, "is named like a cupboard")
        for module in modules.values()
        if module.name.rpartition(".")[2] in CUPBOARDS
    ]


def too_long(modules: dict[str, Module]) -> list[str]:
    """Files longer than LONGEST_FILE lines."""
    return [module.says(module.lines, "is too long") for module in modules.values() if module.lines > LONGEST_FILE]
