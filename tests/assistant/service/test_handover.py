"""Where carts go to be paid for: addresses as the stores' own documentation has them, and a signed webhook."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from assistant.notify.webhook import SIGNATURE, genuine
from assistant.service.handover import Item, NotTaken, address, asked, kind_of
from assistant.settings import Settings

MUG = Item("4711", "mug/red", "mug", 2, Decimal("12.50"))
HAT = Item("4712", "hat/s", "hat", 1, Decimal("20.00"))
NUMBERLESS = Item("hat/s", "hat/s", "hat", 1, Decimal("20.00"))


def made(**given: Any) -> Settings:
    return Settings(_env_file=None, **given)  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("given", "demo", "kind"),
    [
        ({}, True, "demo"),
        ({}, False, "none"),
        ({"checkout": "none"}, True, "none"),
        ({"checkout_url": "https://s.example/cart?items={items}"}, True, "pattern"),
        ({"store_url": "https://s.myshopify.com"}, False, "shopify"),
        ({"store_url": "https://s.example"}, False, "woocommerce"),
        ({"store_url": "https://s.example", "checkout": "webhook"}, False, "webhook"),
    ],
)
def test_which_checkout_there_is(given: dict[str, Any], demo: bool, kind: str) -> None:
    assert kind_of(made(**given), demo) == kind


def test_addresses_are_as_the_stores_document_them() -> None:
    shopify, woo = made(store_url="https://s.myshopify.com/"), made(store_url="https://s.example")
    assert address(shopify, "shopify", [MUG, HAT], "", "en") == "https://s.myshopify.com/cart/4711:2,4712:1"
    assert address(shopify, "shopify", [MUG], "A B", "en") == "https://s.myshopify.com/cart/4711:2?discount=A+B"
    assert address(woo, "woocommerce", [MUG], "", "en") == "https://s.example/checkout/?add-to-cart=4711&quantity=2"
    many = address(woo, "woocommerce", [MUG, HAT], "TEN", "en")
    assert many == "https://s.example/checkout-link/?products=4711:2,4712:1&coupon=TEN"
    own = made(checkout_url="https://s.example/cart?items={items}&code={coupon}&lang={language}")
    found = address(own, "pattern", [MUG, NUMBERLESS], "10%", "de")
    assert found == "https://s.example/cart?items=4711:2,hat%2Fs:1&code=10%25&lang=de"
    with pytest.raises(NotTaken, match="hat/s"):
        address(shopify, "shopify", [NUMBERLESS], "", "en")


class Till:
    """A shop's own checkout: keeps what it was sent, and answers as it is told."""

    def __init__(self) -> None:
        self.answer: tuple[int, bytes] = (200, b'{"url": "https://s.example/pay/1"}')
        self.body, self.signature = b"", ""
        till = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                till.body = self.rfile.read(int(self.headers["Content-Length"]))
                till.signature = self.headers[SIGNATURE]
                self.send_response(till.answer[0])
                self.end_headers()
                self.wfile.write(till.answer[1])

            def log_message(self, *_: object) -> None:
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def till() -> Iterator[Till]:
    it = Till()
    thread = threading.Thread(target=it.server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield it
    it.server.shutdown()
    it.server.server_close()
    thread.join()


async def test_a_webhook_is_sent_the_cart_signed_and_answers_with_an_address(till: Till) -> None:
    settings = made(checkout="webhook", checkout_url=till.url, checkout_secret="hush")
    url = await asked(settings, [MUG], "TEN", "zh", "USD", Decimal("22.50"), "cart-1")
    assert url == "https://s.example/pay/1"
    assert genuine("hush", till.body, till.signature)
    assert not genuine("other", till.body, till.signature)
    told = json.loads(till.body)
    assert told["items"] == [
        {"product": "mug", "variant": "mug/red", "ref": "4711", "quantity": 2, "unit_price": "12.50"}
    ]
    assert (told["total"], told["coupon"], told["language"]) == ("22.50", "TEN", "zh")


@pytest.mark.parametrize(
    "answer",
    [(500, b"no"), (200, b"[]"), (200, b'{"url": "javascript:alert(1)"}'), (200, b'{"url": "/pay"}'), (302, b"")],
)
async def test_no_address_is_told_as_not_reached(till: Till, answer: tuple[int, bytes]) -> None:
    till.answer = answer
    with pytest.raises(NotTaken):
        await asked(made(checkout_url=till.url, checkout_secret="x"), [MUG], "", "en", "USD", Decimal(1), "c")


async def test_nobody_there_is_told_as_not_reached() -> None:
    with pytest.raises(NotTaken):
        await asked(made(checkout_url="http://127.0.0.1:9/"), [MUG], "", "en", "USD", Decimal(1), "c")
