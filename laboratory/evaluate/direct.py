"""Direct answers made of the shop's own lines, true and with a falsehood planted, through ``wording.grounded``.

Truth is known by construction: an answer copies what its line has, or changes one thing of it. What is planted is what
code can tell: figures, days, currencies, names, actions, promises, praise, links and guarded claims. Whether a yes or
no follows from the lines is judged by a model (``wording.direct``), and is no part of these figures.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from assistant.answering.candidates import candidates
from assistant.answering.evidence import Fact
from assistant.wording.grounded import guarded, ungrounded
from assistant.wording.speech import Speech
from laboratory.evaluate.falsehoods import FALSEHOODS
from laboratory.samples.turns import Shop
from retrieval.models import Product
from retrieval.search.query import FaqHit, Hit

MAX_PRODUCTS = 120
"""Products whose lines are taken, of those with figures among their attributes."""
_SENTENCE = re.compile(r"(?<=[.。])(?=[\s一-鿿])\s*")
_MAX_YES_CHARS = 6
"""Letters of a sentence that says no more than yes."""
_FIGURE = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Case:
    answer: str
    lines: tuple[str, ...]
    language: str
    kind: str
    true: bool

    def passes(self) -> bool:
        return not ungrounded(self.answer, self.lines, "", self.language)


def cases(shop: Shop, seed: int) -> Iterator[Case]:
    """For every line a true answer and one of each falsehood that fits it."""
    rng = random.Random(seed)
    for language in ("en", "zh"):
        speech, texts = Speech(language, shop.lexicon), FALSEHOODS["direct"][language]
        products = rng.sample([one for one in shop.products if _measured(one)], MAX_PRODUCTS)
        for product in products:
            other = rng.choice([one for one in shop.products if one.brand != product.brand])
            for line, evidence in candidates([Hit(product, product.variants[0], 0.0)], [], speech):
                name, _, value = line.rpartition(" | ")[2].partition(": ")
                if (
                    isinstance(evidence, Fact)
                    and _FIGURE.search(value)
                    and not _FIGURE.search(name)
                    and evidence.key not in ("size", "colour")
                ):
                    told = rng.choice(texts["fact"]).format(name=name, value=value)
                    yield from _of(told, line, other.name(language), language, rng)
        for entry in shop.faq:
            if entry.language == language:
                line = candidates([], [FaqHit(entry, 1.0)], speech)[0][0]
                told = next(
                    each for each in _SENTENCE.split(entry.answer) if len(each) > _MAX_YES_CHARS or each == entry.answer
                )
                other = rng.choice(shop.products)
                yield from _of(told, line, other.name(language), language, rng)


def _measured(product: Product) -> bool:
    return any(_FIGURE.search(value) for value in product.attributes.values())


def _of(told: str, line: str, name: str, language: str, rng: random.Random) -> Iterator[Case]:
    texts = FALSEHOODS["direct"][language]
    if not guarded(told, language):
        yield Case(told, (line,), language, "true", true=True)
    for match in _FIGURE.finditer(told):
        figure = match[0]
        wrong = str(int(float(figure)) + rng.choice((1, 2, 7, 10)))
        if wrong not in line:
            yield Case(told[: match.start()] + wrong + told[match.end() :], (line,), language, "figure", true=False)
    for sign, others in (("$", ("€", "£")), ("%", ("",))):
        if sign in told:
            yield Case(told.replace(sign, rng.choice(others)), (line,), language, "sign", true=False)
    for kind in ("day", "action", "promise", "link", "question", "safety", "name"):
        added = rng.choice([each for each in texts[kind] if each.rstrip(".").split()[-1] not in line]).format(name=name)
        yield Case(f"{told} {added}".strip(), (line,), language, kind, true=False)
    made_up = rng.choice([each for each in FALSEHOODS["promises"][language] if not _stands(each, line)])
    yield Case(made_up, (line,), language, "made_up", true=False)


def _stands(sentence: str, line: str) -> bool:
    """Whether the line says it: all its longer words."""
    words = re.findall(r"[a-z]{4,}", sentence.lower())
    return bool(words) and all(word in line.lower() for word in words)
