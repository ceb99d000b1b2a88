"""While somebody is away the deputy is called, and the receipts say for whom."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from domain.terms.roles import Role
from storage import absences
from storage.absences import AbsenceFault
from storage.accounts import create_account, row_of
from storage.call_channels import enter_addresses
from storage.receipts import CallStatus
from tests.channels.peers import MailPeer, a_mail_server
from tests.workflows.reaching import Town, a_town

HOUR = timedelta(hours=1)
MONITOR, DEPUTY, OTHER = "town.monitor", "town.standin", "town.aside"


@pytest.fixture
def mail() -> Iterator[MailPeer]:
    with a_mail_server() as peer:
        yield peer


async def hire(town: Town, login: str, unit: str = "qingxi") -> None:
    async with town.database.writing() as session:
        await create_account(
            session, login=login, name=login, post=Role.HANDLER, unit=unit, password_hash="", at=town.now
        )
        row = await row_of(session, login)
        assert row is not None
        await enter_addresses(session, row.id, {"mail": f"{login}@town.example"}, at=town.now)


@pytest.fixture
async def town(tmp_path: Path, mail: MailPeer) -> AsyncIterator[Town]:
    async with a_town(tmp_path, mail) as made:
        await hire(made, DEPUTY)
        await hire(made, OTHER)
        await hire(made, "office.deputy", "gov_office")
        yield made


async def away(town: Town, person: str = MONITOR, deputy: str = DEPUTY, hours: int = 8) -> str:
    async with town.database.writing() as session:
        absence = await absences.enter(
            session,
            person=person,
            deputy=deputy,
            since=town.now,
            until=town.now + hours * HOUR,
            note="钥匙在值班室",
            author=person,
            at=town.now,
        )
    return absence.id


async def called(town: Town, number: int) -> set[tuple[str, str]]:
    await town.reach(await town.notice(number=number), "duty_person")
    return {(one.person, one.deputy_for) for one in await town.receipts() if one.event_number == number}


async def test_calls_go_to_the_deputy_until_the_absence_is_over(town: Town, mail: MailPeer):
    assert await called(town, 1) == {(MONITOR, "")}
    await away(town)
    assert await called(town, 2) == {(DEPUTY, MONITOR)}
    assert CallStatus.SENT in await town.outcomes(DEPUTY)
    assert [str(one["To"]) for one in mail.mails][-1] == f"{DEPUTY}@town.example"
    town.now += 8 * HOUR
    assert await called(town, 3) == {(MONITOR, "")}


async def test_whoever_is_back_early_is_called_again(town: Town):
    absence = await away(town)
    town.now += HOUR
    async with town.database.writing() as session:
        assert not await absences.end(session, absence, at=town.now, person=OTHER)
        assert await absences.end(session, absence, at=town.now, person=MONITOR)
        assert not await absences.end(session, absence, at=town.now, person=MONITOR)
    assert await called(town, 1) == {(MONITOR, "")}


async def test_a_deputy_who_is_away_has_a_deputy(town: Town):
    await away(town)
    await away(town, DEPUTY, OTHER, hours=1)
    assert await called(town, 1) == {(OTHER, MONITOR)}


@pytest.mark.parametrize("change", ["disabled_at", "unit"])
async def test_where_the_deputy_cannot_stand_in_any_more_who_is_away_is_called(town: Town, change: str):
    await away(town)
    async with town.database.writing() as session:
        row = await row_of(session, DEPUTY)
        assert row is not None
        setattr(row, change, town.now if change == "disabled_at" else "gov_office")
    assert await called(town, 1) == {(MONITOR, "")}


async def test_two_who_stand_in_for_each_other_are_both_as_they_were(town: Town):
    await away(town)
    await away(town, DEPUTY, MONITOR)
    assert await called(town, 1) == {(MONITOR, "")}


@pytest.mark.parametrize(
    ("deputy", "hours", "code"),
    [
        (MONITOR, 8, "same_person"),
        ("office.deputy", 8, "not_a_colleague"),
        ("nobody", 8, "not_a_colleague"),
        (DEPUTY, 0, "in_the_past"),
        (DEPUTY, -1, "in_the_past"),
        (DEPUTY, 24 * 367, "too_long"),
    ],
)
async def test_what_cannot_be_is_refused(town: Town, deputy: str, hours: int, code: str):
    with pytest.raises(AbsenceFault, match=code):
        await away(town, deputy=deputy, hours=hours)
    assert await called(town, 1) == {(MONITOR, "")}


async def test_two_absences_of_one_person_do_not_overlap(town: Town):
    await away(town)
    with pytest.raises(AbsenceFault, match="overlaps"):
        await away(town, deputy=OTHER)


async def test_notes_are_sealed_and_the_latest_stands_first(town: Town):
    await away(town)
    async with town.database.writing() as session:
        for hour, note in enumerate(("第一班", "第二班")):
            at = town.now + hour * HOUR
            await absences.hand_over(session, unit="qingxi", author=MONITOR, note=note, at=at)
    async with town.database.session() as session:
        assert [one.note for one in await absences.handover_notes(session, "qingxi")] == ["第二班", "第一班"]
        assert await absences.handover_notes(session, "gov_office") == ()
        (stored,) = await absences.not_over(session, town.now)
        raw = (
            await session.execute(text("SELECT note FROM absence UNION ALL SELECT note FROM handover_note"))
        ).scalars()
        assert all(one.startswith("sealed:") for one in raw)
    assert stored.note == "钥匙在值班室"
