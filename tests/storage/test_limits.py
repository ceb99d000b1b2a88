"""What the watch asks of the ledger about the size of cases."""

from storage.codec import incident_text
from storage.database import Database
from storage.limits import states_over
from tests.storage.cases import Case


async def test_of_the_cases_asked_for_those_over_a_size_are_named_with_it(
    database: Database, cases: list[Case]
):
    sizes = {case.incident_id: len(incident_text(case.state)) for case in cases}
    most = sorted(sizes.values())[len(sizes) // 2]
    async with database.session() as session:
        found = await states_over(session, list(sizes), most)
        assert found == {name: size for name, size in sizes.items() if size > most}
        assert await states_over(session, [], 0) == {}
