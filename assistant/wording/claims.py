"""Claims: what a matched row of tags says, recomputed from the facts of the products and orders it mentions.

Each verifier returns None when the claim is true and a problem's kind otherwise; what cannot be decided is not true.
Claims on safety, health and what a product works with never are: of those only the shop's own text may speak.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from assistant.answering.topics import GUARDED_ATTRIBUTES
from assistant.shop.views import OrderStatus, OrderView
from assistant.wording.evidence import Evidence, ProductFacts, days
from assistant.wording.reading import Money, Token


@dataclass(slots=True)
class Scope:
    """What a clause is read in: the evidence, and the products and order mentioned before it in the sentence."""

    evidence: Evidence
    mentioned: list[str] = field(default_factory=list)

    def it(self) -> list[ProductFacts]:
        products = self.evidence.products
        if len(products) == 1:
            return products
        distinct = list(dict.fromkeys(self.mentioned))
        return [self.evidence.product(distinct[0])] if len(distinct) == 1 else []

    def subjects(self, tokens: Sequence[Token]) -> list[ProductFacts]:
        """The products a clause is about: those named in it, "it", "they", or the one named before."""
        named = [self.evidence.product(token.value) for token in tokens if token.tag == "P"]
        if named:
            return named
        if any(token.tag == "Q" for token in tokens):
            return self.evidence.products if len(self.evidence.products) == 2 and self.evidence.whole else []
        return self.it()

    def order(self, tokens: Sequence[Token]) -> OrderView | None:
        named = [token.value for token in tokens if token.tag == "O"]
        orders = self.evidence.orders
        if named:
            return next((order for order in orders if order.id == named[0]), None)
        return orders[0] if len(orders) == 1 and not self.evidence.products else None


Verifier = Callable[[Scope, Sequence[Token]], str | None]


def _all(tokens: Sequence[Token], tag: str) -> list[Token]:
    return [token for token in tokens if token.tag == tag]


def _is_price(money: Money, product: ProductFacts) -> bool:
    return money == Money(product.price, product.currency)


def mention(scope: Scope, tokens: Sequence[Token]) -> str | None:
    return None if _all(tokens, "P") else "unsupported"


def price(scope: Scope, tokens: Sequence[Token]) -> str | None:
    subjects, money = scope.subjects(tokens), _all(tokens, "M")
    if not subjects or len(money) != 1:
        return "price"
    return None if all(_is_price(money[0].value, product) for product in subjects) else "price"


def pairs(scope: Scope, tokens: Sequence[Token]) -> str | None:
    """Products each with their price: the price belongs to the product named just before it."""
    product: ProductFacts | None = None
    for token in tokens:
        if token.tag == "P":
            product = scope.evidence.product(token.value)
        elif token.tag == "M" and (product is None or not _is_price(token.value, product)):
            return "price"
    return None


def attribute(scope: Scope, tokens: Sequence[Token]) -> str | None:
    subjects, claimed = scope.subjects(tokens), _all(tokens, "A")
    negated = bool({token.tag for token in tokens} & {"n", "o"})
    if not subjects or (negated and len(claimed) != 1):
        return "negation" if negated else "attribute"
    for product in subjects:
        for token in claimed:
            key, value = token.value
            if key in GUARDED_ATTRIBUTES:
                return "attribute"
            if negated and value == "no":
                return "negation"
            wanted = "no" if negated else value
            if product.attributes.get(key) != wanted:
                return "negation" if wanted == "no" else "attribute"
    return _types(subjects, tokens)


def _types(subjects: Sequence[ProductFacts], tokens: Sequence[Token]) -> str | None:
    named = _all(tokens, "Y")
    if all(product.type in token.value for product in subjects for token in named):
        return None
    return "attribute"


def value(scope: Scope, tokens: Sequence[Token]) -> str | None:
    subjects = scope.subjects(tokens)
    names = [token.value for token in tokens if token.tag == "%"]
    if not subjects or any(token.tag in "no" for token in tokens):
        return "attribute"
    for product in subjects:
        for token in _all(tokens, "V"):
            pairs = {pair for pair in token.value if not names or pair[0] in names[0]}
            pairs = {pair for pair in pairs if pair[0] not in GUARDED_ATTRIBUTES}
            if not any(product.attributes.get(key) == wanted for key, wanted in pairs):
                return "attribute"
        if any(product.brand != token.value for token in _all(tokens, "B")):
            return "attribute"
    return _types(subjects, tokens)


def described(scope: Scope, tokens: Sequence[Token]) -> str | None:
    """ "is a waterproof nylon backpack by Fernway": all of it."""
    return attribute(scope, tokens) or value(scope, tokens)


def stock_of_option(scope: Scope, tokens: Sequence[Token]) -> str | None:
    """Stock of the variants in a named colour or size."""
    subjects = scope.subjects(tokens)
    row = {token.tag for token in tokens}
    if len(subjects) != 1 or row & {"n", "o"}:
        return "stock"
    counted = "l" in row or ("s" in row and tokens[-1].tag in "ls" and any(token.tag == "N" for token in tokens[-3:]))
    colours = [token.value for token in _all(tokens, "C")]
    numbers = [str(token.value) for token in tokens if token.tag in "NZ"]
    amount = int(numbers.pop()) if counted and numbers else None
    chosen = [
        variant
        for variant in subjects[0].variants
        if all(variant.options.get("colour") in keys for keys in colours)
        and all(variant.options.get("size") == size for size in numbers)
    ]
    if not chosen or (not colours and not numbers) or len(colours) > 1 or len(numbers) > 1:
        return "stock"
    if "X" in row:
        return None if not any(variant.stock for variant in chosen) else "stock"
    if amount is not None:
        return None if len(chosen) == 1 and chosen[0].stock == amount and amount else "stock"
    return None if all(variant.stock for variant in chosen) else "stock"


def colours(scope: Scope, tokens: Sequence[Token]) -> str | None:
    """ "comes in red" is about all variants, "available in red" about those in stock, "is red" about the one shown."""
    subjects = scope.subjects(tokens)
    row = {token.tag for token in tokens}
    only = "1" in row
    if not subjects or row & {"n", "o"}:
        return "colour"
    for product in subjects:
        offered = product.colours_in_stock if "s" in row else product.colours
        claimed = [token.value for token in _all(tokens, "C")]
        if not all(keys & offered for keys in claimed):
            return "colour"
        if "G" not in row and "s" not in row and "h" not in row and len(product.colours) != 1:
            return "colour"
        if only and len(offered) != len(claimed):
            return "count"
    return None


def sizes(scope: Scope, tokens: Sequence[Token]) -> str | None:
    subjects = scope.subjects(tokens)
    row = {token.tag for token in tokens}
    if not subjects or row & {"n", "o"}:
        return "size"
    for product in subjects:
        offered = product.sizes_in_stock if "s" in row else product.sizes
        claimed = [str(token.value) for token in tokens if token.tag in "NZ"]
        if not claimed or not set(claimed) <= offered:
            return "size"
        if "1" in row and len(offered) != len(claimed):
            return "count"
    return None


def stock(scope: Scope, tokens: Sequence[Token]) -> str | None:
    subjects = scope.subjects(tokens)
    row = {token.tag for token in tokens}
    if not subjects or "o" in row:
        return "stock"
    available = "s" in row or "l" in row
    if "n" in row or ("X" in row and available):
        return "stock"
    for product in subjects:
        numbers = [token.value for token in _all(tokens, "N")]
        if numbers and (len(product.variants) != 1 or numbers != [Decimal(product.stock)]):
            return "stock"
        if "X" in row and product.in_stock:
            return "stock"
        if available and not product.stock:
            return "stock"
    return None


def rating(scope: Scope, tokens: Sequence[Token]) -> str | None:
    subjects, numbers = scope.subjects(tokens), [token.value for token in _all(tokens, "N")]
    row = "".join(token.tag for token in tokens)
    if len(subjects) != 1 or not numbers:
        return "rating"
    product = subjects[0]
    if product.rating is None:
        return "rating"
    rated = Decimal(f"{product.rating:.1f}")
    expected = [rated] if "d" in row or "S" in row else []
    if "v" in row:
        expected.append(Decimal(product.reviews))
    return None if numbers == expected else "rating"


def comparison(scope: Scope, tokens: Sequence[Token]) -> str | None:
    evidence = scope.evidence
    operator = next(token.tag for token in tokens if token.tag in "KERW")
    named = [evidence.product(token.value) for token in tokens if token.tag == "P"]
    if not named or (len(named) == 1 and any(token.tag == "t" for token in tokens)):
        named = scope.it() + named if any(token.tag in "JP" for token in tokens) or scope.it() else []
    if len(named) == 1 and len(evidence.products) == 2 and evidence.whole:
        named += [product for product in evidence.products if product.id != named[0].id]
    if len(named) != 2 or named[0].id == named[1].id:
        return "comparison"
    one, two = named
    if operator in "KE":
        difference = two.price - one.price if operator == "K" else one.price - two.price
        if one.currency != two.currency or difference <= 0:
            return "comparison"
        amounts = [token.value for token in _all(tokens, "M")]
        return None if all(amount == Money(difference, one.currency) for amount in amounts) else "price"
    if one.rating is None or two.rating is None:
        return "comparison"
    better = one.rating > two.rating if operator == "R" else one.rating < two.rating
    return None if better and f"{one.rating:.1f}" != f"{two.rating:.1f}" else "comparison"


def superlative(scope: Scope, tokens: Sequence[Token]) -> str | None:
    """The cheapest, dearest or best rated of the products here, where these are all."""
    evidence = scope.evidence
    operator = next(token.tag for token in tokens if token.tag in "ker")
    subjects = scope.subjects([token for token in tokens if token.tag in "PJ"])
    if len(subjects) != 1 or len(evidence.products) < 2 or not evidence.whole:
        return "comparison"
    subject, others = subjects[0], [product for product in evidence.products if product.id != subjects[0].id]
    if any(product.currency != subject.currency for product in others):
        return "comparison"
    if operator == "r":
        ratings = [product.rating for product in others]
        if subject.rating is None or any(other is None or other >= (subject.rating or 0) for other in ratings):
            return "comparison"
        numbers = [token.value for token in _all(tokens, "N")]
        return None if numbers in ([], [Decimal(f"{subject.rating:.1f}")]) else "rating"
    wins = [subject.price < other.price if operator == "k" else subject.price > other.price for other in others]
    if not all(wins):
        return "comparison"
    return None if all(_is_price(token.value, subject) for token in _all(tokens, "M")) else "price"


def quantified(scope: Scope, tokens: Sequence[Token]) -> str | None:
    """Both, all, neither, none, only one, only X, two of them: every product here must be known for it."""
    evidence, products = scope.evidence, scope.evidence.products
    row = "".join(token.tag for token in tokens)
    if not evidence.whole or len(products) < 2:
        return "count"
    if ("2" in row or "Q" in row) and len(products) != 2:
        return "count"
    numbers = [int(token.value) for token in _all(tokens, "N")]
    if "*" in row and numbers and numbers[0] != len(products):
        return "count"
    if "0" in row and len(products) != 2 and any(word in tokens[0].text.lower() for word in ("neither",)):
        return "count"
    holds, negative = _predicate(tokens)
    if holds is None:
        return "count"
    answers = [holds(product) for product in products]
    if any(answer is None for answer in answers):
        return "count"
    true = [product.id for product, answer in zip(products, answers, strict=True) if answer]
    if "0" in row:
        return None if not true and not negative else "count"
    if "1" in row or "#" in row:
        named = [token.value for token in _all(tokens, "P")]
        return None if len(true) == 1 and (not named or named == true) and len(named) < 2 else "count"
    if "2" in row or "*" in row or "Q" in row:
        return None if len(true) == len(products) else "count"
    return None if numbers == [len(true)] else "count"


Predicate = Callable[[ProductFacts], bool | None]


def _predicate(tokens: Sequence[Token]) -> tuple[Predicate | None, bool]:
    """What is said of each product: true, false, or None where the shop does not know. And whether it is a negation."""
    negated = any(token.tag in "no" for token in tokens)
    claimed, money = _all(tokens, "A"), _all(tokens, "M")
    row = {token.tag for token in tokens}
    if len(claimed) == 1:
        key, wanted = claimed[0].value
        if key in GUARDED_ATTRIBUTES:
            return None, negated
        wanted = "no" if negated and wanted == "yes" else wanted
        if negated and claimed[0].value[1] == "no":
            return None, True

        def has(product: ProductFacts) -> bool | None:
            known = product.attributes.get(key)
            return None if known not in ("yes", "no") else known == wanted

        return has, negated or wanted == "no"
    if negated or claimed:
        return None, negated
    values = _all(tokens, "V")
    if len(values) == 1:
        names = [token.value for token in tokens if token.tag == "%"]
        pairs = {pair for pair in values[0].value if not names or pair[0] in names[0]}
        return (lambda product: any(product.attributes.get(key) == wanted for key, wanted in pairs)), False
    if len(money) == 1:
        return (lambda product: _is_price(money[0].value, product)), False
    if "s" in row:
        return (lambda product: product.stock > 0), False
    if "X" in row:
        return (lambda product: not product.in_stock), False
    return None, False


def same_price(scope: Scope, tokens: Sequence[Token]) -> str | None:
    products = scope.evidence.products
    if len(products) != 2 or not scope.evidence.whole or any(token.tag in "no" for token in tokens):
        return "comparison"
    return (
        None
        if products[0].price == products[1].price and products[0].currency == products[1].currency
        else "comparison"
    )


def found(scope: Scope, tokens: Sequence[Token]) -> str | None:
    """So many products of such a kind: the count is the search's, and every condition named is one it was made
    under."""
    evidence = scope.evidence
    if evidence.search is None or not evidence.products or any(token.tag in "no" for token in tokens):
        return "count"
    search = evidence.search
    numbers = [Decimal(2) if token.tag == "Q" else token.value for token in tokens if token.tag in "NQ"]
    if numbers and numbers != [Decimal(evidence.total or 0)]:
        return "count"
    conditions = [token for token in tokens if token.tag in "CAVMBZY"]
    if conditions and not evidence.exact:
        return "count"
    for token in conditions:
        if not _searched(token, tokens, scope):
            return {"M": "price", "C": "colour", "Z": "size"}.get(token.tag, "attribute")
    return None if search is not None else "count"


def _searched(token: Token, tokens: Sequence[Token], scope: Scope) -> bool:
    search = scope.evidence.search
    assert search is not None
    if token.tag == "C":
        return len(search.colour) == 1 and search.colour[0] in token.value
    if token.tag == "A":
        return f"{token.value[0]}={token.value[1]}" in search.attribute
    if token.tag == "V":
        return any(f"{key}={value}" in search.attribute for key, value in token.value)
    if token.tag == "B":
        return search.brand == [token.value]
    if token.tag == "Z":
        return search.size == [str(token.value)]
    if token.tag == "Y":
        wanted = set(scope.evidence.lexicon.leaves(search.type))
        return bool(wanted) and wanted <= token.value
    money: Money = token.value
    if money.currency != scope.evidence.products[0].currency:
        return False
    limit = search.price_max if any(other.tag == "<" for other in tokens) else search.price_min
    return limit is not None and limit == money.amount


def cart(scope: Scope, tokens: Sequence[Token]) -> str | None:
    view = scope.evidence.cart
    if view is None:
        return _order_total(scope, tokens)
    if any(token.value != Money(view.total, view.currency) for token in _all(tokens, "M")):
        return "price"
    numbers = [token.value for token in _all(tokens, "N")]
    return None if numbers in ([], [Decimal(view.count)]) else "count"


def _order_total(scope: Scope, tokens: Sequence[Token]) -> str | None:
    order = scope.order(tokens)
    if order is None or _all(tokens, "N") or any(token.tag == "^" for token in tokens):
        return "price"
    return None if all(token.value == Money(order.total, order.currency) for token in _all(tokens, "M")) else "price"


def status(scope: Scope, tokens: Sequence[Token]) -> str | None:
    order = scope.order(tokens)
    if order is None or any(token.tag in "no" for token in tokens):
        return "status"
    allowed: set[OrderStatus] = set()
    for token in _all(tokens, "U"):
        allowed |= set(token.value)
    if order.status not in allowed:
        return "status"
    dates = _all(tokens, "D")
    moments = {
        OrderStatus.SHIPPED: [fulfilment.shipped_at for fulfilment in order.fulfilments],
        OrderStatus.DELIVERED: [fulfilment.delivered_at for fulfilment in order.fulfilments],
    }.get(order.status, [])
    known = days(moments)
    if dates and (len(known) != 1 or not all(token.value.matches(known) for token in dates)):
        return "date"
    return _carrier(order, tokens)


def _carrier(order: OrderView, tokens: Sequence[Token]) -> str | None:
    carriers = {fulfilment.carrier for fulfilment in order.fulfilments}
    if any(carriers != {token.value} for token in _all(tokens, "F")):
        return "status"
    tracking = {fulfilment.tracking_id for fulfilment in order.fulfilments}
    return None if all(token.value in tracking for token in _all(tokens, "I")) else "id"


def carrier(scope: Scope, tokens: Sequence[Token]) -> str | None:
    order = scope.order(tokens)
    return "status" if order is None or order.status is not OrderStatus.SHIPPED else _carrier(order, tokens)


def expected(scope: Scope, tokens: Sequence[Token]) -> str | None:
    order = scope.order(tokens)
    if order is None or order.status is not OrderStatus.SHIPPED:
        return "date"
    known = days(fulfilment.expected_at for fulfilment in order.fulfilments)
    return None if len(known) == 1 and all(token.value.matches(known) for token in _all(tokens, "D")) else "date"


def placed(scope: Scope, tokens: Sequence[Token]) -> str | None:
    order = scope.order(tokens)
    if order is None:
        return "date"
    if any(token.value != Money(order.total, order.currency) for token in _all(tokens, "M")):
        return "price"
    return None if all(token.value.matches(days([order.placed_at])) for token in _all(tokens, "D")) else "date"


def identifier(scope: Scope, tokens: Sequence[Token]) -> str | None:
    """A tracking, ticket or order number: known, and of the kind that the words say."""
    word = next(token.text.lower() for token in tokens if token.tag == "T")
    evidence = scope.evidence
    orders = {order.id for order in evidence.orders}
    tracking = {fulfilment.tracking_id for order in evidence.orders for fulfilment in order.fulfilments}
    claimed = {str(token.value) for token in tokens if token.tag in "IO"}
    if "ticket" in word or "工单" in word:
        known = evidence.ids - orders - tracking
    elif "order" in word or "订单" in word:
        known = orders
    elif word.startswith(("tracking", "运单", "快递", "物流")):
        known = tracking
    else:
        known = evidence.ids if len(evidence.ids) == 1 else set()
    return None if claimed and claimed <= known and len(known) == 1 else "id"


def link(scope: Scope, tokens: Sequence[Token]) -> str | None:
    return None if all(token.value in scope.evidence.links for token in _all(tokens, "L")) else "link"
