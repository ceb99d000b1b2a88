"""Files for an incident: who may attach them, and attaching what came with a form or over the API."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from casework.ledger_session import answering, reading, writing
from casework.outcomes import Unavailable
from domain.case.events import UNTIL_ARCHIVED
from domain.case.state import Incident
from domain.steps.register import AddSource
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Actor
from storage.attachments import CheckedFile, attach, forget_waiting, waiting_files
from storage.database import Database
from storage.files_beside import LARGEST_INSIDE

WRITE_SECONDS: Final = 10.0  # for a file of the largest size on a slow disk


@dataclass(slots=True, kw_only=True)
class Received:
    """What came with a form: files that are in order, ids of files that waited already,
    and faults by the file's name.
    """

    files: list[CheckedFile] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether nothing came, neither in order nor at fault."""
        return not (self.files or self.waiting or self.faults)

    @property
    def count(self) -> int:
        """How many files came, or waited, that are in order."""
        return len(self.files) + len(self.waiting)


def why_not(actor: Actor, incident: Incident) -> Refused | None:
    """Why somebody who sees an incident may not attach files to it:
    auditors change nothing, and an archived case is complete.
    """
    if actor.role not in AddSource.roles:
        return Refused(Reason.ROLE_NOT_ALLOWED, actor.role)
    return None if incident.stage in UNTIL_ARCHIVED else Refused(Reason.WRONG_STAGE, incident.stage)


async def attach_all(database: Database, incident_id: str, got: Received, by: Actor, at: datetime) -> bool:
    """Attach what came and what waited to an incident, each file on its own;
    whether all of them are there now.
    """
    try:
        numbers = await attach_each(database, incident_id, got, by, at)
        if got.waiting and None not in numbers:
            async with writing(database) as session:
                await forget_waiting(session, by.person, got.waiting)
    except Unavailable:
        return False
    return None not in numbers and len(numbers) == got.count


async def attach_each(
    database: Database, incident_id: str, got: Received, by: Actor, at: datetime
) -> tuple[int | None, ...]:
    """The number of each file, None for one beyond the bound of the case; raises Unavailable.

    What waited goes on waiting for its day, so that a form sent twice finds it again.
    """
    fresh = await that_came(database, got, by)
    return tuple([await _attached(database, incident_id, file, by, at) for file in fresh])


async def that_came(database: Database, got: Received, by: Actor) -> tuple[CheckedFile, ...]:
    """The files that waited for a form and those that came with it; raises Unavailable."""
    if not got.waiting:
        return tuple(got.files)
    async with reading(database, WRITE_SECONDS) as session:
        return (*await waiting_files(session, by.person, got.waiting), *got.files)


async def _attached(
    database: Database, incident_id: str, file: CheckedFile, by: Actor, at: datetime
) -> int | None:
    lies_beside = database.files is not None and len(file.content) > LARGEST_INSIDE
    if lies_beside and database.files is not None:
        with answering():
            await asyncio.to_thread(database.files.keep, file.sha256, file.content)
    async with writing(database, WRITE_SECONDS) as session:
        return await attach(session, incident_id, file, by=by, at=at, lies_beside=lies_beside)
