"""Lets go of what the SDK keeps of a case's first task for as long as the case is held in memory.

A field that it keeps, empty for all our workflows, is part of the message in which it came, and with it stays
the whole memory of that: three copies of the registration and its law, some 50 KB a case (measured; decision
0029).
"""

from dataclasses import replace
from typing import Any

from temporalio.api.common.v1 import Payloads
from temporalio.worker import (
    ExecuteWorkflowInput,
    Interceptor,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInstance,
    WorkflowInstanceDetails,
    WorkflowInterceptorClassInput,
)


class UnburdenedRunner(UnsandboxedWorkflowRunner):
    """Runs workflows outside the sandbox, and copies what they keep of an earlier run's result."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """The instance of one workflow."""
        earlier = Payloads()
        earlier.CopyFrom(det.last_completion_result)
        return super().create_instance(replace(det, last_completion_result=earlier))


class _Unburdened(WorkflowInboundInterceptor):
    async def execute_workflow(self, input: ExecuteWorkflowInput) -> Any:  # noqa: A002  the SDK's name
        input.headers = dict(input.headers)
        return await super().execute_workflow(input)


class Unburdened(Interceptor):
    """To be given to a worker beside the runner: copies the headers that a workflow keeps."""

    def workflow_interceptor_class(
        self,
        input: WorkflowInterceptorClassInput,  # noqa: A002, ARG002  the SDK's name
    ) -> type[WorkflowInboundInterceptor]:
        """What stands between the SDK and each case."""
        return _Unburdened
