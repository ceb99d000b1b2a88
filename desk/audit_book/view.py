"""The audit book in words: who, what, about which thing, from where, and how it ended."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from desk.audit_book.wording import QUIET, detail_words
from desk.people.view import PersonChoice, unit_name
from domain.law.regulation import Law
from storage.accounts import Account, post_of
from storage.audit_book import BookDeed, DeedOutcome, Means
from storage.audit_book_pages import BookLine
from storage.cursors import Page
from words.labels import word
from words.language import say
from words.wording import MomentText, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class BookEntryView:
    """One entry for readers."""

    position: int
    at: MomentText
    who: str
    post: str
    deed: str
    subject: str
    outcome: str
    is_refused: bool
    means: str
    source: str
    details: tuple[tuple[str, str], ...]
    request: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookPage:
    """Some entries, what they were narrowed by, and from where the older ones go on."""

    lines: tuple[BookEntryView, ...]
    deeds: tuple[PersonChoice, ...]
    conditions: Mapping[str, str]
    older: str


def book_page(
    law: Law, page: Page[BookLine], accounts: Iterable[Account], conditions: Mapping[str, str]
) -> BookPage:
    """The entries, in words."""
    names = {one.login: one.name for one in accounts}
    narrowed = {name: value for name, value in conditions.items() if value}
    older = urlencode({**narrowed, "before": page.next_cursor}) if page.next_cursor else ""
    return BookPage(
        lines=tuple(_line(law, one, names) for one in page.items),
        deeds=tuple(
            PersonChoice(value=one.value, text=word(one), chosen=one == conditions.get("deed"))
            for one in BookDeed
        ),
        conditions=conditions,
        older=older,
    )


def _line(law: Law, line: BookLine, names: Mapping[str, str]) -> BookEntryView:
    return BookEntryView(
        position=line.position,
        at=moment(line.at.replace(microsecond=0)),
        who=_who(line, names),
        post=" · ".join(
            part for part in (_post(line), unit_name(law, line.unit) if line.unit else "") if part
        ),
        deed=word(line.deed),
        subject=line.subject,
        outcome=word(line.outcome),
        is_refused=line.outcome is not DeedOutcome.DONE,
        means=" ".join(part for part in (word(line.means), line.means_id[:8]) if part),
        source=line.address,
        details=tuple(detail_words(*one) for one in line.detail.items() if one[0] not in QUIET),
        request=line.detail.get("request", ""),
        seal=line.seal[:12],
    )


def _who(line: BookLine, names: Mapping[str, str]) -> str:
    if line.means is Means.HOUSE:
        return say("系统")
    if not line.person:
        return say("没有登录的人")
    name = names.get(line.person)
    return say("{name}（{login}）", name=name, login=line.person) if name else line.person


def _post(line: BookLine) -> str:
    return word(post_of(line.post)) if line.post else ""
