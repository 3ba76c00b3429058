"""The Jinja2 sandbox in which letters and pages are filled in: no files, no code, no endless work.

Finding templates, and telling what went wrong in words, is for ``templates``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from pathlib import Path
from types import BuiltinMethodType, FunctionType, MethodType
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound, UndefinedError, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, LoopContext, Macro, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Cycler, Joiner, Namespace, htmlsafe_json_dumps, missing

MAX_OUTPUT = 1_000_000
MAX_TEMPLATE = 256_000
MAX_RANGE = 1_000
_PLAIN_VALUES = (str, int, float, bool, Decimal, date, time, timedelta, tuple, list, dict, set, frozenset, type(None))
_JINJA_CALLABLES = (Macro, LoopContext, BlockReference, Cycler, Joiner, FunctionType)
_JINJA_TYPES = (dict, Namespace, Cycler, Joiner)
# Methods and filters that make much out of little, or let a value past the escaping.
_BLOWN_UP = frozenset({"format", "format_map", "center", "ljust", "rjust", "zfill", "expandtabs", "replace", "join"})
_FILTERS_GONE = (
    "center",
    "format",
    "safe",
    "attr",
    "xmlattr",
    "pprint",
    "random",
    "indent",
    "urlize",
    "replace",
    "batch",
    "slice",
)
_LONG_NUMBER = re.compile(r"%[^a-zA-Z%]*(?:\d{4}|\*)")


class TooMuch(Exception):
    """A template makes more text, or a larger number, than a letter can hold."""


class MissingValue(UndefinedError):
    """A template asks for a value it was not given."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is undefined")
        self.name = name


class Missing(StrictUndefined):
    """Stands for a value that is not there; any use of it raises MissingValue with its name."""

    __slots__ = ()

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: Callable[..., Exception] = UndefinedError,
    ) -> None:
        if exc is UndefinedError:

            def exc(_message: str | None = None) -> Exception:
                return MissingValue(str(name or "a value"))

        super().__init__(hint, obj, name, exc)  # type: ignore[arg-type]


def short_range(*bounds: int) -> range:
    """Like range, at most a thousand long."""
    made = range(*bounds)
    if len(made) > MAX_RANGE:
        raise TooMuch
    return made


def limited(parts: Iterable[str]) -> str:
    """The parts as one text, given up as soon as it is larger than a letter can be."""
    kept: list[str] = []
    size = 0
    for part in parts:
        size += len(part)
        if size > MAX_OUTPUT:
            raise TooMuch
        kept.append(part)
    return "".join(kept)


class _LimitedCode(CodeGenerator):
    """Sends ``a ~ b`` through the environment too, so that doubling a text in a loop ends."""

    def visit_Concat(self, node: nodes.Concat, frame: Frame) -> None:
        self.write("environment.joined(context, (")
        for part in node.nodes:
            self.visit(part, frame)
            self.write(", ")
        self.write("))")


class Sandbox(ImmutableSandboxedEnvironment):
    """Only plain values may be called into, nothing may be changed, and every text has an end."""

    code_generator_class = _LimitedCode
    concat = staticmethod(limited)
    intercepted_binops = frozenset({"+", "*", "**", "%", "<<"})

    def __init__(self, loader: FileSystemLoader, *, autoescape: bool) -> None:
        super().__init__(
            loader=loader,
            autoescape=autoescape,
            undefined=Missing,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self.globals["range"] = short_range
        self.globals.pop("lipsum", None)
        for name in _FILTERS_GONE:
            self.filters.pop(name, None)
        # Jinja's own takes an indent, which makes much out of little
        self.filters["tojson"] = lambda value: htmlsafe_json_dumps(value)

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        if isinstance(obj, str) and attr in _BLOWN_UP:
            return False
        return super().is_safe_attribute(obj, attr, value)

    def is_safe_callable(self, obj: Any) -> bool:
        if not super().is_safe_callable(obj):
            return False
        if isinstance(obj, type):
            return obj in _JINJA_TYPES
        if isinstance(obj, MethodType | BuiltinMethodType):
            owner = obj.__self__
            return isinstance(owner, (*_PLAIN_VALUES, *_JINJA_CALLABLES)) or is_dataclass(owner)
        return isinstance(obj, _JINJA_CALLABLES)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator in ("**", "<<"):
            raise SecurityError("powers are not for letters")
        sized = (str, list, tuple, bytes)
        if operator == "*" and (isinstance(left, sized) or isinstance(right, sized)):
            raise SecurityError("texts cannot be multiplied in letters")
        if operator == "%" and isinstance(left, str) and _LONG_NUMBER.search(left):
            raise SecurityError("such a format is not for letters")
        result = super().call_binop(context, operator, left, right)
        too_long = isinstance(result, sized) and len(result) > MAX_OUTPUT
        if too_long or (isinstance(result, int) and abs(result) > 10**30):
            raise TooMuch
        return result

    def joined(self, context: Any, parts: Sequence[Any]) -> str:
        """What ``a ~ b`` in a template makes."""
        result = markup_join(parts) if context.eval_ctx.autoescape else str_join(parts)
        if len(result) > MAX_OUTPUT:
            raise TooMuch
        return result


class ContainedLoader(FileSystemLoader):
    """Loads templates of the given folders only, whatever links lie in them."""

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        roots = [Path(folder).resolve() for folder in self.searchpath]
        for folder in self.searchpath:
            path = (Path(folder) / template).resolve()
            if path.is_file():
                if not any(path.is_relative_to(root) for root in roots) or path.stat().st_size > MAX_TEMPLATE:
                    raise TemplateNotFound(template)
                break
        return super().get_source(environment, template)
