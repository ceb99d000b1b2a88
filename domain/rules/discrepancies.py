"""读出的出入: what a text states by what was read in it, against what others state;
pointed out, cleared with a word (DD-41, R208).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from domain.bounds import MOST_DISCREPANCIES, MOST_DISCREPANCIES_OF_A_DRAFT, MOST_FACTS
from domain.case.events import Event
from domain.case.records import Claim, Draft
from domain.case.state import Incident
from domain.case.talking_points import Discrepancy, Stated
from domain.law.editions import Switch
from domain.rules.content import fast_lane_open
from domain.terms.copies import changed
from domain.terms.facts import contradict, facts_of_claim
from domain.terms.findings import Fact
from domain.terms.ids import Thing, names, numbered
from domain.terms.refusals import Reason, Refused
from domain.terms.roles import Deed


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRead(Event):
    """What a draft states was read in its texts."""

    kind: Literal["facts_read"] = "facts_read"
    draft: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DiscrepancyRead(Event):
    """A draft states otherwise than its own claim, another unit's text, or the talking points (`other`)."""

    kind: Literal["discrepancy_read"] = "discrepancy_read"
    id: str
    draft: str
    fact: Fact
    other: str
    theirs: Fact


def read_out(incident: Incident, draft: Draft, deed: Deed) -> Iterator[FactsRead | DiscrepancyRead]:
    """What was read in a new draft, and where it differs.

    1. Its own texts against its own claims.
    2. What it says, read or typed, against what other units have in draft and have published, where one of
       the two was only read: what both typed is a conflict (`consistency`). A later text of the same unit is
       its update; what a draft declares to update or correct is passed over.
    3. What was read in it against the talking points.
    """
    if not incident.law.has(Switch.READ_ANEW) or deed.reading is None:
        return
    facts = deed.reading.facts
    if facts:
        yield FactsRead(at=deed.at, draft=draft.id, facts=facts)
    differing = islice(_differing(incident, draft, facts), MOST_DISCREPANCIES_OF_A_DRAFT)
    for number, (fact, other, theirs) in enumerate(differing, start=incident.discrepancies_read + 1):
        yield DiscrepancyRead(
            at=deed.at,
            id=numbered(Thing.DISCREPANCY, number),
            draft=draft.id,
            fact=fact,
            other=other,
            theirs=theirs,
        )


def _differing(incident: Incident, draft: Draft, read: tuple[Fact, ...]) -> Iterator[tuple[Fact, str, Fact]]:
    typed = _typed(draft.claims)
    yield from _apart(read, draft.id, typed)
    points = incident.talking_points[-1:]
    approved = tuple(fact for version in points for fact in _typed(version.claims))
    for source, theirs, their_typed in _others(incident, draft):
        yield from _apart(_beyond(read, approved), source, (*theirs, *their_typed))
        yield from _apart(_beyond(typed, approved), source, theirs)
    for version in points:
        yield from _apart(read, version.id, approved)


def _beyond(facts: tuple[Fact, ...], approved: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """The facts but for those that say what the talking points say:
    these have settled whose figure stands (R208).
    """
    agreed = {
        fact.about
        for fact in facts
        for point in approved
        if fact.about == point.about and not contradict(fact, point)
    }
    return tuple(fact for fact in facts if fact.about not in agreed)


def _typed(claims: tuple[Claim, ...]) -> tuple[Fact, ...]:
    return tuple(fact for claim in claims for fact in facts_of_claim(claim.subject, claim.value))


def _others(incident: Incident, draft: Draft) -> Iterator[tuple[str, tuple[Fact, ...], tuple[Fact, ...]]]:
    """The latest draft that each other unit has under way, and what each has last published of each thing,
    with what was read in it and what was typed; not what is declared.

    A later publication is the update of what it speaks of: where it is silent the former figure stands.
    """
    declared = {*draft.updates, *draft.corrects}
    published = {item.draft for item in incident.publications}
    stated = {item.draft: item.facts for item in incident.stated}
    under_way = {
        item.unit: item for item in incident.drafts if not item.returned and item.id not in published
    }
    for unit, item in under_way.items():
        if unit != draft.unit:
            yield item.id, stated.get(item.id, ()), _typed(item.claims)
    said: set[tuple[str, str]] = set()
    in_order = sorted(incident.standing_publications, key=lambda one: one.published_at)
    for publication in reversed(in_order):  # of two of one instant the one recorded later is the later
        if publication.unit == draft.unit or incident.held_draft(publication.draft) is None:
            continue
        text = incident.draft(publication.draft)
        read, typed = (
            tuple(fact for fact in facts if (publication.unit, fact.about) not in said)
            for facts in (stated.get(text.id, ()), _typed(text.claims))
        )
        said |= {(publication.unit, fact.about) for fact in (*read, *typed)}
        if publication.id not in declared:
            yield publication.id, read, typed


def _apart(mine: tuple[Fact, ...], source: str, theirs: tuple[Fact, ...]) -> Iterator[tuple[Fact, str, Fact]]:
    return ((fact, source, other) for fact, other in apart(mine, theirs))


def apart(mine: tuple[Fact, ...], theirs: tuple[Fact, ...]) -> Iterator[tuple[Fact, Fact]]:
    """What differs about each thing: of several figures or names about one thing none agrees with any
    of the other side.
    """
    for about in dict.fromkeys(fact.about for fact in mine):
        own = [fact for fact in mine if fact.about == about]
        others = [fact for fact in theirs if fact.about == about]
        if others and all(contradict(fact, other) for fact in own for other in others):
            yield own[-1], others[-1]


def standing(incident: Incident, draft: Draft) -> tuple[Discrepancy, ...]:
    """What differs and nobody has cleared; a text that was sent back or withdrawn contradicts nobody."""
    return tuple(
        item
        for item in incident.discrepancies
        if item.draft == draft.id and not item.cleared and _still_stands(incident, item.other)
    )


def _still_stands(incident: Incident, source: str) -> bool:
    if names(source, Thing.PUBLICATION):
        return any(item.id == source for item in incident.standing_publications)
    other = incident.held_draft(source)
    return other is None or not other.returned


def check_cleared(incident: Incident, draft: Draft, deed: Deed) -> None:
    """Refuses the final approval of a draft with a discrepancy that no reviewer has cleared,
    outside the fast lane.
    """
    open_items = standing(incident, draft)
    if open_items and not fast_lane_open(incident, draft, deed.at):
        raise Refused(Reason.DISCREPANCY_OPEN, open_items[0].id)


def evolve(incident: Incident, event: FactsRead | DiscrepancyRead) -> Incident:
    """The case with what was read; of drafts that it let go of, and beyond what it holds, nothing is kept."""
    match event:
        case FactsRead():
            return changed(incident, stated=_bounded(incident, Stated(draft=event.draft, facts=event.facts)))
        case DiscrepancyRead():
            item = Discrepancy(
                id=event.id, draft=event.draft, fact=event.fact, other=event.other, theirs=event.theirs
            )
            items = (*incident.discrepancies, item)
            if len(items) > MOST_DISCREPANCIES:
                done = next((place for place, one in enumerate(items) if one.cleared), 0)
                items = (*items[:done], *items[done + 1 :])
            return changed(incident, discrepancies=items, discrepancies_read=incident.discrepancies_read + 1)


def _bounded(incident: Incident, stated: Stated) -> tuple[Stated, ...]:
    """Those of drafts that the case holds, the oldest left out where there are too many facts."""
    drafts = {draft.id for draft in incident.drafts}
    items = [*(item for item in incident.stated if item.draft in drafts), stated]
    while sum(len(item.facts) for item in items) > MOST_FACTS:
        items.pop(0)
    return tuple(items)
