"""A call is started for each notice that somebody must hear:
a workflow of its own, outside the case (DD-33).
"""

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Final

from temporalio.client import Client
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError

from activities.effects.deliver.effect import NotifyInput
from activities.payloads import CallInput
from domain.purposes import Purpose
from storage import call_channels, called_notices
from storage.called_notices import CalledNotice
from storage.database import Database

WORKFLOW_TYPE: Final = "Call"
_START: Final = timedelta(seconds=5)
_AT_ONE_TIME: Final = 16


async def start_calls(client: Client, task_queue: str, database: Database, delivery: NotifyInput) -> None:
    """Start a call for each notice of a delivery that somebody must hear, once however often it is tried;
    none while no channel is on.

    Raises RPCError where the engine does not answer, and the database's errors.
    """
    if delivery.drill:
        return
    async with database.session() as session:
        if not await call_channels.is_any_enabled(session):
            return
        numbers = {notice.event_number for notice in delivery.notices}
        notices = await called_notices.waiting(session, delivery.incident_id, numbers)
    places = asyncio.Semaphore(_AT_ONE_TIME)

    async def start(notice: CalledNotice) -> None:
        incident_id, number, purpose, unit = notice.key
        call = CallInput(
            incident_id=incident_id,
            event_number=number,
            purpose=Purpose(purpose),
            unit=unit,
            subject=notice.subject,
            level=delivery.level,
            response_class=delivery.response_class,
            sent_at=notice.sent_at,
            hearing=delivery.hearing,
        )
        async with places:
            with suppress(WorkflowAlreadyStartedError):
                await client.start_workflow(
                    WORKFLOW_TYPE,
                    call,
                    id=call.id,
                    task_queue=task_queue,
                    id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
                    rpc_timeout=_START,
                )

    outcomes = await asyncio.gather(*map(start, notices), return_exceptions=True)
    for outcome in outcomes:
        if outcome is not None:
            raise outcome
