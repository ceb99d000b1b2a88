"""What an outage does to the clocks: late is late, in time stays in time, and what fell due happens once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import WorkflowEnvironment

from casework.commands import Accepted, Commands
from domain.case.obligations import Obligation, Status
from domain.case.records import Evidence, Source
from domain.case.state import Incident
from domain.catalogue import CaseCommand
from domain.law.levels import Factor, Factors
from domain.law.responsibility import Involvement
from domain.steps.assign import Assign
from domain.steps.judge import Judge
from domain.steps.publish import Publish
from domain.steps.register import Register
from domain.steps.respond import DraftResponse, ReviewDraft
from domain.steps.verify import Conclude
from domain.terms.drill import DrillClock
from domain.terms.roles import Actor
from domain.terms.vocabulary import (
    FactConclusion,
    InvolvementRole,
    ObligationKind,
    Platform,
    PublicationForm,
    ReviewStage,
    WarningLevel,
)
from storage.queries import incident as ledger_row
from tests.api.office import (
    OFFICE,
    TOWN,
    TOWN_CHECKER,
    TOWN_DEPUTY,
    TOWN_LEADER,
    System,
    address,
    start_temporal,
    system,
)
from workflows.client import connect

SECONDS_TO_DUE = 6.0
"""Real seconds that the 48 hours of these rehearsals take."""
FOUND_AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PROOF = (Evidence(url="https://archive.example/1", sha256="a" * 64),)


class Story:
    """One incident on a fast clock, up to a reviewed draft."""

    def __init__(self, made: System, commands: Commands) -> None:
        self.system, self.commands = made, commands
        scale = timedelta(hours=48).total_seconds() / SECONDS_TO_DUE
        self.clock = DrillClock(epoch=datetime.now(UTC), origin=FOUND_AT, scale=scale)
        self.incident_id = ""
        self.given = 0

    def shown(self) -> datetime:
        return self.clock.shown(datetime.now(UTC)).replace(microsecond=0)

    async def until(self, shown: datetime) -> None:
        """Wait for the case's clock to show an instant."""
        while self.shown() < shown:
            await asyncio.sleep(0.01)

    async def give(self, command: CaseCommand, actor: Actor = OFFICE) -> Any:
        self.given += 1
        return await self.commands.submit(self.incident_id, command, actor, f"step-{self.given}")

    async def draft(self) -> None:
        part = Involvement(unit="qingxi", role=InvolvementRole.ACCOUNTABLE)
        source = Source(at=FOUND_AT, platform=Platform.DOUYIN, gist="路灯不亮")
        command = Register(title="路灯", discovered_at=FOUND_AT, sources=(source,), involved=(part,))
        opened = await self.commands.register(command, OFFICE, "opening", drill=self.clock)
        self.incident_id = opened.incident_id
        factor = Factor(score=1, text="轻微")
        factors = Factors(nature=factor, intensity=factor, public_reaction=factor, media_involvement=factor)
        await self.give(Judge(level=WarningLevel.GENERAL_MATTER, factors=factors))
        await self.give(Assign(first=("qingxi",)))
        await self.give(Conclude(value=FactConclusion.TRUE, finding="属实", evidence=PROOF))
        form = PublicationForm.SITUATION_NOTICE
        draft = DraftResponse(form=form, title="通报", facts="一", measures="二", result="三", evidence=PROOF)
        await self.give(draft, TOWN)
        reviewers = zip(ReviewStage, (TOWN_CHECKER, TOWN_DEPUTY, TOWN_LEADER), strict=True)
        for stage, reviewer in reviewers:
            await self.give(ReviewDraft(draft="draft-1", stage=stage, approved=True), reviewer)

    async def publish(self) -> Any:
        publish = Publish(
            draft="draft-1", published_at=self.shown(), channels=(Platform.DOUYIN,), evidence=PROOF
        )
        return await self.give(publish, TOWN)

    async def recorded(self) -> Incident:
        async with self.system.database.session() as session:
            row = await ledger_row(session, self.incident_id)
        assert row is not None
        return row.state

    async def answered(self) -> Obligation:
        """The town's response, once the ledger shows it fulfilled."""
        async with asyncio.timeout(60):
            while True:
                for obligation in (await self.recorded()).obligations:
                    if (
                        obligation.kind is ObligationKind.RESP48
                        and obligation.unit == "qingxi"
                        and obligation.fulfilled_at
                    ):
                        return obligation
                await asyncio.sleep(0.05)


@pytest.fixture
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with await start_temporal() as environment:
        yield environment


@pytest.fixture
async def story(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[Story]:
    async with system(tmp_path, address(temporal)) as made:
        client = await connect(made.settings.temporal_address, "default", made.settings.keys_dir)
        yield Story(made, Commands(made.database, client, made.settings))


async def test_a_reply_received_before_the_due_instant_while_no_worker_runs_is_on_time(story: Story):
    async with await story.system.worker():
        await story.draft()
        due_at = (await story.recorded()).response_due_at
    taken = await story.publish()
    assert isinstance(taken, Accepted)
    assert story.shown() <= due_at, "the machine was too slow for this clock"
    await story.until(due_at + timedelta(hours=1))
    async with await story.system.worker():
        obligation = await story.answered()
    assert obligation.status is Status.ON_TIME
    assert obligation.breached_at is None


async def test_a_reply_received_after_the_due_instant_of_an_outage_is_late_and_the_ladder_is_climbed_once(
    story: Story,
):
    async with await story.system.worker():
        await story.draft()
        due_at = (await story.recorded()).response_due_at
    await story.until(due_at + timedelta(hours=2))
    await story.publish()
    async with await story.system.worker():
        obligation = await story.answered()
        incident = await story.recorded()
    assert obligation.status is Status.BREACHED
    assert obligation.breached_at == obligation.due_at == due_at
    orders = [paper for paper in incident.papers if paper.kind == "supervision_order"]
    assert [order.drafted_at for order in orders] == [due_at]
    assert sorted(obligation.reminded) == [50, 75, 90]
