"""Reads back what the system recorded of rehearsed incidents, once nothing is under way any more."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from time import monotonic

from sqlalchemy import select
from sqlmodel import col
from temporalio.client import Client, WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError
from temporalio.service import RPCError, RPCStatusCode

from domain.catalogue import Decision, SubmissionRefused
from domain.notices import Notice, Purpose
from domain.terms.free_texts import filled, references
from rehearsals.account import EXACT, CaseAccount, account
from rehearsals.folding import called_for, recorded
from rehearsals.outcomes import StepOutcome
from rehearsals.tolerance import judged_by_deed
from storage.case_texts import texts_of
from storage.database import Database
from storage.event_log import decisions
from storage.proof import prove, prove_whole
from storage.tables import NoticeRow
from workflows.client import live
from workflows.incident import IncidentWorkflow

_PAUSE = 0.02
_PATIENCE = 20.0  # seconds
_ANSWER = timedelta(seconds=_PATIENCE)


class Unsettled(Exception):  # noqa: N818  named for what was found
    """The record did not catch up with the case in time."""


async def settle(client: Client, database: Database, incident_id: str) -> None:
    """Wait until the event log holds all that the case has decided, and let readers see it.

    Raises Unsettled after 20 s, or no answer in time.
    """
    until = monotonic() + _PATIENCE
    handle = client.get_workflow_handle_for(IncidentWorkflow.run, incident_id)
    while True:
        try:
            case = await live(handle, _ANSWER)
        except RPCError as error:
            if error.status is not RPCStatusCode.NOT_FOUND:
                raise Unsettled(incident_id) from None
            if await database.write(partial(prove_whole, incident_id=incident_id)):
                return
            raise Unsettled(incident_id) from None
        except (WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError):
            raise Unsettled(incident_id) from None
        number = case.incident.event_number
        work = partial(prove, incident_id=incident_id, number=number, lineage=case.lineage)
        if await database.write(work):
            return
        if monotonic() > until:
            raise Unsettled(incident_id)
        await asyncio.sleep(_PAUSE)


async def recalled(
    database: Database,
    incident_id: str,
    outcomes: Sequence[StepOutcome],
    *,
    until: datetime,
    tolerance: timedelta = EXACT,
    lateness: timedelta = EXACT,
) -> CaseAccount:
    """The account of an incident as event log and inboxes hold it, of a rehearsal that ended at `until`.

    Expectations are met within `tolerance`; a deed received within `lateness` after its step
    counts at the step.
    """
    async with database.session() as session:
        logged = tuple(stored.decision for stored in await decisions(session, incident_id))
        logged_decisions = filled(logged, await texts_of(session, incident_id, list(references(logged))))
    notices = await _told(database, incident_id, logged_decisions)
    return laid_out(
        outcomes, logged_decisions, max(tolerance, lateness), notices, until=until, tolerance=tolerance
    )


def laid_out(
    outcomes: Sequence[StepOutcome],
    logged_decisions: Sequence[Decision],
    lateness: timedelta,
    notes: Sequence[Notice],
    *,
    until: datetime,
    tolerance: timedelta,
) -> CaseAccount:
    """The account of recorded decisions; with a lateness to be overlooked,
    deeds are judged by when they happened.

    What the rules tell of those counts as told when the inboxes hold the same.
    """
    steps = {outcome.command_id: outcome.step for outcome in outcomes if outcome.command_id}
    if lateness:
        logged_decisions = judged_by_deed(logged_decisions, steps, lateness, until)
        inboxes = set(map(_said, notes))
        notes = [notice for notice in called_for(logged_decisions) if _said(notice) in inboxes]
    return account(steps, recorded(logged_decisions), tolerance, notes)


def _said(notice: Notice) -> tuple[Purpose, str, str]:
    return notice.purpose, notice.unit, notice.subject


def amended(outcomes: Sequence[StepOutcome], account: CaseAccount) -> list[StepOutcome]:
    """The outcomes, with the refusals of steps that were handed over while no worker ran."""
    refusals = {
        fact.event.command_id: fact.event
        for fact in account.facts
        if isinstance(fact.event, SubmissionRefused)
    }
    return [
        replace(
            outcome, refused=refusals[outcome.command_id].reason, detail=refusals[outcome.command_id].detail
        )
        if outcome.command_id in refusals
        else outcome
        for outcome in outcomes
    ]


async def _told(database: Database, incident_id: str, decisions: Sequence[Decision]) -> tuple[Notice, ...]:
    """The notices in the inboxes; those that the decisions call for are waited for,
    being delivered beside the record.
    """
    until = monotonic() + _PATIENCE
    count = len(called_for(decisions))
    while True:
        inboxes = await _inboxes(database, incident_id)
        if len(inboxes) >= count or monotonic() > until:
            return inboxes
        await asyncio.sleep(_PAUSE)


async def _inboxes(database: Database, incident_id: str) -> tuple[Notice, ...]:
    statement = (
        select(NoticeRow).where(col(NoticeRow.incident_id) == incident_id).order_by(col(NoticeRow.position))
    )
    async with database.session() as session:
        rows = (await session.execute(statement)).scalars().all()
    return tuple(
        Notice(
            event_number=row.event_number, purpose=Purpose(row.purpose), unit=row.unit, subject=row.subject
        )
        for row in rows
    )
