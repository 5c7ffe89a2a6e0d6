"""Judges a reply sentence by sentence: a planned statement, friendly words that state nothing, or a question. Else it
fails, be it true or not: what is to be stated, the plan states.

The vocabulary is closed: a sentence with a word that is neither listed nor, in a question, a name of this turn's facts
does not pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.outcome import hits_of
from assistant.wording.speech import Speech, option_values
from assistant.wording.statement import ReplyPlan
from assistant.wording.tone import cheerful
from assistant.wording.vocabulary import CLAIM, PAUSE, QUESTION, Reader, Sections, Word, vocabulary
from retrieval.models import Product
from retrieval.text.lexicon import Lexicon

_SENTENCE = re.compile(
    r"(?:[^.!?…。！？\n]++|[.!?…]++(?![\"”’)]*+(?:\s|$)))*+(?:[.!?…]++[\"”’)]*+|[。！？]++[”」）]*+|\n|$)"
)
_QUESTION_START = {
    "en": re.compile(
        r"(?:(?:and|so|or|but|now|well|great|sure|of course|in that case|if not|if so|if you like|meanwhile),? )?"
        r"(?:would you|do you|shall i|should i|can i|may i|could i|could you|can you|will you"
        r"|is there (?:any\w*|some\w*|one|a|an)|are there any|would|which|what|who|whom"
        r"|how (?:about|can|may|shall|would|do you|does that|is that)|what about|want|need|anything|any|are you"
        r"|is (?:this|that|it) (?:what|for|closer|the one|clear|helpful)|is (?:one|any|either|your|the)"
        r"|does (?:this|that|one|your)|did (?:this|that|i)|have you|where would|when would|why)\b",
        re.IGNORECASE,
    ),
    "zh": re.compile(r".{0,100}?(?:吗|呢|什么|哪|谁|怎|如何|多少)"),
}
_WISH = re.compile(
    r"(?:enjoy your|have a (?:great|lovely|nice|good|wonderful|fun)|good luck with your|congratulations on your)\b",
    re.IGNORECASE,
)
"""Good wishes may name what the shopper named, as questions may: "Enjoy your holiday!"."""
_MIN_WORD_CHARS = 3
"""Words of the shopper's own that are shorter than this are not taken over into questions."""
_OWN: Sections = frozenset({"declare"})
"""Where a word of the shopper's own may stand, once the sentence is one that may take it over."""
_PRODUCT: Sections = QUESTION | {"product"}
_OPEN = re.compile(r"\b(?:something|anything|a|any|ones|options|products)\b")
_POINTS = re.compile(r"\b(?:it|this|that)\b")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a sentence may not be said. ``kind``: words (not in the vocabulary), promise, claim (what states something),
    mood (friendly words that would be false or out of place in this turn), question (of no kind that may be asked).
    ``span`` is the words in question."""

    kind: str
    span: str
    sentence: str


class Checker:
    """Checks sentences against one plan and its facts."""

    def __init__(self, plan: ReplyPlan, lexicon: Lexicon) -> None:
        self.plan = plan
        facts = plan.facts
        outcomes = (facts.outcome, *facts.extra)
        products = {hit.product.id: hit.product for outcome in outcomes for hit in hits_of(outcome)}
        self._planned = {statement.text for statement in plan.statements}
        self._own = {plan.opener, plan.closer} - {""}
        speech = Speech(plan.language, lexicon)
        self._reader = Reader(speech, _names(list(products.values()), speech))
        self._allowed = _friendly(plan, bool(products))
        self._message = _own_words(facts.message, plan.language == "zh")

    def check(self, text: str) -> tuple[Problem, ...]:
        """The problems of a whole reply; none when all of it may be said."""
        return tuple(problem for sentence in self.sentences(text) for problem in self.judge(sentence))

    def sentences(self, text: str) -> list[str]:
        """The reply's sentences; planned statements stay whole, however many sentences they are."""
        rest = text
        pieces: list[tuple[int, str]] = []
        for statement in (
            sorted(self._planned, key=len, reverse=True) * 2
        ):  # twice: one may follow another without a stop
            start = rest.find(statement)
            while start >= 0:
                end = start + len(statement)
                if _free(rest, start, end):
                    pieces.append((start, statement))
                    rest = rest[:start] + "\n" * len(statement) + rest[end:]
                start = rest.find(statement, end)
        for match in _SENTENCE.finditer(rest):
            if sentence := match[0].strip():
                pieces.append((match.start(), sentence))
        return [sentence for _, sentence in sorted(pieces)]

    def judge(self, sentence: str) -> tuple[Problem, ...]:
        """The problems of one sentence."""
        sentence = sentence.strip()
        if not sentence or sentence in self._planned or sentence in self._own:
            return ()
        words, allowed = self._reader.read(sentence), self._allowed
        question = sentence.endswith(("?", "？"))
        if question or _WISH.match(sentence):
            words = [self._own_word(word) for word in words]
        if question:
            allowed = allowed | QUESTION | ({"more"} if _asks_for_more(words) else frozenset())
        wrong = [word for word in words if not word.sections & allowed]
        if wrong or not words:
            return tuple(Problem(_kind(word), word.text, sentence) for word in wrong[:3] or [Word(sentence, CLAIM)])
        if question and not self._asks(sentence, words):
            return (Problem("question", sentence, sentence),)
        return ()

    def _own_word(self, word: Word) -> Word:
        """In a question or a good wish, a word of the shopper's own may be used back."""
        return Word(word.text, _OWN) if not word.sections and word.text in self._message else word

    def _asks(self, sentence: str, words: Sequence[Word]) -> bool:
        """Whether it begins as a question that asks what the shopper wants, after friendly words or at once."""
        start = _QUESTION_START[self.plan.language]
        commas = [index for index, word in enumerate(words) if word.sections == PAUSE]
        lead, asked = (words[: commas[-1]], words[commas[-1] + 1 :]) if commas else ([], words)
        if lead and asked and all(word.sections & self._allowed for word in lead):
            return bool(
                start.match(sentence[sentence.find(asked[0].text, len(lead[-1].text)) :]) or start.match(sentence)
            )
        return bool(start.match(sentence))


def _names(products: Sequence[Product], speech: Speech) -> dict[str, Sections]:
    """What a question may call by its name: titles, what attributes are called, colours that can be had. A short form
    of a title only where it is no one else's. Values state something wherever they stand."""
    listed = vocabulary(speech)
    names: dict[str, Sections] = {}
    values: set[str] = set()
    forms: dict[str, set[str]] = {}
    for product in products:
        for key in option_values(product, "colour", in_stock=True):
            if colour := speech.lexicon.colours.get(key):
                words = (*colour.words.get(speech.language, ()), speech.value("colour", key))
                names |= {word: QUESTION for word in words if listed.get(word.lower(), CLAIM) == CLAIM}
        for key, value in product.attributes.items():
            if value not in ("yes", "no"):
                values.add(speech.value(key, value))
                if speech.name(key) not in listed:
                    names[speech.name(key)] = QUESTION
        title = speech.title(product.title)
        for form in {title, title.removeprefix(product.brand).strip()}:
            forms.setdefault(form, set()).add(product.id)
    names |= {value: CLAIM for value in values if not value.isdigit()}
    return names | {form: _PRODUCT for form, owners in forms.items() if len(owners) == 1 and len(form) > 1}


def _friendly(plan: ReplyPlan, products: bool) -> Sections:
    """The sections of friendly words that would be true, and in place, in a reply."""
    allowed = {"declare", "pause"}
    if products and plan.kind.startswith(("found", "recommended")):
        allowed.add("found")
    if plan.kind in ("done", "cart.added", "cart.changed", "cart.removed", "found.edited"):
        allowed.add("done")
    if plan.news != "good":
        allowed.add("bad")
    if cheerful(plan.news, plan.facts):
        allowed.add("cheerful")
    if plan.yes is not None:
        allowed.add("yes" if plan.yes else "no")
    return frozenset(allowed)


def _kind(word: Word) -> str:
    if not word.sections:
        return "words"
    if "never" in word.sections:
        return "promise"
    return "claim" if word.sections & {"claim", "question", "more"} else "mood"


def _free(text: str, start: int, end: int) -> bool:
    """Whether a planned statement stands on its own: nothing of another sentence runs into it."""
    before = text[:start].rstrip(" ")
    after = text[end:]
    opened = (
        not before
        or before[-1] in ".!?…。！？\n：:”）)"
        or (not before[-1].isalnum() and before[-1] not in ",，;；、(（")
    )
    statement = text[start:end]
    closed = statement[-1] in ".!?…。！？”" or not after or after[0] in " \n。"
    return opened and closed and (not after or after[0] not in ",，;；")


def _asks_for_more(words: Sequence[Word]) -> bool:
    """ "something cheaper", "cheaper ones": never "the cheaper one", nor beside a product."""
    at = next((index for index, word in enumerate(words) if "more" in word.sections), None)
    if at is None or any("product" in word.sections or _POINTS.search(word.text.lower()) for word in words):
        return False
    around = " ".join(word.text.lower() for word in words[max(0, at - 1) : at + 2])
    return bool(_OPEN.search(around)) and " the " not in f" {around} "


def _own_words(message: str, chinese: bool) -> frozenset[str]:
    if chinese:
        return frozenset()
    return frozenset(word for word in re.findall(r"[a-z]+", message.lower()) if len(word) >= _MIN_WORD_CHARS)
