"""What the check is told to look for: what was removed, and not what is found everywhere by chance."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dsar.case.records import Disclose, Field
from dsar.disclosure.proposals import propose
from dsar.disclosure.watch import Watch, join, watch
from tests.disclosure.scene import OWN, SEATS, finding

HIDDEN = replace(
    SEATS,
    fields=(
        Field(name="who", meaning="Who", disclose=Disclose.OTHER_PERSON),
        Field(name="text", meaning="Text", text=True),
    ),
)


def seen(**values: str) -> Watch:
    one = finding(HIDDEN, **values)
    return watch(one, HIDDEN, propose(one, HIDDEN, OWN), OWN)


@pytest.mark.parametrize("value", ["Ben Ode", "ben@x.example", "+1 415 555 0199", "S-2002", "lk_live_77"])
def test_what_was_hidden_is_looked_for(value: str) -> None:
    assert value in seen(who=value).removed


@pytest.mark.parametrize("value", ["none", "Grace", "Maria", "Rivera", "17", "2026", ""])
def test_what_is_found_everywhere_by_chance_is_not(value: str) -> None:
    assert seen(who=value).removed == frozenset()


def test_what_was_cut_from_prose_is_looked_for_and_what_stayed_is_not() -> None:
    found = seen(text="Ben Ode <ben@x.example>, maria.rivera@example.com, Ada <ada@x.example>")
    assert found.removed == {"ben@x.example", "Ben Ode", "ada@x.example"}
    assert found.allowed == frozenset()


def test_what_is_shown_somewhere_on_purpose_is_not_looked_for() -> None:
    one = Watch(allowed=frozenset({"a@x.example"}), removed=frozenset({"b@x.example"}))
    two = Watch(allowed=frozenset({"b@x.example"}), removed=frozenset({"c@x.example"}))
    assert join([one, two]) == Watch(allowed=one.allowed | two.allowed, removed=two.removed)
