"""What people ask shops and few FAQs answer: the background against which an FAQ's own questions must stand out.

The questions are the English ones of ``calibration/unanswerable.csv``. Their vectors ship with the package, since
embedding them at every start would take seconds; for another encoder, or other questions, they are embedded.
"""

from __future__ import annotations

import csv
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

from retrieval.encoders.embedded import TextModel
from retrieval.fusion import Vectors


def background_questions() -> list[str]:
    """The questions, in English."""
    text = files("retrieval.faq").joinpath("calibration", "unanswerable.csv").read_text(encoding="utf-8")
    return [row["text"] for row in csv.DictReader(text.splitlines()) if row["language"] == "en"]


def background_vectors(encoder: TextModel) -> Vectors:
    """(questions, dimensions) unit vectors."""
    questions = background_questions()
    file = _file(encoder)
    if file.is_file():
        with safe_open(file, framework="numpy") as shipped:
            if shipped.metadata() == _made_from(encoder, questions):
                vectors: Vectors = shipped.get_tensor("vectors").astype(np.float32)
                return vectors
    return encoder.encode(questions)


def write_background(encoder: TextModel) -> None:
    """Writes the file that ``background_vectors`` reads."""
    questions = background_questions()
    vectors = encoder.encode(questions).astype(np.float16)
    save_file({"vectors": vectors}, _file(encoder), metadata=_made_from(encoder, questions))


def _file(encoder: TextModel) -> Path:
    return Path(str(files("retrieval.faq").joinpath("calibration", f"background_{encoder.space}.safetensors")))


def _made_from(encoder: TextModel, questions: list[str]) -> dict[str, str]:
    return {"encoder": encoder.fingerprint, "questions": sha256("\n".join(questions).encode()).hexdigest()}
