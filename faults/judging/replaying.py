"""Replays histories and cuts of them, and notes each decision that the conductor hands over
to be recorded.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final

from temporalio import workflow
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    Interceptor,
    Replayer,
    StartActivityInput,
    StartLocalActivityInput,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from domain.catalogue import Decision
from workflows.converter import converter

_BUILD: Final = "faults"  # named, or the SDK hashes all sources for a name
_SECONDS: Final = 30

Decisions = dict[int, Decision]
"""Decisions by the number of their first event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What one replay handed over, and why it broke off if it did."""

    decisions: Decisions
    failure: str | None


class Replaying(Interceptor):
    """One replayer without sandbox, as the worker runs, for many histories one after the other."""

    def __init__(self, conductor: type) -> None:
        self.noted: Decisions = {}
        self._next: WorkflowHistory | None = None
        self._replayer = Replayer(
            workflows=[conductor],
            data_converter=converter(),
            interceptors=[self],
            workflow_runner=UnsandboxedWorkflowRunner(),
            build_id=_BUILD,
            # A machine that is busy for two seconds is no deadlock: nobody waits for a task here.
            debug_mode=True,
        )
        self._results = self._replayed()

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002  the SDK's names
    ) -> type[WorkflowInboundInterceptor]:
        """What notes the activities of every replayed run."""
        return _inbound(self)

    async def replay(self, incident_id: str, events: Sequence[HistoryEvent]) -> Replayed:
        """Replay one history or cut."""
        self.noted = {}
        self._next = WorkflowHistory(workflow_id=incident_id, events=list(events))
        failure = await self._failure()
        return Replayed(decisions=self.noted, failure=failure)

    async def _failure(self) -> str | None:
        try:
            async with asyncio.timeout(_SECONDS):
                return await anext(self._results)
        except Exception as error:  # noqa: BLE001  whatever breaks the replayer is the answer
            self._results = self._replayed()
            return _in_short(error)

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


def _inbound(replaying: Replaying) -> type[WorkflowInboundInterceptor]:
    class Outbound(WorkflowOutboundInterceptor):
        def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002  the SDK's name
            _note(replaying, input.args)
            return super().start_local_activity(input)

        def start_activity(self, input: StartActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002  the SDK's name
            _note(replaying, input.args)
            return super().start_activity(input)

    class Inbound(WorkflowInboundInterceptor):
        def init(self, outbound: WorkflowOutboundInterceptor) -> None:
            super().init(Outbound(outbound))

    return Inbound


def _note(replaying: Replaying, arguments: Sequence[Any]) -> None:
    """Note what is handed to `record`, of this release's payloads or of a frozen one's."""
    decisions: tuple[Decision, ...] = getattr(arguments[0], "decisions", ())
    replaying.noted.update({decision.first_number: decision for decision in decisions})


@asynccontextmanager
async def replaying(conductor: type) -> AsyncIterator[Replaying]:
    """A replayer of histories of the conductor, ended on the way out."""
    running = Replaying(conductor)
    try:
        yield running
    finally:
        await running.close()


def _in_short(error: BaseException) -> str:
    """The first line of an error: the rest is the engine's own state."""
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:300]}"
