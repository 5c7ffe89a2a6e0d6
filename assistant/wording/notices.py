"""One sentence of the shop's to a shopper, outside of any reply: why something is not taken, or what went wrong."""

from __future__ import annotations

import math
from datetime import timedelta

from babel.dates import format_timedelta

from assistant.bounds import TooMany
from assistant.events import Notice
from assistant.languages import spoken
from assistant.wording.cards import card_texts

_UNIT_FROM = 1.5
"""From 90 seconds on it is minutes, from 90 minutes on hours."""


def notice(code: str, language: str, value: object = "") -> Notice:
    return Notice(code=code, text=card_texts(language)["notice"][code].format(value=value))


def too_many(many: TooMany, language: str) -> Notice:
    """What a client is told who asks too much, and after how long to try again."""
    wait = timedelta(seconds=math.ceil(many.wait_s))
    spelt = format_timedelta(wait, granularity="second", threshold=_UNIT_FROM, locale=spoken(language))
    return notice(f"too_many_{many.what}", language, spelt)
