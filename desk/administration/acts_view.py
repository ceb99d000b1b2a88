"""What the audit administrator sees: acts of administrators with what each changed,
and attempts to sign in.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from desk.people.view import PersonChoice, unit_name
from domain.law.regulation import Law
from storage.accounts import Account, post_of
from storage.acts import Act, ActKind, Via
from storage.attempts import Attempt, AttemptOutcome
from storage.cursors import Page
from storage.sign_ins import Again
from words.going_live import LINES, line_name
from words.labels import label, label_of, word
from words.language import marked, say
from words.platforms import platform_name
from words.wording import MomentText, duration, moment

_FIELDS: Final = {
    "name": marked("名称"),
    "post": marked("岗位"),
    "unit": marked("单位"),
    "state": marked("状态"),
    "code": marked("动态码"),
    "passkeys": marked("通行密钥"),
    "part": marked("身份"),
    "person": marked("账号"),
    "phone": marked("电话"),
    "since": marked("任期起"),
    "until": marked("任期止"),
    "platform": marked("平台"),
    "followers": marked("关注人数"),
    "status": marked("渠道状态"),
    "verified": marked("官方认证"),
    "persons": marked("人数"),
    "channels": marked("渠道数"),
    "shifts": marked("班次数"),
    "begins": marked("起"),
    "ends": marked("止"),
}
_AGAIN: Final = {Again.PROOF: marked("登录后再次输入口令"), Again.CODE: marked("登录后再次输入动态码")}
_CODES: Final = {
    "state": "AccountState",
    "part": "Part",
    "status": "ChannelStatus",
}
_WORDS: Final = {
    ("code", "set"): marked("已启用"),
    ("code", "none"): marked("未启用"),
    ("verified", "true"): marked("是"),
    ("verified", "false"): marked("否"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One thing that an act changed; empty text where there was, or is, none."""

    name: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ActLine:
    """One act: when, who and by which way, what, about whom, and what it changed."""

    position: int
    at: MomentText
    who: str
    via: str
    kind: str
    subject: str
    changes: tuple[Changed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ActsPage:
    """Some acts, and from where the older ones go on."""

    lines: tuple[ActLine, ...]
    kinds: tuple[PersonChoice, ...]
    kind: str
    older: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInLine:
    """One attempt to sign in, or `what` was shown once more by who was signed in;
    `locked` says for how long it locked out who made it, empty when it did not.
    """

    at: MomentText
    who: str
    what: str
    source: str
    succeeded: bool
    locked: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInsPage:
    """Some attempts, and from where the older ones go on."""

    lines: tuple[SignInLine, ...]
    outcome: str
    older: str | None


def acts_page(law: Law, page: Page[Act], accounts: Iterable[Account], kind: ActKind | None) -> ActsPage:
    """The acts, in words."""
    names = _named(accounts)
    return ActsPage(
        lines=tuple(_line(law, one, names) for one in page.items),
        kinds=tuple(PersonChoice(value=one.value, text=word(one), chosen=one is kind) for one in ActKind),
        kind=kind.value if kind else "",
        older=page.next_cursor,
    )


def sign_ins_page(
    page: Page[Attempt], accounts: Iterable[Account], outcome: AttemptOutcome | None
) -> SignInsPage:
    """The attempts, in words; of a login that no account has, nothing is told:
    it may be a password in the wrong field.
    """
    names = _named(accounts)
    return SignInsPage(
        lines=tuple(
            SignInLine(
                at=moment(one.at.replace(microsecond=0)),
                who=say("没有这个账号") if one.login is None else names.get(one.login, one.login),
                what=say(_AGAIN[one.again]) if one.again else "",
                source=one.source,
                succeeded=one.succeeded,
                locked=duration(one.locked_for) if one.locked_for > timedelta(0) else "",
            )
            for one in page.items
        ),
        outcome=outcome.value if outcome else "",
        older=page.next_cursor,
    )


def _named(accounts: Iterable[Account]) -> Mapping[str, str]:
    return {one.login: say("{name}（{login}）", name=one.name, login=one.login) for one in accounts}


def _line(law: Law, act: Act, names: Mapping[str, str]) -> ActLine:
    if act.author.via is Via.DESK:
        who = names.get(act.author.login, act.author.login)
    else:
        who = act.author.login or say("系统")
    subject = _subject(law, act, names)
    facts = dict.fromkeys((*act.before, *act.after))
    return ActLine(
        position=act.position,
        at=moment(act.at.replace(microsecond=0)),
        who=who,
        via=word(act.author.via),
        kind=word(act.kind),
        subject=subject,
        changes=tuple(
            Changed(
                name=say(_FIELDS[name]) if name in _FIELDS else name,
                before=_said(law, name, act.before.get(name, "")),
                after=_said(law, name, act.after.get(name, "")),
            )
            for name in facts
            if act.before.get(name) or act.after.get(name)
        ),
    )


def _subject(law: Law, act: Act, names: Mapping[str, str]) -> str:
    """About whom or what: an account, a line of the check list, a unit."""
    if act.kind.is_of_account:
        return names.get(act.subject, act.subject)
    if act.kind is ActKind.GOING_LIVE_CHECKED and act.subject in LINES:
        return line_name(act.subject)
    return unit_name(law, act.subject)


def _said(law: Law, name: str, value: str) -> str:
    """A value in words; codes by their labels, names as they are."""
    if not value:
        return ""
    if (name, value) in _WORDS:
        return say(_WORDS[name, value])
    if name == "post":
        return label_of(post_of(value)).here
    if name == "unit":
        return unit_name(law, value)
    if name == "platform":
        return platform_name(law, value)
    return label(_CODES[name], value).here if name in _CODES else value
