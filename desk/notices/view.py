"""提示: what a unit was told, why, of which incident and until when;
and what of it is grave enough for every page.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from desk.calls.view import ReceiptLine, receipt_lines
from desk.notices.gravity import is_grave
from desk.notices.replaced import Sort, sort_of
from domain.terms.vocabulary import Marking
from storage.inbox import Delivered, key_of
from storage.notice_board import LOOKED_AT, NoticeMatter, WaitingNotice
from storage.receipts import Key, ReceiptEntry
from words.labels import word
from words.language import say
from words.notices import subject_words
from words.wording import Countdown, MomentText, countdown, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """A notice for readers; `href` is empty where the incident is not the unit's to open.

    `older` are when the ones that it replaces in the list were sent, the latest first.
    """

    position: int
    purpose: str
    about: str
    is_grave: bool
    is_drill: bool
    number: str
    title: str
    marking: Marking
    href: str
    addressee: str
    delivered: MomentText
    due: MomentText | None
    countdown: Countdown | None
    acknowledged: MomentText | None
    acknowledged_by: str
    calls: tuple[ReceiptLine, ...]
    older: tuple[MomentText, ...] = ()

    @property
    def is_red(self) -> bool:
        """Whether it stands out as grave: a drill never does."""
        return self.is_grave and not self.is_drill and self.acknowledged is None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseNotices:
    """The notices of one case, the grave ones first; `href` is empty where the case
    is not the unit's to open.
    """

    number: str
    title: str
    marking: Marking
    href: str
    is_drill: bool
    lines: tuple[NoticeLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """What every page says of what waits, and where it stands:
    the number, and in words the grave notices (or empty).

    `is_drill` says that all of it is of drills, which are never red;
    `is_grave_drill` the same of the grave ones.
    """

    count: str
    grave: str
    href: str = "/notices"
    is_drill: bool = False
    is_grave_drill: bool = False


def bell_of_alarms(alarms: int) -> Bell:
    """The bell of whoever keeps the system, and has no notices: the alarms of the watch."""
    return Bell(count=str(alarms) if alarms else "", grave="", href="/system")


def bell(waiting: Sequence[WaitingNotice], alarms: int = 0) -> Bell:
    """The count, alarms of the watch among it, and how many notices are grave, drills among them told apart.

    What a newer one replaces is not counted.
    """
    sorts = {sort_of(one.incident_id, one.purpose, one.subject): one for one in reversed(waiting)}
    number = len(sorts) + alarms
    count = f"{LOOKED_AT}+" if len(waiting) >= LOOKED_AT else str(number) if number else ""
    grave = [item.drill for item in sorts.values() if is_grave(item.purpose, item.subject)]
    words = say("有 {count} 条重要提示待确认", count=len(grave)) if grave else ""
    if any(grave):
        words += say("（其中演练 {count} 条）", count=sum(grave))
    return Bell(
        count=count,
        grave=words,
        is_drill=not alarms and all(one.drill for one in sorts.values()),
        is_grave_drill=all(grave),
    )


def by_case(
    notices: Sequence[Delivered],
    about: Mapping[int, NoticeMatter],
    calls: Mapping[Key, Sequence[ReceiptEntry]],
    now: datetime,
    *,
    sees_all: bool,
) -> tuple[CaseNotices, ...]:
    """The notices that wait, the newest first, by their cases: what is real and grave first;
    a newer replaces an older.
    """
    cases: dict[str, dict[Sort, list[Delivered]]] = {}
    for item in notices:
        sort = sort_of(item.incident_id, item.notice.purpose, item.notice.subject)
        cases.setdefault(item.incident_id, {}).setdefault(sort, []).append(item)
    groups = (_case(tuple(one.values()), about, calls, now, sees_all=sees_all) for one in cases.values())
    return tuple(sorted(groups, key=lambda case: (case.is_drill, not case.lines[0].is_grave)))


def _case(
    sorts: Sequence[Sequence[Delivered]],
    about: Mapping[int, NoticeMatter],
    calls: Mapping[Key, Sequence[ReceiptEntry]],
    now: datetime,
    *,
    sees_all: bool,
) -> CaseNotices:
    newest = notice_lines([items[0] for items in sorts], about, calls, now, sees_all=sees_all)
    older = {items[0].position: tuple(moment(item.delivered_at) for item in items[1:]) for items in sorts}
    lines = tuple(replace(line, older=older[line.position]) for line in newest)
    return CaseNotices(
        number=lines[0].number,
        title=lines[0].title,
        marking=lines[0].marking,
        href=lines[0].href.partition("#")[0],
        is_drill=lines[0].is_drill,
        lines=lines,
    )


def notice_lines(
    notices: Iterable[Delivered],
    about: Mapping[int, NoticeMatter],
    calls: Mapping[Key, Sequence[ReceiptEntry]],
    now: datetime,
    *,
    sees_all: bool,
) -> tuple[NoticeLine, ...]:
    """The notices as they come, those that wait first, and among them the grave ones;
    each with what became of its messages.
    """
    lines = [
        _line(notice, about.get(notice.position), calls.get(key_of(notice), ()), now, sees_all=sees_all)
        for notice in notices
    ]
    return tuple(sorted(lines, key=lambda line: (line.acknowledged is not None, not line.is_grave)))


def _line(
    item: Delivered,
    matter: NoticeMatter | None,
    calls: Sequence[ReceiptEntry],
    now: datetime,
    *,
    sees_all: bool,
) -> NoticeLine:
    notice = item.notice
    is_readable = matter is not None and (matter.is_own or sees_all)
    due_at = matter.due_at if matter is not None and matter.is_owed else None
    return NoticeLine(
        position=item.position,
        purpose=word(notice.purpose),
        about=subject_words(notice.subject),
        is_grave=is_grave(notice.purpose, notice.subject),
        is_drill=item.drill,
        number=matter.number if matter is not None else "",
        title=matter.title if matter is not None and is_readable else "",
        marking=matter.marking if matter is not None and is_readable else Marking.NONE,
        href=f"/incidents/{item.incident_id}#e{notice.event_number}" if is_readable else "",
        addressee=word(item.addressee) if item.addressee else "",
        delivered=moment(item.delivered_at),
        due=moment(due_at) if due_at else None,
        countdown=countdown(due_at, now, None) if due_at and not item.drill else None,
        acknowledged=moment(item.acknowledged_at) if item.acknowledged_at else None,
        acknowledged_by=item.acknowledged_by or "",
        calls=receipt_lines(calls),
    )
