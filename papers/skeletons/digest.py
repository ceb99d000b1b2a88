"""日报、周报、月报: the figures of a span as the ledger has them;
the judgement is left for a person to write (documents.md, practice 3.2).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from domain.terms.workdays import SHANGHAI
from papers.sheet import PaperForm, Paragraph, Row, Sheet
from papers.skeletons.letter import BLANK, day, heading, minute


class DigestSpan(StrEnum):
    """Of what a digest tells."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


_HEADS = {
    DigestSpan.DAILY: "政务舆情日报",
    DigestSpan.WEEKLY: "政务舆情周报",
    DigestSpan.MONTHLY: "政务舆情月报",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestLine:
    """An open incident: its number and title, its level (empty:
    none yet) and who answers in words, until when, and whether that is past.
    """

    number: str
    title: str
    level: str
    units: tuple[str, ...]
    due_at: datetime | None
    is_overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What a digest is written from; what happened from `since` on and before `until`,
    and what is open `now`.

    `levels` are names with counts; `marked` of the open incidents are not listed.
    """

    span: DigestSpan
    since: datetime
    until: datetime
    unit: str
    registered: int
    levels: tuple[tuple[str, int], ...]
    answered: int
    missed: int
    closed: int
    open: int
    overdue: int
    marked: int
    lines: Sequence[DigestLine]
    now: datetime


def digest_sheet(digest: Digest) -> Sheet:
    """The sheet of a digest; it bears no number, since it goes by its date."""
    head = _HEADS[digest.span]
    return Sheet(
        form=PaperForm.INTERNAL,
        head=head,
        number="",
        title=f"{head}（{_days(digest)}）",
        body=tuple(_body(digest)),
        rows=tuple(_row(line) for line in digest.lines),
        signature=digest.unit,
        dated=digest.now.astimezone(SHANGHAI).date(),
    )


def _days(digest: Digest) -> str:
    """The days that it tells of, the first and the last; of one day that alone."""
    first = day(digest.since)
    last = day(max(digest.since, digest.until - timedelta(microseconds=1)))
    return first if first == last else f"{first}至{last}"


def _body(digest: Digest) -> Iterator[Paragraph]:
    levels = "，".join(f"{name or '未定级'}{count}件" for name, count in digest.levels)
    yield heading("一、总体情况")
    yield Paragraph(
        text=(
            f"{minute(digest.since)}至{minute(digest.until)}，"
            f"登记政务舆情{digest.registered}件{f'（{levels}）' if levels else ''}；"
            f"回应{digest.answered}项，到期未回应{digest.missed}项；办结{digest.closed}件。"
        )
    )
    yield Paragraph(text=f"截至{minute(digest.now)}，在办{digest.open}件，其中超时{digest.overdue}件。")
    yield heading("二、走势研判")
    yield Paragraph(text=BLANK)
    yield heading("三、工作建议")
    yield Paragraph(text=BLANK)
    yield heading("四、在办事件")
    more = digest.open - digest.marked - len(digest.lines)
    yield Paragraph(text="见下表，最急的在前。" if digest.lines else "没有可列出的在办事件。")
    if more > 0:
        yield Paragraph(text=f"另有{more}件，见系统。")
    if digest.marked:
        yield Paragraph(text=f"另有{digest.marked}件带标识，不在此列出。")


def _row(line: DigestLine) -> Row:
    due = "没有待回应的时限" if line.due_at is None else f"{minute(line.due_at)}前回应"
    late = "，已超时" if line.is_overdue else ""
    units = "，".join(line.units) or "未交办"
    return Row(label=line.number, value=f"{line.title}（{line.level or '未定级'}；{units}；{due}{late}）")
