"""Records stay at hand in the process that decides and records: what travels between the two is a slip.

The argument of a local activity stands in no history, and the activity runs in the process of its case. It
need not be written out, sealed, opened and read anew at each step, nor be kept by the SDK's core, which lets
go of such arguments only when the case goes on anew (decision 0144).
"""

import asyncio
from itertools import count
from typing import Any, Final
from weakref import WeakValueDictionary

from temporalio import activity, workflow
from temporalio.exceptions import ApplicationError
from temporalio.worker import (
    ActivityInboundInterceptor,
    ExecuteActivityInput,
    Interceptor,
    StartLocalActivityInput,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)

from activities.payloads import RecordInput

_GONE: Final = "gone"  # the type of the failure of a slip whose case was let go of meanwhile


class _Parcel:
    """A record, for as long as its case waits for what becomes of it."""

    def __init__(self, name: str, record: RecordInput) -> None:
        self.record = record
        self._name = name

    def let_go(self, _: "asyncio.Future[Any]") -> None:
        """To be called back when the wait ends. A case that is let go of while it waits calls nobody back,
        and lets go of the parcel with all else.
        """
        _PARCELS.pop(self._name, None)


_PARCELS: "Final[WeakValueDictionary[str, _Parcel]]" = WeakValueDictionary()
_NAMES: Final = count()


def waiting() -> int:
    """How many records are at hand in this process."""
    return len(_PARCELS)


class _Outbound(WorkflowOutboundInterceptor):
    def start_local_activity(self, input: StartLocalActivityInput) -> workflow.ActivityHandle[Any]:  # noqa: A002  the SDK's name
        record = input.args[0] if input.args else None
        if not isinstance(record, RecordInput):
            return super().start_local_activity(input)
        name = str(next(_NAMES))
        parcel = _PARCELS[name] = _Parcel(name, record)
        input.args = [RecordInput(incident_id=name, decisions=())]
        handle = super().start_local_activity(input)
        handle.add_done_callback(parcel.let_go)
        return handle


class _OfCases(WorkflowInboundInterceptor):
    def init(self, outbound: WorkflowOutboundInterceptor) -> None:
        super().init(_Outbound(outbound))


class _OfActivities(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002  the SDK's name
        slip = input.args[0] if input.args else None
        if isinstance(slip, RecordInput) and not slip.decisions and activity.info().is_local:
            parcel = _PARCELS.get(slip.incident_id)
            if parcel is None:
                raise ApplicationError(_GONE, type=_GONE, non_retryable=True)
            input.args = [parcel.record]
        return await super().execute_activity(input)


class AtHand(Interceptor):
    """To be given to a worker that carries both the cases and their records."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002  the SDK's name
        """What stands between the SDK and each activity."""
        return _OfActivities(next)

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002  the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        """What stands between the SDK and each case."""
        return _OfCases
