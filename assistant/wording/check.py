"""Judges a reply sentence by sentence: planned statement, friendly words, or a claim recomputed from the facts. Else
it fails.

The vocabulary is closed: a sentence with a word that is neither listed nor a name of this turn's facts does not pass.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.wording import grammar
from assistant.wording.claims import Scope, mention
from assistant.wording.evidence import Evidence, gather
from assistant.wording.patterns import MENTION, PATTERNS
from assistant.wording.reading import GLUE, SAFE, UNKNOWN, Entry, Reader, Token, tags
from assistant.wording.speech import Speech
from assistant.wording.statement import ReplyPlan
from assistant.wording.tone import cheerful
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
_SHORT = 3
"""Words of the shopper's own that are shorter than this are not taken over into questions."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a sentence may not be said. ``kind``: words (not in the vocabulary), promise, mood, price, stock, rating,
    date, id, link,
    attribute, negation, comparison, count, colour, size, status, number, unsupported. ``span`` is the words in
    question."""

    kind: str
    span: str
    sentence: str


class Checker:
    """Checks sentences against one plan and its facts."""

    def __init__(self, plan: ReplyPlan, lexicon: Lexicon) -> None:
        self.plan = plan
        self._speech = Speech(plan.language, lexicon)
        self._evidence = gather(plan.facts, lexicon)
        self._planned = {statement.text for statement in plan.statements}
        self._own = {plan.opener, plan.closer} - {""}
        chinese = plan.language == "zh"
        self._reader = Reader(grammar.phrases(self._speech), self._names(), chinese)
        self._allowed = self._sections()
        self._message = _own_words(plan.facts.message, chinese)

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
        tokens = self._reader.read(sentence)
        question = sentence.endswith(("?", "？"))
        if question or _WISH.match(sentence):
            tokens = [self._own_word(token) for token in tokens]
        unknown = [token for token in tokens if token.tag == UNKNOWN]
        if unknown:
            return tuple(Problem(token.value or "words", token.text, sentence) for token in unknown[:3])
        if question:
            return self._question(sentence, tokens)
        if self._is_glue(tokens):
            return ()
        problem = self._claims(tokens)
        return () if problem is None else (Problem(problem, sentence, sentence),)

    # names of this turn

    def _names(self) -> dict[str, Entry]:
        """Titles, ids, brands, carriers and values of the facts; a short form of a title only where it is no one
        else's."""
        evidence, speech = self._evidence, self._speech
        static = grammar.phrases(speech)
        names: dict[str, Entry] = {}
        values: dict[str, set[tuple[str, str]]] = {}
        forms: dict[str, set[str]] = {}
        for product in evidence.products:
            title = speech.title(product.title)
            for form in {title, title.removeprefix(product.brand).strip()}:
                forms.setdefault(form, set()).add(product.id)
            for key, value in product.attributes.items():
                if value not in ("yes", "no"):
                    values.setdefault(speech.value(key, value), set()).add((key, value))
                    name = speech.name(key)
                    if name not in static or static[name][1] == {"question"}:
                        names.setdefault(name, ("%", frozenset({key})))
            if product.brand:
                names[product.brand] = ("B", product.brand)
            for size in product.sizes:
                if not size.isdigit():
                    names[size] = ("Z", size)
        for text, pairs in values.items():
            if text.isdigit():
                continue
            names[text] = ("V", frozenset(pairs))
        for form, owners in forms.items():
            if len(owners) == 1 and len(form) > 1:
                names[form] = ("P", next(iter(owners)))
        for order in evidence.orders:
            names[order.id] = names[f"#{order.id}"] = ("O", order.id)
            for fulfilment in order.fulfilments:
                names[fulfilment.carrier] = ("F", fulfilment.carrier)
        return names

    # friendly words

    def _sections(self) -> frozenset[str]:
        plan = self.plan
        allowed = {"declare"}
        if plan.kind.startswith(("found", "recommended")) and self._evidence.products:
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

    def is_friendly(self, sentence: str) -> bool:
        """Whether a sentence is friendly words alone, which claim nothing."""
        return sentence in self._own or self._is_glue(self._reader.read(sentence))

    def _is_glue(self, tokens: Sequence[Token], allowed: frozenset[str] | None = None) -> bool:
        allowed = allowed or self._allowed
        return bool(tokens) and all(
            token.tag in ",()" or (isinstance(token.value, frozenset) and bool(token.value & allowed))
            for token in tokens
        )

    def _own_word(self, token: Token) -> Token:
        """In a question, a word the shopper used may be used back, unless it could carry a promise."""
        if token.tag == UNKNOWN and token.value is None and token.text.lower() in self._message:
            return Token(GLUE, token.text, frozenset({"question", "declare"}))
        return token

    def _question(self, sentence: str, tokens: Sequence[Token]) -> tuple[Problem, ...]:
        """A question asks what the shopper wants; it may name products, something cheaper, and colours there are."""
        lead, asked = _split_lead(tokens)
        start = _QUESTION_START[self.plan.language]
        text = sentence
        if lead and self._is_glue(lead):
            text = sentence[sentence.find(asked[0].text, len(lead[-1].text)) :] if asked else sentence
        if not start.match(text) and not start.match(sentence):
            return (Problem("unsupported", sentence, sentence),)
        allowed = self._allowed | {"question"}
        named = {token.tag for token in tokens}
        for token in tokens:
            if token.tag in ",()aP" or (isinstance(token.value, frozenset) and bool(token.value & allowed)):
                continue
            if token.tag in "fiwyYG^zqJQg%" or (token.tag == "b" and self.plan.language == "zh"):
                continue
            if token.tag == "C" and any(token.value & product.colours_in_stock for product in self._evidence.products):
                continue
            if token.tag in "KER" and not named & set("PMNJ") and _asks_for_more(tokens):
                continue
            kind = {"K": "comparison", "E": "comparison", "A": "attribute", "n": "negation", "N": "number"}.get(
                token.tag
            )
            return (Problem(kind or "unsupported", token.text, sentence),)
        return ()

    # claims

    def _claims(self, tokens: Sequence[Token]) -> str | None:
        """None when the sentence can be read as clauses that are all true; else what is wrong with it."""
        problems: list[str] = []
        row = [token for token in tokens if token.tag != SAFE]
        if not row:
            return "unsupported"
        mentions = MENTION.fullmatch(tags(token for token in row if token.tag != GLUE)) is not None
        if self._read(list(tokens), 0, Scope(self._evidence), mentions, problems):
            return None
        return problems[0] if problems else "unsupported"

    def _read(self, tokens: list[Token], start: int, scope: Scope, mentions: bool, problems: list[str]) -> bool:
        """Whether the tokens from ``start`` on are true clauses, one after the other."""
        while start < len(tokens) and tokens[start].tag in ",ua)":
            start += 1
        if start >= len(tokens):
            return True
        for end in range(len(tokens), start, -1):
            if end < len(tokens) and tokens[end].tag not in ",ua":
                continue
            segment = tokens[start:end]
            after = Scope(self._evidence, [*scope.mentioned, *(token.value for token in segment if token.tag == "P")])
            relative = end + 1 < len(tokens) and tokens[end + 1].text.lower().startswith(("which", "that "))
            stands = self._is_glue(segment) or self._clause(segment, scope, mentions or relative, problems)
            if stands and self._read(tokens, end, after, mentions, problems):
                return True
        return False

    def _clause(self, segment: Sequence[Token], scope: Scope, mentions: bool, problems: list[str]) -> bool:
        row = [token for token in segment if token.tag != SAFE]
        shape = tags(row)
        if not row or GLUE in shape:
            return False
        verdicts: list[str | None] = []
        for pattern, verifier in PATTERNS[self.plan.language]:
            if pattern.fullmatch(shape):
                verdicts.append(verifier(scope, row))
        if mentions and MENTION.fullmatch(shape):
            verdicts.append(mention(scope, row))
        problems += [verdict for verdict in verdicts if verdict]
        # A shape that can be read in two ways must be true in one of them, and false in none that decides it.
        return bool(verdicts) and all(verdict is None for verdict in verdicts)


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


def _split_lead(tokens: Sequence[Token]) -> tuple[list[Token], list[Token]]:
    """What stands before the last comma, and after it."""
    commas = [index for index, token in enumerate(tokens) if token.tag == ","]
    if not commas:
        return [], list(tokens)
    return list(tokens[: commas[-1]]), list(tokens[commas[-1] + 1 :])


def _asks_for_more(tokens: Sequence[Token]) -> bool:
    """ "something cheaper", "cheaper ones": never "the cheaper one"."""
    words = [token.text.lower() for token in tokens]
    index = next(i for i, token in enumerate(tokens) if token.tag in "KER")
    around = " ".join(words[max(0, index - 1) : index + 2])
    return (
        bool(re.search(r"\b(?:something|anything|a|any|ones|options|products)\b", around))
        and " the " not in f" {around} "
    )


def _own_words(message: str, chinese: bool) -> frozenset[str]:
    if chinese:
        return frozenset()
    return frozenset(word for word in re.findall(r"[a-z]+", message.lower()) if len(word) >= _SHORT)


def evidence_of(plan: ReplyPlan, lexicon: Lexicon) -> Evidence:
    """The facts a plan's reply may rest on; for reports."""
    return gather(plan.facts, lexicon)
