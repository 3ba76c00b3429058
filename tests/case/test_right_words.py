"""Kinds of request as people, forms and laws name them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from dsar.case.rights import Right, right_named
from dsar.errors import InputWrong


@pytest.mark.parametrize(
    ("word", "right"),
    [
        ("rectification", Right.EDIT),
        ("Erasure", Right.DELETE),
        ("know", Right.ACCESS),
        ("know-specific", Right.ACCESS),
        ("know_categories", Right.ACCESS),
        ("shine the light", Right.NOTICE_1798_83),
        ("parental_delete", Right.CHILD_DELETE),
        ("parental access", Right.CHILD_ACCESS),
        ("deindex", Right.DELETE),
        ("grievance", Right.COMPLAINT),
        ("opt_out_sale_share", Right.OPT_OUT_SALE),
        ("do_not_sell", Right.OPT_OUT_SALE),
        ("do_not_call", Right.OPT_OUT_MARKETING),
        ("unsubscribe", Right.OPT_OUT_MARKETING),
        ("revoke consent", Right.WITHDRAW_CONSENT),
        ("list of third parties", Right.THIRD_PARTIES),
        ("admt", Right.AUTOMATED_DECISION),
    ],
)
def test_a_laws_own_word_is_understood(word: str, right: Right) -> None:
    assert right_named(word) is right


@pytest.mark.parametrize(
    ("word", "says", "hint"),
    [
        ("correct_erase", '"correct_erase" can mean correct or delete', "edit, delete"),
        ("opt-out", '"opt-out" can mean opt out of sale or stop marketing', "opt_out_sale, opt_out_marketing"),
        ("all", '"all" can mean access or', "access, portability, edit, delete, opt_out_sale, appeal"),
        ("suspension", '"suspension" can mean objection or restrict', "objection, restriction"),
    ],
)
def test_a_word_that_means_several_is_asked_about(word: str, says: str, hint: str) -> None:
    with pytest.raises(InputWrong) as refused:
        right_named(word)
    assert says in refused.value.message
    assert refused.value.hint == f"Name the one it is: {hint}."


@pytest.mark.parametrize("word", ["access", "erase", "rectification", "know", "opt_out_sale", "1798.83", "child"])
def test_the_common_words_open_no_law_file(word: str) -> None:
    script = (
        "import sys; from dsar.case.rights import right_named; "
        f"right_named({word!r}); sys.exit('dsar.law.rules' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
