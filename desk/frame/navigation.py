"""Which pages the frame of every page leads to, for whom:
the four of the phone first, the others after them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from domain.steps.register import Register
from domain.terms.roles import Role
from storage.accounts import Account, Administrator
from words.language import marked, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A page to go to; `is_main` are those within reach of the thumb on a phone,
    `is_here` the one that is open.
    """

    path: str
    name: str
    is_main: bool
    is_here: bool


def _takes_part(account: Account) -> bool:
    return account.actor is not None


def _acts(account: Account) -> bool:
    return account.actor is not None and account.post is not Role.AUDITOR


def _audits(account: Account) -> bool:
    return account.post is Role.AUDITOR


def _registers(account: Account) -> bool:
    return account.post in Register.roles


def _is(post: Administrator) -> Callable[[Account], bool]:
    return lambda account: account.post is post


def _reads_registry(account: Account) -> bool:
    return _takes_part(account) or account.post is Administrator.SYSTEM


def _everybody(_: Account) -> bool:
    return True


_PAGES: Final[tuple[tuple[str, str, Callable[[Account], bool], bool], ...]] = (
    ("/desk", marked("待办"), _acts, True),
    ("/", marked("事件"), _takes_part, True),
    ("/register", marked("登记"), _registers, True),
    ("/auditor", marked("审计"), _audits, True),
    ("/ledger", marked("台账"), _takes_part, False),
    ("/papers", marked("公文"), _takes_part, False),
    ("/people", marked("人员"), _is(Administrator.SECURITY), True),
    ("/units", marked("各单位"), _reads_registry, False),
    ("/system", marked("系统状况"), _is(Administrator.SYSTEM), True),
    ("/acts", marked("审计记录"), _is(Administrator.AUDIT), True),
    ("/clauses", marked("条款"), _takes_part, False),
    ("/me", marked("我的"), _everybody, True),
    ("/wall", marked("值班大屏"), _takes_part, False),
    ("/performance", marked("统计"), _takes_part, False),
)


def tabs(account: Account, path: str) -> tuple[Tab, ...]:
    """The pages that an account is led to, of which `path` is open."""
    return tuple(
        Tab(path=to, name=say(name), is_main=is_main or not _takes_part(account), is_here=to == path)
        for to, name, leads, is_main in _PAGES
        if leads(account)
    )
