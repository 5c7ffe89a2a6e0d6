"""`shopclerk shop load` of a retail file: a whole shop, with customers, orders and rules."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from assistant.shop.retail_serving import TakenOut
    from retrieval.store.rows import Diff


def load_shop(paths: Sequence[Path], *, dry_run: bool, replace: bool) -> None:
    """Checks the file, makes its products the live catalogue, and puts the rest into the database. Loaded again it
    changes nothing. Raises ``RetailInvalid``, ``RulesInvalid`` or ``ShopInUse``, and has then changed nothing."""
    from assistant.cli.failures import Unusable
    from assistant.cli.progress import Steps
    from assistant.settings import Settings
    from assistant.setup.knowledge import help_pages_beside, open_store, switch_catalogue
    from assistant.setup.state import open_database
    from assistant.shop.retail_serving import ServedFile, check_may_replace
    from retrieval.search.indexing import preview_products

    if len(paths) > 1:
        raise Unusable("a file with customers and orders is a shop of its own: load it alone")
    path, settings = paths[0], Settings()
    served = ServedFile.read(path)
    products = served.products()
    with Steps() as steps:
        store, encoders = open_store(settings, steps.tell)
        if dry_run:
            diff, live = preview_products(store, products, path.parent), "(dry run: nothing was changed)"
        else:
            database = open_database(settings)
            if not replace:
                check_may_replace(database, served.digest)
            done = switch_catalogue(settings, store, encoders, products, path.parent, steps.tell)
            out = served.load(database, replace=replace)
            diff, live = done.diff, f"live: {done.info.name}"
    held = served.file
    print(f"{len(products):,} products, {len(held.users):,} customers, {len(held.orders):,} orders (retail file)")
    if not dry_run:
        if out is None:
            print("its customers and orders were there already, with what has been done since")
        elif out.customers:
            print(taken_out(out))
        print("What a running shop allows changes when it is started again; `shopclerk shop rules` says what that is.")
        print(help_pages(*help_pages_beside(settings, store, encoders)))
    print(changes(diff), live)


def help_pages(number: int, answer: bool) -> str:
    """What becomes of the help pages beside the catalogue that was loaded."""
    load = "`shopclerk faq reload FILE` loads those of this shop"
    if not number:
        return f"There are no help pages, so questions on delivery, payment and returns go to a person: {load}."
    if not answer:
        return f"The demo shop's help pages answer nothing beside this catalogue: {load}."
    return f"The help pages stay as they are, {number:,} of them; if they are another shop's, {load}."


def changes(diff: Diff) -> str:
    """What a load changed, or would."""
    counts = f"{len(diff.added)} added, {len(diff.changed)} changed, {len(diff.removed)} removed"
    return f"{counts}, {diff.unchanged} unchanged;"


def taken_out(out: TakenOut) -> str:
    """What of the shop before is gone."""
    return f"the shop before was taken out: {out.customers:,} customers, {out.orders:,} orders"
