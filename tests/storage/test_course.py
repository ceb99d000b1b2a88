"""How incidents of a span went: of which key categories they were,
and how long each stage took (R105, R117).
"""

import json
from datetime import timedelta
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

from sqlalchemy import select, update
from sqlmodel import col

from domain.steps.close import RecordHandling
from domain.steps.coordinate import ReceiveSuperiorNotice
from domain.steps.judge import Judge
from domain.steps.reads import RecordReads
from domain.steps.screen import SendOn
from domain.terms.vocabulary import KeyCategory, OtherHouse, Platform, WarningLevel
from storage import migrations
from storage.database import Database
from storage.performance import Spread, StageTaken, course, spread
from storage.projection import incident_values
from storage.record import record
from storage.tables import IncidentRow, SnapshotRow
from tests.domain.cast import BOB, assigned, concluded, factors, h, judged, published, registered, step
from tests.domain.given import given
from tests.storage.cases import START, Case

MIGRATION = Path(migrations.__file__).parent / "versions" / "0030_categories_and_stages.py"
DAY = timedelta(days=1)
NOTICE = ReceiveSuperiorNotice(sender="yichun_office", received_at=START, requirement="核实反馈")
SENT = SendOn(house=OtherHouse.LITIGATION, destination="市人民法院", addressees="发帖人", reason="已起诉")


def judge(*categories: KeyCategory) -> Judge:
    return Judge(
        level=WarningLevel.SOCIAL_HOTSPOT, factors=factors(), reason="研判", key_categories=categories
    )


async def test_incidents_are_counted_by_category_and_stage(database: Database):
    first, second, other = (Case(name) for name in ("1", "2", "3"))
    first.submit(judge(KeyCategory.VITAL_INTEREST, KeyCategory.EMERGENCY_DISASTER))
    second.submit(judge(KeyCategory.VITAL_INTEREST))
    other.submit(SENT)
    for case in (first, second, other):
        await record(database, case.incident_id, case.decisions)
    taken = sum(
        int((case.state.judgement.at - case.state.discovered_at).total_seconds())
        for case in (first, second)
        if case.state.judgement
    )
    async with database.session() as session:
        found = await course(session, START - DAY, START + DAY, drill=False)
        assert found.incidents == 2  # what was not ours is counted apart
        assert {one: count for one, count in found.by_category.items() if count} == {
            KeyCategory.VITAL_INTEREST: 2,
            KeyCategory.EMERGENCY_DISASTER: 1,
        }
        assert found.stages["judged"] == StageTaken(reached=2, seconds=taken)
        assert found.stages["responded"] == StageTaken(reached=0, seconds=0)
        assert (await course(session, START + DAY, START + 2 * DAY, drill=False)).incidents == 0
        assert (await course(session, START - DAY, START + DAY, drill=True)).incidents == 0


async def test_coverage_and_reach_are_added_up_by_quarter(database: Database):
    covered, answered = Case("1"), Case("2")
    for case in (covered, answered):
        await record(database, case.incident_id, case.decisions)
    async with database.session() as session:
        row = (await session.execute(select(IncidentRow).limit(1))).scalar_one()
        assert (row.coverage, row.reach) == (0, None)  # the public spoke of it, and nobody answered yet
    await database.write(
        lambda connection: connection.execute(update(IncidentRow).values(coverage=500, reach=250))
    )
    async with database.session() as session:
        found = await spread(session, START - DAY, START + DAY, drill=False)
        assert found == Spread(covered=2, coverage=1000, counted=2, reach=500)
        assert (await spread(session, START + DAY, START + 2 * DAY, drill=False)).covered == 0
        assert (await spread(session, START - DAY, START + DAY, drill=True)).covered == 0


def test_a_case_has_its_coverage_and_reach_in_thousandths():
    reads = RecordReads(
        publication="publication-1",
        channel=Platform.WECHAT,
        counted_at=h(13),
        reads=8_500,
        figure_source="后台",
    )
    told = given(registered(), judged(), assigned(), concluded(), *published(), step(h(13), BOB, reads))
    assert incident_values(told.case.state)["reach"] == 250


async def test_what_was_recorded_before_is_derived_as_it_is_today(database: Database):
    spec = spec_from_file_location("categories_and_stages", MIGRATION)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    plain, told, done = (Case(name) for name in ("1", "2", "3"))
    told.submit(judge(KeyCategory.VITAL_INTEREST))
    told.submit(NOTICE)
    done.submit(judge(KeyCategory.EMERGENCY_DISASTER))
    done.submit(RecordHandling(text="已抢修"))
    cases = {case.incident_id: case for case in (plain, told, done)}
    for case in cases.values():
        await record(database, case.incident_id, case.decisions)
    async with database.session() as session:
        rows = (
            await session.execute(
                select(IncidentRow, SnapshotRow).join(
                    SnapshotRow, col(SnapshotRow.position) == col(IncidentRow.position)
                )
            )
        ).all()
        for row, kept in rows:
            derived = module._derived(json.loads(kept.state))
            assert derived == {name: getattr(row, name) for name in derived}
        assert sorted(row.key_categories for row, _ in rows) == [
            "",
            ",emergency_disaster,",
            ",vital_interest,superior_required,",
        ]
