"""A conductor without its belt: what a stranger's query makes it decide at a stale time goes to the log."""

from temporalio import workflow

from workflows.activation import Activations
from workflows.incident import NOBODYS, IncidentWorkflow
from workflows.payloads import CaseInput


class _Trusting(Activations):
    """Takes every activation for a sound one."""

    def require_sound(self) -> None:
        return


@workflow.defn(name="Incident")
class Unbelted(IncidentWorkflow):
    """The conductor, trusting the engine."""

    @workflow.init
    def __init__(self, case: CaseInput = NOBODYS) -> None:
        super().__init__(case)
        self._activations = _Trusting()

    @workflow.run
    async def run(self, case: CaseInput = NOBODYS) -> None:
        await super().run(case)
