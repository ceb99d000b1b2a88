"""The conductors with one thing sent at another place:
a change of order such as a release must not make unseen.
"""

from temporalio import workflow

from audit.frozen.conductor_0_3 import IncidentWorkflowUntil03
from workflows.incident import NOBODYS, IncidentWorkflow
from workflows.payloads import CaseInput


@workflow.defn(name="Incident")
class Reordered(IncidentWorkflow):
    """Sets its timer before it hands over what is to be recorded."""

    @workflow.init
    def __init__(self, case: CaseInput = NOBODYS) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput = NOBODYS) -> None:
        await super().run(case)

    def _emit(self) -> None:
        self._arm()
        super()._emit()


@workflow.defn(name="Incident")
class ReorderedUntil03(IncidentWorkflowUntil03):
    """Shows its search attributes before it sets its first timer."""

    @workflow.init
    def __init__(self, case: CaseInput) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput) -> None:
        await super().run(case)

    async def _clock(self) -> None:
        for _ in range(2):  # the other loops go first
            await workflow.wait_condition(lambda: True)
        await super()._clock()
