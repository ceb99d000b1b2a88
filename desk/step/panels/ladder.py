"""督办阶梯: what each missed limit has led to and what comes next and when, and the papers to sign,
whole (四3, R443, R445).
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from desk.step.options import options_in
from desk.step.panels.obstacles import quoted
from desk.step.panels.panel import Panel, PanelLink, PanelTable, Passage, StepContext, StepPanel, plain
from domain.case.obligations import Obligation, Status
from domain.case.records import Paper
from domain.case.state import Incident
from domain.steps.escalate import ANSWERS
from domain.steps.instruct import instruction_owed
from domain.terms.ids import Thing, names
from domain.terms.vocabulary import ObligationKind, PaperKind
from words.cards import holder_name, unit_name
from words.event_text.rules import obligation_words
from words.labels import label, word
from words.language import say
from words.wording import absolute, limit_words, remaining

_MOST_LINKED: Final = 5


def signing(circumstance: StepContext) -> StepPanel:
    """The aid to sign a paper: each that waits, whole, and what its signature sets going."""
    answer = declining(circumstance)
    return replace(answer, shows_preview="paper" in answer.values)


def declining(circumstance: StepContext) -> StepPanel:
    """The aid to decline a paper: each that waits, whole."""
    papers = _named(circumstance)
    values = {"paper": (papers[0].id,)} if len(papers) == 1 else {}
    return StepPanel(
        panels=(*(_paper(circumstance, paper) for paper in papers), *ladder_panels(circumstance)),
        values=values,
        others=tuple(_others(circumstance, papers)),
    )


def talk(circumstance: StepContext) -> StepPanel:
    """The aid to record an admonitory talk."""
    papers = _named(circumstance)
    values = {"paper": (papers[0].id,)} if len(papers) == 1 else {}
    return StepPanel(
        panels=(*(_paper(circumstance, paper) for paper in papers), *ladder_panels(circumstance)),
        values=values,
    )


def ladder(circumstance: StepContext) -> StepPanel:
    """The aid to the other steps of supervision: the ladder as it stands, and what is owed."""
    return StepPanel(panels=(*_to_rectify(circumstance), *ladder_panels(circumstance)))


def supervising(circumstance: StepContext) -> StepPanel:
    """The aid to a leader's supervision, whose outcome may be looked at first."""
    return replace(ladder(circumstance), checks=True)


def instructing(circumstance: StepContext) -> StepPanel:
    """The aid to a leader's instruction: who has yet to ask, and what was said before."""
    incident = circumstance.incident
    owed = tuple(unit_name(incident.law, unit) for unit in instruction_owed(incident))
    instructions = tuple(
        say("{person} 于 {at} 批示：{text}", person=item.by.person, at=absolute(item.at), text=item.text)
        for item in incident.oversight.instructions
    )
    panels = (
        Panel(heading=say("主要负责同志尚未过问的单位"), lines=plain(*owed)),
        Panel(heading=say("此前的批示"), lines=plain(*instructions)),
    )
    return StepPanel(panels=(*(panel for panel in panels if panel.lines), *ladder_panels(circumstance)))


def ladder_panels(circumstance: StepContext) -> Iterator[Panel]:
    """A ladder for each response that was missed; none where all is in time."""
    for obligation in circumstance.incident.obligations:
        if (
            obligation.kind in circumstance.incident.law.escalation.laddered
            and obligation.breached_at is not None
        ):
            yield Panel(
                heading=say(
                    "督办阶梯：{obligation}", obligation=obligation_words(circumstance.incident, obligation)
                ),
                table=PanelTable(
                    caption=say("到期以后的每一步"),
                    head=(say("时间"), say("文书"), say("办到哪里")),
                    rows=tuple(sorted(_rungs(circumstance, obligation))),
                ),
                note=_ended(obligation),
            )


def _ended(obligation: Obligation) -> str:
    if obligation.fulfilled_at is not None:
        return say("已于 {at} 补办，阶梯不再往上走，超时记录保留。", at=absolute(obligation.fulfilled_at))
    return "" if obligation.is_owed else say("已由其他任务接替，阶梯不再往上走。")


def _rungs(circumstance: StepContext, obligation: Obligation) -> Iterator[tuple[str, ...]]:
    """The steps in time: those taken with what became of their papers, those to come with when."""
    incident = circumstance.incident
    drawn = [paper for paper in incident.papers if paper.cause == obligation.id]
    for number, rung in enumerate(incident.law.escalation.rungs):
        at = obligation.due_at + rung.after
        if number < len(drawn):
            yield absolute(at), word(drawn[number].kind), word(drawn[number].status)
            yield from _after(incident, drawn[number])
        elif obligation.is_owed:
            left = remaining(at, circumstance.now)
            yield absolute(at), word(rung.paper), say("届时仍未完成，自动拟稿待签（{left}）", left=left)


def _after(incident: Incident, paper: Paper) -> Iterator[tuple[str, ...]]:
    """What a signed order set going: the rectification, and the talk where that failed."""
    for obligation in incident.obligations:
        if obligation.kind is ObligationKind.RECTIFY and obligation.cause == paper.id:
            yield absolute(obligation.due_at), word(obligation.kind), word(obligation.status)
            for other in incident.papers:
                if other.cause == obligation.id:
                    yield absolute(other.drafted_at), word(other.kind), word(other.status)


def _to_rectify(circumstance: StepContext) -> Iterator[Panel]:
    owed = circumstance.incident.owed(ObligationKind.RECTIFY, unit=circumstance.actor.unit)
    if owed:
        limits = tuple(circumstance.limit(word(obligation.kind), obligation.due_at) for obligation in owed)
        days = limit_words(f"{circumstance.incident.law.limits.rectify_workdays} workdays")
        note = say("自督办单签发次日起{days}内提交；不提交的，拟约谈。", days=days)
        yield Panel(heading=say("须提交整改报告"), limits=limits, note=note)


def _named(circumstance: StepContext) -> tuple[Paper, ...]:
    listed = (
        options_in(circumstance.kind, circumstance.incident.law, circumstance.incident, circumstance.actor)(
            "paper"
        )
        or ()
    )
    codes = [option.value for option in listed]
    name = circumstance.one("paper")
    return tuple(circumstance.incident.paper(code) for code in ([name] if name in codes else codes))


def _paper(circumstance: StepContext, paper: Paper) -> Panel:
    """A paper as it would go out: to whom, over what, on which clause."""
    incident = circumstance.incident
    unit = unit_name(incident.law, paper.unit)
    return Panel(
        heading=say("{paper}（致 {unit}）", paper=word(paper.kind), unit=unit),
        passages=(
            Passage(
                heading=say("事件"),
                text=say("{number}《{title}》", number=incident.number, title=incident.title),
            ),
            Passage(heading=say("事由"), text=_cause(incident, paper)),
            Passage(heading=say("要求"), text=_demand(incident, paper)),
            Passage(heading=label("fields", "legal_basis").here, text=quoted(incident, paper.clause)),
            Passage(
                heading=say("拟稿"),
                text=say("系统于 {at} 自动拟稿，签发后才生效", at=absolute(paper.drafted_at)),
            ),
        ),
    )


def _cause(incident: Incident, paper: Paper) -> str:
    if names(paper.cause, Thing.SUPERVISION):
        return say("领导下达督办")
    obligation = next(
        (obligation for obligation in incident.obligations if obligation.id == paper.cause), None
    )
    if obligation is None:
        return word(paper.kind)
    late = say(
        "{unit} 应于 {due} 前完成“{deed}”",
        unit=holder_name(incident, obligation.unit),
        due=absolute(obligation.due_at),
        deed=word(obligation.kind),
    )
    if obligation.status is not Status.BREACHED:
        return late
    done = (
        say("，{at} 才完成", at=absolute(obligation.fulfilled_at))
        if obligation.fulfilled_at
        else say("，至今没有完成")
    )
    return late + done


def _demand(incident: Incident, paper: Paper) -> str:
    days = limit_words(f"{incident.law.limits.rectify_workdays} workdays")
    match paper.kind:
        case PaperKind.SUPERVISION_ORDER:
            return say("立即完成，并自签发次日起{days}内提交整改报告。", days=days)
        case PaperKind.CIRCULATED_CRITICISM:
            return say("予以通报批评，计入考评。")
        case PaperKind.ADMONITORY_TALK:
            return say("约谈单位负责同志，约谈后登记纪要。")
        case _:
            return say("按文书内容办理。")


def _others(circumstance: StepContext, papers: tuple[Paper, ...]) -> Iterator[PanelLink]:
    """The other answer to the same paper, where this person may give it, and the papers whole."""
    incident = circumstance.incident
    if len(papers) == 1:
        yield from circumstance.other_answers(ANSWERS, paper=papers[0].id)
    for paper in papers[:_MOST_LINKED]:
        name = say(
            "看{paper}全文（{unit}）", paper=word(paper.kind), unit=unit_name(incident.law, paper.unit)
        )
        yield PanelLink(name=name, href=f"/incidents/{incident.incident_id}/papers/{paper.id}")
