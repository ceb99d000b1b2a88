"""公文中心: the papers that one may see, filtered and found by number;
for who signs, what waits for a signature first.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from api.audit_book import writes
from api.paging import cursor_checked
from api.parts import parts_of
from casework.edge import FieldError, Malformed, text_fault
from casework.ledger_session import reading
from desk.frame.filters import Filters
from desk.frame.page import rendered
from desk.sign_in.page_access import Reader
from desk.step.fields import Option
from domain.case.records import PaperStatus
from domain.law.regulation import Law
from domain.steps.escalate import SignIssue
from domain.terms.roles import LEADERS, Actor
from domain.terms.vocabulary import Marking, PaperKind
from domain.terms.workdays import SHANGHAI
from papers.sheet import AWAITING_NUMBER
from storage.audit_book import BookDeed
from storage.papers import PaperFilter, PaperLine, PaperStanding, papers
from words.labels import word
from words.language import marked, say
from words.papers import party
from words.wording import MomentText, moment

ROWS: Final = 50
_WAITING: Final = 20  # papers that wait for a signature, the oldest
_FIRST_YEAR: Final = 2020
_STANDINGS: Final = {
    PaperStanding.WAITING: marked("待签"),
    PaperStanding.SIGNED: marked("已签"),
    PaperStanding.VOID: marked("作废或不签"),
}
router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


class PaperQuery(Filters):
    """The filters of the list; what is left blank lets all through.

    `year` is that of the drafting, in Shanghai.
    """

    kind: PaperKind | None = None
    standing: PaperStanding | None = None
    unit: Annotated[str | None, Query(pattern=r"^[a-z][a-z0-9_]{0,63}$")] = None
    year: Annotated[int | None, Query(ge=2000, le=2199)] = None
    number: Annotated[str, Query(max_length=60)] = ""
    drill: bool = False
    cursor: Annotated[str | None, Query(max_length=300)] = None

    def wanted(self) -> PaperFilter:
        """The papers asked for."""
        return PaperFilter(
            drill=self.drill,
            kind=self.kind,
            standing=self.standing,
            unit=self.unit,
            since=_begins(self.year) if self.year else None,
            until=_begins(self.year + 1) if self.year else None,
            number=self.number.strip(),
        )

    def address(self, cursor: str) -> str:
        """What follows the question mark for the next page."""
        values = self.model_dump(mode="json", exclude={"cursor"}, exclude_defaults=True)
        return urlencode({**{name: str(value) for name, value in values.items()}, "cursor": cursor})


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperEntry:
    """A line of the list; `party` says to whom the paper goes or who issues it,
    `number` says in words where there is none yet, and is empty for what bears none.
    """

    href: str
    name: str
    number: str
    case_href: str
    case: str
    title: str
    marking: Marking
    party: str
    status: str
    is_waiting: bool
    drafted: MomentText
    signed: MomentText | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CentrePage:
    """The list for readers: the filters as they are set and may be set, the lines,
    and what waits for the reader's signature.
    """

    query: PaperQuery
    rows: tuple[PaperEntry, ...]
    waiting: tuple[PaperEntry, ...]
    is_filtered: bool
    next_href: str
    kinds: tuple[Option, ...]
    standings: tuple[Option, ...]
    units: tuple[Option, ...]
    years: tuple[Option, ...]


@router.get("/papers")
@writes(BookDeed.LIST_READ, searches=True)
async def show_papers(
    request: Request, reader: Reader, query: Annotated[PaperQuery, Query()]
) -> HTMLResponse:
    """公文中心。

    The papers that the reader may see, as the filters ask for them; what waits for a signature first.
    """
    if (code := text_fault(query.number, "title")) is not None:
        raise Malformed((FieldError("/query/number", code),))
    parts = parts_of(request)
    law, year = parts.law_now(), parts.clock().astimezone(SHANGHAI).year
    async with reading(parts.database) as session:
        with cursor_checked():
            listed = await papers(session, query.wanted(), actor=reader, cursor=query.cursor, limit=ROWS)
        first: tuple[PaperLine, ...] = ()
        if _signs(reader, law):
            drafts = PaperFilter(drill=query.drill, standing=PaperStanding.WAITING)
            first = (await papers(session, drafts, actor=reader, limit=_WAITING, oldest_first=True)).items
    page = CentrePage(
        query=query,
        rows=tuple(_entry(law, line) for line in listed.items),
        waiting=tuple(_entry(law, line) for line in first),
        is_filtered=bool(query.model_dump(exclude={"cursor", "drill"}, exclude_defaults=True)),
        next_href=f"/papers?{query.address(listed.next_cursor)}" if listed.next_cursor else "",
        kinds=tuple(Option(value=kind, text=word(kind)) for kind in PaperKind),
        standings=tuple(Option(value=one, text=say(name)) for one, name in _STANDINGS.items()),
        units=tuple(Option(value=unit.code, text=unit.name) for unit in law.units),
        years=tuple(Option(value=str(one), text=str(one)) for one in range(year, _FIRST_YEAR - 1, -1)),
    )
    leads_office = reader.role in LEADERS and reader.unit == law.offices.office
    return await rendered(request, "papers/centre.html", page=page, approves_destruction=leads_office)


def _signs(reader: Actor, law: Law) -> bool:
    """Whether drafts wait for the reader: a leader of the office that signs."""
    return reader.role in SignIssue.roles and reader.unit == law.offices.office


def _entry(law: Law, line: PaperLine) -> PaperEntry:
    path = f"/incidents/{line.incident_id}"
    return PaperEntry(
        href=f"{path}/papers/{line.paper}",
        name=word(line.kind),
        number=line.number or (AWAITING_NUMBER if line.bears_number else ""),
        case_href=path,
        case=line.case,
        title=line.title,
        marking=line.marking,
        party=party(law, line.kind, line.unit),
        status=word(line.status),
        is_waiting=line.status is PaperStatus.DRAFTED,
        drafted=moment(line.drafted_at),
        signed=None if line.signed_at is None else moment(line.signed_at),
    )


def _begins(year: int) -> datetime:
    return datetime(year, 1, 1, tzinfo=SHANGHAI)
