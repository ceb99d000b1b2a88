"""研判: what each score means, the level that the rules suggest on what is known,
and which limit each grade brings (三(二)).
"""

from collections.abc import Iterator
from typing import Final

from desk.step.fields import Option
from desk.step.panels.panel import LineMark, Panel, PanelLine, PanelTable, StepContext, StepPanel, plain
from domain.case.state import Incident
from domain.law.levels import Factor, Factors, LevelBasis, LevelReason, LevelSuggestion, suggest_level
from domain.law.regulation import Law
from domain.rules.heat import gained
from domain.rules.reclassify import classify, due_after
from domain.terms.vocabulary import EmergencyGrade, KeyCategory, WarningLevel
from words.cards import unit_name
from words.event_text.description import class_words
from words.labels import label, word
from words.language import marked, say
from words.wording import absolute, listed, remaining

_SCORES: Final = {
    "nature": (
        marked("1 分：一般咨询、建议"),
        marked("2 分：个别群众的诉求"),
        marked("3 分：涉及多人利益或多个单位"),
        marked("4 分：涉及公共安全、道德底线，可能引发群体性问题"),
        marked("5 分：已造成人员伤亡或重大社会影响"),
    ),
    "intensity": (
        marked("1 分：零星传播"),
        marked("2 分：本地小范围传播"),
        marked("3 分：本地热议，增长明显"),
        marked("4 分：跨地区传播，增长很快"),
        marked("5 分：全网关注，持续发酵"),
    ),
    "public_reaction": (
        marked("1 分：关注的人少，态度平和"),
        marked("2 分：有人质疑"),
        marked("3 分：质疑较多"),
        marked("4 分：负面情绪集中，有线下聚集苗头"),
        marked("5 分：情绪激烈，已有线下聚集"),
    ),
    "media_involvement": (
        marked("1 分：没有媒体介入"),
        marked("2 分：自媒体关注"),
        marked("3 分：本地、市级媒体报道"),
        marked("4 分：省级媒体报道"),
        marked("5 分：中央级媒体报道"),
    ),
}
_ORDER: Final = ("factors", "key_categories", "emergency_grade", "designated_major", "level", "reason")


def judging(circumstance: StepContext) -> StepPanel:
    """The aid to judge, and to judge again; on a fresh form the suggested level is chosen."""
    incident = circumstance.incident
    suggestion = suggest_level(incident.law, _basis(circumstance))
    first = incident.judgement is None
    return StepPanel(
        panels=tuple(_panels(circumstance, suggestion)),
        values=_values(incident, suggestion) if first else {},
        options={f"factors.{name}.score": _meanings(name) for name in _SCORES},
        order=_ORDER if first else ("reason", *_ORDER[:-1]),
        checks=True,
    )


def _values(incident: Incident, suggestion: LevelSuggestion) -> dict[str, tuple[str, ...]]:
    return {
        "level": (suggestion.level.value,),
        "key_categories": tuple(category.value for category in incident.key_categories),
        "emergency_grade": (incident.grade.value,),
        "trend": ("level",),
        "response_value": ("must",),
    }


def _meanings(name: str) -> tuple[Option, ...]:
    return tuple(Option(value=str(score), text=say(text)) for score, text in enumerate(_SCORES[name], 1))


def _panels(circumstance: StepContext, suggestion: LevelSuggestion) -> Iterator[Panel]:
    incident = circumstance.incident
    if incident.judgement is not None:
        yield _in_force(incident)
    yield Panel(
        heading=say("四项因素怎样折算"),
        lines=tuple(_heat(circumstance)),
        note=_weights(incident),
        at="factors",
        is_folded=True,
    )
    yield Panel(
        heading=say("选哪一级，就按哪一类时限"),
        table=_consequences(circumstance),
        note=say("只有特别重大、重大适用24小时；预警等级的高低不改变时限。"),
        at="emergency_grade",
    )
    yield Panel(
        heading=say("系统建议：{level}", level=word(suggestion.level)),
        lines=(*_reasons(incident.law, suggestion), *_profiles(incident)),
        note=say(
            "建议随填写的因素变化，填好后可先“检查”。改选其他等级须写理由；不得低于“{floor}”。",
            floor=word(suggestion.floor),
        ),
        at="level",
    )


def _heat(circumstance: StepContext) -> Iterator[PanelLine]:
    """The heat as computed from the counts, beside what a person scores (R323)."""
    incident = circumstance.incident
    latest = incident.metrics_by(circumstance.now)
    if latest is None:
        yield PanelLine(text=say("按计数的热度：尚无计数。"))
        return
    day = gained(incident.metrics, latest.at, incident.law.limits.heat_window)
    yield PanelLine(
        text=say(
            "按计数的热度：截至 {time} 共 {posts} 条、阅读 {reads}、评论 {comments}，最近一日新增 {new} 条。",
            time=absolute(latest.at),
            posts=latest.posts,
            reads=latest.reads,
            comments=latest.comments,
            new=f"{day:.0f}",
        )
    )


def _in_force(incident: Incident) -> Panel:
    judged, level = incident.judgement, incident.level
    categories = listed(word(category) for category in incident.key_categories) or say("无")
    scores = listed(map(str, judged.factors.scores())) if judged else ""
    return Panel(
        heading=say("现行研判（不填的项目保持不变）"),
        lines=plain(
            say("预警等级：{level}", level=word(level) if level else say("未定")),
            say("突发事件等级：{grade}", grade=word(incident.grade)),
            say("四项因素得分：{scores}", scores=scores),
            say("回应重点：{categories}", categories=categories),
            say(
                "现按{limit}，{due} 到期",
                limit=class_words(incident.response_class),
                due=absolute(incident.response_due_at),
            ),
        ),
    )


def _weights(incident: Incident) -> str:
    weights = incident.law.weights
    steps = say("；").join(
        say("达到 {score} 分建议“{level}”", score=f"{row.score / 100:.2f}", level=word(row.level))
        for row in sorted(incident.law.thresholds, key=lambda row: row.level.rank)
    )
    return say(
        "性质占 {nature}%，烈度占 {intensity}%，公众反应占 {reaction}%，媒体介入占 {media}%；{steps}。",
        nature=weights.nature,
        intensity=weights.intensity,
        reaction=weights.public_reaction,
        media=weights.media_involvement,
        steps=steps,
    )


def _consequences(circumstance: StepContext) -> PanelTable:
    """For each grade, and for a designation, the class and the due instant as the rules would
    have them now.
    """
    rows = [_consequence(circumstance, word(grade), grade, designated=False) for grade in EmergencyGrade]
    named = label("fields", "designated_major").here
    rows.append(
        _consequence(circumstance, say("勾选“{name}”", name=named), EmergencyGrade.NONE, designated=True)
    )
    return PanelTable(
        caption=say("突发事件等级与回应时限"),
        head=(say("等级"), say("类别"), say("回应到期")),
        rows=tuple(rows),
    )


def _consequence(
    circumstance: StepContext, name: str, grade: EmergencyGrade, *, designated: bool
) -> tuple[str, ...]:
    response_class = classify(circumstance.incident.law, grade, designated=designated)
    due_at = due_after(circumstance.incident, response_class, circumstance.now)
    return (
        name,
        class_words(response_class),
        say("{due}（{left}）", due=absolute(due_at), left=remaining(due_at, circumstance.now)),
    )


def _reasons(law: Law, suggestion: LevelSuggestion) -> Iterator[PanelLine]:
    """The reasons, the gravest first; of several that one trigger gives, the gravest alone."""
    by_level = sorted(suggestion.reasons, key=lambda reason: reason.level.rank)
    gravest = {(reason.trigger, reason.trigger == "floor" and reason.measured): reason for reason in by_level}
    for reason in sorted(gravest.values(), key=lambda reason: -reason.level.rank):
        yield PanelLine(
            text=_reason(law, reason), mark=LineMark.WARN if _is_grave(reason) else LineMark.PLAIN
        )
    if not suggestion.reasons:
        yield PanelLine(text=say("已录入的数据和因素没有达到更高等级的标准。"))


def _profiles(incident: Incident) -> Iterator[PanelLine]:
    """By what the accountable units judge, where they have standards of their own (R321)."""
    for profile in filter(None, map(incident.law.profile, sorted(incident.subjects))):
        yield PanelLine(
            text=say(
                "{unit}研判标准：重点内容 {keywords}；范围 {scope}",
                unit=unit_name(incident.law, profile.unit),
                keywords=listed(profile.keywords) or say("未定"),
                scope=profile.scope or say("未定"),
            )
        )


def _is_grave(reason: LevelReason) -> bool:
    return reason.level.rank >= WarningLevel.COMPLEX_SENSITIVE.rank


def _reason(law: Law, reason: LevelReason) -> str:
    trigger, level = label("level_trigger", reason.trigger).here, word(reason.level)
    if reason.trigger != "floor":
        reached = say(
            "{trigger} {measured}，已达 {threshold}：{level}",
            trigger=trigger,
            measured=reason.measured,
            threshold=reason.threshold,
            level=level,
        )
        return (
            say("{reached}（{unit}研判标准）", reached=reached, unit=unit_name(law, reason.unit))
            if reason.unit
            else reached
        )
    group = "EmergencyGrade" if reason.measured in set(EmergencyGrade) else "KeyCategory"
    named = label(group, reason.measured).here
    return say("{trigger}（{named}）：不低于{level}", trigger=trigger, named=named, level=level)


def _basis(circumstance: StepContext) -> LevelBasis:
    """What the suggestion rests on: what was typed, and where nothing was, what is on record."""
    incident = circumstance.incident
    grade = circumstance.one("emergency_grade")
    typed = circumstance.typed.get("key_categories", ())
    categories = tuple(KeyCategory(code) for code in typed if code in set(KeyCategory))
    before = incident.judgement.factors if incident.judgement else None
    return LevelBasis(
        metrics=incident.metrics_by(circumstance.now),
        units=incident.subjects,
        factors=_factors(circumstance) or before,
        key_categories=tuple(dict.fromkeys((*categories, *incident.key_categories))),
        grade=EmergencyGrade(grade) if grade in set(EmergencyGrade) else incident.grade,
    )


def _factors(circumstance: StepContext) -> Factors | None:
    """The four factors, once each has a score from 1 to 5."""
    scores = {name: circumstance.one(f"factors.{name}.score") for name in _SCORES}
    if any(score not in {"1", "2", "3", "4", "5"} for score in scores.values()):
        return None
    return Factors(**{name: Factor(score=int(score)) for name, score in scores.items()})
