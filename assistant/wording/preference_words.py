"""A stated preference in words, short enough for a list: "vegan", "size 42", "not Fernway", 不要皮革."""

from __future__ import annotations

from decimal import Decimal

from assistant.wording.speech import Speech
from retrieval.ranking.person import Preference


def preference_words(preference: Preference, speech: Speech, currency: str = "USD") -> str:
    words = _value(preference, speech, currency)
    if preference.wanted:
        return words
    return speech.texts.render("profile", "unwanted", what=words)


def _value(preference: Preference, speech: Speech, currency: str) -> str:
    key, value = preference.key, preference.value
    match key:
        case "brand":
            return value
        case "type":
            return speech.lexicon.name("type", value, speech.language)
        case "colour" | "size":
            return speech.option(key, value)
        case "price_max":
            return speech.texts.render("profile", "price_max", price=speech.money(Decimal(value), currency))
        case _:
            if value in ("yes", "no"):
                phrase = speech.name(key)
                return phrase if value == "yes" else speech.texts.render("profile", "unwanted", what=phrase)
            return speech.value(key, value)
