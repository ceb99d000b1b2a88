"""The commands of the terminal; each imports what it needs when it is called,
so that `--help` answers at once.
"""
# ruff: noqa: PLC0415  see above
# ruff: noqa: FBT002, PLR0913, PLR0917  an option of the command line is a parameter of its function

from pathlib import Path
from typing import Annotated

import typer

from domain.terms.roles import Role
from terminal.office import law, units
from terminal.options import HERE, Address, English, TokenFile, TokenText

app = typer.Typer(no_args_is_help=True, add_completion=False)
tokens = typer.Typer(
    no_args_is_help=True, help="访问令牌：生成、列出、吊销（直接读写数据库）。 Bearer tokens."
)
app.add_typer(tokens, name="token")
app.add_typer(law, name="law")
app.add_typer(units, name="units")

persons = typer.Typer(
    no_args_is_help=True, help="登录账号：新建、列出、停用、启用、重置口令。 People who sign in."
)
app.add_typer(persons, name="people")
Target = Annotated[str, typer.Argument(metavar="ID", help="事件标识或编号。 The incident's id or number.")]


@app.command("list")
def list_incidents(
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
    closed: Annotated[bool, typer.Option("--closed", help="已办结的。 Closed ones.")] = False,
    drill: Annotated[
        bool | None,
        typer.Option("--drill/--real", help="只列演练，或只列正式。 Drills alone, or what is real."),
    ] = None,
    unit: Annotated[str | None, typer.Option(help="有关单位编码。 A unit that has a part in it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="最多行数。 At most so many.")] = 50,
    english: English = False,
) -> None:
    """在办事件，按剩余时间排列。 Open incidents by remaining time."""
    from terminal.lists import show_list
    from terminal.outcome import told
    from terminal.session import open_web

    with told(), open_web(url, token, token_file) as web:
        show_list(web, closed=closed, drill=drill, unit=unit, limit=limit, english=english)


@app.command()
def show(
    target: Target,
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
    english: English = False,
) -> None:
    """一个事件：由谁办、时限及算法、时间线。
    One incident: its limits, how they were computed, its timeline.
    """
    from terminal.incident import show_incident
    from terminal.outcome import told
    from terminal.session import open_web

    with told(), open_web(url, token, token_file) as web:
        show_incident(web, target, english=english)


@app.command("import")
def import_sheet(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="监测系统导出的表格。 An exported sheet.")],
    target: Annotated[
        str,
        typer.Option("--into", metavar="ID", help="并入哪件在办事件；不写则登记为新事件。 Into which case."),
    ] = "new",
    title: Annotated[str, typer.Option("--title", help="新事件的标题；不写取首行标题。 Of a new case.")] = "",
    discovered_at: Annotated[
        str | None,
        typer.Option("--discovered-at", help="新事件的发现时间，带时区；不写为现在。 When it was found."),
    ] = None,
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
) -> None:
    """导入监测系统导出的表格（XLSX、CSV）：逐条收为来源，不留作者。 Take in a sheet; no author is kept."""
    from terminal.outcome import told
    from terminal.session import open_web
    from terminal.sheets import take_in

    with told(), open_web(url, token, token_file) as web:
        take_in(web, file, target=target, title=title, discovered_at=discovered_at)


@app.command()
def watch(
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
    unit: Annotated[str | None, typer.Option(help="承担单位编码。 The unit that owes.")] = None,
    drill: Annotated[
        bool | None,
        typer.Option("--drill/--real", help="只看演练，或只看正式。 Drills alone, or what is real."),
    ] = None,
    every: Annotated[float, typer.Option(min=1, help="每隔几秒取一次。 Seconds between looks.")] = 5,
    once: Annotated[bool, typer.Option("--once", help="只显示一次。 Show once and end.")] = False,
    english: English = False,
) -> None:
    """时限倒计时，Ctrl-C 结束。 A live countdown of what is owed; Ctrl-C ends it."""
    from terminal.outcome import told
    from terminal.session import open_web
    from terminal.watching import watch_obligations

    with told(), open_web(url, token, token_file) as web:
        watch_obligations(web, unit=unit, drill=drill, every=every, once=once, english=english)


@app.command()
def submit(
    target: Annotated[
        str,
        typer.Argument(
            metavar="ID", help="事件标识或编号；登记用 new。 The incident's id or number; new to register."
        ),
    ],
    command: Annotated[
        str, typer.Argument(help="步骤，如 sign_for；登记为 register。 The command, such as sign_for.")
    ],
    fields: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[key=value …]", help="字段；key:=JSON 给出结构。 Fields; key:=JSON for structures."
        ),
    ] = None,
    data: Annotated[
        str | None,
        typer.Option("--data", help="JSON 文件，- 为标准输入。 A JSON file, - for standard input."),
    ] = None,
    key: Annotated[
        str | None,
        typer.Option(
            "--key", help="重发时给出先前打印的 Idempotency-Key。 The key printed before, to send again."
        ),
    ] = None,
    if_match: Annotated[
        str | None,
        typer.Option("--if-match", help="所见事件序号，其后有人办理则拒绝。 The event number you saw."),
    ] = None,
    url: Address = HERE,
    token: TokenText = "",
    token_file: TokenFile = None,
) -> None:
    """办理一个步骤；登记新事件：submit new register …。
    Give a command; `submit new register …` opens an incident.
    """
    from terminal.giving import GivenStep, give
    from terminal.outcome import told
    from terminal.session import open_web

    step = GivenStep(
        target=target, command=command, fields=tuple(fields or ()), data=data, key=key, if_match=if_match
    )
    with told(), open_web(url, token, token_file) as web:
        give(web, step)


@tokens.command("create")
def token_create(
    person: Annotated[str, typer.Option(help="人员标识。 The person's identifier.")],
    role: Annotated[Role, typer.Option(help="角色。 The role acted in.")],
    unit: Annotated[str, typer.Option(help="单位编码。 The code of the unit acted for.")],
    days: Annotated[int, typer.Option(min=1, max=366, help="有效天数。 The days that it holds.")] = 90,
) -> None:
    """生成令牌，只显示这一次，到期失效。 Make a token; it is shown this once, and refused from its end on."""
    from terminal.tokens import create

    create(person, role, unit, days)


@tokens.command("list")
def token_list() -> None:
    """列出全部令牌（不含令牌本身）。 All tokens, without their text."""
    from terminal.tokens import show_all

    show_all()


@tokens.command("revoke")
def token_revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="token list 所列标识。 The id as listed.")],
) -> None:
    """吊销令牌；网页进程最迟一分钟后拒绝它。 Revoke a token; the web refuses it within a minute."""
    from terminal.tokens import revoke_token

    revoke_token(token_id)


@persons.command("add")
def person_add(
    login: Annotated[str, typer.Argument(help="账号，英文字母和数字。 The login, plain ASCII.")],
    name: Annotated[str, typer.Option(help="姓名或称谓。 The name shown to others.")],
    post: Annotated[str, typer.Option(help="岗位：角色或三员之一。 A role, or one of the administrators.")],
    unit: Annotated[str, typer.Option(help="单位编码。 The unit's code.")],
) -> None:
    """新建账号，口令只显示这一次，首次登录须修改。 Make an account; its password is shown this once."""
    from terminal.people_commands import add

    add(login, name, post, unit)


@persons.command("list")
def person_list() -> None:
    """列出全部账号。 All accounts."""
    from terminal.people_commands import show_all

    show_all()


@persons.command("disable")
def person_disable(login: Annotated[str, typer.Argument(help="账号。 The login.")]) -> None:
    """停用账号，其登录立即结束。 Disable an account; its sessions end at once."""
    from terminal.people_commands import disable_one

    disable_one(login)


@persons.command("enable")
def person_enable(login: Annotated[str, typer.Argument(help="账号。 The login.")]) -> None:
    """重新启用账号。 Let a disabled account sign in again."""
    from terminal.people_commands import enable_one

    enable_one(login)


@persons.command("password")
def person_password(login: Annotated[str, typer.Argument(help="账号。 The login.")]) -> None:
    """重置口令，只显示这一次；动态码和通行密钥一并取消。
    A new password, shown this once; one-time code and passkeys are dropped.
    """
    from terminal.people_commands import renew

    renew(login)
