"""`shopclerk ask` and `shopclerk search`: one message, or one search, from the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
Picture = Annotated[Path | None, typer.Option(help="A picture of what is looked for.")]


def ask(
    text: Annotated[str, typer.Argument(help="What the shopper says.")],
    customer: Annotated[str | None, typer.Option(help="Id of a signed-in customer, e.g. C-DEMO2345.")] = None,
    image: Picture = None,
    as_json: Json = False,
    model: Annotated[
        bool,
        typer.Option(
            help="Use the running model server, or start one for this answer (a minute). Off: the template words it."
        ),
    ] = True,
) -> None:
    """Say one thing to the assistant and print its answer."""
    import asyncio

    from assistant.cli.session import conversation, opened_shop
    from assistant.events import Notice, TurnDone
    from assistant.settings import Settings

    settings = Settings()
    picture = _open(image)
    from assistant.understanding.guard import guard
    from assistant.wording.cards import card_texts

    code = guard(text, limit=settings.message_limit, has_picture=picture is not None).code
    if code in ("empty", "no_words", "too_long"):
        notice = Notice(code=code, text=card_texts("en")["notice"][code].format(value=settings.message_limit))
        print(notice.model_dump_json() if as_json else notice.text)
        return

    async def run() -> list[Any]:
        async with conversation(opened_shop(settings, model=model), customer) as session:
            turn = session.turn(text)
            turn.image = picture
            return await session.say(turn)

    events = asyncio.run(run())
    done = next(event for event in events if isinstance(event, TurnDone))
    if as_json:
        shown = [event.model_dump(mode="json") for event in events if event.type not in ("turn_done", "text_delta")]
        print(
            json.dumps(
                {**done.model_dump(mode="json", exclude={"type"}), "events": shown}, ensure_ascii=False, indent=1
            )
        )
        return
    print(done.text)
    for card in done.products:
        stars = f"  {card.rating:.1f}★" if card.rating else ""
        why = f"  ({'; '.join(reason.text for reason in card.reasons)})" if card.reasons else ""
        print(f"  {card.position}. {card.title} — {card.price_text}{stars}  {card.stock_text}{why}")


def search(
    text: Annotated[str, typer.Argument(help="What to look for; may be empty with --image.")] = "",
    image: Picture = None,
    filters: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            help="key=value, repeatable: type, brand, colour, size, price_max, price_min, rating_min, in_stock, "
            "an attribute (waterproof=yes), or not.key=value.",
        ),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=100)] = 10,
    as_json: Json = False,
) -> None:
    """Search the catalogue, without a conversation."""
    from assistant.cli.session import opened_shop
    from assistant.settings import Settings
    from assistant.understanding.language import detect_language
    from retrieval.search.query import Query

    shop = opened_shop(Settings(), model=False)
    query = Query(
        text=text,
        image=_open(image),
        filters=_filters(filters or [], shop.knowledge.lexicon),
        language=detect_language(text),
        limit=limit,
    )
    result = shop.knowledge.search.search(query)
    if as_json:
        rows = [
            {
                "id": hit.product.id,
                "variant": hit.variant.id,
                "title": hit.product.name("en"),
                "price": str(hit.variant.price),
                "currency": hit.product.currency,
                "stock": hit.variant.stock,
                "score": round(hit.score, 4),
                "reasons": [list(reason) for reason in hit.reasons],
                "parts": hit.parts,
            }
            for hit in result.hits
        ]
        found = {
            "outcome": result.outcome.value,
            "total": result.total,
            "relaxed": list(result.relaxed),
            "products": rows,
        }
        print(json.dumps(found, ensure_ascii=False, indent=1))
        return
    relaxed = f", loosened: {', '.join(result.relaxed)}" if result.relaxed else ""
    print(f"{result.outcome.value}: {result.total}{relaxed}")
    for hit in result.hits:
        price = f"{hit.variant.price} {hit.product.currency}"
        print(f"  {hit.product.name('en')} — {price}, {hit.variant.stock} in stock  [{hit.product.id}]")


def _open(path: Path | None) -> Any:
    if path is None:
        return None
    from retrieval.encoders.pictures import BadPicture, open_picture

    try:
        return open_picture(path.read_bytes())
    except BadPicture as bad:
        from assistant.cli.failures import Unusable

        raise Unusable(f"{path}: {bad.detail} ({bad.code})") from bad


def _filters(pairs: list[str], lexicon: Any) -> Any:
    from decimal import Decimal, InvalidOperation

    from retrieval.search.query import Filters

    fields: dict[str, Any] = {}
    several = {"type": "types", "brand": "brands", "colour": "colours", "size": "sizes"}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not value:
            raise typer.BadParameter(f"{pair!r} is not key=value")
        if key.startswith("not."):
            fields["exclude"] = (*fields.get("exclude", ()), (key[4:], value))
        elif key == "type":
            fields["types"] = (*fields.get("types", ()), *(lexicon.expand(value) or (value,)))
        elif key in several:
            fields[several[key]] = (*fields.get(several[key], ()), value)
        elif key in ("price_min", "price_max"):
            try:
                fields[key] = Decimal(value)
            except InvalidOperation as error:
                raise typer.BadParameter(f"{value!r} is not a price") from error
        elif key == "rating_min":
            fields[key] = float(value)
        elif key == "in_stock":
            fields[key] = value.lower() in ("yes", "true", "1")
        else:
            fields["attributes"] = (*fields.get("attributes", ()), (key, value))
    return Filters(**fields)
