"""How a due instant came about, in one sentence that a reader can check with a calendar and a pen."""

from api.labels import label
from api.views.wording import absolute, limit_words
from domain.case.obligations import Obligation
from domain.law.regulation import Limits

# What was asked, said more exactly than the base does.
_BASES_BY_RULE = {"sign_limit": "交办时间", "verify_limit": "核实请求时间"}


def computation(duty: Obligation, limits: Limits) -> str:
    """`发现时间 2026-09-07 10:00 + 48小时 = 2026-09-09 10:00`, and for moved or counted limits what else was done."""
    match duty.computed.rule:
        case "reclassified_limit":
            return _reclassified(duty, limits)
        case "rebased_limit":
            told = f"依据变更后自{_start(duty)}起 {limit_words(duty.computed.limit)}"
            return f"{told}；不早于变更后留足的时间和原到期时间，故为 {absolute(duty.due_at)}"
        case "promise":
            return f"阶段性回应 {absolute(duty.clock_start)} 发布，承诺 {absolute(duty.due_at)} 前再次发布"
        case "rectify_limit":
            return (
                f"{_start(duty)}（当日不计） + {limit_words(duty.computed.limit)} = {absolute(duty.due_at)}"
            )
        case _:
            return f"{_start(duty)} + {limit_words(duty.computed.limit)} = {absolute(duty.due_at)}"


def computation_warning(duty: Obligation) -> str:
    """What the reader must know about the figures: years for which no working calendar was there; else empty (DD-28)."""
    years = "、".join(f"{year}年" for year in duty.computed.years_without_calendar)
    return f"{years}的工作日历尚未录入，暂按周一至周五计算，请核对。" if years else ""


def _start(duty: Obligation) -> str:
    base = _BASES_BY_RULE.get(duty.computed.rule) or label("computation_base", duty.computed.base).here
    return f"{base} {absolute(duty.clock_start)}"


def _reclassified(duty: Obligation, limits: Limits) -> str:
    """A due instant that an upgrade to 24 hours moved or left standing (DD-08)."""
    due, start = absolute(duty.due_at), _start(duty)
    limit = limit_words(duty.computed.limit)
    if duty.due_at == duty.clock_start + limits.h48:
        hours = _hours(limits.h48.total_seconds())
        return f"{start} + {hours} = {due}（升级为{limit}类时，原到期时间更早，不后移）"
    judged_at = absolute(duty.due_at - limits.reclassified)
    return f"改判时间 {judged_at} + {_hours(limits.reclassified.total_seconds())} = {due}（与{start} + {limit}相比取较晚者）"


def _hours(seconds: float) -> str:
    return limit_words(f"PT{seconds / 3600:g}H")
