"""Score deltas per unit, from what became of each obligation and from what was found good (四3,
`practice.md` 3.6).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.case.obligations import OVERLAY_KINDS, RESPONSE_KINDS, Obligation, Status
from domain.case.state import Incident
from domain.law.regulation import Scores
from domain.rules.consistency import contradictions
from domain.terms.vocabulary import InvolvementRole, ObligationKind, Platform

_FULL_DAY = timedelta(hours=24)
SELF_DISCOVERED = "self_discovered"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreItem:
    """Points of a unit, the rule, and the obligation,
    the publications or the other record that they come from.
    """

    unit: str
    points: float
    rule: str
    obligation: str = ""
    publications: tuple[str, ...] = ()
    record: str = ""


def score_items(incident: Incident, at: datetime) -> Iterator[ScoreItem]:
    """Every deduction and bonus as of `at` (R441); drills have none in the ledger,
    which is the ledger's business.
    """
    yield from _bonuses(incident)
    for obligation in incident.obligations:
        if obligation.unit is None or not obligation.scored or obligation.status is not Status.BREACHED:
            continue
        if incident.oversight.tolerates(obligation.id):
            yield ScoreItem(
                unit=obligation.unit, points=0.0, rule="error_tolerance", obligation=obligation.id
            )
            continue
        if (points := _missed(incident, obligation)) is not None:
            rule, value = points
            yield ScoreItem(unit=obligation.unit, points=value, rule=rule, obligation=obligation.id)
        if obligation.kind in RESPONSE_KINDS and (further := _further_days(incident, obligation, at)):
            rule = "each_further_full_24h_overdue"
            yield ScoreItem(unit=obligation.unit, points=further, rule=rule, obligation=obligation.id)
    for contradiction in contradictions(incident):
        points_each = incident.law.scores.contradiction
        for unit in contradiction.units:
            yield ScoreItem(
                unit=unit, points=points_each, rule="contradiction", publications=contradiction.publications
            )


def _bonuses(incident: Incident) -> Iterator[ScoreItem]:
    """Model responses, and the issue of one's own that was found before any superior spoke of it (R444)."""
    scores = incident.law.scores
    for rating in incident.oversight.ratings:
        yield ScoreItem(
            unit=rating.unit, points=scores.model_response, rule="model_response", record=rating.publication
        )
    if scores.self_discovered and found_by_itself(incident):
        unit = incident.registrant.unit
        yield ScoreItem(unit=unit, points=scores.self_discovered, rule=SELF_DISCOVERED, record="registration")


def found_by_itself(incident: Incident) -> bool:
    """Whether the unit that registered the case is the one that it is about,
    and no superior had spoken by then.
    """
    unit, by = incident.registrant.unit, incident.registered_at
    accountable = {part.unit for part in incident.involved if part.role is InvolvementRole.ACCOUNTABLE}
    if unit not in accountable and unit not in incident.first_responsible:
        return False
    instants = [notice.received_at for notice in incident.superior_notices]
    instants += [source.at for source in incident.sources if source.platform == Platform.SUPERIOR]
    instants += [one.first_at for one in incident.beyond if one.platform == Platform.SUPERIOR]
    return all(by < at for at in instants)


def score_deltas(incident: Incident, at: datetime) -> dict[str, float]:
    """The sum per unit as of `at`; every responder has an entry."""
    totals = dict.fromkeys(incident.responders, 0.0)
    for item in score_items(incident, at):
        totals[item.unit] = totals.get(item.unit, 0.0) + item.points
    return totals


def total_of(items: Iterable[tuple[int, ScoreItem]], scores: Scores) -> float:
    """What a unit comes to over several cases: the base with every bonus and deduction (R441, R444).

    Each item comes with the year in which its case was registered:
    own discoveries earn no more in a year than the law allows.
    """
    by_year: dict[int, float] = {}
    total = scores.base
    for year, item in items:
        if item.rule == SELF_DISCOVERED:
            by_year[year] = by_year.get(year, 0.0) + item.points
        else:
            total += item.points
    return total + sum(min(points, scores.self_discovered_max) for points in by_year.values())


def _missed(incident: Incident, obligation: Obligation) -> tuple[str, float] | None:
    scores, offices = incident.law.scores, incident.law.offices
    if obligation.kind is ObligationKind.VERIFY and obligation.unit in {
        offices.office,
        offices.cyberspace_office,
    }:
        return None
    table = {
        ObligationKind.RESP48: ("breach_48h", scores.breach_48h),
        ObligationKind.PUB24: ("breach_24h", scores.breach_24h),
        ObligationKind.SIGN: ("sign_late", scores.sign_late),
        ObligationKind.VERIFY: ("verify_late", scores.verify_late),
        ObligationKind.SUP_FB: ("superior_feedback_late", scores.superior_feedback_late),
        ObligationKind.FOLLOW_UP: ("follow_up_missed", scores.follow_up_missed),
        ObligationKind.CONT_UPD: ("missed_continuous_update", scores.missed_continuous_update),
        ObligationKind.RECTIFY: ("rectify_late", scores.rectify_late),
        ObligationKind.CORRECT: ("correction_late", scores.correction_late),
    }
    if obligation.kind in OVERLAY_KINDS and scores.overlay_missed:
        return "overlay_missed", scores.overlay_missed
    return table.get(obligation.kind)


def _further_days(incident: Incident, obligation: Obligation, at: datetime) -> float:
    scores = incident.law.scores
    days = obligation.overdue(incident.closed_at or at) // _FULL_DAY
    return max(days * scores.each_further_full_24h_overdue, scores.further_days_max)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissedLimits:
    """How many limits were missed, each kind of rule for itself:
    what the upper rules bind is no statutory breach.
    """

    statutory: int
    upper_rules: int
    other: int


def missed_limits(incident: Incident) -> MissedLimits:
    """The breaches on record, late deeds included; what was advisory passed and is none (DD-24),
    and a countersign is waited for by nobody (DD-40).
    """
    kinds = [
        obligation.kind
        for obligation in incident.obligations
        if obligation.status is Status.BREACHED and obligation.kind is not ObligationKind.COUNTERSIGN
    ]
    statutory, upper = (sum(kind in group for kind in kinds) for group in (RESPONSE_KINDS, OVERLAY_KINDS))
    return MissedLimits(statutory=statutory, upper_rules=upper, other=len(kinds) - statutory - upper)
