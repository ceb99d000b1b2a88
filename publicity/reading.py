"""Reads from the ledger what is public of cases, each with its texts in place."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from casework.case_texts import with_texts
from domain.case.records import Draft
from domain.case.state import Incident
from domain.terms.free_texts import filled, length, references
from publicity.responses import PublicCase, may_be_known, public_case
from storage.case_texts import texts_of
from storage.reductions import ReductionCause, reduced_in
from storage.snapshots import snapshots


class Coming(Exception):  # noqa: N818  an answer: look again
    """A text of the case is on its way to the ledger."""


async def read_cases(
    session: AsyncSession, incident_ids: Sequence[str], units: Collection[str]
) -> tuple[dict[str, PublicCase | None], set[str]]:
    """What is public of those cases, None for nothing; and those whose texts are not all there yet."""
    cases: dict[str, PublicCase | None] = dict.fromkeys(incident_ids)
    coming: set[str] = set()
    for incident_id, snapshot in (await snapshots(session, incident_ids)).items():
        try:
            cases[incident_id] = await read_case(session, snapshot.state, units)
        except Coming:
            coming.add(incident_id)
            del cases[incident_id]
    return cases, coming


async def read_case(session: AsyncSession, incident: Incident, units: Collection[str]) -> PublicCase | None:
    """What is public of a case; raises Coming while a text of it is on its way."""
    # Before texts are asked for: one on its way must not keep what was written there.
    if not may_be_known(incident):
        return None
    wanted = {item.draft for item in incident.publications if item.unit in units}
    if not wanted:
        return None
    drafts = tuple(draft for draft in incident.drafts if draft.id in wanted)
    in_words = await _in_words(session, incident.incident_id, drafts)
    return public_case(incident, {draft.id: draft for draft in in_words}, units)


async def _in_words(session: AsyncSession, incident_id: str, drafts: tuple[Draft, ...]) -> tuple[Draft, ...]:
    """Texts in place of references; of one that was reduced, that it was,
    and for a person's sake without its title, which may say the same.
    """
    names = list(dict.fromkeys(references(drafts)))
    there = await texts_of(session, incident_id, names) if names else {}
    missing = [name for name in names if name not in there]
    if not missing:
        return filled(drafts, there)
    reduced = await session.run_sync(lambda inner: reduced_in(inner.connection(), incident_id, missing))
    if len(reduced) < len(missing):
        raise Coming(incident_id)
    gone = {name for name, one in reduced.items() if one.why is ReductionCause.PERSON}
    untitled = tuple(replace(draft, title="") if gone & _outside(draft) else draft for draft in drafts)
    return await with_texts(session, incident_id, untitled, most=sum(map(length, names)))


def _outside(draft: Draft) -> frozenset[str]:
    """The references of what goes out with a draft: not of what reviewers wrote beside it."""
    return frozenset(references(replace(draft, reviews=(), evidence=(), countersign=None)))
