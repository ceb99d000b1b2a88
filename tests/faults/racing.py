"""A conductor with a race: one delivery at a time,
so that the next is sent when the one before has resolved.
"""

from temporalio import workflow

from domain.notices import Notice
from workflows.incident import NOBODYS, IncidentWorkflow
from workflows.payloads import CaseInput


@workflow.defn(name="Incident")
class Racing(IncidentWorkflow):
    """Whether it sends something hangs on what has resolved,
    which the engine cuts differently live and on replay.
    """

    @workflow.init
    def __init__(self, case: CaseInput = NOBODYS) -> None:
        self._held: list[tuple[Notice, ...]] = []
        super().__init__(case)

    @workflow.run
    async def run(self, case: CaseInput = NOBODYS) -> None:
        await super().run(case)

    def _deliver(self, told: tuple[Notice, ...]) -> None:
        if self._delivering:
            self._held.append(told)
        else:
            super()._deliver(told)

    async def _delivered(self, handle: workflow.ActivityHandle[int], told: tuple[Notice, ...]) -> None:
        await super()._delivered(handle, told)
        if self._held:
            super()._deliver(self._held.pop(0))
