"""Reads the query and each of the first products together, and puts those in a better order. For machines with a GPU.

A cross-encoder sees how the words of both fit, which vectors made apart cannot (Nogueira and Cho, "Passage re-ranking
with BERT", 2019), and costs a forward pass a pair. So it reads only what the second stage ranks first, and it does not
replace that order but is added to it: brand, type and attributes are known there from data, not from a reading. It
never makes a search fail or wait: an error, or no answer in time, leaves the order as it was.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as TookTooLong
from pathlib import Path
from threading import Semaphore
from typing import Any, Protocol

import numpy as np
import torch

from retrieval.encoders.embedded import ModelFilesMissing, Vectors
from retrieval.encoders.text_image import Device, require_files

log = logging.getLogger(__name__)

NEEDED = ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json")
SUGGESTED = "BAAI/bge-reranker-v2-m3"
TOKENS = 256
"""Of query and product together; a view's text has some 80 (``retrieval.search.indexing.view_text``)."""


class Scorer(Protocol):
    """Says how well each text answers a query."""

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """(len(texts),) scores, higher is better, of any scale."""


class CrossEncoder:
    """A sequence classification model with one output, in a directory. Safe to use from several threads."""

    def __init__(self, directory: Path, device: Device | None = None) -> None:
        """Raises ``ModelFilesMissing`` when files are not there, or hold another kind of model."""
        from transformers import AutoModelForSequenceClassification, AutoTokenizer

        require_files(directory, NEEDED, f"a cross-encoder such as {SUGGESTED}", "SHOPCLERK_RERANKER")
        self._device = device or Device.best()
        try:
            model = AutoModelForSequenceClassification.from_pretrained(
                directory, local_files_only=True, dtype=self._device.dtype
            )
            self._tokenizer: Any = AutoTokenizer.from_pretrained(directory, local_files_only=True)
        except (OSError, ValueError, KeyError) as error:
            raise ModelFilesMissing(f"{directory} holds no model that can be loaded: {error}") from error
        if model.config.num_labels != 1:
            raise ModelFilesMissing(f"{directory} gives {model.config.num_labels} scores a pair, a re-ranker gives one")
        self._model = model.eval().to(self._device.name)
        # What a first pass builds lazily takes longer than a customer's search may.
        self.scores("tent", ["A tent."])

    def scores(self, query: str, texts: Sequence[str]) -> Vectors:
        """(len(texts),) scores, unbounded. Pairs past 256 tokens are cut at the text's end."""
        step = self._device.batch
        parts: list[Vectors] = [np.zeros(0, dtype=np.float32)]
        with torch.inference_mode():
            for start in range(0, len(texts), step):
                batch = list(texts[start : start + step])
                pairs = self._tokenizer(
                    [query] * len(batch),
                    batch,
                    padding=True,
                    truncation="only_second",
                    max_length=TOKENS,
                    return_tensors="pt",
                ).to(self._device.name)
                parts.append(self._model(**pairs).logits[:, 0].float().cpu().numpy())
        return np.concatenate(parts)


class Reranker:
    """Adds a scorer's opinion to the scores of the first products. Safe to use from several threads."""

    def __init__(self, scorer: Scorer, weight: float = 1.0, seconds: float = 0.5, first: int = 30) -> None:
        """``weight`` is that of a standard deviation of the scores, in units of the second stage's score; ``seconds``
        is the longest wait, after which the order stays; ``first`` products are read."""
        self._scorer = scorer
        self._weight, self._seconds, self.first = weight, seconds, first
        self._free = Semaphore(1)
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="reranker")

    def reading(self, query: str, total: Vectors, texts: Callable[[Sequence[int]], Sequence[str]]) -> Vectors:
        """(n,) what the scores add to ``total`` (n,), the second stage's scores; zeros where there are none in time.

        ``texts`` gives those of some positions. What is not read stays below what is, in its own order. Never raises
        what the scorer raises.
        """
        added = np.zeros_like(total)
        ranked = np.argsort(-total, kind="stable")
        first, rest = ranked[: self.first], ranked[self.first :]
        if len(first) < 2 or not query.strip():
            return added
        scores = self._scores(query, texts(first.tolist()))
        if scores is None or (spread := float(scores.std())) < 1e-6:
            return added
        added[first] = self._weight * (scores - scores.mean()) / spread
        if len(rest):
            added[rest] = min(0.0, float((total + added)[first].min() - total[rest[0]]))
        return added

    def _scores(self, query: str, texts: Sequence[str]) -> Vectors | None:
        """None when they are not to be had in time."""
        # A pass cannot be called off; those who come while an overdue one still runs must not queue behind it.
        if not self._free.acquire(timeout=self._seconds):
            log.warning("the re-ranker is busy: the order stays")
            return None

        def work() -> Vectors:
            try:
                return self._scorer.scores(query, texts)
            finally:
                self._free.release()

        try:
            scores = self._pool.submit(work).result(self._seconds)
        except TookTooLong:
            log.warning("the re-ranker took longer than %s s: the order stays", self._seconds)
            return None
        except Exception as error:  # whatever a model can raise, a search must not
            log.warning("the re-ranker failed: the order stays (%s: %s)", type(error).__name__, error)
            return None
        if scores.shape != (len(texts),) or not np.all(np.isfinite(scores)):
            log.warning("the re-ranker gave no usable scores: the order stays")
            return None
        return scores
