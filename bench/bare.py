"""The bare engine's workflows: they take the same updates as a case and do nothing else."""

from datetime import UTC, datetime, timedelta

from temporalio import activity, workflow

with workflow.unsafe.imports_passed_through():
    from domain.catalogue import Submission

QUEUE = "bare"


@activity.defn(name="nothing")
async def nothing() -> None:
    """The empty activity of floor A."""


@workflow.defn(name="BareUpdate")
class BareUpdate:
    """Floor U: an update counts, and that is all."""

    def __init__(self) -> None:
        self._number = 0

    @workflow.run
    async def run(self) -> None:
        """Wait for ever, as a case waits for people."""
        await workflow.wait_condition(lambda: False)

    @workflow.update
    def submit(self, submission: Submission) -> int:
        """Count the submission."""
        del submission
        self._number += 1
        return self._number


@workflow.defn(name="BareActivity")
class BareActivity:
    """Floor A: an update counts once an empty ordinary activity has run."""

    def __init__(self) -> None:
        self._number = 0

    @workflow.run
    async def run(self) -> None:
        """Wait for ever, as a case waits for people."""
        await workflow.wait_condition(lambda: False)

    @workflow.update
    async def submit(self, submission: Submission) -> int:
        """Run the activity, then count the submission."""
        del submission
        await workflow.execute_activity(nothing, start_to_close_timeout=timedelta(seconds=10))
        self._number += 1
        return self._number


@workflow.defn(name="BareTimer")
class BareTimer:
    """A timer, and nothing that it brings."""

    @workflow.run
    async def run(self, due_at: float) -> None:
        """Wait until the instant, in seconds since 1970."""
        wait = datetime.fromtimestamp(due_at, UTC) - workflow.now()
        await workflow.sleep(max(wait, timedelta(0)))
