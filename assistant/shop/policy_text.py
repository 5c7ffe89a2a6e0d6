"""The policy in words, for the model and for people: ``prompts/policy.md``, and what this shop's settings are."""

from __future__ import annotations

from datetime import timedelta

from assistant.settings import ROOT
from assistant.shop.policy import ServicePolicy

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
        "An e-mail address alone identifies a customer."
        if rules.email_identifies
        else "An e-mail address identifies a customer together with the postcode or the number of one of their orders.",
    ]
    return "\n".join(f"- {line}" for line in lines)


def _within(window: timedelta | None) -> str:
    return "at any time after delivery" if window is None else f"within {window.days} days of delivery"


def _settled(rules: ServicePolicy) -> str:
    return "it is requested" if rules.exchange_settled == "requested" else "the items have arrived"
