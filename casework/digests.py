"""日报、周报、月报 as sheets: the span that a day falls into, and its figures from the ledger."""

from datetime import date, datetime, time, timedelta
from typing import Final

from casework.ledger_session import reading
from domain.law.regulation import Law
from domain.terms.roles import Actor
from domain.terms.workdays import SHANGHAI
from papers.sheet import Sheet
from papers.skeletons.digest import Digest, DigestLine, DigestSpan, digest_sheet
from storage.database import Database
from storage.digests import OpenCase, figures
from words.cards import unit_name
from words.labels import label_of

_MONTHS: Final = 12
_SECONDS: Final = 10.0


def span_of(span: DigestSpan, day: date) -> tuple[datetime, datetime]:
    """From which instant on and before which the span of a day lasts:
    the day, its week from Monday, its month, in Shanghai.
    """
    match span:
        case DigestSpan.DAILY:
            first, last = day, day + timedelta(days=1)
        case DigestSpan.WEEKLY:
            first = day - timedelta(days=day.weekday())
            last = first + timedelta(days=7)
        case DigestSpan.MONTHLY:
            first = day.replace(day=1)
            last = first.replace(year=first.year + first.month // _MONTHS, month=first.month % _MONTHS + 1)
    return _begins(first), _begins(last)


async def digest_of(
    database: Database, law: Law, actor: Actor, span: DigestSpan, *, day: date, now: datetime
) -> Sheet:
    """The digest of the span of a day, up to `now`, of what the actor may see; raises Unavailable."""
    since, end = span_of(span, day)
    until = max(since, min(end, now))
    async with reading(database, _SECONDS) as session:
        counts = await figures(session, actor, since, end)  # what came in within this second counts
    return digest_sheet(
        Digest(
            span=span,
            since=since,
            until=until,
            unit=unit_name(law, actor.unit),
            registered=counts.registered,
            levels=tuple(
                ("" if level is None else label_of(level).zh, count) for level, count in counts.by_level
            ),
            answered=counts.answered,
            missed=counts.missed,
            closed=counts.closed,
            open=counts.open,
            overdue=counts.overdue,
            marked=counts.marked,
            lines=tuple(_line(law, case) for case in counts.cases),
            now=now,
        )
    )


def _line(law: Law, case: OpenCase) -> DigestLine:
    return DigestLine(
        number=case.number,
        title=case.title,
        level="" if case.level is None else label_of(case.level).zh,
        units=tuple(unit_name(law, unit) for unit in case.units),
        due_at=case.due_at,
        is_overdue=case.is_overdue,
    )


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), SHANGHAI)
