"""`shopclerk privacy …`: what is held of a customer, for who asks for it by letter or telephone."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

privacy = typer.Typer(help="What is held of a person.", no_args_is_help=True)
_TABLES = ("merchandising", "notify", "online", "profile", "shop")
"""The rooms whose tables name shoppers, beside those of the records."""


@privacy.callback()
def _group() -> None:
    """One command so far: without this it would have no name."""


@privacy.command("export")
def export(
    customer: Annotated[str, typer.Argument(help="The customer's id or e-mail address.")],
    file: Annotated[Path | None, typer.Argument(help="The JSON file to write; else it is printed.")] = None,
) -> None:
    """Everything that the database holds of a customer, as JSON; what was sealed is readable in it."""
    from assistant.database import utc_now
    from assistant.profile.held import Held, subject_of
    from assistant.records.records import Records
    from assistant.seal import shop_seal
    from assistant.settings import Settings
    from assistant.setup.state import open_database
    from assistant.shop.customers import Customers

    for room in _TABLES:
        import_module(f"assistant.{room}.tables")
    settings = Settings()
    database = open_database(settings)
    Records(database)
    customers = Customers(database, limited=False)
    found = customers.get(customer) or customers.by_email(customer)
    if found is None:
        print(f"There is no customer with the id or e-mail address {customer!r}.", file=sys.stderr)
        raise typer.Exit(1)
    held = Held(database, shop_seal(settings)).export(subject_of(database, found.id))
    told = {"exported_at": utc_now().isoformat(), "customer_id": found.id, "records": held}
    text = json.dumps(told, ensure_ascii=False, indent=1)
    if file is None:
        print(text)
        return
    file.touch(mode=0o600)
    file.write_text(text, encoding="utf-8")
    print(f"{file}: {sum(map(len, held.values()))} rows of {len(held)} tables")
