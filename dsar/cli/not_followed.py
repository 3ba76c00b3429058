"""Words for what a search found and did not follow, and the command that says yes to it; never the value unasked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from dsar.cli.session import current
from dsar.formats.plain import printable

if TYPE_CHECKING:
    from dsar.workflow.hops import NotFollowed

# Beyond so many of one reason, the screen says how many and no more.
FEW = 5


def not_followed_data(one: NotFollowed) -> dict[str, str]:
    """What was not followed, for programs: never the value."""
    return {"kind": one.identifier.kind, "why": one.why, "found_in": one.identifier.found_in, "name": one.name}


def told_not_followed(refused: Sequence[NotFollowed], case: str) -> list[str]:
    """What was not followed, for people: how many for each reason, and how to say yes to those that are few."""
    groups: dict[tuple[str, str], list[NotFollowed]] = {}
    for one in refused:
        groups.setdefault((one.identifier.kind, one.why), []).append(one)
    told = []
    for (kind, why), several in groups.items():
        told.append(f"not followed: {kind}{f' ({len(several)})' if len(several) > 1 else ''}: {why}")
        names = [one for one in several if one.name]
        if len(names) == len(several) <= FEW:
            told += [
                f"  to follow it all the same: dsar gather {case} --follow {one.name}{_value(one)}" for one in names
            ]
        elif names:
            told.append("  their names, to follow one all the same, are in --json")
    return told


def _value(one: NotFollowed) -> str:
    return f"  ({printable(one.identifier.value)})" if current().names else ""
