"""The texts of a case against the references in its log:
each is there, or was reduced, and then no key opens it any more.
"""

import asyncio
from collections.abc import AsyncIterator

from sqlalchemy.ext.asyncio import AsyncSession

from audit.differences import Difference, DifferenceKind
from audit.stored import StoredLog
from domain.terms.free_texts import reference, references
from storage.case_texts import salted_texts
from storage.reduced_rows import reduced_rows_of
from storage.reductions import ROWS, ReductionCause, reduced_of, reductions_of
from storage.text_keys import TextKeys
from workflows.keys import Keyring

_NOTE = "reduced on {}: {} texts ({})"
_ROWS = "reduced on {}: {} texts ({}) in rows of 0.3 and before, whose content is no longer provable"
_CORRECTED = "a correction of a text was noted on {}"


async def text_differences(session: AsyncSession, log: StoredLog, keys: Keyring | None) -> list[Difference]:
    """Where the texts of a case are not those that its log names; one that was reduced is no difference."""
    texts, reduced = await salted_texts(session, log.incident_id), await reduced_of(session, log.incident_id)
    differences = []
    for stored in log.decisions:
        for name in dict.fromkeys((*references(stored.cause), *references(stored.events))):
            text = texts.get(name)
            if text is None and name not in reduced:
                differences.append(
                    _differs(log, stored.first_number, "the text, or that it was reduced", "neither")
                )
            elif text is not None and reference(text.text, text.salt) != name:
                differences.append(_differs(log, stored.first_number, f"the text of {name}", "another"))
    if keys is not None and reduced:
        standing = await asyncio.to_thread(TextKeys(keys).standing, log.incident_id, list(reduced))
        if standing:
            expected = "no key of a text that was reduced (huiying texts reduce)"
            differences.append(_differs(log, None, expected, f"{len(standing)}"))
    return differences


async def text_notes(session: AsyncSession, incident_id: str) -> AsyncIterator[str]:
    """What was reduced in a case, for its report."""
    has_rows = bool((await reduced_rows_of(session, incident_id)).digests)
    for act in await reductions_of(session, incident_id):
        note = _CORRECTED if act.why is ReductionCause.CORRECTED else _ROWS if act.about == ROWS else _NOTE
        if act.texts or has_rows or note is not _ROWS:
            yield note.format(act.at.date().isoformat(), act.texts, act.why.value)


def _differs(log: StoredLog, number: int | None, expected: str, actual: str) -> Difference:
    return Difference(
        incident_id=log.incident_id, number=number, kind=DifferenceKind.TEXT, expected=expected, actual=actual
    )
