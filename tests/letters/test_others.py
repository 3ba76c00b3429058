"""Letters to somebody else than whoever wrote, and what a reporter, a child and an unproven parent may hear."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dsar.case.gates import Content
from dsar.case.rights import ABOUT_A_CHILD, CARRIED_OUT_BY, Right
from dsar.case.stages import Role
from dsar.errors import Refused
from dsar.letters.compose import Composed, compose
from dsar.letters.kinds import KINDS, Kind, content_of, missing
from dsar.letters.letter import ACTS, Act, EarlierLetter, FieldValue, Letter, RightAsked, SearchTerm
from dsar.letters.lint import lint
from tests.letters.samples import OFFICE, letter

CHILD = (RightAsked(right=Right.CHILD_DELETE, standard="promptly"),)
FINAL = [Kind.ANSWER, Kind.NOTHING, Kind.DONE, Kind.NOTICE, Kind.REFUSAL, Kind.CLOSING]


def text_of(kind: Kind, value: Letter, folders: tuple[Path, ...]) -> str:
    return " ".join(compose(kind, value, folders=folders).text.split())


def without(made: Composed, phrase: str) -> Composed:
    text = " ".join(made.text.split())
    assert phrase in text, phrase
    return replace(made, text=text.replace(phrase, ""))


TAKEN_OUT = [
    (Kind.INSTRUCTION, "en", "Erase the data", "data must be erased"),
    (Kind.INSTRUCTION, "en", "18 November 2026", "by when it must be done"),
    (Kind.INSTRUCTION, "en", "pass this on", "passed on to those"),
    (Kind.INSTRUCTION, "en", "confirm", "confirmed to us"),
    (Kind.INSTRUCTION, "en", "48291", "whose data"),
    (Kind.INSTRUCTION, "en", "Call records", 'leaves out "Call records"'),
    (Kind.INSTRUCTION, "de", "Löschen Sie die Daten", "data must be erased"),
    (Kind.INSTRUCTION, "de", "geben Sie es sofort weiter", "passed on to those"),
    (Kind.INSTRUCTION, "de", "18. November 2026", "by when it must be done"),
    (Kind.OLD_CHANNEL, "en", "a change of data", "a change was asked for"),
    (Kind.OLD_CHANNEL, "en", "a copy of data", "a copy was asked for"),
    (Kind.OLD_CHANNEL, "en", "Tell us at once", "tell us at once"),
    (Kind.OLD_CHANNEL, "en", "18 November 2026", "until when to tell us"),
    (Kind.OLD_CHANNEL, "en", "20 October 2026", "when the request reached us"),
    (Kind.OLD_CHANNEL, "en", "3 October 2026", "when contact data was changed"),
    (Kind.OLD_CHANNEL, "en", "Harbor Voice Ltd", "name the organisation"),
    (Kind.OLD_CHANNEL, "de", "eine Änderung von Daten", "a change was asked for"),
    (Kind.OLD_CHANNEL, "de", "eine Kopie von Daten", "a copy was asked for"),
    (Kind.OLD_CHANNEL, "de", "Sagen Sie es uns sofort", "tell us at once"),
]


@pytest.mark.parametrize(("kind", "language", "phrase", "says"), TAKEN_OUT)
def test_what_is_taken_out_is_missed(
    kind: Kind, language: str, phrase: str, says: str, folders: tuple[Path, ...]
) -> None:
    value = letter(kind, "eu-gdpr", language)
    made = compose(kind, value, folders=folders)
    assert lint(kind, value, made) == []
    assert any(says in problem for problem in lint(kind, value, without(made, phrase)))


@pytest.mark.parametrize("kind", [Kind.INSTRUCTION, Kind.OLD_CHANNEL])
def test_a_day_that_has_passed_is_found(kind: Kind, folders: tuple[Path, ...]) -> None:
    value = replace(letter(kind, "eu-gdpr"), reply_by=date(2026, 11, 11))
    assert [problem for problem in lint(kind, value, compose(kind, value, folders=folders)) if "has passed" in problem]


class TestInstruction:
    """A processor or recipient knows what to do, for whom and by when, and not who asked."""

    def test_it_is_complete_or_not_written(self, folders: tuple[Path, ...]) -> None:
        whole = letter(Kind.INSTRUCTION, "eu-gdpr")
        for name in KINDS[Kind.INSTRUCTION].needs:
            value = replace(whole, **{name: ()})  # type: ignore[arg-type]
            assert missing(Kind.INSTRUCTION, value) == name
            with pytest.raises(Refused, match=name):
                compose(Kind.INSTRUCTION, value, folders=folders)

    def test_every_right_that_is_carried_out_has_its_act(self) -> None:
        assert set(ACTS) == set(CARRIED_OUT_BY)

    @pytest.mark.parametrize("language", ["en", "de"])
    @pytest.mark.parametrize("act", list(Act))
    def test_each_act_is_told_apart(self, act: Act, language: str, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.INSTRUCTION, "us-ca-ccpa", language), acts=(act,))
        made = compose(Kind.INSTRUCTION, value, folders=folders)
        assert lint(Kind.INSTRUCTION, value, made) == []
        for other in set(Act) - {act}:
            assert len(lint(Kind.INSTRUCTION, replace(value, acts=(other,)), made)) == 1

    def test_right_values_are_given_or_announced(self, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.INSTRUCTION, "eu-gdpr"), acts=(Act.CORRECT,))
        assert "The right values are not in this letter." in text_of(Kind.INSTRUCTION, value, folders)
        given = replace(value, new_values=(FieldValue(label="town", value="Oberursel"),))
        made = compose(Kind.INSTRUCTION, given, folders=folders)
        assert "- town: Oberursel" in made.text
        problems = lint(Kind.INSTRUCTION, given, without(made, "Oberursel"))
        assert problems == ['The letter does not give the right value for "town".']

    def test_values_are_only_for_who_must_correct_them(self, folders: tuple[Path, ...]) -> None:
        values = (FieldValue(label="town", value="Oberursel"),)
        erase = replace(letter(Kind.INSTRUCTION, "eu-gdpr"), new_values=values)
        assert "Oberursel" not in text_of(Kind.INSTRUCTION, erase, folders)
        done = replace(letter(Kind.DONE, "eu-gdpr"), new_values=values)
        assert "Oberursel" not in text_of(Kind.DONE, done, folders)

    def test_who_asked_is_not_told(self, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.INSTRUCTION, "eu-gdpr"), requester="Maria Rivera", salutation="Dear Ms Rivera")
        made = compose(Kind.INSTRUCTION, value, folders=folders)
        assert "Rivera" not in made.text + made.html + made.subject
        assert lint(Kind.INSTRUCTION, value, made) == []
        leaky = replace(made, text=made.text + "\nMaria Rivera asks for this.\n")
        assert lint(Kind.INSTRUCTION, value, leaky) == ["The letter tells who asked; the least identifier is enough."]


class TestOldChannel:
    """Whoever holds the channel on file learns that something was asked, and how to stop it."""

    def full(self) -> Letter:
        """A letter whose value holds everything that must not come out."""
        found = letter(Kind.ANSWER, "us-ca-ccpa")
        return replace(
            letter(Kind.OLD_CHANNEL, "us-ca-ccpa"),
            salutation="Dear Ms Rivera,",
            customer="Bright Parcel",
            search_term=SearchTerm(label="e-mail address", value="new@takeover.example"),
            new_values=(FieldValue(label="e-mail address", value="new@takeover.example"),),
            places=("Call records",),
            tables=found.tables,
            coverage=found.coverage,
            earlier_letters=found.earlier_letters,
        )

    def test_nothing_else_comes_out(self, folders: tuple[Path, ...]) -> None:
        value = self.full()
        made = compose(Kind.OLD_CHANNEL, value, folders=folders)
        for word in ("Rivera", "takeover", "Bright Parcel", "Call", "Newsletter", "California", "confirmation"):
            assert word not in made.text + made.html + made.subject
        assert made.content is Content.NEUTRAL
        assert lint(Kind.OLD_CHANNEL, value, made) == []

    @pytest.mark.parametrize(
        ("sentence", "says"),
        [
            ("Dear Maria Rivera,", "gives a name"),
            ("It goes to new@takeover.example now.", "gives a name"),
            ("It goes to else@takeover.example now.", "not ours"),
            ("The new number is +1 (415) 555-0134.", "not ours"),
            ("The account is 4829 1001.", "not ours"),
            ("Bright Parcel asked.", "gives a name"),
            ("We found Call records.", "place of records"),
            ("Under the California Consumer Privacy Act (CCPA).", "names a law"),
        ],
    )
    def test_more_than_that_is_found(self, sentence: str, says: str, folders: tuple[Path, ...]) -> None:
        value = self.full()
        made = compose(Kind.OLD_CHANNEL, value, folders=folders)
        problems = lint(Kind.OLD_CHANNEL, value, replace(made, text=f"{made.text}\n{sentence}\n"))
        assert problems
        assert any(says in problem for problem in problems)

    def test_our_own_contacts_and_signature_are_no_leak(self, folders: tuple[Path, ...]) -> None:
        value = letter(Kind.OLD_CHANNEL, "eu-gdpr")
        assert value.signatory
        value = replace(value, requester=value.signatory.name)
        assert lint(Kind.OLD_CHANNEL, value, compose(Kind.OLD_CHANNEL, value, folders=folders)) == []

    def test_by_post_alone(self, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.OLD_CHANNEL, "eu-gdpr"), organisation=replace(OFFICE, email="", phone=""))
        made = compose(Kind.OLD_CHANNEL, value, folders=folders)
        assert made.text.count("4 Quay Street") == 2
        assert lint(Kind.OLD_CHANNEL, value, made) == []

    @pytest.mark.parametrize("right", sorted(ABOUT_A_CHILD))
    def test_it_does_not_say_that_it_is_about_a_child(self, right: Right, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.OLD_CHANNEL, "eu-gdpr"), rights=(RightAsked(right=right, standard="promptly"),))
        assert "child" not in text_of(Kind.OLD_CHANNEL, value, folders)

    def test_an_opt_out_is_no_reason_to_write(self, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.OLD_CHANNEL, "eu-gdpr"), rights=(RightAsked(right=Right.OPT_OUT_SALE),))
        with pytest.raises(Refused, match="does not ask for that"):
            compose(Kind.OLD_CHANNEL, value, folders=folders)

    def test_whoever_wrote_never_hears_of_it(self, folders: tuple[Path, ...]) -> None:
        elsewhere = [kind for kind in Kind if KINDS[kind].elsewhere]
        assert set(elsewhere) == {Kind.ASK_COLLEAGUE, Kind.INSTRUCTION, Kind.OLD_CHANNEL}
        value = replace(
            letter(Kind.DONE, "eu-gdpr"),
            earlier_letters=tuple(EarlierLetter(kind=kind, sent_on=date(2026, 11, 3)) for kind in elsewhere),
        )
        assert "3 November" not in text_of(Kind.DONE, value, folders)
        told = (*value.earlier_letters, EarlierLetter(kind="acknowledgement", sent_on=date(2026, 10, 21)))
        assert "21 October 2026: confirmation" in text_of(Kind.DONE, replace(value, earlier_letters=told), folders)


class TestReporter:
    """A reporter hears that the message came, and nothing else."""

    @pytest.mark.parametrize("kind", FINAL)
    def test_no_letter_tells_how_it_ended(self, kind: Kind, folders: tuple[Path, ...]) -> None:
        law = "us-ca-stl" if kind is Kind.NOTICE else "us-ca-ccpa"
        value = letter(kind, law)
        made = compose(kind, value, folders=folders)
        told = replace(value, role=Role.REPORTER)
        with pytest.raises(Refused, match="would tell a reporter how this ended"):
            compose(kind, told, folders=folders)
        assert "A letter like this must not go to a reporter: it tells something about a child." in lint(
            kind, told, made
        )

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_the_acknowledgement_names_nobody(self, language: str, folders: tuple[Path, ...]) -> None:
        value = replace(
            letter(Kind.ACKNOWLEDGEMENT, "us-coppa", language),
            role=Role.REPORTER, rights=CHILD, requester="Caio Duarte", salutation="Dear Caio,",
        )  # fmt: skip
        made = compose(Kind.ACKNOWLEDGEMENT, value, folders=folders)
        assert "Caio" not in made.text + made.html + made.subject
        assert lint(Kind.ACKNOWLEDGEMENT, value, made) == []
        cut = without(made, "cannot tell" if language == "en" else "nicht sagen")
        assert any("cannot tell the reporter" in problem for problem in lint(Kind.ACKNOWLEDGEMENT, value, cut))

    @pytest.mark.parametrize("kind", [Kind.INSTRUCTION, Kind.OLD_CHANNEL, Kind.ASK_COLLEAGUE])
    def test_letters_to_others_go_on(self, kind: Kind, folders: tuple[Path, ...]) -> None:
        value = replace(letter(kind, "eu-gdpr"), role=Role.REPORTER, rights=CHILD)
        assert lint(kind, value, compose(kind, value, folders=folders)) == []


class TestChild:
    """A child under 13 gets one kind letter; an older child is a data subject like anybody else."""

    @pytest.mark.parametrize("kind", [kind for kind in Kind if not KINDS[kind].elsewhere])
    def test_one_letter_and_no_more(self, kind: Kind, folders: tuple[Path, ...]) -> None:
        law = "us-ca-stl" if kind is Kind.NOTICE else "us-ca-ccpa"
        value = letter(kind, law)
        value = replace(value, role=Role.CHILD, rights=(*value.rights, *CHILD))
        if kind is Kind.ACKNOWLEDGEMENT:
            assert "only letter we send you" in text_of(kind, value, folders)
        else:
            with pytest.raises(Refused, match="would tell a child"):
                compose(kind, value, folders=folders)

    def test_an_older_child_is_answered(self, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.ANSWER, "eu-gdpr"), role=Role.CHILD)
        assert lint(Kind.ANSWER, value, compose(Kind.ANSWER, value, folders=folders)) == []
        first = replace(letter(Kind.ACKNOWLEDGEMENT, "eu-gdpr"), role=Role.CHILD)
        assert "only letter" not in text_of(Kind.ACKNOWLEDGEMENT, first, folders)

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_the_letter_asks_nothing_and_names_nobody(self, language: str, folders: tuple[Path, ...]) -> None:
        value = replace(letter(Kind.ACKNOWLEDGEMENT, "us-coppa", language), role=Role.CHILD, rights=CHILD)
        made = compose(Kind.ACKNOWLEDGEMENT, value, folders=folders)
        assert value.requester not in made.text + made.html
        assert "?" not in made.text
        assert "Sie " not in made.text.replace("können sie", "")


class TestParent:
    """A deletion waits for no parent; talking about the child does."""

    def test_a_proven_parent_reads_what_was_done(self, folders: tuple[Path, ...]) -> None:
        value = letter(Kind.DONE, "us-coppa")
        text = text_of(Kind.DONE, value, folders)
        assert "Player account: deleted, 1 record" in text
        assert "what the child was known by" in text
        assert "Federal Trade Commission" in text
        assert content_of(Kind.DONE, value) is Content.CONFIRMS

    def test_nobody_else_is_called_a_child(self, folders: tuple[Path, ...]) -> None:
        for role, says in ((Role.SELF, "what you were known by"), (Role.AGENT, "what this person was known by")):
            assert says in text_of(Kind.DONE, replace(letter(Kind.DONE, "eu-gdpr"), role=role), folders)

    @pytest.mark.parametrize("language", ["en", "de"])
    def test_an_unproven_parent_hears_neither_yes_nor_no(self, language: str, folders: tuple[Path, ...]) -> None:
        value = replace(
            letter(Kind.DONE, "us-coppa", language), actions=(), kept=(), told=(), checks_on=(), backups_until=None
        )
        made = compose(Kind.DONE, value, folders=folders)
        assert made.content is Content.NEUTRAL
        assert lint(Kind.DONE, value, made) == []
        assert "This is done" not in made.text
        assert "Das ist erledigt" not in made.text
        cut = without(made, "cannot tell" if language == "en" else "nicht sagen")
        assert any("before the parent is proven" in problem for problem in lint(Kind.DONE, value, cut))

    @pytest.mark.parametrize(
        "more",
        [
            {"told": ("Harbor Hosting",)},
            {"checks_on": (date(2026, 12, 12),)},
            {"backups_until": date(2026, 12, 12)},
        ],
    )
    def test_whatever_tells_that_there_was_something_needs_proof(self, more: dict[str, object]) -> None:
        nothing = {"actions": (), "kept": (), "told": (), "checks_on": (), "backups_until": None}
        value = replace(letter(Kind.DONE, "us-coppa"), **{**nothing, **more})  # type: ignore[arg-type]
        assert content_of(Kind.DONE, value) is Content.CONFIRMS
        assert content_of(Kind.DONE, replace(value, role=Role.SELF)) is Content.NEUTRAL

    def test_the_regulator_is_named_wherever_something_is_withheld(self, folders: tuple[Path, ...]) -> None:
        for kind in (Kind.ANSWER, Kind.CLOSING, Kind.DONE):
            assert "Federal Trade Commission" in text_of(kind, letter(kind, "us-coppa"), folders)
