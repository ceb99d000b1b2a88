"""What was not ours is neither among what is open nor among what is closed, and counted by itself (DD-44)."""

from datetime import timedelta

from domain.steps.screen import SendOn, VoidRegistration
from domain.terms.vocabulary import OtherHouse, Stage
from storage.database import Database
from storage.digests import figures
from storage.filters import IncidentFilter
from storage.performance import not_ours
from storage.record import record
from tests.storage.cases import OFFICE, START, Case
from tests.storage.listing import ids, listed

SENT = SendOn(house=OtherHouse.LITIGATION, destination="市人民法院", addressees="发帖人", reason="已起诉")


async def test_what_was_not_ours_is_listed_and_counted_apart(database: Database):
    running, gone, void = (Case(name) for name in ("1", "2", "3"))
    gone.submit(SENT)
    void.submit(VoidRegistration(reason="误登记"))
    for case in (running, gone, void):
        await record(database, case.incident_id, case.decisions)
    assert ids(await listed(database, IncidentFilter(closed=False))) == [running.incident_id]
    assert ids(await listed(database, IncidentFilter(closed=True))) == [void.incident_id]
    apart = IncidentFilter(closed=True, stage=Stage.NOT_OURS)
    assert ids(await listed(database, apart)) == [gone.incident_id]
    async with database.session() as session:
        day = timedelta(days=1)
        assert await not_ours(session, START, START + day, drill=False) == 1
        assert await not_ours(session, START - day, START, drill=False) == 0
        assert await not_ours(session, START, START + day, drill=True) == 0
        counts = await figures(session, OFFICE, START, START + day)
        assert (counts.registered, counts.closed, counts.open) == (2, 1, 1)
