"""The law in force: the files and what two persons enacted, each case keeping its own,
nothing ever struck out (R007).
"""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.law.enactment import ChangeAnswer, ChangeOutcome, LawChange
from domain.law.regulation import Law
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor, Role
from storage.database import Database
from storage.law_changes import CommandReused, Proposal, answer, law_changes, law_in_force, propose
from storage.law_versions import law_for_registration, law_versions
from storage.regulations import load_law

NAME = "gaoan-2020"
START = datetime(2026, 9, 7, 2, 0, tzinfo=UTC)
DEPUTY = Actor(person="carol", role=Role.DEPUTY_LEADER, unit="gov_office")
LEADER = Actor(person="alice", role=Role.PRINCIPAL_LEADER, unit="gov_office")
CONFIRMED, DECLINED = ChangeOutcome.CONFIRMED, ChangeOutcome.DECLINED


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


async def proposed(
    database: Database,
    values: dict[str, object] | None = None,
    *,
    hour: float = 0,
    since: float = 0,
    **more: str,
) -> LawChange:
    proposal = Proposal(
        regulation=NAME,
        parameters={"limits.h48": "PT36H"} if values is None else values,
        reason=more.get("reason", "提速"),
        effective_from=at(since),
    )
    name = more.get("command_id", f"c{hour}{values}")
    return await propose(database, proposal, DEPUTY, at=at(hour), command_id=name)


async def confirmed(database: Database, number: int, hour: float, **more: object) -> LawChange | None:
    given = ChangeAnswer(outcome=CONFIRMED, by=LEADER, at=at(hour))
    return await answer(database, NAME, number, given, command_id=str(more.get("command_id", f"a{number}")))


async def in_force(database: Database, hour: float) -> Law:
    async with database.session() as session:
        return await law_in_force(session, NAME, at(hour))


async def refused(work) -> tuple[Reason, str]:
    with pytest.raises(Refused) as caught:
        await work
    return caught.value.reason, caught.value.detail


async def test_without_changes_the_files_are_the_law(database: Database):
    assert await in_force(database, 0) is load_law(NAME, 2026)


async def test_a_proposal_alone_changes_nothing(database: Database):
    await proposed(database)
    assert await in_force(database, 1) is load_law(NAME, 2026)


async def test_a_confirmed_change_is_a_new_version_from_its_instant_on(database: Database):
    change = await proposed(database, since=10)
    await confirmed(database, change.number, 2)
    files, before, after = load_law(NAME, 2026), await in_force(database, 9.99), await in_force(database, 10)
    assert before is files
    assert after.limits.h48 == timedelta(hours=36)
    assert (after.version, files.version) == (f"default_v1+{change.number}", "default_v1")
    assert after.digest != files.digest
    assert (after.limits.h24, after.units, after.title) == (files.limits.h24, files.units, files.title)


HOLIDAYS_2027 = ["2027-01-01", "2027-05-03", "2027-10-01", "2027-10-04"]


async def test_an_imported_year_stands_in_the_calendar_of_what_is_registered_from_then_on(database: Database):
    year: dict[str, object] = {"holidays": HOLIDAYS_2027, "makeup_workdays": ["2027-02-06"]}
    change = await proposed(database, {"calendar.2027": year})
    assert (await in_force(database, 1)).calendar.years == (2026,)
    await confirmed(database, change.number, 2)
    calendar = (await in_force(database, 3)).calendar
    assert calendar.years == (2026, 2027)
    assert [calendar.is_workday(date(2027, 2, day)) for day in (5, 6, 7)] == [True, True, False]
    wrong: dict[str, object] = {"calendar.2027": {**year, "holidays": HOLIDAYS_2027[1:]}}
    assert await refused(proposed(database, wrong)) == (Reason.CHANGE_VALUE_WRONG, "calendar.2027.holidays")


async def test_a_change_confirmed_after_its_day_holds_from_its_confirmation(database: Database):
    change = await proposed(database, since=1)
    await confirmed(database, change.number, 5)
    assert (await in_force(database, 4.9)).limits.h48 == timedelta(hours=48)
    assert (await in_force(database, 5)).limits.h48 == timedelta(hours=36)


async def test_a_declined_change_is_kept_and_changes_nothing(database: Database):
    change = await proposed(database)
    given = ChangeAnswer(outcome=DECLINED, by=LEADER, at=at(1), reason="不必")
    told = await answer(database, NAME, change.number, given, command_id="no")
    assert told is not None
    assert told.answer == given
    assert await in_force(database, 2) is load_law(NAME, 2026)
    assert (await refused(confirmed(database, change.number, 3)))[0] is Reason.CHANGE_SETTLED


async def test_to_decline_needs_a_reason(database: Database):
    change = await proposed(database)
    given = ChangeAnswer(outcome=DECLINED, by=LEADER, at=at(1))
    found = await refused(answer(database, NAME, change.number, given, command_id="no"))
    assert found == (Reason.REASON_MISSING, "reason")
    assert await refused(proposed(database, reason=" ", command_id="mute")) == (
        Reason.REASON_MISSING,
        "reason",
    )


async def test_nobody_confirms_their_own(database: Database):
    change = await proposed(database)
    given = ChangeAnswer(outcome=CONFIRMED, by=DEPUTY, at=at(1))
    found = await refused(answer(database, NAME, change.number, given, command_id="own"))
    assert found[0] is Reason.CHANGE_SELF_CONFIRMED
    assert await in_force(database, 2) is load_law(NAME, 2026)


async def test_an_unknown_number_is_nothing(database: Database):
    assert await confirmed(database, 7, 1) is None


async def test_the_same_command_is_answered_the_same_once(database: Database):
    first = await proposed(database, command_id="once")
    assert await proposed(database, hour=1, command_id="once") == first
    with pytest.raises(CommandReused):
        await proposed(database, {"limits.h48": "PT30H"}, command_id="once")
    told = await confirmed(database, first.number, 1)
    assert await confirmed(database, first.number, 2) == told
    async with database.session() as session:
        assert await law_changes(session, NAME) == (told,)


async def test_two_answers_at_once_leave_one(database: Database):
    change = await proposed(database)
    work = [confirmed(database, change.number, 1, command_id=f"try-{n}") for n in range(4)]
    found = await asyncio.gather(*work, return_exceptions=True)
    told = [one for one in found if isinstance(one, LawChange)]
    assert len(told) == 1
    assert {one.reason for one in found if isinstance(one, Refused)} == {Reason.CHANGE_SETTLED}


@pytest.mark.parametrize(
    ("values", "reason", "name"),
    [
        ({"limits.h48": "PT0S"}, Reason.CHANGE_VALUE_WRONG, "limits.h48"),
        ({"limits.unheard_of": "PT1H"}, Reason.CHANGE_PARAMETER_UNKNOWN, "limits.unheard_of"),
        ({"h24_grades": ["gigantic"]}, Reason.CHANGE_VALUE_WRONG, "h24_grades.0"),
        ({"clock_start": "yesterday"}, Reason.CHANGE_VALUE_WRONG, "clock_start"),
        ({}, Reason.MISSING_PART, "parameters"),
    ],
)
async def test_what_makes_no_law_is_refused_and_not_kept(database: Database, values, reason, name):
    assert await refused(proposed(database, values)) == (reason, name)
    async with database.session() as session:
        assert await law_changes(session, NAME) == ()


async def test_a_change_is_weighed_again_against_what_was_confirmed_meanwhile(database: Database):
    first = await proposed(database, hour=0)
    second = await proposed(database, hour=1)  # the same value once more
    await confirmed(database, first.number, 2)
    found = await refused(confirmed(database, second.number, 3))
    assert found == (Reason.CHANGE_VALUE_WRONG, "limits.h48")


async def test_changes_add_up(database: Database):
    for hour, values in enumerate(({"limits.h48": "PT36H"}, {"limits.h24": "PT20H"})):
        change = await proposed(database, dict(values), hour=hour)
        await confirmed(database, change.number, hour + 0.5)
    law = await in_force(database, 3)
    assert (law.limits.h48, law.limits.h24) == (timedelta(hours=36), timedelta(hours=20))
    assert law.version == f"default_v1+{change.number}"


async def test_another_regulation_is_untouched(database: Database):
    change = await proposed(database)
    await confirmed(database, change.number, 1)
    async with database.session() as session:
        law = await law_in_force(session, "state-council-2016", at(2))
    assert law is load_law("state-council-2016", 2026)


@pytest.mark.parametrize("name", ["law_change", "law_change_answer", "law_version"])
@pytest.mark.parametrize("statement", ["DELETE FROM {0}", "UPDATE {0} SET {1} = {1}"])
async def test_nothing_of_it_can_be_changed_or_struck_out(database: Database, name: str, statement: str):
    change = await proposed(database)
    await confirmed(database, change.number, 1)
    async with database.session() as session:
        await law_for_registration(database, session, NAME, at(2))
    column = "digest" if name == "law_version" else "reason"
    with pytest.raises(DBAPIError, match="append-only"):
        async with database.writing() as session:
            await session.execute(text(statement.format(name, column)))


async def test_the_law_of_a_registration_is_noted_when_it_is_another(database: Database):
    async def register(hour: float) -> Law:
        async with database.session() as session:
            return await law_for_registration(database, session, NAME, at(hour))

    first = await register(0)
    assert await register(1) is first
    change = await proposed(database, hour=2, since=2)
    await confirmed(database, change.number, 3)
    second = await register(4)
    async with database.session() as session:
        noted = await law_versions(session, NAME)
    assert [(one.digest, one.since) for one in noted] == [(first.digest, at(0)), (second.digest, at(4))]


async def test_registrations_at_once_note_a_law_once(database: Database):
    async def register() -> None:
        async with database.session() as session:
            await law_for_registration(database, session, NAME, at(0))

    await asyncio.gather(*(register() for _ in range(5)))
    async with database.session() as session:
        noted = await law_versions(session, NAME)
    assert {one.digest for one in noted} == {load_law(NAME, 2026).digest}


async def test_who_hears_is_changed_as_other_law_and_running_cases_keep_theirs(database: Database):
    wait = {"level": "general_matter", "h24": "PT3M", "h48": "PT20M"}
    change = await proposed(database, {"hearing.waits": [wait], "hearing.night_begins": "23:00"}, since=10)
    await confirmed(database, change.number, 2)
    before, after = await in_force(database, 9.99), await in_force(database, 10)
    assert before.own_hearing is None
    assert after.own_hearing is not None
    assert after.own_hearing.waits[0].h48 == timedelta(minutes=20)
    assert after.own_hearing.night_begins == time(23)


@pytest.mark.parametrize(
    ("values", "place"),
    [
        ({"hearing.night_begins": "25:00"}, "hearing.night_begins"),
        ({"hearing.night_begins": "spät"}, "hearing.night_begins"),
        ({"hearing.night_begins": "07:00"}, "hearing.night_ends"),
        ({"hearing.waits": [{"level": "general_matter", "h24": "PT0S", "h48": "PT9M"}]}, "hearing.waits"),
        ({"hearing.waits": [{"level": "social_hotspot", "h24": "PT1M", "h48": "PT9M"}]}, "hearing.waits"),
        ({"hearing.waits": [{"level": "highest", "h24": "PT1M", "h48": "PT9M"}]}, "hearing.waits.0.level"),
        ({"hearing.recipients": [{"post": "mayor", "level": "general_matter"}]}, "hearing.recipients"),
        ({"hearing.recipients": [{"post": "king", "level": "general_matter"}]}, "hearing.recipients.0.post"),
        ({"hearing.waking": ["PUB25"]}, "hearing.waking.0"),
        ({"hearing.old_breach": "PT2H"}, "hearing.old_breach"),
    ],
)
async def test_what_makes_no_table_of_who_hears_is_refused_by_its_place(
    database: Database, values: dict[str, object], place: str
):
    assert await refused(proposed(database, values)) == (Reason.CHANGE_VALUE_WRONG, place)
