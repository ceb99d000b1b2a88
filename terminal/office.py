"""The commands of those who keep the law and the registry of units;
each imports what it needs when it is called.
"""
# ruff: noqa: PLC0415  see above
# ruff: noqa: PLR0917  an option of the command line is a parameter of its function

from pathlib import Path
from typing import Annotated

import typer

from terminal.options import HERE, Address, TokenFile, TokenText

law = typer.Typer(
    no_args_is_help=True, help="规则：查看现行参数，两人修改。 The law in force, and its changes."
)
units = typer.Typer(
    no_args_is_help=True, help="单位名录：导入、列出、查缺（直接读写数据库）。 The registry of units."
)

Number = Annotated[int, typer.Argument(min=1, help="提议编号。 The number of the proposal.")]
Key = Annotated[
    str | None, typer.Option("--key", help="重发时给出先前的 Idempotency-Key。 The key, to send again.")
]


@law.command("show")
def law_show(url: Address = HERE, token: TokenText = "", token_file: TokenFile = None) -> None:
    """现行参数、依据、版本和历次修改。 Parameters in force, with clauses, version and changes."""
    from terminal.law import show_law
    from terminal.outcome import told
    from terminal.session import open_web

    with told(), open_web(url, token, token_file) as web:
        show_law(web)


@law.command("propose")
def law_propose(
    values: Annotated[
        list[str],
        typer.Argument(
            metavar="name=value …", help="如 limits.h48=PT36H；name:=JSON 给出数和列表。 New values."
        ),
    ],
    reason: Annotated[str, typer.Option("--reason", help="修改理由。 Why.")],
    effective_from: Annotated[
        str | None,
        typer.Option("--from", help="自何时起，带时区；不写则确认即生效。 From when, with its zone."),
    ] = None,
    key: Key = None,
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
) -> None:
    """提议修改参数，由另一位负责同志确认。 Propose a change; another leader confirms it."""
    from terminal.law import propose
    from terminal.outcome import told
    from terminal.session import open_web

    with told(), open_web(url, token, token_file) as web:
        propose(web, values, reason=reason, effective_from=effective_from, key=key)


@law.command("calendar")
def law_calendar(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="日历文件，如 calendar.yaml。 The file.")],
    reason: Annotated[str, typer.Option("--reason", help="依据，如通知文号。 Why.")],
    effective_from: Annotated[
        str | None,
        typer.Option("--from", help="自何时起，带时区；不写则确认即生效。 From when, with its zone."),
    ] = None,
    key: Key = None,
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
) -> None:
    """导入某年的放假调休安排，由另一人确认。
    Propose the calendar of a year from a file; another person confirms it.
    """
    from terminal.calendars import import_calendar
    from terminal.outcome import told
    from terminal.session import open_web

    with told(), open_web(url, token, token_file) as web:
        import_calendar(web, file, reason=reason, effective_from=effective_from, key=key)


@law.command("recount")
def law_recount(
    reason: Annotated[str, typer.Option("--reason", help="依据，如通知文号。 Why.")],
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
) -> None:
    """按新日历逐件重算以工作日计的时限，列出结果。 Count the limits in working days again, case by case."""
    from terminal.calendars import count_again
    from terminal.outcome import told
    from terminal.session import open_web

    with told(), open_web(url, token, token_file) as web:
        count_again(web, reason=reason)


@law.command("confirm")
def law_confirm(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="说明，可不写。 A remark.")] = "",
    key: Key = None,
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
) -> None:
    """确认他人提议的修改。 Confirm what another person proposed."""
    from terminal.law import answer
    from terminal.outcome import told
    from terminal.session import open_web

    with told(), open_web(url, token, token_file) as web:
        answer(web, number, "confirm", reason=reason, key=key)


@law.command("decline")
def law_decline(
    number: Number,
    reason: Annotated[str, typer.Option("--reason", help="不同意的理由。 Why not.")],
    key: Key = None,
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
) -> None:
    """不同意一项修改，或撤回本人的提议。 Decline a change, or take one's own back."""
    from terminal.law import answer
    from terminal.outcome import told
    from terminal.session import open_web

    with told(), open_web(url, token, token_file) as web:
        answer(web, number, "decline", reason=reason, key=key)


@units.command("import")
def units_import(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="名录文件。 The file of the registry.")],
) -> None:
    """导入人员和渠道：文件所列单位的旧登记由新的取代，其余不动。
    The units in the file get its entries in place of theirs.
    """
    from terminal.units import import_file

    import_file(file)


@units.command("list")
def units_list() -> None:
    """各单位的类型、职责和在任人员。 Units with type, duties and the persons in office."""
    from terminal.units import show_units

    show_units()


@units.command("gaps")
def units_gaps() -> None:
    """缺监测员、B角、负责同志或渠道的单位；有缺口时状态码为 1。
    Units that are not ready; status 1 when there are any.
    """
    from terminal.units import show_gaps

    show_gaps()


@units.command("rota")
def units_rota(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE.yaml", help="值班表文件；不写则列出。 The rota; none: list it."),
    ] = None,
) -> None:
    """导入值班表：文件所涉单位和时段的旧班次由新的取代；不给文件则列出未结束的班次。
    Import the rota, or list what is not over.
    """
    from terminal.rota import import_rota, show_rota

    if file is None:
        show_rota()
    else:
        import_rota(file)
