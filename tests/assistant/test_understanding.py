"""The intent router as shipped, the model's opinion, the evaluation's file format, and training on a small scale."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from assistant.llm.client import ModelUnavailable
from assistant.settings import ROOT
from assistant.understanding.glossary import Glossary
from assistant.understanding.router import DIRECTORY, IntentRouter, RouterMissing
from assistant.understanding.schema import LEARNED, Intent, Slots, TurnContext, Understanding
from assistant.understanding.understander import Understander
from laboratory.evaluate.intents import items, read_labelled
from laboratory.train import intent_examples as examples_module
from laboratory.train.intent_examples import context_for, generated, roughened, written
from laboratory.train.intents import expected_calibration_error, train_intents
from retrieval.encoders.embedded import TextEncoder
from retrieval.models import Product
from retrieval.text.lexicon import Lexicon

SHOP = ROOT / "data" / "shop"


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.from_file(SHOP / "lexicon.json")


@pytest.fixture(scope="module")
def encoder() -> TextEncoder:
    return TextEncoder()


@pytest.fixture(scope="module")
def understander(lexicon: Lexicon, encoder: TextEncoder) -> Understander:
    lines = (SHOP / "products.jsonl").read_text(encoding="utf-8").splitlines()
    return Understander.shipped(lexicon, [Product.model_validate_json(line) for line in lines], encoder.encode_one)


def understood(understander: Understander, encoder: TextEncoder, text: str, **context: Any) -> Understanding:
    return understander.understand(text, TurnContext(**context), encoder.encode_one(text))


@pytest.mark.parametrize(
    ("text", "intent", "context"),
    [
        ("do you have waterproof boots under 100", "product_search", {}),
        ("in blue", "product_search", {"last_intent": "product_search", "shown": 5}),
        ("does it come in blue?", "product_question", {"last_intent": "product_search", "shown": 3, "in_focus": True}),
        ("which of the first two is lighter", "compare", {"last_intent": "product_search", "shown": 5}),
        ("i need a gift for my dad", "recommend", {}),
        ("put the second one in my cart", "cart", {"last_intent": "product_search", "shown": 5}),
        ("where is my order SC-4F9K2QH7", "order_status", {}),
        ("please cancel my order", "order_change", {}),
        ("i want to send these shoes back", "return_refund", {}),
        ("how long does delivery take", "faq", {}),
        ("my lamp arrived broken, terrible", "complaint", {}),
        ("let me talk to a human", "human_agent", {}),
        ("hi there, how are you", "small_talk", {}),
        ("what's the weather like tomorrow", "out_of_scope", {}),
        ("yes please", "confirm", {"last_intent": "order_change", "pending": "cancel_order"}),
        ("no, keep it", "decline", {"last_intent": "order_change", "pending": "cancel_order"}),
        ("SC-4F9K2QH7", "return_refund", {"last_intent": "return_refund", "asked_for": "order_id"}),
        ("有没有防水的靴子", "product_search", {}),
        ("我的快递到哪了", "order_status", {}),
        ("轉人工客服", "human_agent", {}),
        ("退货政策是什么", "faq", {}),
        ("好的，取消吧", "confirm", {"last_intent": "order_change", "pending": "cancel_order"}),
    ],
)
def test_the_shipped_router(
    understander: Understander, encoder: TextEncoder, text: str, intent: str, context: dict[str, Any]
) -> None:
    answer = understood(understander, encoder, text, **context)
    assert answer.intent == intent
    assert answer.source == "encoder"
    assert Understanding.model_validate_json(answer.model_dump_json()) == answer


@pytest.mark.parametrize("text", ["yes", "no", "好的", "cancel it", ""])
def test_nothing_is_confirmed_when_nothing_is_pending(
    understander: Understander, encoder: TextEncoder, text: str
) -> None:
    answer = understood(understander, encoder, text)
    assert answer.intent not in (Intent.CONFIRM, Intent.DECLINE)
    assert 0 <= answer.confidence <= 1


def test_it_takes_milliseconds(understander: Understander, encoder: TextEncoder) -> None:
    text = "red running shoes under $80, not leather, size 42"
    vector = encoder.encode_one(text)
    understander.understand(text, TurnContext(), vector)
    started = time.process_time()  # not the wall clock: test machines are shared
    for _ in range(20):
        understander.understand(text, TurnContext(), vector)
    assert (time.process_time() - started) / 20 < 0.006


class _Model:
    """Answers with what it is given."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer

    async def complete_json(self, prompt: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
        if isinstance(self.answer, Exception):
            raise self.answer
        answer: dict[str, Any] = self.answer
        return answer


@pytest.mark.parametrize(
    ("answer", "source", "intent"),
    [
        ({"say": "Where are my boots?", "act": "order_status", "of": []}, "model", "order_status"),
        ({"act": "complaint"}, "model", "complaint"),
        ({"say": "", "act": "complaint", "of": ["x", 7], "colour": "any"}, "model", "complaint"),
        ({"say": "Yes", "act": "yes", "of": []}, "encoder", None),
        ({"say": "La", "act": "sing", "of": []}, "encoder", None),
        ({}, "encoder", None),
        (ModelUnavailable("gone"), "encoder", None),
    ],
)
def test_the_models_reading_must_hold_up(
    understander: Understander, encoder: TextEncoder, answer: Any, source: str, intent: str | None
) -> None:
    text = "hmm the boots again"
    own = understood(understander, encoder, text)
    model: Any = _Model(answer)
    got = asyncio.run(understander.understand_with_model(text, TurnContext(), encoder.encode_one(text), model))
    assert got.source == source
    assert got.intent == (intent or own.intent)
    if got.intent != own.intent:
        assert dict(got.alternatives)[own.intent] == own.confidence


def test_what_the_rewriting_names_is_searched_for(understander: Understander, encoder: TextEncoder) -> None:
    model: Any = _Model({"say": "I want a submarine or a tent to sleep in", "act": "search", "of": []})
    text = "something to sleep under"
    got = asyncio.run(understander.understand_with_model(text, TurnContext(), encoder.encode_one(text), model))
    assert got.slots.type == ["tents"]


def test_a_model_that_takes_too_long_is_not_waited_for(understander: Understander, encoder: TextEncoder) -> None:
    class Slow:
        async def complete_json(self, prompt: Any, schema: Mapping[str, Any]) -> dict[str, Any]:
            await asyncio.sleep(60)
            raise AssertionError

    model: Any = Slow()
    text = "hmm the boots again"
    begin = time.monotonic()
    got = asyncio.run(
        understander.understand_with_model(text, TurnContext(), encoder.encode_one(text), model, limit_s=0.05)
    )
    assert got.source == "encoder" and time.monotonic() - begin < 5


def test_chinese_is_glossed(lexicon: Lexicon) -> None:
    glossary = Glossary(lexicon)
    assert glossary.gloss("hello") == "hello"
    assert "running shoes" in glossary.gloss("红色跑鞋")
    assert glossary.gloss("查訂單 SC-4F9K2QH7").endswith("sc-4f9k2qh7")


def test_the_training_data_is_as_large_and_even_as_promised(lexicon: Lexicon) -> None:
    sentences = written()
    for intent in LEARNED:
        own = {example.source for example in sentences if example.intent is intent}
        chinese = {text for text in own if any("\u4e00" <= char <= "\u9fff" for char in text)}
        assert len(own - chinese) >= 70, intent
        assert len(chinese) >= 48, intent
    made = generated(lexicon, ["Fernway", "Norrvik"])
    assert len(sentences) + len(made) >= 4000
    assert not any("{" in example.text for example in made)
    assert [e.text for e in made] == [e.text for e in generated(lexicon, ["Fernway", "Norrvik"])]
    assert all(e.context.pending for e in sentences if e.intent in (Intent.CONFIRM, Intent.DECLINE))


def test_roughening_keeps_a_message_readable() -> None:
    chance = random.Random(3)
    rough = [roughened("where is my order", "en", chance) for _ in range(50)]
    assert len(set(rough)) > 10
    assert all(len(text) >= 15 for text in rough)
    assert context_for("p", chance).pending


def _hashed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Stands in for the text encoder: a vector by the text alone."""
    seeds = [int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) for text in texts]
    vectors = np.stack([np.random.default_rng(seed).normal(size=384) for seed in seeds]).astype(np.float32)
    unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return unit


def test_training_is_reproducible_and_its_file_is_small(
    lexicon: Lexicon, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = [example for example in written() if len(example.text) % 9 == 0][:700]
    monkeypatch.setattr("laboratory.train.intents.written", lambda seed: few)
    monkeypatch.setattr("laboratory.train.intents.generated", lambda lexicon, brands, seed: [])
    first, second = tmp_path / "first", tmp_path / "second"
    reports = [
        train_intents(lexicon, ["Fernway"], _hashed, vocabulary=["where", "##ing"], directory=out)
        for out in (first, second)
    ]
    assert reports[0] == reports[1]
    assert (first / "router.safetensors").read_bytes() == (second / "router.safetensors").read_bytes()
    assert (first / "real_words.txt").read_text() == "where\n"
    assert IntentRouter.load(first).intents == list(LEARNED)
    assert sum(file.stat().st_size for file in DIRECTORY.iterdir()) < 3_000_000


def test_a_missing_router_says_how_to_make_it(tmp_path: Path) -> None:
    with pytest.raises(RouterMissing, match="shopclerk train intents"):
        IntentRouter.load(tmp_path)
    (tmp_path / "router.safetensors").write_bytes(b"not tensors")
    with pytest.raises(RouterMissing):
        IntentRouter.load(tmp_path)


def test_calibration_error() -> None:
    assert expected_calibration_error(np.array([0.9, 0.9]), np.array([True, True])) == pytest.approx(0.1)
    assert expected_calibration_error(np.array([0.5, 0.5]), np.array([True, False])) == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ("text\nhello", "line 1: no column intent"),
        ("text,intent\nhello,greeting", "line 2: unknown intent 'greeting'"),
        ("text,intent\nhi,small_talk\n,faq", "line 3: text is empty"),
        ("text,intent,state\nhi,faq,{oops", "line 2: bad state"),
        ('text,intent,slots\nhi,faq,"{""size"": 3}"', "line 2: bad slots: size"),
        ("text,intent\nred, please,faq", "line 2: more fields than columns"),
        ("text,intent", "no messages"),
    ],
)
def test_a_bad_evaluation_file_is_named_with_its_line(tmp_path: Path, lines: str, complaint: str) -> None:
    file = tmp_path / "messages.csv"
    file.write_text(lines, encoding="utf-8")
    with pytest.raises(ValueError, match=complaint):
        read_labelled(file)


def test_slots_are_compared_by_value() -> None:
    one = Slots(price_max=Decimal("80"), size=["42"], rating_min=4)
    other = Slots(price_max=Decimal("80.00"), size=["42"], rating_min=4.0)
    assert items(one) == items(other)
    assert items(Slots()) == set()


def test_written_files_hold_only_known_intents() -> None:
    for language in ("en", "zh"):
        rows = examples_module._rows(examples_module.DIRECTORY / f"written_{language}.csv")
        assert {row["intent"] for row in rows} == {str(intent) for intent in LEARNED}
