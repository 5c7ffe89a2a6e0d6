"""What customers ask of any shop, in the languages that are read by way of English."""

from __future__ import annotations

import pytest

from assistant.settings import ROOT
from assistant.understanding.language import detect_language
from assistant.understanding.languages import matched
from assistant.understanding.translation import WordByWord
from retrieval.text.lexicon import Lexicon

ASKED = {
    "opening": {
        "de": "Habt ihr am Sonntag auf?",
        "fr": "À quelle heure fermez-vous le samedi ?",
        "es": "¿Abrís los domingos?",
        "it": "Siete aperti la domenica?",
        "pl": "Czy jesteście otwarci w niedzielę?",
        "cs": "Máte v neděli otevřeno?",
        "ru": "Вы работаете в воскресенье?",
    },
    "reduced": {
        "de": "Ist das Rad gerade herabgesetzt?",
        "fr": "Ce roman est-il en promotion ?",
        "es": "¿Está rebajado el vino?",
        "it": "Questo libro è in offerta?",
        "pl": "Czy len jest w promocji?",
        "cs": "Je ta hra ve slevě?",
        "ru": "Фара сейчас со скидкой?",
    },
    "prices": {
        "de": "Und was kostet sie?",
        "fr": "Combien coûte-t-elle ?",
        "es": "¿Cuánto cuesta?",
        "it": "Quanto costa?",
        "pl": "Ile kosztuje?",
        "cs": "Kolik stojí?",
        "ru": "Сколько он стоит?",
    },
    "sides": {
        "de": "Unterschied zwischen Kelle und Spachtel?",
        "fr": "Quelle est la différence entre un carnet et un cahier ?",
        "es": "¿Cuál es la diferencia entre el cactus y el aloe?",
        "it": "Che differenza c'è tra Merlot e Barbera?",
        "pl": "Jaka jest różnica między lnem a wełną?",
        "cs": "Jaký je rozdíl mezi kostkou a pexesem?",
        "ru": "Чем отличается фара от фонаря?",
    },
}


@pytest.mark.parametrize(("cue", "language"), [(cue, language) for cue in ASKED for language in ASKED[cue]])
def test_customers_of_all_languages_ask_the_same(cue: str, language: str) -> None:
    english = WordByWord(language, Lexicon.from_file(ROOT / "data" / "shop" / "lexicon.json"))
    assert cue in matched("cues", english.english(ASKED[cue][language]))


@pytest.mark.parametrize("text", ["Combien coûte la lampe ?", "Une tasse en porcelaine"])
def test_a_word_that_french_shares_tells_no_german(text: str) -> None:
    assert detect_language(text) == "en"
    assert detect_language("Was kostet die Lampe?") == "de"
