"""A shopper played by a language model: for a larger model than the one that words replies here.

It is told what the scenario's shopper knows and wants, reads the assistant's replies, and writes every message itself.
What a yes may be said to is still settled by code: the prompt says whether a proposal is the one that is wanted.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from jinja2 import Environment, StrictUndefined

from assistant.llm.availability import OutsideAvailability
from assistant.llm.client import ChatOpenAIModel, DialogueModel, Prompt
from assistant.outcome import Outcome
from assistant.settings import ROOT, Settings
from assistant.shop.actions import Approval
from assistant.shop.shop import Shop
from laboratory.evaluate.service.scenario import Scenario
from laboratory.evaluate.service.shopper import Shopper, as_expected

END = "END"
MAX_WAIT_S = 10.0
"""Longest wait for the server's first answer."""
MAX_TOKENS = 120


class ModelShopper:
    """Raises ``ModelUnavailable`` from ``say`` when the model does not answer."""

    def __init__(self, model: DialogueModel, scenario: Scenario, about: dict[str, str]) -> None:
        text = (ROOT / "prompts" / "shopper.md.jinja").read_text(encoding="utf-8")
        self._template = Environment(undefined=StrictUndefined, autoescape=False).from_string(text)
        self._model, self._scenario, self._about = model, scenario, about
        self._said: list[str] = []

    async def say(self, outcomes: Sequence[Outcome], reply: str) -> str | None:
        proposal = next((outcome for outcome in reversed(outcomes) if isinstance(outcome, Approval)), None)
        wanted = None if proposal is None else as_expected(proposal, self._scenario) or self._scenario.forbidden
        if reply:
            self._said.append(f"Assistant: {reply}")
        system = self._template.render(scenario=self._scenario, about=self._about, wanted=wanted, end=END)
        prompt = Prompt(system=system, user="\n".join([*self._said[-12:], "Shopper:"]), max_tokens=MAX_TOKENS)
        message = "".join([piece async for piece in self._model.stream(prompt)]).strip()
        message = message.removeprefix("Shopper:").strip()
        if not message or message.strip(".! ") == END:
            return None
        self._said.append(f"Shopper: {message}")
        return message


class MakeModelShopper:
    """Makes the shopper of a scenario."""

    def __init__(self, model: DialogueModel) -> None:
        self._model = model

    def __call__(self, scenario: Scenario, shop: Shop, seed: int) -> Shopper:
        customer = shop.customers.get(scenario.customer)
        about = {}
        if customer is not None:
            postcode = customer.address.postcode if customer.address else ""
            about = {"name": customer.name, "email": customer.email, "postcode": postcode}
        return ModelShopper(self._model, scenario, about)


@contextmanager
def served_model(settings: Settings) -> Iterator[DialogueModel]:
    """The model of ``LLM_URL``. Raises ``ValueError`` where none is named or it does not answer."""
    if not settings.llm_url:
        raise ValueError("LLM_URL must name the server whose model plays the shopper")
    server = OutsideAvailability(settings.llm_url, settings.llm_api_key.get_secret_value(), settings.llm_model)
    server.start()
    try:
        model = ChatOpenAIModel(server, first_token_s=30.0, reply_s=60.0, max_tokens=MAX_TOKENS, temperature=0.7)
        begin = time.monotonic()
        while not model.ready:
            if time.monotonic() - begin > MAX_WAIT_S:
                raise ValueError(f"the model server at {settings.llm_url} does not answer")
            time.sleep(0.1)
        yield model
    finally:
        server.stop()
