"""What a message wants in the cart: which products, how many of each, in which version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from assistant.dialogue.dependencies import Dependencies
from assistant.dialogue.memory import Memory, Wanted
from assistant.dialogue.resolve import meant, referents, shown_ids, without_titles
from assistant.dialogue.turn import Turn
from assistant.understanding.languages import expressions
from assistant.understanding.numbers import NUMBER, value_of
from assistant.understanding.schema import Intent, Slots, TurnContext
from assistant.understanding.sizes import read_words
from retrieval.models import Product
from retrieval.search.query import Hit
from retrieval.text.lexicon import Lexicon, all_words
from retrieval.text.size_order import in_size_order
from retrieval.text.sizes import fits_size, has_option, own_size
from retrieval.text.words import measures, unit_of

_MAX_QUANTITY_DISTANCE = 30
"""Letters before a product's name in which its number may stand."""
_NUMBER_BEFORE = re.compile(
    rf"(?<![\w.-])({NUMBER})(?: ?(?:x|×|pcs|pieces|pairs|of|个|件|双|本|条|台))?(?: of)?(?: the)?(?: (?!and|or|vs|to|with)[a-z&]+)? ?$"
)
_NUMBER = re.compile(r"(?<![\w.$€£¥-])\d{2}(?![\d.%-]|[a-z]| ?(?:dollars|bucks|usd|元|块|刀))")
"""What may be a size that lies in a span of sizes."""
_MEASURED = re.compile(
    r"(?<![\w.,])\d{1,5}(?:[.,]\d{1,3})?\s?-?(?:kg|g|mg|m|cm|mm|l|ml|cl|oz|lbs?|inch|w)\b", re.IGNORECASE
)
_JOINT = re.compile(r"\s(?:and|plus)\s(?:also\s)?|[,;&+，；、]\s?|和|以及|还有", re.IGNORECASE)


def wanted(turn: Turn, memory: Memory, deps: Dependencies) -> list[Wanted]:
    """Each product of ``turn.hits`` with what is said of it: "the Lodge 3 and 2 of the mats, in blue"."""
    pieces = [_wishes(piece, hits, turn, memory, deps) for piece, hits in _pieces(turn, memory, deps)]
    wishes = [wish for wishes in pieces for wish in wishes]
    if turn.request is None or len(turn.hits) < 2:
        return wishes
    # A leading model has told the things apart: each once, so many as it says of each.
    counts, count = quantities(turn.message, memory, deps), turn.request.quantity or 1
    each = {wish.product_id: wish for wish in reversed(wishes)}
    return [
        each[hit.product.id].model_copy(
            update={
                "quantity": counts.get(hit.product.id, count),
                "options": each[hit.product.id].options | version_wanted(turn.slots, hit.product),
            }
        )
        for hit in turn.hits
        if hit.product.id in each
    ]


def quantities(text: str, memory: Memory, deps: Dependencies) -> dict[str, int]:
    """How many of each: the number right before its name ("2 Flip Rain and 4 Egg Foam"), by product id."""
    found = {}
    lowered, end = text.lower(), 0
    for named in deps.titles().namings(text, shown_ids(memory)):
        if number := _NUMBER_BEFORE.search(lowered[max(end, named.start - _MAX_QUANTITY_DISTANCE) : named.start]):
            found[named.product.id] = int(value_of(number[1]))
        end = named.end
    return found


def _pieces(turn: Turn, memory: Memory, deps: Dependencies) -> Iterator[tuple[str, list[Hit]]]:
    """The parts of the message that speak of one product each, with it; the whole where that leaves one out."""
    text, hits = turn.message, list(turn.hits)
    whole = (text, hits)
    split = list(_split(text, memory, deps))
    if len(hits) < 2 and (len(split) < 2 or not hits or turn.request is not None):
        yield whole
        return
    pieces: list[tuple[str, list[Hit]]] = []
    for piece in split:
        things = _things(piece, memory, deps)
        ids = {hit.product.id for hit in hits}
        # "2 of that and 4 egg foams": the one talked about as well.
        own = [hit for hit in things if hit.product.id in ids or hit.product.id == memory.focus]
        if own or not pieces:
            pieces.append((piece, own))
        else:
            pieces[-1] = (f"{pieces[-1][0]}, {piece}", pieces[-1][1])
    told = [hit.product.id for _, own in pieces for hit in own]
    yield from (pieces if {hit.product.id for hit in hits} <= set(told) else [whole])


def _split(text: str, memory: Memory, deps: Dependencies) -> Iterator[str]:
    names = [(named.start, named.end) for named in deps.titles().namings(text, shown_ids(memory))]
    start = 0
    for joint in _JOINT.finditer(text):
        if not any(begin < joint.end() and joint.start() < end for begin, end in names):
            yield text[start : joint.start()]
            start = joint.end()
    yield text[start:]


def _things(text: str, memory: Memory, deps: Dependencies) -> list[Hit]:
    unnamed = without_titles(text, memory, deps.titles())
    context = TurnContext(shown=len(memory.shown))
    return meant(deps.understander.slots(unnamed, context, Intent.CART), text, referents(memory, deps))


def _wishes(text: str, hits: Sequence[Hit], turn: Turn, memory: Memory, deps: Dependencies) -> list[Wanted]:
    counts = quantities(text, memory, deps)
    unnamed = without_titles(text, memory, deps.titles())
    slots = deps.understander.slots(unnamed, TurnContext(), Intent.CART)
    many = len(hits) > 1
    found = []
    for hit in hits:
        product = hit.product
        said = slots.quantity if turn.request is None else None  # the leading model has told it from a size
        others = 1 if many or counts else said or (turn.slots.quantity if len(turn.hits) == 1 else None) or 1
        options = version_wanted(slots, product) | options_named(unnamed, product)
        if "colour" in slots.indifferent and "colour" not in options and "colour" in hit.variant.options:
            options["colour"] = hit.variant.options["colour"]
        if turn.request is not None and len(turn.hits) == 1:  # the leading model has said which version is meant
            options |= version_wanted(turn.slots, product)
        # What was looked for is meant, too: the size, and the colour that the card on display stands for.
        assumed = version_wanted(memory.search or Slots(), product, ("size",))
        several = len(turn.hits) > 1  # at once: each is put in as it is shown
        colour = hit.variant.options.get("colour") if several else _colour_meant(hit, options, memory, deps)
        if colour is not None:
            assumed["colour"] = colour
        found.append(
            Wanted(
                product_id=product.id,
                quantity=counts.get(product.id, others),
                options=options,
                assumed={key: value for key, value in assumed.items() if key not in options},
            )
        )
    return found


def _colour_meant(hit: Hit, options: Mapping[str, str], memory: Memory, deps: Dependencies) -> str | None:
    """The colour of a product that nobody named where it is settled all the same: the one looked for, or the one that
    its card in a list stands for, unless most others cost something else. Else it is to be asked for."""
    product, shown = hit.product, hit.product.variant(hit.variant.id)
    if shown is None or "colour" not in shown.options:
        return None
    colour, search = shown.options["colour"], memory.search or Slots()
    there = {variant.options.get("colour", "") for variant in product.variants}
    if colour in search.colour or "colour" in search.indifferent:
        return colour
    if looked_for := next((wanted for wanted in search.colour if wanted in there), None):
        return looked_for
    if memory.need is None or all(one.product_id != product.id for one in memory.shown):
        return None
    rest = {key: value for key, value in options.items() if key != "colour"}
    left = deps.shop.stock.of_many([variant.id for variant in product.variants])
    least: dict[str, Decimal] = {}
    for variant in product.variants:
        fits = all(has_option(variant, key, value) for key, value in rest.items())
        if left[variant.id] and fits and (own := variant.options.get("colour")):
            least[own] = min(variant.price, least.get(own, variant.price))
    usual = sum(price == least.get(colour) for price in least.values())
    return colour if 2 * usual >= len(least) else None


def version_wanted(slots: Slots, product: Product, keys: Sequence[str] = ("colour", "size")) -> dict[str, str]:
    """The options asked for that this product has at all, as it calls them where it comes in them."""
    said, found = {"colour": slots.colour, "size": slots.size}, {}
    for key in keys:
        variants = [variant for variant in product.variants if key in variant.options]
        if said[key] and variants:
            wanted = own_size(product, said[key][0]) if key == "size" else said[key][0]
            fitting = (variant.options[key] for variant in variants if has_option(variant, key, wanted))
            found[key] = next(fitting, wanted)
    return found


def colour_of(said: str, products: Sequence[Product], lexicon: Lexicon) -> str:
    """The colour meant by a word: one by that name in the lexicon, else the only one of the products' own whose names
    share the word's most letters ("minty", "a light mint"); else the word itself."""
    word = said.strip().casefold()
    own = {value for product in products for v in product.variants if (value := v.options.get("colour"))}
    names = {
        key: {key.casefold(), *(each.casefold() for each in (*entry.name.values(), *all_words(entry.words)))}
        for key, entry in lexicon.colours.items()
    }
    named = [key for key, words in names.items() if word in words]
    if word in own or named:
        return next((key for key in named if key in own), word if word in own else named[0])
    shared = {key: max(_shared(word, name) for name in names.get(key, {key})) for key in own}
    best = max(shared.values(), default=0)
    alike = [key for key, count in shared.items() if count == best]
    return alike[0] if best and len(alike) == 1 else said


def _shared(word: str, name: str) -> int:
    """Letters of the one where it stands in the other; of Chinese names the bare 色 aside."""
    word, name = word.removesuffix("色"), name.removesuffix("色")
    return min(len(word), len(name)) if word and name and (word in name or name in word) else 0


def options_named(text: str, product: Product) -> dict[str, str]:
    """The options that the message names as the shop writes them ("6Y", "130 x 170", "m"); none that it leaves open."""
    said, found = _plain(text), {}
    values: dict[str, dict[str, None]] = {}
    for variant in product.variants:
        for key, value in variant.options.items():
            values.setdefault(key, {})[value] = None
    for key, listed in values.items():
        named = [v for v in listed if re.search(rf"(?<![a-z0-9'’.]){re.escape(_plain(v))}(?![a-z0-9'’]|\.\d)", said)]
        longest = [v for v in named if not any(_plain(v) != _plain(o) and _plain(v) in _plain(o) for o in named)]
        numbers = _NUMBER.findall(said) if key == "size" and not named else ()
        if key == "size" and not named and (letter := _letter_of(said, product)) in listed:
            found[key] = letter
        spanned = [v for v in listed if not v.isdigit() and any(fits_size(v, number) for number in numbers)]
        if len(longest or spanned) == 1:
            found[key] = (longest or spanned)[0]
    return found


def _letter_of(said: str, product: Product) -> str:
    """The letter of a size that is said in a word: "in large"; not where the word is the thing's own name."""
    titles = " ".join(product.title.values()).lower()
    letters = {letter for word, letter in read_words(said) if word not in titles}
    return letters.pop() if len(letters) == 1 else ""


def measure_named(text: str, product: Product) -> dict[str, str]:
    """A measure that the message asks for in the unit of an option that the product does not come in with it: "in 100 m"
    of a hose of 25 m and 50 m."""
    said = [(match[0], measures(match[0])) for match in _MEASURED.finditer(text)]
    found: dict[str, str] = {}
    for variant in product.variants:
        for key, value in variant.options.items():
            for written, (measure, *_) in ((w, m) for w, m in said if m):
                if unit_of(measure) in map(unit_of, measures(value)):
                    found[key] = written.strip()
    return found


def _plain(size: str) -> str:
    lowered = re.sub(r"(?<=\d)\s*(?:×|x|\*|by)\s*(?=\d)", "x", size.lower())
    bare = re.sub(r"(?<=\d)\s*(?:cm|inch(?:es)?)\b", "", lowered)
    return re.sub(r"(?<=\d)[\s-](?=(?:kg|g|mg|m|mm|l|ml|cl|oz|lbs?|w)\b)", "", bare).strip()


def answer(text: str, choices: Sequence[str], product: Product, slots: Slots) -> Mapping[str, str]:
    """The options that a message gives where ``choices`` were offered: by name, by place, or as the smaller or larger;
    empty where it gives none."""
    said = version_wanted(slots, product)
    there = {v.casefold() for variant in product.variants for v in variant.options.values()}
    had = {k: value for k, value in said.items() if value.casefold() in there}
    if named := had | options_named(text, product):
        return named
    key = next((k for v in product.variants for k, value in v.options.items() if value in choices), None)
    ordered, cues = in_size_order(choices), expressions("cues")
    place = next((number for number in slots.reference if 0 < number <= len(choices)), None)
    if key is None or not choices:
        return said
    if place is not None:
        return {key: ordered[place - 1]}
    if cues["asks"].search(text):  # "how long does delivery take?" chooses no longer one
        return said
    if cues["larger"].search(text):
        return {key: ordered[-1]}
    return {key: ordered[0]} if cues["smaller"].search(text) else said
