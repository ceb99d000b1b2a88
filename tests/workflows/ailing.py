"""A workflow in which what follows a decision dies, to see that nobody overlooks it."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from domain.notices import Notice
from workflows.incident import NOBODYS, IncidentWorkflow
from workflows.payloads import CaseInput


@workflow.defn(name="Incident")
class Ailing(IncidentWorkflow):
    """Its deliveries fail, with an error that would end the workflow if it came out of it."""

    @workflow.init
    def __init__(self, case: CaseInput = NOBODYS) -> None:
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput = NOBODYS) -> None:
        await super().run(case)

    async def _delivered(self, handle: workflow.ActivityHandle[int], told: tuple[Notice, ...]) -> None:
        raise ApplicationError("ailing")
