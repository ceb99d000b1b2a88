"""合计: what a unit comes to over the cases that are listed, in words (R441)."""

from collections.abc import Iterable
from datetime import datetime

from desk.case.view import case_time
from domain.case.state import Incident
from domain.law.regulation import Scores
from domain.rules.scores import score_items, total_of
from domain.terms.workdays import SHANGHAI
from words.language import say


def unit_total(incidents: Iterable[Incident], unit: str, scores: Scores, now: datetime) -> str:
    """The base, what was added and taken off, and the sum, by the law in force."""
    items = [
        (incident.registered_at.astimezone(SHANGHAI).year, item)
        for incident in incidents
        for item in score_items(incident, case_time(incident.drill, now))
        if item.unit == unit
    ]
    total = total_of(items, scores)
    return say(
        "合计 {total}：基础分 {base}，加减 {change}（自主发现加分每年至多 {most}）",
        total=f"{total:g}",
        base=f"{scores.base:g}",
        change=f"{total - scores.base:+g}",
        most=f"{scores.self_discovered_max:g}",
    )
