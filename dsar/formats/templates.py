"""Fills in Jinja2 templates, the office's own before ours, and says in words what is missing or wrong.

What letters there are and what values they get is for the letters room; the limits are in ``sandbox``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import TYPE_CHECKING

from dsar.errors import InputWrong, Refused
from dsar.formats.plain import shorten

if TYPE_CHECKING:
    from jinja2 import Environment

Filter = Callable[..., object]


def environment(
    folders: Sequence[Path], *, autoescape: bool, filters: Mapping[str, Filter] = MappingProxyType({})
) -> Environment:
    """The sandbox that finds templates in these folders, the first that has one winning; kept for the next call.

    ``autoescape`` for HTML pages, not for Markdown or text. The environment is shared: do not change it,
    pass ``filters`` instead.
    """
    return _environment(tuple(folder.resolve() for folder in folders), autoescape, tuple(sorted(filters.items())))


@lru_cache(maxsize=16)
def _environment(folders: tuple[Path, ...], autoescape: bool, filters: tuple[tuple[str, Filter], ...]) -> Environment:
    from dsar.formats.sandbox import ContainedLoader, Sandbox

    made = Sandbox(ContainedLoader([str(folder) for folder in folders]), autoescape=autoescape)
    made.filters.update(dict(filters))
    return made


def render(env: Environment, template_name: str, values: Mapping[str, object]) -> str:
    """The template filled in, at most one million characters.

    Raises Refused when a value is missing, or the template reaches for what the sandbox keeps from it or
    makes too much; InputWrong when the template is not there or is written wrongly, with file and line.
    """
    from jinja2 import TemplateNotFound, TemplateSyntaxError
    from jinja2.exceptions import SecurityError

    from dsar.formats.sandbox import MissingValue, TooMuch

    letter = PurePosixPath(template_name).name.split(".")[0]
    try:
        return env.get_template(template_name).render(values)
    except MissingValue as error:
        raise Refused(
            f'Not sent: the letter "{letter}" needs {{{{{shorten(error.name, 60)}}}}} and the case has none.',
            hint=f"Add it, then see the letter: dsar letter preview CASE {letter}",
        ) from error
    except TemplateSyntaxError as error:
        says = shorten(error.message or "it is written wrongly", 200).rstrip(".")
        raise InputWrong(
            f"{error.name or template_name} line {error.lineno}: {says}. The letter was not made."
        ) from error
    except TemplateNotFound as error:
        raise InputWrong(f'There is no template "{shorten(str(error.name), 80)}" in the template folders.') from error
    except SecurityError as error:
        place = _place(error, template_name)
        raise Refused(f"Not sent: {place} reaches for something templates may not use.") from error
    except (TooMuch, MemoryError, OverflowError) as error:
        raise Refused(f"Not sent: {_place(error, template_name)} makes more text than a letter can hold.") from error
    except Exception as error:
        # the message may quote a value, so only its kind is told
        kind = type(error).__name__
        place = _place(error, template_name)
        raise InputWrong(f"{place}: it cannot be filled in ({kind}). The letter was not made.") from error


def _place(error: BaseException, template_name: str) -> str:
    """File and line of the template in which the error arose: the last frame that Jinja rewrote to a template's."""
    found, step = template_name, error.__traceback__
    while step is not None:
        if "__jinja_exception__" in step.tb_frame.f_globals:
            found = f"{PurePosixPath(step.tb_frame.f_code.co_filename).name} line {step.tb_lineno}"
        step = step.tb_next
    return found
