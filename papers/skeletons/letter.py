"""What a letter is made of and what it says, whatever sheet it is set on;
what the case does not know stays a blank.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeVar

from domain.case.obligations import RESPONSE_KINDS, Obligation
from domain.case.records import Paper, Source
from domain.case.state import Incident
from domain.catalogue import CaseEvent
from domain.terms.vocabulary import ObligationKind, ResponseClass
from domain.terms.workdays import SHANGHAI
from papers.sheet import Paragraph, Row, in_paragraphs
from words.cards import unit_name
from words.clauses import clause_name

BLANK: Final = "〔待填〕"  # what a person has yet to write; nothing is made up for it
MOST_NAMED: Final = 12  # posts that a letter tells of one by one
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A paper by what it says; `signature` names the units that issue it, `copies` those told beside."""

    title: str
    body: tuple[Paragraph, ...]
    signature: str
    addressee: str = ""
    rows: tuple[Row, ...] = ()
    attachments: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    urgency: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What a letter is written from.

    `incident` is the case as it stood when the paper took effect, with its texts;
    `events` are those of the decisions that name the paper, `signed_for` when its unit signed for it.
    """

    incident: Incident
    paper: Paper
    events: tuple[CaseEvent, ...]
    sentences: Mapping[str, str]
    signed_for: datetime | None = None

    def event(self, kind: type[T]) -> T | None:
        """The event of a class among those that name the paper."""
        return next((event for event in self.events if isinstance(event, kind)), None)

    def unit(self, code: str) -> str:
        """The name of a unit."""
        return unit_name(self.incident.law, code)

    def units(self, codes: Iterable[str]) -> str:
        """The names of units, each once; a blank for none."""
        return "、".join(dict.fromkeys(map(self.unit, codes))) or BLANK

    @property
    def addressee(self) -> str:
        """To whom the paper goes."""
        return self.unit(self.paper.unit)

    @property
    def office(self) -> str:
        """The office that coordinates the case."""
        return self.unit(self.incident.coordinating_office)

    @property
    def matter(self) -> str:
        """The matter by its title."""
        return f"“{self.incident.title}”"

    @property
    def urgency(self) -> str:
        """How pressing the paper is: 特急 in the 24-hour class."""
        return "特急" if self.incident.response_class is ResponseClass.H24 else "加急"

    @property
    def cause(self) -> Obligation | None:
        """The obligation that the paper is about."""
        return next(
            (obligation for obligation in self.incident.obligations if obligation.id == self.paper.cause),
            None,
        )

    def obligation(self, *kinds: ObligationKind, cause: str = "") -> Obligation | None:
        """The latest obligation of the kinds that the addressee has; with `cause` that which came of it."""
        return next(
            (
                obligation
                for obligation in reversed(self.incident.obligations)
                if obligation.kind in kinds
                and obligation.unit == self.paper.unit
                and cause in {"", obligation.cause}
            ),
            None,
        )

    @property
    def respond_by(self) -> datetime:
        """Until when the addressee is to respond; until when somebody is,
        where it owes no response of its own.
        """
        obligation = self.obligation(*RESPONSE_KINDS)
        return self.incident.response_due_at if obligation is None else obligation.due_at

    def quoted(self, clause: str) -> str:
        """A clause as the law has it; a blank where the law is silent."""
        if not clause:
            return BLANK
        sentence = self.sentences.get(clause, "")
        cited = f"《{self.incident.law.title}》{clause_name(clause)}"
        return f"{cited}：“{sentence}”" if sentence else cited


def posts(incident: Incident) -> tuple[Source, ...]:
    """The posts that belong to the case, the earliest first: what was excluded is no part of the matter,
    and no letter tells of it.
    """
    excluded = {exclusion.item for exclusion in incident.screening.excluded}
    belonging = (one for number, one in enumerate(incident.sources, start=1) if number not in excluded)
    return tuple(sorted(belonging, key=lambda one: one.at))


def day(at: datetime) -> str:
    """`2026年9月7日`."""
    local = at.astimezone(SHANGHAI)
    return f"{local.year}年{local.month}月{local.day}日"


def minute(at: datetime) -> str:
    """`2026年9月7日10时05分`."""
    return f"{day(at)}{at.astimezone(SHANGHAI):%H时%M分}"


def or_blank(text: str) -> str:
    """A text, or a blank for a person to fill."""
    return text.strip() or BLANK


def heading(text: str) -> Paragraph:
    """A heading of the first level."""
    return Paragraph(text=text, level=1)


def told(text: str) -> tuple[Paragraph, ...]:
    """What somebody wrote, line by line; a blank where nothing is."""
    return in_paragraphs(text) or (Paragraph(text=BLANK),)


def spread(ground: Ground, at: datetime) -> str:
    """How far the matter had spread, by the latest counts; a blank where nobody had counted."""
    counts = ground.incident.metrics_by(at)
    if counts is None:
        return f"传播数据：{BLANK}。"
    return (
        f"截至{minute(counts.at)}，相关信息{counts.posts}条，阅读{counts.reads}次，评论{counts.comments}条。"
    )
