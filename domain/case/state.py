"""The Incident: the record of one case, and what follows from it at a glance."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from domain.case.case_record import CaseRecord
from domain.case.counts import thinned
from domain.case.meetings import Task
from domain.case.obligations import (
    RESPONSE_KINDS,
    STATUTORY_KINDS,
    Obligation,
    ObligationEvent,
    ObligationOpened,
    Status,
    after,
)
from domain.case.posts import Intake, taken_in, unknown
from domain.case.records import Concern, Draft, LevelDecision, Paper, Publication, Source
from domain.case.talking_points import Conflict
from domain.case.thinning import CONCERNS, DRAFTS, counted, course, in_hand, latest_concerns
from domain.law.editions import Switch
from domain.law.levels import LevelBasis, LevelSuggestion, Metrics, suggest_level
from domain.law.obligation_kinds import kinds_that
from domain.law.powers import Powers, powers
from domain.law.responsibility import accountable
from domain.terms.copies import changed
from domain.terms.refusals import Reason, Refused
from domain.terms.vocabulary import (
    ClockStart,
    EmergencyGrade,
    KeyCategory,
    Marking,
    ObligationKind,
    Stage,
)

T = TypeVar("T")

ACCOUNT_KINDS = frozenset(kinds_that(lambda rule: rule.account))


@dataclass(frozen=True, kw_only=True)  # without slots, as its record
class Incident(CaseRecord):
    """One case: its record, and what follows from it at a glance."""

    @property
    def clock_start(self) -> datetime:
        """The instant from which the statutory clock runs (DD-02)."""
        if self.law.clock_start is ClockStart.OCCURRED_AT:
            return self.occurred_at or self.discovered_at
        return self.discovered_at

    def marking_of(self, paper: str = "") -> Marking:
        """The mark of a paper, where it has one of its own; else that of the case."""
        own = (one.marking for one in self.paper_markings if one.paper == paper)
        return next(own, self.marking) if paper else self.marking

    @property
    def gravest_marking(self) -> Marking:
        """The gravest mark of the case and of its papers, by which what shows the whole of it is handled."""
        return max((self.marking, *(one.marking for one in self.paper_markings)), key=lambda mark: mark.rank)

    @property
    def stage(self) -> Stage:
        """Where the incident stands, read off what has been done;
        what was not ours stays that in the archive too.
        """
        if self.screening.sent_on is not None:
            return Stage.NOT_OURS
        if self.closed_at is not None:
            return Stage.CLOSED if self.archived_at is None else Stage.ARCHIVED
        if self.drafts or self.publications or self.handling:
            return Stage.HANDLING
        if self.assignment is not None:
            return Stage.ASSIGNED
        if self.judgement is not None:
            return Stage.JUDGED
        return Stage.VERIFYING if self.verifications else Stage.REGISTERED

    def with_items(self, fresh: tuple[Source, ...]) -> "Incident":
        """The case with items that came in; from the third edition on each once, so many in full,
        then figures alone.
        """
        if not self.law.has(Switch.BOUNDED):
            return changed(self, sources=(*self.sources, *fresh))
        excluded = {exclusion.item for exclusion in self.screening.excluded}
        fresh = unknown(self.sources, excluded, fresh)
        intake = taken_in(Intake(items=self.sources, beyond=self.beyond, marks=self.marks), fresh)
        return changed(self, sources=intake.items, beyond=intake.beyond, marks=intake.marks)

    def left(self, kind: str) -> int:
        """How many records of a kind stand in the log alone."""
        return sum(one.count for one in self.left_out if one.kind == kind)

    def with_counts(self, taken: Metrics) -> "Incident":
        """The case with counts that were taken; from the third edition on it holds what heat
        and levels need.
        """
        metrics = (*self.metrics, taken)
        return changed(self, metrics=thinned(metrics) if self.law.has(Switch.BOUNDED) else metrics)

    def with_concern(self, concern: Concern) -> "Incident":
        """The case with what the public asks; from the third edition on it holds the latest,
        and counts the others.
        """
        concerns = (*self.concerns, concern)
        if not self.law.has(Switch.BOUNDED):
            return changed(self, concerns=concerns)
        latest = latest_concerns(concerns)
        return changed(
            self, concerns=latest, left_out=counted(self.left_out, CONCERNS, len(concerns) - len(latest))
        )

    @property
    def concern_numbers(self) -> range:
        """The numbers of all concerns, held in full or not."""
        return range(1, self.concerns[-1].number + 1 if self.concerns else 1)

    def with_draft(self, draft: Draft) -> "Incident":
        """The case with a draft; from the third edition on it lets go of those that lie
        longest unpublished.
        """
        drafts = (*self.drafts, draft)
        if not self.law.has(Switch.BOUNDED):
            return changed(self, drafts=drafts)
        published = {item.draft for item in self.publications}
        disputed = {name for item in self.open_conflicts for name in (item.draft, item.other)}
        at_hand = in_hand(drafts, published, disputed)
        gone = {one.id for one in drafts} - {one.id for one in at_hand}
        exposures = tuple(one for one in self.exposures if one.draft not in gone) if gone else self.exposures
        left_out = counted(self.left_out, DRAFTS, len(gone))
        return changed(self, drafts=at_hand, exposures=exposures, left_out=left_out)

    @property
    def draft_count(self) -> int:
        """How many drafts there have been."""
        return len(self.drafts) + self.left(DRAFTS)

    def with_level(self, decided: LevelDecision) -> "Incident":
        """The case with a decision on its level in its course."""
        path = (*self.level_path, decided)
        return changed(self, level_path=course(path) if self.law.has(Switch.BOUNDED) else path)

    @property
    def in_emergency(self) -> bool:
        """Whether an emergency underlies the incident, by grade or by designation (DD-01, DD-07)."""
        return self.grade is not EmergencyGrade.NONE or self.designated_major

    @property
    def response_kind(self) -> ObligationKind:
        """What the class demands: PUB24 or RESP48."""
        return STATUTORY_KINDS[self.response_class]

    @property
    def responders(self) -> tuple[str, ...]:
        """Units named first or also at assignment; a lead named later has joined the latter."""
        if self.assignment is None:
            return ()
        return (*self.assignment.first, *self.assignment.also)

    @property
    def first_responsible(self) -> tuple[str, ...]:
        """The first-responsible units; several under R4."""
        return self.assignment.first if self.assignment else ()

    @property
    def principal_unit(self) -> str | None:
        """The lead, else the first of the first-responsible units; None before assignment."""
        return None if self.assignment is None else self.lead or self.assignment.first[0]

    @property
    def accountable_units(self) -> int:
        """How many units are involved as accountable."""
        return len(self.subjects)

    @property
    def subjects(self) -> frozenset[str]:
        """The units whose own doing the incident is about."""
        return accountable(self.involved)

    @property
    def powers(self) -> Powers:
        """Who holds which power of the coordinating offices as the case stands;
        who answers stands in no more (DD-21).
        """
        stand_in = self.oversight.stand_in
        return powers(self.law, self.involved, "" if stand_in in self.responders else stand_in)

    @property
    def coordinating_office(self) -> str:
        """Who judges, assigns, closes and signs, and is told so:
        市政府办公室, or who takes its place (DD-21).
        """
        return self.powers.deciding[0]

    @property
    def receiving_office(self) -> str:
        """Who takes in, answers superiors, is reported to, and holds what is not assigned:
        市政府办公室 (DD-21).
        """
        return self.powers.receiving

    @property
    def key_categories(self) -> tuple[KeyCategory, ...]:
        """The key categories as judged; K5 goes with a superior's notice and cannot be cleared (R115)."""
        judged = self.judgement.key_categories if self.judgement else ()
        required = KeyCategory.SUPERIOR_REQUIRED
        return (*judged, required) if self.superior_notices and required not in judged else judged

    @property
    def concerned_units(self) -> frozenset[str]:
        """Units that have a part in the incident and may see it;
        what was published is there for 融媒体中心 to relay.
        """
        units = {self.registrant.unit, *self.coordinators, *self.responders}
        units |= {part.unit for part in self.involved} | {request.peer for request in self.verifications}
        units |= {paper.unit for paper in self.papers} | {clue.unit for clue in self.clues}
        units |= {
            *self.powers.deciding,
            self.law.offices.office,
            self.law.offices.cyberspace_office,
            self.powers.cyberspace,
        }
        units |= {unit for consultation in self.consultations for unit in consultation.units}
        units |= {unit for instruction in self.oversight.instructions for unit in instruction.to}
        if self.publications:
            units.add(self.law.offices.media_center)
        if self.conflicts:
            units.add(self.law.offices.publicity_department)
        countersign = ObligationKind.COUNTERSIGN
        units |= {
            obligation.unit
            for obligation in self.obligations
            if obligation.kind is countersign and obligation.unit is not None
        }
        return frozenset(units)

    @property
    def standing_publications(self) -> tuple[Publication, ...]:
        """The publications that were not withdrawn; the others count for nothing any more (DD-13)."""
        return tuple(item for item in self.publications if item.withdrawn_at is None)

    @property
    def tasks(self) -> tuple[Task, ...]:
        """What consultations gave units to do, and superiors' notices 市网信办 (R382, R310)."""
        return (*(task for meeting in self.consultations for task in meeting.tasks), *self.tasks_of_notices)

    @property
    def tasks_of_notices(self) -> tuple[Task, ...]:
        """What superiors' notices gave 市网信办 to do; what is not done yet is due from who has its part
        as the case stands (R310, DD-21).
        """
        unit = self.powers.cyberspace
        return tuple(changed(task, unit=unit) if task.done_at is None else task for task in self.joint_tasks)

    @property
    def open_conflicts(self) -> tuple[Conflict, ...]:
        """The conflicts between what units say that no talking points have resolved (R208)."""
        return tuple(conflict for conflict in self.conflicts if not conflict.resolved_by)

    def metrics_by(self, at: datetime) -> Metrics | None:
        """The latest counts taken at or before `at`; of several for one instant, those recorded last."""
        latest: Metrics | None = None
        for taken in self.metrics:
            if taken.at <= at and (latest is None or latest.at <= taken.at):
                latest = taken
        return latest

    def level_suggestion(self, at: datetime) -> LevelSuggestion:
        """What the thresholds suggest on the counts of `at`, with factors,
        categories and grade as now judged.
        """
        judged = self.judgement
        basis = LevelBasis(
            metrics=self.metrics_by(at),
            units=self.subjects,
            factors=judged.factors if judged else None,
            key_categories=self.key_categories,
            grade=self.grade,
        )
        return suggest_level(self.law, basis)

    def obligation(self, obligation_id: str) -> Obligation:
        """The obligation with that id; refuses an unknown one."""
        for obligation in self.obligations:
            if obligation.id == obligation_id:
                return obligation
        raise Refused(Reason.UNKNOWN_REFERENCE, obligation_id)

    def owed(self, *kinds: ObligationKind, unit: str | None = None) -> tuple[Obligation, ...]:
        """Obligations of those kinds whose deed is still to be done, of one unit or of all."""
        return tuple(
            obligation
            for obligation in self.obligations
            if obligation.kind in kinds and obligation.is_owed and (unit is None or obligation.unit == unit)
        )

    @property
    def is_supervised(self) -> bool:
        """Whether a response is overdue: the overlay 督办 over the stages."""
        return any(
            obligation.status is Status.BREACHED and obligation.is_owed
            for obligation in self.obligations
            if obligation.kind in RESPONSE_KINDS
        )

    @property
    def display_deadline(self) -> datetime | None:
        """The earliest open due instant among RESP48, PUB24, SUP_FB and FOLLOW_UP."""
        open_obligations = (
            obligation
            for obligation in self.obligations
            if obligation.status is Status.OPEN and obligation.kind in ACCOUNT_KINDS
        )
        return min((obligation.due_at for obligation in open_obligations), default=None)

    @property
    def primary_status(self) -> Status | None:
        """The worst status among the first-responsible units' answers; None before assignment."""
        order = (Status.BREACHED, Status.OPEN, Status.ON_TIME_LATE_EVIDENCE, Status.ON_TIME)
        statuses = {
            obligation.status
            for obligation in self.obligations
            if obligation.kind in RESPONSE_KINDS and obligation.unit in self.first_responsible
        }
        return next((status for status in order if status in statuses), None)

    def paper(self, paper_id: str) -> Paper:
        """The paper with that id; refuses an unknown one."""
        return _found(self.papers, lambda paper: paper.id == paper_id, paper_id)

    def draft(self, draft_id: str) -> Draft:
        """The draft with that id; refuses an unknown one, and one that the case has let go of."""
        return _found(self.drafts, lambda draft: draft.id == draft_id, draft_id)

    def held_draft(self, source: str) -> Draft | None:
        """The draft with that id, or of the publication with that id;
        None of one that the case has let go of.
        """
        published = {item.id: item.draft for item in self.publications}
        wanted = published.get(source, source)
        return next((draft for draft in self.drafts if draft.id == wanted), None)

    def publication(self, publication_id: str) -> Publication:
        """The publication with that id; refuses an unknown one."""
        return _found(self.publications, lambda item: item.id == publication_id, publication_id)


def _found(items: tuple[T, ...], wanted: Callable[[T], bool], name: str) -> T:
    for item in items:
        if wanted(item):
            return item
    raise Refused(Reason.UNKNOWN_REFERENCE, name)


def with_obligation(incident: Incident, event: ObligationEvent) -> Incident:
    """The incident after an event of one of its obligations."""
    if isinstance(event, ObligationOpened):
        return changed(incident, obligations=(*incident.obligations, event.obligation))
    obligations = list(incident.obligations)
    for place, obligation in enumerate(obligations):
        if obligation.id == event.obligation:
            obligations[place] = after(obligation, event)
    return changed(incident, obligations=tuple(obligations))


def replaced(items: tuple[T, ...], wanted: Callable[[T], bool], change: Callable[[T], T]) -> tuple[T, ...]:
    """The items with those wanted changed."""
    return tuple(change(item) if wanted(item) else item for item in items)
