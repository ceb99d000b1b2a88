"""What the record of a case holds for a step to name: drafts, publications, papers, duties, clues, conflicts, findings."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from desk.step.fields import Option
from domain.case.obligations import RESPONSE_KINDS, Obligation, Status
from domain.case.records import Draft, PaperStatus
from domain.case.state import Incident
from domain.steps.respond import REVIEWERS
from domain.terms.roles import Actor
from domain.terms.vocabulary import ObligationKind, PaperKind, ReviewStage
from words.cards import unit_name
from words.labels import word
from words.language import say
from words.wording import absolute

Listed = Callable[[Incident, Actor], Iterable[Option]]


def _drafts(incident: Incident, drafts: Iterable[Draft]) -> Iterator[Option]:
    for draft in drafts:
        words = say(
            "{title}（{form}，{unit}）",
            title=draft.title,
            form=word(draft.form),
            unit=unit_name(incident.law, draft.unit),
        )
        yield Option(value=draft.id, text=words)


def _open_drafts(incident: Incident, actor: Actor) -> Iterator[Draft]:
    published = {item.draft for item in incident.publications}
    for draft in incident.drafts:
        if draft.unit == actor.unit and draft.id not in published and not draft.returned:
            yield draft


def _to_review(incident: Incident, actor: Actor) -> Iterator[Option]:
    """Also what went out by the fast lane, whose second review is still to be made up."""
    waiting = (
        draft
        for draft in incident.drafts
        if draft.unit == actor.unit
        and not draft.returned
        and any(
            stage not in draft.approved and actor.role in reviewers for stage, reviewers in REVIEWERS.items()
        )
        and actor.person not in {draft.drafted_by.person, *(review.by.person for review in draft.reviews)}
    )
    return _drafts(incident, waiting)


def _to_publish(incident: Incident, actor: Actor) -> Iterator[Option]:
    ready = {ReviewStage.FIRST_REVIEW, ReviewStage.FINAL_REVIEW}
    return _drafts(incident, (draft for draft in _open_drafts(incident, actor) if ready <= draft.approved))


def _exposed(incident: Incident, actor: Actor) -> Iterator[Option]:
    held_back = {found.draft for found in incident.exposures if found.standing}
    return _drafts(incident, (draft for draft in _open_drafts(incident, actor) if draft.id in held_back))


def _findings(incident: Incident, _: Actor) -> Iterator[Option]:
    for exposure in incident.exposures:
        for number, finding in enumerate(exposure.findings, start=1):
            if number not in exposure.cleared:
                words = say(
                    "{number}. {kind}（{field}）",
                    number=number,
                    kind=word(finding.kind),
                    field=finding.field,
                )
                yield Option(value=str(number), text=words)


def _publications(incident: Incident, _: Actor) -> Iterator[Option]:
    titles = {draft.id: draft.title for draft in incident.drafts}
    for item in incident.standing_publications:
        title, time = titles.get(item.draft, item.id), absolute(item.published_at)
        yield Option(value=item.id, text=say("{title}（{time}）", title=title, time=time))


def _all_papers(incident: Incident, actor: Actor) -> Iterator[Option]:
    yield from _papers(*PaperStatus)(incident, actor)


def _papers(*statuses: PaperStatus, kind: PaperKind | None = None) -> Listed:
    def listed(incident: Incident, _: Actor) -> Iterator[Option]:
        for paper in incident.papers:
            if paper.status in statuses and kind in {None, paper.kind}:
                unit = unit_name(incident.law, paper.unit)
                yield Option(value=paper.id, text=say("{kind}（{unit}）", kind=word(paper.kind), unit=unit))

    return listed


def _duties(wanted: Callable[[Incident, Obligation, Actor], bool]) -> Listed:
    def listed(incident: Incident, actor: Actor) -> Iterator[Option]:
        for duty in incident.obligations:
            if wanted(incident, duty, actor):
                words = say(
                    "{kind}（{unit}，{due} 到期）",
                    kind=word(duty.kind),
                    unit=unit_name(incident.law, duty.unit or incident.coordinating_office),
                    due=absolute(duty.due_at),
                )
                yield Option(value=duty.id, text=words)

    return listed


def _asks_tolerance(incident: Incident, duty: Obligation, actor: Actor) -> bool:
    asked = {item.obligation for item in incident.oversight.tolerances}
    return duty.unit == actor.unit and duty.status is Status.BREACHED and duty.id not in asked


def _waits_for_tolerance(incident: Incident, duty: Obligation, _: Actor) -> bool:
    return any(item.obligation == duty.id and item.granted is None for item in incident.oversight.tolerances)


def _notices(incident: Incident, _: Actor) -> Iterator[Option]:
    owed = {duty.cause for duty in incident.owed(ObligationKind.SUP_FB, ObligationKind.FORWARD)}
    for notice in incident.superior_notices:
        if notice.id in owed:
            yield Option(value=notice.id, text=notice.doc_number or notice.requirement[:30])


def _tasks(incident: Incident, actor: Actor) -> Iterator[Option]:
    for held in incident.consultations:
        for task in held.tasks:
            if task.done_at is None and actor.unit in {task.unit, incident.coordinating_office}:
                yield Option(value=task.id, text=task.text[:60])


def _concerns(incident: Incident, _: Actor) -> Iterator[Option]:
    for concern in incident.concerns:
        yield Option(value=str(concern.number), text=f"{concern.number}. {concern.text[:60]}")


def _items(incident: Incident, _: Actor) -> Iterator[Option]:
    for place, source in enumerate(incident.sources, start=1):
        yield Option(value=str(place), text=f"{place}. {word(source.platform)} {source.gist[:40]}")


def _conflicts(incident: Incident, _: Actor) -> Iterator[Option]:
    for conflict in incident.open_conflicts:
        words = say("{subject}（{type}）", subject=conflict.subject, type=conflict.type)
        yield Option(value=conflict.id, text=words)


def _clues(*, pending: bool) -> Listed:
    def listed(incident: Incident, _: Actor) -> Iterator[Option]:
        for clue in incident.clues:
            if clue.is_pending is pending and clue.declined_at is None:
                yield Option(value=clue.id, text=clue.act[:60])

    return listed


OF_FIELD: Final[dict[str, Listed]] = {
    "draft": _to_review,
    "publication": _publications,
    "updates": _publications,
    "corrects": _publications,
    "paper": _papers(PaperStatus.DRAFTED),
    "notice": _notices,
    "task": _tasks,
    "concern": _concerns,
    "item": _items,
    "conflicts": _conflicts,
    "findings": _findings,
    "clue": _clues(pending=True),
    "obligation": _duties(lambda _, duty, actor: duty.is_owed and duty.unit == actor.unit),
}
OF_COMMAND: Final[dict[tuple[str, str], Listed]] = {
    ("publish", "draft"): _to_publish,
    ("clear_personal_data", "draft"): _exposed,
    ("set_marking", "paper"): _all_papers,
    ("hold_talk", "paper"): _papers(PaperStatus.ISSUED, kind=PaperKind.ADMONITORY_TALK),
    ("acknowledge_clue", "clue"): _clues(pending=False),
    ("report_clue_result", "clue"): _clues(pending=False),
    ("review_late_evidence", "obligation"): _duties(lambda _, duty, __: duty.provisional),
    ("request_extension", "obligation"): _duties(
        lambda _, duty, actor: duty.is_owed and duty.unit == actor.unit and duty.kind in RESPONSE_KINDS
    ),
    ("request_tolerance", "obligation"): _duties(_asks_tolerance),
    ("decide_tolerance", "obligation"): _duties(_waits_for_tolerance),
}
