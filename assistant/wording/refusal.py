"""What a search leaves out, in words: "without a lid", "that are not insulated", "other than desk lamps"."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from assistant.understanding.schema import Slots
from assistant.wording.speech import Speech, verbs

_MADE_OF = ("material", "filling")
"""Choices that a product is made of, rather than what it is."""

Called = Callable[[Sequence[str]], str]
"""The goods looked for with these wanted attributes, as they are called: "desk lamps"."""


def settled(search: Slots) -> Slots:
    """What must not be, as what must, and the other way round: "wireless: no" leaves out what is wireless."""

    def denied(pairs: Sequence[str]) -> list[str]:
        return [f"{pair.removesuffix('=no')}=yes" for pair in pairs if pair.endswith("=no")]

    def plain(pairs: Sequence[str]) -> list[str]:
        return [pair for pair in pairs if not pair.endswith("=no")]

    wanted, refused = search.attribute, search.exclude
    update = {"attribute": plain(wanted) + denied(refused), "exclude": plain(refused) + denied(wanted)}
    return search.model_copy(update={name: list(dict.fromkeys(pairs)) for name, pairs in update.items()})


def refusals(entries: Sequence[str], speech: Speech, called: Called) -> list[str]:
    """Each thing left out, or several in one: before the noun in Chinese, else after it."""
    return _before(entries, speech) if speech.language == "zh" else _after(entries, speech, called)


def _after(entries: Sequence[str], speech: Speech, called: Called) -> list[str]:
    lacking: list[str] = []
    by: list[str] = []
    not_being: list[str] = []
    other: list[str] = []
    for entry in entries:
        key, _, value = entry.partition("=")
        if key == "brand":
            by.append(value)
        elif key == "colour":
            lacking.append(speech.inside(speech.lexicon.name("colour", value, speech.language)))
        elif key == "type":
            other.append(speech.inside(speech.lexicon.name("type", value, speech.language)))
        elif value in ("", "yes"):
            (lacking if speech.form(key) == "has" else not_being).append(speech.phrase(key))
        elif key in _MADE_OF:
            lacking.append(speech.value(key, value))
        else:
            other.append(called([entry]))
    render, listing = speech.texts.render, speech.listing
    said = [render("phrase", "without", values=listing(lacking, "or"))] if lacking else []
    said += [render("phrase", "not_being", values=listing(not_being, "or"), **verbs(plural=True))] if not_being else []
    said += [render("phrase", "not_by", values=listing(by, "or"))] if by else []
    return said + ([render("phrase", "other_than", values=listing(other, "or"))] if other else [])


def _before(entries: Sequence[str], speech: Speech) -> list[str]:
    said: list[str] = []
    for entry in entries:
        key, _, value = entry.partition("=")
        if key == "brand":
            said.append(speech.texts.render("phrase", "not_by", values=value))
        elif key in ("colour", "type"):
            name = speech.lexicon.name("colour" if key == "colour" else "type", value, "zh")
            said.append(speech.texts.render("phrase", "other_than", values=name))
        elif value in ("", "yes"):
            said.append(speech.predicate(key, "no", {}))
        else:
            form = "without" if key in _MADE_OF else "other_than"
            said.append(speech.texts.render("phrase", form, values=speech.value(key, value)))
    return said
