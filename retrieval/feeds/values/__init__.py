"""What feeds write in many ways, read one way: money, stock, dates, what is for sale, texts, attributes."""

from retrieval.feeds.values.assumed import Assumed, PriceUnit, currency_of, day_first_in, decimal_of, locale_of
from retrieval.feeds.values.currencies import currencies_of, currency_code, currency_meant
from retrieval.feeds.values.dates import (
    day_first,
    end_of_period,
    has_begun,
    has_expired,
    is_unset,
    moments,
    sale_is_on,
    sale_period_is_on,
)
from retrieval.feeds.values.money import money, sale_price, taken_apart, unnamed_currency, written
from retrieval.feeds.values.notes import Notes
from retrieval.feeds.values.numbers import levelled, number_of
from retrieval.feeds.values.paid import Paid, last_day, paid, priced
from retrieval.feeds.values.private import is_private
from retrieval.feeds.values.sellable import for_sale, sale_status, yes_or_no
from retrieval.feeds.values.stock import UNCOUNTED, availability_of, stock
from retrieval.feeds.values.texts import (
    attribute,
    attributes,
    category_path,
    deepest,
    first,
    is_link,
    key,
    localised,
    option,
    options,
    plain_text,
    shared_start,
    split_listed,
    text_of,
    without_markup,
)

__all__ = [
    "UNCOUNTED",
    "Assumed",
    "Notes",
    "Paid",
    "PriceUnit",
    "attribute",
    "attributes",
    "availability_of",
    "category_path",
    "currencies_of",
    "currency_code",
    "currency_meant",
    "currency_of",
    "day_first",
    "day_first_in",
    "decimal_of",
    "deepest",
    "end_of_period",
    "first",
    "for_sale",
    "has_begun",
    "has_expired",
    "is_link",
    "is_private",
    "is_unset",
    "key",
    "last_day",
    "levelled",
    "locale_of",
    "localised",
    "moments",
    "money",
    "number_of",
    "option",
    "options",
    "paid",
    "plain_text",
    "priced",
    "sale_is_on",
    "sale_period_is_on",
    "sale_price",
    "sale_status",
    "shared_start",
    "split_listed",
    "stock",
    "taken_apart",
    "text_of",
    "unnamed_currency",
    "without_markup",
    "written",
    "yes_or_no",
]
