"""Those who give commands in a fuzzed run, one per case, and note what the engine has acknowledged."""

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any, Final

from temporalio.client import (
    Client,
    WorkflowHandle,
    WorkflowQueryFailedError,
    WorkflowQueryRejectedError,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError

from bench.cases import OFFICE, RESPONDER, BenchStep, opening, registration, submission, under_way
from domain.case.records import Source
from domain.catalogue import Submission
from domain.steps.close import RecordHandling
from domain.steps.instruct import Instruct
from domain.steps.register import AddSource, RecordConcern
from domain.terms.drill import DrillClock
from domain.terms.vocabulary import Platform
from faults.fuzz.plan import FuzzPlan
from faults.fuzz.worker import QUEUE
from faults.judging.findings import Acknowledged
from workflows.incident import IncidentWorkflow
from workflows.payloads import CaseInput

_REFUSED = (WorkflowUpdateFailedError,)
_UNKNOWN = (WorkflowUpdateRPCTimeoutOrCancelledError, RPCError)
_SIGNAL_PATIENCE: Final = timedelta(seconds=2)
_LAST_PATIENCE: Final = timedelta(seconds=10)
_QUERIES: Final = ("state", "__stack_trace", "anything")  # of the house's past, of Temporal's UI, of nobody
_QUERY_CHANCE: Final = 0.2


@dataclass(slots=True, kw_only=True)
class Ledger:
    """What all callers of a run have noted."""

    acknowledged: list[Acknowledged] = field(default_factory=list)
    outcomes: Counter[str] = field(default_factory=Counter)


class FuzzCaller:
    """Gives commands on one case of its own."""

    def __init__(
        self, client: Client, plan: FuzzPlan, drill: DrillClock, ordinal: int, noted: Ledger
    ) -> None:
        self.incident_id = f"inc-{plan.seed}-{ordinal}"
        self._client, self._plan, self._drill, self._noted = client, plan, drill, noted
        self._chance = Random(plan.seed * 1000 + ordinal)
        self._count = 0
        self._course = list(under_way())

    @property
    def _handle(self) -> WorkflowHandle[Any, Any]:
        return self._client.get_workflow_handle(self.incident_id)

    async def open_case(self) -> None:
        """Register the case, a drill."""
        now = datetime.now(UTC)
        first = registration(self._drill.origin, self.incident_id)
        law = replace(opening(self.incident_id, self._drill.origin), drill=self._drill)
        opened = submission(first, now, self._next_id(), law)
        await self._client.start_workflow(
            IncidentWorkflow.run,
            CaseInput(submission=opened, history_limit=self._plan.history_limit),
            id=self.incident_id,
            task_queue=QUEUE,
            task_timeout=timedelta(seconds=self._plan.task_seconds),
        )
        self._noted.acknowledged.append(
            Acknowledged(incident_id=self.incident_id, command_id=opened.command_id, event_number=None)
        )

    async def press(self, until: float) -> None:
        """Give commands alone, by signal, in pairs and in bursts, until the loop's clock shows `until`."""
        await asyncio.sleep(self._chance.uniform(0, 1))
        while asyncio.get_running_loop().time() < until:
            await asyncio.gather(*self._some())
            if self._plan.queries and self._chance.random() < _QUERY_CHANCE:
                await self.query()
            await asyncio.sleep(self._chance.choice([0.05, 0.3, 1.5, 3]))

    async def step(self) -> None:
        """Give the next command, by update."""
        await self._update(self._next())

    async def hand_over(self) -> None:
        """Give the next command, by signal."""
        await self._signal(self._next())

    def _some(self) -> list[Any]:
        """The next few commands, as one moment brings them."""
        draw = self._chance.random()
        if draw < 0.55:
            return [self._update(self._next())]
        if draw < 0.7:
            return [self._signal(self._next())]
        if draw < 0.85:
            return [self._update(self._next()), self._signal(self._next())]
        return [*(self._update(self._next()) for _ in range(3)), self._signal(self._next())]

    def _next(self) -> Submission:
        step = self._course.pop(0) if self._course else self._cheap()
        return submission(step, datetime.now(UTC), self._next_id())

    def _cheap(self) -> BenchStep:
        text = f"{self._count} {self._chance.random()}"
        source = Source(at=self._drill.origin, platform=Platform.WEIBO, gist=text)
        return self._chance.choice(
            [
                # Instructions bring a notice each: an activity whose result makes an empty task.
                BenchStep(actor=OFFICE, command=Instruct(text=text, to=(RESPONDER.unit,))),
                BenchStep(actor=OFFICE, command=Instruct(text=text, to=(RESPONDER.unit, OFFICE.unit))),
                BenchStep(actor=OFFICE, command=AddSource(source=source)),
                BenchStep(actor=OFFICE, command=RecordHandling(text=text)),
                BenchStep(actor=RESPONDER, command=RecordConcern(text=text)),
            ]
        )

    def _next_id(self) -> str:
        self._count += 1
        return f"{self._plan.seed:08x}{self.incident_id.encode().hex():0>32}{self._count:024x}"

    async def _update(self, submission: Submission) -> None:
        """As the web does: an update with little patience,
        and the same submission as a signal where nobody answered.
        """
        patience = timedelta(seconds=self._chance.choice([0.5, 1.5, 3]))
        try:
            await self._submit(submission, patience)
        except _REFUSED:
            self._noted.outcomes["refused"] += 1
        except _UNKNOWN:
            self._noted.outcomes["unknown"] += 1
            await self._signal(submission)

    async def _submit(self, submission: Submission, patience: timedelta) -> int:
        receipt = await self._handle.execute_update(
            IncidentWorkflow.submit, submission, id=f"u{submission.command_id}", rpc_timeout=patience
        )
        self._noted.outcomes["updates"] += 1
        self._noted.acknowledged.append(
            Acknowledged(
                incident_id=self.incident_id,
                command_id=submission.command_id,
                event_number=receipt.event_number,
            )
        )
        return receipt.event_number

    async def _signal(self, submission: Submission) -> None:
        with suppress(RPCError):
            await self._handle.signal("submit_later", submission, rpc_timeout=_SIGNAL_PATIENCE)
            self._noted.outcomes["signals"] += 1
            self._noted.acknowledged.append(
                Acknowledged(
                    incident_id=self.incident_id, command_id=submission.command_id, event_number=None
                )
            )

    async def query(self, seconds: float = 1) -> None:
        """Ask the case as strangers may and the house never does; what comes back is of no use to anybody."""
        with suppress(RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError):
            self._noted.outcomes["queries"] += 1
            await self._handle.query(self._chance.choice(_QUERIES), rpc_timeout=timedelta(seconds=seconds))
            self._noted.outcomes["queries answered"] += 1

    async def last_step(self, seconds: float) -> int | None:
        """One more step, sent again until it is taken;
        its event's number, or None when the case takes none.
        """
        source = Source(at=self._drill.origin, platform=Platform.WEIBO, gist="the last")
        last = submission(
            BenchStep(actor=OFFICE, command=AddSource(source=source)), datetime.now(UTC), self._next_id()
        )
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while True:
                    with suppress(*_UNKNOWN):
                        return await self._submit(last, _LAST_PATIENCE)
        return None
