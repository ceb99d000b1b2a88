"""Who holds the ball: which unit has to do what next, by when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.case.meetings import Task
from domain.case.obligations import Obligation
from domain.case.records import Draft, PaperStatus
from domain.case.state import Incident
from domain.rules.urgency import ranked
from domain.terms.free_texts import is_reference
from domain.terms.vocabulary import ReviewStage
from words.attention import blocks
from words.cards import unit_name
from words.labels import word
from words.language import say
from words.wording import Countdown, MomentText, countdown, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderLine:
    """A unit and its next deed; `due` and `countdown` where a limit runs on it."""

    unit: str
    deed: str
    due: MomentText | None = None
    countdown: Countdown | None = None
    is_overdue: bool = False


def holders(incident: Incident, at: datetime) -> tuple[HolderLine, ...]:
    """What has to be done next and by whom: obligations as they rank (`domain.rules.urgency`),
    then what has no limit of its own.

    Once all is done the office has to close.
    """
    if incident.archived_at is not None:
        return ()
    obligations = tuple(_of_obligation(incident, obligation, at) for obligation in ranked(incident))
    if incident.closed_at is not None:
        return (*obligations, _of_office(incident, say("归档")))
    waiting = (*obligations, *_without_limit(incident, at))
    return waiting or (_of_office(incident, say("核对办结条件，办结")),)


def _of_obligation(incident: Incident, obligation: Obligation, at: datetime) -> HolderLine:
    return HolderLine(
        unit=unit_name(incident.law, obligation.unit or incident.receiving_office),
        deed=word(obligation.kind),
        due=moment(obligation.due_at),
        countdown=countdown(obligation.due_at, at, incident.drill),
        is_overdue=obligation.due_at < at,
    )


def _of_office(incident: Incident, deed: str) -> HolderLine:
    return HolderLine(unit=unit_name(incident.law, incident.coordinating_office), deed=deed)


def _without_limit(incident: Incident, at: datetime) -> Iterator[HolderLine]:
    if incident.judgement is None:
        yield _of_office(incident, say("研判定级"))
    elif incident.assignment is None:
        yield _of_office(incident, say("确定第一责任主体并交办"))
    for paper in incident.papers:
        if paper.status is PaperStatus.DRAFTED:
            addressee = unit_name(incident.law, paper.unit)
            deed = say("签发或不予签发{paper}（致{unit}）", paper=word(paper.kind), unit=addressee)
            yield _of_office(incident, deed)
    published = {item.draft for item in incident.publications}
    for draft in incident.drafts:
        if draft.id not in published and not draft.returned:
            yield HolderLine(unit=unit_name(incident.law, draft.unit), deed=_next_on(incident, draft))
    yield from _beside(incident, at)


def _beside(incident: Incident, at: datetime) -> Iterator[HolderLine]:
    """What waits beside the answer: talking points, tasks of a consultation,
    signatures and receipts of clues.
    """
    if incident.open_conflicts:
        yield _of_office(incident, say("审定口径，消除各单位说法不一致"))
    for task in incident.tasks:
        if task.done_at is None:
            yield _of_task(incident, task, _deed_of(incident, task), at)
    for clue in incident.clues:
        if clue.is_pending:
            yield HolderLine(
                unit=unit_name(incident.law, clue.unit), deed=say("签批线索移交（{clue}）", clue=clue.id)
            )
        elif clue.lacks_receipt:
            deed = say("登记线索回执（{clue}）", clue=clue.id)
            yield HolderLine(unit=unit_name(incident.law, clue.receiver), deed=deed)


def _deed_of(incident: Incident, task: Task) -> str:
    if is_reference(task.text):  # lists and walls do not read texts
        return say("完成协同任务") if task in incident.tasks_of_notices else say("完成会商任务")
    if task in incident.tasks_of_notices:
        return say("完成协同任务：{task}", task=task.text)
    return say("完成会商任务：{task}", task=task.text)


def _of_task(incident: Incident, task: Task, deed: str, at: datetime) -> HolderLine:
    unit, due_at = unit_name(incident.law, task.unit), task.due_at
    if due_at is None:
        return HolderLine(unit=unit, deed=deed)
    left = countdown(due_at, at, incident.drill)
    return HolderLine(unit=unit, deed=deed, due=moment(due_at), countdown=left, is_overdue=due_at < at)


def _next_on(incident: Incident, draft: Draft) -> str:
    if reasons := blocks(incident, draft):
        return say("《{title}》{state}", title=draft.title, state=say("；").join(reasons))
    waiting = next((stage for stage in ReviewStage if stage not in draft.approved), None)
    if waiting:
        return say("《{title}》{state}", title=draft.title, state=word(waiting))
    return say("公布《{title}》并登记证据", title=draft.title)
