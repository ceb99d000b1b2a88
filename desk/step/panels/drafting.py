"""起草回应: what is asked, what has been said, what is agreed, what is known,
and by when to speak again (三(三)).
"""

from collections.abc import Iterator

from desk.step.panels.panel import (
    LineMark,
    Panel,
    PanelLine,
    PanelTable,
    StepContext,
    StepPanel,
    plain,
    warned,
)
from desk.step.panels.review import limits
from desk.step.rewriting import draft_named
from domain.case.state import Incident
from domain.rules.consistency import stated
from domain.rules.forms import suggested_form
from domain.rules.rewriting import FROM
from domain.steps.close import unanswered_concerns
from domain.terms.vocabulary import FactConclusion, ResponseClass
from words.attention import blocks, source_words
from words.cards import unit_name
from words.labels import label, word
from words.language import say
from words.wording import absolute, limit_words, listed

_MISTAKEN = frozenset({FactConclusion.UNTRUE, FactConclusion.PARTLY_TRUE})


def drafting(circumstance: StepContext) -> StepPanel:
    """The aid to draft a response, in three blocks."""
    return StepPanel(
        template="step/response.html",
        panels=tuple(_panels(circumstance)),
        values=_values(circumstance),
        checks=True,
    )


def _values(circumstance: StepContext) -> dict[str, tuple[str, ...]]:
    """The form is the one suggested by nature, degree and impact (R341)."""
    suggestion = suggested_form(circumstance.incident)
    return {} if suggestion is None else {"form": (suggestion.form.value,)}


def _panels(circumstance: StepContext) -> Iterator[Panel]:
    incident = circumstance.incident
    yield from limits(circumstance)
    yield Panel(heading=say("事实查到哪一步"), lines=tuple(_known(incident)))
    yield from _form(incident)
    yield _concerns(incident)
    yield from _agreed(incident)
    yield from _said(circumstance)
    yield from _returned(circumstance)
    yield from _clarified(circumstance)
    yield Panel(heading=say("下次发布"), lines=tuple(_next(circumstance)), at="interim")


def _form(incident: Incident) -> Iterator[Panel]:
    """Which form suits the incident, and why; another may be chosen."""
    if (suggestion := suggested_form(incident)) is not None:
        words = say(
            "建议用“{form}”：{basis}。可以另选。", form=word(suggestion.form), basis=word(suggestion.basis)
        )
        yield Panel(heading=say("建议的回应形式"), lines=plain(words))


def _known(incident: Incident) -> Iterator[PanelLine]:
    if (conclusion := incident.conclusion) is None:
        yield from warned(
            say("尚未作出核实结论：现在只能公布阶段性回应；突发事件可先发首次通报、续报。")
            if incident.in_emergency
            else say("尚未作出核实结论：现在只能公布阶段性回应。")
        )
        return
    yield PanelLine(
        text=say("核实结论：{value}。{finding}", value=word(conclusion.value), finding=conclusion.finding)
    )
    if conclusion.value in _MISTAKEN:
        yield from warned(say("情况不实或部分属实，须写“澄清内容”。"))


def _clarified(circumstance: StepContext) -> Iterator[Panel]:
    """A skeleton of the clarification above its field, of what the case knows (R344)."""
    incident = circumstance.incident
    conclusion = incident.conclusion
    if conclusion is None or conclusion.value not in _MISTAKEN:
        return
    unit = unit_name(incident.law, circumstance.actor.unit)
    yield Panel(
        heading=say("澄清内容可以这样写"),
        lines=plain(*_skeleton(incident.title, unit, conclusion.finding, conclusion.value)),
        note=say("方框处按查明的事实填写；不重复传播不实的细节。"),
        at="clarification",
    )


def _skeleton(title: str, unit: str, finding: str, value: FactConclusion) -> Iterator[str]:
    yield say("针对“{title}”，{unit}进行了核实。{finding}", title=title, unit=unit, finding=finding)
    if value is FactConclusion.PARTLY_TRUE:
        yield say("其中属实的是：□；已采取的措施：□。")
    yield say("不属实的是：□；事实是：□，依据是：□。")


def _concerns(incident: Incident) -> Panel:
    """The concerns to be answered one by one, and which are."""
    unanswered = set(unanswered_concerns(incident))
    lines = tuple(
        PanelLine(
            text=say("{number}. {text}（尚未公开答复）", number=concern.number, text=concern.text)
            if concern.number in unanswered
            else say("{number}. {text}（已公开答复）", number=concern.number, text=concern.text),
            mark=LineMark.WARN if concern.number in unanswered else LineMark.GOOD,
        )
        for concern in incident.concerns
    )
    return Panel(
        heading=say("公众诉求，逐条回应"),
        lines=lines or plain(say("还没有登记公众诉求。")),
        note=say("在“诉求对照”里选诉求的编号，写明文中怎样答复。") if lines else "",
    )


def _agreed(incident: Incident) -> Iterator[Panel]:
    """What the talking points set: values, and words to be kept out."""
    rows = tuple(
        (claim.subject, claim.value, absolute(points.at))
        for points in incident.talking_points
        for claim in points.claims
    )
    kept_out = listed(item for points in incident.talking_points for item in points.forbidden)
    questions = tuple(
        say("问：{question}　答：{answer}", question=item.question, answer=item.answer)
        for points in incident.talking_points
        for item in points.questions
    )
    if not incident.talking_points:
        return
    head = (label("fields", "subject").here, label("fields", "value").here, say("审定时间"))
    yield Panel(
        heading=say("审定口径，不得另说"),
        lines=(*plain(*questions), *(warned(say("不得使用：{words}", words=kept_out)) if kept_out else ())),
        table=PanelTable(caption=say("审定的说法"), head=head, rows=rows) if rows else None,
    )


def _said(circumstance: StepContext) -> Iterator[Panel]:
    """What has been published, and what other units have in draft, fact by fact;
    the contradictions on record first.
    """
    incident = circumstance.incident
    rows = tuple(
        (place.subject, value.value, unit_name(incident.law, unit), source_words(incident, value.source))
        for (unit, place), value in stated(incident).items()
    )
    rows += tuple(_drafted_elsewhere(circumstance))
    conflicts = warned(
        *(
            say(
                "{one}与{other}关于“{subject}”说法不一",
                one=source_words(incident, conflict.draft),
                other=source_words(incident, conflict.other),
                subject=conflict.subject,
            )
            for conflict in incident.open_conflicts
        )
    )
    if rows or conflicts:
        head = (
            label("fields", "subject").here,
            label("fields", "value").here,
            label("fields", "unit").here,
            say("出处"),
        )
        table = PanelTable(caption=say("已有的说法"), head=head, rows=rows) if rows else None
        note = say(
            "说法有更新或更正的，请在“{updates}”“{corrects}”里选明原公布，否则按前后不一处理。",
            updates=label("fields", "updates").here,
            corrects=label("fields", "corrects").here,
        )
        yield Panel(heading=say("各单位已有的说法"), lines=conflicts, table=table, note=note)


def _drafted_elsewhere(circumstance: StepContext) -> Iterator[tuple[str, str, str, str]]:
    incident = circumstance.incident
    published = {item.draft for item in incident.publications}
    for draft in incident.drafts:
        if draft.unit != circumstance.actor.unit and draft.id not in published and not draft.returned:
            for claim in draft.claims:
                where = say("{source}（文稿）", source=source_words(incident, draft.id))
                yield claim.subject, claim.value, unit_name(incident.law, draft.unit), where


def _returned(circumstance: StepContext) -> Iterator[Panel]:
    """Why the text that is written anew came back or is held, else the unit's latest where it came back."""
    incident = circumstance.incident
    own = [draft for draft in incident.drafts if draft.unit == circumstance.actor.unit]
    chosen = draft_named(incident, circumstance.actor, circumstance.one(FROM))
    draft = chosen or (own[-1] if own and own[-1].returned else None)
    if draft is None:
        return
    comments = [review.comment for review in draft.reviews if not review.approved]
    returned = (
        say("《{title}》被退回：{comment}", title=draft.title, comment=comment) for comment in comments
    )
    noted = (
        say("{stage}意见：{comment}", stage=word(review.stage), comment=review.comment)
        for review in draft.reviews
        if review.approved and review.comment.strip()
    )
    lines = (*warned(*returned, *blocks(incident, draft)), *plain(*noted))
    yield Panel(heading=say("上一稿的退回意见") if comments else say("上一稿的意见"), lines=lines)


def _next(circumstance: StepContext) -> Iterator[PanelLine]:
    rules = circumstance.incident.law.limits
    longest = limit_words(f"PT{rules.follow_up_max.total_seconds() / 3600:g}H")
    latest = absolute(circumstance.now + rules.follow_up_max)
    yield PanelLine(
        text=say(
            "只有阶段性回应要填。下次发布不得晚于公布后{longest}：现在公布，最迟 {latest}。",
            longest=longest,
            latest=latest,
        )
    )
    if circumstance.incident.response_class is ResponseClass.H24:
        gap = limit_words(f"PT{rules.continuous_gap.total_seconds() / 3600:g}H")
        yield PanelLine(text=say("24小时类事件处置期间，每次公布后{gap}内须再次公布。", gap=gap))
