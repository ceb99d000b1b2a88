"""What the ledger is asked for: the filters of its address, and the same in words."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query
from pydantic import ConfigDict, Field

from desk.frame.filters import Filters
from domain.law.regulation import Law
from domain.rules.milestones import Milestone
from domain.terms.vocabulary import KeyCategory, ResponseClass, Stage, WarningLevel
from domain.terms.workdays import SHANGHAI
from storage.filters import IncidentFilter
from words.cards import unit_name
from words.event_text.description import class_words
from words.labels import word
from words.language import say

_Day = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class LedgerQuery(Filters):
    """The filters; dates are days in Shanghai, both of them included. What is left blank lets all through."""

    model_config = ConfigDict(populate_by_name=True)

    text: Annotated[str, Query(max_length=100)] = ""
    since: Annotated[_Day | None, Field(alias="from")] = None
    until: Annotated[_Day | None, Field(alias="to")] = None
    level: WarningLevel | None = None
    response_class: Annotated[ResponseClass | None, Field(alias="class")] = None
    stage: Stage | None = None
    unit: Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = None
    category: KeyCategory | None = None
    key: bool | None = None
    reached: Milestone | None = None
    lacks: Milestone | None = None
    overdue: bool | None = None
    drill: bool = False
    cursor: Annotated[str | None, Query(max_length=300)] = None

    def wanted(self) -> IncidentFilter:
        """The incidents asked for."""
        return IncidentFilter(
            stage=self.stage,
            level=self.level,
            response_class=self.response_class,
            unit=self.unit,
            category=self.category,
            key=self.key,
            reached=self.reached,
            lacks=self.lacks,
            overdue=self.overdue,
            drill=self.drill,
            registered_from=_begins(self.since) if self.since else None,
            registered_until=_begins(self.until + timedelta(days=1)) if self.until else None,
            text=self.text.strip(),
        )

    def address(self, **other: str | None) -> str:
        """What follows the question mark for these filters, with some of them otherwise,
        and no cursor unless named.
        """
        values = self.model_dump(mode="json", by_alias=True, exclude={"cursor"}, exclude_defaults=True)
        values = {
            name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()
        }
        return urlencode({name: value for name, value in {**values, **other}.items() if value is not None})

    def words(self, law: Law) -> Iterator[tuple[str, str]]:
        """The filters as people read them, in pairs of name and value."""
        yield say("范围"), say("演练") if self.drill else say("正式事件")
        if self.text:
            yield say("文字"), self.text
        if self.since or self.until:
            yield say("登记日期"), say("{first} 至 {last}", first=self.since or "—", last=self.until or "—")
        for name, value in (
            (say("等级"), self.level),
            (say("重点类别"), self.category),
            (say("阶段"), self.stage),
        ):
            if value:
                yield name, word(value)
        yield from self._course_words()
        if self.response_class:
            yield say("时限"), class_words(self.response_class)
        if self.unit:
            yield say("有关单位"), unit_name(law, self.unit)
        if self.overdue is not None:
            yield say("回应超时"), say("是") if self.overdue else say("否")

    def _course_words(self) -> Iterator[tuple[str, str]]:
        if self.key is not None:
            yield say("重点事件"), say("是") if self.key else say("否")
        for name, stage in ((say("已到环节"), self.reached), (say("未到环节"), self.lacks)):
            if stage:
                yield name, word(stage)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
