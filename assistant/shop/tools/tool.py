"""A tool of a function: its name, arguments and description are the function's own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from assistant.shop.actions import OrderAction
from assistant.shop.request import Request
from assistant.shop.tools.errors import ToolArgumentError
from assistant.shop.views import OrderView


@dataclass(frozen=True, slots=True)
class ToolChange:
    """What a writing tool asks of the shop. ``order`` is ``None`` where it concerns the customer alone."""

    request: Request
    customer_id: str
    order: OrderView | None = None


@dataclass(frozen=True, slots=True)
class Tool:
    """``arguments`` are the function's parameters but for the first, the caller; ``description`` is its docstring,
    which a tool-calling model reads. ``action`` is what it asks for by a ``ToolChange``; a tool that has none reads,
    and answers at once, in JSON values."""

    name: str
    action: OrderAction | None
    arguments: type[BaseModel]
    description: str
    function: Callable[..., Any]

    @classmethod
    def of(cls, function: Callable[..., Any]) -> Tool:
        signature, name = inspect.signature(function, eval_str=True), function.__name__
        action = next((action for action in OrderAction if action.tool == name), None)
        assert (action is not None) is (signature.return_annotation is ToolChange), f"{name} is the tool of no action"
        _caller, *parameters = signature.parameters.values()
        fields: dict[str, Any] = {each.name: (each.annotation, ...) for each in parameters}
        config = ConfigDict(extra="forbid", coerce_numbers_to_str=True)
        return cls(
            name,
            action,
            create_model(name, __config__=config, **fields),
            " ".join((function.__doc__ or "").split()),
            function,
        )

    def schema(self) -> dict[str, Any]:
        """As a function of the chat completions interface."""
        parameters = self.arguments.model_json_schema()
        parameters.pop("title", None)
        return {
            "type": "function",
            "function": {"name": self.name, "description": self.description, "parameters": parameters},
        }

    def parse(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """As the function takes them. Raises ``ToolArgumentError`` when one is missing, wrong or unknown."""
        if not isinstance(arguments, Mapping):
            raise ToolArgumentError(f"{self.name} takes its arguments by name, as a JSON object")
        try:
            return self.arguments.model_validate(dict(arguments)).model_dump()
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(step) for step in first["loc"])
            raise ToolArgumentError(f"{where}: {first['msg']}") from error
