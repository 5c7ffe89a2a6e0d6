"""What is found in the order in which the shop's own texts and data speak for the wishes that no filter stands for."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from assistant.answering.evidence import Evidence, Fact, GuardedFact, Quote
from assistant.answering.support import supports
from assistant.answering.topics import TOPICS
from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory
from assistant.dialogue.turn import Turn
from assistant.understanding.languages import expressions
from assistant.understanding.schema import Slots
from assistant.understanding.wishes import Wish, wished
from retrieval.models import Product
from retrieval.search.query import Hit, SearchResult
from retrieval.text.lexicon import all_words
from retrieval.text.words import is_chinese, query_terms, stem

_WORDS, _HAN = 2, 4
"""Words, and Chinese letters, of a quality plainly named."""
_STEPS_PER_WEIGHT = 4
"""Weights are told apart by a quarter: what is about equally supported stays as it was."""


def of_pairs(pairs: Sequence[str], deps: Dependencies, language: str) -> list[Wish]:
    """Attributes that cannot be filtered by, as wishes: by the words that the shop has for them."""
    found = []
    for pair in pairs:
        key, _, value = pair.partition("=")
        entry = deps.lexicon.attributes.get(key)
        if entry is None or value == "no":
            continue
        words = entry.words_of(value or "yes")
        like = tuple(all_words(words))
        name = deps.lexicon.name("attribute", pair, language).lower()
        opposite = tuple(word for one in wished(" ".join(words.get(language, ())), language)[:1] for word in one.unlike)
        found.append(Wish(say=name, like=like, unlike=tuple(word for word in opposite if word not in like)))
    return found


def wished_beside(turn: Turn, slots: Slots, memory: Memory, deps: Dependencies) -> list[Wish]:
    """The qualities that a message wishes for beside what its slots say."""
    wishes = wished(deps.words.unnamed(turn.message), memory.reads)
    filtered = {word for one in of_pairs(slots.attribute, deps, memory.reads) for word in one.like}
    measured = bool(slots.measures or slots.sort)
    return [
        wish
        for wish in wishes
        if not filtered & {*wish.like, *wish.unlike, wish.say.lower()} and not (measured and wish.quality in TOPICS)
    ]


def preferred(
    result: SearchResult, wishes: Sequence[Wish], language: str, deps: Dependencies, *, sort: bool = True
) -> SearchResult:
    """The best supported first. What speaks against a wish comes last, or is left out where something speaks for it."""
    hits = list(result.hits)
    weights, kept = _weighed(hits, wishes, language, deps)
    if not any(kept):
        return result
    order = sorted(range(len(hits)), key=lambda at: -weights[at]) if sort else range(len(hits))
    left = tuple(hits[at] for at in order if kept[at])
    return dataclasses.replace(result, hits=left, total=result.total - (len(hits) - len(left)))


def _weighed(
    hits: Sequence[Hit], wishes: Sequence[Wish], language: str, deps: Dependencies
) -> tuple[list[float], list[bool]]:
    """How much speaks for each in all, and whether it may stay."""
    weights, kept = [0.0] * len(hits), [True] * len(hits)
    for wish in wishes:
        found = supports(wish, [hit.product for hit in hits], language, deps.lexicon)
        some = any(one.weight > 0 for one in found)
        for at, one in enumerate(found):
            weights[at] += round(one.weight * _STEPS_PER_WEIGHT) / _STEPS_PER_WEIGHT
            kept[at] = kept[at] and not (some and one.against)
    return weights, kept


def best_supported(hits: tuple[Hit, ...], memory: Memory, deps: Dependencies) -> tuple[Hit, ...]:
    """Hits that were ranked by other things since, by their support again."""
    assert memory.need is not None
    if not memory.need.wishes or memory.need.slots.sort:
        return hits
    weights, _ = _weighed(hits, memory.need.wishes, memory.reads, deps)
    return tuple(hits[at] for at in sorted(range(len(hits)), key=lambda at: -weights[at]))


def tell(turn: Turn, memory: Memory, deps: Dependencies) -> None:
    """What speaks for those shown goes on their cards, what speaks for the first into the reply; and which wishes
    nothing speaks for."""
    wishes = memory.need.wishes if memory.need else []
    if not wishes or not turn.hits:
        return
    products = [hit.product for hit in turn.hits]
    reasons: list[list[Evidence]] = [[] for _ in products]
    unsaid: list[str] = []
    before = turn.around.unsaid
    for wish in wishes:
        found = supports(wish, products, memory.reads, deps.lexicon)
        speaks = any(one.weight > 0 for one in found)
        if speaks:
            before = tuple(word for word in before if word not in wish.say.lower())
        elif wish.like and (turn.request is not None or any(one.weight < 0 for one in found)):
            # Else it may be no matter of such goods at all: a lamp for "soft light".
            name = _plainly(wish, products, deps)
            unsaid += [name] if name else []
        for own, one in zip(reasons, found, strict=True):
            own += [one.shown] if one.shown is not None and one.shown not in own else []
    turn.hits = tuple(_with_reasons(hit, own) for hit, own in zip(turn.hits, reasons, strict=True))
    turn.around = dataclasses.replace(turn.around, spoken=tuple(reasons[0]), unsaid=(*before, *unsaid)[:1])


def _plainly(wish: Wish, products: Sequence[Product], deps: Dependencies) -> str:
    """The quality in words that a text on goods could have; empty for a mood, a person, a colour or a whole phrase, and
    where the name of one of those shown hints at it (a "Whistler" for "whistles")."""
    stems = _stemmed(wish.say)
    own = [word for word in wish.like if (word in wish.say if is_chinese(word) else _stemmed(word) in stems)]
    colours = (word for one in deps.lexicon.colours.values() for word in all_words(one.words))
    titles = [title.lower() for product in products for title in product.title.values()]
    hinted = any(_stemmed(word).strip() in title for word in own for title in titles)
    if not own or hinted or expressions("cues")["no_quality"].search(wish.say) or {*colours} & {*own}:
        return ""
    return next((name for name in (wish.say, *own) if _is_brief(name)), "")


def _stemmed(text: str) -> str:
    return f" {' '.join(map(stem, query_terms(text)))} "


def _is_brief(name: str) -> bool:
    return len(name) <= _HAN if is_chinese(name) else len(name.split()) <= _WORDS


def _with_reasons(hit: Hit, shown: Sequence[Evidence]) -> Hit:
    reasons = list(hit.reasons)
    for item in shown:
        match item:
            case Quote(text=text):
                reasons.append(("said", text))
            case Fact(key=key) | GuardedFact(key=key):
                reasons.append((f"attribute:{key}", hit.product.attributes[key]))
    return dataclasses.replace(hit, reasons=tuple(dict.fromkeys(reasons)))
