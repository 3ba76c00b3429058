"""Walks once over the sentences of a message and weighs what each phrase speaks for.

What the message is, with all of it weighed together, is decided by ``judgement`` and ``role``.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from dsar.case.rights import Right
from dsar.inbox.laws import rights_cited
from dsar.inbox.lexicon import Lexicon
from dsar.inbox.phrases import Hit
from dsar.inbox.sentences import Sentence

# What one sentence can say for a right, in points; the sum of SURE_FROM makes a request.
ASKED = 3.0
NAMED = 1.0
NAMED_IN_SUBJECT = 2.0
CITED = 1.2
CITED_IN_SUBJECT = 1.5
KIND = 1.0
KIND_IN_SUBJECT = 1.5
_MOST_SENTENCES = 3
# Wishes whose object is the data held: what is deleted, corrected or restricted is not thereby asked for.
_GOVERN = frozenset(
    {"delete", "edit", "objection", "restriction", "opt_out_sale", "opt_out_marketing", "limit_spi", "withdraw_consent"}
)
# What stands in the words of such a message is spoken of, not asked for: "I withdraw my request for access".
_SPEAKS_OF = frozenset({"kind.withdrawal", "kind.follow_up", "kind.complaint_copy"})
_ERASE_IF = "sign.erase_if"
_SALE = "right.asks.opt_out_sale"
_QUOTE = 160


@dataclass(slots=True)
class Weight:
    """What speaks for one right or kind: points, the words that say so, and where they first stand."""

    points: float = 0.0
    asked: int = 0
    named: int = 0
    cited: int = 0
    in_subject: bool = False
    different: int = 0
    first: int = 10_000
    words: str = ""
    why: str = ""


@dataclass(slots=True)
class Signals:
    """All that the phrases of a message speak for, and the sentences it was found in."""

    sentences: Sequence[Sentence]
    rights: dict[Right, Weight] = field(default_factory=dict)
    kinds: dict[str, Weight] = field(default_factory=dict)
    roles: dict[str, Weight] = field(default_factory=dict)
    signs: dict[str, str] = field(default_factory=dict)
    scope: dict[str, str] = field(default_factory=dict)
    denied: dict[Right, str] = field(default_factory=dict)
    situations: dict[str, str] = field(default_factory=dict)
    changes: list[tuple[str, int, Hit]] = field(default_factory=list)
    relations: list[tuple[str, int, Hit]] = field(default_factory=list)
    ages: list[tuple[str, int, Hit]] = field(default_factory=list)


def signals(found: Sequence[Sentence], lexicons: Sequence[Lexicon], laws: Sequence[str]) -> Signals:
    """Everything the lexicons find in the sentences, weighed; subject lines count more for what they name."""
    result = Signals(sentences=found)
    for place, sentence in enumerate(found):
        hits = [hit for known in lexicons for hit in known.book.find(sentence.folded)]
        aside = min((hit.start for hit in hits if hit.sense == "aside"), default=len(sentence.text) + 1)
        denials = [(Right(hit.sense[7:]), hit) for hit in hits if hit.sense.startswith("unless.")]
        for right, _ in denials:
            result.denied.setdefault(right, _quote(sentence.text))
        denials += [(Right.DELETE, hit) for hit in hits if hit.sense == _ERASE_IF]
        _weigh_rights(result, place, hits, denials, aside)
        _weigh_articles(result, place, laws, aside)
        _weigh_rest(result, place, hits, aside)
    return result


def _weigh_rights(
    result: Signals, place: int, hits: Sequence[Hit], denials: Sequence[tuple[Right, Hit]], aside: int
) -> None:
    sentence = result.sentences[place]
    hits = _without_objects(hits, aside)
    spoken_of = [hit for hit in hits if hit.sense in _SPEAKS_OF]
    best: dict[Right, Hit] = {}
    for hit in hits:
        if not hit.sense.startswith("right.") or hit.start >= aside:
            continue
        _, strength, word = hit.sense.split(".", 2)
        right = Right(word)
        if any(denied is right and _touch(hit, denial) for denied, denial in denials):
            continue
        if any(_touch(hit, kind) for kind in spoken_of):
            continue
        if right not in best or (strength == "asks" and ".names." in best[right].sense):
            best[right] = hit
    if _lists_rights(best):
        return
    for right, hit in best.items():
        weight = result.rights.setdefault(right, Weight())
        asks = ".asks." in hit.sense
        if asks and weight.asked < _MOST_SENTENCES:
            weight.points += ASKED
        elif not asks and weight.named < _MOST_SENTENCES:
            weight.points += NAMED_IN_SUBJECT if sentence.subject else NAMED
        weight.asked += asks
        weight.named += not asks
        weight.in_subject |= sentence.subject
        if asks and (weight.asked == 1):
            weight.words = _quote(sentence.text)
            weight.first = place * 1_000 + min(hit.start, 999)
        elif not weight.words:
            weight.words = _quote(sentence.text)
        weight.why = "the words ask for it" if weight.asked else "it is named"


def _lists_rights(found: Collection[Right]) -> bool:
    """Whether a sentence speaks of rights as such: nobody wants the same data shown, corrected and erased in one go."""
    return Right.EDIT in found and Right.DELETE in found and len(found) > 2


def _without_objects(hits: Sequence[Hit], aside: int) -> list[Hit]:
    """The hits without an access that is only the object of another wish: "delete all you hold about me"."""
    others = [hit for hit in hits if hit.sense.startswith("right.asks.") and not hit.sense.endswith(".access")]
    others = [hit for hit in others if hit.start < aside and hit.sense.removeprefix("right.asks.") in _GOVERN]
    sales = [hit for hit in others if hit.sense == _SALE]
    kept = []
    for hit in hits:
        if hit.sense == "right.objects.access":
            if others:
                continue
            hit = Hit("right.asks.access", hit.start, hit.end)
        elif hit.sense == "right.asks.access" and any(_governs(other, hit) for other in others):
            continue
        elif hit.sense == "right.asks.objection" and any(_touch(sale, hit) for sale in sales):
            # "I object to the sale of my data" is the narrower wish
            continue
        kept.append(hit)
    return kept


def _weigh_articles(result: Signals, place: int, laws: Sequence[str], aside: int) -> None:
    sentence = result.sentences[place]
    counted: set[Right] = set()
    for cited in rights_cited(sentence, laws):
        if cited.start >= aside or cited.right in counted:
            continue
        counted.add(cited.right)
        weight = result.rights.setdefault(cited.right, Weight())
        if weight.cited < _MOST_SENTENCES:
            weight.points += CITED_IN_SUBJECT if sentence.subject else CITED
        weight.cited += 1
        weight.in_subject |= sentence.subject
        weight.words = weight.words or _quote(sentence.text)
        weight.why = f"{weight.why}, and {cited.words} is cited" if weight.why else f"{cited.words} is cited"
        weight.why = (
            weight.why if weight.cited == 1 else weight.why.split(", and ")[0] + f", and {cited.words} is cited"
        )


def _weigh_rest(result: Signals, place: int, hits: Sequence[Hit], aside: int) -> None:
    sentence = result.sentences[place]
    counted: set[str] = set()
    for hit in hits:
        section, _, name = hit.sense.partition(".")
        if section in ("kind", "role"):
            if (
                section == "kind"
                and hit.start >= aside
                and name in ("complaint_copy", "withdrawal", "authority_request")
            ):
                continue
            weights = result.kinds if section == "kind" else result.roles
            if hit.sense not in counted:
                counted.add(hit.sense)
                _add(weights, name, sentence, place)
            weights[name].different += 1
        elif section == "sign":
            result.signs.setdefault(name, _quote(sentence.text))
        elif section == "situation":
            result.situations.setdefault(name, _quote(sentence.text))
        elif section == "scope":
            result.scope.setdefault(name, sentence.text[hit.start : hit.end])
        elif section == "change":
            result.changes.append((name, place, hit))
        elif section == "relation":
            result.relations.append((name, place, hit))
        elif section == "young":
            result.ages.append((name, place, hit))


def _add(weights: dict[str, Weight], name: str, sentence: Sentence, place: int) -> None:
    weight = weights.setdefault(name, Weight())
    if weight.named < _MOST_SENTENCES:
        weight.points += KIND_IN_SUBJECT if sentence.subject else KIND
    weight.named += 1
    weight.in_subject |= sentence.subject
    weight.first = min(weight.first, place)
    weight.words = weight.words or _quote(sentence.text)


def _governs(wish: Hit, thing: Hit) -> bool:
    """Whether the words of a thing follow from the wish before it: "delete [all data you hold]"."""
    return _touch(wish, thing) and wish.start <= thing.start


def _touch(one: Hit, other: Hit) -> bool:
    return one.start < other.end and other.start < one.end


def _quote(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _QUOTE else text[: _QUOTE - 2].rstrip() + " ..."
