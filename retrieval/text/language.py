"""Which language a text is in: by its script where that tells, else by the pieces of words that each language is made
of (py3langid: naive Bayes over byte n-grams, Lui and Baldwin 2012).

A title is too short to be sure of. So what a file's texts are in is decided by all of them together: ``languages_of``
finds the few languages that occur, and each text is then one of these.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

UNTOLD = "und"
"""The code of ISO 639-2 for a language that is not determined."""

_KNOWN_TEXT = """
en de fr es it pt nl sv da no fi pl cs sk hu ro hr sl sq bg ru uk sr mk be el tr az he ar fa ur th vi id ms tl lt lv
et ca gl eu is ga cy mt zh ja ko hi bn mr ne ta te ml kn gu pa si my km lo ka hy kk uz mn am sw af
"""
KNOWN = tuple(_KNOWN_TEXT.split())
"""Languages that shops write in. Those that nobody sells in are left out: short texts would be taken for them."""

SURE = 0.75
"""A confidence that a text of a few words in a language of its own reaches, and one of names and numbers does not."""
_CLEAR = 0.97
"""A confidence at which a text is in a language that no other text of its file is in."""
_LIKELY = 0.5
_SHARE = 0.05
"""Of the texts must be in a language for it to be one of the file's."""
_TELLING = 20
"""Letters from which a text speaks for a language of its own."""
_LONGEST = 2_000

_BY_SCRIPT = (
    ("ja", re.compile(r"[\u3040-\u30ff\uff66-\uff9d]")),
    ("ko", re.compile(r"[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")),
    ("th", re.compile(r"[\u0e01-\u0e4e]")),
    ("he", re.compile(r"[\u05d0-\u05ea]")),
    ("el", re.compile(r"[\u0370-\u03ff\u1f00-\u1fff]")),
    ("ka", re.compile(r"[\u10a0-\u10ff]")),
    ("hy", re.compile(r"[\u0531-\u0587]")),
)
_SCRIPTS = {
    "cyrillic": (re.compile(r"[\u0400-\u052f]"), frozenset(["bg", "ru", "uk", "sr", "mk", "be", "kk", "mn"])),
    "arabic": (re.compile(r"[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"), frozenset(["ar", "fa", "ur"])),
    "devanagari": (re.compile(r"[\u0900-\u097f]"), frozenset(["hi", "mr", "ne"])),
}
_LATIN_TEXT = """
en de fr es it pt nl sv da no fi pl cs sk hu ro hr sl sq tr az vi id ms tl lt lv et ca gl eu is ga cy mt uz sw af
"""
_LATIN = frozenset(_LATIN_TEXT.split())
_LETTER = re.compile(r"[^\W\d_]")
_NOISE = re.compile(r"[\d@]|://")
"""What addresses, numbers and models hold, which are in no language."""


def language_by_script(text: str) -> str | None:
    """The language of a text in a script that only one language (of those people shop in) is written in: Han without
    kana is Chinese. None for scripts that several share, for signs, and where it is a few characters in other text."""
    letters = len(_LETTER.findall(text[:_LONGEST]))
    for code, script in _BY_SCRIPT:
        found = len(script.findall(text[:_LONGEST]))
        # One sign of kana or Han says as much as a few letters: "USB 充电线".
        if found and found * (3 if code in ("ja", "ko", "zh") else 1) >= letters / 2:
            return code
    return None


def likeliest(text: str, among: Sequence[str] = KNOWN) -> tuple[str, float]:
    """The language that a text is likeliest in, of ``among``, and from 0 to 1 how sure that is.

    ``UNTOLD`` with 0 for a text without letters.
    """
    plain = " ".join(word for word in text[:_LONGEST].split() if not _NOISE.search(word))
    letters = len(_LETTER.findall(plain))
    if not letters:
        return UNTOLD, 0.0
    if (code := language_by_script(plain)) is not None:
        return code, 1.0
    written = next((codes for script, codes in _SCRIPTS.values() if len(script.findall(plain)) * 2 >= letters), _LATIN)
    candidates = tuple(code for code in among if code in written) or tuple(sorted(written))
    if len(candidates) == 1:
        return candidates[0], 1.0
    shares = _shares(plain.lower())
    sums = {code: shares.get(code, 0.0) for code in candidates}
    total = sum(sums.values())
    code = max(sums, key=lambda one: sums[one])
    # What languages outside of these had of the certainty is uncertainty.
    return code, sums[code] / (total if len(among) < len(KNOWN) and total > 0.05 else 1.0)


def languages_of(texts: Iterable[str]) -> tuple[str, ...]:
    """The languages that texts of one file are in, the commonest first; empty when nothing tells.

    Each text that is long enough speaks for one; if none does, all of them together do.
    """
    told: Counter[str] = Counter()
    spoke, short = 0, []
    for text in texts:
        code, sure = likeliest(text)
        letters = len(_LETTER.findall(text))
        if sure == 1.0 or (sure >= SURE and letters >= _TELLING):
            told[code] += 1
            spoke += 1
        elif letters:
            short.append(text)
    # A catalogue of names: together they may still be in a language.
    joined, sure = likeliest(" ".join(short)) if short else (UNTOLD, 0.0)
    if sure >= SURE and joined not in told and (spoke < len(short) or not told):
        told[joined] += len(short)
    enough = max(1.0, _SHARE * spoke)
    return tuple(code for code, number in told.most_common() if number >= enough)


def language_of(text: str, among: Sequence[str]) -> str:
    """The language of one text of a file that is in ``among`` (see ``languages_of``): another one only where it says so
    clearly. The first of them, or English, where nothing tells."""
    code, sure = likeliest(text)
    if sure == 1.0 or (sure >= _CLEAR and len(_LETTER.findall(text)) >= _TELLING):
        return code
    if len(among) > 1 and _LETTER.search(text):
        own = likeliest(text, among)[0]
        if sure < _LIKELY or len(_LETTER.findall(text)) < _TELLING:
            return own
        # Of two languages that are like each other, neither is sure; both are likelier than one that is like neither.
        return own if likeliest(text, (own, code))[0] == own else code
    return among[0] if among else "en"


@lru_cache(20_000)
def _shares(text: str) -> dict[str, float]:
    return {str(code): float(share) for code, share in _identifier().rank(text)}


@cache
def _identifier() -> LanguageIdentifier:
    """The model, cut down to the languages that are told: it is 123 MB with all of them."""
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    kept = [at for at, code in enumerate(whole.nb_classes) if code in KNOWN]
    return LanguageIdentifier(
        np.ascontiguousarray(whole.nb_ptc[:, kept]),
        whole.nb_pc[kept],
        [whole.nb_classes[at] for at in kept],
        whole.tk_nextmove,
        whole.tk_output,
        norm_probs=True,
        tk_row=whole.tk_row,
    )
