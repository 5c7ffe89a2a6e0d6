"""Fits the two small readers that say "not carried" and "not answered", from examples in ``calibration/``.

``python -m laboratory.train.calibrate CATALOGUE FAQ LEXICON JUDGED`` prints how well they do on examples kept back,
fits them on all examples and writes ``assortment.json``, ``confidence.json`` and
``calibration/background_….safetensors``. With ``--encoder e5`` or ``--encoder FOLDER --out FOLDER`` only the first is
fitted, to the vectors of multilingual-e5-small or of that text-image model.
"""

from __future__ import annotations

import csv
import json
from argparse import ArgumentParser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold

from retrieval.encoders.e5 import E5Encoder
from retrieval.encoders.embedded import ImageEncoder, TextEncoder, TextModel
from retrieval.encoders.support import SupportEncoder
from retrieval.encoders.text_image import TextImageModel
from retrieval.faq.background import background_vectors, write_background
from retrieval.faq.confidence import FEATURES as FAQ_FEATURES
from retrieval.faq.confidence import ReaderName, candidates
from retrieval.faq.index import FaqIndex
from retrieval.faq.indexing import phrases_of
from retrieval.faq.topics import Topics
from retrieval.feeds import load_faq
from retrieval.fusion import Vectors
from retrieval.models import FaqEntry
from retrieval.search import assortment
from retrieval.search.assortment import ASSORTMENT_FILE, Assortment
from retrieval.search.evidence import read_words
from retrieval.search.fits import E5_FITS
from retrieval.search.index import SearchIndex
from retrieval.search.indexing import Encoders, index_catalogue
from retrieval.search.products import ProductSearch
from retrieval.search.query import Query
from retrieval.store.chroma import Store
from retrieval.text.gloss import gloss
from retrieval.text.lexicon import Lexicon
from retrieval.text.words import is_chinese

FOLDS = 5
SEED = 7
NATURAL = 3.0
"""How much a question asked in words of its own counts, next to one of an entry's ways of asking."""
NEAR_FLOOR = 0.41
"""In German: 12 more of 42 requests for what is carried are let pass, none of 30 for what is not."""
LEFT_OUT = 0.2
"""The same of an entry's ways of asking, where the encoder was taught how customers ask: help pages ask otherwise."""
ASIDE = 0.3
"""How much candidates count that are not judged: lower ranks, and questions asked word for word."""


@dataclass(frozen=True)
class Examples:
    """``features`` (examples, signs), ``labels`` (examples,) and the group that must not be torn between folds.

    ``judged`` (examples,) marks those that quality is measured on; the others only help to fit. ``weights`` (examples,)
    say how much each counts when fitting.
    """

    texts: tuple[str, ...]
    features: NDArray[np.float64]
    labels: NDArray[np.bool_]
    groups: tuple[str, ...]
    judged: NDArray[np.bool_]
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quality:
    """Measured on examples that the reader was not fitted on."""

    accuracy: float
    auc: float
    n: int
    wrong: tuple[str, ...]


class _Noted(NamedTuple):
    text: str
    signs: Mapping[str, float]
    right: bool
    group: str
    judged: bool
    weight: float


def asked_for(index: SearchIndex, encoder: TextModel, answered: Sequence[str] = ()) -> Examples:
    """The requests of ``asked_for.csv`` with the signs that the index gives for them; ``answered`` are further ones for
    what is carried, which help to fit."""
    rows = [*_table("asked_for.csv"), *({"text": text, "carried": "yes"} for text in answered)]
    vectors = encoder.encode([row["text"] for row in rows])
    signs = [
        assortment.signs(index, read_words(index, Query(text=row["text"]), encoder, vector))
        for row, vector in zip(rows, vectors, strict=True)
    ]
    return Examples(
        tuple(row["text"] for row in rows),
        np.array([[sign[name] for name in assortment.FEATURES] for sign in signs]),
        np.array([row["carried"] == "yes" for row in rows]),
        tuple(row["text"] for row in rows),
        np.arange(len(rows)) < len(rows) - len(answered),
        np.ones(len(rows)),
    )


def questions(entries: Sequence[FaqEntry], encoder: TextModel, chinese: bool) -> tuple[Examples, float]:
    """Candidates for every way of asking, left out of the index while it is asked, for the questions of
    ``answerable.csv`` and for those of ``unanswerable.csv``, each asked without the background question nearest to it,
    which is itself or its translation.

    A way of asking is left out of an index that knows no translations: they would say it again. Also the share of
    answerable questions for which the right entry came first.
    """
    own = [entry for entry in entries if is_chinese(entry.question) == chinese]
    versions: dict[str, list[FaqEntry]] = {}
    for entry in entries:
        if encoder.reads_chinese or (chinese and entry.language == "en"):
            versions.setdefault(entry.id, []).append(entry)
    left_out = [(at, way) for at, entry in enumerate(own) for way in range(1 + len(entry.also_asked))]
    shortened = {(at, way): _without(own[at], way) for at, way in left_out}
    answerable = [row for row in _table("answerable.csv") if (row["language"] == "zh") == chinese]
    unanswerable = [row["text"] for row in _table("unanswerable.csv") if (row["language"] == "zh") == chinese]
    said = [*own, *(version for same in versions.values() for version in same), *shortened.values()]
    asking = _Asking(
        encoder,
        "multilingual" if encoder.reads_chinese else "chinese" if chinese else "english",
        [text for entry in said for _, text in phrases_of(entry)]
        + [*(row["text"] for row in answerable), *unanswerable],
    )
    index = asking.index(own, versions)
    first = []
    for at, way in left_out:
        text, right = (own[at].question, *own[at].also_asked)[way], frozenset([own[at].id])
        without = asking.index([*own[:at], shortened[at, way], *own[at + 1 :]])
        first.append(asking.ask(without, text, right, own[at].id, 3, LEFT_OUT if encoder.reads_chinese else 1.0))
        # Asked word for word an entry must be sure; the left-out ways never come near that.
        asking.ask(index, text, right, own[at].id, 2, ASIDE)
    known = {entry.id for entry in own}
    for row in answerable:
        if row["entry"] in known:
            first.append(asking.ask(index, row["text"], frozenset([row["entry"]]), row["entry"], 3, NATURAL))
    for text in unanswerable:
        others = np.delete(index.background, np.argmax(index.background @ asking.vectors[text]), axis=0)
        asking.ask(replace(index, background=others), text, frozenset(), text, 1)
    return asking.examples(), float(np.mean(first))


def other_shops(encoder: TextModel) -> tuple[Examples, float]:
    """The same of the questions to the small FAQs of ``faqs/``."""
    parts, first = [], []
    for file in sorted((Path(__file__).parent / "faqs").glob("*.json")):
        shop = json.loads(file.read_text(encoding="utf-8"))
        entries = [FaqEntry.model_validate(entry) for entry in shop["entries"]]
        texts = [text for entry in entries for _, text in phrases_of(entry)]
        asking = _Asking(encoder, "multilingual", [*texts, *(question["text"] for question in shop["questions"])])
        index = asking.index(entries)
        for question in shop["questions"]:
            text, answers = question["text"], frozenset(question["answers"])
            group = f"{file.stem} {min(answers, default=text)}"
            right = asking.ask(index, text, answers, group, 3, NATURAL if answers else 1)
            if answers:
                first.append(right)
        parts.append(asking.examples())
    return _joined(parts), float(np.mean(first))


class _Asking:
    """Questions asked of indexes, with the candidates that these gave: what a reader is fitted to."""

    def __init__(self, encoder: TextModel, reader: ReaderName, texts: Sequence[str]) -> None:
        texts = list(dict.fromkeys(texts))
        read = texts if encoder.reads_chinese else [gloss(text) for text in texts]
        self.vectors: dict[str, Vectors] = dict(zip(texts, encoder.encode(read), strict=True))
        self._reader: ReaderName = reader
        self._strange, self._topics = background_vectors(encoder), Topics.shipped(encoder)
        self._noted: list[_Noted] = []

    def index(self, entries: Sequence[FaqEntry], versions: Mapping[str, Sequence[FaqEntry]] | None = None) -> FaqIndex:
        return FaqIndex.build(entries, self.vectors, self._strange, self._topics, versions)

    def ask(
        self, index: FaqIndex, text: str, right: frozenset[str], group: str, count: int, weight: float = 1.0
    ) -> bool:
        """Notes the ``count`` best candidates. Whether the first is right."""
        found = candidates(index.signs(text, self.vectors[text]), self._reader, count)
        for rank, (place, signs) in enumerate(found):
            judged = rank == 0 and weight >= 1
            is_right = index.entries[place].id in right
            self._noted.append(_Noted(text, signs, is_right, group, judged, weight if judged else min(weight, ASIDE)))
        return index.entries[found[0][0]].id in right

    def examples(self) -> Examples:
        noted = self._noted
        return Examples(
            tuple(one.text for one in noted),
            np.array([[one.signs[name] for name in FAQ_FEATURES] for one in noted]),
            np.array([one.right for one in noted]),
            tuple(one.group for one in noted),
            np.array([one.judged for one in noted]),
            np.array([one.weight for one in noted]),
        )


def fit(examples: Examples, names: Sequence[str]) -> tuple[dict[str, float], float]:
    """(weight by sign, bias) of a logistic regression over all examples."""
    model = _model().fit(examples.features, examples.labels, examples.weights)
    return {name: round(float(weight), 3) for name, weight in zip(names, model.coef_[0], strict=True)}, round(
        float(model.intercept_[0]), 3
    )


def judge(examples: Examples) -> Quality:
    """Accuracy at ½ and AUC by cross-validation, whole groups at a time."""
    guesses = np.zeros(len(examples.labels))
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(examples.features, examples.labels, examples.groups):
        model = _model().fit(examples.features[train], examples.labels[train], examples.weights[train])
        guesses[test] = model.predict_proba(examples.features[test])[:, 1]
    right = (guesses > 0.5) == examples.labels
    judged = examples.judged
    wrong = tuple(
        f"{text} ({'yes' if label else 'no'}, {guess:.2f})"
        for text, label, guess, fine in zip(examples.texts, examples.labels, guesses, right | ~judged, strict=True)
        if not fine
    )
    auc = float(roc_auc_score(examples.labels[judged], guesses[judged]))
    return Quality(float(right[judged].mean()), auc, int(judged.sum()), wrong)


def _model() -> Any:
    return LogisticRegression(C=10.0, max_iter=1000)


def _without(entry: FaqEntry, way: int) -> FaqEntry:
    """The entry without one of its ways of asking; another takes the question's place."""
    left = [text for at, text in enumerate((entry.question, *entry.also_asked)) if at != way]
    asked = left or [entry.answer]
    return entry.model_copy(update={"question": asked[0], "also_asked": tuple(asked[1:])})


def _table(name: str) -> list[dict[str, str]]:
    text = files("retrieval.faq").joinpath("calibration", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def _write(path: Path, content: Mapping[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def main(catalogue: Path, faq: Path, lexicon: Path, judged: Path, several: bool) -> None:
    """Judges, fits and writes the readers; ``several``: only that of what is carried, for multilingual-e5-small.
    ``judged`` has judged queries (query, docid, rating): all are carried."""
    encoders = Encoders(E5Encoder() if several else TextEncoder(), ImageEncoder())
    folder = E5_FITS if several else Path(str(files("retrieval.search")))
    folder.mkdir(exist_ok=True)
    _write(folder / ASSORTMENT_FILE, fit_carried(catalogue, lexicon, judged, encoders))
    if not several:
        fit_answered(load_faq(faq).entries, encoders.text, SupportEncoder())


def fit_answered(entries: Sequence[FaqEntry], english: TextModel, support: TextModel) -> None:
    """Writes ``confidence.json`` and the background's vectors."""
    readers = {}
    for encoder in (english, support):
        write_background(encoder)
        found = [questions(entries, encoder, chinese) for chinese in (False, True)]
        names = ["english", "chinese"]
        if encoder.reads_chinese:
            names = [f"{encoder.space} {name}" for name in (*names, "other shops")]
            found.append(other_shops(encoder))
        for name, (examples, first) in zip(names, found, strict=True):
            quality = judge(examples)
            print(f"faq {name}: right entry first {first:.3f}; answers or not: accuracy ", end="")
            print(f"{quality.accuracy:.3f}, AUC {quality.auc:.3f} on {quality.n}", *quality.wrong, sep="\n  ")
            if not encoder.reads_chinese:
                readers[name] = _fitted(examples)
        if encoder.reads_chinese:
            readers["multilingual"] = _fitted(_joined([examples for examples, _ in found]))
    _write(Path(str(files("retrieval.faq").joinpath("confidence.json"))), readers)


def _fitted(examples: Examples) -> dict[str, Any]:
    by_sign, bias = fit(examples, FAQ_FEATURES)
    return {"by_sign": by_sign, "bias": bias}


def _joined(parts: Sequence[Examples]) -> Examples:
    return Examples(
        tuple(text for part in parts for text in part.texts),
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.labels for part in parts]),
        tuple(group for part in parts for group in part.groups),
        np.concatenate([part.judged for part in parts]),
        np.concatenate([part.weights for part in parts]),
    )


def fit_carried(catalogue: Path, lexicon: Path, judged: Path, encoders: Encoders) -> dict[str, Any]:
    """What ``assortment.json`` holds, fitted to these encoders' vectors; the floor of kinds stays as it is shipped."""
    with judged.open(encoding="utf-8") as lines:
        answered = list(dict.fromkeys(row["query"] for row in csv.DictReader(lines)))
    carries: dict[str, Any] = {"kind_floor": Assortment.shipped().kind_floor}
    if encoders.text.space == E5Encoder.space:
        carries["near_floor"] = NEAR_FLOOR
    with Store.temporary() as store:
        index_catalogue(store, catalogue, encoders)
        for name, words, further in (
            ("with_types", Lexicon.from_file(lexicon), answered),
            # Fitted to these too, the reader without a lexicon lets pass one in four of what is not carried.
            ("without_types", Lexicon(), []),
        ):
            asked = asked_for(ProductSearch(store, encoders, words).index, encoders.text, further)
            quality = judge(asked)
            print(f"carried {name}: accuracy {quality.accuracy:.3f}, AUC {quality.auc:.3f} on {quality.n}", end="")
            print("", *quality.wrong, sep="\n  ")
            weights, bias = fit(asked, assortment.FEATURES)
            carries[name] = {"weights": weights, "bias": bias}
    return carries


if __name__ == "__main__":
    arguments = ArgumentParser()
    for name in ("catalogue", "faq", "lexicon", "judged"):
        arguments.add_argument(name, type=Path)
    arguments.add_argument("--encoder", help="e5, or a folder with a text-image model.")
    arguments.add_argument("--out", type=Path, help="Folder to write that model's values to.")
    given = arguments.parse_args()
    if given.encoder in (None, "e5"):
        main(given.catalogue, given.faq, given.lexicon, given.judged, given.encoder == "e5")
    elif given.out is None:
        arguments.error("a folder's --encoder needs --out")
    else:
        model = TextImageModel(Path(given.encoder))
        fitted = fit_carried(given.catalogue, given.lexicon, given.judged, Encoders(model.text, model.image))
        given.out.mkdir(parents=True, exist_ok=True)
        _write(given.out / ASSORTMENT_FILE, fitted)
