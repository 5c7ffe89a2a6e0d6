"""Answers a question about products from what the shop has, as typed evidence.

What claims something on safety, health or what a product works with is never answered by yes or no, nor stated: the
shop's own sentence is quoted, or its data's entry named as such, or it is said that nothing settles it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.answering import options, own_names
from assistant.answering.computed import age_within, extreme, having, having_all, total_of
from assistant.answering.evidence import (
    Answer,
    Described,
    Difference,
    Evidence,
    Fact,
    GuardedFact,
    Quote,
    Rated,
    Silent,
    Values,
)
from assistant.answering.question import Question, parts, read
from assistant.answering.sentences import MIN_OVERLAP, InEnglish, Meaning, Vector, covered, own_terms
from assistant.answering.texts import FindHelp, Texts, speaks_of
from assistant.answering.topics import GUARDED_ATTRIBUTES, TOPICS, Topic, stems, words_of
from assistant.understanding.glossary import Glossary
from retrieval.models import Product
from retrieval.search.query import Hit
from retrieval.text.lexicon import Lexicon

OPTIONS = ("size", "colour")
SHOP = ("price", "sale", "stock", "rating", "brand")
_MIN_SUPPORT_OF_REST = 0.5
"""Support below which the rest of the message may say more than its question."""


class Answerer:
    """Holds no conversation. ``find_help`` looks a question up in the help pages of a language;
    ``in_english`` reads descriptions that the shop does not have in English."""

    def __init__(
        self,
        lexicon: Lexicon,
        encode: Callable[[str], Vector] | None = None,
        find_help: FindHelp | None = None,
        in_english: InEnglish | None = None,
    ) -> None:
        self._lexicon = lexicon
        meaning = Meaning(encode, Glossary(lexicon)) if encode else None
        self._texts = Texts(meaning, find_help or (lambda _text, _language: ()), in_english)

    def answer(
        self, question: str, hits: Sequence[Hit], language: str, counts: Mapping[str, int] | None = None
    ) -> Answer:
        """The evidence on a question in the customer's words about the products it means; ``counts`` are how many of
        each it speaks of, by product id."""
        if not hits:
            return Answer(())
        if counts and (total := self._total(question, hits, language, counts)):
            return total
        several = parts(question)
        if len(several) == 1 and self._depends(question, several[0], hits, language):
            several = [question]
        answers = [self._answer(part, hits, language) for part in several]
        best = answers[0] if len(answers) == 1 else _joined(answers)
        if len(several) == 1 and several[0] != question and best.support < _MIN_SUPPORT_OF_REST:
            return max(best, self._answer(question, hits, language), key=lambda answer: answer.support)
        return best

    def asks(self, question: str, hits: Sequence[Hit], language: str) -> bool:
        """Whether the question is on a matter of its own, beside the products' price, stock, colours and sizes."""
        asked = read(question, language, [hit.product for hit in hits], self._lexicon)
        options_ = {key for hit in hits for variant in hit.product.variants for key in variant.options}
        matters = {topic.name for topic in asked.topics} - {"price", "stock", "colour", "sizes"}
        return bool(matters or set(asked.keys) - options_ or asked.more or asked.less or asked.kinds - {"which"})

    def _total(self, question: str, hits: Sequence[Hit], language: str, counts: Mapping[str, int]) -> Answer | None:
        asked = read(question, language, [hit.product for hit in hits], self._lexicon)
        total = total_of(hits, counts) if "total" in asked.kinds else None
        return Answer((total,), support=0.95) if total is not None else None

    def _depends(self, question: str, part: str, hits: Sequence[Hit], language: str) -> bool:
        """Whether what is told beside a question decides on its answer: an age, an allergy."""
        if part == question:
            return False
        products = [hit.product for hit in hits]
        whole, asked = (read(text, language, products, self._lexicon) for text in (question, part))
        told = {topic.name for topic in whole.topics if topic.partly} - {topic.name for topic in asked.topics}
        return bool(told) or whole.age != asked.age

    def _answer(self, question: str, hits: Sequence[Hit], language: str) -> Answer:
        asked = read(question, language, [hit.product for hit in hits], self._lexicon)
        if (offered := options.offered(asked, hits, self._lexicon)) is not None:
            return offered
        if asked.guarded:
            return self._guarded(asked, hits)
        if any(topic.help for topic in asked.topics) and (passage := self._texts.passage(asked)):
            return passage
        if len(hits) > 1 and (several := self._several(asked, hits)):
            return several
        if answer := self._known(asked, hits):
            return answer
        spoken = [item for hit in hits for item in self._texts.by_topic(asked, hit.product)]
        bare = not (asked.topics or asked.keys or asked.own or asked.kinds)
        if (asked.kinds & {"about", "opinion"} and not spoken) or bare:
            return self._told(asked, hits)
        return self._searched(asked, hits)

    # guarded: quotations only

    def _guarded(self, asked: Question, hits: Sequence[Hit]) -> Answer:
        topics = [topic for topic in asked.topics if topic.guarded]
        if "which" in asked.kinds and len(hits) > 1:
            key = next((k for t in topics for k in t.attributes if any(k in h.product.attributes for h in hits)), None)
            if key and self._is_boolean(key, hits):
                return Answer((having(key, hits),), support=0.9)
        evidence: list[Evidence] = []
        settled = 0
        for hit in hits:
            quoted: list[Evidence] = []
            for topic in topics[:2]:
                quoted += [item for item in self._spoken_of(topic, hit.product, asked) if item not in quoted]
            settled += bool(quoted)
            left = (bool(self._beyond(topics, asked)) and asked.age is None) or any(topic.partly for topic in topics)
            if not quoted:
                evidence.append(Silent(hit.product.id))
                evidence += self._related(topics, hit.product, asked)
            else:
                evidence += quoted
                if left:
                    evidence.append(Silent(hit.product.id, rest=True))
            if asked.age is not None and (age := age_within(asked.age, hit.product)):
                evidence.append(age)
        evidence += [Fact(hit.product.id, key) for hit in hits for key in self._plain_keys(asked, hit.product)]
        return Answer(tuple(evidence), support=0.9 if settled else 0.6)

    def _beyond(self, topics: Sequence[Topic], asked: Question) -> list[str]:
        """The question's own words that the names of what is asked for do not have ("dishwasher safe")."""
        named = {
            stem
            for topic in topics
            for key in topic.attributes
            if (entry := self._lexicon.attributes.get(key))
            for word in entry.words.get(asked.language, ())
            for stem in stems(word)
        }
        return [word for word in asked.own if word not in named and not word.isdigit()]

    def _spoken_of(self, topic: Topic, product: Product, asked: Question) -> Sequence[Evidence]:
        spoken = [
            sentence.text
            for sentence in self._texts.of(product, asked.language)
            if sentence.source == "description" and speaks_of(topic, sentence, asked.language)
        ]
        if spoken:
            # The shortest says it plainest: "Vegan." rather than "A tote in vegan leather by …".
            return [Quote(product.id, "description", min(spoken, key=len))]
        listed: list[Evidence] = [GuardedFact(product.id, key) for key in topic.attributes if key in product.attributes]
        return listed[:1]

    def _related(self, topics: Sequence[Topic], product: Product, asked: Question) -> list[Evidence]:
        keys = dict.fromkeys(key for topic in topics for key in topic.related if key in product.attributes)
        related: list[Evidence] = []
        for key in list(keys)[:2]:
            value = product.attributes[key]
            plain = key not in GUARDED_ATTRIBUTES and value not in ("yes", "no")
            related.append(Fact(product.id, key) if plain else GuardedFact(product.id, key))
        return related

    # several products

    def _several(self, asked: Question, hits: Sequence[Hit]) -> Answer | None:
        ids = tuple(hit.product.id for hit in hits)
        one_currency = len({hit.product.currency for hit in hits}) == 1
        if "total" in asked.kinds and (total := total_of(hits, {})) is not None:
            return Answer((total,), support=0.95)
        if "difference" in asked.kinds and one_currency and len(hits) == 2:
            low, high = sorted(hits, key=lambda hit: hit.variant.price)
            return Answer(
                (Difference(low.product.id, high.product.id, high.variant.price - low.variant.price),), support=0.95
            )
        keys = [*(k for topic in asked.topics for k in topic.attributes), *asked.keys]
        boolean = [key for key in dict.fromkeys(keys) if self._is_boolean(key, hits)]
        if len(boolean) > 1:
            return Answer((having_all(boolean, hits),), support=0.9)
        if (
            "rating" in (*asked.more, *(topic.name for topic in asked.topics))
            and asked.own
            and (told := self._suits(asked, hits))
        ):
            return told
        for names, most in ((asked.more, True), (asked.less, False)):
            for name in names:
                for key in _measured(TOPICS[name], asked):
                    if found := extreme(key, most, hits):
                        return Answer((found,), support=0.95)
        for key in (*(k for t in asked.topics for k in t.attributes), *asked.keys):
            if any(key in hit.product.attributes for hit in hits) and self._is_boolean(key, hits):
                return Answer((having(key, hits),), support=0.9)
        keys = [key for topic in asked.topics for key in topic.attributes]
        compared = next((key for key in keys if extreme(key, True, hits)), None)
        if "which" in asked.kinds and compared is not None:
            return Answer((Values(compared, ids),), support=0.85)
        return None

    def _suits(self, asked: Question, hits: Sequence[Hit]) -> Answer | None:
        """ "Which is best for the office?": the product whose text speaks of it, else none is said to be."""
        use = asked.rest.rpartition(" for ")[2] if " for " in asked.rest else ""
        wanted = own_terms(" ".join(word for word in asked.own if word in stems(use)))
        if not wanted:
            return None
        found = [(covered(wanted, s), s, hit) for hit in hits for s in self._texts.of(hit.product, asked.language)]
        best = max(found, key=lambda one: one[0], default=None)
        if best is None or best[0] < MIN_OVERLAP:
            likely = [self._texts.by_meaning(use, asked.language, hit.product) for hit in hits]
            likest, _ = max(likely, key=lambda one: one[1])
            return Answer(tuple(likest), support=0.9) if likest else None
        return Answer((Quote(best[2].product.id, best[1].source, best[1].text),), support=0.9)

    # what is known

    def _known(self, asked: Question, hits: Sequence[Hit]) -> Answer | None:
        """Facts on the attributes asked for, where one of the products has them."""
        found: list[Evidence] = []
        yes: bool | None = None
        known = False
        for hit in hits:
            keys = self._plain_keys(asked, hit.product)
            for key in keys:
                if own_names.canonical(key) in GUARDED_ATTRIBUTES:
                    found += self._of_guarded(key, hit.product, asked)
                else:
                    found.append(Fact(hit.product.id, key))
            known = known or bool(keys)
            if asked.age is not None and (age := age_within(asked.age, hit.product)):
                found.append(age)
            if not keys and len(hits) > 1 and (asked.topics or asked.keys):
                found.append(Silent(hit.product.id))
        if not known:
            return None
        if len(hits) == 1:
            keys = self._plain_keys(asked, hits[0].product)
            value = hits[0].product.attributes.get(keys[0]) if len(keys) == 1 else None
            exact = not asked.own and not asked.more and not asked.less and asked.age is None
            # "Is it warm?" is not what "insulated" says: only the lexicon's own words for it are.
            named = len(asked.keys) == 1 or (bool(asked.topics) and self._named_itself(keys[:1], asked))
            if value in ("yes", "no") and asked.yes_no and exact and named and keys[0] not in GUARDED_ATTRIBUTES:
                yes = value == "yes"
            elif asked.own and value in ("yes", "no"):
                found += self._texts.by_words(asked, hits[0].product)[:1] or (Silent(hits[0].product.id, rest=True),)
        return Answer(tuple(dict.fromkeys(found)), yes, 0.9)

    def _named_itself(self, keys: Sequence[str], asked: Question) -> bool:
        words = words_of(asked.language)
        return any(
            words.row(word) in asked.row
            for key in keys
            if (entry := self._lexicon.attributes.get(key))
            for word in entry.words.get(asked.language, ())
        )

    def _plain_keys(self, asked: Question, product: Product) -> list[str]:
        """For each unguarded topic the first of its attributes that the product has; and the attributes named."""
        keys = []
        for topic in asked.topics:
            if topic.guarded or topic.help:
                continue
            key = next((key for key in topic.attributes if _has(key, product)), None)
            if key := key or own_names.of_product(topic.attributes, product):
                keys.append(key)
        told = {key for topic in asked.topics if topic.guarded for key in topic.attributes}
        keys += [key for key in asked.keys if _has(key, product) and key not in told]
        if asked.age is not None and not keys and not asked.guarded:
            keys += [key for key in ("age_from", "audience") if key in product.attributes][:1]
        return list(dict.fromkeys(keys))

    def _of_guarded(self, key: str, product: Product, asked: Question) -> Sequence[Evidence]:
        topic = next((t for t in TOPICS.values() if key in t.attributes and (t.guarded or t.name == "age")), None)
        return self._spoken_of(topic, product, asked) if topic else [GuardedFact(product.id, key)]

    def _is_yes_no(self, key: str) -> bool:
        entry = self._lexicon.attributes.get(key)
        return entry is not None and entry.kind == "boolean"

    def _is_boolean(self, key: str, hits: Sequence[Hit]) -> bool:
        values = [hit.product.attributes[key] for hit in hits if key in hit.product.attributes]
        return bool(values) and all(value in ("yes", "no") for value in values)

    # texts

    def _told(self, asked: Question, hits: Sequence[Hit]) -> Answer:
        evidence: list[Evidence] = []
        for hit in hits[:3]:
            if "opinion" not in asked.kinds:
                evidence.append(Described(hit.product.id))
            else:
                evidence.append(Rated(hit.product.id))
                reviews = [s for s in self._texts.of(hit.product, asked.language) if s.source == "review"]
                evidence += [Quote(hit.product.id, "review", reviews[0].text)] if reviews else []
        return Answer(tuple(evidence), support=0.85)

    def _searched(self, asked: Question, hits: Sequence[Hit]) -> Answer:
        evidence: list[Evidence] = []
        best = 0.0
        for hit in hits:
            if found := self._texts.by_topic(asked, hit.product) or self._texts.by_words(asked, hit.product):
                evidence += found[:2]
                best = max(best, 0.8)
        if not evidence and (passage := self._texts.passage(asked)):
            return passage
        if not evidence:
            for hit in hits:
                likest, likeness = self._texts.by_meaning(asked.text.lower(), asked.language, hit.product)
                evidence += likest
                best = max(best, likeness)
        answered = {item.product_id for item in evidence if isinstance(item, Quote)}
        for hit in hits:
            if hit.product.id in answered:
                continue
            unknown = (
                [] if asked.own else [key for key in asked.keys if not _has(key, hit.product) and self._is_yes_no(key)]
            )
            unknown += [t.attributes[0] for t in asked.topics if len(t.attributes) == 1] if not unknown else []
            if len(unknown) == 1 and unknown[0] not in GUARDED_ATTRIBUTES:
                evidence.append(Fact(hit.product.id, unknown[0]))
            else:
                evidence.append(Silent(hit.product.id))
            best = max(best, 0.4 if (asked.topics or unknown) and len(asked.own) < 3 else 0.1)
        return Answer(tuple(evidence), support=best)


def _has(key: str, product: Product) -> bool:
    if key == "brand":
        return bool(product.brand)
    if key in OPTIONS:
        return any(key in variant.options for variant in product.variants)
    return key in SHOP or key in product.attributes


def _measured(topic: Topic, asked: Question) -> tuple[str, ...]:
    """What "longer" compares: the attributes of the topic named beside it ("longer battery life") come first."""
    beside = [key for other in asked.topics if not other.guarded for key in other.attributes]
    if topic.name == "rating" and beside:
        return (*beside, *topic.attributes)
    return topic.attributes


def _joined(answers: Sequence[Answer]) -> Answer:
    """Several questions at once: what is known first, then that the rest is not."""
    known = [item for answer in answers for item in answer.evidence if not isinstance(item, Silent)]
    silent = [item for answer in answers for item in answer.evidence if isinstance(item, Silent)]
    rest = [Silent(item.product_id, rest=bool(known)) for item in silent]
    best = max(answer.support for answer in answers)
    return Answer(tuple(dict.fromkeys([*known, *rest])), support=best)
