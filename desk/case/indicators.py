"""时、度、效 on the page of a case: stage by stage, level beside form, and what the answer did (R102)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.case.state import Incident
from domain.rules.indicators import FirstWord, Indicators, indicators
from words.labels import label, word
from words.language import say
from words.wording import duration, listed, moment


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorGroup:
    """One of the three, with a line for each thing that it says."""

    name: str
    lines: tuple[str, ...]


def indicator_groups(incident: Incident, at: datetime) -> tuple[IndicatorGroup, ...]:
    """时、度、效 as of an instant of the case's clock."""
    three = indicators(incident, at)
    return (
        IndicatorGroup(name=say("时：各环节"), lines=tuple(_stages(three))),
        IndicatorGroup(
            name=say("度：等级与形式"), lines=(*_measure(three), *_trend(incident), *_phase(three))
        ),
        IndicatorGroup(name=say("效：覆盖、到达与热度"), lines=tuple(_effect(three))),
    )


def _stages(three: Indicators) -> Iterator[str]:
    for place, stage in enumerate(three.stages):
        name = label("milestones", stage.stage).here
        if not place:
            yield say("{stage} {time}", stage=name, time=moment(stage.at).text)
            continue
        yield say(
            "{stage} {time}：距发现 {whole}，距上一环节 {part}",
            stage=name,
            time=moment(stage.at).text,
            whole=duration(stage.since_discovery),
            part=duration(stage.since_former),
        )
    if three.found_after is not None:
        yield say("首帖后 {span} 发现", span=duration(three.found_after))
    if (first := three.first_word) is not None:
        yield _first_word(first)


def _first_word(first: FirstWord) -> str:
    after, figure = duration(first.after), duration(first.figure or first.after)
    if first.figure is None:
        if first.from_occurrence:
            return say("首次发声：事发后 {after}", after=after)
        return say("首次发声：发现后 {after}", after=after)
    if first.from_occurrence:
        if first.is_soon:
            return say("首次发声：事发后 {after}，在参照的 {figure} 之内", after=after, figure=figure)
        return say("首次发声：事发后 {after}，超过参照的 {figure}", after=after, figure=figure)
    if first.is_soon:
        return say("首次发声：发现后 {after}，在参照的 {figure} 之内", after=after, figure=figure)
    return say("首次发声：发现后 {after}，超过参照的 {figure}", after=after, figure=figure)


def _measure(three: Indicators) -> Iterator[str]:
    yield say("预警等级：{level}", level=word(three.level) if three.level else say("未研判"))
    forms = listed(word(form) for form in three.forms)
    yield say("已公布的形式：{forms}", forms=forms or say("无"))
    if three.suggestion is not None:
        yield say(
            "现建议：{form}（{basis}）",
            form=word(three.suggestion.form),
            basis=word(three.suggestion.basis),
        )


def _trend(incident: Incident) -> Iterator[str]:
    """Where it was going, as last judged (R325)."""
    if incident.judgement is not None:
        yield say(
            "走势：{trend}（{time} 研判）",
            trend=word(incident.judgement.trend),
            time=moment(incident.judgement.at).text,
        )


def _phase(three: Indicators) -> Iterator[str]:
    """Where its course stands by the latest count (R118)."""
    if three.phase is not None:
        yield say("阶段：{phase}（按最近一次数据）", phase=word(three.phase))


def _effect(three: Indicators) -> Iterator[str]:
    rate = say("没有计入的平台") if three.coverage is None else f"{three.coverage:.1%}"
    yield say("覆盖率：{rate}", rate=rate)
    reach = say("公布或事件的阅读量尚未登记") if three.reach is None else f"{three.reach:.1%}"
    yield say("到达率：{rate}", rate=reach)
    if three.heat is None:
        yield say("回应后热度：尚未回应，或回应后尚未计数。")
        return
    yield say(
        "回应后热度：截至 {time} 的一日新增 {new} 条，回应前最热一日 {peak} 条",
        time=moment(three.heat.counted_at).text,
        new=f"{three.heat.new:.0f}",
        peak=f"{three.heat.hottest_before:.0f}",
    )
