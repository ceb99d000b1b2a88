"""As of when an answer about a case is asked for: `?at=`, the same on each address that gives what may be
past.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import Query

from api.answers import case_now
from casework.as_it_stood import AsItStood, as_it_stood, read_at
from casework.ledger_session import reading
from casework.visibility import visible
from domain.terms.roles import Actor
from storage.database import Database
from storage.snapshots import Snapshot

At = Annotated[
    str | None,
    Query(
        max_length=40,
        description=(
            "某一时刻（ISO 8601，含时区）或某一事件序号时的状态。 As it stood at an instant,"
            " or after an event."
        ),
        examples=["12", "2026-09-08T09:00:00+08:00"],
    ),
]


async def case_asked(
    database: Database, incident_id: str, caller: Actor, clock: Callable[[], datetime], at: str | None
) -> tuple[AsItStood, datetime | None]:
    """The case as it stands, or stood `at` a time; and the real instant after which nothing is told,
    None for the present.

    Raises NotFound, Malformed, NotThen and Unavailable.
    """
    wanted = None if at is None else read_at(at)
    async with reading(database) as session:
        case: Snapshot = await visible(session, incident_id, caller)
    as_of = case_now(case.state, clock())
    if wanted is None:
        return AsItStood(state=case.state, as_of=as_of, hash=case.hash), None
    stood = await as_it_stood(database, case.state, wanted, as_of)
    return stood, stood.real
