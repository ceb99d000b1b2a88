"""信息准确一致: whether what units say agrees, by the claims of their drafts
and publications (二#5, R208).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations, islice
from typing import Literal, NamedTuple

from domain.bounds import MOST_CONFLICTS
from domain.case.events import Event
from domain.case.records import Claim, Draft
from domain.case.state import Incident
from domain.case.talking_points import Conflict
from domain.case.texts import texts
from domain.law.editions import Switch
from domain.terms.claim_values import normal, same_value
from domain.terms.copies import changed
from domain.terms.findings import Reading
from domain.terms.ids import Thing, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Deed
from domain.terms.second_edition.claim_values import same_value as second_same_value


class Subject(NamedTuple):
    """What a claim is about, in its common form: claims are compared where subject and type are the same."""

    subject: str
    type: str


class Statement(NamedTuple):
    """A value that a unit's draft or publication states."""

    source: str
    value: str


_Statements = Mapping[tuple[str, Subject], Statement]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictFound(Event):
    """A draft states otherwise than `other`, another unit's draft or publication, on the same subject."""

    kind: Literal["conflict_found"] = "conflict_found"
    id: str
    subject: str
    type: str
    draft: str
    other: str


def subject_of(claim: Claim) -> Subject:
    """What a claim is about."""
    return Subject(normal(claim.subject), normal(claim.type))


def agree(incident: Incident, one: str, other: str) -> bool:
    """Whether two values say the same, as the edition of the case reads them."""
    if incident.law.has(Switch.VALUES_BY_SENSE):
        return same_value(one, other)
    return second_same_value(one, other)


def agreed(incident: Incident) -> dict[Subject, Statement]:
    """The values that the talking points set; of several versions the latest that states the subject."""
    return {
        subject_of(claim): Statement(points.id, claim.value)
        for points in incident.talking_points
        for claim in points.claims
    }


def stated(incident: Incident) -> dict[tuple[str, Subject], Statement]:
    """What each unit has published on each subject: its latest word, save what a later publication,
    whosesoever, declares updated or corrected.
    """
    statements: dict[tuple[str, Subject], Statement] = {}
    speakers: defaultdict[Subject, set[str]] = defaultdict(set)
    for item in sorted(incident.standing_publications, key=lambda item: item.published_at):
        draft = incident.draft(item.draft)
        declared = {*draft.updates, *draft.corrects}
        for claim in draft.claims:
            subject = subject_of(claim)
            for unit in [unit for unit in speakers[subject] if statements[unit, subject].source in declared]:
                del statements[unit, subject]
                speakers[subject].remove(unit)
            statements[draft.unit, subject] = Statement(item.id, claim.value)
            speakers[subject].add(draft.unit)
    return statements


def found_conflicts(incident: Incident, draft: Draft, deed: Deed) -> Iterator[ConflictFound]:
    """The conflicts that a new draft brings (R208).

    1. Each of its claims is compared with what other units have in draft and have published
       on the same subject.
    2. What it declares to update or correct does not conflict, nor does a subject on which a value is agreed:
       there the talking points decide at publication.
    3. From the third edition on one draft is told of so many; each of them holds it back.
    """
    if not incident.law.has(Switch.CONFLICTING_CLAIMS):
        return
    most = MOST_CONFLICTS if incident.law.has(Switch.ROOM) else None
    differing = islice(_contradicted(incident, draft), most)
    for number, (claim, other) in enumerate(differing, start=len(incident.conflicts) + 1):
        yield ConflictFound(
            at=deed.at,
            id=numbered(Thing.CONFLICT, number),
            subject=claim.subject,
            type=claim.type,
            draft=draft.id,
            other=other.source,
        )


def _contradicted(incident: Incident, draft: Draft) -> Iterator[tuple[Claim, Statement]]:
    """The claims of a draft that others contradict, each with what one of them states."""
    declared, settled = {*draft.updates, *draft.corrects}, agreed(incident)
    others: defaultdict[Subject, list[tuple[str, Statement]]] = defaultdict(list)
    for (unit, about), statement in (*_drafted(incident).items(), *stated(incident).items()):
        others[about].append((unit, statement))
    for subject, claim in {subject_of(claim): claim for claim in draft.claims}.items():
        if subject in settled:
            continue
        for unit, other in others.get(subject, ()):
            if unit == draft.unit or other.source in declared:
                continue
            if not agree(incident, claim.value, other.value):
                yield claim, other


def _drafted(incident: Incident) -> _Statements:
    """What each unit has in draft on each subject: the latest draft that speaks of it,
    unless sent back or published.

    Drafts that were there when talking points resolved a conflict on the subject are done with.
    """
    published = {item.draft for item in incident.publications}
    settled_at = _settled_at(incident)
    latest: dict[tuple[str, Subject], Statement] = {}
    for draft in incident.drafts:
        if draft.returned:
            continue
        for claim in draft.claims:
            subject = subject_of(claim)
            if subject not in settled_at or settled_at[subject] < draft.drafted_at:
                latest[draft.unit, subject] = Statement(draft.id, claim.value)
    return {place: statement for place, statement in latest.items() if statement.source not in published}


def _settled_at(incident: Incident) -> dict[Subject, datetime]:
    """When talking points last resolved a conflict on each subject."""
    resolved: defaultdict[str, set[Subject]] = defaultdict(set)
    for conflict in incident.conflicts:
        if conflict.resolved_by:
            resolved[conflict.resolved_by].add(Subject(normal(conflict.subject), normal(conflict.type)))
    return {
        subject: points.at
        for points in sorted(incident.talking_points, key=lambda points: points.at)
        for subject in resolved[points.id]
    }


def check_consistent(incident: Incident, draft: Draft, reading: Reading | None = None) -> None:
    """Refuses publication of a draft in an open conflict,
    and of one that speaks against the talking points (R208).

    Its words are judged by their reading, where there is one: talking points that came after it was read make
    it stale. `incident` may be the case as of an instant, whose talking points are the first of those that
    were read (DD-29).
    """
    for conflict in incident.open_conflicts:
        if draft.id in {conflict.draft, conflict.other}:
            raise Refused(Reason.CONFLICT_OPEN, conflict.id)
    values = agreed(incident)
    for claim in draft.claims:
        value = values.get(subject_of(claim))
        if value is not None and not agree(incident, claim.value, value.value):
            raise Refused(Reason.AGAINST_TALKING_POINTS, value.source)
    known = {points.id for points in incident.talking_points}
    against = spoken_against(incident, draft) if reading is None else reading.against
    against = tuple(name for name in against if name in known)
    if against:
        raise Refused(Reason.AGAINST_TALKING_POINTS, against[0])
    if reading is not None and any(points.forbidden for points in incident.talking_points[reading.points :]):
        raise Refused(Reason.STALE, str(incident.event_number))


def spoken_against(incident: Incident, draft: Draft) -> tuple[str, ...]:
    """The talking points of which a draft uses an expression that is to be kept out;
    asks for its texts themselves.
    """
    said = [normal(text) for _, text in texts(draft)]
    return tuple(
        points.id
        for points in incident.talking_points
        if any(normal(expression) in text for expression in points.forbidden for text in said)
    )


class Contradiction(NamedTuple):
    """Two publications of different units that state different values on one subject."""

    units: tuple[str, str]
    publications: tuple[str, str]


def contradictions(incident: Incident) -> Iterator[Contradiction]:
    """The contradictory publications that stand, once per pair of units and subject (`practice.md` 3.6)."""
    if not incident.law.has(Switch.CONFLICTING_CLAIMS):
        return
    spoken: defaultdict[Subject, list[tuple[int, str, Statement]]] = defaultdict(list)
    for place, ((unit, subject), statement) in enumerate(stated(incident).items()):
        spoken[subject].append((place, unit, statement))
    pairs = [pair for statements in spoken.values() for pair in combinations(statements, 2)]
    for (_, one, first), (_, other, second) in sorted(pairs, key=lambda pair: (pair[0][0], pair[1][0])):
        if one != other and not agree(incident, first.value, second.value):
            yield Contradiction(units=(one, other), publications=(first.source, second.source))


def evolve(incident: Incident, event: ConflictFound) -> Incident:
    """The case with a conflict that waits for talking points."""
    conflict = Conflict(
        id=event.id,
        at=event.at,
        subject=event.subject,
        type=event.type,
        draft=event.draft,
        other=event.other,
    )
    return changed(incident, conflicts=(*incident.conflicts, conflict))
