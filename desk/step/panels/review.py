"""审核、公布: the texts that wait for this person, which review is next,
and what stands in the way of publication (R005, R343).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from desk.step.fields import Option
from desk.step.options import options_in
from desk.step.panels.panel import Limit, Panel, PanelLink, StepContext, StepPanel, plain
from desk.step.panels.reading import ReadThrough, reading
from domain.case.obligations import RESPONSE_KINDS
from domain.case.records import Draft
from domain.rules.tracks import tracks
from domain.steps import respond
from domain.steps.respond import ReviewDraft
from domain.terms.refusals import Refused
from domain.terms.roles import Deed
from domain.terms.vocabulary import ObligationKind, ReviewStage
from words.labels import word
from words.language import say
from words.wording import absolute, listed

_SPOKEN: Final = (*RESPONSE_KINDS, ObligationKind.FOLLOW_UP, ObligationKind.CONT_UPD, ObligationKind.REPLACE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """The texts to be read before the answer, and what is asked of the reader."""

    readings: tuple[ReadThrough, ...]
    question: str


def review(circumstance: StepContext) -> StepPanel:
    """The aid to review: one text, whole, the latest that waits or the one asked for,
    and the stage that is next.

    The form names no other text than the one that is shown; the others are a link away.
    """
    waiting = _named(circumstance)
    if not waiting:
        return StepPanel(
            template="step/review.html", panels=limits(circumstance), view=Texts(readings=(), question="")
        )
    chosen = next((draft for draft in waiting if draft.id == circumstance.one("draft")), waiting[-1])
    stages = open_stages(circumstance, chosen)
    values = {"draft": (chosen.id,)} | ({"stage": (stages[-1].value,)} if stages else {})
    options = {"draft": (Option(value=chosen.id, text=chosen.title),)}
    question = say("请通读全文后表示意见：{stage}", stage=word(stages[-1])) if stages else ""
    panels = (*limits(circumstance), *_in_step(circumstance, stages))
    return StepPanel(
        template="step/review.html",
        panels=panels,
        values=values,
        options=options | ({"stage": _options(stages)} if stages else {}),
        others=tuple(_elsewhere(circumstance, waiting, chosen)),
        view=Texts(readings=(reading(circumstance, chosen),), question=question),
    )


def _in_step(circumstance: StepContext, stages: tuple[ReviewStage, ...]) -> Iterator[Panel]:
    """Before the final review, how far event, handling and publication have come;
    it holds nothing up (R383).
    """
    if ReviewStage.FINAL_REVIEW in stages:
        lacking = [word(track) for track, is_there in tracks(circumstance.incident).items() if not is_there]
        said = say("尚缺：{tracks}。不影响终审。", tracks=listed(lacking)) if lacking else say("都已具备。")
        yield Panel(heading=say("三同步"), lines=plain(said))


def _elsewhere(circumstance: StepContext, waiting: tuple[Draft, ...], chosen: Draft) -> Iterator[PanelLink]:
    for draft in waiting:
        if draft is not chosen:
            name = say("另一篇待审：《{title}》，{at} 起草", title=draft.title, at=absolute(draft.drafted_at))
            yield circumstance.link(circumstance.kind, name, draft=draft.id)


def publication(circumstance: StepContext) -> StepPanel:
    """The aid to record a publication: what went out, what the rules hold against it,
    and which limits it meets.
    """
    waiting = _named(circumstance)
    values = {"draft": (waiting[0].id,)} if len(waiting) == 1 else {}
    view = Texts(readings=tuple(reading(circumstance, draft) for draft in waiting), question="")
    return StepPanel(
        template="step/texts.html", panels=limits(circumstance), values=values, view=view, checks=True
    )


def cleared(circumstance: StepContext) -> StepPanel:
    """The aid to answer for personal data, for what differs, and to countersign:
    the texts that it is about.
    """
    view = Texts(readings=tuple(reading(circumstance, draft) for draft in _named(circumstance)), question="")
    return StepPanel(template="step/texts.html", view=view)


def open_stages(circumstance: StepContext, draft: Draft) -> tuple[ReviewStage, ...]:
    """The reviews of a draft that the rules let this person give now, in their order."""
    return tuple(stage for stage in ReviewStage if _is_open(circumstance, draft, stage))


def _is_open(circumstance: StepContext, draft: Draft, stage: ReviewStage) -> bool:
    """Asked by sending it back, since what holds back an approval bars no return."""
    command = ReviewDraft(draft=draft.id, stage=stage, approved=False, comment="-")
    try:
        list(
            respond.decide(
                circumstance.incident, command, Deed(actor=circumstance.actor, at=circumstance.now)
            )
        )
    except Refused:
        return False
    return True


def _options(stages: tuple[ReviewStage, ...]) -> tuple[Option, ...]:
    return tuple(Option(value=stage.value, text=word(stage)) for stage in stages)


def _named(circumstance: StepContext) -> tuple[Draft, ...]:
    """The drafts that the form may name."""
    listed = (
        options_in(circumstance.kind, circumstance.incident.law, circumstance.incident, circumstance.actor)(
            "draft"
        )
        or ()
    )
    return tuple(circumstance.incident.draft(option.value) for option in listed)


def limits(circumstance: StepContext) -> tuple[Panel, ...]:
    """The limits of this unit that run until the text is published."""
    owed = tuple(_owed(circumstance))
    return (Panel(heading=say("等着公布的时限"), limits=owed),) if owed else ()


def _owed(circumstance: StepContext) -> Iterator[Limit]:
    obligations = circumstance.incident.owed(*_SPOKEN, unit=circumstance.actor.unit)
    for obligation in sorted(obligations, key=lambda obligation: obligation.due_at):
        yield circumstance.limit(word(obligation.kind), obligation.due_at)
