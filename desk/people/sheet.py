"""A sheet of people: what each row becomes, with all that is wrong told by row and column in words."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from desk.people.view import PersonChoice, unit_name
from domain.law.regulation import Law
from domain.terms.plain_text import folded as plain_width
from domain.terms.roles import Role
from intake.named_rows import CellFault, NamedRow
from storage.accounts import Account, Administrator, Post, post_of
from storage.people import LONGEST_NAME, Particulars, PersonReason, PersonRefused, checked_login
from words.labels import label_of, word
from words.language import marked, say
from words.wording import MomentText, moment

MOST_PEOPLE: Final = 500
COLUMNS: Final[Mapping[str, frozenset[str]]] = {
    "login": frozenset({"账号", "登录名", "登录账号", "login", "account"}),
    "name": frozenset({"姓名", "姓名或称谓", "名称", "name"}),
    "unit": frozenset({"单位", "所在单位", "单位名称", "unit"}),
    "post": frozenset({"岗位", "角色", "post", "role"}),
}
_NAMES: Final = {
    "login": marked("账号"),
    "name": marked("姓名"),
    "unit": marked("单位"),
    "post": marked("岗位"),
}
_FAULTS: Final = {
    "login": marked("账号只能用英文字母、数字和符号，不含空格，最长 100 个字符"),
    "name": marked("请填写姓名或称谓，一行，最长 60 个字"),
    "unit": marked("名录中没有这个单位；请写单位全称或编码"),
    "post": marked("没有这个岗位；可填：{posts}"),
    "audit": marked("审计管理员的账号只能在服务器上用 huiying people 命令办理"),
    "twice": marked("与第 {words} 行是同一账号"),
    "taken": marked("账号已有，而{words}不同；请打开该账号变更，或换一个账号"),
    "disabled": marked("账号已停用；请打开该账号启用，或换一个账号"),
    "formula": marked("单元格是公式或格式文字，不予计算；请粘贴为纯文本的值"),
    "broken": marked("单元格有错误"),
    "rounded": marked("以数字保存，末几位已失真；请改存为文本"),
    "text": marked("文字过长或含不可见字符"),
}
_NO_SHEET: Final = {
    "size": marked("文件过大：表格至多 5 MB，展开后至多 16 MB。"),
    "rows": marked("行数过多：一次至多 500 人，请分次导入。"),
    "empty": marked("表格里没有人员：列名之下没有填写任何一行。"),
    "encoding": marked("文字编码无法识别：请存为 XLSX，或 UTF-8、GB18030 编码的 CSV。"),
    "encrypted": marked("文件有密码：请去掉密码后再导入。"),
}
_UNREADABLE: Final = marked("不是可导入的表格：请存为 XLSX 或 CSV 后再导入。")


class NewPerson(BaseModel):
    """A person of the sheet as the page carries it back to the house, with the row that it stood in."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    row: int
    login: str
    name: str
    post: str
    unit: str

    def particulars(self) -> Particulars:
        """What the account is to be; raises PersonRefused for a post that does not exist."""
        try:
            post = post_of(self.post)
        except ValueError:
            raise PersonRefused(PersonReason.POST_UNKNOWN) from None
        return Particulars(name=self.name, post=post, unit=self.unit)


_CARRIED: Final = TypeAdapter(Annotated[list[NewPerson], Field(min_length=1, max_length=MOST_PEOPLE)])


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleLine:
    """A row of the sheet: what becomes of it, what it says, and each fault with its column."""

    row: int
    becomes: str
    login: str
    name: str
    unit: str
    post: str
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleSheetPage:
    """The page: the forms, and once a sheet was read its lines and what is carried on to the act."""

    trouble: str = ""
    lines: tuple[PeopleLine, ...] = ()
    fresh: int = 0
    known: int = 0
    rows: str = ""
    days: int = 7
    unclaimed: int = 0
    mark: str = ""  # of the first passwords that serve while the page is open
    units: tuple[PersonChoice, ...] = ()

    @property
    def faulty(self) -> int:
        """How many rows have something wrong."""
        return sum(bool(line.faults) for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """What is handed to one person: the own login and first password."""

    unit: str
    name: str
    post: str
    login: str
    password: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipsPage:
    """The sheet of first passwords, shown once: `until` is when they end."""

    slips: tuple[Slip, ...]
    until: MomentText
    address: str


def sheet_page(law: Law, rows: Iterable[NamedRow], accounts: Iterable[Account]) -> PeopleSheetPage:
    """What each row becomes, against the accounts that are there."""
    known = {account.login: account for account in accounts}
    reading = _Reading(law, known)
    lines = tuple(reading.line(row) for row in rows)
    return PeopleSheetPage(
        lines=lines,
        fresh=len(reading.people),
        known=sum(not line.faults for line in lines) - len(reading.people),
        rows=json.dumps([one.model_dump() for one in reading.people], ensure_ascii=False),
    )


def carried_people(rows: str) -> list[NewPerson]:
    """The people that a page carried back; raises ValueError for what no page of ours sends."""
    return _CARRIED.validate_json(rows)


def again(law: Law, people: Iterable[NewPerson], accounts: Iterable[Account]) -> PeopleSheetPage:
    """The rows that a page carried back, judged once more by what is there now."""
    heads = {name: (letter, say(_NAMES[name])) for name, letter in zip(COLUMNS, "ABCD", strict=True)}
    rows = [
        NamedRow(
            row=one.row,
            cells={"login": one.login, "name": one.name, "unit": one.unit, "post": one.post},
            places=heads,
        )
        for one in people
    ]
    return sheet_page(law, rows, accounts)


def why_no_people(code: str) -> str:
    """Why a file is no sheet of people, and what to do."""
    lacking = [name for name in COLUMNS if name in code.split(",")]
    if lacking:
        names = say("、").join(say(_NAMES[name]) for name in lacking)
        return say("缺少列：{names}。首行（或前五行之一）须有账号、姓名、单位、岗位。", names=names)
    return say(_NO_SHEET.get(code, _UNREADABLE))


def slips_page(
    law: Law, people: Iterable[tuple[Account, str]], *, until: datetime, address: str
) -> SlipsPage:
    """The slips, by unit and login."""
    slips = [
        Slip(
            unit=unit_name(law, account.unit),
            name=account.name,
            post=label_of(account.post).here,
            login=account.login,
            password=password,
        )
        for account, password in sorted(people, key=lambda one: (one[0].unit, one[0].login))
    ]
    return SlipsPage(slips=tuple(slips), until=moment(until.replace(microsecond=0)), address=address)


class _Reading:
    """One sheet under way; `people` are those who are to have an account."""

    def __init__(self, law: Law, known: Mapping[str, Account]) -> None:
        self._known, self._first = known, dict[str, int]()
        self._units = {name: unit.code for unit in law.units for name in (plain_width(unit.name), unit.code)}
        self._law = law
        self.people: list[NewPerson] = []

    def line(self, row: NamedRow) -> PeopleLine:
        """What a row becomes; a person who is to have an account is noted."""
        unit = self._units.get(plain_width(row.cells["unit"]))
        post = _post(row.cells["post"])
        faults = [*row.faults, *self._faults(row, unit, post)]
        becomes = say("不收")
        login = row.cells["login"]
        if not faults and unit is not None and post is not None:
            login = checked_login(login)
            self._first[login] = row.row
            account = self._known.get(login)
            person = NewPerson(row=row.row, login=login, name=row.cells["name"], post=post.value, unit=unit)
            if account is None:
                self.people.append(person)
                becomes = say("新建账号")
            elif differing := _differing(account, person):
                faults.append(
                    row.fault("login", "taken", say("、").join(say(_NAMES[name]) for name in differing))
                )
            elif account.disabled_at is not None:
                faults.append(row.fault("login", "disabled"))
            else:
                becomes = say("已有相同的账号，不动")
        return PeopleLine(
            row=row.row,
            becomes=say("不收") if faults else becomes,
            login=login,
            name=row.cells["name"],
            unit=unit_name(self._law, unit) if unit else row.cells["unit"],
            post=label_of(post).here if post else row.cells["post"],
            faults=tuple(map(_told, faults)),
        )

    def _faults(self, row: NamedRow, unit: str | None, post: Post | None) -> Iterator[CellFault]:
        spoilt = {fault.column for fault in row.faults}
        for fault in self._each(row, unit, post):
            if fault.column not in spoilt:  # a cell that cannot be read has one fault
                yield fault

    def _each(self, row: NamedRow, unit: str | None, post: Post | None) -> Iterator[CellFault]:
        try:
            login = checked_login(row.cells["login"])
        except PersonRefused:
            yield row.fault("login", "login", row.cells["login"])
        else:
            if login in self._first:
                yield row.fault("login", "twice", str(self._first[login]))
        if not 0 < len(row.cells["name"]) <= LONGEST_NAME:
            yield row.fault("name", "name", row.cells["name"])
        if unit is None:
            yield row.fault("unit", "unit", row.cells["unit"])
        if post is None:
            yield row.fault("post", "post", row.cells["post"])
        if post is Administrator.AUDIT:
            yield row.fault("post", "audit", row.cells["post"])


def _post(words: str) -> Post | None:
    """The post of a cell, by its name in either language or its code."""
    plain = plain_width(words).lower()
    posts: tuple[Post, ...] = (*Role, *Administrator)
    for post in posts:
        label = label_of(post)
        if plain in {label.zh.lower(), label.en.lower(), post.value}:
            return post
    return None


def _differing(account: Account, person: NewPerson) -> list[str]:
    there = {"name": account.name, "unit": account.unit, "post": account.post.value}
    return [name for name, value in there.items() if value != getattr(person, name)]


def _told(fault: CellFault) -> str:
    """A fault with its column: 「C 列“单位”（教育局）：名录中没有这个单位」."""
    posts = say("、").join(word(post) for post in Role)
    said = say(_FAULTS[fault.code], words=fault.words, posts=posts)
    if fault.code in {"twice", "taken", "disabled"} or not fault.words:
        return say("{column} 列“{heading}”：{said}", column=fault.column, heading=fault.heading, said=said)
    return say(
        "{column} 列“{heading}”写作“{words}”：{said}",
        column=fault.column,
        heading=fault.heading,
        words=fault.words,
        said=said,
    )


def with_choices(page: PeopleSheetPage, law: Law, unclaimed: Iterable[Account], mark: str) -> PeopleSheetPage:
    """The page with whose first password was never used: how many there are, and in which units."""
    waiting = list(unclaimed)
    units = sorted({account.unit for account in waiting})
    choices = tuple(PersonChoice(value=code, text=unit_name(law, code), chosen=False) for code in units)
    return replace(page, unclaimed=len(waiting), units=choices, mark=mark)
