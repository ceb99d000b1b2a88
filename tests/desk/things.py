"""What addresses may name, put there by the ways that people use:
an incident of the town, and what belongs to it.
"""

from datetime import timedelta
from functools import partial

from api.uploads import checked_file
from domain.terms.roles import Actor, Role
from storage.account_tables import OpenIdLinkRow
from storage.accounts import row_of
from storage.api_tokens import Own, Scope, create_token, tokens_of
from storage.attachments import attach
from storage.destruction import ListEntry, draw_up
from storage.inbox import inbox
from storage.passkeys import Credential, add_passkey
from storage.regulation_text import sentences
from storage.saved_views import save_view, saved_views
from storage.sign_ins import sessions_of
from terminal.machine_user import machine_user
from tests.desk.conftest import Office
from tests.desk.pictures import picture
from tests.desk.test_steps import FACTORS, done, registered

TITLE = "网传某学校午餐变质"


async def assigned(office: Office) -> str:
    """The id of an incident that the office has registered and assigned to the town."""
    leader = await office.sits("office.leader")
    path = await registered(leader, title=TITLE)
    await done(leader, path, "judge", {"level": "general_matter", "trend": "level", **FACTORS})
    await done(leader, path, "assign", {"first": ["qingxi"]})
    return path.rsplit("/", 1)[1]


async def things(office: Office, incident: str, login: str) -> dict[str, str]:
    """What addresses name, all of it there and the town's:
    a file, a notice, and what the person of that login keeps.
    """
    async with office.database.writing() as session:
        row = await row_of(session, login)
        assert row is not None
        by = Actor(person=row.login, role=Role(row.role), unit=row.unit)
        file = await checked_file("现场.png", picture())
        number = await attach(session, incident, file, by=by, at=office.now())
        own = Own(
            account_id=row.id, name="导出", scope=Scope.READ, expires_at=office.now() + timedelta(days=1)
        )
        await create_token(session, by.person, by.role, by.unit, own=own)
        await save_view(session, row.id, "在办", "", at=office.now())
        at = office.now()
        linked = {"account_id": row.id, "issuer": "https://sso.example", "subject_hash": "-"}
        session.add(OpenIdLinkRow(id="0123456789abcdef", made_at=at, used_at=at, **linked))
        key = Credential(id=b"of a device", public_key=b"its key", sign_count=0)
        passkey = await add_passkey(session, row.id, key, "办公室电脑", office.now())
        assert passkey is not None
    async with office.database.session() as session:
        notices = (await inbox(session, "qingxi", limit=1)).items
        (token,) = await tokens_of(session, row.id)
        (held,) = await sessions_of(session, row.id, office.now())
        (view,) = await saved_views(session, row.id)
    clause = next(iter(sentences(office.system.settings.regulation)))
    return {
        "attachments/{number}": f"attachments/{number}",
        "certificates/{place}/{form}": "certificates/1/file",
        "certificates/{place}.json": "certificates/1.json",
        "certificates/{place}.pdf": "certificates/1.pdf",
        "digests/{span}.{ending}": "digests/weekly.docx",
        "digests/{span}": "digests/weekly",
        "papers/{paper}.{ending}": "papers/assignment_order-1.docx",
        "papers/{paper}": "papers/assignment_order-1",
        "{kind}/{entry}": "persons/new",
        "incident_id": incident,
        "unit": "qingxi",
        "code": "qingxi",
        "language": "en",
        "name": clause.replace("#", "-"),
        "position": str(notices[0].position),
        "account_id": row.id,
        "session_id": held.id,
        "token_id": token.id,
        "view_id": view.id,
        "passkey_id": passkey,
        "link_id": "0123456789abcdef",
        "list_number": str(await a_list(office)),
        "absence_id": "0123456789abcdef",  # of nobody: found absent like an ended one
    }


async def a_list(office: Office) -> int:
    """The number of a destruction list of one case that nobody knows."""
    entry = ListEntry(
        incident_id="inc-" + "0" * 23 + "d",
        number="舆〔2016〕1号",
        retention="short",
        closed_at=office.now() - timedelta(days=3700),
        due_at=office.now() - timedelta(days=1),
        decisions=1,
        seal="0" * 64,
    )
    return await office.database.write(
        partial(draw_up, entries=[entry], origin=machine_user(), at=office.now())
    )
