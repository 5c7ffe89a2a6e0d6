"""Orders of Shopify's GraphQL Admin API in the shop's terms: what is asked of one, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from assistant.shop.actions import OrderAction
from assistant.shop.payments import label
from assistant.shop.store_order import StoreCustomer, StoreLine, StoreOrder, StoreParcel
from assistant.shop.views import AddressView, OrderStatus, PaymentView
from retrieval.feeds.values import options

_ADDRESS = "firstName lastName address1 address2 city provinceCode countryCodeV2 zip"
_MONEY = "presentmentMoney { amount currencyCode }"

ORDER = f"""
id name createdAt updatedAt cancelledAt cancelReason closed displayFinancialStatus displayFulfillmentStatus returnStatus
email customerLocale presentmentCurrencyCode totalPriceSet {{ {_MONEY} }}
customer {{ firstName lastName }} shippingAddress {{ {_ADDRESS} }} billingAddress {{ {_ADDRESS} }}
lineItems(first: 50) {{ pageInfo {{ hasNextPage }} nodes {{ id title sku currentQuantity quantity
  discountedUnitPriceAfterAllDiscountsSet {{ {_MONEY} }} product {{ id handle }}
  variant {{ id selectedOptions {{ name value }} }} }} }}
transactions(first: 10) {{ kind status processedAt formattedGateway amountSet {{ {_MONEY} }}
  paymentDetails {{ ... on CardPaymentDetails {{ company number }} }} }}
fulfillments(first: 5) {{ createdAt deliveredAt estimatedDeliveryAt status displayStatus
  trackingInfo(first: 5) {{ company number }}
  fulfillmentLineItems(first: 20) {{ pageInfo {{ hasNextPage }} nodes {{ lineItem {{ id }} }} }} }}
"""

_NO_RETURN = (None, "NO_RETURN", "RETURN_FAILED")


def read_order(document: dict[str, Any]) -> StoreOrder:
    """Raises ``KeyError``, ``TypeError`` or ``ValueError`` where it is not as orders are."""
    if document["lineItems"]["pageInfo"]["hasNextPage"]:
        raise ValueError("it has more than 50 lines")
    status, said = _status(document)
    items = [each for each in document["lineItems"]["nodes"] if int(each["quantity"]) > 0]
    places = {each["id"]: at for at, each in enumerate(items)}
    there = document.get("shippingAddress") or document.get("billingAddress") or {}
    person = document.get("customer") or there
    return StoreOrder(
        id=str(document["name"]).lstrip("#"),
        ref=str(document["id"]),
        status=status,
        said=said,
        allows=_allows(document) if status is OrderStatus.PENDING else (),
        placed_at=_moment(document["createdAt"]),
        currency=str(document["presentmentCurrencyCode"]),
        total=_amount(document["totalPriceSet"]),
        customer=StoreCustomer(
            str(document.get("email") or ""),
            str(person.get("firstName") or ""),
            str(person.get("lastName") or ""),
            str(document.get("customerLocale") or ""),
        ),
        address=AddressView(
            *(
                str(there.get(part) or "")
                for part in ("address1", "address2", "city", "provinceCode", "countryCodeV2", "zip")
            )
        ),
        lines=tuple(map(_line, items)),
        parcels=tuple(_parcels(document, places)),
        payments=tuple(_payments(document)),
        cancel_reason=str(document["cancelReason"]).lower() if document.get("cancelReason") else None,
        changed_at=str(document.get("updatedAt") or ""),
    )


def _status(document: dict[str, Any]) -> tuple[OrderStatus, str]:
    fulfilled, paid = str(document["displayFulfillmentStatus"]), str(document.get("displayFinancialStatus") or "")
    said = ", ".join(each.replace("_", " ").capitalize() for each in (fulfilled, paid) if each)
    if document.get("cancelledAt"):
        return OrderStatus.CANCELLED, "Cancelled"
    if document.get("returnStatus") in ("RETURN_REQUESTED", "IN_PROGRESS"):
        return OrderStatus.RETURN_REQUESTED, "Return requested"
    if document.get("returnStatus") not in _NO_RETURN:
        return OrderStatus.OTHER, f"{said}, {str(document['returnStatus']).replace('_', ' ').lower()}"
    sent = _sent(document)
    if fulfilled == "UNFULFILLED" and paid not in ("REFUNDED", "VOIDED", "EXPIRED"):
        return OrderStatus.PENDING, said
    if fulfilled == "FULFILLED" and sent and all(each.get("deliveredAt") for each in sent):
        return OrderStatus.DELIVERED, said
    if fulfilled == "FULFILLED" and sent:
        return OrderStatus.SHIPPED, said
    return OrderStatus.OTHER, said


def _allows(document: dict[str, Any]) -> tuple[OrderAction, ...]:
    """What Shopify itself would refuse is not asked for: only what is untouched by fulfilment and by returns."""
    untouched = document["displayFulfillmentStatus"] == "UNFULFILLED" and not document["fulfillments"]
    if document.get("cancelledAt") or document.get("closed") or not untouched:
        return ()
    if document.get("returnStatus") not in _NO_RETURN:
        return ()
    # Of what was paid in part, or paid back in part, a person settles the rest.
    whole = document.get("displayFinancialStatus") in ("PAID", "PENDING")
    return (OrderAction.CANCEL, OrderAction.CHANGE_ADDRESS) if whole else (OrderAction.CHANGE_ADDRESS,)


def _line(item: dict[str, Any]) -> StoreLine:
    product, variant = item.get("product") or {}, item.get("variant") or {}
    chosen = [
        (str(each["name"]), str(each["value"]))
        for each in variant.get("selectedOptions") or ()
        if (each["name"], each["value"]) != ("Title", "Default Title")
    ]
    own, handle = options(chosen), str(product.get("handle") or "")
    named = [str(item.get("sku") or "")]
    if handle:
        named += [f"{handle}/{'-'.join(own.values())}" if own else f"{handle}/1", handle]
    return StoreLine(
        known_as=tuple(named),
        product_id=handle or str(item["id"]),
        title=str(item["title"]),
        options=own,
        quantity=int(item["quantity"]),
        unit_price=_amount(item["discountedUnitPriceAfterAllDiscountsSet"]),
    )


def _sent(document: dict[str, Any]) -> list[dict[str, Any]]:
    gone = ("CANCELLED", "ERROR", "FAILURE")
    return [each for each in document["fulfillments"] if each.get("status") not in gone]


def _parcels(document: dict[str, Any], places: dict[str, int]) -> Iterator[StoreParcel]:
    for each in _sent(document):
        tracking = each.get("trackingInfo") or []
        held = each["fulfillmentLineItems"]
        # All of them or none: what is only a part of a parcel would be told as the whole.
        inside = [] if held["pageInfo"]["hasNextPage"] else [node["lineItem"]["id"] for node in held["nodes"]]
        yield StoreParcel(
            carrier=next((str(one["company"]) for one in tracking if one.get("company")), ""),
            tracking_ids=tuple(str(one["number"]) for one in tracking if one.get("number")),
            shipped_at=_moment(each.get("createdAt")),
            delivered_at=_moment(each.get("deliveredAt")),
            expected_at=_moment(each.get("estimatedDeliveryAt")),
            lines=tuple(places[id_] for id_ in inside if id_ in places),
        )


def _payments(document: dict[str, Any]) -> Iterator[PaymentView]:
    kinds = {"SALE": "payment", "CAPTURE": "payment", "REFUND": "refund"}
    for each in document["transactions"]:
        kind = kinds.get(each["kind"])
        if kind is None or each.get("status") != "SUCCESS":
            continue
        card = each.get("paymentDetails") or {}
        last = "".join(character for character in str(card.get("number") or "") if character.isdigit())[-4:]
        method = label("credit_card", card["company"], last) if card.get("company") else each.get("formattedGateway")
        yield PaymentView(kind, _amount(each["amountSet"]), str(method or ""), _moment(each.get("processedAt")))


def _amount(held: dict[str, Any]) -> Decimal:
    amount = Decimal(str(held["presentmentMoney"]["amount"]))
    if not amount.is_finite():
        raise ValueError("an amount is no number")
    return amount


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None
