"""The texts of a case in their places, where they are shown: the case itself holds their references alone."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncSession

from domain.case.state import Incident
from domain.terms.free_texts import CaseText, is_reference, length, references, rewritten
from domain.terms.workdays import SHANGHAI
from storage.case_texts import texts_in, texts_of, texts_of_cases
from storage.reductions import ReductionCause, reduced_in
from words.language import say

T = TypeVar("T")

MOST: Final = 400_000  # characters in one answer; what comes after is named by its length


async def with_texts(session: AsyncSession, incident_id: str, value: T, *, most: int = MOST) -> T:
    """A case, its events or a decision with their texts in place, read in one statement.

    A text that is not there, or beyond the bound, is said to be so in words.
    """
    wanted = _first(list(dict.fromkeys(references(value))), most)
    there = await texts_of(session, incident_id, wanted) if wanted else {}
    if len(there) < len(wanted):
        missing = [name for name in wanted if name not in there]
        there |= await _reduced_of(session, incident_id, missing)
    return _in_words(value, there, frozenset(wanted))


async def _reduced_of(session: AsyncSession, incident_id: str, missing: list[str]) -> dict[str, str]:
    return await session.run_sync(lambda inner: _reduced(inner.connection(), incident_id, missing))


def _reduced(connection: Connection, incident_id: str, missing: list[str]) -> dict[str, str]:
    """Of the texts that are not there, those that were reduced, each in words."""
    gone = reduced_in(connection, incident_id, missing)
    words = {
        ReductionCause.RETENTION: say("（{count} 字，保存期满，已于 {day} 删减）"),
        ReductionCause.PERSON: say("（{count} 字，为保护个人信息，已于 {day} 删减）"),
        ReductionCause.KEY_GONE: say("（{count} 字，已于 {day} 删减）"),
    }
    return {
        name: words[one.why]
        .replace("{count}", name.rpartition(":")[2])
        .replace("{day}", one.at.astimezone(SHANGHAI).date().isoformat())
        for name, one in gone.items()
    }


def texts_in_place(
    connection: Connection, incident_id: str, value: T, *, known: Iterable[CaseText], most: int
) -> T:
    """As `with_texts`, inside a transaction that writes; `known` need not be read."""
    there = {item.reference: item.text for item in known}
    wanted = _first([name for name in dict.fromkeys(references(value)) if name not in there], most)
    if wanted:
        there |= texts_in(connection, incident_id, wanted)
        if missing := [name for name in wanted if name not in there]:
            there |= _reduced(connection, incident_id, missing)
    return _in_words(value, there, frozenset(wanted))


async def all_with_texts(
    session: AsyncSession, incidents: Iterable[Incident], *, most: int
) -> list[Incident]:
    """As `with_texts`, for several cases in one statement."""
    return await several_with_texts(session, [(one.incident_id, one) for one in incidents], most=most)


async def several_with_texts(
    session: AsyncSession, values: Sequence[tuple[str, T]], *, most: int = MOST
) -> list[T]:
    """As `with_texts`, for what belongs to several cases, each with its case's id, in one statement."""
    wanted = _first(list(dict.fromkeys(name for _, value in values for name in references(value))), most)
    of_cases = list(dict.fromkeys(incident_id for incident_id, _ in values))
    there = await texts_of_cases(session, of_cases, wanted) if wanted else {}
    for incident_id, value in values:
        missing = [name for name in references(value) if name in wanted and name not in there]
        if missing:
            there |= await _reduced_of(session, incident_id, missing)
    return [_in_words(value, there, frozenset(wanted)) for _, value in values]


def in_words(value: T) -> T:
    """The value while its texts cannot be read: each is named by its length."""
    return _in_words(value, {}, frozenset())


def _first(names: list[str], most: int) -> list[str]:
    """As many as stay within the bound; a short one may follow a long one that does not."""
    chosen, total = [], 0
    for name in names:
        if total + length(name) <= most:
            chosen.append(name)
            total += length(name)
    return chosen


def _in_words(value: T, there: Mapping[str, str], wanted: frozenset[str]) -> T:
    coming, left_out = say("（{count} 字，正在入库）"), say("（{count} 字，此处未列出）")

    def shown(text: str) -> str:
        if not is_reference(text):
            return text
        if text in there:
            return there[text]
        words = coming if text in wanted else left_out
        return words.replace("{count}", text.rpartition(":")[2])

    return rewritten(value, shown)
