"""How decisions get into the event log: a quick try inside the task,
else for as long as the database is away.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from datetime import timedelta
from typing import Final, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, FailureError

from activities.payloads import LastDecision, RecordInput
from activities.record import Recorder, last_of
from domain.catalogue import Decision
from domain.terms.free_texts import CaseText
from workflows.backlog import Backlog

WRITE: Final = timedelta(seconds=10)
PATIENT: Final = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=15))
_FIRST_TRY: Final = timedelta(milliseconds=500)
_ONCE: Final = RetryPolicy(maximum_attempts=1)

Follow = Callable[[Coroutine[object, object, None]], None]
Answer = TypeVar("Answer")


async def is_done(handle: workflow.ActivityHandle[Answer], expected: Answer) -> bool:
    """Whether an activity was done by the house; False where a stranger answered for it.

    What did not open is not what was expected, nor is an answer that the house once gave to something else.
    Tried without end, an activity of the house never fails.
    """
    try:
        return await handle == expected
    except ActivityError:
        return False


class Recording:
    """The records of one case that are under way; `follow` takes what is to be awaited by nobody.

    `intruded` is told where a stranger answered for a record.
    """

    def __init__(
        self, carried: Sequence[RecordInput], follow: Follow, intruded: Callable[[str], None]
    ) -> None:
        self._intruded = intruded
        self.backlog = Backlog(carried)
        self.first_tries = 0  # under way: a case does not go on anew with one of them
        self._follow = follow

    def resume(self) -> None:
        """Hand over again what waited when the case went on anew."""
        for record in self.backlog.waiting:
            self._follow(self._confirmed(record, self._write(record)))

    def record(
        self,
        incident_id: str,
        decisions: Sequence[Decision],
        lineages: Sequence[str],
        texts: Sequence[CaseText],
    ) -> None:
        """Hand over the decisions of one activation and their texts; `lineages` as in `Backlog.add`."""
        for record in self.backlog.add(incident_id, decisions, lineages, texts):
            # A local activity costs a tenth of an ordinary one;
            # bounded, a dead database cannot hold the task.
            first = workflow.start_local_activity_method(
                Recorder.record,
                self.backlog.with_earlier(record),
                schedule_to_close_timeout=_FIRST_TRY,
                retry_policy=_ONCE,
            )
            self.first_tries += 1
            self._follow(self._recorded(first, record))

    async def _recorded(self, first: workflow.ActivityHandle[LastDecision], record: RecordInput) -> None:
        try:
            answer: object = await first
        except FailureError:
            answer = None
        self.first_tries -= 1
        if isinstance(answer, LastDecision):
            self.backlog.confirm(record)
        else:  # in the task of the marker, and so at the same place in every replay
            await self._confirmed(record, self._write(record))

    def _write(self, record: RecordInput) -> list[Coroutine[object, object, None]]:
        """Record by ordinary activities, which are tried until the database is back."""
        converter = workflow.payload_converter()
        parts = self.backlog.parts(record, lambda decision: len(converter.to_payload(decision).data))
        return [self._written(part, _start(part)) for part in parts]

    async def _written(self, part: RecordInput, handle: workflow.ActivityHandle[LastDecision]) -> None:
        while not await is_done(handle, last_of(part)):
            self._intruded("activity")
            handle = _start(part)

    async def _confirmed(self, record: RecordInput, writing: list[Coroutine[object, object, None]]) -> None:
        await asyncio.gather(*writing)
        self.backlog.confirm(record)


def _start(part: RecordInput) -> workflow.ActivityHandle[LastDecision]:
    return workflow.start_activity_method(
        Recorder.record,
        part,
        start_to_close_timeout=WRITE,
        retry_policy=PATIENT,
        summary=f"record up to event {part.decisions[-1].last_number}",
    )
