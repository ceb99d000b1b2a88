"""Whether the law frozen into a case was the one in force when it was registered (R007)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from audit.differences import Difference, DifferenceKind
from domain.catalogue import Decision, Submission
from domain.steps.register import Registered
from domain.terms.workdays import SHANGHAI
from storage.law_versions import LawVersion, law_versions

_BEFORE = timedelta(seconds=1)  # instants of cases are cut to whole seconds
_AFTER = timedelta(seconds=60)  # the web's clock and the workflow's may differ
_DIGITS = 12


async def law_differences(
    session: AsyncSession, incident_id: str, decisions: Sequence[Decision]
) -> list[Difference]:
    """The difference where a case runs under a law that was not in force when it was registered.

    Drills may run under any law. Versions are noted since the second release:
    what was registered before the first of them is not judged.
    """
    opening = decisions[0] if decisions else None
    event = opening.events[0] if opening else None
    if opening is None or not isinstance(event, Registered) or event.drill is not None:
        return []
    versions = await law_versions(session, event.law.regulation)
    if not versions or opening.now < versions[0].since:
        return []
    standing = _standing(versions, *_window(opening, event))
    if (event.law.digest, event.law.edition) in {(one.digest, one.edition) for one in standing}:
        return []
    expected = ", ".join(f"{one.version} {one.digest[:_DIGITS]}" for one in standing) or "none noted"
    return [
        Difference(
            incident_id=incident_id,
            number=1,
            kind=DifferenceKind.LAW,
            expected=f"the law in force at registration: {expected}",
            actual=f"{event.law.version} {event.law.digest[:_DIGITS]}",
        )
    ]


def _window(opening: Decision, event: Registered) -> tuple[datetime, datetime]:
    """From when to when the web may have looked up the law of a registration."""
    begun = event.at
    if isinstance(opening.cause, Submission):
        begun = min(begun, opening.cause.received_at)
    return begun - _BEFORE, opening.now + _AFTER


def _standing(versions: Sequence[LawVersion], begun: datetime, ended: datetime) -> list[LawVersion]:
    """The versions in force at some instant of a window, each until the next of its year."""
    years = {begun.astimezone(SHANGHAI).year, ended.astimezone(SHANGHAI).year}
    laws = []
    for year in years:
        of_year = [one for one in versions if one.year == year]
        ends = [*(one.since for one in of_year[1:]), datetime.max.replace(tzinfo=begun.tzinfo)]
        laws += [one for one, end in zip(of_year, ends, strict=True) if one.since <= ended and begun < end]
    return laws
