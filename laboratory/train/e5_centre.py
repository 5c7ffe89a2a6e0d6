"""Writes what is taken off every vector of multilingual-e5-small: the mean of messages that mean different things.

``python -m laboratory.train.e5_centre``: over the calibration's questions and requests, English and Chinese
weighing the same.
"""

from __future__ import annotations

import csv
from importlib.resources import files

import numpy as np

from retrieval.encoders.e5 import CENTRE_FILE, E5Encoder
from retrieval.text.words import is_chinese

TABLES = ("answerable.csv", "unanswerable.csv", "asked_for.csv")


def main() -> None:
    """Writes the file that ``E5Encoder`` reads."""
    texts = [
        row["text"]
        for name in TABLES
        for row in csv.DictReader(
            files("retrieval.faq").joinpath("calibration", name).read_text(encoding="utf-8").splitlines()
        )
    ]
    encoder = E5Encoder(centred=False)
    means = [encoder.encode([text for text in texts if is_chinese(text) == chinese]).mean(axis=0) for chinese in (0, 1)]
    np.save(str(files("retrieval.encoders").joinpath(CENTRE_FILE)), np.mean(means, axis=0).astype(np.float16))


if __name__ == "__main__":
    main()
