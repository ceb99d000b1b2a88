"""Reading the texts of a command once, before it goes to its case, against what that case holds by then."""

import asyncio
from collections import OrderedDict
from collections.abc import Mapping
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from casework.incident_workflow import IncidentWorkflowClient, WorkflowNotFound
from casework.ledger_session import reading
from casework.outcomes import Unavailable
from domain.case.records import Draft
from domain.case.state import Incident
from domain.catalogue import CaseCommand, Submission
from domain.reading import needs_case, read, takes_time
from domain.steps.publish import Publish
from domain.steps.respond import DraftResponse
from domain.terms.copies import changed
from domain.terms.findings import Reading
from domain.terms.free_texts import filled, references
from storage.case_texts import texts_of
from storage.database import Database
from storage.regulations import EDITION
from storage.snapshots import snapshot

_LEDGER_SECONDS: Final = 1.0
_REMEMBERED: Final = 8 * 1024 * 1024  # bytes of the drafts given last


class TextReader:
    """Reads for one web process.

    The drafts that it passed on last it has at hand while the ledger cannot be read.
    """

    def __init__(self, database: Database, cases: IncidentWorkflowClient) -> None:
        self._database, self._cases = database, cases
        self._drafts: OrderedDict[str, str] = OrderedDict()  # texts by their references
        self._bytes = 0

    def remember(self, submission: Submission) -> None:
        """Keep the texts of a draft that is passed on, and let go of the oldest."""
        if not isinstance(submission.command, DraftResponse):
            return
        for text in submission.texts:
            if text.reference not in self._drafts:
                self._drafts[text.reference] = text.text
                self._bytes += len(text.text.encode())
        while self._bytes > _REMEMBERED:
            _, oldest = self._drafts.popitem(last=False)
            self._bytes -= len(oldest.encode())

    async def read(self, incident_id: str, command: CaseCommand) -> Reading:
        """What the texts of a command say that rules ask for.

        While the ledger cannot be read, a draft is read by the newest reader, and one that goes out against
        the talking points that the case itself holds, where its texts are at hand. Else it is read against
        none, and the case refuses where these would matter.
        """
        if takes_time(command):
            return await asyncio.to_thread(read, command, None, EDITION)
        if not needs_case(command):
            return read(command, None, EDITION)
        edition, incident = EDITION, None
        try:
            async with reading(self._database, _LEDGER_SECONDS) as session:
                if (stored := await snapshot(session, incident_id)) is not None:
                    edition, incident = stored.state.law.edition, stored.state
                    if isinstance(command, Publish):
                        incident = await _with_draft(session, incident, command.draft)
        except Unavailable:
            incident = await self._from_the_case(incident_id, command)
        # Reading a long text takes as long as many requests; they go on meanwhile.
        return await asyncio.to_thread(read, command, incident, edition)

    async def _from_the_case(self, incident_id: str, command: CaseCommand) -> Incident | None:
        if not isinstance(command, Publish):
            return None
        try:
            incident = await self._cases.live(incident_id)
        except (WorkflowNotFound, Unavailable):
            return None
        draft = _draft(incident, command.draft)
        return None if draft is None else _with_texts(incident, draft, self._drafts)


async def _with_draft(session: AsyncSession, incident: Incident, draft_id: str) -> Incident | None:
    """The case with one draft alone, its texts in place; None where the draft or one of them is missing."""
    draft = _draft(incident, draft_id)
    if draft is None:
        return None
    texts = await texts_of(session, incident.incident_id, list(references(draft)))
    return _with_texts(incident, draft, texts)


def _draft(incident: Incident, draft_id: str) -> Draft | None:
    return next((draft for draft in incident.drafts if draft.id == draft_id), None)


def _with_texts(incident: Incident, draft: Draft, texts: Mapping[str, str]) -> Incident | None:
    whole = filled(draft, texts)
    return None if any(references(whole)) else changed(incident, drafts=(whole,))
