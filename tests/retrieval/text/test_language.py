"""The language of texts: by script, by their words, and of short ones by the file they are from."""

from __future__ import annotations

import pytest

from retrieval.text.language import UNTOLD, language_by_script, language_of, languages_of, likeliest


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Wann wird meine Bestellung geliefert?", "de"),
        ("When will my order be delivered?", "en"),
        ("¿Cuándo llegará mi pedido?", "es"),
        ("Quand ma commande sera-t-elle livrée ?", "fr"),
        ("Quando verrà consegnato il mio ordine?", "it"),
        ("Wanneer wordt mijn bestelling bezorgd?", "nl"),
        ("Kiedy dotrze moje zamówienie?", "pl"),
        ("Когда доставят мой заказ?", "ru"),
        ("Коли доставлять моє замовлення?", "uk"),
        ("注文はいつ届きますか", "ja"),
        ("주문은 언제 도착하나요?", "ko"),
        ("我的订单什么时候到？", "zh"),
        ("متى يصل طلبي؟", "ar"),
        ("מתי תגיע ההזמנה שלי?", "he"),
        ("Πότε θα φτάσει η παραγγελία μου;", "el"),
    ],
)
def test_sentences(text: str, language: str) -> None:
    assert likeliest(text)[0] == language


def test_names_and_numbers_tell_nothing() -> None:
    assert likeliest("SC-4F9K2QH7 https://x.test/a 42") == (UNTOLD, 0.0)
    assert likeliest("Acme X200")[1] < 0.75
    assert language_by_script("USB-C 充电线") == "zh"
    assert language_by_script("Acme") is None


def test_short_texts_are_in_the_language_of_their_file() -> None:
    titles = ["Regenschirm schwarz, faltbar", "Bettwäsche aus Baumwolle für Kinder", "Kerze", "Mug", "Sofa"]
    among = languages_of(titles)
    assert among == ("de",)
    assert [language_of(title, among) for title in titles] == ["de"] * 5
    assert language_of("折叠雨伞", among) == "zh"
    assert language_of("This umbrella keeps the rain off all day long", among) == "en"
    assert languages_of([]) == () and language_of("Sofa", ()) == "en"
