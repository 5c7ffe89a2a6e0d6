"""The policy in words, for the model and for people: ``prompts/policy.md``, and what this shop's settings are."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from assistant.settings import ROOT
from assistant.shop.policy import Proof, ServicePolicy
from assistant.shop.views import OrderStatus

POLICY = ROOT / "prompts" / "policy.md"


def policy_text(rules: ServicePolicy) -> str:
    """Markdown: every rule under its id, then the settings of this shop."""
    return f"{POLICY.read_text(encoding='utf-8').rstrip()}\n\n## This shop\n\n{settings_text(rules)}\n"


def settings_text(rules: ServicePolicy) -> str:
    """One line for each setting."""
    reasons = rules.cancel_reasons
    lines = [
        f"Returns are requested {_within(rules.return_window)}, exchanges {_within(rules.exchange_window)}.",
        "Used goods are taken back and exchanged as unused ones are."
        if rules.takes_used
        else "Used goods are taken back or exchanged only if they are faulty.",
        "Taken back unopened only: "
        + (", ".join(f"{kind} ({pair})" if pair else kind for kind, pair in rules.sealed) or "nothing")
        + ".",
        "Reasons accepted for cancelling: "
        + ("any." if reasons is None else ", ".join(f'"{reason}"' for reason in sorted(reasons)) + "; no others."),
        "The items of a pending order can be changed once, and then nothing more of it."
        if rules.items_change_once
        else "The items of a pending order can be changed as long as it is pending.",
        f"An order can be cancelled while it is {_states(rules.cancel_while)}"
        + (f", within {_span(rules.cancel_window)} of being placed" if rules.cancel_window else "")
        + f", its address changed while it is {_states(rules.address_while)}, its payment while it is"
        f" {_states(rules.payment_while)}.",
        f"The {rules.returns_paid_by} pays for sending sound goods back."
        + (f" {rules.return_fee} is taken off the refund of a return." if rules.return_fee else "")
        + (f" {rules.restocking_percent}% of the goods' price is taken off it." if rules.restocking_percent else ""),
        "A return is refunded when the items have arrived."
        + (
            f" From other countries than {rules.home_country} {rules.return_deduction} is deducted from the refund,"
            " unless what came was damaged, faulty or wrong."
            if rules.return_deduction
            else ""
        ),
        "A refund, once sent, takes "
        + ", ".join(
            f"up to {days} days to a {kind}" if days else f"no time to a {kind}" for kind, days in rules.refund_days
        )
        + ".",
        f"The difference of an exchange is settled when {_settled(rules)}.",
        "A delivered item may be exchanged for one just like it."
        if rules.identical_exchange
        else "A delivered item is exchanged for another option of the product.",
        "The customer names the payment method for refunds and differences."
        if rules.method_required
        else "Refunds and differences go to what has paid, unless the customer names another method.",
        f"A customer is known by {'; or by '.join(map(_together, rules.identified_by))}.",
    ]
    return "\n".join(f"- {line}" for line in lines)


_CALLED: dict[Proof, str] = {
    "email": "their e-mail address",
    "name": "their name",
    "postcode": "their postcode",
    "order": "the number of one of their orders",
    "customer_id": "their customer number",
}


def _together(proofs: Collection[Proof]) -> str:
    said = [called for proof, called in _CALLED.items() if proof in proofs]
    return said[0] + " alone" if len(said) == 1 else " together with ".join(said)


def _states(states: Collection[OrderStatus]) -> str:
    return " or ".join(status.value.replace("_", " ") for status in OrderStatus if status in states)


def _span(window: timedelta) -> str:
    hours = int(window.total_seconds() // 3600)
    return f"{hours // 24} days" if hours % 24 == 0 else f"{hours} hours"


def _within(window: timedelta | None) -> str:
    return "at any time after delivery" if window is None else f"within {window.days} days of delivery"


def _settled(rules: ServicePolicy) -> str:
    return "it is requested" if rules.exchange_settled == "requested" else "the items have arrived"
