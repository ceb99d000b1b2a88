"""Each step says by what its sender was known: the session of a browser, or a token,
which the timeline tells.
"""

from uuid import uuid4

from audit.verify import verify
from domain.catalogue import Submission
from domain.terms.roles import Role
from storage.api_tokens import create_token, list_callers
from storage.event_log import decisions
from tests.desk.conftest import Office
from tests.desk.test_steps import registered
from workflows.client import connect


async def marks(office: Office, incident_id: str) -> list[str]:
    async with office.database.session() as session:
        log = [stored.decision.cause for stored in await decisions(session, incident_id)]
    return [cause.via.partition(":")[0] for cause in log if isinstance(cause, Submission)]


async def test_a_step_is_marked_with_session_or_token_and_the_timeline_names_the_token(office: Office):
    leader = await office.sits("office.leader")
    path = await registered(leader)
    incident_id = path.rpartition("/")[2]
    async with office.database.writing() as session:
        token = await create_token(session, "office.leader", Role.PRINCIPAL_LEADER, "gov_office")
        (token_id,) = [one.id for one in await list_callers(session) if one.actor.person == "office.leader"][
            -1:
        ]
    answer = await leader.http.post(
        f"/api/v1{path}/record_concern",
        json={"text": "何时修复"},
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex},
    )
    assert answer.status_code in {200, 202}, answer.text
    assert await marks(office, incident_id) == ["session", "token"]
    page = (await leader.open(path)).text
    assert f"由程序使用令牌 {token_id} 办理" in page
    assert page.count("由程序使用令牌") == 1
    settings = office.system.settings
    client = await connect(settings.temporal_address, settings.temporal_namespace, settings.keys_dir)
    assert (await verify(office.database, client, [incident_id])).differences == ()
