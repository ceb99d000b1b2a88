"""Who failed, in a sentence of Chinese and one of English, as a certificate says it."""

from datetime import datetime, timedelta

from domain.case.obligations import OVERLAY_KINDS, Obligation, Status
from domain.case.state import Incident
from words.cards import holder_name, unit_name
from words.computation import was_counted_again
from words.labels import word
from words.wording import absolute, duration


def verdict(incident: Incident, duty: Obligation, at: datetime) -> tuple[str, str]:
    """Who failed, in Chinese and English; `at` is when the last record of the case was made."""
    who = holder_name(incident, duty.unit)
    name = unit_name(incident.law, duty.unit or incident.receiving_office)
    chinese, english = _verdict(duty, at, who, name)
    if duty.reopened_at is not None:
        chinese += f"此前的公布已撤回，{absolute(duty.reopened_at)} 起重新应办。"
        english += f" What had met it was withdrawn: owed again since {absolute(duty.reopened_at)}."
    if duty.status is Status.BREACHED and not duty.scored:
        chinese += (
            "不计考评。" if _was_late_already(duty) else "承办单位在到期之后才确定，或属内部目标，不计考评。"
        )
        english += " Not scored."
    if duty.status is Status.BREACHED and incident.oversight.tolerates(duty.id):
        chinese += "已获容错，免予扣分；超时记录保留。"
        english += " Deductions were waived; the breach stays on record."
    if incident.drill is not None:
        chinese, english = f"演练，不是真实事件。{chinese}", f"A drill. {english}"
    return chinese, english


def _verdict(duty: Obligation, at: datetime, who: str, name: str) -> tuple[str, str]:
    due, done = absolute(duty.due_at), duty.fulfilled_at
    match duty.status:
        case Status.OPEN:
            return (
                f"尚无定论：到期时刻 {due}，截至本凭证所列最后一条记录尚未完成，也没有记下超时。",
                f"Open: due {due}; neither done nor breached by the last record named here.",
            )
        case Status.ON_TIME | Status.ON_TIME_LATE_EVIDENCE if done is not None:
            why, by = _second_look(duty)
            spare = duration(max(duty.due_at - done, timedelta(0)))
            return (
                f"按时{why}：{who}于 {absolute(done)} 完成，比到期时刻 {due} 早 {spare}。没有单位失责。",
                f"On time{by}: done {absolute(done)}, due {due}. Nobody failed.",
            )
        case Status.BREACHED:
            return _breached(duty, at, who, name)
        case Status.PASSED:
            return (
                f"提示时限 {due} 已过，此前没有收到{who}的办理。{_why_no_breach(duty)}，不计超时，不计考评。",
                f"A limit that is no breach, due {due}, went by.",
            )
        case Status.SUPERSEDED | Status.VOID if duty.superseded_at is not None:
            return _ended(duty, absolute(duty.superseded_at))
        case _:
            return word(duty.status), duty.status.value


def _second_look(duty: Obligation) -> tuple[str, str]:
    """By what a breach that was recorded turned out to be none, where it did."""
    if duty.status is not Status.ON_TIME_LATE_EVIDENCE:
        return "", ""
    if was_counted_again(duty):
        return (
            "（工作日历补齐后重新计算，原记超时不成立）",
            " (counted again by the working calendar entered since)",
        )
    return "（证据后补，经认定）", " (by evidence registered late, and accepted)"


def _why_no_breach(duty: Obligation) -> str:
    if not duty.advisory:
        return "它产生时已经过期"
    return "这是上位规定的提示" if duty.kind in OVERLAY_KINDS else "这只是提示"


def _ended(duty: Obligation, at: str) -> tuple[str, str]:
    """What fell away without a breach that stands: done already, gone by, or before it was due."""
    ended, told = (
        ("由新的任务接替", "another duty took its place")
        if duty.status is Status.SUPERSEDED
        else ("不再需要", "it fell away")
    )
    if duty.fulfilled_at is not None:
        done = absolute(duty.fulfilled_at)
        return f"{done} 已经办理；{at} {ended}。没有单位失责。", f"Done {done}; {at}: {told}. Nobody failed."
    if duty.superseded_at is not None and duty.superseded_at > duty.due_at:
        gone, gone_by = _gone_by(duty, absolute(duty.due_at))
        return f"{gone}；{at} {ended}。没有单位失责。", f"{gone_by}; {at}: {told}. Nobody failed."
    return (
        f"未到期即终止：{at} {ended}，此前没有超时。没有单位失责。",
        f"Ended before it was due ({at}): {told}. Nobody failed.",
    )


def _gone_by(duty: Obligation, due: str) -> tuple[str, str]:
    """Why a due instant that went by before the duty fell away is no breach:
    advice, late already, or taken back.
    """
    if duty.advisory:
        return f"提示时限 {due} 已过，不计超时", f"A limit that is no breach, due {due}, went by"
    if duty.created_at > duty.due_at:
        return f"到期时刻 {due} 已过，它产生时已经过期，不计超时", f"Due {due}, before it arose: no breach"
    return f"到期时刻 {due} 已过，所记超时已撤回", f"Due {due}; the breach that was recorded is taken back"


def _was_late_already(duty: Obligation) -> bool:
    """Whether its unit was named only when the due instant had gone by."""
    return not duty.scored and duty.created_at > duty.due_at


def _breached(duty: Obligation, at: datetime, who: str, name: str) -> tuple[str, str]:
    chinese, english = _missed(duty, at, who)
    if duty.provisional:
        return chinese, english
    if _was_late_already(duty):
        return (
            f"{chinese}失责的不是{name}：到期之后才由其承办；此前由谁承担，见本件其他任务的凭证。",
            f"{english} {name} did not fail: it was named after the due instant; see the obligation before.",
        )
    return f"{chinese}失责的是{name}。", f"{english} {name} failed."


def _missed(duty: Obligation, at: datetime, who: str) -> tuple[str, str]:
    """What was not done by the due instant, and what was done since; nothing of whose fault it is."""
    due, done = absolute(duty.due_at), duty.fulfilled_at
    if done is not None and duty.provisional:
        return (
            (
                f"暂定超时：到期时刻 {due} 之前没有收到{who}的办理；其称已于 {absolute(done)} 办理，"
                "证据后补，尚待认定。"
            ),
            (
                f"Breached for now: done {absolute(done)} by evidence registered late,"
                " which is still to be judged."
            ),
        )
    if done is not None and done <= duty.due_at:
        return (
            (
                f"超时：到期时刻 {due} 之前没有收到{who}的办理；其称已于 {absolute(done)} 办理，"
                "登记在到期之后，没有认定为按时。"
            ),
            (
                f"Breached: due {due}; said to be done {absolute(done)}, registered after it was due and"
                " not accepted as timely."
            ),
        )
    if done is not None:
        return (
            f"超时：{who}没有在 {due} 前完成，{absolute(done)} 才补办，晚了 {duration(done - duty.due_at)}。",
            f"Breached: due {due}, done {absolute(done)}, late by {_in_english(done - duty.due_at)}.",
        )
    if duty.superseded_at is not None:
        return (
            f"超时：{who}没有在 {due} 前完成；{absolute(duty.superseded_at)} 起由其他任务接替或不再需要。",
            f"Breached: due {due}, never done; it ended {absolute(duty.superseded_at)}.",
        )
    late = duration(max(at - duty.due_at, timedelta(0)))
    return (
        f"超时：{who}没有在 {due} 前完成，截至 {absolute(at)} 仍未完成，已超 {late}。",
        f"Breached: due {due}, not done by {absolute(at)}, {_in_english(at - duty.due_at)} late.",
    )


def _in_english(span: timedelta) -> str:
    minutes = max(int(span.total_seconds()), 0) // 60
    return f"{minutes // 60} h {minutes % 60:02} min"
