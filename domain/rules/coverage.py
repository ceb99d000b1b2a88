"""到达率、覆盖率: how far the official word went where the public spoke (三(四)#1, R365)."""

from datetime import datetime

from domain.case.state import Incident
from domain.terms.vocabulary import PlatformCode


def coverage_rate(incident: Incident, at: datetime) -> float | None:
    """Active source platforms with an authorised official publication over all active ones,
    as of `at` (R365).

    None when no platform is active; three decimals.
    """
    active = active_platforms(incident, at)
    reached: set[PlatformCode] = set()
    for publication in incident.standing_publications:
        if publication.published_at <= at:
            reached |= set(publication.channels)
        for relay in publication.relays:
            if relay.authorised and relay.at <= at:
                reached |= set(relay.channels)
    return round(len(active & reached) / len(active), 3) if active else None


def active_platforms(incident: Incident, at: datetime) -> set[PlatformCode]:
    """Where the public spoke of it by then, items excluded by then apart,
    and those that the register does not count (DD-32).
    """
    excluded = incident.screening.excluded_by(at)
    platforms = (
        source.platform
        for number, source in enumerate(incident.sources, start=1)
        if source.at <= at and number not in excluded
    )
    beyond = {one.platform for one in incident.beyond if one.first_at <= at}
    return (set(platforms) | beyond) & {entry.code for entry in incident.law.register if entry.coverage}
