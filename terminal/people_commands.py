"""The commands over accounts: what was typed, and what the terminal says."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer
from rich.console import Console
from rich.table import Table

from domain.terms.roles import Role
from storage.accounts import Administrator, Post
from storage.database import Database
from storage.people import Particulars, PersonRefused
from terminal.database import at_the_terminal, on_database
from terminal.outcome import ERRORS, refuse_usage
from terminal.own_settings import read_settings
from terminal.people import add_person, disable_person, enable_person, new_password_for, people
from terminal.wordings import plain
from words.labels import label_of
from words.wording import absolute

T = TypeVar("T")
_ONCE = (
    "口令只显示这一次，24 小时内有效，首次登录须修改。 The password is shown this once,"
    " serves for 24 hours and must be changed at the first sign-in."
)


def add(login: str, name: str, post: str, unit: str) -> None:
    """Make an account and print its password, alone on standard output."""
    settings, chosen = read_settings(), _post(post)
    password = _on_accounts(
        lambda database: add_person(
            database,
            settings,
            login,
            Particulars(name=name, post=chosen, unit=unit),
            author=at_the_terminal(),
        ),
        "people add",
    )
    ERRORS.print(_ONCE)
    typer.echo(password.password)


def show_all() -> None:
    """Print all accounts."""
    table = Table(title="账号 accounts", title_justify="left")
    for heading in (
        "账号 login",
        "姓名 name",
        "岗位 post",
        "单位 unit",
        "第二道验证 second proof",
        "停用 disabled",
    ):
        table.add_column(heading)
    for one in _on_accounts(people, "people list"):
        table.add_row(
            plain(one.login),
            plain(one.name),
            label_of(one.post).zh,
            plain(one.unit),
            "是" if one.has_second_factor else "",
            absolute(one.disabled_at) if one.disabled_at else "",
        )
    Console().print(table)


def disable_one(login: str) -> None:
    """Disable an account."""
    _on_accounts(lambda database: disable_person(database, login, author=at_the_terminal()), "people disable")
    ERRORS.print(f"账号 {plain(login)} 已停用。 Disabled.")


def enable_one(login: str) -> None:
    """Enable a disabled account."""
    _on_accounts(lambda database: enable_person(database, login, author=at_the_terminal()), "people enable")
    ERRORS.print(f"账号 {plain(login)} 已启用。 Enabled.")


def renew(login: str) -> None:
    """Print a new password, alone on standard output."""
    password = _on_accounts(
        lambda database: new_password_for(database, login, author=at_the_terminal()), "people password"
    )
    ERRORS.print(_ONCE)
    typer.echo(password)


def _post(text: str) -> Post:
    posts: dict[str, Post] = {member.value: member for kind in (Role, Administrator) for member in kind}
    if text not in posts:
        raise refuse_usage(f"没有岗位“{text}”；可用：{'、'.join(posts)}", "There is no such post.")
    return posts[text]


def _on_accounts(work: Callable[[Database], Awaitable[T]], command: str) -> T:
    """What work on the accounts gives; a refusal ends the program with its words."""
    try:
        return on_database(read_settings(), work, command)
    except PersonRefused as refused:
        said = label_of(refused.reason)
        raise refuse_usage(*(text.replace("{subject}", refused.subject) for text in said)) from None
