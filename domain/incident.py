"""The four functions of the regulation: decide, evolve, next_alarm and may."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

from domain import clock
from domain.capacity import check_room
from domain.case.events import Event
from domain.case.state import Incident
from domain.catalogue import (
    AnyCause,
    CaseEvent,
    Decision,
    Intrusion,
    IntrusionNoticed,
    Submission,
    SubmissionRefused,
    SubmissionUnreadable,
    Unreadable,
)
from domain.clock import next_alarm
from domain.dispatch import DECIDERS, EVOLVERS
from domain.law.editions import Switch
from domain.rules import by_rota, coordination, counting
from domain.rules.permissions import may
from domain.skew import settled
from domain.steps import amend, coordinate, register
from domain.steps.register import Register
from domain.terms.copies import changed
from domain.terms.instants import whole
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Deed

__all__ = ["apply", "decide", "decision", "evolve", "fold", "may", "next_alarm", "received", "whole"]

_GRACE = timedelta(seconds=60)
_NEVER = datetime.min.replace(tzinfo=UTC)


def received(incident: Incident | None, submission: Submission, now: datetime) -> datetime:
    """As of when a submission is judged.

    1. Its `received_at`, on the case's clock, when that lies in the 60 s before `now`,
       or when it came by signal, whose receipt the history dates.
    2. Else `now`: a skewed web clock can do no harm.
    """
    drill = incident.drill if incident else submission.opening.drill if submission.opening else None
    stamped = drill.shown(submission.received_at) if drill else submission.received_at
    grace = _GRACE * drill.scale if drill else _GRACE
    in_window = stamped <= now and (submission.deferred or now - stamped <= grace)
    as_of = whole(stamped) if in_window else now
    return max(as_of, incident.registered_at) if incident else as_of


def decide(incident: Incident | None, cause: AnyCause, now: datetime) -> tuple[CaseEvent, ...]:
    """The events that a cause brings at `now`; raises Refused when the rules say no.

    1. `now` is cut to whole seconds.
    2. What fell due by the instant of receipt comes first, so that no lateness is lost.
    3. The command is judged as of its receipt; a breach stamped meanwhile is withdrawn, both kept.
    4. What fell due by `now` comes last.
    A refused hand-over (signal) becomes an event, since nobody waits for the answer.
    """
    now = whole(now)
    if incident is None:
        return _opened(cause, now)
    builder = _DecisionBuilder(incident)
    if isinstance(cause, Submission):
        as_of = received(incident, cause, now)
        builder.catch_up(as_of)
        _judge(builder, cause, as_of)
    elif isinstance(cause, Unreadable):
        builder.add([SubmissionUnreadable(at=now, payload=cause.payload)])
    elif isinstance(cause, Intrusion):
        builder.add([IntrusionNoticed(at=now, count=cause.count)])
    builder.catch_up(now)
    return tuple(builder.events)


def _opened(cause: AnyCause, now: datetime) -> tuple[CaseEvent, ...]:
    if not isinstance(cause, Submission) or cause.opening is None or not isinstance(cause.command, Register):
        raise Refused(Reason.NOT_REGISTERED)
    as_of = received(None, cause, now)
    if (refusal := may(cause.actor, cause.command, None, cause.opening.law)) is not None:
        raise refusal
    builder = _DecisionBuilder(None)
    command = settled(cause.command, as_of, cause.opening.law.edition)
    deed = Deed(actor=cause.actor, at=as_of, reading=cause.reading)
    builder.add(register.open_case(command, cause.opening, deed))
    if command.superior_notice is not None:
        builder.add(coordinate.receive(builder.incident, command.superior_notice, deed))
    builder.add(coordination.follow_ups(None, builder.incident, as_of))
    builder.catch_up(now)
    return tuple(builder.events)


class _DecisionBuilder:
    """The events of one decision so far, and the case as they leave it."""

    def __init__(self, incident: Incident | None) -> None:
        self._incident = incident
        self._silent: tuple[tuple[object, ...], datetime] = (
            (),
            _NEVER,
        )  # what the clock read in vain, until when
        self.events: list[CaseEvent] = []

    @property
    def incident(self) -> Incident:
        """The case as the events so far leave it."""
        if self._incident is None:
            raise Refused(Reason.NOT_REGISTERED)
        return self._incident

    def add(self, events: Iterable[Any]) -> None:
        """Take events in, folding each."""
        for event in events:
            self._incident = evolve(self._incident, event)
            self.events.append(event)

    def catch_up(self, until: datetime) -> None:
        """Let the clock say all it has to say by `until`, in the order of its instants."""
        parts, asked_until = self._silent
        fresh = _read_by_the_clock(self.incident)
        if until <= asked_until and all(old is new for old, new in zip(parts, fresh, strict=True)):
            return
        while said := clock.due_next(self.incident, until):
            self.add(said)
        self._silent = _read_by_the_clock(self.incident), until


def _read_by_the_clock(incident: Incident) -> tuple[object, ...]:
    """What the clock is asked about anew once it has changed;
    in earlier editions obligations and law alone, as their histories have it.
    """
    if not incident.law.has(Switch.CLOCK_LOOKS_AT_ALL):
        return incident.obligations, incident.law
    return incident, incident.law


def _judge(builder: _DecisionBuilder, submission: Submission, as_of: datetime) -> None:
    try:
        events = list(_answer(builder.incident, submission, as_of))
    except Refused as refused:
        if not submission.deferred:
            raise
        events = [_refused(submission, refused, as_of)]
    before = builder.incident
    builder.add(events)
    builder.add(coordination.follow_ups(before, builder.incident, as_of))


def _answer(incident: Incident, submission: Submission, as_of: datetime) -> Iterable[Event]:
    command = settled(submission.command, as_of, incident.law.edition)
    if submission.reused:
        raise Refused(Reason.KEY_REUSED)
    deed = Deed(actor=submission.actor, at=as_of, reading=submission.reading, on_duty=submission.on_duty)
    if isinstance(command, Register):
        raise Refused(Reason.ALREADY_REGISTERED, incident.incident_id)
    if (refusal := may(deed.actor, command, incident, incident.law, on_duty=deed.on_duty)) is not None:
        raise refusal
    if submission.expected_number is not None and incident.person_number > submission.expected_number:
        raise Refused(Reason.STALE, str(incident.event_number))
    check_room(incident, command)
    if isinstance(command, amend.Rebase):
        return amend.rebase(incident, command, submission.law, deed)
    return (*DECIDERS[type(command)](incident, command, deed), *by_rota.follow_ups(incident, command, deed))


def _refused(submission: Submission, refused: Refused, as_of: datetime) -> SubmissionRefused:
    return SubmissionRefused(
        at=as_of,
        by=submission.actor,
        command=submission.command.kind,
        command_id=submission.command_id,
        reason=refused.reason,
        detail=refused.detail,
    )


def evolve(incident: Incident | None, event: CaseEvent) -> Incident:
    """The case after an event; total, since events are facts. The first event opens the case."""
    if isinstance(event, register.Registered):
        return register.opened(event)
    if incident is None:
        raise Refused(Reason.NOT_REGISTERED)
    number = incident.event_number + 1
    person_number = incident.person_number if event.by is None else number
    after = counting.asked_anew(incident, EVOLVERS[type(event)](incident, event), event.at)
    return changed(after, event_number=number, person_number=person_number)


def fold(events: Iterable[CaseEvent], incident: Incident | None = None) -> Incident | None:
    """The case after all events, from the first or from a case given."""
    return reduce(evolve, events, incident)


def decision(incident: Incident | None, cause: AnyCause, now: datetime) -> Decision | None:
    """The decision that a cause brings at `now`; None when the clock has nothing to say.

    It holds no texts.
    """
    events = decide(incident, cause, now)
    if not events:
        return None
    first = 1 if incident is None else incident.event_number + 1
    law = (incident or evolve(None, events[0])).law
    if isinstance(cause, Submission) and cause.texts:
        cause = changed(cause, texts=(), body="")
    return Decision(first_number=first, cause=cause, now=whole(now), edition=law.edition, events=events)


def apply(incident: Incident | None, decided: Decision) -> Incident:
    """The case after a decision."""
    after = fold(decided.events, incident)
    if after is None:
        raise Refused(Reason.NOT_REGISTERED)
    return after
