"""What the rules do when time passes: reminders, alarms, breaches, the ladder,
the end of a closed case (R103, R108, R443, DD-20).
"""

from datetime import datetime

from domain.case.events import Event
from domain.case.obligations import Obligation, ObligationBreached, ObligationPassed, ReminderSent, Status
from domain.case.state import Incident
from domain.law.editions import Switch
from domain.rules.alarms import next_check_at, next_reminder, next_rung
from domain.rules.replacement import expired
from domain.rules.watch import UpcomingAlarm, next_watch
from domain.steps.close import Archived
from domain.steps.escalate import rung_drafted, talk_proposed
from domain.terms.instants import whole
from domain.terms.vocabulary import ObligationKind
from domain.terms.workdays import SHANGHAI


def next_alarm(incident: Incident) -> datetime | None:
    """When the rules next need the clock; None once the case is archived."""
    check_at, watch = _upcoming(incident)[0], _watched(incident)
    return check_at if watch is None or _comes_first(check_at, watch) else watch.next_check_at


def due_next(incident: Incident, now: datetime) -> tuple[Event, ...]:
    """The earliest thing that the clock has to say by `now`, as the events of one cause;
    empty when there is none.

    Each is stamped with the instant that called for it, however late it is noticed (DD-20).
    """
    check_at, obligation = _upcoming(incident)
    watch = _watched(incident)
    if watch is not None and not _comes_first(check_at, watch):
        return () if watch.next_check_at > now else (watch.raises,)
    if check_at is None or check_at > now:
        return ()
    return (Archived(at=check_at),) if obligation is None else _said(incident, obligation, check_at)


def _upcoming(incident: Incident) -> tuple[datetime | None, Obligation | None]:
    """When the clock is needed next, and for which obligation;
    for none of them when a closed case is to be archived.

    What was withdrawn or found wrong after the close runs on until then (DD-13, DD-15).
    """
    if incident.archived_at is not None:
        return None, None
    check_at, obligation = _next(incident)
    if incident.closed_at is not None:
        archives_at = _archives_at(incident, incident.closed_at)
        if check_at is None or archives_at < check_at:
            return archives_at, None
    return check_at, obligation


def _archives_at(incident: Incident, closed_at: datetime) -> datetime:
    """When a closed case is archived by itself: the time of the law after its close, and where that is a day
    off, at the end of the next working day (DD-28).
    """
    ends = closed_at + incident.law.limits.archive_after
    calendar = incident.law.calendar
    if not incident.law.has(Switch.ARCHIVED_ON_A_WORKDAY):
        return ends
    if calendar.is_workday(ends.astimezone(SHANGHAI).date()):
        return ends
    return whole(calendar.end_of_workday_after(ends, 1)[0])


def _watched(incident: Incident) -> UpcomingAlarm | None:
    """The alarm to come; a closed case has none."""
    return None if incident.closed_at is not None else next_watch(incident)


def _comes_first(check_at: datetime | None, watch: UpcomingAlarm) -> bool:
    """Whether an obligation is looked at before the alarm; at one instant the obligation is."""
    return check_at is not None and check_at <= watch.next_check_at


def _next(incident: Incident) -> tuple[datetime | None, Obligation | None]:
    """The obligation that the clock looks at next, the first of several, and when."""
    escalation = incident.law.escalation
    if incident.law.has(Switch.ENDED_IS_QUIET) and incident.screening.has_ended:
        return None, None  # void, merged or not ours: no order climbs where no step is possible
    soonest: datetime | None = None
    next_obligation: Obligation | None = None
    for obligation in incident.obligations:
        check_at = next_check_at(obligation, escalation)
        if check_at is not None and (soonest is None or check_at < soonest):
            soonest, next_obligation = check_at, obligation
    return soonest, next_obligation


def _said(incident: Incident, obligation: Obligation, check_at: datetime) -> tuple[Event, ...]:
    escalation = incident.law.escalation
    if obligation.status is Status.OPEN:
        reminding = next_reminder(obligation, escalation)
        if reminding is None or check_at < reminding.fires_at:
            return _expired(incident, obligation)
        _, instant, percent, passed_over = reminding
        return (ReminderSent(at=instant, obligation=obligation.id, percent=percent, passed_over=passed_over),)
    rung = next_rung(obligation, escalation)
    return () if rung is None else (rung_drafted(incident, obligation, rung[2], rung[1]),)


def _expired(incident: Incident, obligation: Obligation) -> tuple[Event, ...]:
    if obligation.kind is ObligationKind.REPLACE:
        return tuple(expired(incident, obligation))
    if obligation.advisory:
        return (ObligationPassed(at=obligation.due_at, obligation=obligation.id),)
    breach = ObligationBreached(at=obligation.due_at, obligation=obligation.id, clause=obligation.clause)
    talk = talk_proposed(incident, obligation)
    return (breach,) if talk is None else (breach, talk)
