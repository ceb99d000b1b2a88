"""A paper of a case as it can be read and printed: its words as the case stood when it took effect,
never as it stands later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from casework.case_texts import with_texts
from casework.ledger_session import reading
from casework.outcomes import NotFound
from casework.past_states import state_after
from domain.case.obligations import Obligation
from domain.case.oversight import NO_OVERSIGHT
from domain.case.records import Draft, Paper, PaperStatus
from domain.case.state import Incident
from domain.catalogue import CaseEvent
from domain.rules.papers import PaperDeclined, PaperDrafted, PaperIssued, PaperVoided
from domain.terms.copies import changed
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind
from papers.sheet import Sheet
from papers.skeletons.letter import MOST_NAMED, Ground, posts
from papers.skeletons.sheets import sheet_of
from storage.database import Database
from storage.paper_numbers import number_of, series_of
from storage.paper_records import PaperRecord, about
from storage.regulation_text import sentences
from words.language import Language, speaking

_CODE: Final = 16  # hexadecimal digits of the hash that seals the decision


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePaper:
    """A paper of a case: its sheet, who signed it, the obligation by which its unit signs for it,
    and how it ended where it did.

    `paper` is as the case has it now, or last had it; `record` numbers the event by which it took effect,
    of a draft that by which it came about. `ended_at` and `reason` are of one that was declined or voided.
    """

    paper: Paper
    sheet: Sheet
    signer: Actor | None
    receipt: Obligation | None
    record: int
    ended_at: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """An event about the paper, with its number and the record that it stands in."""

    event: CaseEvent
    number: int
    record: PaperRecord


async def case_paper(
    database: Database, now: Incident, paper_id: str, *, until: datetime | None = None
) -> CasePaper:
    """A paper of a case that stands as `now`; raises NotFound for one that there never was, and Unavailable.

    A draft is written from the case as it stands; one that took effect from the case as it then stood.
    Of a case as it once stood `until` is the real instant, and the paper is as it was then.
    """
    async with reading(database) as session:
        records = await about(session, now.incident_id, paper_id)
        entries = [one for one in _entries(records, paper_id) if one.number <= now.event_number]
        drawn = await number_of(session, now.incident_id, paper_id, until=until)
    if not entries:
        raise NotFound
    drafted, last = entries[0], entries[-1]
    assert isinstance(drafted.event, PaperDrafted)  # noqa: S101  by the order of the record
    paper = next((one for one in now.papers if one.id == paper_id), drafted.event.paper)
    effective = next((one for one in entries if isinstance(one.event, PaperIssued)), drafted)
    stood: Incident | None = now
    if paper.status is not PaperStatus.DRAFTED:
        stood = await state_after(database, now.incident_id, effective.record.decision.last_number)
    if stood is None:
        raise NotFound
    brought = drafted.record.decision.events
    async with reading(database) as session:
        with speaking(Language.CHINESE):  # a text that was reduced is told of on the sheet
            events, state = await with_texts(session, now.incident_id, (brought, _needed(stood, paper)))
        end = await with_texts(session, now.incident_id, last.event)
    receipt = _receipt(now, paper)
    ground = Ground(
        incident=state,
        paper=paper,
        events=events,
        sentences=sentences(now.law.regulation),
        signed_for=None if receipt is None else receipt.fulfilled_at,
    )
    has_ended = isinstance(end, PaperDeclined | PaperVoided)
    return CasePaper(
        paper=paper,
        sheet=sheet_of(ground, number=_number(now, paper, drawn), code=effective.record.hash[:_CODE]),
        signer=_signer(effective) if paper.signed_at is not None else None,
        receipt=receipt,
        record=effective.number,
        ended_at=end.at if has_ended else None,
        reason=end.reason if isinstance(end, PaperDeclined) else "",
    )


def _entries(records: Sequence[PaperRecord], paper_id: str) -> list[_Entry]:
    """The events about a paper from its drafting on, in order; none where nothing drafted it."""
    entries = [
        _Entry(event=event, number=number, record=record)
        for record in records
        for number, event in enumerate(record.decision.events, start=record.decision.first_number)
        if (isinstance(event, PaperDrafted) and event.paper.id == paper_id)
        or (isinstance(event, PaperIssued | PaperDeclined | PaperVoided) and event.paper == paper_id)
    ]
    return entries if entries and isinstance(entries[0].event, PaperDrafted) else []


def _number(now: Incident, paper: Paper, drawn: str | None) -> str | None:
    """The number that it drew; None while it waits for one, empty for a kind that bears none."""
    return drawn if drawn is not None or series_of(now, paper) else ""


def _signer(effective: _Entry) -> Actor | None:
    """Whose act put it into effect: the signature's, else that of the step that issued it."""
    if effective.event.by is not None:
        return effective.event.by
    return next((event.by for event in effective.record.decision.events if event.by is not None), None)


def _receipt(now: Incident, paper: Paper) -> Obligation | None:
    """The obligation to sign for the paper."""
    for obligation in now.obligations:
        if (
            obligation.kind is ObligationKind.SIGN
            and obligation.unit == paper.unit
            and obligation.cause == paper.cause
        ):
            return obligation
    return None


def _needed(incident: Incident, paper: Paper) -> Incident:
    """The case without the texts that no letter quotes, so that few are read."""
    first = posts(incident)[:MOST_NAMED]
    published = {one.draft for one in incident.publications if one.id == paper.cause}
    return changed(
        incident,
        sources=tuple(one if one in first else changed(one, gist="") for one in incident.sources),
        drafts=tuple(one if one.id in published else _titled(one) for one in incident.drafts),
        clues=tuple(one for one in incident.clues if one.id == paper.cause),
        talking_points=tuple(one for one in incident.talking_points if one.id == paper.cause),
        concerns=(),
        reports=(),
        handling=(),
        consultations=(),
        verifications=(),
        oversight=NO_OVERSIGHT,
    )


def _titled(draft: Draft) -> Draft:
    """A draft by its title alone."""
    return changed(
        draft,
        facts="",
        measures="",
        result="",
        clarification="",
        interim=None,
        answers=(),
        evidence=(),
        reviews=(),
    )
