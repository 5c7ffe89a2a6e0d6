"""The two ways in which a tool fails. Both leave everything as it was."""

from __future__ import annotations

from assistant.shop.policy import SENTENCES, Reason


class ToolError(Exception):
    """``document`` is what a model is told."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def document(self) -> dict[str, str]:
        raise NotImplementedError


class ToolArgumentError(ToolError):
    """The call itself is wrong: no such tool, argument or id. The same call with other arguments may do."""

    def document(self) -> dict[str, str]:
        return {"error": "arguments", "message": self.message}


class ToolRefused(ToolError):
    """A rule forbids it, whatever the arguments are spelt like. ``code`` is one of ``policy.Reason``."""

    def __init__(self, code: Reason) -> None:
        super().__init__(SENTENCES[code])
        self.code = code

    def document(self) -> dict[str, str]:
        return {"error": "refused", "reason": self.code, "message": self.message}
