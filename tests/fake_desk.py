"""A scripted desk for tests of the pages: believable event streams from a dozen products, no search and no model."""

from __future__ import annotations

import asyncio
import csv
import io
import secrets
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal
from urllib.parse import quote, unquote

from assistant import events as e
from assistant import pages as d
from assistant.records.changes import Changes
from assistant.service.person import Standing
from assistant.service.streams import Most, Streams
from assistant.service.turns import cart
from assistant.shop.views import TicketView
from retrieval.models import FaqEntry
from tests.fake_merchandising import FakeMerchandising
from tests.fake_ranking import FakeRanking

Product = tuple[str, str, str, str, str, int, float | None, int, dict[str, str]]
PRODUCTS: tuple[Product, ...] = (
    ("trail-2", "Trail Runner 2", "Fernway", "#b3382c", "74.00", 8, 4.6, 213, {"colour": "red", "size": "42"}),
    (
        "swift-1",
        "Swift Road Shoe with Extra Wide Fit",
        "Larkin",
        "#d14b3a",
        "59.50",
        3,
        4.2,
        87,
        {"colour": "red", "size": "41"},
    ),
    ("dash", "Dash Lightweight Trainer", "Ostra", "#c2402f", "48.00", 21, 3.9, 41, {"colour": "red", "size": "43"}),
    ("mill", "Mill Coffee Grinder", "Hearth & Pine", "#43566b", "59.00", 12, 4.4, 156, {}),
    ("mug", "Stoneware Mug, Set of Two", "Hearth & Pine", "#8a6f52", "24.00", 40, 4.8, 390, {"colour": "sand"}),
    ("lamp", "Arc Desk Lamp", "Lumen", "#d9a13a", "89.00", 6, 4.1, 64, {"colour": "yellow"}),
    ("pack", "Harbour Backpack 22 L", "Fernway", "#2f5d50", "68.00", 15, 4.5, 178, {"colour": "green"}),
    ("scarf", "Merino Scarf", "Ostra", "#6a4a7c", "39.00", 0, 4.7, 92, {"colour": "purple"}),
    ("pan", "Cast Iron Pan 26 cm", "Hearth & Pine", "#33302c", "45.00", 18, 4.9, 512, {"size": "26 cm"}),
    ("tent", "Ridge Two-Person Tent", "Fernway", "#c8742c", "149.00", 4, 4.3, 38, {}),
)
SHOE = "M20 74 Q24 58 44 62 L66 46 Q74 58 96 62 Q108 66 108 78 L108 84 L20 84 Z"
BOX = "M30 40 H90 V96 H30 Z M42 40 V28 H78 V40"


def picture(colour: str, shape: str = BOX) -> str:
    svg = (
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 128 128'><rect width='128' height='128' fill='#f4efe7'/>"
        f"<ellipse cx='64' cy='100' rx='44' ry='6' fill='#0001'/><path d='{shape}' fill='{colour}'/></svg>"
    )
    return "data:image/svg+xml," + quote(svg)


def card(product: Product, position: int = 0, reasons: tuple[str, ...] = ()) -> e.ProductCard:
    id_, title, brand, colour, price, stock, rating, count, options = product
    stock_text = "Sold out" if stock == 0 else f"Only {stock} left" if stock < 6 else "In stock"
    return e.ProductCard(
        id=id_,
        variant_id=f"{id_}/a",
        position=position,
        title=title,
        brand=brand,
        price=Decimal(price),
        currency="USD",
        price_text=f"${price}",
        stock=stock,
        stock_text=stock_text,
        rating=rating,
        review_count=count,
        picture_url=picture(colour, SHOE if position and "size" in options and "colour" in options else BOX),
        options=options,
        reasons=tuple(e.Reason(code=r, text=r) for r in reasons),
    )


@dataclass
class Room:
    """One conversation."""

    id: str
    language: d.Language
    customer: str | None = None
    entries: list[d.Entry] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    ticket: str | None = None
    pending: bool = False
    answered: set[str] = field(default_factory=set)

    def say(self, speaker: Literal["shopper", "assistant", "agent"], **values: Any) -> None:
        self.entries.append(d.Entry(cursor=len(self.entries) + 1, at=datetime.now(UTC), speaker=speaker, **values))


class FakeDesk(FakeMerchandising, FakeRanking):
    """``delay`` seconds between events, ``recording`` seconds until a reply is recorded. ``calls`` records what the
    pages asked for."""

    def __init__(self, delay: float = 0.05) -> None:
        FakeMerchandising.__init__(self)
        FakeRanking.__init__(self)
        self.delay = delay
        self.recording = 0.0
        self.rooms: dict[str, Room] = {}
        self.changes = Changes()
        self.streams = Streams(Most(of_conversation=10, of_address=100, in_all=100))
        self.customers = {"demo-maya": "Maya Lindqvist", "demo-tom": "Tom Okafor"}
        self.queue: dict[str, TicketView] = {}
        self.calls: list[tuple[str, Any]] = []
        self.ready_at = datetime.now(UTC) + timedelta(seconds=3)
        self.return_window = "30 days"
        self.express = "Yes. Express delivery takes 1–2 business days and costs $12.90."
        self.previous: list[str] = []
        self.previews: dict[str, str] = {}
        self.catalogue: list[int] = [312]

    # shopper ---------------------------------------------------------------------------------------------------------
    def room(self, conversation_id: str) -> Room:
        try:
            return self.rooms[conversation_id]
        except KeyError:
            raise d.UnknownConversation(conversation_id) from None

    async def start(self, customer_token: str | None, language: d.Language) -> d.Conversation:
        name = self.customers.get(customer_token or "")
        room = Room(secrets.token_urlsafe(24), language, name)
        self.rooms[room.id] = room
        return d.Conversation(room.id, language, name)

    async def resume(self, conversation_id: str, customer_token: str | None = None) -> d.Conversation:
        room = self.room(conversation_id)
        if customer_token is not None and room.customer != self.customers.get(customer_token):
            raise d.UnknownConversation(conversation_id)
        return d.Conversation(room.id, room.language, room.customer)

    async def see(self, conversation_id: str, page: d.PageSeen) -> None:
        self.calls.append(("see", page))

    async def set_language(self, conversation_id: str, language: d.Language) -> None:
        self.room(conversation_id).language = language

    async def _answer(self, room: Room, text: str, picture_: d.Picture | None) -> AsyncIterator[e.Event]:
        low = text.lower()
        zh = any("一" <= c <= "鿿" for c in text)
        if picture_ is not None and not picture_.data.startswith((b"\xff\xd8", b"\x89PNG")):
            yield e.Notice(code="not_a_picture", text=f"“{picture_.filename}” is not a picture I can read.")
        elif "explode" in low:
            yield e.TextDelta(text="Let me see. ")
            raise RuntimeError("a scripted failure")
        elif picture_ is not None:
            yield e.TextDelta(text="These look most like your picture. ")
            yield self._shown(PRODUCTS[6:9], ("Looks like your picture",))
        elif "compare" in low:
            yield e.TextDelta(text="Here they are side by side. The Dash costs $26.00 less than the Trail Runner 2.")
            cards = tuple(card(p, n + 1) for n, p in enumerate(PRODUCTS[:3]))
            yield e.ComparisonShown(
                cards=cards,
                rows=(
                    ("Price", tuple(c.price_text for c in cards)),
                    ("Rating", tuple(str(c.rating) for c in cards)),
                    ("Waterproof", ("Yes", "No", "—")),
                    ("Weight", ("280 g", "245 g", "210 g")),
                    ("Sole", ("Lugged rubber", "Smooth rubber", "Foam")),
                ),
            )
        elif "human" in low or "person" in low or "人工" in text:
            ticket = f"T-{len(self.queue) + 1:04d}"
            room.ticket = ticket
            self.queue[ticket] = TicketView(
                ticket,
                room.id,
                "asked",
                "zh" if zh else "en",
                "waiting",
                None,
                datetime.now(UTC),
                "Asked for red running shoes, put one in the cart, then asked for a person.",
            )
            yield e.TextDelta(text="Of course. I have told our team.")
            yield e.HandedOff(ticket_id=ticket, reason="asked")
        elif "order" in low or "订单" in text:
            yield e.TextDelta(text="Your latest order is on its way." if not zh else "您最近的订单正在运输中。")
            yield e.OrdersShown(
                orders=(
                    e.OrderCard(
                        id="SC-4F9K2QH7",
                        status="shipped",
                        status_text="On its way" if not zh else "运输中",
                        placed_on="19 Nov 2026",
                        total_text="$128.00",
                        items=("Trail Runner 2, red, 42 × 1", "Merino Scarf × 1"),
                        tracking=("NW 4482 1190 02",),
                        expected="26 Nov 2026",
                    ),
                )
            )
        elif "cancel" in low:
            room.pending = True
            yield e.TextDelta(text="I can cancel it. Please check and confirm.")
            yield e.ApprovalNeeded(
                action="cancel_order",
                title="Cancel order SC-9T2M5XW1",
                lines=("Stoneware Mug, Set of Two × 1 will not be sent.", "$24.00 goes back to Visa ending 4242."),
            )
        elif "express" in low:
            yield e.TextDelta(text=self.express)
            passage = e.FaqPassage(
                id="express-shipping", question="Do you offer express delivery?", answer=self.express, confidence=0.9
            )
            yield e.FaqCited(passages=(passage,))
        elif "return" in low or "退" in text:
            yield e.TextDelta(
                text=f"You can send things back within {self.return_window} of delivery."
                if not zh
                else f"签收后 {self.return_window} 内可以退货。"
            )
            yield e.FaqCited(
                passages=(
                    e.FaqPassage(
                        id="return-window",
                        question="How long do I have to return something?",
                        answer=f"You have {self.return_window} from delivery. Items must be unused and in their box.\n"
                        "Refunds take 3 to 5 working days.",
                        link="/help/returns",
                        confidence=0.93,
                    ),
                    e.FaqPassage(
                        id="return-cost",
                        question="Who pays for the return?",
                        answer="We do, for orders within the country.",
                        link="javascript:alert(1)",
                        confidence=0.61,
                    ),
                )
            )
        elif "cart" in low or "check out" in low:
            yield e.TextDelta(text="This is in your cart.")
            yield self._cart(room)
        elif "slow" in low:
            yield e.Degraded(reason="warming_up", text="Quick answer while the model warms up")
            yield e.TextDelta(text="I found these.")
            yield self._shown(PRODUCTS[3:5], ())
        elif "<" in text:
            yield e.TextDelta(text=f"I could not find “{text}”.")
            yield self._shown(
                (
                    (
                        "x",
                        "<img src=x onerror=alert(1)>",
                        "<b>Brand</b>",
                        "#333",
                        "1.00",
                        1,
                        5.0,
                        1,
                        {"size": "<i>1</i>"},
                    ),
                ),
                ("<script>alert(1)</script>",),
            )
        elif zh:
            yield e.TextDelta(text="找到了这些红色跑鞋，都在您的预算之内。")
            yield self._shown(PRODUCTS[:3], ("红色", "80 美元以内"))
            yield e.Suggestions(chips=("更便宜的", "42 码", "比较前两双"))
        elif "blue" in low or "cheaper" in low:
            yield e.TextDelta(text="Cheaper ones, still in red: ")
            yield e.ProductsShown(cards=(card(PRODUCTS[2], 1, ("Red", "Under $50")),), total=1, relaxed=("sizes",))
            yield e.Suggestions(chips=("Start over", "Add it to my cart"))
        elif "everything" in low:
            yield e.TextDelta(text="Here is what people like most.")
            yield self._shown(PRODUCTS, ("Well reviewed",))
        else:
            for piece in (
                "I found red running shoes under $80. ",
                "The Trail Runner 2 is the best rated. ",
                "All are in stock.",
            ):
                yield e.TextDelta(text=piece)
            yield self._shown(PRODUCTS[:3], ("Red", "Under $80"))
            yield e.Suggestions(chips=("Only size 42", "Cheaper", "Compare the first two"))
        if "explode" not in low:
            yield self._done(room, "zh" if zh else "en")

    def _shown(self, products: Sequence[Product], reasons: tuple[str, ...]) -> e.ProductsShown:
        total = 34 if len(products) > 5 else len(products)
        return e.ProductsShown(cards=tuple(card(p, n + 1, reasons) for n, p in enumerate(products)), total=total)

    def _done(self, room: Room, language: str) -> e.TurnDone:
        return e.TurnDone(
            conversation_id=room.id,
            turn_id=secrets.token_hex(4),
            intent="product_search",
            confidence=0.97,
            language=language,
            wording="template",
            model_calls=0,
            prompt_tokens=0,
            steps_ms={"understand": 4.2},
            text="",
        )

    def _cart(self, room: Room) -> e.CartShown:
        by_variant = {f"{p[0]}/{v}": p for p in PRODUCTS for v in "ab"}
        lines = []
        for variant, quantity in room.lines.items():
            c = card(by_variant[variant])
            lines.append(
                e.CartLine(
                    product_id=c.id,
                    variant_id=variant,
                    title=c.title,
                    options=c.options,
                    quantity=quantity,
                    unit_price=c.price,
                    line_total=c.price * quantity,
                    price_text=c.price_text,
                    total_text=f"${c.price * quantity}",
                    picture_url=c.picture_url,
                )
            )
        total = sum((line.line_total for line in lines), Decimal(0))
        return e.CartShown(lines=tuple(lines), total=total, currency="USD", total_text=f"${total:.2f}")

    async def press(self, conversation_id: str, press: d.Press) -> AsyncIterator[e.Event]:
        room = self.room(conversation_id)
        self.calls.append(("press", press))
        match press:
            case d.AddToCart(variant_id=variant, quantity=quantity):
                room.lines[variant] = room.lines.get(variant, 0) + quantity
                self.changes.announce(cart(room.id))
                yield self._cart(room)
            case d.ChangeQuantity(variant_id=variant, quantity=quantity):
                if quantity > 5:
                    yield e.Notice(code="too_many", text="There are only 5 of these.")
                    return
                room.lines[variant] = quantity
                room.lines = {v: n for v, n in room.lines.items() if n}
                self.changes.announce(cart(room.id))
                yield self._cart(room)
            case d.Thumbs(turn_id=turn_id, verdict=verdict):
                room.entries = [
                    replace(x, thumb=verdict)
                    if any(isinstance(v, e.TurnDone) and v.turn_id == turn_id for v in x.events)
                    else x
                    for x in room.entries
                ]

    async def cart(self, conversation_id: str) -> e.CartShown:
        return self._cart(self.room(conversation_id))

    async def product(
        self,
        conversation_id: str,
        product_id: str,
        chosen: Mapping[str, str] | None = None,
        shown: str | None = None,
    ) -> d.ProductDetail:
        found = next((p for p in PRODUCTS if p[0] == product_id), None)
        if found is None:
            raise d.Refused("This product is no longer sold.")
        c, size = card(found), (chosen or {}).get("size", "")
        sizes = tuple(d.OptionValue(s, s, s == size, "sold_out" if s == "45" else "there") for s in ("42", "44", "45"))
        price, left, told = ("$79.00", 2, "Only 2 left") if size == "44" else (c.price_text, c.stock, c.stock_text)
        if size == "45":
            left, told = 0, "Sold out"
        return d.ProductDetail(
            c,
            "Made for muddy paths and long days. Grips on wet rock and dries overnight.",
            (("Material", "Recycled mesh"), ("Waterproof", "Yes"), ("Weight", "280 g")),
            (
                d.ReviewShown("Ines", 5, "Best shoes I have owned. <script>alert('x')</script>"),
                d.ReviewShown("Paul", 4, "Good grip, a bit stiff at first."),
            ),
            (d.OptionChoice("size", sizes, size),),
            f"{c.id}/{size}" if size else "",
            price,
            left,
            told,
        )

    async def begin(self, conversation_id: str) -> None:
        """No checkout is set up: the chat says so."""

    async def put(
        self, conversation_id: str, product_id: str, chosen: Mapping[str, str], quantity: int = 1
    ) -> e.Event | d.ProductDetail:
        """Shoes want a size; everything else comes as it is."""
        sized = next((p for p in PRODUCTS if p[0] == product_id and "size" in p[8]), None)
        if sized is not None and not chosen.get("size"):
            return await self.product(conversation_id, product_id, chosen)
        room = self.room(conversation_id)
        variant = f"{product_id}/a"
        room.lines[variant] = room.lines.get(variant, 0) + quantity
        self.changes.announce(cart(room.id))
        return self._cart(room)

    def _human(self, room: Room) -> bool:
        return bool(room.ticket) and self.queue[room.ticket or ""].state != "closed"

    async def model_state(self) -> d.ModelState:
        ready = datetime.now(UTC) > self.ready_at
        return d.ModelState(ready, "" if ready else "warming_up")

    async def demo_customers(self, language: d.Language) -> Sequence[d.DemoCustomer]:
        return (
            d.DemoCustomer("Maya Lindqvist", "demo-maya", "an order on its way"),
            d.DemoCustomer("Tom Okafor", "demo-tom", "an order to return"),
        )

    async def help_pages(self, language: d.Language) -> Sequence[FaqEntry]:
        answer = FaqEntry(
            id="express-shipping",
            language=language,
            topic="shipping",
            question="Do you offer express delivery?",
            answer=self.express,
            link="/help/shipping#express",
        )
        returns = answer.model_copy(
            update={"id": "return-window", "topic": "returns", "question": "How long?", "link": "/help/returns"}
        )
        return (answer, returns)

    async def showcase(self, language: d.Language) -> Sequence[e.ProductCard]:
        return [card(p) for p in PRODUCTS]

    async def kinds_to_try(self, language: d.Language) -> Sequence[str]:
        return ()

    # admin -----------------------------------------------------------------------------------------------------------
    async def faq_preview(self, data: bytes, filename: str, *, trusted: bool = False) -> d.Preview:
        rows = {row.get("id", ""): row for row in csv.DictReader(io.StringIO(data.decode("utf-8", errors="replace")))}
        if "express-shipping" not in rows:
            raise d.Refused("The first line must name the columns: id, language, topic, question, answer.")
        token = secrets.token_hex(6)
        self.previews[token] = next(
            row["answer"] for row in csv.DictReader(io.StringIO(data.decode())) if row["id"] == "express-shipping"
        )
        bad = (
            (d.BadRow(7, "the answer is empty", "shipping-cost,en,shipping,What does shipping cost?,"),)
            if "bad" in filename
            else ()
        )
        changes = (
            d.Change("changed", "express-shipping", "en", self.express, self.previews[token]),
            d.Change("added", "repair-service", "en", "", "Yes, for a fixed price of $35."),
            d.Change("removed", "jobs", "en", "Open positions are listed on our jobs page.", ""),
        )
        counts = {"added": 1, "changed": 1, "removed": 1, "unchanged": 155}
        return d.Preview(token, filename, 158, bad, len(bad), changes, counts, not bad)

    async def faq_switch(self, token: str, confirmed: bool = False) -> d.Version:
        if token not in self.previews:
            raise d.Refused("This preview is out of date. Please upload the file again.")
        self.previous.append(self.express)
        self.express = self.previews.pop(token)
        return (await self.versions())[0]

    async def faq_rollback(self) -> d.Version:
        if not self.previous:
            raise d.Refused("There is no earlier version to go back to.")
        self.express = self.previous.pop()
        return (await self.versions())[0]

    async def catalogue_load(
        self,
        path: Path,
        filename: str,
        columns: Mapping[str, str] | None = None,
        *,
        currency: str = "",
        locale: str = "",
        trusted: bool = False,
    ) -> AsyncIterator[d.Progress | d.Preview | d.ColumnsAsked]:
        if filename == "odd.csv" and not columns:
            guesses = (d.ColumnGuess("Ware", "title", ("Krug",)), d.ColumnGuess("Betrag", "", ("12,50",)))
            yield d.ColumnsAsked(filename, ("price",), (), guesses, ("title", "price", "ignore"))
            return
        for stage, total in (("reading", 320), ("checking", 320), ("encoding", 320), ("writing", 320)):
            for done in range(0, total + 1, 80):
                yield d.Progress(stage, done, total)
                await asyncio.sleep(self.delay)
        token = secrets.token_hex(6)
        self.previews[token] = "catalogue"
        bad = tuple(d.BadRow(n, "price: must not be negative", f'{{"id": "p{n}", "price": -3}}') for n in (12, 57))
        yield d.Preview(
            token,
            filename,
            318,
            bad,
            2,
            (
                d.Change("changed", "trail-2", "", "$74.00", "$69.00"),
                d.Change("added", "kettle", "", "", "Whistling Kettle"),
            ),
            {"added": 6, "changed": 1, "removed": 0, "unchanged": 311},
            True,
            found=d.FoundInFile("shopclerk", (currency or "USD",), not (currency or locale), 318, 300),
        )

    async def catalogue_switch(self, token: str) -> d.Version:
        if self.previews.pop(token, None) is None:
            raise d.Refused("This preview is out of date. Please upload the file again.")
        self.catalogue.append(318)
        return (await self.versions())[-1]

    async def catalogue_rollback(self) -> d.Version:
        if len(self.catalogue) < 2:
            raise d.Refused("There is no earlier version to go back to.")
        self.catalogue.pop()
        return (await self.versions())[0]

    async def versions(self) -> Sequence[d.Version]:
        now = datetime.now(UTC)
        return (
            d.Version("faq", f"faq-{len(self.previous) + 1}", now, 128, "faq.jsonl", True),
            d.Version("faq", "faq-0", now - timedelta(days=2), 126, "faq.jsonl", False),
            d.Version(
                "catalogue",
                f"catalogue-{len(self.catalogue)}",
                now - timedelta(hours=3),
                self.catalogue[-1],
                "products.jsonl",
                True,
            ),
        )

    async def unanswered(self, limit: int) -> Sequence[d.Unanswered]:
        now = datetime.now(UTC)
        return (
            d.Unanswered("Do you sell gift cards by post?", "en", 4, now),
            d.Unanswered("可以开发票吗？", "zh", 2, now - timedelta(hours=5)),
        )

    async def health(self) -> Sequence[d.HealthItem]:
        state = await self.model_state()
        return (
            d.HealthItem(
                "Language model",
                "ok" if state.ready else "waiting",
                "Serving" if state.ready else "Warming up",
                {"model": "shopclerk-135m"},
            ),
            d.HealthItem("Search index", "ok", "312 products", {"version": "catalogue-1"}),
            d.HealthItem("Help pages", "ok", "128 entries", {"version": "faq-1"}),
            d.HealthItem("Database", "bad", "Disk almost full", {"free": "120 MB"}),
        )


class FakeAccess:
    """One password for everybody; the cookie is the name in clear."""

    def __init__(self, password: str = "sesame") -> None:
        self.password = password

    async def sign_in(self, page: d.StaffPage, name: str, password: str, client: str) -> str | None:
        if password == "too-many":
            raise d.Refused(key="too_many_attempts", seconds=60)
        return quote(f"{page}:{name}") if password == self.password else None

    async def sign_out(self, who: d.StaffMember) -> None:
        pass

    async def ended(self, page: d.StaffPage, cookie: str) -> None:
        await asyncio.Event().wait()

    async def who(self, page: d.StaffPage, cookie: str) -> d.StaffMember | None:
        kind, _, name = unquote(cookie).partition(":")
        return d.StaffMember(name, name, name, page) if kind == page and name else None


class FakeWishes:
    async def list(self, conversation_id: str) -> Sequence[d.WishShown]:
        return ()


class FakePerson:
    """Nobody asks for a person."""

    ratings = None

    def here(self, conversation_id: str, tab: str = "", *, typing: bool | None = None) -> None:
        pass

    async def standing(self, conversation_id: str) -> Standing:
        return Standing()


def services_of(desk: FakeDesk, access: FakeAccess) -> Any:
    """The fake in the place of every service."""
    from tests.fake_shoppers import FakeShoppers

    return SimpleNamespace(
        shoppers=FakeShoppers(desk),
        shopping=desk,
        wishes=FakeWishes(),
        person=FakePerson(),
        checkouts=desk,
        profiles=desk,
        agents=SimpleNamespace(records=SimpleNamespace(changes=Changes())),
        suggestions=desk,
        inbox=desk,
        presence=desk,
        customers=desk,
        translation=desk,
        canned=desk,
        admins=desk,
        learning=desk,
        merchandisers=desk,
        ranking=desk,
        staff=access,
    )
