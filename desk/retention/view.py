"""到期档案: destruction lists for who approves them: numbers, years and what was said,
and no text of a case.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from audit.destroying import Refusal
from domain.law.retention import RetentionClass
from domain.terms.workdays import SHANGHAI
from storage.accounts import Account, post_of
from storage.destruction import APPROVALS, DestructionList, ListCounts, ListEntry, ListHead, Said, Word
from words.labels import label_of, word
from words.language import marked, say
from words.wording import MomentText, moment

ROWS: Final = 200  # cases of a list on one page
_WORDS: Final = {
    Word.APPROVED: marked("同意销毁"),
    Word.DECLINED: marked("不同意"),
    Word.ARCHIVE_CONSENTED: marked("档案馆同意"),
}
_WHY: Final = {
    Refusal.DECLINED: marked("这份清单已不同意，作废。"),
    Refusal.SAID: marked("您已对这份清单作过同样的表示；同意须由另一人再作。"),
    Refusal.DONE: marked("清单上已有销毁的，不能再作废。"),
    Refusal.ALTERED: marked("清单与拟定时或审计簿不符，不能审批：请系统管理员先核查。"),
    Refusal.NO_REFERENCE: marked("请写明档案馆复函的文号。"),
}
_NOT_NOW: Final = marked("现在不能记入，请刷新后再看。")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListLine:
    """A list: its page, when it was drawn, of how many cases, and how far it has come, in words."""

    href: str
    number: int
    drawn: MomentText
    cases: int
    standing: str
    is_waiting: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ListsPage:
    """The lists, the latest first, and the way to the older ones, empty where there are none."""

    lines: tuple[ListLine, ...]
    older: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLine:
    """What somebody said of a list."""

    what: str
    who: str
    post: str
    at: MomentText
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseToGo:
    """A case of a list; `href` leads those who may read it to its page, and is empty for others."""

    number: str
    href: str
    retention: str
    closed: str
    due: str
    is_destroyed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WordChoice:
    """What may be said of a list, in words, and what comes of it."""

    value: str
    name: str
    hint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListPage:
    """One list: its head, what was said, what may be said by who reads it, and its cases."""

    head: ListLine
    sha256: str
    person: str
    said: tuple[SaidLine, ...]
    choices: tuple[WordChoice, ...]
    is_complete: bool
    cases: tuple[CaseToGo, ...]
    later: str


def refusal_words(why: Refusal) -> str:
    """Why what was said is not entered."""
    return say(_WHY.get(why, _NOT_NOW))


def word_words(said: Word) -> str:
    """What was said, in words."""
    return say(_WORDS[said])


def lists_page(counts: list[ListCounts], size: int) -> ListsPage:
    """One page of lists, of which one more than fits was read."""
    first = counts[:size]
    older = f"/retention?before={first[-1].head.position}" if len(counts) > size else ""
    return ListsPage(lines=tuple(_line(one.head, one.cases, one.destroyed) for one in first), older=older)


def list_page(one: DestructionList, destroyed: Collection[str], reader: Account, page: int) -> ListPage:
    """A list for a reader, with one page of its cases, the oldest of them first."""
    entries = sorted(one.entries, key=lambda entry: (entry.due_at, entry.number))
    start = (page - 1) * ROWS
    has_more = len(entries) > start + ROWS
    return ListPage(
        head=_line(one, len(entries), len(destroyed)),
        sha256=one.sha256,
        person=one.person,
        said=tuple(_said(each) for each in one.words),
        choices=tuple(_choices(one, reader, begun=bool(destroyed))),
        is_complete=one.is_complete,
        cases=tuple(_case(entry, destroyed, reader) for entry in entries[start : start + ROWS]),
        later=f"/retention/{one.position}?page={page + 1}" if has_more else "",
    )


def _line(head: ListHead, cases: int, destroyed: int) -> ListLine:
    return ListLine(
        href=f"/retention/{head.position}",
        number=head.position,
        drawn=moment(head.at),
        cases=cases,
        standing=_standing(head, cases, destroyed),
        is_waiting=not head.is_declined and not head.is_complete,
    )


def _standing(head: ListHead, cases: int, destroyed: int) -> str:
    if destroyed:
        return say("已销毁 {destroyed} 件，共 {cases} 件", destroyed=destroyed, cases=cases)
    if head.is_declined:
        return say("已不同意，作废")
    if head.is_complete:
        return say("已批准，待系统管理员销毁")
    lacking = max(APPROVALS - len(head.approvals), 0)
    if head.has_consent:
        return say("还须 {count} 人同意", count=lacking)
    if not lacking:
        return say("还须档案馆书面同意")
    return say("还须 {count} 人同意和档案馆书面同意", count=lacking)


def _said(one: Said) -> SaidLine:
    return SaidLine(
        what=word_words(one.kind),
        who=one.person,
        post=label_of(post_of(one.post)).here,
        at=moment(one.at),
        reference=one.reference,
    )


def _choices(one: DestructionList, reader: Account, *, begun: bool) -> Iterator[WordChoice]:
    """What a reader may still say: each word once by each person, and nothing of a list that ended."""
    own = {each.kind for each in one.words if each.person == reader.login}
    if one.is_declined or begun:
        return
    if Word.APPROVED not in own:
        yield WordChoice(
            value=Word.APPROVED.value,
            name=say("同意销毁"),
            hint=say("须两人分别同意，另须档案馆书面同意；之后由系统管理员在服务器上执行。"),
        )
    if Word.ARCHIVE_CONSENTED not in own:
        yield WordChoice(
            value=Word.ARCHIVE_CONSENTED.value, name=say("档案馆已书面同意"), hint=say("须填写复函的文号。")
        )
    yield WordChoice(
        value=Word.DECLINED.value, name=say("不同意"), hint=say("清单随即作废；各件可列入以后的清单。")
    )


def _case(entry: ListEntry, destroyed: Collection[str], reader: Account) -> CaseToGo:
    is_destroyed = entry.incident_id in destroyed
    may_read = reader.actor is not None and not is_destroyed
    return CaseToGo(
        number=entry.number,
        href=f"/incidents/{entry.incident_id}" if may_read else "",
        retention=word(RetentionClass(entry.retention)),
        closed=f"{entry.closed_at.astimezone(SHANGHAI):%Y-%m-%d}",
        due=f"{entry.due_at.astimezone(SHANGHAI):%Y-%m-%d}",
        is_destroyed=is_destroyed,
    )
