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


def computation(obligation: Obligation, incident: Incident) -> str:
    """`发现时间 2026-09-07 10:00 + 48小时 = 2026-09-09 10:00`,
    and for moved or counted limits what else was done.
    """
    if (replacement := _never_replaced(obligation, incident)) is not None:
        return _owed_again(obligation, replacement)
    match obligation.computed.rule:
        case "reclassified_limit":
            return _reclassified(obligation, incident.law.limits)
        case "rebased_limit" | "recounted_limit":
            return _moved(obligation)
        case "promise":
            return say(
                "阶段性回应 {time} 发布，承诺 {due} 前再次发布",
                time=absolute(obligation.clock_start),
                due=absolute(obligation.due_at),
            )
        case "rectify_limit":
            return say(
                "{start}（当日不计） + {limit} = {due}",
                start=_start(obligation),
                limit=limit_words(obligation.computed.limit),
                due=absolute(obligation.due_at),
            )
        case _:
            limit, due = limit_words(obligation.computed.limit), absolute(obligation.due_at)
            return f"{_start(obligation)} + {limit} = {due}"


def _moved(obligation: Obligation) -> str:
    """A due instant that a changed law, or a working calendar entered later,
    moved to where its limit does not end.
    """
    start, limit, due = (
        _start(obligation),
        limit_words(obligation.computed.limit),
        absolute(obligation.due_at),
    )
    if obligation.computed.rule == "recounted_limit":
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


def computation_warning(obligation: Obligation) -> str:
    """What the reader must know about the figures: years for which no working calendar was there;
    else empty (DD-28).
    """
    years = listed(say("{year}年", year=year) for year in obligation.computed.years_without_calendar)
    return say("{years}的工作日历尚未录入，暂按周一至周五计算，请核对。", years=years) if years else ""


def was_counted_again(obligation: Obligation) -> bool:
    """Whether a breach was none by a working calendar entered later (DD-39):
    nobody judged evidence, since a rectification is done as it is handed in.
    """
    return obligation.kind is ObligationKind.RECTIFY and obligation.status is Status.ON_TIME_LATE_EVIDENCE


def _start(obligation: Obligation) -> str:
    basis = _BASES_BY_RULE.get(obligation.computed.rule)
    base = say(basis) if basis else label("computation_base", obligation.computed.base).here
    return f"{base} {absolute(obligation.clock_start)}"


def _never_replaced(obligation: Obligation, incident: Incident) -> Obligation | None:
    """The time for a replacement after a withdrawal, where its end is what the obligation falls due
    by since (DD-13).
    """
    if obligation.reopened_at is None and not obligation.cause.endswith(".withdrawn"):
        return None
    replacements = (item for item in incident.obligations if item.kind is ObligationKind.REPLACE)
    return next(
        (item for item in replacements if (item.unit, item.due_at) == (obligation.unit, obligation.due_at)),
        None,
    )


def _owed_again(obligation: Obligation, replacement: Obligation) -> str:
    """A due instant that a withdrawal without a replacement moved:
    the end of the two hours, which came later than its own.
    """
    sums = {
        "withdrawn": absolute(replacement.clock_start),
        "hours": limit_words(replacement.computed.limit),
        "due": absolute(obligation.due_at),
    }
    if obligation.computed.rule == "promise":
        return say("撤回时间 {withdrawn} + {hours} = {due}（与所承诺的时间相比取较晚者）", **sums)
    return say(
        "撤回时间 {withdrawn} + {hours} = {due}（与{start} + {limit}相比取较晚者）",
        **sums,
        start=_start(obligation),
        limit=limit_words(obligation.computed.limit),
    )


def _reclassified(obligation: Obligation, limits: Limits) -> str:
    """A due instant that an upgrade to 24 hours moved or left standing (DD-08)."""
    due, start = absolute(obligation.due_at), _start(obligation)
    limit = limit_words(obligation.computed.limit)
    if obligation.due_at == obligation.clock_start + limits.h48:
        return say(
            "{start} + {hours} = {due}（升级为{limit}类时，原到期时间更早，不后移）",
            start=start,
            hours=_hours(limits.h48.total_seconds()),
            due=due,
            limit=limit,
        )
    return say(
        "改判时间 {judged} + {hours} = {due}（与{start} + {limit}相比取较晚者）",
        judged=absolute(obligation.due_at - limits.reclassified),
        hours=_hours(limits.reclassified.total_seconds()),
        due=due,
        start=start,
        limit=limit,
    )


def _hours(seconds: float) -> str:
    return limit_words(f"PT{seconds / 3600:g}H")
