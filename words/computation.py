"""How a due instant came about, in one sentence that a reader can check with a calendar and a pen."""

from domain.case.obligations import Obligation, Status
from domain.case.state import Incident
from domain.law.regulation import Limits
from domain.terms.vocabulary import ObligationKind
from words.labels import label
from words.language import marked, say
from words.wording import absolute, limit_words, listed

# What was asked, said more exactly than the base does.
_BASES_BY_RULE = {
    "sign_limit": marked("交办时间"),
    "verify_limit": marked("核实请求时间"),
    "countersign_limit": marked("初审时间"),
}


def computation(duty: Obligation, incident: Incident) -> str:
    """`发现时间 2026-09-07 10:00 + 48小时 = 2026-09-09 10:00`,
    and for moved or counted limits what else was done.
    """
    if (replacement := _never_replaced(duty, incident)) is not None:
        return _owed_again(duty, replacement)
    match duty.computed.rule:
        case "reclassified_limit":
            return _reclassified(duty, incident.law.limits)
        case "rebased_limit" | "recounted_limit":
            return _moved(duty)
        case "promise":
            return say(
                "阶段性回应 {time} 发布，承诺 {due} 前再次发布",
                time=absolute(duty.clock_start),
                due=absolute(duty.due_at),
            )
        case "rectify_limit":
            return say(
                "{start}（当日不计） + {limit} = {due}",
                start=_start(duty),
                limit=limit_words(duty.computed.limit),
                due=absolute(duty.due_at),
            )
        case _:
            return f"{_start(duty)} + {limit_words(duty.computed.limit)} = {absolute(duty.due_at)}"


def _moved(duty: Obligation) -> str:
    """A due instant that a changed law, or a working calendar entered later,
    moved to where its limit does not end.
    """
    start, limit, due = _start(duty), limit_words(duty.computed.limit), absolute(duty.due_at)
    if duty.computed.rule == "recounted_limit":
        return say(
            "{start}（当日不计） + {limit}，按录入的日历早于重算后的下一个工作日，故延至 {due}",
            start=start,
            limit=limit,
            due=due,
        )
    return say(
        "依据变更后自{start}起 {limit}；不早于变更后留足的时间和原到期时间，故为 {due}",
        start=start,
        limit=limit,
        due=due,
    )


def computation_warning(duty: Obligation) -> str:
    """What the reader must know about the figures: years for which no working calendar was there;
    else empty (DD-28).
    """
    years = listed(say("{year}年", year=year) for year in duty.computed.years_without_calendar)
    return say("{years}的工作日历尚未录入，暂按周一至周五计算，请核对。", years=years) if years else ""


def was_counted_again(duty: Obligation) -> bool:
    """Whether a breach was none by a working calendar entered later (DD-39):
    nobody judged evidence, since a rectification is done as it is handed in.
    """
    return duty.kind is ObligationKind.RECTIFY and duty.status is Status.ON_TIME_LATE_EVIDENCE


def _start(duty: Obligation) -> str:
    basis = _BASES_BY_RULE.get(duty.computed.rule)
    base = say(basis) if basis else label("computation_base", duty.computed.base).here
    return f"{base} {absolute(duty.clock_start)}"


def _never_replaced(duty: Obligation, incident: Incident) -> Obligation | None:
    """The time for a replacement after a withdrawal, where its end is what the duty falls due
    by since (DD-13).
    """
    if duty.reopened_at is None and not duty.cause.endswith(".withdrawn"):
        return None
    replacements = (item for item in incident.obligations if item.kind is ObligationKind.REPLACE)
    return next((item for item in replacements if (item.unit, item.due_at) == (duty.unit, duty.due_at)), None)


def _owed_again(duty: Obligation, replacement: Obligation) -> str:
    """A due instant that a withdrawal without a replacement moved:
    the end of the two hours, which came later than its own.
    """
    sums = {
        "withdrawn": absolute(replacement.clock_start),
        "hours": limit_words(replacement.computed.limit),
        "due": absolute(duty.due_at),
    }
    if duty.computed.rule == "promise":
        return say("撤回时间 {withdrawn} + {hours} = {due}（与所承诺的时间相比取较晚者）", **sums)
    return say(
        "撤回时间 {withdrawn} + {hours} = {due}（与{start} + {limit}相比取较晚者）",
        **sums,
        start=_start(duty),
        limit=limit_words(duty.computed.limit),
    )


def _reclassified(duty: Obligation, limits: Limits) -> str:
    """A due instant that an upgrade to 24 hours moved or left standing (DD-08)."""
    due, start = absolute(duty.due_at), _start(duty)
    limit = limit_words(duty.computed.limit)
    if duty.due_at == duty.clock_start + limits.h48:
        return say(
            "{start} + {hours} = {due}（升级为{limit}类时，原到期时间更早，不后移）",
            start=start,
            hours=_hours(limits.h48.total_seconds()),
            due=due,
            limit=limit,
        )
    return say(
        "改判时间 {judged} + {hours} = {due}（与{start} + {limit}相比取较晚者）",
        judged=absolute(duty.due_at - limits.reclassified),
        hours=_hours(limits.reclassified.total_seconds()),
        due=due,
        start=start,
        limit=limit,
    )


def _hours(seconds: float) -> str:
    return limit_words(f"PT{seconds / 3600:g}H")
