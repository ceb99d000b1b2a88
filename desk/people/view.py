"""What the security administrator sees of people: the list, one account, and the form of its particulars."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from domain.law.regulation import Law
from domain.terms.roles import Role
from storage.accounts import Account, AccountFilter, AccountState, Administrator, Post
from storage.people import LONGEST_LOGIN, LONGEST_NAME
from words.labels import label_of, word
from words.language import marked, say
from words.wording import MomentText, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonChoice:
    """Something to choose, and whether it is chosen."""

    value: str
    text: str
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What may be chosen under one heading."""

    name: str
    choices: tuple[PersonChoice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """An account in the list."""

    id: str
    login: str
    name: str
    unit: str
    post: str
    state: str
    state_word: str
    has_second_factor: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PeoplePage:
    """One page of the accounts that were looked for, and the form that looked for them."""

    lines: tuple[PersonLine, ...]
    units: tuple[PersonChoice, ...]
    posts: tuple[Choices, ...]
    states: tuple[PersonChoice, ...]
    text: str
    page: int
    has_more: bool
    is_narrowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonForm:
    """The form of an account's particulars with what was typed."""

    action: str
    login: str
    name: str
    posts: tuple[Choices, ...]
    units: tuple[PersonChoice, ...]
    longest_login: int = LONGEST_LOGIN
    longest_name: int = LONGEST_NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """One account; `barred` says why nothing may be done with it here, empty where something may."""

    id: str
    login: str
    name: str
    unit: str
    post: str
    state: str
    state_word: str
    is_disabled: bool
    has_code: bool
    passkeys: int
    issuers: tuple[str, ...]
    sessions: int
    created: MomentText
    disabled: MomentText | None
    barred: str
    done: str


_GROUPS: Final[tuple[tuple[str, tuple[Post, ...]], ...]] = (
    (
        marked("单位办理人员"),
        (Role.HANDLER, Role.MONITOR, Role.SPOKESPERSON, Role.DEPUTY_LEADER, Role.PRINCIPAL_LEADER),
    ),
    (marked("市领导与审计"), (Role.CITY_LEADER, Role.AUDITOR)),
    (marked("管理员（不办理事件）"), (Administrator.SYSTEM, Administrator.SECURITY)),
)
_DONE: Final = {
    "changed": marked("已变更。岗位或单位有变的，其登录已全部结束。"),
    "disabled": marked("已停用，其登录已全部结束。"),
    "enabled": marked("已启用，可以重新登录。"),
    "code": marked("动态码和通行密钥已取消，其登录已全部结束；下次登录只需口令。"),
}


def people_page(
    law: Law, accounts: Iterable[Account], wanted: AccountFilter, page: int, *, has_more: bool
) -> PeoplePage:
    """The accounts found, with what was asked for still in the form."""
    every = (marked("审计管理员（只在服务器上办理）"), (Administrator.AUDIT,))
    state = wanted.state.value if wanted.state else ""
    return PeoplePage(
        lines=tuple(_line(law, one) for one in accounts),
        units=_units(law, wanted.unit),
        posts=_posts((*_GROUPS, every), wanted.post),
        states=tuple(
            PersonChoice(value=one.value, text=word(one), chosen=one.value == state) for one in AccountState
        ),
        text=wanted.text,
        page=page,
        has_more=has_more,
        is_narrowed=wanted != AccountFilter(),
    )


def person_form(
    law: Law,
    action: str,
    account: Account | None = None,
    *,
    login: str = "",
    name: str = "",
    post: str = "",
    unit: str = "",
) -> PersonForm:
    """The form of an account as it stands, or of what was typed."""
    if account is not None:
        login, name, post, unit = account.login, account.name, account.post.value, account.unit
    return PersonForm(
        action=action, login=login, name=name, posts=_posts(_GROUPS, post), units=_units(law, unit)
    )


def person_view(
    law: Law, account: Account, administrator: Account, *, sessions: int, issuers: Iterable[str], done: str
) -> PersonView:
    """One account as an administrator sees it."""
    return PersonView(
        id=account.id,
        login=account.login,
        name=account.name,
        unit=unit_name(law, account.unit),
        post=label_of(account.post).here,
        state=account.state.value,
        state_word=word(account.state),
        is_disabled=account.disabled_at is not None,
        has_code=account.has_one_time_code,
        passkeys=account.passkeys,
        issuers=tuple(urlsplit(issuer).netloc for issuer in issuers),
        sessions=sessions,
        created=moment(account.created_at.replace(microsecond=0)),
        disabled=moment(account.disabled_at.replace(microsecond=0)) if account.disabled_at else None,
        barred=_barred(account, administrator),
        done=say(_DONE[done]) if done in _DONE else "",
    )


def unit_name(law: Law, code: str) -> str:
    """The name of a unit; the code of one that the law no longer knows."""
    return law.unit(code).name if law.knows(code) else code


def _barred(account: Account, administrator: Account) -> str:
    if account.id == administrator.id:
        return say("这是您自己的账号：不能自己变更、停用或重置，请由另一位安全管理员办理。")
    if account.post is Administrator.AUDIT:
        return say("审计管理员的账号只能在服务器上用 huiying people 命令办理，以免被监督者变更监督者。")
    return ""


def _line(law: Law, account: Account) -> PersonLine:
    return PersonLine(
        id=account.id,
        login=account.login,
        name=account.name,
        unit=unit_name(law, account.unit),
        post=label_of(account.post).here,
        state=account.state.value,
        state_word=word(account.state),
        has_second_factor=account.has_second_factor,
    )


def _posts(groups: Sequence[tuple[str, tuple[Post, ...]]], chosen: str) -> tuple[Choices, ...]:
    return tuple(
        Choices(
            name=say(name),
            choices=tuple(
                PersonChoice(value=post.value, text=label_of(post).here, chosen=post.value == chosen)
                for post in posts
            ),
        )
        for name, posts in groups
    )


def _units(law: Law, chosen: str) -> tuple[PersonChoice, ...]:
    return tuple(
        PersonChoice(value=unit.code, text=unit.name, chosen=unit.code == chosen) for unit in law.units
    )
