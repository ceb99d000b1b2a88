"""值守: alarms over a whole case, unassigned for too long or silent before the public (一(二)#2, R108)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from domain.case.events import Event
from domain.case.obligations import RESPONSE_KINDS, Status
from domain.case.oversight import Alarm, Raised
from domain.case.state import Incident
from domain.law.articles import Article
from domain.law.regulation import SECOND_EDITION, THIRD_EDITION
from domain.rules.alarms import ONE_SECOND
from domain.terms.copies import changed
from domain.terms.instants import whole

CLAUSE: str = Article.GRADED_RESPONSIBILITY
REGISTRATION = "registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRaised(Event):
    """A unit stayed passive or silent until `at`, the instant at which the regulation calls for an alarm (R108)."""

    kind: Literal["alarm_raised"] = "alarm_raised"
    alarm: Alarm
    unit: str
    cause: str


class Watch(NamedTuple):
    """An alarm to come: when the clock looks, and what it will say unless somebody acts."""

    looks_at: datetime
    raises: AlarmRaised


def next_watch(incident: Incident) -> Watch | None:
    """The earliest alarm of an open case that was not given yet.

    1. Nobody assigned within the limit after registration.
    2. A share of the clock of an open RESP48 or PUB24 gone by without any publication that names its unit, not even
       an interim response; before assignment the office is silent.
    Each is given once for its cause, stamped with its instant; the clock looks a second later, since a deed at that
    second is in time. One whose instant lies before its duty was created is given at once (DD-20).
    """
    if incident.law.edition < SECOND_EDITION:
        return None
    given = {(raised.alarm, raised.cause) for raised in incident.oversight.alarms}
    waiting = (
        watch
        for watch in (*_unassigned(incident), *_silent(incident))
        if (watch.raises.alarm, watch.raises.cause) not in given
    )
    return min(waiting, key=lambda watch: watch.looks_at, default=None)


def _unassigned(incident: Incident) -> Iterator[Watch]:
    limit = incident.law.escalation.alarms.unassigned_after
    if limit is None or incident.assignment is not None:
        return
    at = incident.registered_at + limit
    office = incident.law.offices.office
    office = incident.coordinating_office if incident.law.edition >= THIRD_EDITION else office
    raised = AlarmRaised(at=at, alarm=Alarm.UNASSIGNED, unit=office, cause=REGISTRATION)
    yield Watch(at + ONE_SECOND, raised)


def _silent(incident: Incident) -> Iterator[Watch]:
    percent = incident.law.escalation.alarms.silent_percent
    if percent is None:
        return
    spoken = {unit for item in incident.standing_publications for unit in item.issuers}
    for duty in incident.obligations:
        if duty.kind not in RESPONSE_KINDS or duty.status is not Status.OPEN or duty.unit in spoken:
            continue
        at = whole(duty.clock_start + (duty.due_at - duty.clock_start) * percent // 100)
        unit = duty.unit or incident.law.offices.office
        raised = AlarmRaised(at=at, alarm=Alarm.SILENT, unit=unit, cause=duty.id)
        yield Watch(max(at + ONE_SECOND, duty.created_at), raised)


def evolve(incident: Incident, event: AlarmRaised) -> Incident:
    """The case after an alarm, which is not given again."""
    raised = Raised(alarm=event.alarm, unit=event.unit, cause=event.cause, at=event.at)
    oversight = incident.oversight
    return changed(incident, oversight=changed(oversight, alarms=(*oversight.alarms, raised)))
