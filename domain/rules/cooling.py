"""Whether an incident may be closed as cooled down:
judged at the latest count, which must be one after the answer (DD-18, DD-34).
"""

from datetime import datetime
from typing import Final

from domain.case.state import Incident
from domain.law.editions import Switch
from domain.rules.counting import is_public
from domain.rules.heat import heat_is_down

FEW: Final = 20  # posts below which nothing was hot


def has_cooled(incident: Incident, at: datetime) -> bool:
    """Whether the heat is down.

    1. Where the public spoke of it and nobody has counted since the first external answer (without any:
       since the last judgement), it is not.
    2. Fewer than 20 posts at the latest count, or none more than a day and more before it: it is.
    3. Else the new posts of the day up to the latest count are under a fifth of those of the hottest day.
    Cases of earlier editions are judged as of the close, whenever somebody counted.
    """
    limits = incident.law.limits
    if not incident.law.has(Switch.COUNTS):
        return heat_is_down(incident.metrics, at, window=limits.heat_window, percent=limits.heat_percent)
    counts = [taken for taken in incident.metrics if taken.at <= at]
    latest = max(counts, key=lambda taken: (taken.at, taken.posts), default=None)
    if is_public(incident, at) and (latest is None or latest.at < counted_since(incident, at)):
        return False
    if latest is None or latest.posts < FEW:
        return True
    day_before = latest.at - limits.heat_window
    if any(taken.at <= day_before and taken.posts == latest.posts for taken in counts):
        return True
    return heat_is_down(incident.metrics, latest.at, window=limits.heat_window, percent=limits.heat_percent)


def counted_since(incident: Incident, at: datetime) -> datetime:
    """From when on a count tells how the answer was taken, as of `at`:
    the first external answer, else the last judgement. What went out and answers nobody is none (DD-30).
    """
    answers = [
        item.published_at
        for item in incident.publications
        if item.counts and item.published_at <= at and (item.withdrawn_at is None or item.withdrawn_at > at)
    ]
    judged = [decision.at for decision in incident.level_path if decision.at <= at]
    return min(answers) if answers else max(judged, default=incident.discovered_at)
