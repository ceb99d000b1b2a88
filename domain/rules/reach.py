"""到达率: how much of what was read of the matter was the official word (三(四)#2, R365)."""

from datetime import datetime

from domain.case.records import Publication
from domain.case.state import Incident
from domain.terms.vocabulary import PlatformCode


def reach_rate(incident: Incident, at: datetime) -> float | None:
    """Reads of the standing publications over reads of the incident, both as counted by `at`; three decimals.

    None while nobody has counted the reads of a publication, or of the incident. It may exceed 1.
    """
    metrics = incident.metrics_by(at)
    counted = [
        count.reads for item in incident.standing_publications for count in item.reads if count.at <= at
    ]
    if metrics is None or metrics.reads == 0 or not counted:
        return None
    return round(sum(counted) / metrics.reads, 3)


def official_since(publication: Publication) -> dict[PlatformCode, datetime]:
    """Where it stands with authority, since when: its own channels, authorised relays."""
    since = dict.fromkeys(publication.channels, publication.published_at)
    for relay in sorted(publication.relays, key=lambda relay: relay.at):
        if relay.authorised:
            for channel in relay.channels:
                since.setdefault(channel, relay.at)
    return since
