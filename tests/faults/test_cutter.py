"""The cutter makes histories that could have come about, and no others."""

from itertools import pairwise

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent

from faults.judging.cutter import as_far_as_complete, cuts
from tests.golden.kept import Kept, kept

# Recorded on the dev server; the time-skipping one numbers events otherwise.
ALL = [pytest.param(one, id=one.name) for one in kept() if one.release == "0.3.0" and "continued" in one.name]
NAMES = ("scheduled_event_id", "started_event_id", "workflow_task_completed_event_id")


def attributes(event: HistoryEvent) -> object:
    return getattr(event, event.WhichOneof("attributes") or "")


@pytest.mark.parametrize("one", ALL)
def test_every_cut_counts_its_events_and_names_earlier_ones(one: Kept):
    for cut in cuts(as_far_as_complete(one.history.events)):
        assert [event.event_id for event in cut.events] == [*range(1, len(cut.events) + 1)], cut.name
        for event in cut.events:
            for name in NAMES:
                assert getattr(attributes(event), name, 0) < event.event_id, cut.name


@pytest.mark.parametrize("one", ALL)
def test_what_names_a_task_still_names_one(one: Kept):
    kinds = {
        "started_event_id": EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED,
        "workflow_task_completed_event_id": EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED,
    }
    for cut in cuts(as_far_as_complete(one.history.events)):
        completed = (
            event for event in cut.events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
        )
        for event in completed:
            started = event.workflow_task_completed_event_attributes.started_event_id
            assert cut.events[started - 1].event_type == kinds["started_event_id"], cut.name
        for event in cut.events:
            number = getattr(attributes(event), "workflow_task_completed_event_id", 0)
            if number:
                assert cut.events[number - 1].event_type == kinds["workflow_task_completed_event_id"], (
                    cut.name
                )


def test_no_empty_task_stands_behind_a_signal_or_a_timer():
    """A task that was woken by more than a result decides, so none of those is ever empty."""
    brought = {EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED, EventType.EVENT_TYPE_TIMER_FIRED}
    for one in kept():
        if "continued" not in one.name:
            continue
        for cut in cuts(as_far_as_complete(one.history.events)):
            if not cut.name.startswith(("empty", "two empty")):
                continue
            for before, event in pairwise(cut.events):
                if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED and (
                    before.event_type in brought
                ):
                    assert not is_empty(cut.events, event.event_id), cut.name


def is_empty(events: list[HistoryEvent], scheduled: int) -> bool:
    """Whether the task that was scheduled here completed with no command at all."""
    after = events[scheduled + 2 : scheduled + 3]
    return bool(after) and after[0].event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED


def test_a_lengthened_history_is_not_cut_for_a_case_that_goes_on_anew_at_a_length():
    one = next(one for one in kept() if one.name == "continued-1")
    events = as_far_as_complete(one.history.events)
    assert all(len(cut.events) <= len(events) for cut in cuts(events, lengthening=False))
    assert any(len(cut.events) > len(events) for cut in cuts(events))


def test_an_update_moved_into_its_task_is_sequenced_behind_the_start():
    one = next(one for one in kept() if one.name == "continued-1")
    events = as_far_as_complete(one.history.events)
    merged = [cut for cut in cuts(events) if cut.name.endswith("merged")]
    assert merged
    for cut in merged:
        number = int(cut.name.split()[2])
        moved = cut.events[number - 1].workflow_execution_update_accepted_event_attributes
        assert moved.accepted_request_sequencing_event_id == number - 1


def test_a_task_under_way_is_no_part_of_what_is_cut():
    one = next(one for one in kept() if one.name == "continued-1")
    events = list(one.history.events)
    place = next(
        place
        for place, event in reversed([*enumerate(events)])
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_STARTED
    )
    assert as_far_as_complete(events[: place + 1]) == as_far_as_complete(events[: place - 1])
