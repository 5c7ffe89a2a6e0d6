"""Learns the map of the encoder of questions, and the topics of support, from ``support/*.txt``.

``python -m laboratory.train.support`` writes ``retrieval/encoders/support.safetensors`` and
``retrieval/faq/calibration/topics.safetensors``; it takes some minutes. Then fit the readers again
(``laboratory.train.calibrate``).

A file holds topics (``== name``), each a line a language: ways of asking, the first as a help page would say it, the
others as customers type them, separated by slashes; lines that begin with A are an answer in a language. What
``elsewhere.txt`` holds is about no topic, each text by itself. All were written for this, none is anybody's FAQ.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor

from retrieval.encoders.support import SupportEncoder, write_map
from retrieval.faq.topics import Topics
from retrieval.fusion import Vectors

FOLDER = Path(__file__).parent / "support"
ELSEWHERE = "elsewhere"
COLUMNS = 256
STEPS = 300
RATE, DECAY = 2e-3, 0.05
DROPOUT = 0.4
"""Of the encoders' values: of 0 to .5 this one was best on FAQs that were not learned from."""
TEMPERATURE = 0.07
SEED = 0


def topics(folder: Path = FOLDER) -> dict[str, list[str]]:
    """Ways of asking, and answers at the end, by topic. A text of ``elsewhere.txt`` is a topic of its own."""
    found: dict[str, list[str]] = {}
    answers: dict[str, list[str]] = {}
    for topic, line in _lines(folder):
        kind, _, text = line.partition(" ")
        if topic == ELSEWHERE:
            found |= {f"{ELSEWHERE} {text}": [text] for text in text.split(" / ")}
        elif kind.startswith("A"):
            answers.setdefault(topic, []).append(text)
        else:
            found.setdefault(topic, []).extend(text.split(" / "))
    return {topic: texts + answers.get(topic, []) for topic, texts in found.items()}


def asked(folder: Path = FOLDER) -> dict[str, list[str]]:
    """Ways of asking by topic."""
    found: dict[str, list[str]] = {}
    for topic, line in _lines(folder):
        kind, _, text = line.partition(" ")
        if topic != ELSEWHERE and not kind.startswith("A"):
            found.setdefault(topic, []).extend(text.split(" / "))
    return found


def _lines(folder: Path) -> Iterator[tuple[str, str]]:
    for file in sorted(folder.glob("*.txt")):
        topic = ELSEWHERE
        for line in filter(None, file.read_text(encoding="utf-8").splitlines()):
            if line.startswith("== "):
                topic = line.removeprefix("== ")
            else:
                yield topic, line


def learn(vectors: Vectors, groups: Mapping[str, Sequence[int]], steps: int = STEPS) -> NDArray[np.float32]:
    """(dimensions, ``COLUMNS``): the map under which rows of one group of ``vectors`` (texts, dimensions) lie together.

    Each step sees two texts of every group, or its one, and pulls the two together against all others.
    """
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    given = torch.from_numpy(vectors)
    width = vectors.shape[1]
    weights = torch.nn.Parameter(torch.randn(COLUMNS, width) / width**0.5)
    scale = torch.nn.Parameter(torch.ones(width))
    optimizer = torch.optim.AdamW([weights, scale], lr=RATE, weight_decay=DECAY)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda step: max(0.02, 1 - step / steps))
    for _ in range(steps):
        drawn = [(row, at) for at, rows in enumerate(groups.values()) for row in chance.sample(rows, min(2, len(rows)))]
        texts = F.dropout(given[[row for row, _ in drawn]], DROPOUT)
        loss = contrast(F.normalize((texts * scale) @ weights.T, dim=-1), torch.tensor([at for _, at in drawn]))
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
    learned: NDArray[np.float32] = (weights * scale).T.detach().numpy()
    return learned


def contrast(texts: Tensor, groups: Tensor) -> Tensor:
    """Supervised contrastive loss (Khosla et al. 2020, eq. 2) of (n, columns) unit vectors in groups (n,)."""
    own = torch.eye(len(groups), dtype=torch.bool)
    likeness = (texts @ texts.T / TEMPERATURE).masked_fill(own, -1e9)
    shares = likeness - torch.logsumexp(likeness, dim=1, keepdim=True)
    alike = (groups[:, None] == groups) & ~own
    paired = alike.any(dim=1)
    return -((shares * alike).sum(dim=1)[paired] / alike.sum(dim=1)[paired]).mean()


def main() -> None:
    encoder = SupportEncoder()
    groups = topics()
    texts = list(dict.fromkeys(text for group in groups.values() for text in group))
    at = {text: row for row, text in enumerate(texts)}
    vectors = encoder.unmapped(texts)
    write_map(learn(vectors, {topic: [at[text] for text in group] for topic, group in groups.items()}))
    encoder = SupportEncoder()
    mapped = encoder.joined(vectors)
    means = np.stack([mapped[[at[text] for text in group]].mean(axis=0) for group in asked().values()])
    Topics(means / np.linalg.norm(means, axis=1, keepdims=True)).write(encoder)
    print(f"{len(means)} topics, {len(texts)} texts")


if __name__ == "__main__":
    main()
