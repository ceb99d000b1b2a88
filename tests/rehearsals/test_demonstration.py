"""The demonstration: incidents in every stage, as old as they say, marked as drill, and going on."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlmodel import col

from audit.differences import DifferenceKind
from audit.verify import verify
from domain.case.state import Incident
from domain.steps.register import Register
from domain.terms.free_texts import is_reference
from domain.terms.vocabulary import ObligationKind, ResponseClass, Stage
from rehearsals.demonstration import STORIES, Story, fill_demonstration, plan_at
from rehearsals.document import load
from rehearsals.pure import rehearse_purely
from storage.snapshots import snapshot
from storage.tables import IncidentRow, NoticeRow
from tests.rehearsals.conftest import ROOT, System
from workflows.client import live
from workflows.incident import IncidentWorkflow


async def incidents(system: System) -> dict[str, Incident]:
    """The incidents of the ledger, by title."""
    async with system.database.session() as session:
        names = (await session.execute(select(col(IncidentRow.incident_id)))).scalars().all()
        found = [await snapshot(session, name) for name in names]
    return {held.state.title: held.state for held in found if held is not None}


async def test_an_empty_ledger_is_filled_once_with_drills_in_every_stage(system: System):
    before = datetime.now(UTC)
    await fill_demonstration(system.settings)
    filled = await incidents(system)
    assert len(filled) == len(STORIES)
    stages = {Stage.REGISTERED, Stage.VERIFYING, Stage.JUDGED, Stage.ASSIGNED, Stage.HANDLING, Stage.CLOSED}
    assert {incident.stage for incident in filled.values()} >= stages
    assert all(incident.number.startswith("演") for incident in filled.values())
    assert all(is_reference(source.gist) for incident in filled.values() for source in incident.sources)
    for incident in filled.values():
        assert incident.drill is not None
        assert abs(incident.drill.shown(before) - before) < timedelta(seconds=1)
    await fill_demonstration(system.settings)
    assert await incidents(system) == filled


async def test_a_fresh_system_verifies_and_goes_on_doing_so_after_a_step(system: System):
    await fill_demonstration(system.settings)
    report = await verify(system.database, None)
    assert len(report.cases) == len(STORIES)
    told = {
        (one.kind, one.expected)
        for one in report.differences
        if one.kind is not DifferenceKind.HISTORY_MISSING
    }
    assert told == set()


async def test_one_is_overdue_with_its_order_signed_and_one_publishes_continuously(system: System):
    await fill_demonstration(system.settings)
    found = (await incidents(system)).values()
    (overdue,) = [incident for incident in found if incident.is_supervised]
    assert overdue.owed(ObligationKind.RECTIFY)
    (emergency,) = [incident for incident in found if incident.response_class is ResponseClass.H24]
    (update,) = emergency.owed(ObligationKind.CONT_UPD)
    assert timedelta(hours=15) < update.due_at - datetime.now(UTC) < timedelta(hours=16)


async def test_their_workflows_run_and_their_units_are_told(system: System):
    await fill_demonstration(system.settings)
    for incident in (await incidents(system)).values():
        handle = system.client.get_workflow_handle_for(IncidentWorkflow.run, incident.incident_id)
        assert (await live(handle)).incident == incident
    names = {incident.incident_id for incident in (await incidents(system)).values()}
    async with asyncio.timeout(60):
        while await told(system) != names:
            await asyncio.sleep(0.05)


async def told(system: System) -> set[str]:
    """The incidents of which units have got notices."""
    async with system.database.session() as session:
        return set((await session.execute(select(col(NoticeRow.incident_id)))).scalars())


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.file)
def test_a_story_has_its_age_now(story: Story):
    now = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)
    registration = plan_at(story, now).registration.command
    assert isinstance(registration, Register)
    assert registration.discovered_at == now - story.age


@pytest.mark.parametrize(
    "file", sorted((ROOT / "rehearsals" / "demonstration").glob("*.yaml")), ids=lambda file: file.stem
)
def test_a_story_holds_what_it_expects(file: Path):
    (verdict,) = rehearse_purely(load(file))
    assert [finding for finding in verdict.findings if not finding.agrees] == []
