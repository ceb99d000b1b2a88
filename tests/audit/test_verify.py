"""The audit: clean where nothing was touched, and each tampering named with its place."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text
from temporalio.testing import WorkflowEnvironment

from audit.differences import AuditOutcome, DifferenceKind, Report
from audit.rebuild import rebuild_workflows
from audit.verify import verify
from storage.codec import DECISION
from storage.event_log import decision_text, seal
from tests.api.office import System, address, start_temporal, system
from workflows.client import connect, live
from workflows.incident import IncidentWorkflow

HERE = Path(__file__).parent


@pytest.fixture
async def temporal() -> AsyncIterator[WorkflowEnvironment]:
    async with await start_temporal() as environment:
        yield environment


@pytest.fixture
async def office(temporal: WorkflowEnvironment, tmp_path: Path) -> AsyncIterator[System]:
    async with system(tmp_path, address(temporal)) as made, await made.worker():
        yield made


async def audited(office: System) -> Report:
    client = await connect(
        office.settings.temporal_address, office.settings.temporal_namespace, office.settings.keys_dir
    )
    return await verify(office.database, client)


async def tamper(office: System, *statements: str, **values: object) -> None:
    """What somebody with access to the database could do: the guards are taken away first."""
    async with office.database.writing() as session:
        for guard in ("no_update", "no_delete", "no_replace"):
            await session.execute(text(f"DROP TRIGGER IF EXISTS event_log_{guard}"))
        for statement in statements:
            await session.execute(text(statement), values)


def kinds(report: Report) -> set[DifferenceKind]:
    return {difference.kind for difference in report.differences}


async def test_a_case_that_nobody_touched_agrees_from_its_first_event(office: System):
    await office.assigned()
    report = await audited(office)
    assert [str(difference) for difference in report.differences] == []
    assert report.exit_status == 0
    assert [case.covered_from for case in report.cases] == [1]


async def test_an_edited_text_breaks_its_seal(office: System):
    await office.assigned()
    await tamper(
        office, "UPDATE event_log SET decision = replace(decision, '路灯', '路面') WHERE first_number = 1"
    )
    report = await audited(office)
    assert DifferenceKind.CHAIN in kinds(report)
    assert any(difference.number == 1 for difference in report.differences)
    assert report.exit_status == 1


async def test_a_chain_written_anew_is_found_by_rules_and_history(office: System):
    incident_id = await office.register()
    async with office.database.session() as session:
        rows = (
            (await session.execute(text("SELECT decision FROM event_log ORDER BY first_number")))
            .scalars()
            .all()
        )
    decision = DECISION.validate_json(rows[0])
    forged = json.loads(decision_text(decision))
    forged["events"][0]["title"] = "另一个标题"
    changed = decision_text(DECISION.validate_json(json.dumps(forged)))
    await tamper(
        office,
        "UPDATE event_log SET decision = :text, hash = :seal WHERE incident_id = :id AND first_number = 1",
        text=changed,
        seal=seal("0" * 64, changed),
        id=incident_id,
    )
    assert {DifferenceKind.RULES, DifferenceKind.HISTORY} <= kinds(await audited(office))


async def test_a_log_cut_off_at_its_end_is_found_by_the_history(office: System):
    await office.assigned()
    await tamper(
        office, "DELETE FROM event_log WHERE first_number = (SELECT max(first_number) FROM event_log)"
    )
    found = kinds(await audited(office))
    assert DifferenceKind.UNRECORDED in found
    assert DifferenceKind.LEDGER in found


async def test_an_edited_ledger_is_named(office: System):
    await office.assigned()
    await tamper(office, "UPDATE obligation SET due_at = '2030-01-01 00:00:00.000000'")
    assert DifferenceKind.LEDGER in kinds(await audited(office))


async def test_after_the_loss_of_temporals_store_the_cases_go_on_from_the_log(office: System, tmp_path: Path):
    incident_id = await office.assigned()
    before = (await office.ask("GET", f"incidents/{incident_id}/obligations")).json()["items"]
    async with await start_temporal() as other:
        client = await connect(address(other), "default", office.settings.keys_dir)
        rebuilt = await rebuild_workflows(
            office.database, client, office.settings.task_queue, by="wang (uid 1000)"
        )
        assert (rebuilt.started, rebuilt.failed) == ([incident_id], {})
        settings = office.settings.model_copy(update={"temporal_address": address(other)})
        moved = System(office.app, office.database, settings, office.tokens)
        async with await moved.worker():
            report = await verify(office.database, client)
            for guard in ("no_update", "no_delete", "no_replace"):
                await tamper(office, f"DROP TRIGGER IF EXISTS healing_{guard}")
            await tamper(office, "DELETE FROM healing")  # as if killed between the start and its entry
            (unsaid,) = (await verify(office.database, client)).cases[0].unproven
            await tamper(office, "UPDATE event_log SET hash = :seal WHERE first_number = 1", seal="0" * 64)
            (unsound,) = (await verify(office.database, client)).cases[0].unproven
            handle = client.get_workflow_handle_for(IncidentWorkflow.run, incident_id)
            state = (await live(handle)).incident
        assert [str(difference) for difference in report.differences] == []
        assert report.cases[0].covered_from == report.cases[0].events + 1
        assert (report.outcome, report.exit_status) == (AuditOutcome.UNPROVEN, 2)
        (why,) = report.cases[0].unproven
        events = report.cases[0].events
        assert f"第 1 至 {events} 号事件没有历史" in why
        assert f"events 1 to {events}" in why
        assert "恢复记录第 1 条，rebuild，wang (uid 1000)" in why
        assert "链完整，按规则重算一致" in why
        assert "没有恢复记录" in unsaid
        assert "日志本身也有差异" in unsound
        assert "链完整" not in unsound
        due = {obligation.id: obligation.due_at.isoformat() for obligation in state.obligations}
    assert {obligation["id"] for obligation in before} == set(due)
    again = await rebuild_workflows(
        office.database,
        await connect(office.settings.temporal_address, "default", office.settings.keys_dir),
        office.settings.task_queue,
    )
    assert again.running == [incident_id]
