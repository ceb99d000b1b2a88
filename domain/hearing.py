"""谁知道、多快知道: to whom a notice goes, and to whom it climbs while nobody has acknowledged it (DD-33).

Pure: what runs the climb is the call that delivers (`workflows/call.py`), outside the case,
since acknowledging is no act in it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from domain.case.obligations import Status
from domain.case.records import PaperStatus
from domain.case.state import Incident
from domain.law.hearing_table import BEFORE_THE_TABLE, HearingTable, Recipient, ToldPost
from domain.purposes import Purpose
from domain.terms.vocabulary import ObligationKind, ResponseClass, WarningLevel
from domain.terms.workdays import SHANGHAI


class Hearer(StrEnum):
    """Whom an unread notice reaches, in the order in which it climbs."""

    DUTY_PERSON = "duty_person"
    BACKUP = "backup"
    DEPUTY_LEADER = "deputy_leader"
    PRINCIPAL_LEADER = "principal_leader"
    DEPUTY_MAYOR = "deputy_mayor"


GRAVE_BREACHES: Final = frozenset({ObligationKind.RESP48, ObligationKind.PUB24, ObligationKind.SUP_FB})
CLIMBING: Final = frozenset({Purpose.WARNING, Purpose.PAPER_ISSUED, Purpose.INSTRUCTED})
CALLED: Final = CLIMBING | {
    Purpose.BREACH,
    Purpose.REMINDER,
}  # what a person is called for; the rest waits in the inbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A notice as what decides on its way: why, in a case of what level and class, of which obligation,
    and since when.

    `level` is None until somebody has judged, which counts as the lowest.
    `table` is of the law that the case runs under.
    """

    purpose: Purpose
    level: WarningLevel | None
    response_class: ResponseClass
    sent_at: datetime
    kind: ObligationKind | None = None
    table: HearingTable = BEFORE_THE_TABLE

    @property
    def keeps_quiet_hours(self) -> bool:
        """Whether nobody at all is called for it at night: a reminder."""
        return self.purpose is Purpose.REMINDER

    @property
    def is_grave_breach(self) -> bool:
        """Whether a limit that the public or a superior waits for has gone by."""
        return self.purpose is Purpose.BREACH and self.kind in GRAVE_BREACHES

    @property
    def climbs(self) -> bool:
        """Whether somebody else hears of it while it is unread; reminders never do."""
        return self.purpose in CLIMBING or self.is_grave_breach

    @property
    def is_urgent(self) -> bool:
        """Whether it reaches 分管副市长 in its turn:
        the 24-hour class, and from the level of the table on.
        """
        return self.response_class is ResponseClass.H24 or self._level.rank >= self.table.urgent_level.rank

    @property
    def climbs_at_night(self) -> bool:
        """Whether leaders are woken for it."""
        return self.is_urgent or self.kind in self.table.waking

    @property
    def _level(self) -> WarningLevel:
        return self.level or WarningLevel.GENERAL_MATTER

    def recipients(self) -> tuple[Recipient, ...]:
        """Whom it goes to from the beginning, whether it is read or not;
        what calls nobody goes to its unit alone.
        """
        if not self.climbs:
            return (Recipient.UNIT,)
        return tuple(row.post for row in self.table.recipients if self._reaches(row))

    @property
    def wait(self) -> timedelta:
        """How long each hearer has before the next one is reached."""
        return self.table.wait(self._level, self.response_class)

    def _reaches(self, row: ToldPost) -> bool:
        return (
            self._level.rank >= row.level.rank
            or (row.h24 and self.response_class is ResponseClass.H24)
            or (row.breach and self.is_grave_breach)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRung:
    """Who is called at an instant; those of `unread_only` only while nobody of the unit has acknowledged."""

    at: datetime
    hearers: tuple[Hearer | Recipient, ...]
    unread_only: bool


def rungs(call: Call) -> tuple[CallRung, ...]:
    """All that a call does unless it is acknowledged, in the order of its instants.

    1. The duty person of the addressed unit is called at once; for a reminder not before the night ends.
    2. The other posts of the table are called beside, whether the notice is read or not:
       at night only for what wakes leaders.
    3. While it is unread, each further hearer is called as `climb` says.
    """
    (_, duty_person), *further = climb(call)
    first_at = _by_day(call, call.sent_at) if call.keeps_quiet_hours else call.sent_at
    steps = [CallRung(at=first_at, hearers=(duty_person,), unread_only=True)]
    if others := call.recipients()[1:]:
        steps.append(CallRung(at=_by_day(call, call.sent_at), hearers=others, unread_only=False))
    steps += [CallRung(at=at, hearers=(hearer,), unread_only=True) for at, hearer in further]
    return tuple(sorted(steps, key=lambda rung: rung.at))


def climb(call: Call) -> Iterator[tuple[datetime, Hearer]]:
    """When an unread notice reaches whom: the duty person at once,
    each further one a wait after the one before.

    A step that would fall into the night is taken when it ends, but for what wakes leaders.
    """
    due_at = call.sent_at
    yield due_at, Hearer.DUTY_PERSON
    if not call.climbs:
        return
    for hearer in (Hearer.BACKUP, Hearer.DEPUTY_LEADER, Hearer.PRINCIPAL_LEADER):
        due_at = _by_day(call, due_at + call.wait)
        yield due_at, hearer
    due_at += call.wait
    if call.is_grave_breach and not call.is_urgent:
        due_at = max(due_at, call.sent_at + call.table.old_breach)
    if call.is_urgent or call.is_grave_breach:
        yield _by_day(call, due_at), Hearer.DEPUTY_MAYOR


def not_before(call: Call, rung: CallRung, instant: datetime) -> datetime:
    """When a rung may be taken that is due at an instant, or again after a pause:
    the quiet of the night holds for both.

    The person on duty is called at any time, but for a reminder.
    """
    is_on_duty = rung.hearers == (Hearer.DUTY_PERSON,)
    return instant if is_on_duty and not call.keeps_quiet_hours else _by_day(call, instant)


def has_lapsed(incident: Incident, purpose: Purpose, subject: str) -> bool:
    """Whether nobody need hear of a notice any more, by what the case has come to.

    1. A case that ended as void, as a duplicate or as not ours asks for no step;
       one that was closed can still be instructed in.
    2. A reminder lapses once its obligation is met or owed no more.
    3. A missed limit lapses once it no longer counts as missed. One that was met late is missed all the same,
       and goes on climbing while it is unread: DD-33 ends it by an acknowledgement alone.
    4. An order or another paper that was voided asks nobody for anything (DD-12, DD-43).
    """
    if incident.screening.has_ended:
        return True
    if purpose is Purpose.PAPER_ISSUED:
        return any(paper.id == subject and paper.status is PaperStatus.VOID for paper in incident.papers)
    obligation = next((one for one in incident.obligations if one.id == subject), None)
    if obligation is None:
        return False
    if purpose is Purpose.REMINDER:
        return not obligation.is_owed
    return purpose is Purpose.BREACH and obligation.status is not Status.BREACHED


def next_hearer(call: Call, now: datetime, *, acknowledged: bool) -> Hearer | None:
    """Who is to hear a notice by now: the last whom it has reached;
    None once somebody of its unit has acknowledged it.
    """
    if acknowledged:
        return None
    return next((hearer for at, hearer in reversed(tuple(climb(call))) if at <= now), None)


def _by_day(call: Call, instant: datetime) -> datetime:
    """The instant, or the end of the night that it falls into where nobody is woken."""
    local = instant.astimezone(SHANGHAI)
    if (call.climbs_at_night and not call.keeps_quiet_hours) or not call.table.is_night(local.time()):
        return instant
    ends = call.table.night_ends
    morning = local.date() + timedelta(days=local.time() >= ends)
    return datetime.combine(morning, ends, SHANGHAI).astimezone(instant.tzinfo)
