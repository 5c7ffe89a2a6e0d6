"""Amounts, numbers, dates, stock, states and properties of a sentence, held against products, orders and cart.

Each function gives the source that backs what is said, in words, or an empty text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import TYPE_CHECKING

from assistant.shop.views import OrderStatus, OrderView
from assistant.understanding.schema import Slots
from retrieval.models import FaqEntry, Product, Variant

if TYPE_CHECKING:
    from assistant.wording.claims import Stated, _Sentence

_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = {"mon": 0, "tue": 1, "wed": 2, "thu": 3, "fri": 4, "sat": 5, "sun": 6}
_HAN_DAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5}
_WORDS = {
    word: value
    for value, words in enumerate(
        (
            "zero 零", "one a an 一", "two 二 两", "three 三", "four 四", "five 五", "six 六", "seven 七", "eight 八",
            "nine 九", "ten 十",
        )
    )
    for word in words.split()
}  # fmt: skip
_CENT = Decimal("0.01")
_PARTS = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])")
_UNITS = (
    ("day", ("day", "天", "日", "工作日")), ("week", ("week", "周", "星期", "礼拜")), ("month", ("month", "月")),
    ("year", ("year", "年")), ("hour", ("hour", "小时", "钟头")), ("minute", ("minute", "分钟")),
    ("second", ("second", "秒")),
)  # fmt: skip
_REVIEWS = re.compile(r"review|评价", re.IGNORECASE)
_STARS = re.compile(r"star|out of|分|星", re.IGNORECASE)


def value(text: str) -> Decimal | None:
    match = _DIGITS.search(text)
    if match is None:
        return next(
            (Decimal(_WORDS[word]) for word in re.findall(r"[a-z]+|[一-鿿]", text.lower()) if word in _WORDS), None
        )
    plain = match[0]
    if "," in plain:
        plain = (
            plain.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", plain) else plain.replace(",", ".")
        )
    try:
        return Decimal(plain)
    except InvalidOperation:
        return None


def told(kind: str, text: str, s: _Sentence) -> str:
    match kind:
        case "money":
            return _money(text, s)
        case "day" | "near":
            return _day(text, s)
        case "percent":
            return _page_with(text, s)
        case _:
            return _span(text, s) if kind == "span" else _measure(text, s)


# money


def _money(text: str, s: _Sentence) -> str:
    amount = value(text)
    if amount is None or not _own_currency(text, s):
        return _page_with(text, s)
    if s.named:
        for product in s.named:
            if amount in {variant.price for variant in product.variants}:
                return product.name(s.known.language)
        prices = [{variant.price for variant in product.variants} for product in s.named]
        joint = s.patterns["together"].search(s.bare) or s.patterns["cheaper"].search(s.bare)
        if len(prices) > 1 and joint and amount in _sums(prices):
            return ", ".join(product.name(s.known.language) for product in s.named)
    for order in s.orders:
        known = {order.total, *(line.unit_price for line in order.lines), *s.known.amounts.get(order.id, ())}
        known |= {line.unit_price * line.quantity for line in order.lines}
        known |= {payment.amount for payment in order.payments}
        items = sum((line.unit_price * line.quantity for line in order.lines), Decimal(0))
        known |= {items, abs(order.total - items)}
        if amount in known and (s.codes or not s.named):
            return order.id
    cart = s.known.cart
    of_cart = cart is not None and (s.patterns["together"].search(s.bare) or not s.named)
    if cart is not None and of_cart and amount in {cart.total, *(line.total for line in cart.lines)}:
        return _CART.get(s.known.language, _CART["en"])
    if not s.named and not s.codes:
        for product in s.products:
            if amount in {variant.price for variant in product.variants}:
                return product.name(s.known.language)
    return _page_with(text, s)


_CART = {"en": "cart", "zh": "购物车", "de": "Warenkorb"}


def _own_currency(text: str, s: _Sentence) -> bool:
    currencies = {product.currency for product in s.products} | {order.currency for order in s.orders} or {"USD"}
    signs = {"€": "EUR", "£": "GBP", "¥": "CNY", "$": "USD", "euro": "EUR", "pound": "GBP", "gbp": "GBP", "eur": "EUR",
             "欧元": "EUR", "英镑": "GBP", "人民币": "CNY"}  # fmt: skip
    meant = {code for sign, code in signs.items() if sign in text.lower()}
    return not meant or bool(meant & currencies)


def _sums(prices: list[set[Decimal]]) -> set[Decimal]:
    """What one of each comes to, and how far two are apart."""
    totals = {Decimal(0)}
    for each in prices:
        totals = {total + price for total in totals for price in each}
    gaps = {abs(one - two) for first, second in combinations(prices, 2) for one in first for two in second}
    return {amount.quantize(_CENT) for amount in totals | gaps}


# help pages


def _nearest(s: _Sentence, count: int = 2) -> list[FaqEntry]:
    return list(s.known.pages(s.text))[:count]


def _page_with(text: str, s: _Sentence) -> str:
    """The page that the sentence is nearest to, where it has the very words."""
    numbers = _DIGITS.findall(text)
    for entry in _nearest(s):
        told = f"{entry.question} {entry.answer}"
        if _has_unit(text, told) and not all(_alike(number, set(_DIGITS.findall(told))) for number in numbers):
            return ""  # the nearest page that counts in this unit says another number
        known = set(_DIGITS.findall(told))
        if numbers and all(_alike(number, known) for number in numbers) and _unit(text) in ("", _unit_in(text, told)):
            return entry.question
        if not numbers and text.strip().casefold() in told.casefold():
            return entry.question
    return ""


def _has_unit(text: str, page: str) -> bool:
    words = next((words for name, words in _UNITS if name == _unit(text)), ())
    return bool(words) and re.search(rf"\\d[\\s-]?个?(?:\\w{{1,10}} )?(?:{'|'.join(words)})", page) is not None


def _alike(number: str, known: set[str]) -> bool:
    return number in known or any(value(number) == value(each) for each in known)


def _unit(text: str) -> str:
    return next((name for name, words in _UNITS if any(word in text.lower() for word in words)), "")


def _unit_in(text: str, page: str) -> str:
    """The unit with which the page has the number of ``text``."""
    wanted = _unit(text)
    words = next((words for name, words in _UNITS if name == wanted), ())
    for number in _DIGITS.findall(text):
        near = rf"{re.escape(number)}(?:\s?[–到至-]\s?\d+)?[\s-]?个?(?:\w{{1,10}}\s)?(?:{'|'.join(words)})"
        if not re.search(near, page, re.IGNORECASE):
            return "?"
    return wanted


# numbers


def _span(text: str, s: _Sentence) -> str:
    if (page := _page_with(text, s)) and _DIGITS.search(text):
        return page
    return _measure(text, s) if _DIGITS.search(text) else ""


def _measure(text: str, s: _Sentence) -> str:
    amount = value(text)
    if amount is None:
        return ""
    for product in s.products:
        told = " ".join([*product.attributes.values(), *product.description.values()])
        if _REVIEWS.search(text):
            if amount == product.review_count:
                return product.name(s.known.language)
            continue
        if _STARS.search(text) and product.rating is not None:
            if amount == Decimal(str(product.rating)):
                return product.name(s.known.language)
            continue
        if _alike(str(amount), set(_DIGITS.findall(told))) and text.split()[-1].strip(".,").lower()[:2] in told.lower():
            return product.name(s.known.language)
        if s.patterns["left"].search(s.bare) and amount in {variant.stock for variant in _versions(product, s)}:
            return product.name(s.known.language)
        if amount in {Decimal(len({v.options.get(key) for v in product.variants})) for key in ("size", "colour")}:
            return product.name(s.known.language)
    for order in s.orders:
        counts = {*(line.quantity for line in order.lines), len(order.lines), len(order.fulfilments)}
        counts |= {sum(line.quantity for line in order.lines), sum(p.shipped_at is not None for p in order.fulfilments)}
        if amount in counts and not s.named:
            return order.id
    if s.known.cart is not None and amount in {s.known.cart.count, *(line.quantity for line in s.known.cart.lines)}:
        return _CART.get(s.known.language, _CART["en"])
    return _page_with(text, s)


def number(text: str, s: _Sentence) -> str:
    """A bare number: a size, a count, a rating, a year of the goods, or one of the nearest page's."""
    amount = value(text)
    for product in s.products:
        sizes = {option for variant in product.variants for option in variant.options.values()}
        told = {part for option in sizes for part in _DIGITS.findall(option)}
        told |= {part for each in product.attributes.values() for part in _DIGITS.findall(each)}
        if text in told:
            return product.name(s.known.language)
        if product.rating is not None and amount == Decimal(str(product.rating)):
            return product.name(s.known.language)
        if s.patterns["left"].search(s.bare) and amount in {variant.stock for variant in _versions(product, s)}:
            return product.name(s.known.language)
    for order in s.orders:
        told = {part for line in order.lines for option in line.options.values() for part in _DIGITS.findall(option)}
        told |= {str(line.quantity) for line in order.lines} | {str(len(order.fulfilments))}
        told |= {str(sum(parcel.shipped_at is not None for parcel in order.fulfilments))}
        told |= set(_DIGITS.findall(order.address)) | {d for p in order.payments for d in _DIGITS.findall(p.method)}
        if text in told:
            return order.id
    return _page_with(text, s)


# dates


def _day(text: str, s: _Sentence) -> str:
    today = s.known.today
    sets = _days(s)
    wanted = _dates(text, today)
    if wanted:
        for day, source in sets:
            if any(
                (day.month, day.day) == (each.month, each.day) and (not _has_year(text) or day == each)
                for each in wanted
            ):
                return source
        return ""
    weekday = next((number for name, number in _WEEKDAYS.items() if text.lower().startswith(name)), None)
    if weekday is None and text[-1:] in _HAN_DAYS and len(text) > 1:
        weekday = _HAN_DAYS[text[-1]]
    if weekday is not None:
        near = [source for day, source in sets if day.weekday() == weekday and abs((day - today).days) <= 7]
        return near[0] if near else _page_with_word(text, s)
    if re.search(r"week|周|星期|礼拜", text, re.IGNORECASE):
        ahead = 7 if re.search(r"next|下", text, re.IGNORECASE) else 0
        monday = today - timedelta(days=today.weekday()) + timedelta(days=ahead)
        near = [source for day, source in sets if monday <= day < monday + timedelta(days=7)]
        return near[0] if near and "weekend" not in text.lower() else ""
    return _page_with_word(text, s)


def _page_with_word(text: str, s: _Sentence) -> str:
    denied = len(s.patterns["negated"].findall(s.bare)) % 2
    for entry in _nearest(s):
        for part in _PARTS.split(entry.answer):
            if text.lower() in part.lower() and len(s.patterns["negated"].findall(part)) % 2 == denied:
                return entry.question
    return ""


def _has_year(text: str) -> bool:
    return re.search(r"\d{4}", text) is not None


def _dates(text: str, today: date) -> list[date]:
    low = text.lower()
    relative = {"today": 0, "tonight": 0, "tomorrow": 1, "yesterday": -1, "今天": 0, "今晚": 0, "明天": 1, "后天": 2,
                "昨天": -1, "前天": -2}  # fmt: skip
    if low in relative:
        return [today + timedelta(days=relative[low])]
    month = next((at for at, name in enumerate(_MONTHS, 1) if name in low), None)
    figures = [int(part) for part in re.findall(r"\d+", text)]
    try:
        if month is not None and figures:
            year = next((each for each in figures if each > 999), today.year)
            return [date(year, month, next(each for each in figures if each <= 31))]
        if "月" in text:
            year, *rest = figures if figures[0] > 999 else [today.year, *figures]
            return [date(year, rest[0], rest[1])]
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            return [date.fromisoformat(text)]
        if re.fullmatch(r"\d{1,2}/\d{1,2}(?:/\d{2,4})?", text):
            one, two = figures[:2]
            return [date(today.year, a, b) for a, b in ((one, two), (two, one)) if a <= 12]
    except (ValueError, StopIteration, IndexError):
        return [date.min]
    return []


def _days(s: _Sentence) -> list[tuple[date, str]]:
    """The days of the orders that the sentence can mean, by what it says of them."""
    p, found = s.patterns, list[tuple[date, str]]()
    wants_delivered = p["delivered"].search(s.bare) is not None and not p["negated"].search(s.bare)
    wants_shipped = p["shipped"].search(s.bare) is not None
    wants_placed = p["placed"].search(s.bare) is not None
    wants_due = p["due"].search(s.bare) is not None and not wants_delivered
    wants_back = p["back_by"].search(s.bare) is not None
    wants_refund = p["refunded"].search(s.bare) is not None
    any_ = not (wants_delivered or wants_shipped or wants_placed or wants_due or wants_back or wants_refund)
    for order in s.orders:
        if wants_placed or any_:
            found += _of(order.placed_at, order)
        for parcel in order.fulfilments:
            if wants_shipped or any_:
                found += _of(parcel.shipped_at, order)
            if wants_delivered or any_:
                found += _of(parcel.delivered_at, order)
            if (wants_due or any_) and not parcel.delivered_at:
                found += _of(parcel.expected_at, order)
        if wants_back or any_:
            found += [(day, order.id) for day in s.known.days.get(order.id, ())]
        if wants_refund or any_:
            found += [day for payment in order.payments if payment.kind == "refund" for day in _of(payment.at, order)]
    return found


def _of(moment: datetime | None, order: OrderView) -> list[tuple[date, str]]:
    return [(moment.astimezone(UTC).date(), order.id)] if moment is not None else []


# states of orders


_SHIPPED = (OrderStatus.SHIPPED, OrderStatus.DELIVERED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED,
            OrderStatus.EXCHANGE_REQUESTED)  # fmt: skip
_CAME = (OrderStatus.DELIVERED, OrderStatus.RETURN_REQUESTED, OrderStatus.RETURNED, OrderStatus.EXCHANGE_REQUESTED)


def _holds(name: str, order: OrderView) -> bool:
    sent = any(parcel.shipped_at for parcel in order.fulfilments)
    match name:
        case "shipped":
            return order.status in _SHIPPED or sent
        case "delivered":
            return order.status in _CAME or any(parcel.delivered_at for parcel in order.fulfilments)
        case "cancelled":
            return order.status is OrderStatus.CANCELLED
        case "packed":
            return order.status in (OrderStatus.PROCESSED, *_SHIPPED)
        case "pending":
            return order.status is OrderStatus.PENDING or (not sent and order.status is OrderStatus.PROCESSED)
        case "refunded":
            return any(payment.kind == "refund" for payment in order.payments)
        case "returned":
            return order.status is OrderStatus.RETURNED
        case _:
            return order.status is OrderStatus.EXCHANGE_REQUESTED


def states(s: _Sentence) -> Iterator[Stated]:
    """That an order is shipped, delivered, cancelled …, or that it is not."""
    from assistant.wording.claims import Stated

    p = s.patterns
    for name in ("shipped", "delivered", "cancelled", "packed", "refunded", "returned", "exchanged"):
        match = p[name].search(s.bare)
        if match is None or (name == "packed" and p["pending"].search(s.bare)):
            continue
        if _can_be(s, match.start()):
            continue
        denied = p["negated"].search(s.bare[max(0, match.start() - 22) : match.start()]) is not None
        if re.match(r"(?:还没|尚未|未)", s.bare[max(0, match.start() - 2) : match.start() + 1]):
            denied = True
        # A state that is over says less than the one that is now: a delivered order is no longer on its way.
        gone = name == "shipped" and re.search(r"way|transit|途|路上|派送|out for", match[0], re.IGNORECASE)
        backed = [
            order.id
            for order in s.orders
            if (_holds(name, order) and not (gone and order.status is not OrderStatus.SHIPPED)) is not denied
        ]
        whole = not s.codes or len(backed) == len(s.orders)
        yield Stated("status", *match.span(), backed[0] if backed and whole else "")
    if (match := p["pending"].search(s.bare)) is not None:
        backed = [order.id for order in s.orders if _holds("pending", order)]
        yield Stated("status", *match.span(), backed[0] if backed else "")


_MODAL = re.compile(
    r"\b(?:can|could|may|might|must|should|to|be able to|cannot|can['’]t|will|would|are|get)"
    r"(?: \w{1,10}){0,2} ?(?:be )?$"
    r"|(?:可以|能|不能|无法|需要|应该|会|将)[^，。]{0,6}$",
    re.IGNORECASE,
)
_IS = re.compile(r"\b(?:is|was|were|has|have|had|are)(?: \w{1,10}){0,2} ?(?:been )?$", re.IGNORECASE)


def _can_be(s: _Sentence, at: int) -> bool:
    """Whether it tells what is possible or usual and not what has come to be ("can be returned")."""
    before = s.bare[max(0, at - 30) : at]
    return _MODAL.search(before) is not None and not _IS.search(before)


# stock


def _versions(product: Product, s: _Sentence) -> list[Variant]:
    slots = s.known.read(s.bare)
    sizes = {each.lower() for each in slots.size} | {n for n in _DIGITS.findall(s.bare)}
    colours = {each.lower() for each in slots.colour}
    own_sizes = {variant.options.get("size", "").lower() for variant in product.variants}
    sizes &= own_sizes
    found = [
        variant
        for variant in product.variants
        if (not sizes or variant.options.get("size", "").lower() in sizes)
        and (not colours or variant.options.get("colour", "").lower() in colours)
    ]
    return list(found)


def stock(s: _Sentence) -> Iterator[Stated]:
    from assistant.wording.claims import Stated

    p = s.patterns
    gone, there, left = (p[name].search(s.bare) for name in ("no_stock", "in_stock", "left"))
    if left is not None and value(left["n"]) is not None:
        amount = value(left["n"])
        backed = [q for q in s.products if amount in {v.stock for v in _versions(q, s)}]
        yield Stated("stock", *left.span(), _all_named(backed, s))
    elif gone is not None:
        backed = [q for q in s.products if all(v.stock == 0 for v in _versions(q, s))]
        yield Stated("stock", *gone.span(), _all_named(backed, s))
    elif there is not None:
        denied = p["negated"].search(s.bare[max(0, there.start() - 14) : there.start()]) is not None
        backed = [q for q in s.products if _versions(q, s) and any(v.stock > 0 for v in _versions(q, s)) is not denied]
        yield Stated("stock", *there.span(), _all_named(backed, s))


def _all_named(backed: list[Product], s: _Sentence) -> str:
    """The source, where it holds for all the products that the sentence names, or for one at hand."""
    if not backed or (s.named and len(backed) < len(s.named)):
        return ""
    return ", ".join(product.name(s.known.language) for product in backed[:2])


def compared(s: _Sentence) -> Iterator[Stated]:
    """Cheaper, dearer, better rated: of two that are named, the first against the second."""
    from assistant.wording.claims import Stated

    for name in ("cheaper", "better"):
        match = s.patterns[name].search(s.bare)
        if match is None:
            continue
        if len(s.named) != 2:
            yield Stated("property", *match.span())
            continue
        one, two = s.named
        less = name == "cheaper" and match.groupdict().get("less")
        if name == "better":
            holds = (one.rating or 0) > (two.rating or 0)
        else:
            holds = one.lowest_price > two.lowest_price if less else one.lowest_price < two.lowest_price
        yield Stated("property", *match.span(), one.name(s.known.language) if holds else "")


# properties


def properties(s: _Sentence) -> Iterator[Stated]:
    """What it says of the goods: yes-or-no properties, materials, colours, sizes; held by every product it is of."""
    from assistant.wording.claims import Stated

    if not s.named and not (s.known.products and s.patterns["points"].search(s.bare)):
        return
    slots: Slots = s.known.read(s.bare)
    negated = s.patterns["negated"].search(s.bare) is not None
    wanted = [(pair, negated) for pair in slots.attribute] + [(pair, True) for pair in slots.exclude if "=" in pair]
    wanted += [(f"colour={each}", negated) for each in slots.colour] + [
        (f"size={each}", negated) for each in slots.size
    ]
    for pair, denied in wanted:
        key, _, held = pair.partition("=")
        if key in ("brand", "type"):
            continue
        start = _place(held if held not in ("yes", "no") else key, s)
        holds = all(_has(product, key, held, denied, s) for product in s.products)
        yield Stated("property", start[0], start[1], s.products[0].name(s.known.language) if holds else "")
    read = {pair.partition("=")[0] for pair, _ in wanted}
    for key, span in _unread(s):
        if key not in read:
            holds = all(_has(product, key, "yes", negated, s) for product in s.products)
            yield Stated("property", *span, s.products[0].name(s.known.language) if holds else "")
    brands = {product.brand.lower() for product in s.products}
    for brand in slots.brand:
        if brand.lower() not in brands:
            yield Stated("property", *_place(brand, s))


def _has(product: Product, key: str, held: str, denied: bool, s: _Sentence) -> bool:
    if key in ("colour", "size"):
        options = {variant.options.get(key, "").lower() for variant in product.variants}
        return (held.lower() in options) is not denied
    if held in ("yes", "no"):
        yes = (held == "yes") is not denied
        return product.has(key, "yes" if yes else "no")
    known = key in product.attributes
    return known and product.has(key, held) is not denied


def _unread(s: _Sentence) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yes-or-no properties that it calls by one of their words."""
    low, language = s.bare.lower(), s.known.language
    for key, entry in s.known.lexicon.attributes.items():
        if entry.kind != "boolean":
            continue
        for word in {*entry.words.get(language, ()), entry.name.get(language, "")} - {""}:
            at = low.find(word.lower())
            whole = at >= 0 and (language == "zh" or re.search(rf"\b{re.escape(word.lower())}\b", low) is not None)
            if whole and len(word) > 1:
                yield key, (at, at + len(word))
                break


def _place(word: str, s: _Sentence) -> tuple[int, int]:
    """Where the word, or how it is called, stands; else the whole sentence."""
    lexicon, language = s.known.lexicon, s.known.language
    forms = [word.replace("_", " ")]
    for entry in (*lexicon.attributes.values(), *lexicon.colours.values()):
        names = [*entry.words.get(language, ()), entry.name.get(language, "")]
        if word in (entry.name.get("en", "").lower(), *map(str.lower, names)):
            forms += names
    if word in lexicon.attributes:
        entry = lexicon.attributes[word]
        forms += [*entry.words.get(language, ()), entry.name.get(language, "")]
    if word in lexicon.colours:
        forms += [*lexicon.colours[word].words.get(language, ()), lexicon.colours[word].name.get(language, "")]
    for form in sorted(filter(None, forms), key=len, reverse=True):
        at = s.bare.lower().find(form.lower())
        if at >= 0:
            return at, at + len(form)
    return 0, len(s.text)


# promises


def promised(text: str, s: _Sentence) -> str:
    """The nearest help page that says it in the same words, with the same yes or no."""
    from assistant.wording.claim_pages import roots

    language = s.known.language
    said, words = roots(s.text, language), text.strip().casefold()
    denied = len(s.patterns["negated"].findall(s.bare)) % 2
    for order in s.orders:
        due = [parcel.expected_at for parcel in order.fulfilments if parcel.expected_at and not parcel.delivered_at]
        if due and s.patterns["due"].search(text) and any(each.kind == "date" and each.source for each in _dated(s)):
            return order.id
    for entry in _nearest(s, 3):
        for part in _PARTS.split(entry.answer):
            shared = roots(part, language) & said
            same = len(s.patterns["negated"].findall(part)) % 2 == denied
            if same and words in part.casefold() and len(shared) >= max(2, 0.6 * len(said)):
                return entry.question
    return ""


def _dated(s: _Sentence) -> Iterator[Stated]:
    from assistant.wording.claims import Stated

    for kind in ("day", "near"):
        for match in s.patterns[kind].finditer(s.bare):
            yield Stated("date", *match.span(), told(kind, match[0], s))
