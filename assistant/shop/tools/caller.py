"""Who calls the tools, and what they may touch."""

from __future__ import annotations

from collections.abc import Callable

from assistant.shop.shop import Shop
from assistant.shop.tools.errors import ToolArgumentError, ToolRefused
from assistant.shop.views import CustomerView, OrderView
from retrieval.models import Product


class Caller:
    """One customer, ``customer_id``, once they are known, and then for good; or, ``trusted``, a program that acts for
    any customer and identifies nobody.

    ``identified`` is told whom a tool has identified and may refuse by returning False; ``hand_over`` is told the
    summary for the human agent. Every look-up raises ``ToolArgumentError`` (there is none) or ``ToolRefused`` (it is
    not theirs).
    """

    def __init__(
        self,
        shop: Shop,
        customer_id: str | None,
        *,
        trusted: bool,
        identified: Callable[[str], bool],
        hand_over: Callable[[str], None],
    ) -> None:
        self.shop = shop
        self.customer_id = customer_id
        self.trusted = trusted
        self.hand_over = hand_over
        self._identified = identified

    def identify(self, customer_id: str) -> str:
        """This is who is talking, unless it is somebody else already."""
        if self.trusted:
            return customer_id
        if self.customer_id not in (None, customer_id) or not self._identified(customer_id):
            raise ToolRefused("other_customer")
        self.customer_id = customer_id
        return customer_id

    def customer(self, user_id: str) -> CustomerView:
        """The customer who calls, if that is whose id was given."""
        if not self.trusted and user_id != self._who():
            raise ToolRefused("not_yours")
        customer = self.shop.customers.get(user_id)
        if customer is None:
            raise ToolArgumentError(f"there is no user {user_id!r}")
        return customer

    def order(self, order_id: str) -> OrderView:
        """An order of the customer who calls."""
        if self.trusted:
            found = self.shop.orders.for_staff(order_id)
            if found is None:
                raise ToolArgumentError(f"there is no order {order_id!r}")
            return found
        own = self.shop.orders.get(order_id, self._who())
        if own is None:
            raise ToolRefused("not_yours")
        return own

    def product(self, product_id: str) -> Product:
        product = self.shop.product(product_id)
        if product is None:
            hint = "; it is an item id" if self.shop.product_with(product_id) else ""
            raise ToolArgumentError(f"there is no product {product_id!r}{hint}")
        return product

    def product_with(self, item_id: str) -> Product:
        """The product that has this item (variant)."""
        product = self.shop.product_with(item_id)
        if product is None:
            hint = "; it is a product id" if self.shop.product(item_id) else ""
            raise ToolArgumentError(f"there is no item {item_id!r}{hint}")
        return product

    def _who(self) -> str:
        if self.customer_id is None:
            raise ToolRefused("not_identified")
        return self.customer_id
