"""Replays Temporal histories with the workflow's own class, and tells what it decided on the way."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any, Final

from temporalio import workflow
from temporalio.api.enums.v1 import EventType
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    Replayer,
    StartActivityInput,
    StartLocalActivityInput,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
    WorkflowRunner,
)

from activities.payloads import RecordInput, is_strange
from audit.frozen.conductor_0_3 import IncidentWorkflowUntil03
from domain.case.state import Incident
from domain.catalogue import Decision
from domain.terms.free_texts import CaseText
from workflows.converter import converter
from workflows.incident import IncidentWorkflow
from workflows.payloads import CaseInput
from workflows.search_attributes import LINEAGE

_OTHER_COMMANDS: Final = "[TMPRL1100]"  # the SDK's mark of commands that are not those of the history
_BUILD: Final = "audit"  # named, or the SDK hashes all sources for a name
_BROUGHT: Final = frozenset(  # what calls for a task, and comes before it
    {
        EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED,
        EventType.EVENT_TYPE_ACTIVITY_TASK_COMPLETED,
        EventType.EVENT_TYPE_TIMER_FIRED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_SIGNALED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayResult:
    """What a replayed run says: how it began, what it decided, the case as it left it,
    and why it broke off if it did.

    `is_cut_differently` marks a run of 0.3 or before that the engine cuts otherwise than when it was
    recorded, so that it cannot be replayed: it says nothing, and its case is proved by the log (decision
    0015). `texts` are those that its decisions refer to.
    """

    began: CaseInput | None
    decisions: tuple[Decision, ...]
    incident: Incident | None
    failure: str | None
    is_cut_differently: bool = False
    texts: tuple[CaseText, ...] = ()


@dataclass(slots=True)
class _Witness:
    """Sees one run while it is replayed."""

    began: CaseInput | None = None
    instance: Any = None
    handed_over: dict[int, Decision] = field(default_factory=dict)
    texts: dict[str, CaseText] = field(default_factory=dict)


class _Witnesses(Interceptor):
    """Lets the replayed workflow tell what the history does not hold:
    what it hands to its `record` activity.
    """

    def __init__(self) -> None:
        self.latest = _Witness()

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002  the SDK's names
    ) -> type[WorkflowInboundInterceptor]:
        """The interceptor of every replayed run; runs are replayed one after the other."""
        return _inbound(self)


def _inbound(witnesses: _Witnesses) -> type[WorkflowInboundInterceptor]:
    class Outbound(WorkflowOutboundInterceptor):
        def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002  the name is the SDK's
            _note(witnesses.latest, input.args)
            return super().start_local_activity(input)

        def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002  the name is the SDK's
            _note(witnesses.latest, input.args)
            return super().start_activity(input)

    class Inbound(WorkflowInboundInterceptor):
        def init(self, outbound: WorkflowOutboundInterceptor) -> None:
            super().init(Outbound(outbound))

        async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002  the name is the SDK's
            began = input.args[0] if input.args else None
            witnesses.latest.began = None if is_strange(began) else began
            witnesses.latest.instance = workflow.instance()
            return await super().execute_workflow(input)

    return Inbound


def _note(witness: _Witness, arguments: Any) -> None:
    if isinstance(argument := arguments[0], RecordInput):
        witness.handed_over.update({decision.first_number: decision for decision in argument.decisions})
        witness.texts.update({text.reference: text for text in argument.texts})


class Replays:
    """One Replayer for many histories, which it takes one after the other."""

    def __init__(self, workflow_class: type, runner: WorkflowRunner) -> None:
        self._witnesses = _Witnesses()
        self._next: WorkflowHistory | None = None
        self._replayer = Replayer(
            workflows=[workflow_class],
            data_converter=converter(),
            interceptors=[self._witnesses],
            workflow_runner=runner,
            build_id=_BUILD,
            # A machine that is busy for two seconds is no deadlock: nobody waits for a task here.
            debug_mode=True,
        )
        self._results = self._replayed()

    async def replay(self, history: WorkflowHistory) -> ReplayResult:
        """Replay a history as far as its tasks are complete, and give what the workflow then said."""
        history = _as_far_as_complete(history)
        if not history.events:
            return ReplayResult(began=None, decisions=(), incident=None, failure=None)
        self._witnesses.latest = witness = _Witness()
        self._next = history
        failure = await self._failure()
        return ReplayResult(
            began=witness.began,
            decisions=tuple(witness.handed_over.values()),
            incident=_incident(witness.instance),
            failure=failure,
            texts=tuple(witness.texts.values()),
        )

    async def _failure(self) -> str | None:
        try:
            result = await anext(self._results)
        except Exception as error:  # noqa: BLE001  what was tampered with may break the replayer itself
            self._results = self._replayed()
            return _in_short(error)
        return result

    async def _replayed(self) -> AsyncGenerator[str | None, None]:
        async with self._replayer.workflow_replay_iterator(self._histories()) as results:
            async for result in results:
                yield None if result.replay_failure is None else _in_short(result.replay_failure)

    async def _histories(self) -> AsyncIterator[WorkflowHistory]:
        while self._next is not None:
            history, self._next = self._next, None
            yield history

    async def close(self) -> None:
        """End the replayer."""
        self._next = None
        await self._results.aclose()


class Conductors:
    """Replays each history with the conductor that recorded it:
    today's, or the one of the releases until 0.3.
    """

    def __init__(self, today: type, until_0_3: type, runner: WorkflowRunner) -> None:
        self._today = Replays(today, runner)
        self._until_0_3 = Replays(until_0_3, runner)

    async def replay(self, history: WorkflowHistory) -> ReplayResult:
        """As `Replays.replay`, by the release that stands in the history."""
        if not is_until_0_3(history):
            return await self._today.replay(history)
        result = await self._until_0_3.replay(history)
        if result.failure is None or _OTHER_COMMANDS not in result.failure:
            return result
        return replace(result, decisions=(), incident=None, failure=None, is_cut_differently=True)

    async def close(self) -> None:
        """End the replayers."""
        await self._today.close()
        await self._until_0_3.close()


@asynccontextmanager
async def replays(
    today: type = IncidentWorkflow,
    until_0_3: type = IncidentWorkflowUntil03,
    runner: WorkflowRunner | None = None,
) -> AsyncIterator[Conductors]:
    """A replayer of histories with the conductors of today and of the releases until 0.3,
    ended on the way out.

    It runs them as the worker does, without the SDK's sandbox, which takes half as long again;
    tests give a `runner` that has it.
    """
    running = Conductors(today, until_0_3, runner or UnsandboxedWorkflowRunner())
    try:
        yield running
    finally:
        await running.close()


def is_until_0_3(history: WorkflowHistory) -> bool:
    """Whether a release until 0.3 wrote the history: its commands have another order,
    and its cases show no lineage.
    """
    for event in history.events:
        if event.event_type == EventType.EVENT_TYPE_UPSERT_WORKFLOW_SEARCH_ATTRIBUTES:
            attributes = event.upsert_workflow_search_attributes_event_attributes
            return LINEAGE.name not in attributes.search_attributes.indexed_fields
    return False


def _as_far_as_complete(history: WorkflowHistory) -> WorkflowHistory:
    """The history without a task under way: its local activity would be waited for in vain,
    and the replay never end.

    What is left ends with the commands of the last completed task.
    """
    events = list(history.events)
    done = [
        event.event_id for event in events if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_COMPLETED
    ]
    if not done:
        return WorkflowHistory(workflow_id=history.workflow_id, events=[])
    scheduled = (
        place
        for place, event in enumerate(events)
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_SCHEDULED and event.event_id > done[-1]
    )
    end = next(scheduled, len(events))
    while events[end - 1].event_type in _BROUGHT:
        end -= 1
    return WorkflowHistory(workflow_id=history.workflow_id, events=events[:end])


def _incident(instance: Any) -> Incident | None:
    if instance is None:
        return None
    try:
        state: Incident | None = instance.incident
    except Exception:  # noqa: BLE001  a refused registration has no case
        return None
    return state


def _in_short(error: BaseException) -> str:
    """The first line of an error: the rest is the engine's own state."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:300]}"
