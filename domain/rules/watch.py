"""值守: alarms over a whole case, unassigned for too long or silent before the public,
and tasks to remind of (一(二)#2, R108, R103).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple

from domain.case.events import Event
from domain.case.meetings import Consultation
from domain.case.obligations import RESPONSE_KINDS, Status
from domain.case.oversight import Alarm, Raised
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.editions import Switch
from domain.rules.alarms import ONE_SECOND
from domain.rules.counting import CountsMissing, next_missing
from domain.terms.copies import changed
from domain.terms.instants import whole

CLAUSE: str = Article.GRADED_RESPONSIBILITY
REGISTRATION = "registration"
_TASK_PERCENT: Final = 75


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Event):
    """A unit stayed passive or silent until `at`, the instant at which the regulation calls
    for an alarm (R108).
    """

    kind: Literal["alarm_raised"] = "alarm_raised"
    alarm: Alarm
    unit: str
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskReminded(Event):
    """Three quarters of the time for a task of a consultation had gone by at `at`,
    and it was not done (R103).
    """

    kind: Literal["task_reminded"] = "task_reminded"
    task: str


class UpcomingAlarm(NamedTuple):
    """An alarm or a reminder to come: when the clock looks, and what it will say unless somebody acts."""

    next_check_at: datetime
    raises: AlarmRaised | TaskReminded | CountsMissing


def next_watch(incident: Incident) -> UpcomingAlarm | None:
    """The earliest alarm of an open case, or reminder of a task, that was not given yet,
    or what it says of missing counts (DD-34).

    1. Nobody assigned within the limit after registration.
    2. A share of the clock of an open RESP48 or PUB24 gone by without any publication that names its unit,
       not even an interim response; before assignment the office is silent.
    3. Three quarters of the time for a task of a consultation gone by; one that was recorded later, when it
    was. Each is given once for its cause, stamped with its instant; the clock looks a second later, since a
    deed at that second is in time. One whose instant lies before its obligation was created is given at once
    (DD-20).
    """
    if not incident.law.has(Switch.ALARMS):
        return None
    causes = {(raised.alarm, raised.cause) for raised in incident.oversight.alarms}
    waiting = (
        watch
        for watch, raised in (*_unassigned(incident), *_silent(incident))
        if (raised.alarm, raised.cause) not in causes
    )
    watches = (*waiting, *_tasks(incident), *_uncounted(incident))
    return min(watches, key=lambda watch: watch.next_check_at, default=None)


def _uncounted(incident: Incident) -> Iterator[UpcomingAlarm]:
    if (missing := next_missing(incident)) is not None:
        yield UpcomingAlarm(missing.at + ONE_SECOND, missing)


def _tasks(incident: Incident) -> Iterator[UpcomingAlarm]:
    """Tasks with a due instant that are neither done nor reminded of;
    a deed at the very second comes after the reminder.
    """
    if not incident.law.has(Switch.TASKS_REMINDED):
        return
    for meeting in incident.consultations:
        for task in meeting.tasks:
            if task.due_at is None or task.done_at is not None or task.reminded_at is not None:
                continue
            at = whole(meeting.at + (task.due_at - meeting.at) * _TASK_PERCENT // 100)
            check_at = at if task.asked_at is None else max(at, task.asked_at)
            yield UpcomingAlarm(check_at, TaskReminded(at=at, task=task.id))


def _unassigned(incident: Incident) -> Iterator[tuple[UpcomingAlarm, AlarmRaised]]:
    limit = incident.law.escalation.alarms.unassigned_after
    if limit is None or incident.assignment is not None:
        return
    at = incident.registered_at + limit
    office = incident.law.offices.office
    office = incident.coordinating_office if incident.law.has(Switch.POWERS_APART) else office
    raised = AlarmRaised(at=at, alarm=Alarm.UNASSIGNED, unit=office, cause=REGISTRATION)
    yield UpcomingAlarm(at + ONE_SECOND, raised), raised


def _silent(incident: Incident) -> Iterator[tuple[UpcomingAlarm, AlarmRaised]]:
    percent = incident.law.escalation.alarms.silent_percent
    if percent is None:
        return
    spoken = {unit for item in incident.standing_publications for unit in item.issuers}
    for obligation in incident.obligations:
        if (
            obligation.kind not in RESPONSE_KINDS
            or obligation.status is not Status.OPEN
            or obligation.unit in spoken
        ):
            continue
        at = whole(obligation.clock_start + (obligation.due_at - obligation.clock_start) * percent // 100)
        unit = obligation.unit or incident.law.offices.office
        raised = AlarmRaised(at=at, alarm=Alarm.SILENT, unit=unit, cause=obligation.id)
        yield UpcomingAlarm(max(at + ONE_SECOND, obligation.created_at), raised), raised


def evolve(incident: Incident, event: AlarmRaised | TaskReminded) -> Incident:
    """The case after an alarm or a reminder, which is not given again."""
    if isinstance(event, TaskReminded):
        meetings = tuple(_reminded(meeting, event) for meeting in incident.consultations)
        return changed(incident, consultations=meetings)
    raised = Raised(alarm=event.alarm, unit=event.unit, cause=event.cause, at=event.at)
    oversight = incident.oversight
    return changed(incident, oversight=changed(oversight, alarms=(*oversight.alarms, raised)))


def _reminded(meeting: Consultation, event: TaskReminded) -> Consultation:
    tasks = tuple(
        changed(task, reminded_at=event.at) if task.id == event.task else task for task in meeting.tasks
    )
    return changed(meeting, tasks=tasks)
