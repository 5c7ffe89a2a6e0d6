"""Cases: folders of exports with what a shop made of them is asked, and what is right.

    python -m laboratory.evaluate.cases tests/exports      # every folder in it, or one
    python -m laboratory.evaluate.cases FOLDER --wrong     # only what is not right

The files of a folder are read as ``shopclerk init`` reads them. ``case.toml`` beside them says what is asked:

    about = "A tea shop's …"             # a sentence
    read = { locale = "zh-CN" }          # how the files are read; as for ``read_catalogue``
    files = ["input-1.csv"]              # which; all of the folder, without this
    becomes = ['^p1 .* 1299 EUR']        # expressions that the lines of what was read must match, each some line
    never_becomes = ['1\\.299 EUR']       # and that no line may match

    [[talk]]                             # one conversation, without a model
    turns = [
      { say = "locks under 30", shows = ["coil"] },       # the products shown, as a set of ids
      { say = "how long is it?", says = ['180 cm'] },     # expressions that the reply must match
      { say = "add it", cart = { "CL-1" = 1 } },          # the cart afterwards: quantity by variant id
    ]

``open = true`` in a ``[[talk]]``: it is known not to be right yet. A turn may also say ``first`` (the id of the first
product shown), ``never`` (an expression that the reply must not match), ``titles`` and ``cart_titles`` (as ``shows``
and ``cart``, for products without ids). A folder without products is asked of the demo shop. A folder without
``case.toml`` is printed for a person to judge: what was read, or what was
said to the lines of ``input.txt``, beside the section ``## Right`` of its README.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import sys
import tempfile
import tomllib
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from assistant.bootstrap import Shopclerk, build
from assistant.cli.session import ChatSession, begun
from assistant.events import Event, ProductsShown, TurnDone
from assistant.settings import Settings
from assistant.setup.encoders import shop_encoders
from assistant.setup.exports import CATALOGUE, FAQ, exports_in, imported
from retrieval.feeds import BadRow, FeedError, load_faq, read_catalogue
from retrieval.models import FaqEntry, Product
from retrieval.search.indexing import Encoders

CASE, README, LINES = "case.toml", "README.md", "input.txt"
_NO_DATA = frozenset({CASE, README, LINES})


class BadCase(ValueError):
    """A ``case.toml`` cannot be read; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Said:
    """A message and what is right after it; what is not said is not looked at."""

    say: str
    shows: tuple[str, ...] | None = None
    titles: tuple[str, ...] | None = None
    first: str = ""
    says: tuple[str, ...] = ()
    never: str = ""
    cart: dict[str, int] | None = None
    cart_titles: dict[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Talk:
    """One conversation; ``open``: known not to be right yet."""

    turns: tuple[Said, ...]
    open: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    folder: Path
    about: str = ""
    read: dict[str, Any] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    becomes: tuple[str, ...] = ()
    never_becomes: tuple[str, ...] = ()
    talk: tuple[Talk, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """The files to be read."""
        if self.files:
            return [self.folder / name for name in self.files]
        return sorted(path for path in self.folder.rglob("*") if path.is_file() and path.name not in _NO_DATA)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a message got: ``wrong`` is empty where it is right."""

    said: Said
    reply: str
    shown: tuple[str, ...]
    wrong: tuple[str, ...]


def cases_in(folder: Path) -> list[Case]:
    """The folder's case, or those of the folders in it. Raises ``BadCase``."""
    folders = [folder] if (folder / CASE).exists() or (folder / README).exists() else []
    folders = [each for each in folders if (each / CASE).exists() or not any(each.glob(f"*/{README}"))]
    folders = folders or sorted(path for path in folder.iterdir() if (path / CASE).exists() or (path / README).exists())
    return [_case(each) for each in folders]


def _case(folder: Path) -> Case:
    path = folder / CASE
    if not path.exists():
        return Case(folder)
    try:
        held = tomllib.loads(path.read_text(encoding="utf-8"))
        talk = tuple(
            Talk(tuple(Said(**_hashable(turn)) for turn in one["turns"]), one.get("open", False))
            for one in held.pop("talk", [])
        )
        return Case(folder, talk=talk, **_hashable(held))
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise BadCase(f"{path}: {error}") from error


def _hashable(entries: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in entries.items()}


def shop_of(case: Case, state: Path, settings: Settings, encoders: Encoders) -> Shopclerk:
    """The shop that the case's files become, without a model; the demo shop where there are none. ``state``: an empty
    folder for it. Raises ``FeedError``."""
    base = settings.model_copy(update={"llm": "off", "state_dir": state / "state"})
    if case.paths:
        imported(exports_in(case.paths), state, **case.read)
        own = {"catalogue": state / CATALOGUE, "faq": state / FAQ, "shop_data": state, "shop_name": "Shop"}
        base = base.model_copy(update=own)
    return build(base, managed=False, encoders=encoders)


async def conversations(case: Case, shop: Shopclerk) -> AsyncIterator[list[Answered]]:
    """Each conversation of the case, held with the shop."""
    async with shop.opened() as dialogue:
        for talk in case.talk:
            session = await begun(shop, dialogue)
            yield [await _answered(said, session, shop) for said in talk.turns]


async def _answered(said: Said, session: ChatSession, shop: Shopclerk) -> Answered:
    events = await session.say(session.turn(said.say))
    done = next(event for event in events if isinstance(event, TurnDone))
    cards = _cards(events)
    memory = await session.dialogue.memory(session.id)
    cart_id = memory.cart_id if memory else None
    lines = shop.commerce.shop.carts.show(cart_id or "").lines
    return Answered(
        said,
        done.text,
        tuple(card.title for card in cards),
        tuple(
            _wrong(
                said,
                done.text,
                [(card.id, card.title) for card in cards],
                {line.variant_id: line.quantity for line in lines},
                {next(iter(line.title.values())): line.quantity for line in lines},
            )
        ),
    )


def _cards(events: Sequence[Event]) -> list[Any]:
    return [card for event in events if isinstance(event, ProductsShown) for card in event.cards]


def _wrong(
    said: Said,
    reply: str,
    shown: Sequence[tuple[str, str]],
    cart: dict[str, int],
    cart_titles: dict[str, int],
) -> Iterator[str]:
    ids, titles = [each for each, _ in shown], [each for _, each in shown]
    if said.shows is not None and set(ids) != set(said.shows):
        yield f"shows {', '.join(ids) or 'nothing'}, not {', '.join(said.shows) or 'nothing'}"
    if said.titles is not None and set(titles) != set(said.titles):
        yield f"shows {', '.join(titles) or 'nothing'}, not {', '.join(said.titles) or 'nothing'}"
    if said.first and ids[:1] != [said.first]:
        yield f"shows {', '.join(ids) or 'nothing'}, not first {said.first}"
    for pattern in said.says:
        if not re.search(pattern, reply):
            yield f"does not say {pattern!r}"
    if said.never and re.search(said.never, reply):
        yield f"says {said.never!r}"
    if said.cart is not None and cart != said.cart:
        yield f"the cart holds {cart}, not {said.cart}"
    if said.cart_titles is not None and cart_titles != said.cart_titles:
        yield f"the cart holds {cart_titles}, not {said.cart_titles}"


def what_is_read(path: Path, **how: Any) -> Iterator[str]:
    """A line for each product, bad row and note of a catalogue, or for each entry of help pages; or why neither."""
    try:
        feed = read_catalogue([path], **how)
        for item in feed:
            yield f"bad row: {item.reason}" if isinstance(item, BadRow) else _product(item)
        yield from (f"note: {row.reason}" for row in feed.warnings.rows)
        return
    except FeedError as error:
        why = str(error)
    try:
        report = load_faq(path, encoding=how.get("encoding"))
        yield from map(_entry, report.entries)
        yield from (f"bad row {row.line}: {row.reason}" for row in report.bad_rows)
        yield from (f"note: {note}" for note in report.notes)
    except FeedError as error:
        yield f"refused as a catalogue: {why}"
        yield f"refused as help pages: {error}"


def _product(product: Product) -> str:
    title = ", ".join(f"{text} ({language})" for language, text in product.title.items())
    kinds = "/".join(product.category)
    told = "".join(f"; {name}: {value}" for name, value in product.attributes.items())
    variants = "; ".join(
        f"{each.id} {each.options or ''} {each.price} {product.currency}, {each.stock} in stock"
        for each in product.variants
    )
    return f"{product.id} | {title} | {product.brand} | {kinds} | {variants}{told}"


def _entry(entry: FaqEntry) -> str:
    return f"{entry.id} | {entry.language} | {entry.topic} | {entry.question} | {entry.answer}"


def misread(case: Case) -> list[str]:
    """What is not right of how the case's files are read."""
    if not case.becomes and not case.never_becomes:
        return []
    lines = [line for path in case.paths for line in what_is_read(path, **case.read)]
    missing = [each for each in case.becomes if not any(re.search(each, line) for line in lines)]
    there = [each for each in case.never_becomes if any(re.search(each, line) for line in lines)]
    return [f"nothing read is {each!r}" for each in missing] + [f"something read is {each!r}" for each in there]


def judged(case: Case, shop: Callable[[], Shopclerk]) -> tuple[list[str], list[list[Answered]]]:
    """What is misread, and what each message got. ``shop`` is asked for only where something is said."""

    async def talk() -> list[list[Answered]]:
        return [each async for each in conversations(case, shop())]

    return misread(case), asyncio.run(talk()) if case.talk else []


def _right_of(folder: Path) -> str:
    """The README's section on what is right."""
    text = (folder / README).read_text(encoding="utf-8")
    return text.partition("\n## Right")[2].split("\n## ")[0].strip()


def _shown_to_a_person(case: Case, shop: Callable[[Case], Shopclerk]) -> None:
    command = (case.folder / README).read_text(encoding="utf-8").partition("## Command")[2].partition("## ")[0]
    said = re.search(r"-c ([A-Z]{3})", command)
    how = {"currency": said[1]} if said else {}
    lines = case.folder / LINES
    if lines.exists():
        turns = tuple(Said(line) for line in lines.read_text(encoding="utf-8").splitlines() if line.strip())
        case = Case(case.folder, talk=(Talk(turns),), read={"currency": "USD"})
        _, talks = judged(case, partial(shop, case))
        for answered in talks[0]:
            print(f"  > {answered.said.say}\n    {answered.reply}\n    shown: {', '.join(answered.shown) or '-'}")
    else:
        for path in case.paths:
            print(f"  {path.relative_to(case.folder)}")
            for line in what_is_read(path, **how):
                print(f"    {line}")
    print(f"  RIGHT: {_right_of(case.folder)}")


class _Shops:
    """The cases' shops; the demo shop, which is the largest, once for all that ask it."""

    def __init__(self, states: Path) -> None:
        self._states, self._settings = states, Settings()
        self._demo: Shopclerk | None = None
        self._encoders = cache(partial(shop_encoders, self._settings))

    def __call__(self, case: Case) -> Shopclerk:
        if not case.paths and self._demo is not None:
            return self._demo
        shop = shop_of(case, self._states / case.folder.name, self._settings, self._encoders())
        self._demo = self._demo if case.paths else shop
        return shop


def main() -> int:
    """Exit status 0 when everything that can be judged is right."""
    parser = argparse.ArgumentParser(description="Shops made of exports, asked, and judged.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", action="store_true", help="print only what is not right")
    arguments = parser.parse_args()
    total = right = 0
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as states:
        shops = _Shops(Path(states))
        for case in cases_in(arguments.folder):
            print(f"== {case.folder.name} {case.about}", flush=True)
            if not (case.folder / CASE).exists():
                _shown_to_a_person(case, shops)
                continue
            try:
                bad, talks = judged(case, partial(shops, case))
            except FeedError as error:
                bad, talks = [f"not read: {error}"], []
                total += not (case.becomes or case.never_becomes)
            total += bool(case.becomes or case.never_becomes) + len(talks)
            right += bool(case.becomes or case.never_becomes) - bool(bad)
            for why in bad:
                print(f"  WRONG {why}")
            for talk, held in zip(case.talk, talks, strict=False):
                wrong = any(answered.wrong for answered in held)
                right += not wrong
                if arguments.wrong and not wrong:
                    continue
                if talk.open:
                    print("  known not to be right yet:")
                for answered in held:
                    print(f"  {'WRONG' if answered.wrong else 'right'} {answered.said.say!r}: {answered.reply!r}")
                    for why in answered.wrong:
                        print(f"        {why}")
    if total:
        print(f"{right} of {total} right")
    return 0 if right == total else 1


if __name__ == "__main__":
    sys.exit(main())
