"""The pages of the public page as their templates read them: in Chinese, with English beside."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from publicity.responses import Block, Promise, PromiseState, PublicCase, Response, ResponsePart, Withheld
from words.labels import Label, label_of
from words.language import english, marked
from words.platforms import platform_label
from words.wording import MomentText, absolute, listed, moment

_LEAD: Final = 160  # characters of a text that a list and a feed begin with
_PARTS: Final = {
    ResponsePart.VERIFYING: marked("正在核实"),
    ResponsePart.VERIFYING_BY: marked("由谁核实"),
    ResponsePart.FACTS: marked("事实"),
    ResponsePart.MEASURES: marked("措施"),
    ResponsePart.RESULT: marked("结果"),
    ResponsePart.CLARIFICATION: marked("澄清"),
    ResponsePart.ANSWER: marked("对关切的答复"),
}
_PROMISED: Final = {
    PromiseState.AWAITED: marked("承诺 {due} 前再次公布，尚未公布。"),
    PromiseState.OVERDUE: marked("承诺 {due} 前再次公布；已过承诺时间，尚未公布。"),
    PromiseState.IN_TIME: marked("承诺 {due} 前再次公布，已于 {came} 公布。"),
    PromiseState.LATE: marked("承诺 {due} 前再次公布，迟于承诺，{came} 公布。"),
    PromiseState.LAPSED: marked("曾承诺 {due} 前再次公布，后不再适用。"),
}
_WITHHELD: Final = {
    Withheld.PERSONAL_DATA: marked("此件已经公布；其中涉及个人信息，这里不再登载原文。"),
    Withheld.NOT_KEPT: marked("此件已经公布；原文不再留存，这里只列公布情况。"),
}
_MARKS: Final = {
    "withdrawn": marked("已撤回"),
    "corrected": marked("已更正"),
    "overdue": marked("逾期未续"),
    "awaited": marked("待续"),
}


def sentence(text: str, /, **parts: object) -> Label:
    """A sentence of the public page in both languages."""
    other = english(text)
    return Label(text.format(**parts), other.format(**parts)) if parts else Label(text, other)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicNotice:
    """What became of a text, in words; `anchor` leads to the other text where it is on the page."""

    kind: str
    words: Label
    anchor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockView:
    """One part of a text under its name."""

    name: Label
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseView:
    """One publication on the page of its case."""

    id: str
    heading: str
    form: Label
    units: str
    published: MomentText
    channels: tuple[Label, ...]
    links: tuple[str, ...]
    became: tuple[PublicNotice, ...]
    withheld: Label | None
    blocks: tuple[BlockView, ...]
    stands: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """The page of one case."""

    id: str
    heading: str
    responses: tuple[ResponseView, ...]
    published: MomentText
    changed: MomentText


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicEntry:
    """One publication as the feed tells of it."""

    id: str
    case: str
    title: str
    units: str
    published_at: datetime
    changed_at: datetime
    lead: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicLine:
    """One case as lists and feed tell of it."""

    id: str
    heading: str
    units: tuple[str, ...]
    began_at: datetime
    changed_at: datetime
    marks: tuple[PublicNotice, ...]
    lead: str
    entries: tuple[PublicEntry, ...]

    @property
    def began(self) -> MomentText:
        """When the first word was published."""
        return moment(self.began_at)

    @property
    def changed(self) -> MomentText:
        """When it last changed."""
        return moment(self.changed_at)


def case_view(case: PublicCase) -> CaseView:
    """The page of a case."""
    return CaseView(
        id=case.id,
        heading=_heading(case),
        responses=tuple(_response(case, one) for one in case.responses),
        published=moment(case.began_at),
        changed=moment(case.changed_at),
    )


def line(case: PublicCase) -> PublicLine:
    """A case in lists and feed."""
    return PublicLine(
        id=case.id,
        heading=_heading(case),
        units=tuple(dict.fromkeys(unit for one in case.responses for unit in one.units)),
        began_at=case.began_at,
        changed_at=case.changed_at,
        marks=tuple(_marks(case)),
        lead=next((lead for one in reversed(case.responses) if one.stands and (lead := _lead(one))), ""),
        entries=tuple(_entry(case, one) for one in case.responses),
    )


def _heading(case: PublicCase) -> str:
    return case.title or _named(case.responses[-1])


def _named(one: Response) -> str:
    """A text that has no title outside is called by its form and its unit."""
    return one.title or f"{_units(one.units[:1])}{label_of(one.form).zh}"


def _units(names: Iterable[str]) -> str:
    return listed(dict.fromkeys(names))


def _response(case: PublicCase, one: Response) -> ResponseView:
    return ResponseView(
        id=one.id,
        heading=_named(one),
        form=label_of(one.form),
        units=_units(one.units),
        published=moment(one.published_at),
        channels=tuple(platform_label(case.law, code) for code in one.channels),
        links=one.links,
        became=tuple(_became(one)),
        withheld=sentence(_WITHHELD[one.withheld]) if one.withheld is not None else None,
        blocks=tuple(_block(block) for block in one.blocks),
        stands=one.stands,
    )


def _block(block: Block) -> BlockView:
    paragraphs = tuple(text.strip() for text in block.text.splitlines() if text.strip())
    return BlockView(name=sentence(_PARTS[block.part]), paragraphs=paragraphs)


def _became(one: Response) -> Iterator[PublicNotice]:
    if one.withdrawn_at is not None:
        words = sentence(marked("此件已于 {at} 撤回，原文留存备查。"), at=absolute(one.withdrawn_at))
        yield PublicNotice(kind="withdrawn", words=words)
    for correction in one.corrections:
        words = sentence(
            marked("此件有误，{unit}已于 {at} 更正。"), unit=correction.unit, at=absolute(correction.at)
        )
        yield PublicNotice(kind="corrected", words=words, anchor=correction.response)
    for mistaken in one.corrects:
        yield PublicNotice(
            kind="corrects", words=sentence(marked("此件更正先前公布的内容。")), anchor=mistaken
        )
    if one.promise is not None:
        yield PublicNotice(kind=one.promise.state.value, words=promised(one.promise))


def promised(promise: Promise) -> Label:
    """By when the next word was promised, and whether it came."""
    came = absolute(promise.came_at) if promise.came_at else ""
    return sentence(_PROMISED[promise.state], due=absolute(promise.due_at), came=came)


def _marks(case: PublicCase) -> Iterator[PublicNotice]:
    states = {one.promise.state for one in case.responses if one.promise is not None}
    there = {
        "withdrawn": any(one.withdrawn_at is not None for one in case.responses),
        "corrected": any(one.corrections for one in case.responses),
        "overdue": PromiseState.OVERDUE in states,
        "awaited": PromiseState.AWAITED in states,
    }
    for name, words in _MARKS.items():
        if there[name]:
            yield PublicNotice(kind=name, words=sentence(words))


def _lead(one: Response) -> str:
    text = " ".join(one.blocks[0].text.split()) if one.blocks else ""
    return text if len(text) <= _LEAD else f"{text[:_LEAD]}……"


def _entry(case: PublicCase, one: Response) -> PublicEntry:
    marks = (sentence(marked("【{mark}】"), mark=words).zh for words in _entry_marks(one))
    return PublicEntry(
        id=one.id,
        case=case.id,
        title="".join((*marks, _named(one))),
        units=_units(one.units),
        published_at=one.published_at,
        changed_at=one.changed_at,
        lead=sentence(_WITHHELD[one.withheld]).zh if one.withheld is not None else _lead(one),
    )


def _entry_marks(one: Response) -> Iterator[str]:
    if one.withdrawn_at is not None:
        yield _MARKS["withdrawn"]
    if one.corrections:
        yield _MARKS["corrected"]
