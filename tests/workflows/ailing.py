"""A workflow in which what follows a decision dies, to see that nobody overlooks it."""

from temporalio import workflow
from temporalio.exceptions import ApplicationError

from activities.effects.order import EffectOrder
from activities.effects.union import Effect
from workflows.effects import Effects
from workflows.incident import NOBODYS, IncidentWorkflow
from workflows.payloads import CaseInput


class Failing(Effects):
    """None of them is ever done."""

    async def _done(
        self, effect: Effect, order: EffectOrder, handle: workflow.ActivityHandle[object]
    ) -> None:
        raise ApplicationError("ailing")


@workflow.defn(name="Incident")
class Ailing(IncidentWorkflow):
    """Its deliveries fail, with an error that would end the workflow if it came out of it."""

    @workflow.init
    def __init__(self, case: CaseInput = NOBODYS) -> None:
        super().__init__(case)
        self._effects = Failing(self._effects.pending, self._follow, self._intruded)

    @workflow.run
    async def run(self, case: CaseInput = NOBODYS) -> None:
        await super().run(case)
