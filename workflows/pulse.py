"""A workflow that holds nothing: an empty step through the queue,
by which engine and worker prove that steps are taken, and tell the time.
"""

from typing import Final

from temporalio import workflow
from temporalio.exceptions import ApplicationError

BEATS: Final = "beats"  # the type of the failure with which the validator answers


@workflow.defn(name="Pulse")
class PulseWorkflow:
    """Waits for ever; what it is asked is refused with the answer, so that no event is ever written."""

    @workflow.run
    async def run(self) -> None:
        """Wait; begin anew where tasks that were lost have made the history long."""
        await workflow.wait_condition(workflow.info().is_continue_as_new_suggested)
        workflow.continue_as_new()

    @workflow.update
    def beat(self) -> None:
        """Never reached: the validator has answered."""

    @beat.validator
    def _answer(self) -> None:
        raise ApplicationError(BEATS, workflow.now().isoformat(), type=BEATS, non_retryable=True)
