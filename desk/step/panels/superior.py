"""上级来文: what a superior asked and when it came, the half hour to pass it on,
and the limit of the answer (R308, R309).
"""

from collections.abc import Iterator

from desk.step.fields import Option
from desk.step.panels.panel import Limit, Panel, Passage, StepContext, StepPanel, plain
from domain.case.superiors import SuperiorNotice
from domain.law.regulation import Law, UnitKind
from domain.terms.ids import origin
from domain.terms.vocabulary import ObligationKind
from words.cards import unit_name
from words.event_text.description import names
from words.labels import label, word
from words.language import say
from words.wording import absolute, limit_words

_CLOCKS = (ObligationKind.FORWARD, ObligationKind.SUP_FB)


def receiving(circumstance: StepContext) -> StepPanel:
    """The aid to take in a notice: what it sets going, and those that came before."""
    limits = circumstance.incident.law.limits
    forward = limit_words(f"PT{limits.forward.total_seconds() / 60:g}M")
    answer = limit_words(f"PT{limits.h48.total_seconds() / 3600:g}H")
    begins = Panel(
        heading=say("登记后开始计时"),
        lines=plain(
            say("收文后{forward}内下发舆情提示，转有关单位办理。", forward=forward),
            say("按来文的时限反馈；来文没有写明的，收文后{answer}内反馈。", answer=answer),
            say("事件自动列入“上级要求回应”的重点，原来的回应时限不变。"),
        ),
        note=say("收文时间以实际收到为准，不是登记的时间。"),
    )
    return StepPanel(
        panels=(begins, *_notices(circumstance)),
        options={"sender": _superiors(circumstance.incident.law)},
        checks=True,
    )


def forwarding(circumstance: StepContext) -> StepPanel:
    """The aid to issue a hint: the notices that wait to be passed on, with their half hour."""
    incident = circumstance.incident
    waiting = _waiting(circumstance, ObligationKind.FORWARD)
    values = {"notice": (waiting[0].id,)} if len(waiting) == 1 else {}
    answering = names(incident, incident.responders)
    panels = (Panel(heading=say("现在承办的单位"), lines=plain(answering)),) if answering else ()
    return StepPanel(panels=(*_notices(circumstance), *panels), values=values)


def answering(circumstance: StepContext) -> StepPanel:
    """The aid to answer a superior: what was asked, by when, and what has been done."""
    waiting = _waiting(circumstance, ObligationKind.SUP_FB)
    values = {"notice": (waiting[0].id,)} if len(waiting) == 1 else {}
    return StepPanel(panels=(*_notices(circumstance), *_done(circumstance)), values=values)


def _superiors(law: Law) -> tuple[Option, ...]:
    return tuple(
        Option(value=unit.code, text=unit.name) for unit in law.units if unit.type is UnitKind.SUPERIOR_ORGAN
    )


def _waiting(circumstance: StepContext, kind: ObligationKind) -> tuple[SuperiorNotice, ...]:
    owed = {origin(obligation.cause) for obligation in circumstance.incident.owed(kind)}
    return tuple(notice for notice in circumstance.incident.superior_notices if notice.id in owed)


def _notices(circumstance: StepContext) -> Iterator[Panel]:
    """Each notice: who wrote, when it came, what it asks, and the clocks that run on it."""
    incident = circumstance.incident
    for notice in incident.superior_notices:
        number = notice.doc_number or say("无文号")
        yield Panel(
            heading=say(
                "{sender}来文　{number}", sender=unit_name(incident.law, notice.sender), number=number
            ),
            passages=(
                Passage(heading=label("fields", "received_at").here, text=absolute(notice.received_at)),
                Passage(heading=label("fields", "requirement").here, text=notice.requirement),
            ),
            limits=tuple(_clocks(circumstance, notice)),
        )


def _clocks(circumstance: StepContext, notice: SuperiorNotice) -> Iterator[Limit]:
    for obligation in circumstance.incident.owed(*_CLOCKS):
        if origin(obligation.cause) == notice.id:
            yield circumstance.limit(word(obligation.kind), obligation.due_at)


def _done(circumstance: StepContext) -> Iterator[Panel]:
    incident = circumstance.incident
    titles = {draft.id: draft.title for draft in incident.drafts}
    lines = (
        [
            say(
                "核实结论：{value}。{finding}",
                value=word(incident.conclusion.value),
                finding=incident.conclusion.finding,
            )
        ]
        if incident.conclusion
        else []
    )
    lines += [
        say("{at} 公布《{title}》", at=absolute(item.published_at), title=titles[item.draft])
        for item in incident.standing_publications
    ]
    lines += [
        say("{unit}线下处置：{text}", unit=unit_name(incident.law, item.unit), text=item.text)
        for item in incident.handling
    ]
    if lines:
        yield Panel(heading=say("已经做了什么，可写入反馈"), lines=plain(*lines))
