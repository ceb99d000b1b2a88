"""责任认定: whom the rules suggest and by which clause, who returned the order,
and what changes hands (二).
"""

from collections.abc import Iterator

from desk.step.panels.panel import Panel, PanelLine, PanelTable, StepContext, StepPanel, plain, warned
from domain.case.state import Incident
from domain.law.responsibility import ResponsibilitySuggestion
from domain.rules.leading import lead_reasons
from domain.steps.assign import suggestion
from domain.steps.sign import ReturnedBack
from domain.terms.vocabulary import ObligationKind
from storage.regulation_text import sentences
from words.cards import unit_name
from words.clauses import clause_name
from words.event_text.description import names
from words.labels import label, word
from words.language import say
from words.wording import absolute


def responsibility(circumstance: StepContext) -> StepPanel:
    """The aid to assign and to re-assign; the units suggested are ticked."""
    suggested = suggestion(circumstance.incident)
    return StepPanel(
        panels=tuple(_panels(circumstance, suggested)),
        values={"first": suggested.first, "also": suggested.also},
        checks=True,
    )


def leading(circumstance: StepContext) -> StepPanel:
    """The aid to name a lead: why the rules call for one, and who answers now."""
    reasons = plain(*(word(reason) for reason in lead_reasons(circumstance.incident, circumstance.now)))
    called = Panel(
        heading=say("为什么需要牵头单位"), lines=reasons or plain(say("规则没有要求确定牵头单位。"))
    )
    return StepPanel(panels=(called, *_now(circumstance)))


def _panels(circumstance: StepContext, suggested: ResponsibilitySuggestion) -> Iterator[Panel]:
    yield _suggested(circumstance.incident, suggested)
    yield from _now(circumstance)
    returned = tuple(_returned(circumstance))
    if returned:
        yield Panel(heading=say("谁退回了交办"), lines=warned(*returned))
    yield _involved(circumstance.incident)


def _suggested(incident: Incident, suggested: ResponsibilitySuggestion) -> Panel:
    if not suggested.first:
        return Panel(
            heading=say("规则不能确定第一责任主体"),
            lines=warned(say("涉事单位和主题都没有指明责任单位，请按职责选择并写明理由。")),
        )
    return Panel(
        heading=say("建议第一责任主体：{units}", units=names(incident, suggested.first)),
        lines=tuple(_why(incident, suggested)),
        note=say("已按建议勾选；改选其他单位须写理由，时限不因改选而变。"),
    )


def _why(incident: Incident, suggested: ResponsibilitySuggestion) -> Iterator[PanelLine]:
    rule = word(suggested.rule) if suggested.rule else ""
    yield PanelLine(text=say("依据 {clause}（{rule}）", clause=clause_name(suggested.clause), rule=rule))
    if sentence := sentences(incident.law.regulation).get(suggested.clause):
        yield PanelLine(text=say("原文：{sentence}", sentence=sentence))
    if suggested.also:
        yield PanelLine(text=say("同时回应：{units}", units=names(incident, suggested.also)))
    if suggested.lead_suggested:
        yield from warned(say("涉及单位较多或说法不一，建议同时确定牵头单位。"))
    if suggested.needs_confirmation:
        yield from warned(say("部门与乡镇交叉，请核对后再定。"))


def _now(circumstance: StepContext) -> Iterator[Panel]:
    incident = circumstance.incident
    if (assignment := incident.assignment) is None:
        return
    lead = unit_name(incident.law, incident.lead) if incident.lead else say("未定")
    yield Panel(
        heading=say("现在由谁负责（第{round}轮交办）", round=assignment.round),
        lines=plain(
            say("第一责任主体：{units}", units=names(incident, assignment.first)),
            say("同时回应：{units}", units=names(incident, assignment.also) or say("无")),
            say("牵头单位：{lead}", lead=lead),
            *_unsigned(incident),
        ),
    )


def _unsigned(incident: Incident) -> Iterator[str]:
    for obligation in incident.owed(ObligationKind.SIGN):
        unit = unit_name(incident.law, obligation.unit or incident.receiving_office)
        yield say("{unit} 尚未签收，{due} 到期", unit=unit, due=absolute(obligation.due_at))


def _returned(circumstance: StepContext) -> Iterator[str]:
    """The returns since the assignment in force, each with who and why."""
    incident, assignment = circumstance.incident, circumstance.incident.assignment
    for decided in circumstance.decisions:
        for event in decided.events:
            if isinstance(event, ReturnedBack) and assignment is not None and event.at >= assignment.at:
                yield say(
                    "{unit} {person} 于 {at} 退回：{reason}",
                    unit=unit_name(incident.law, event.unit),
                    person=event.by.person if event.by else "",
                    at=absolute(event.at),
                    reason=event.reason,
                )


def _involved(incident: Incident) -> Panel:
    rows = tuple(
        (unit_name(incident.law, part.unit), word(part.role), part.duty or "—") for part in incident.involved
    )
    head = (label("fields", "unit").here, label("fields", "role").here, label("fields", "duty").here)
    return Panel(
        heading=say("登记的涉事单位"),
        lines=() if rows else plain(say("登记时没有填写涉事单位。")),
        table=PanelTable(caption=say("涉事单位"), head=head, rows=rows) if rows else None,
        is_folded=True,
    )
