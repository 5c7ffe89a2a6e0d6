"""A folder of exports as a shop of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.setup.exports import exports_in, imported
from retrieval.feeds import FeedError, read_catalogue

LIST = "id,title,price\nk1,Copper kettle,39\nk2,Tin kettle,12\n"
PAGE = """<html><head><script type="application/ld+json">{{"@context": "https://schema.org", "@graph": [{product}
{{"@type": "FAQPage", "mainEntity": [{{"@type": "Question", "name": "Do you mend kettles?",
"acceptedAnswer": {{"@type": "Answer", "text": "Yes, in a week."}}}}]}}]}}</script></head><body></body></html>"""
PRODUCT = '{"@type": "Product", "sku": "k1", "name": "Kettle", "offers": {"price": "39", "priceCurrency": "EUR"}},'


@pytest.mark.parametrize(("price", "missing"), [("39", True), ("39 EUR", False), ("39 €", False)])
def test_a_price_without_a_currency_is_told_as_such(tmp_path: Path, price: str, missing: bool) -> None:
    (tmp_path / "list.csv").write_text(LIST.replace("39", price).replace("12", price), encoding="utf-8")
    feed = read_catalogue([tmp_path / "list.csv"])
    assert len(list(feed)) == 2 and feed.currency_missing is missing


def test_a_shop_is_not_made_of_prices_in_no_currency(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text(LIST, encoding="utf-8")
    exports = exports_in([tmp_path / "list.csv"])
    with pytest.raises(FeedError, match="--currency EUR"):
        imported(exports, tmp_path / "shop")
    done = imported(exports, tmp_path / "shop", currency="EUR")
    assert [product.currency for product in done.products] == ["EUR", "EUR"]


@pytest.mark.parametrize(("product", "holds"), [("", ["help pages"]), (PRODUCT, ["catalogue", "help pages"])])
def test_a_page_may_hold_products_and_questions(tmp_path: Path, product: str, holds: list[str]) -> None:
    (tmp_path / "page.html").write_text(PAGE.format(product=product), encoding="utf-8")
    exports = exports_in([tmp_path / "page.html"])
    assert [export.holds for export in exports] == holds
    if product:
        done = imported(exports, tmp_path / "shop")
        assert [p.id for p in done.products] == ["k1"] and [e.answer for e in done.entries] == ["Yes, in a week."]
