"""The table of roles and routes, made from what the routes of an application declare;
`python -m tests.permissions_table` writes its document.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts

from api.admission import AccessOutcome, CallerClass, admission, narrowing
from api.audit_book import Declaration, InTheLog, Unwritten, WrittenAct, declaration_of
from api.security import access_of
from domain.catalogue import COMMANDS
from domain.terms.roles import Role, Standing
from web import create_app
from words.labels import label, label_of

DOCUMENT: Final = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"
_UNSEEN: Final = frozenset(
    {CallerClass.OTHER_UNIT, CallerClass.PUBLICITY_DEPARTMENT, CallerClass.PUBLIC_SECURITY}
)
_STANDINGS: Final = {  # of each unit, in the incident that the table speaks of
    "concerned": frozenset(
        {Standing.ANY_UNIT, Standing.INVOLVED, Standing.RESPONDER, Standing.ADDRESSEE, Standing.ASKED_TO_SIGN}
    ),
    "office": frozenset({Standing.ANY_UNIT, Standing.OFFICE, Standing.RECEIVING, Standing.REGISTRANT}),
    "cyberspace": frozenset({Standing.ANY_UNIT, Standing.CYBERSPACE_OFFICE}),
    "elsewhere": frozenset({Standing.ANY_UNIT}),
}
POSTS: Final[Mapping[CallerClass, tuple[Role, str]]] = {
    CallerClass.OTHER_UNIT: (Role.HANDLER, "elsewhere"),
    CallerClass.MONITOR: (Role.MONITOR, "concerned"),
    CallerClass.HANDLER: (Role.HANDLER, "concerned"),
    CallerClass.DEPUTY_LEADER: (Role.DEPUTY_LEADER, "concerned"),
    CallerClass.PRINCIPAL_LEADER: (Role.PRINCIPAL_LEADER, "concerned"),
    CallerClass.SPOKESPERSON: (Role.SPOKESPERSON, "concerned"),
    CallerClass.OFFICE: (Role.PRINCIPAL_LEADER, "office"),
    CallerClass.CYBERSPACE_OFFICE: (Role.HANDLER, "cyberspace"),
    CallerClass.PUBLICITY_DEPARTMENT: (Role.HANDLER, "elsewhere"),
    CallerClass.PUBLIC_SECURITY: (Role.HANDLER, "elsewhere"),
    CallerClass.CITY_LEADER: (Role.CITY_LEADER, "office"),
    CallerClass.AUDITOR: (Role.AUDITOR, "elsewhere"),
}
_HEADINGS: Final = {
    CallerClass.ANONYMOUS: "未登录",
    CallerClass.DISABLED: "已停用",
    CallerClass.MUST_CHANGE: "未改口令",
    CallerClass.OTHER_UNIT: "无关单位",
    CallerClass.MONITOR: "监测员",
    CallerClass.HANDLER: "经办人",
    CallerClass.DEPUTY_LEADER: "分管负责同志",
    CallerClass.PRINCIPAL_LEADER: "主要负责同志",
    CallerClass.SPOKESPERSON: "新闻发言人",
    CallerClass.OFFICE: "市政府办",
    CallerClass.CYBERSPACE_OFFICE: "网信办",
    CallerClass.PUBLICITY_DEPARTMENT: "宣传部",
    CallerClass.PUBLIC_SECURITY: "公安局",
    CallerClass.CITY_LEADER: "市领导",
    CallerClass.AUDITOR: "审计员",
    CallerClass.SYSTEM_ADMINISTRATOR: "系统管理员",
    CallerClass.SECURITY_ADMINISTRATOR: "安全管理员",
    CallerClass.AUDIT_ADMINISTRATOR: "审计管理员",
}
_MARKS: Final = {
    AccessOutcome.ALLOWED: "✓",
    AccessOutcome.SIGN_IN: "登录",
    AccessOutcome.PASSWORD: "改口令",
    AccessOutcome.UNAUTHENTICATED: "401",
    AccessOutcome.FORBIDDEN: "403",
    AccessOutcome.NOT_FOUND: "404",
}
_STEP: Final = "步"
_PREAMBLE: Final = """# 权限表 · Who may ask what

由程序的路由生成，不手工修改：`make permissions`。测试逐格核对（`tests/desk/test_permissions.py`），未声明权限的路由不能启动。

说的是这样一件舆情：市政府办公室登记，涉及并交办青溪镇；监测员至新闻发言人为青溪镇的人，市政府办为其主要负责同志，无关单位、网信办、宣传部、公安局为其经办人。
宣传部、公安局在此事中没有角色：被列为涉事、协查、会商或收到文书后，与涉事单位同样看得到。

✓ 可用（办理仍受环节限制，如 409）；401 须出示有效令牌；403 不得；404 视同不存在；“登录”“改口令”转到相应页面；“步”见第二张表。
令牌只给办理人员，其范围为“只读”时，不能改变任何内容（403），审计员只有这一种；停用、须改口令或岗位已变时令牌无效（401）。
“/sign-in/openid”只在接入统一身份认证后可用，未接入时为 404。
“审计簿”一栏：每次请求（被拒绝的也在内）记为何种行为，记不下来的就不答复；“事件日志”：步骤由事件日志记录，审计簿只记被拒绝的，且不等审计簿。
市领导一栏是一般情形；市政府办公室自身涉事而由分管副市长或市长决定时，以其单位（岗位为市领导）登录的，可作决定者的各步（决定 0052）。
市政府办公室的人员按值班表在班时，不论岗位，可研判、交办、定牵头单位、签发督办单（决定 0092）。

Made from the routes of the program by `make permissions`; a test asks each cell. The incident of the table is registered by the office of the city
government and assigned to one town, whose people the roles are; the other units' callers are handlers. ✓ allowed (the stage may still refuse, 409);
登录, 改口令: led to the page of sign-in, of the password; 步: see the table of steps. A token of scope read changes nothing (403),
and auditors have no other. /sign-in/openid is there for all once a provider is set up. The column of the audit book says as what each request, a denied
one too, is written down before it is answered; 事件日志: steps stand in the event log and wait for no book, which has those denied.
The column of city leaders is the ordinary case: where 市政府办公室 is itself the subject and 分管副市长 or 市长 decides, a city leader who signs in for
that post takes the steps of who decides (decision 0052). Staff of the office who are on duty by the rota judge, assign, designate the lead and sign
supervision orders, whatever their role (decision 0092).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One method of one address: its access, what each kind of caller is answered,
    and what is written down of it.

    `step` where a command decides too.
    """

    method: str
    path: str
    access: str
    answers: Mapping[CallerClass, AccessOutcome]
    written: Declaration
    step: str = ""


def table(app: FastAPI) -> list[Row]:
    """Every method of every address; an address of all steps has a row for each.

    Raises LookupError for an access that does not declare whom it admits,
    or a route that does not declare what is written down.
    """
    return [row for context in iter_route_contexts(app.routes) for row in _rows(context)]


def _rows(context: object) -> Iterator[Row]:
    dependant = getattr(context, "dependant", None)
    if dependant is None:
        return
    path, name = str(getattr(context, "path", "")), str(getattr(context, "name", ""))
    accesses = access_of(dependant)
    for found in accesses:
        if admission(found) is None:
            raise LookupError(f"{path}: the access {found!r} does not declare whom it admits")
    written = declaration_of(dependant.call)
    if written is None:
        raise LookupError(f"{path}: the route does not declare what the audit book has of it")
    declared = _strictest([admission(found) or {} for found in accesses])
    seen = {kind: _narrower(path, kind, declared[kind]) for kind in CallerClass} | _still_refused(
        narrowing(dependant.call), declared
    )
    said = "、".join(sorted(getattr(found, "__name__", "") for found in accesses))
    for method in sorted(getattr(context, "methods", None) or ()):
        for step, address in _steps(path, name):
            answers = {kind: step_answer(step, kind, seen[kind]) for kind in CallerClass}
            yield Row(method=method, path=address, access=said, answers=answers, written=written, step=step)


def _strictest(declared: list[Mapping[CallerClass, AccessOutcome]]) -> dict[CallerClass, AccessOutcome]:
    """Of several accesses the refusals count."""
    refused = {
        kind: [one[kind] for one in declared if one[kind] is not AccessOutcome.ALLOWED]
        for kind in CallerClass
    }
    return {kind: (refused[kind] or [AccessOutcome.ALLOWED])[0] for kind in CallerClass}


def _narrower(path: str, kind: CallerClass, answer: AccessOutcome) -> AccessOutcome:
    if "{incident_id}" in path and kind in _UNSEEN and answer is AccessOutcome.ALLOWED:
        return AccessOutcome.NOT_FOUND
    return answer


def _still_refused(
    narrowed: Mapping[CallerClass, AccessOutcome], declared: Mapping[CallerClass, AccessOutcome]
) -> dict[CallerClass, AccessOutcome]:
    return {kind: answer for kind, answer in narrowed.items() if declared[kind] is AccessOutcome.ALLOWED}


def _steps(path: str, name: str) -> Iterable[tuple[str, str]]:
    if path.endswith("/do/{kind}"):
        return [(kind, path.replace("{kind}", kind)) for kind in COMMANDS if kind != "register"]
    last = path.rsplit("/", 1)[1]
    return [(last if last in COMMANDS else name if name in COMMANDS else "", path)]


def step_answer(step: str, kind: CallerClass, seen: AccessOutcome) -> AccessOutcome:
    """What who reaches a step is answered: role and standing decide (`domain.rules.permissions`)."""
    if not step or seen is not AccessOutcome.ALLOWED or kind not in POSTS:
        return seen
    (role, unit), command = POSTS[kind], COMMANDS[step]
    stands = step == "register" or role is Role.CITY_LEADER or bool(_STANDINGS[unit] & command.standings)
    return AccessOutcome.ALLOWED if role in command.roles and stands else AccessOutcome.FORBIDDEN


def document(rows: Iterable[Row]) -> str:
    """The table as a document: the addresses, then what each step asks."""
    listed = list(rows)
    head = ["方法 · method", "地址 · address", "权限 · access", "审计簿 · audit book", *_HEADINGS.values()]
    routes = dict.fromkeys(_route_line(row) for row in listed)
    people = list(POSTS)
    steps = [
        [f"`{step}`", label("commands", step).zh, *(_MARKS[_step_cell(step, kind)] for kind in people)]
        for step in COMMANDS
    ]
    return "\n".join(
        [
            _PREAMBLE,
            "## 地址 · Addresses\n",
            *_table(head, routes),
            "\n## 不记入审计簿的地址 · What the audit book has nothing of, and why\n",
            *dict.fromkeys(_silent(listed)),
            "\n## 步骤 · Steps\n",
            *_table(
                ["步骤 · step", "名称", *(_HEADINGS[kind] for kind in people)], [tuple(one) for one in steps]
            ),
            "",
        ]
    )


def _step_cell(step: str, kind: CallerClass) -> AccessOutcome:
    unseen = kind in _UNSEEN and step != "register"
    return step_answer(step, kind, AccessOutcome.NOT_FOUND if unseen else AccessOutcome.ALLOWED)


def _route_line(row: Row) -> tuple[str, ...]:
    """The line of a row; those of all steps are one line."""
    path = row.path
    if row.step and row.step != "register":
        path = re.sub(rf"/{row.step}$", "/{step}", row.path)
    marks = [_STEP if row.step and kind in POSTS else _MARKS[row.answers[kind]] for kind in CallerClass]
    return (row.method, f"`{path}`", row.access, _written(row.written), *marks)


def _written(declaration: Declaration) -> str:
    """What is written down of a route, for its line."""
    if isinstance(declaration, WrittenAct):
        return label_of(declaration.deed).zh
    return "事件日志" if isinstance(declaration, InTheLog) else "—"


def _silent(rows: Iterable[Row]) -> Iterable[str]:
    """The routes that need not be written down, each with the reason."""
    for row in rows:
        if isinstance(row.written, Unwritten):
            yield f"- {row.method} `{row.path}`：{row.written.why}"


def _table(head: list[str], lines: Iterable[tuple[str, ...]]) -> list[str]:
    rule = "|".join("---" for _ in head)
    return [f"| {' | '.join(head)} |", f"|{rule}|", *(f"| {' | '.join(line)} |" for line in lines)]


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(table(create_app())), encoding="utf-8")
    sys.stdout.write(f"{DOCUMENT}\n")


if __name__ == "__main__":
    main()
