"""Cuts a history in every way that the SDK's core may cut it, live or on a later replay.

What is legal was read in core: a workflow task that timed out or failed ends no activation; one that
completed without a command may be taken for a heartbeat and merged with the next; an empty task may stand
wherever nothing but results of activities came in, since a query, a refused update or a heartbeat makes one.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from temporalio.api.enums.v1 import EventType, TimeoutType, WorkflowTaskFailedCause
from temporalio.api.history.v1 import HistoryEvent

_SCHEDULED = EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED
_STARTED = EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
_COMPLETED = EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
_ACCEPTED = EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
_UPDATES = frozenset({_ACCEPTED, EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_COMPLETED})
_NO_COMMAND = frozenset(  # what may come in before a task that stays without a command
    {
        EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
        _SCHEDULED,
        _STARTED,
        EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT,
        EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED,
    }
)
_NAMES = (  # fields of an event that name other events
    "scheduled_event_id",
    "started_event_id",
    "workflow_task_completed_event_id",
    "accepted_event_id",
    "accepted_request_sequencing_event_id",
    "initiated_event_id",
)

Events = Sequence[HistoryEvent]
_Fill = Callable[[HistoryEvent, HistoryEvent, HistoryEvent], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A history as another worker, or a later one, may be given it.

    `is_open` ends with a task under way: what it decides may still be lost,
    and is no decision of the case yet.
    """

    name: str
    events: list[HistoryEvent]
    is_open: bool = False


def as_far_as_complete(events: Events) -> list[HistoryEvent]:
    """The events up to the commands of the last completed task: what a replay can be asked for."""
    ends = [place for place, event in enumerate(events) if event.event_type == _COMPLETED]
    return list(events[: _end_of_commands(events, ends[-1])]) if ends else []


def _end_of_commands(events: Events, completed: int) -> int:
    end = completed + 1
    while end < len(events) and _is_command(events[end]):
        end += 1
    return end


def cuts(events: Events, *, lengthening: bool = True) -> Iterator[Cut]:
    """Every legal cut of a history whose last task is complete.

    `lengthening` cuts add events: not for a case that continues as new at a given length.
    """
    yield from _prefixes(events)
    yield from _merged(events)
    if lengthening:
        for task in _tasks(events):
            yield from _with_lost_tasks(events, task)
            yield from _with_empty_tasks(events, task)


def _prefixes(events: Events) -> Iterator[Cut]:
    """The history as it stood when each task was started, and when it was completed with its commands."""
    for place, event in enumerate(events):
        if event.event_type == _COMPLETED:
            end = _end_of_commands(events, place)
            yield Cut(name=f"until the task at {event.event_id}", events=list(events[:end]))
        elif event.event_type == _STARTED and place and _is_last_try(events, place):
            name = f"until its start at {event.event_id}"
            yield Cut(name=name, events=list(events[: place + 1]), is_open=True)


def _is_last_try(events: Events, place: int) -> bool:
    return place + 1 < len(events) and events[place + 1].event_type == _COMPLETED


def _merged(events: Events) -> Iterator[Cut]:
    """An update not yet in the history, as a worker without the case in its cache meets it:
    empty tasks before it merge.
    """
    for place, event in enumerate(events):
        if event.event_type == _ACCEPTED and events[place - 1].event_type == _COMPLETED:
            yield Cut(name=f"update at {event.event_id} merged", events=_as_met_live(events, place))


def _as_met_live(events: Events, place: int) -> list[HistoryEvent]:
    cut = list(events)
    cut[place] = moved = HistoryEvent()
    moved.CopyFrom(events[place])
    started = events[place - 1].workflow_task_completed_event_attributes.started_event_id
    moved.workflow_execution_update_accepted_event_attributes.accepted_request_sequencing_event_id = (
        started + 1
    )
    return cut


def _tasks(events: Events) -> Iterator[int]:
    """Where each task but the first is scheduled, if it was started at once."""
    for place, event in enumerate(events[:-1]):
        if event.event_type == _SCHEDULED and place > 1 and events[place + 1].event_type == _STARTED:
            yield place


def _with_lost_tasks(events: Events, place: int) -> Iterator[Cut]:
    """A try of the task that timed out, and one that failed, before it."""
    at = events[place].event_id
    yield Cut(name=f"timed-out task before {at}", events=_inserted(events, place, _timed_out))
    yield Cut(name=f"failed task before {at}", events=_inserted(events, place, _failed))


def _with_empty_tasks(events: Events, place: int) -> Iterator[Cut]:
    """Empty tasks after what came in before the task, and after the commands before that;
    then an update merged with both.
    """
    first = _after_commands(events, place)
    if first is None:
        return
    at = events[place].event_id
    late = _inserted(events, place, _empty)
    yield Cut(name=f"empty task before {at}", events=late)
    both = _inserted(late, first, _empty)
    yield Cut(name=f"two empty tasks before {at}", events=both)
    accepted = place + 3  # behind scheduled, started and completed
    if accepted >= len(events) or events[accepted].event_type != _ACCEPTED:
        return
    yield Cut(name=f"two empty tasks merged before {at}", events=_as_met_live(both, accepted + 6))
    before = place - 3
    if _is_empty(events, before) and (ahead := _after_commands(events, before)) is not None:
        early = _inserted(events, ahead, _empty)
        yield Cut(name=f"empty task ahead, merged before {at}", events=_as_met_live(early, accepted + 3))


def _is_empty(events: Events, place: int) -> bool:
    """Whether the task scheduled at `place` completed at once without a command,
    and the next was scheduled at once.
    """
    kinds = [event.event_type for event in events[place : place + 4]]
    return kinds == [_SCHEDULED, _STARTED, _COMPLETED, _SCHEDULED]


def _after_commands(events: Events, place: int) -> int | None:
    """Where the commands of the last task end before a task is scheduled at `place`;
    None where more than results came in.
    """
    first = place
    while not (_is_command(events[first - 1]) or events[first - 1].event_type == _COMPLETED):
        first -= 1
        if events[first].event_type not in _NO_COMMAND:
            return None
    return first


def _is_command(event: HistoryEvent) -> bool:
    attributes = _attributes(event)
    return event.event_type in _UPDATES or hasattr(attributes, "workflow_task_completed_event_id")


def _attributes(event: HistoryEvent) -> object:
    name = event.WhichOneof("attributes")
    return getattr(event, name) if name else event


def _inserted(events: Events, place: int, fill: _Fill) -> list[HistoryEvent]:
    """The history with the three events of one more task before the event at `place`."""
    before = place  # the number of events that keep their ids
    task = [_like(events[place]) for _ in range(3)]
    for number, event in zip(count(before + 1), task, strict=False):
        event.event_id = number
    fill(*task)
    return [*events[:place], *task, *(_later(event, before, len(task)) for event in events[place:])]


def _like(event: HistoryEvent) -> HistoryEvent:
    return HistoryEvent(event_time=event.event_time, version=event.version, task_id=event.task_id)


def _later(event: HistoryEvent, after: int, by: int) -> HistoryEvent:
    moved = HistoryEvent()
    moved.CopyFrom(event)
    moved.event_id += by
    attributes = _attributes(moved)
    for name in _NAMES:
        number = getattr(attributes, name, 0)
        if number > after:
            setattr(attributes, name, number + by)
    return moved


def _begun(scheduled: HistoryEvent, started: HistoryEvent) -> None:
    scheduled.event_type, started.event_type = _SCHEDULED, _STARTED
    scheduled.workflow_task_scheduled_event_attributes.attempt = 1
    started.workflow_task_started_event_attributes.scheduled_event_id = scheduled.event_id


def _empty(scheduled: HistoryEvent, started: HistoryEvent, ended: HistoryEvent) -> None:
    _begun(scheduled, started)
    ended.event_type = _COMPLETED
    completed = ended.workflow_task_completed_event_attributes
    completed.scheduled_event_id, completed.started_event_id = scheduled.event_id, started.event_id


def _timed_out(scheduled: HistoryEvent, started: HistoryEvent, ended: HistoryEvent) -> None:
    _begun(scheduled, started)
    ended.event_type = EventType.EVENT_TYPE_WORKFLOW_TASK_TIMED_OUT
    lost = ended.workflow_task_timed_out_event_attributes
    lost.scheduled_event_id, lost.started_event_id = scheduled.event_id, started.event_id
    lost.timeout_type = TimeoutType.TIMEOUT_TYPE_START_TO_CLOSE


def _failed(scheduled: HistoryEvent, started: HistoryEvent, ended: HistoryEvent) -> None:
    _begun(scheduled, started)
    ended.event_type = EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED
    lost = ended.workflow_task_failed_event_attributes
    lost.scheduled_event_id, lost.started_event_id = scheduled.event_id, started.event_id
    lost.cause = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_WORKFLOW_WORKER_UNHANDLED_FAILURE
