"""提示: what a unit was told, why, of which incident and until when; and what of it is grave enough for every page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from desk.calls.view import ReceiptLine, receipt_lines
from domain.purposes import Purpose
from domain.terms.ids import Thing, is_obligation_of, is_paper_of, names
from domain.terms.vocabulary import Marking, ObligationKind, PaperKind
from storage.inbox import Delivered, key_of
from storage.notice_board import LOOKED_AT, Matter, WaitingNotice
from storage.receipts import Key, ReceiptEntry
from words.labels import word
from words.language import say
from words.notices import subject_words
from words.wording import Countdown, Moment, countdown, moment

# What must not wait: a missed limit, an alarm, a leader's instruction, a superior's notice, the rungs of the ladder.
_GRAVE: Final = frozenset(
    {Purpose.BREACH, Purpose.ALARM, Purpose.INSTRUCTED, Purpose.REOPENED, Purpose.ERROR_KNOWN}
)
_LADDER: Final = (PaperKind.SUPERVISION_ORDER, PaperKind.CIRCULATED_CRITICISM, PaperKind.ADMONITORY_TALK)
_OF_SUPERIORS: Final = (ObligationKind.FORWARD, ObligationKind.SUP_FB)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeLine:
    """A notice for readers; `href` is empty where the incident is not the unit's to open."""

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
    delivered: Moment
    due: Moment | None
    countdown: Countdown | None
    acknowledged: Moment | None
    acknowledged_by: str
    calls: tuple[ReceiptLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bell:
    """What every page says of what waits, and where it stands: the number, and in words the grave notices (or empty)."""

    count: str
    grave: str
    href: str = "/notices"


def is_grave(purpose: Purpose, subject: str) -> bool:
    """Whether every page says that the notice waits: breaches and alarms, instructions, superiors, the ladder."""
    if purpose is Purpose.PAPER_ISSUED:
        return is_paper_of(subject, *_LADDER)
    if purpose in {Purpose.COORDINATE, Purpose.TO_DO}:
        return names(subject, Thing.NOTICE) or is_obligation_of(subject, *_OF_SUPERIORS)
    return purpose in _GRAVE


def bell_of_alarms(alarms: int) -> Bell:
    """The bell of whoever keeps the system, and has no notices: the alarms of the watch."""
    return Bell(count=str(alarms) if alarms else "", grave="", href="/system")


def bell(waiting: Sequence[WaitingNotice], alarms: int = 0) -> Bell:
    """The count, alarms of the watch among it, and how many notices are grave, drills among them told apart."""
    number = len(waiting) + alarms
    count = f"{LOOKED_AT}+" if len(waiting) >= LOOKED_AT else str(number) if number else ""
    grave = [item.drill for item in waiting if is_grave(item.purpose, item.subject)]
    words = say("有 {count} 条重要提示待确认", count=len(grave)) if grave else ""
    if any(grave):
        words += say("（其中演练 {count} 条）", count=sum(grave))
    return Bell(count=count, grave=words)


def notice_lines(
    notices: Iterable[Delivered],
    about: Mapping[int, Matter],
    calls: Mapping[Key, Sequence[ReceiptEntry]],
    now: datetime,
    *,
    sees_all: bool,
) -> tuple[NoticeLine, ...]:
    """The notices as they come, those that wait first, and among them the grave ones; each with what became of its messages."""
    lines = [
        _line(notice, about.get(notice.position), calls.get(key_of(notice), ()), now, sees_all=sees_all)
        for notice in notices
    ]
    return tuple(sorted(lines, key=lambda line: (line.acknowledged is not None, not line.is_grave)))


def _line(
    item: Delivered,
    matter: Matter | None,
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
