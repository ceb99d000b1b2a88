"""What the ledger says of an incident, as values of its tables' columns."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from domain.case.obligations import Obligation, Status
from domain.case.state import Incident
from domain.rules.coverage import coverage_rate
from domain.rules.milestones import milestones
from domain.rules.reach import reach_rate
from domain.rules.urgency import answer_due_at, ranked
from storage.search import grams

_NOTHING_OWED = 2**40  # seconds; far past the year 9999
_ALL = datetime.max.replace(tzinfo=UTC)  # whatever is on record, all of it past
_AS_THEY_ARE = (
    "id",
    "kind",
    "unit",
    "cause",
    "clause",
    "clock_start",
    "due_at",
    "created_at",
    "status",
    "advisory",
    "scored",
    "provisional",
    "fulfilled_at",
    "breached_at",
    "superseded_at",
    "reopened_at",
    "evidence",
    "rungs",
)


def words_of(incident: Incident) -> tuple[str, ...]:
    """The words by which a case is found: title, number, and the titles of what was published."""
    titles = {draft.id: draft.title for draft in incident.drafts}
    published = [titles[item.draft] for item in incident.publications if item.draft in titles]
    return tuple(dict.fromkeys((incident.title, incident.number, *published)))


def text_values(incident: Incident) -> dict[str, Any]:
    """The words by which a case is found, with their pairs of characters."""
    words = words_of(incident)
    return {"grams": grams(*words), "words": "\n".join(words)}


def incident_values(incident: Incident) -> dict[str, Any]:
    """The columns by which lists show, filter and sort an incident."""
    first = next(iter(ranked(incident)), None)
    return {
        "incident_id": incident.incident_id,
        "number": incident.number,
        "title": incident.title,
        "marking": incident.gravest_marking,
        "drill": incident.drill is not None,
        "subject_kind": incident.subject_kind,
        "stage": incident.stage,
        "level": incident.level,
        "grade": incident.grade,
        "response_class": incident.response_class,
        "first_responsible": list(incident.first_responsible),
        "lead": incident.lead,
        "primary_status": incident.primary_status,
        "overdue": incident.is_supervised,
        "next_due_at": incident.display_deadline,
        "owed_due_at": answer_due_at(incident),
        "due_rank": _NOTHING_OWED if first is None else int(first.due_at.timestamp()),
        "discovered_at": incident.discovered_at,
        "registered_at": incident.registered_at,
        "closed_at": incident.closed_at,
        "archived_at": incident.archived_at,
        "event_number": incident.event_number,
        "key_categories": "".join(f",{category}" for category in incident.key_categories)
        + ("," if incident.key_categories else ""),
        **_stages(incident),
        "coverage": _thousandths(coverage_rate(incident, _ALL)),
        "reach": _thousandths(reach_rate(incident, _ALL)),
    }


def _thousandths(rate: float | None) -> int | None:
    return None if rate is None else round(rate * 1000)


def _stages(incident: Incident) -> dict[str, int | None]:
    """The seconds from discovery until each stage after registration was reached (R105);
    none for what was there before anybody discovered it.
    """
    reached = milestones(incident)
    instants = {
        "verified_after": reached.verified,
        "judged_after": reached.judged,
        "responded_after": reached.responded,
        "disposed_after": reached.disposed,
    }
    return {
        name: None if at is None else max(int((at - reached.detected).total_seconds()), 0)
        for name, at in instants.items()
    }


def obligation_values(incident: Incident) -> Iterator[dict[str, Any]]:
    """The columns of each obligation, in the order of `Incident.obligations`; `ordinal` counts from 0."""
    for ordinal, obligation in enumerate(incident.obligations):
        yield {
            **{name: getattr(obligation, name) for name in _AS_THEY_ARE},
            "ordinal": ordinal,
            "drill": incident.drill is not None,
            "settled": _is_settled(incident, obligation),
            "falls_at": obligation.due_at
            if incident.drill is None
            else incident.drill.real(obligation.due_at),
            "computed": {
                "base": obligation.computed.base,
                "limit": obligation.computed.limit,
                "rule": obligation.computed.rule,
                "years_without_calendar": list(obligation.computed.years_without_calendar),
            },
            "reminded": list(obligation.reminded),
        }


def _is_settled(incident: Incident, obligation: Obligation) -> bool:
    """Nobody has to do the deed any more; an advisory limit that went by asks nothing,
    nor does a closed incident.
    """
    return not obligation.is_owed or obligation.status is Status.PASSED or incident.closed_at is not None
