"""`shopclerk staff …`: the accounts of agents, leads and admins."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Literal, TypeVar

import typer

if TYPE_CHECKING:
    from assistant.records.records import Records
    from assistant.service.staff import StaffService

Done = TypeVar("Done")
staff = typer.Typer(help="Accounts for the agent console and the admin page.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="The sign-in name.")]
FromStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from the first line of stdin.")]


@staff.command("list")
def list_() -> None:
    """Who has an account."""
    records, _ = _service()
    for account in records.accounts.list():
        state = f"disabled {account.disabled_at:%Y-%m-%d}" if account.disabled_at else "active"
        seen = f"last signed in {account.seen_at:%Y-%m-%d %H:%M} UTC" if account.seen_at else "never signed in"
        print(f"{account.login:<20} {account.role:<6} {account.name:<24} {state}, {seen}")


@staff.command("add")
def add(
    name: Name,
    role: Annotated[Literal["agent", "lead", "admin"], typer.Option(help="What they may do.")] = "agent",
    shown: Annotated[str, typer.Option(help="The name shoppers see; else the sign-in name.")] = "",
    password_stdin: FromStdin = False,
) -> None:
    """Make an account; the password is asked for."""
    _, service = _service()
    account = _refusing(lambda: service.make(name, shown or name, role, _password(password_stdin), "command line"))
    print(f"{account.login} may sign in as {account.role}; shoppers see “{account.name}”.")


@staff.command("disable")
def disable(name: Name) -> None:
    """They cannot sign in any more, and are signed out at once."""
    _change(name, lambda records, account_id: records.accounts.disable(account_id))
    print(f"{name} is disabled.")


@staff.command("enable")
def enable(name: Name) -> None:
    """They can sign in again."""
    _change(name, lambda records, account_id: records.accounts.enable(account_id))
    print(f"{name} is enabled.")


@staff.command("password")
def password(name: Name, password_stdin: FromStdin = False) -> None:
    """Give a new password; it ends their sessions."""
    records, service = _service()
    account = _refusing(lambda: records.accounts.named(name))
    new = _password(password_stdin)
    _refusing(lambda: service.renew_password(account.id, new))
    print(f"{account.login} has a new password.")


def _service() -> tuple[Records, StaffService]:
    from assistant.access import Access
    from assistant.records.records import Records
    from assistant.service.staff import StaffService
    from assistant.settings import Settings
    from assistant.setup.state import check_state_dir, open_database

    settings = Settings()
    check_state_dir(settings.state_dir)
    database = open_database(settings)
    records = Records(database)
    return records, StaffService(Access.from_settings(settings), records)


def _change(name: str, change: Callable[[Records, str], None]) -> None:
    records, _ = _service()
    _refusing(lambda: change(records, records.accounts.named(name).id))


def _refusing(do: Callable[[], Done]) -> Done:
    """Runs it; what cannot be done is told in one line."""
    from assistant.cli.failures import Unusable
    from assistant.pages import Refused
    from assistant.records.accounts import LastAdmin, UnknownAccount

    try:
        return do()
    except Refused as refusal:
        reasons = {
            "short_password": f"a password needs at least {refusal.values.get('count')} characters",
            "name_taken": "another account has this name",
            "no_name": "an account needs a name",
        }
        raise Unusable(reasons.get(refusal.key, str(refusal))) from refusal
    except UnknownAccount as unknown:
        raise Unusable(f"there is no account {unknown}") from unknown
    except LastAdmin as last:
        raise Unusable(f"{last} is the last admin: without one nobody could make accounts any more") from last


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return str(typer.prompt("Password", hide_input=True, confirmation_prompt=True))
