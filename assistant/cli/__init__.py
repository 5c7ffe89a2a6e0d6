"""The command line. Each command imports what it needs when it runs, so that ``--help`` is quick. Groups of commands
of other packages are found by their entry points in ``shopclerk.commands``, as those of the laboratory are."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points

import typer

from assistant.cli import ask, doctor, experiment, export, init, knowledge, privacy, ranker, serve, staff, sync

app = typer.Typer(
    name="shopclerk",
    help="A shopping assistant and customer-service bot for online shops. Start with: shopclerk serve",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve.serve)
app.command("init")(init.init)
app.command("ask")(ask.ask)
app.command("search")(ask.search)
knowledge.shop.command("sync")(sync.sync)
app.add_typer(knowledge.shop, name="shop")
app.add_typer(knowledge.faq, name="faq")
app.add_typer(export.export, name="export")
app.add_typer(ranker.ranker, name="ranker")
app.add_typer(experiment.experiment, name="experiment")
app.add_typer(privacy.privacy, name="privacy")
app.add_typer(staff.staff, name="staff")
app.command("doctor")(doctor.doctor)
for more in entry_points(group="shopclerk.commands"):
    app.add_typer(more.load(), name=more.name)


def main() -> None:
    """Exit status 0 is success, 2 a usage error, 1 a failure told in one line."""
    from assistant.cli.failures import told

    try:
        app()
    except Exception as error:
        line = told(error)
        if line is None:
            raise
        print(f"shopclerk: {line}", file=sys.stderr)
        sys.exit(1)
