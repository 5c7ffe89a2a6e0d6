"""The language model that the settings name, with what keeps it: our own server, somebody else's, or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from assistant.llm.availability import Availability, ManagedAvailability, OutsideAvailability, SharedAvailability
from assistant.llm.client import ChatOpenAIModel, DialogueModel
from assistant.llm.endpoint import Reads
from assistant.llm.server import ManagedServer, Recipe
from assistant.llm.vllm import gpu_memory_gb, vllm_recipe
from assistant.settings import ROOT, Settings
from assistant.wording.compose import Degradation


@dataclass(frozen=True, slots=True)
class ModelService:
    """``client`` asks it, None where none is wanted; ``server`` is ours, where we keep one."""

    settings: Settings
    client: DialogueModel | None
    server: ManagedServer | None = None
    availability: Availability | None = None

    @property
    def keeper(self) -> ManagedServer | OutsideAvailability | None:
        """What is started and stopped with the application."""
        keeper = self.server or self.availability
        return keeper if isinstance(keeper, (ManagedServer, OutsideAvailability)) else None

    def unready(self) -> Degradation | None:
        """Why no model can be asked now; None when one can, or when none is wanted."""
        if self.client is None or self.client.ready:
            return None
        warming = self.server is not None and self.server.state.name in ("installing", "preparing", "starting")
        return "warming_up" if warming and self.server and not self.server.last_healthy > 0 else "unavailable"

    def reads(self) -> Reads:
        """Which messages the model that answers now is asked to read: by the settings, or by what its server says."""
        if self.settings.model_reads != "auto":
            return self.settings.model_reads
        if self.server is not None:
            return self.server.reads
        target = self.availability.target() if self.availability is not None else None
        return target.reads if target is not None else "off"

    def words(self) -> bool:
        """Whether it words replies, likewise."""
        if self.settings.model_words != "auto":
            return self.settings.model_words == "on"
        if self.server is not None:
            return self.server.words
        target = self.availability.target() if self.availability is not None else None
        return target is None or target.words  # None: not there now, which the callers find out by themselves


def managed_recipe(settings: Settings) -> Recipe:
    """The server of our own; the one place that a recipe beside vLLM's is named in."""
    return vllm_recipe(ROOT, settings.models_dir, gpu_memory_gb=gpu_memory_gb(), model=settings.llm_model)


def served_model(settings: Settings, model: DialogueModel | None, managed: bool) -> ModelService:
    """``model`` replaces the one of the settings (tests); ``managed`` False never starts a server of our own."""
    if model is not None or settings.llm == "off":
        return ModelService(settings, model)
    make = partial(
        ChatOpenAIModel,
        first_token_s=settings.llm_first_token_s,
        reply_s=settings.llm_reply_s,
        max_tokens=settings.llm_max_tokens,
    )
    if settings.llm_url:
        outside = OutsideAvailability(settings.llm_url, settings.llm_api_key.get_secret_value(), settings.llm_model)
        return ModelService(settings, make(outside), None, outside)
    if not managed:
        shared = SharedAvailability(settings.state_dir)
        return ModelService(settings, make(shared), None, shared)
    server = ManagedServer(managed_recipe(settings), settings.state_dir)
    availability = ManagedAvailability(server)
    return ModelService(settings, make(availability), server, availability)
