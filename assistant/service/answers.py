"""What the API answers where it does not do what was asked, as its OpenAPI document tells it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

Answers = dict[int | str, dict[str, Any]]


class Refusal(BaseModel):
    detail: str = Field(description="In words for a person, in the shopper's language where it is about the shop.")
    code: str = ""


class WrongPart(BaseModel):
    loc: list[str] = Field(description="Where in the request, from the outside in.")
    msg: str


class Unfit(BaseModel):
    """Repeats nothing of what was sent."""

    detail: list[WrongPart] | str


EVERYWHERE: Answers = {
    400: {"model": Refusal, "description": "Not read: no such host, or no request that can be read."},
    413: {"model": Refusal, "description": "Too large."},
    422: {"model": Unfit, "description": "Does not fit."},
    429: {"model": Refusal, "description": "Too much at once: again after `Retry-After` seconds."},
    503: {"model": Refusal, "description": "Not now: again after `Retry-After` seconds."},
}
FROM_PAGES: Answers = {403: {"model": Refusal, "description": "From a page whose origin is not on the list."}}
UNKNOWN: Answers = {404: {"model": Refusal, "description": "There is none."}}


def sends(*media_types: str, description: str = "") -> Answers:
    """What a route answers that is no JSON."""
    return {200: {"content": {each: {} for each in media_types}, "description": description or "As asked."}}
