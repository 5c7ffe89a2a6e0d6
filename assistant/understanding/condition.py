"""What the customer says of the goods they have: that they have used them, or opened what was sealed."""

from __future__ import annotations

from assistant.shop.policy import Condition
from assistant.understanding.languages import expressions


def read_condition(text: str) -> Condition:
    """Of both the worse; what is called unused does not count."""
    cues = expressions("cues")
    rest = cues["unused"].sub(" ", text.replace("’", "'"))
    return "used" if cues["used"].search(rest) else "opened" if cues["opened"].search(rest) else ""
