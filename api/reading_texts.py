"""Reading the texts of a command once, before it goes to its case, against what that case holds by then."""

import asyncio
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from api.errors import Unavailable
from api.reading import reading
from domain.case.state import Incident
from domain.catalogue import CaseCommand
from domain.reading import needs_case, read
from domain.steps.publish import Publish
from domain.terms.copies import changed
from domain.terms.findings import Reading
from domain.terms.free_texts import filled, references
from storage.case_texts import texts_of
from storage.database import Database
from storage.regulations import EDITION
from storage.snapshots import snapshot

_LEDGER_SECONDS: Final = 1.0


async def read_texts(database: Database, incident_id: str, command: CaseCommand) -> Reading:
    """What the texts of a command say that rules ask for.

    While the ledger cannot be read, or does not hold the text yet, it is read by the newest reader and against no
    talking points: the case then refuses where these would matter.
    """
    if not needs_case(command):
        return read(command, None, EDITION)
    edition, incident = EDITION, None
    try:
        async with reading(database, _LEDGER_SECONDS) as session:
            if (held := await snapshot(session, incident_id)) is not None:
                edition, incident = held.state.law.edition, held.state
                if isinstance(command, Publish):
                    incident = await _with_draft(session, incident, command.draft)
    except Unavailable:
        incident = None
    # Reading a long text takes as long as many requests; they go on meanwhile.
    return await asyncio.to_thread(read, command, incident, edition)


async def _with_draft(session: AsyncSession, incident: Incident, draft_id: str) -> Incident | None:
    """The case with one draft alone, its texts in place; None where the draft or one of them is missing."""
    draft = next((draft for draft in incident.drafts if draft.id == draft_id), None)
    if draft is None:
        return None
    whole = filled(draft, await texts_of(session, incident.incident_id, list(references(draft))))
    return None if any(references(whole)) else changed(incident, drafts=(whole,))
