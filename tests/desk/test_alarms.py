"""The office and the system administrator note that they have seen an alarm;
it counts until the watch finds all well.
"""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio

from storage.alarms import AlarmKind, latest_alarms, settle
from tests.desk.conftest import Office
from tests.desk.seat import Seat, forms
from tests.desk.test_notices import count
from tests.desk.test_steps import registered

ADDRESS = "/alarms/acknowledge"


@pytest_asyncio.fixture(loop_scope="session")
async def incident(office: Office) -> AsyncIterator[str]:
    """An incident of which the watch finds something wrong, until the test is over."""
    path = await registered(await office.sits("office.leader"))
    await found(office, path.rsplit("/", 1)[1])
    yield path
    await found(office)


async def found(office: Office, *incidents: str) -> None:
    """What the watch finds, known to every page."""
    wrong = {(AlarmKind.CASE_MISSING, one): "none" for one in incidents}
    await settle(office.database, wrong, list(AlarmKind), datetime.now(UTC))
    await office.system.app.state.watching.now()


async def seen(seat: Seat, path: str) -> int:
    """Press the page's own button for all alarms; the status of the answer."""
    page = (await seat.open(path)).text
    form = forms(page)[ADDRESS]
    positions = page.split('name="positions" value="')[1].split('"')[0]
    return (await seat.post(ADDRESS, {**form.fields, "positions": [positions]})).status_code


async def test_the_office_sees_which_incident_and_says_that_it_has_seen(office: Office, incident: str):
    leader, clerk = await office.sits("office.leader"), await office.sits("office.clerk")
    page = (await leader.open("/notices")).text
    told = page.split('id="h-watch"')[1].split("</section>")[0]
    assert f'href="{incident}"' in told
    assert "舆〔" in told
    before = count((await clerk.open("/notices")).text)
    assert await seen(leader, "/notices") == 303
    page = (await clerk.open("/notices")).text
    assert "office.leader 已阅" in page
    assert count(page) == before  # it stands
    assert "未消除" in page
    assert await seen(clerk, "/notices") == 303
    async with office.database.session() as session:
        (alarm, *_) = await latest_alarms(session)
    assert [one.person for one in alarm.viewers] == ["office.leader", "office.clerk"]


async def test_the_system_administrator_does_so_without_seeing_which_incident(office: Office, incident: str):
    seat = await office.sits("sys.admin")
    assert count((await seat.open("/system")).text) == "1"
    assert await seen(seat, "/system") == 303
    page = (await seat.open("/system")).text
    assert "sys.admin 已阅" in page
    assert incident.rsplit("/", 1)[1] not in page
    assert ADDRESS in forms(page)  # others may, and there is nothing left for this one
    assert "全部标为已阅" not in page


@pytest.mark.usefixtures("incident")
async def test_nobody_else_hears_of_single_alarms(office: Office):
    for login in ("town.leader", "auditor"):
        seat = await office.sits(login)
        page = (await seat.open("/notices")).text
        assert 'id="h-watch"' not in page
        token = forms((await seat.open("/me")).text)["/sign-out"].fields["_csrf"]
        assert (await seat.post(ADDRESS, {"_csrf": token, "positions": ["1"]})).status_code == 403
